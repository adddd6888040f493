package openapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"gopkg.in/yaml.v3"
)

// checkReferences gives an error for each reference of the document that leads
// nowhere or out of it, and for each pattern that is no regular expression, with
// the JSON pointer to where it stands. kin-openapi names the first of them, and
// not where it is used.
func checkReferences(root *yaml.Node) error {
	c := referenceCheck{root: root.Content[0]}
	c.node("", c.root, false)
	return errors.Join(c.problems...)
}

type referenceCheck struct {
	root     *yaml.Node
	problems []error
}

// data are the members whose values are data, not parts of a document.
var data = []string{"default", "enum", "example", "value"}

// node goes through everything below a place. The keys of a node of names are
// chosen by the document, and say nothing about the values.
func (c *referenceCheck) node(at string, node *yaml.Node, names bool) {
	switch node.Kind {
	case yaml.SequenceNode:
		for i, element := range node.Content {
			c.node(at+Pointer(strconv.Itoa(i)), element, false)
		}
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			key, value := node.Content[i].Value, node.Content[i+1]
			if !names && (slices.Contains(data, key) || strings.HasPrefix(key, "x-")) {
				continue
			}
			where := at + Pointer(key)
			if !names && value.Kind == yaml.ScalarNode {
				c.scalar(where, key, value.Value)
			}
			c.node(where, value, !names && key == "properties")
		}
	}
}

func (c *referenceCheck) scalar(at, key, text string) {
	var err error
	switch key {
	case "$ref":
		err = c.reference(text)
	case "pattern":
		err = openapi3.NewStringSchema().WithPattern(text).Validate(context.Background())
	}
	if err != nil {
		c.problems = append(c.problems, fmt.Errorf("%s: %w", at, err))
	}
}

// reference follows a reference. Where its way goes through another one, it is
// left to kin-openapi.
func (c *referenceCheck) reference(text string) error {
	fragment, inside := strings.CutPrefix(text, "#/")
	if !inside {
		return fmt.Errorf("%q must refer to a part of the document, as in #/components/schemas/Error", text)
	}
	node := c.root
	for token := range strings.SplitSeq(fragment, "/") {
		if node.Kind == yaml.MappingNode && value(node, "$ref") != nil {
			return nil
		}
		if node = child(node, unescape(token)); node == nil {
			return fmt.Errorf("%q leads nowhere: there is no %q", text, unescape(token))
		}
	}
	return nil
}

// child gives a member or an element of a node, or nil.
func child(node *yaml.Node, token string) *yaml.Node {
	switch node.Kind {
	case yaml.MappingNode:
		return value(node, token)
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(token); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i]
		}
	}
	return nil
}

// unescape reads a token of a JSON pointer in a URI.
func unescape(token string) string {
	if plain, err := url.PathUnescape(token); err == nil {
		token = plain
	}
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

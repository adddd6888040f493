package openapi

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// An everywhereHeader is a row of x-headers that says of a header of responses
// that every answer has it.
type everywhereHeader struct {
	Name        string   `yaml:"name"`
	Everywhere  bool     `yaml:"everywhere"`
	Description string   `yaml:"description"`
	Required    bool     `yaml:"required"`
	Documented  *bool    `yaml:"x-documented"`
	Dynamic     bool     `yaml:"x-dynamic"`
	Source      []string `yaml:"x-source"`
}

// component is the header as a component of OpenAPI.
func (h everywhereHeader) component() any {
	return struct {
		Description string   `yaml:"description"`
		Required    bool     `yaml:"required"`
		Schema      any      `yaml:"schema"`
		Documented  *bool    `yaml:"x-documented,omitempty"`
		Source      []string `yaml:"x-source,flow"`
	}{h.Description, h.Required, struct {
		Type    string `yaml:"type"`
		Dynamic bool   `yaml:"x-dynamic,omitempty"`
	}{"string", h.Dynamic}, h.Documented, h.Source}
}

// declareHeaders gives every response of a document the headers that every
// answer has. OpenAPI has no place for them but each response, and in the
// curated document they would stand in each of them, and as a field of every
// answer in the generated code.
func declareHeaders(root *yaml.Node) error {
	var rows []everywhereHeader
	if list := value(root, "x-headers"); list != nil {
		if err := list.Decode(&rows); err != nil {
			return nil //nolint:nilerr // what is wrong with the extension is told when the document is validated
		}
	}
	for _, row := range rows {
		if !row.Everywhere {
			continue
		}
		if err := setMember(member(member(root, "components"), "headers"), row.Name, row.component()); err != nil {
			return err
		}
		reference := map[string]string{"$ref": "#/components/headers/" + row.Name}
		for _, response := range responses(root) {
			if err := setMember(member(response, "headers"), row.Name, reference); err != nil {
				return fmt.Errorf("header %s: %w", row.Name, err)
			}
		}
	}
	return nil
}

// responses gives every response that is written out, those of operations first.
func responses(root *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	add := func(parent *yaml.Node) {
		for _, response := range values(value(parent, "responses")) {
			if response.Kind == yaml.MappingNode && value(response, "$ref") == nil {
				all = append(all, response)
			}
		}
	}
	for _, path := range values(value(root, "paths")) {
		for _, operation := range values(path) {
			add(operation)
		}
	}
	add(value(root, "components"))
	return all
}

// values gives the values of a mapping; none for anything else.
func values(mapping *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	if mapping != nil && mapping.Kind == yaml.MappingNode {
		for i := 1; i < len(mapping.Content); i += 2 {
			all = append(all, mapping.Content[i])
		}
	}
	return all
}

// member gives the mapping under a key, which is made where there is none.
func member(mapping *yaml.Node, key string) *yaml.Node {
	if found := value(mapping, key); found != nil {
		return found
	}
	made := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, made)
	return made
}

// setMember adds a member to a mapping, unless it is there: a bundle may be read
// again.
func setMember(mapping *yaml.Node, key string, v any) error {
	if value(mapping, key) != nil {
		return nil
	}
	var node yaml.Node
	if err := node.Encode(v); err != nil {
		return err
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, &node)
	return nil
}

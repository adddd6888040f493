package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// A shape says which keys a part of a file may have; nil is a part without
// keys. The elements of a list have the shape of the list.
type shape map[string]shape

// put adds the keys of a path.
func (s shape) put(path []string, leaf shape) {
	if len(path) == 1 {
		s[path[0]] = leaf
		return
	}
	if s[path[0]] == nil {
		s[path[0]] = make(shape)
	}
	s[path[0]].put(path[1:], leaf)
}

// A file is a YAML file that has been read.
type file struct {
	name     string
	root     *yaml.Node // nil: the file is empty
	problems problems
}

func readFile(name string) (*file, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := &file{name: name}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); errors.Is(err, io.EOF) {
		return f, nil
	} else if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: there must be one YAML document", name)
	}
	f.root = doc.Content[0]
	if isNull(f.root) {
		f.root = nil
	}
	return f, nil
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// report notes what is wrong with a part of the file.
func (f *file) report(node *yaml.Node, format string, args ...any) {
	f.problems.report(f.at(node), format, args...)
}

// at says where something stands.
func (f *file) at(node *yaml.Node) place { return place{file: f.name, line: node.Line} }

// check reports keys that the shape does not have or that stand twice, and
// values of another form.
func (f *file) check(node *yaml.Node, want shape, path string) {
	switch {
	case want == nil || isNull(node):
	case node.Kind == yaml.SequenceNode:
		for _, element := range node.Content {
			f.check(element, want, path)
		}
	case node.Kind == yaml.MappingNode:
		f.checkKeys(node, want, path)
	default:
		f.report(node, "%s: must be a section with the keys %s", orFile(path), strings.Join(slices.Sorted(maps.Keys(want)), ", "))
	}
}

func (f *file) checkKeys(node *yaml.Node, want shape, path string) {
	seen := make(map[string]bool)
	for key, value := range pairs(node) {
		name := key.Value
		inner, known := want[name]
		switch {
		case !known:
			f.report(key, "%s: unknown key%s", join(path, name), suggest.DidYouMean(name, slices.Sorted(maps.Keys(want))))
		case seen[name]:
			f.report(key, "%s: the key stands twice", join(path, name))
		default:
			f.check(value, inner, join(path, name))
		}
		seen[name] = true
	}
}

// find follows a path of keys; nil when it does not lead anywhere.
func (f *file) find(path ...string) *yaml.Node {
	node := f.root
	for _, name := range path {
		var next *yaml.Node
		if node != nil && node.Kind == yaml.MappingNode {
			for key, value := range pairs(node) {
				if key.Value == name {
					next = value
				}
			}
		}
		node = next
	}
	if node != nil && isNull(node) {
		return nil
	}
	return node
}

// pairs goes through the keys and values of a mapping.
func pairs(node *yaml.Node) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i], node.Content[i+1]) {
				return
			}
		}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func orFile(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

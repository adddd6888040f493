package site

import (
	"iter"

	"gopkg.in/yaml.v3"
)

// child gives the value of a key of a mapping, or nil.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// members gives the values of a mapping that are mappings themselves.
func members(node *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 1; i < len(node.Content); i += 2 {
		if node.Content[i].Kind == yaml.MappingNode {
			all = append(all, node.Content[i])
		}
	}
	return all
}

// pairs gives the keys of a mapping with their values.
func pairs(node *yaml.Node) iter.Seq2[string, *yaml.Node] {
	return func(yield func(string, *yaml.Node) bool) {
		if node == nil {
			return
		}
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// set gives a key of a mapping a value.
func set(node *yaml.Node, key string, value *yaml.Node) {
	if old := child(node, key); old != nil {
		*old = *value
		return
	}
	node.Content = append(node.Content, scalar(key), value)
}

// remove takes a key out of a mapping.
func remove(node *yaml.Node, key string) {
	if node == nil {
		return
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			node.Content = append(node.Content[:i], node.Content[i+2:]...)
			return
		}
	}
}

func scalar(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }

// A member is a key of a mapping with its value.
type member struct {
	key   string
	value *yaml.Node
}

func mapping(all ...member) *yaml.Node {
	node := &yaml.Node{Kind: yaml.MappingNode}
	for _, m := range all {
		set(node, m.key, m.value)
	}
	return node
}

// clone copies a node with all below it.
func clone(node *yaml.Node) *yaml.Node {
	c := *node
	c.Content = make([]*yaml.Node, len(node.Content))
	for i, below := range node.Content {
		c.Content[i] = clone(below)
	}
	return &c
}

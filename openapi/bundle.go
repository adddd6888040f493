package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"
)

// Formats lists the formats of [Bundle].
func Formats() []string { return []string{"yaml", "json"} }

// Bundle returns an edition in a language as one validated file, in the order
// of the curated document: the same bytes every time. The format is one of
// [Formats].
func Bundle(edition, language, format string) ([]byte, error) {
	if err := checkFormat(format); err != nil {
		return nil, err
	}
	if _, err := Load(edition, language); err != nil {
		return nil, err
	}
	root, err := merge(embedded, edition, language)
	if err != nil {
		return nil, err
	}
	return encode(root, format)
}

func checkFormat(format string) error {
	if !slices.Contains(Formats(), format) {
		return unknown("format", format, Formats())
	}
	return nil
}

func encode(root *yaml.Node, format string) ([]byte, error) {
	if format == "yaml" {
		return encodeYAML(root)
	}
	data, err := EncodeJSON(root)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, data, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// JSON turns a document in YAML, such as [Bundle] gives, into JSON: the bytes
// that Bundle gives for that format.
func JSON(data []byte) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	return encode(&root, "json")
}

func encodeYAML(root *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// EncodeJSON writes a parsed YAML document as JSON on one line. It keeps the
// order of members, which a detour over Go maps would lose. Anchors and aliases
// are an error.
func EncodeJSON(root *yaml.Node) ([]byte, error) {
	var out bytes.Buffer
	if err := writeJSON(&out, root); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeJSON(out *bytes.Buffer, node *yaml.Node) error {
	switch node.Kind {
	case yaml.DocumentNode:
		return writeJSON(out, node.Content[0])
	case yaml.MappingNode:
		return writeJSONMembers(out, '{', '}', node.Content, 2)
	case yaml.SequenceNode:
		return writeJSONMembers(out, '[', ']', node.Content, 1)
	case yaml.ScalarNode:
		return writeJSONScalar(out, node)
	default:
		return fmt.Errorf("line %d: anchors and aliases are not allowed", node.Line)
	}
}

// writeJSONMembers writes an object, whose content comes in steps of two (key
// and value), or an array, whose content comes in steps of one.
func writeJSONMembers(out *bytes.Buffer, open, end byte, content []*yaml.Node, step int) error {
	out.WriteByte(open)
	for i := 0; i < len(content); i += step {
		if i > 0 {
			out.WriteByte(',')
		}
		if step == 2 {
			key, err := marshal(content[i].Value)
			if err != nil {
				return err
			}
			out.Write(key)
			out.WriteByte(':')
		}
		if err := writeJSON(out, content[i+step-1]); err != nil {
			return err
		}
	}
	out.WriteByte(end)
	return nil
}

func writeJSONScalar(out *bytes.Buffer, node *yaml.Node) error {
	var scalar any
	if err := node.Decode(&scalar); err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	data, err := marshal(scalar)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.Line, err)
	}
	out.Write(data)
	return nil
}

// marshal is json.Marshal without the escaping of HTML, which would turn the
// highlight tags of the examples into \u003c.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

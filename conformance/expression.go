package conformance

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/speakeasy-api/jsonpath/pkg/jsonpath"
	"gopkg.in/yaml.v3"
)

// A scope is what the runtime expressions of a step speak of.
type scope struct {
	inputs  object
	steps   map[string]object // outputs by step
	request any               // body
	answer  *answer           // nil before it is there
}

// value gives what a runtime expression stands for; nil when there is nothing.
func (s scope) value(expression string) any {
	source, pointer, _ := strings.Cut(expression, "#")
	var value any
	switch parts := strings.Split(strings.TrimPrefix(source, "$"), "."); {
	case source == "$statusCode" && s.answer != nil:
		value = s.answer.status
	case source == "$response.body" && s.answer != nil:
		value = s.answer.value
	case strings.HasPrefix(source, "$response.header.") && s.answer != nil:
		value = s.answer.header.Get(parts[2])
	case source == "$request.body":
		value = s.request
	case parts[0] == "inputs" && len(parts) == 2:
		value = s.inputs[parts[1]]
	case parts[0] == "steps" && len(parts) == 4 && parts[2] == "outputs":
		value = s.steps[parts[1]][parts[3]]
	}
	return resolve(value, pointer)
}

// resolve follows a JSON pointer (RFC 6901).
func resolve(value any, pointer string) any {
	if pointer == "" {
		return value
	}
	unescape := strings.NewReplacer("~1", "/", "~0", "~")
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch v := value.(type) {
		case object:
			value = v[unescape.Replace(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// outputs evaluates the outputs of a step.
func (s scope) outputs(expressions map[string]string) object {
	outputs := make(object, len(expressions))
	for name, expression := range expressions {
		outputs[name] = s.value(expression)
	}
	return outputs
}

// embedded matches an expression in braces within a text.
var embedded = regexp.MustCompile(`\{(\$[^{}]+)\}`)

// fill puts values in the place of expressions: of a whole text, which takes on
// the type of the value, or in braces within one.
func (s scope) fill(v any) any {
	return mapLeaves("", v, func(_ string, v any) any {
		template, is := v.(string)
		switch {
		case !is:
			return v
		case strings.HasPrefix(template, "$"):
			return s.value(template)
		default:
			return embedded.ReplaceAllStringFunc(template, func(match string) string { return asText(s.value(match[1 : len(match)-1])) })
		}
	})
}

// asText writes a value as a parameter or a part of a text has it.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	default:
		return asJSON(v)
	}
}

func asJSON(v any) string {
	data, err := encode(v)
	if err != nil {
		panic(err) // values come from JSON and YAML
	}
	return string(data)
}

// expand puts values as JSON in the place of the expressions in braces of a
// condition.
func (s scope) expand(condition string) string {
	return embedded.ReplaceAllStringFunc(condition, func(match string) string { return asJSON(s.value(match[1 : len(match)-1])) })
}

// holds evaluates a criterion. It returns what the answer has in the place that
// the criterion is about.
func (s scope) holds(c criterion) (holds bool, got any, err error) {
	switch c.Type {
	case "":
		return s.compare(c.Condition)
	case "jsonpath":
		context := s.value(c.Context)
		holds, err = finds(s.expand(c.Condition), context)
		return holds, context, err
	default:
		return false, nil, fmt.Errorf("criteria of type %q are not supported", c.Type)
	}
}

// compare evaluates a simple condition: two operands with == or != between
// them.
func (s scope) compare(condition string) (holds bool, got any, err error) {
	parts := strings.SplitN(condition, " ", 3)
	if len(parts) != 3 || parts[1] != "==" && parts[1] != "!=" {
		return false, nil, errors.New("a condition is an operand, == or !=, and an operand")
	}
	left, err := s.operand(parts[0])
	if err != nil {
		return false, nil, err
	}
	right, err := s.operand(parts[2])
	if err != nil {
		return false, nil, err
	}
	if parts[1] == "==" {
		return equal(right, left), left, nil
	}
	return left != nil && !equal(right, left), left, nil
}

// operand reads an expression, a text in single quotes, or a JSON scalar.
func (s scope) operand(text string) (any, error) {
	if strings.HasPrefix(text, "$") {
		return s.value(text), nil
	}
	if inner, ok := strings.CutPrefix(text, "'"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "'"), "''", "'"), nil
	}
	v, err := decodeExact([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("%s is neither an expression nor a literal", text)
	}
	return v, nil
}

// finds reports whether a JSONPath (RFC 9535) selects anything. Its root is an
// array of the one value, so that a filter there is about the value: the examples
// of the specification are written in this way, and other runners read them so.
func finds(path string, value any) (bool, error) {
	compiled, err := jsonpath.NewPath(path)
	if err != nil {
		return false, err
	}
	return len(compiled.Query(yamlNode([]any{value}))) > 0, nil
}

// yamlNode is a JSON value as the library of paths takes it. It is not read from
// text: YAML refuses characters that JSON has.
func yamlNode(value any) *yaml.Node {
	switch v := value.(type) {
	case object:
		node := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			node.Content = append(node.Content, yamlNode(name), yamlNode(v[name]))
		}
		return node
	case []any:
		node := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for _, element := range v {
			node.Content = append(node.Content, yamlNode(element))
		}
		return node
	case string:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: v}
	case bool:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(v)}
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	default: // a number
		text := fmt.Sprint(v)
		if strings.ContainsAny(text, ".eE") {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!float", Value: text}
		}
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: text}
	}
}

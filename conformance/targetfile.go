package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// ReadTargetFile reads a target from a YAML file. ${NAME} stands for a variable
// of the environment, so that secrets need not be in the file; a variable that
// is not set is an error, and so is a key that targets do not have.
func ReadTargetFile(path string) (Target, error) {
	file, err := os.Open(path)
	if err != nil {
		return Target{}, err
	}
	defer func() { _ = file.Close() }() // it was only read
	target, err := ReadTarget(file, os.LookupEnv)
	if err != nil {
		return Target{}, fmt.Errorf("%s: %w", path, err)
	}
	if target.Name == "" {
		target.Name = target.Endpoints.LTS
	}
	return target, nil
}

// ReadTarget reads a target as [ReadTargetFile] does. What variables stand for
// comes from lookup.
func ReadTarget(r io.Reader, lookup func(name string) (value string, set bool)) (Target, error) {
	target, err := read[Target](r, lookup)
	if errors.Is(err, io.EOF) {
		err = errors.New("there is no target in it")
	}
	return target, err
}

// ReadWaiversFile reads waivers from a YAML file that has them under the key
// waivers, as that of a target may.
func ReadWaiversFile(path string) ([]Waiver, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	list, err := read[struct {
		Waivers []Waiver `yaml:"waivers"`
	}](file, os.LookupEnv)
	if errors.Is(err, io.EOF) {
		err = errors.New("there are no waivers in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return list.Waivers, CheckWaivers(list.Waivers)
}

// read reads a value from YAML, and refuses keys that its type does not have.
// The error is io.EOF where there is none.
func read[T any](r io.Reader, lookup func(string) (string, bool)) (value T, err error) {
	var node yaml.Node
	if err := yaml.NewDecoder(r).Decode(&node); err != nil {
		return value, err
	}
	if err := errors.Join(checkKeys(&node, reflect.TypeFor[T](), ""), expand(&node, lookup)); err != nil {
		return value, err
	}
	data, err := yaml.Marshal(&node)
	if err != nil {
		return value, err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	decoder.KnownFields(true)
	return value, decoder.Decode(&value)
}

// checkKeys names every key that a type does not have, with its line and those
// that it has.
func checkKeys(node *yaml.Node, of reflect.Type, at string) error {
	switch {
	case node.Kind == yaml.DocumentNode:
		return checkKeys(node.Content[0], of, at)
	case node.Kind == yaml.SequenceNode && of.Kind() == reflect.Slice:
		var problems []error
		for _, element := range node.Content {
			problems = append(problems, checkKeys(element, of.Elem(), at))
		}
		return errors.Join(problems...)
	case node.Kind != yaml.MappingNode || of.Kind() != reflect.Struct:
		return nil // the decoder says what is wrong
	}
	fields := make(map[string]reflect.Type)
	var known []string
	for field := range of.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		fields[key] = field.Type
		known = append(known, key)
	}
	var problems []error
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		field, ok := fields[key.Value]
		if !ok {
			slices.Sort(known)
			problems = append(problems, fmt.Errorf("line %d: unknown key %s: the keys here are %s%s",
				key.Line, at+key.Value, strings.Join(known, ", "), suggest.DidYouMean(key.Value, known)))
			continue
		}
		problems = append(problems, checkKeys(node.Content[i+1], field, at+key.Value+"."))
	}
	return errors.Join(problems...)
}

var reference = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)\}`)

// expand replaces ${NAME} in the values of a document.
func expand(node *yaml.Node, lookup func(string) (string, bool)) error {
	var problems []error
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "${") {
		node.Value = reference.ReplaceAllStringFunc(node.Value, func(found string) string {
			name := found[2 : len(found)-1]
			value, set := lookup(name)
			if !set || value == "" {
				problems = append(problems, fmt.Errorf("line %d: the variable %s is not set", node.Line, name))
			}
			return value
		})
		node.Tag, node.Style = "!!str", yaml.DoubleQuotedStyle // a value of digits is still text
	}
	for _, child := range node.Content {
		problems = append(problems, expand(child, lookup))
	}
	return errors.Join(problems...)
}

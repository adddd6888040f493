package openapi_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// lookUp gives the value at a JSON pointer, and whether there is one.
func lookUp(root any, pointer string) (any, bool) {
	node := root
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch parent := node.(type) {
		case map[string]any:
			node = parent[unescapePointer(token)]
		case []any:
			i, err := strconv.Atoi(token)
			if err != nil || i < 0 || i >= len(parent) {
				return nil, false
			}
			node = parent[i]
		default:
			return nil, false
		}
	}
	return node, node != nil
}

func unescapePointer(token string) string {
	return strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
}

func pointerOf(o openapi.Operation) string {
	return openapi.Pointer("paths", o.Path, strings.ToLower(o.Method))
}

// nameMaps are the members whose keys are names that the document chose.
var nameMaps = []string{
	"examples", "headers", "parameters", "paths", "properties", "requestBodies", "responses", "schemas",
	"securitySchemes", "variables", "x-sources",
}

// walk visits every object of a document but those within values of examples,
// in the order of their keys. at has at least one element, "" for the root.
func walk(raw any, visit func(at []string, node map[string]any)) {
	root := raw.(map[string]any)
	visit([]string{""}, root)
	for _, key := range slices.Sorted(maps.Keys(root)) {
		walkNode([]string{key}, root[key], visit)
	}
}

func walkNode(at []string, node any, visit func(at []string, node map[string]any)) {
	switch node := node.(type) {
	case []any:
		for i, element := range node {
			walkNode(append(slices.Clone(at), strconv.Itoa(i)), element, visit)
		}
	case map[string]any:
		visit(slices.Clone(at), node)
		names := slices.Contains(nameMaps, at[len(at)-1])
		for _, key := range slices.Sorted(maps.Keys(node)) {
			if !names && slices.Contains([]string{"default", "enum", "example", "value"}, key) {
				continue
			}
			walkNode(append(slices.Clone(at), key), node[key], visit)
		}
	}
}

// A part is a part of the contract that names its sources.
type part struct {
	at         string // JSON pointer
	kind       string
	name       string
	node       map[string]any
	documented bool // neither it nor what it is in is x-documented: false
	sources    []string
}

// partsOf lists the parts of a document that are no references.
func partsOf(raw any) []part {
	var parts []part
	undocumented := "-" // the outermost part around the current one that is x-documented: false
	walk(raw, func(at []string, node map[string]any) {
		p := part{at: openapi.Pointer(at...), kind: kindOf(at), name: at[len(at)-1], node: node}
		if p.documented = !strings.HasPrefix(p.at+"/", undocumented); p.documented && node["x-documented"] == false {
			p.documented, undocumented = false, p.at+"/"
		}
		sources, _ := node["x-source"].([]any)
		for _, source := range sources {
			p.sources = append(p.sources, fmt.Sprint(source))
		}
		if _, isRef := node["$ref"]; p.kind != "" && !isRef {
			parts = append(parts, p)
		}
	})
	return parts
}

// kinds gives the kind of the members of an object.
var kinds = map[string]string{
	"parameters": "parameter", "headers": "header", "responses": "response", "schemas": "schema",
	"properties": "property", "examples": "example", "securitySchemes": "security scheme",
	"x-errors": "row", "x-headers": "row", "x-statuses": "row",
}

func kindOf(at []string) string {
	switch {
	case len(at) < 2:
		return ""
	case at[0] == "paths" && len(at) == 3 && at[2] != "parameters" && at[2] != "servers":
		return "operation"
	default:
		return kinds[at[len(at)-2]]
	}
}

// fieldsOf lists the properties of schemas, references included, and the
// headers of answers: those of an operation and those of all.
func fieldsOf(raw any) []part {
	var fields []part
	walk(raw, func(at []string, node map[string]any) {
		kind, name := kindOf(at), at[len(at)-1]
		if kind == "row" && node["in"] == "response" {
			kind, name = "header", node["name"].(string)
		}
		if kind == "property" || kind == "header" {
			fields = append(fields, part{at: openapi.Pointer(at...), kind: kind, name: name, node: node})
		}
	})
	return fields
}

// isDynamic reports whether a field, its schema or what they refer to is
// x-dynamic.
func isDynamic(raw any, node map[string]any) bool {
	node = resolve(raw, node)
	schema, _ := node["schema"].(map[string]any)
	return node["x-dynamic"] == true || schema["x-dynamic"] == true
}

// resolve follows a reference.
func resolve(raw any, node map[string]any) map[string]any {
	if ref, ok := node["$ref"].(string); ok {
		target, _ := lookUp(raw, strings.TrimPrefix(ref, "#"))
		node, _ = target.(map[string]any)
	}
	return node
}

func isSchema(at []string) bool {
	last := at[len(at)-1]
	kind := kindOf(at)
	part := len(at) > 1 && slices.Contains([]string{"allOf", "anyOf", "oneOf"}, at[len(at)-2])
	return part || kind == "schema" || kind == "property" || last == "items" || last == "additionalProperties"
}

func isObject(node map[string]any) bool {
	_, properties := node["properties"]
	return properties || node["type"] == "object"
}

// objectsAbove counts the object schemas that a schema stands in.
func objectsAbove(raw any, at []string) int {
	n := 0
	for i := range len(at) - 1 {
		node, _ := lookUp(raw, openapi.Pointer(at[:i+1]...))
		if object, ok := node.(map[string]any); ok && isObject(object) && (isSchema(at[:i+1]) || at[i] == "schema") {
			n++
		}
	}
	return n
}

// rootOf gives the component or the operation that a pointer leads into.
func rootOf(at string) string {
	tokens := strings.Split(at, "/")
	return strings.Join(tokens[:min(4, len(tokens))], "/")
}

func eachOperation(raw any, visit func(at []string, id string, item, operation map[string]any)) {
	paths, _ := raw.(map[string]any)["paths"].(map[string]any)
	for path, item := range paths {
		item := item.(map[string]any)
		for method, operation := range item {
			if operation, ok := operation.(map[string]any); ok {
				id, _ := operation["operationId"].(string)
				visit([]string{"paths", path, method}, id, item, operation)
			}
		}
	}
}

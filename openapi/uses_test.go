package openapi_test

import (
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// uses says for each component, as "/components/schemas/LogGroup", and each
// inline part of an operation what uses it, such as "ListLogGroups 200".
type uses map[string]map[string]bool

func (u uses) add(at, use string) {
	if u[at] == nil {
		u[at] = make(map[string]bool)
	}
	u[at][use] = true
	operation, _, _ := strings.Cut(use, " ")
	u[at][operation] = true
}

// has reports whether the part at a pointer belongs to a use.
func (u uses) has(at, use string) bool {
	for prefix := at; prefix != ""; prefix = prefix[:strings.LastIndex(prefix, "/")] {
		if u[prefix] != nil {
			return u[prefix][use]
		}
	}
	return true // parts of the API as a whole
}

func (u uses) inAnswers() map[string]bool {
	used := make(map[string]bool)
	for at, by := range u {
		for use := range by {
			if _, of, _ := strings.Cut(use, " "); of != "" && of[0] >= '1' && of[0] <= '5' {
				used[at] = true
			}
		}
	}
	return used
}

func usesOf(raw any) uses {
	u := make(uses)
	eachOperation(raw, func(at []string, id string, item, operation map[string]any) {
		for _, parameters := range []any{item["parameters"], operation["parameters"]} {
			u.follow(raw, openapi.Pointer(at...), parameters, id+" path")
		}
		u.follow(raw, openapi.Pointer(append(at, "requestBody")...), operation["requestBody"], id+" request")
		responses, _ := operation["responses"].(map[string]any)
		for status, response := range responses {
			u.follow(raw, openapi.Pointer(append(at, "responses", status)...), response, id+" "+status)
		}
		if _, anonymous := operation["security"]; !anonymous {
			u.add("/components/securitySchemes/Token", id+" header")
		}
	})
	return u
}

// follow adds a use of a node and of all that it refers to.
func (u uses) follow(raw any, at string, node any, use string) {
	if u[at][use] {
		return
	}
	u.add(at, use)
	walkNode([]string{"-"}, node, func(_ []string, node map[string]any) {
		if ref, ok := node["$ref"].(string); ok {
			target, _ := lookUp(raw, strings.TrimPrefix(ref, "#"))
			u.follow(raw, strings.TrimPrefix(ref, "#"), target, use)
		}
	})
}

// documentedUses gives the components that documented operations use, and the
// operations themselves.
func documentedUses(raw any) map[string]bool {
	used := make(map[string]bool)
	documented := make(map[string]bool)
	eachOperation(raw, func(at []string, id string, _, operation map[string]any) {
		documented[id] = operation["x-documented"] != false
		used[openapi.Pointer(at...)] = documented[id]
	})
	for at, by := range usesOf(raw) {
		for use := range by {
			id, _, _ := strings.Cut(use, " ")
			used[at] = used[at] || documented[id]
		}
	}
	return used
}

package openapi

import (
	"slices"
	"sort"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// An Operation is an operation of the document with the path and the method
// that it stands under.
type Operation struct {
	*openapi3.Operation

	Method string // upper case
	Path   string // template, such as "/v2/{project_id}/groups"
	Item   *openapi3.PathItem
}

// Operations lists the operations in the order of the tags, and within a tag
// by path and method.
func Operations(doc *openapi3.T) []Operation {
	var operations []Operation
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			operations = append(operations, Operation{Operation: operation, Method: method, Path: path, Item: item})
		}
	}
	rank := make(map[string]int)
	for i, tag := range doc.Tags {
		rank[tag.Name] = i
	}
	sort.Slice(operations, func(i, j int) bool {
		a, b := operations[i], operations[j]
		if ra, rb := rank[a.Tag()], rank[b.Tag()]; ra != rb {
			return ra < rb
		}
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Method < b.Method
	})
	return operations
}

// Tag is the one tag of the operation.
func (o Operation) Tag() string {
	if len(o.Tags) == 0 {
		return ""
	}
	return o.Tags[0]
}

// Service is the service whose endpoint the operation is called at: "lts",
// "iam" or "ga".
func (o Operation) Service() string {
	if len(o.Item.Servers) > 0 {
		service, _ := o.Item.Servers[0].Extensions["x-service"].(string)
		return service
	}
	return "lts"
}

// Documented reports whether the edition itself describes the operation;
// neighbouring operations are not.
func (o Operation) Documented() bool { return documented(o.Extensions) }

// AllParameters lists the parameters of the path and of the operation.
func (o Operation) AllParameters() openapi3.Parameters {
	return slices.Concat(o.Item.Parameters, o.Operation.Parameters)
}

// Statuses lists the documented statuses in ascending order.
func (o Operation) Statuses() []string {
	statuses := make([]string, 0, o.Responses.Len())
	for status := range o.Responses.Map() {
		statuses = append(statuses, status)
	}
	sort.Strings(statuses)
	return statuses
}

// IsJSON reports whether a media type, with or without parameters, is JSON.
func IsJSON(mediaType string) bool {
	base, _, _ := strings.Cut(strings.ToLower(mediaType), ";")
	base = strings.TrimSpace(base)
	return base == "application/json" || strings.HasPrefix(base, "application/") && strings.HasSuffix(base, "+json")
}

// pointer is where the operation stands in the document.
func (o Operation) pointer() string { return Pointer("paths", o.Path, strings.ToLower(o.Method)) }

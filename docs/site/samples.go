package site

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// samples sees to it that the renderer shows the examples of the document and
// invents none: it shows the key of an example that is referred to in place of
// its summary, and where there is no example it makes one of the schema, which
// for an error is that of any other.
func (a annotator) samples(root *yaml.Node) {
	components := child(root, "components")
	for _, content := range contents(root) {
		for _, example := range members(child(child(content, "application/json"), "examples")) {
			if ref := child(example, "$ref"); ref != nil {
				name := ref.Value[strings.LastIndexByte(ref.Value, '/')+1:]
				*example = *clone(child(child(components, "examples"), name))
			}
		}
	}
	for _, response := range members(child(components, "responses")) {
		a.errorSamples(response)
	}
	for _, item := range members(child(root, "paths")) {
		for _, operation := range members(item) {
			for _, response := range members(child(operation, "responses")) {
				a.errorSamples(response)
			}
		}
	}
	remove(child(child(components, "schemas"), "Error"), "example")
}

// errorSamples gives a response without examples those that the error table
// makes: one for each code.
func (a annotator) errorSamples(response *yaml.Node) {
	media := child(child(response, "content"), "application/json")
	codes := child(response, "x-error-codes")
	if media == nil || codes == nil || child(media, "examples") != nil {
		return
	}
	examples := &yaml.Node{Kind: yaml.MappingNode}
	for _, code := range codes.Content {
		for i, row := range a.rows(code.Value) {
			name := code.Value
			if i > 0 { // the same code with another status
				name += "-" + strconv.Itoa(row.Status)
			}
			body := mapping(member{"error_code", scalar(row.Code)}, member{"error_msg", scalar(row.Message)})
			set(examples, name, mapping(
				member{"summary", scalar(row.Message)},
				member{"description", scalar(a.texts.Get("sources") + ": " + strings.Join(row.Sources, ", "))},
				member{"value", body},
			))
		}
	}
	set(media, "examples", examples)
}

// rows gives the rows of the error table with a code, each message once.
func (a annotator) rows(code string) []openapi.ErrorRow {
	var all []openapi.ErrorRow
	for _, row := range openapi.Errors(a.edition.Doc) {
		same := func(other openapi.ErrorRow) bool { return other.Message == row.Message }
		if row.Code == code && !slices.ContainsFunc(all, same) {
			all = append(all, row)
		}
	}
	return all
}

// contents lists every mapping of media types below a node.
func contents(node *yaml.Node) []*yaml.Node {
	var all []*yaml.Node
	if content := child(node, "content"); content != nil && content.Kind == yaml.MappingNode {
		all = append(all, content)
	}
	for _, c := range node.Content {
		all = append(all, contents(c)...)
	}
	return all
}

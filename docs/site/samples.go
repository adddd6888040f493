package site

import (
	"net/http"
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
	for _, item := range members(child(root, "paths")) {
		for _, operation := range members(item) {
			for status, response := range pairs(child(operation, "responses")) {
				if ref := child(response, "$ref"); ref != nil {
					response = child(child(components, "responses"), ref.Value[strings.LastIndexByte(ref.Value, '/')+1:])
				}
				a.errorSamples(status, response)
			}
		}
	}
	remove(child(child(components, "schemas"), "Error"), "example")
}

// uncoded are the codes of the error table whose words the reference server uses
// under a status for which no code is documented: in the form of IAM, which has
// no codes, and for a request that takes too long.
var uncoded = map[string]string{"400": "LTS.0009", "401": "LTS.0002", "408": "LTS.0009", "500": "LTS.0010"}

// errorSamples gives a response without examples those that the error table
// makes: one for each code, or that of the reference server where there is none.
func (a annotator) errorSamples(status string, response *yaml.Node) {
	media := child(child(response, "content"), "application/json")
	if media == nil || child(media, "examples") != nil {
		return
	}
	examples := &yaml.Node{Kind: yaml.MappingNode}
	if codes := child(response, "x-error-codes"); codes != nil {
		a.documentedSamples(examples, codes.Content)
	} else if rows := a.rows(uncoded[status]); len(rows) > 0 {
		body := errorBody(rows[0])
		if ref := child(child(media, "schema"), "$ref"); ref != nil && strings.HasSuffix(ref.Value, "/KeystoneError") {
			body = identityBody(status, rows[0])
		}
		set(examples, "reference-server", sample(rows[0].Message, a.texts.Get("sample-of-server"), body))
	} else {
		return
	}
	set(media, "examples", examples)
}

// documentedSamples adds one for each row of the error table with one of the
// codes.
func (a annotator) documentedSamples(examples *yaml.Node, codes []*yaml.Node) {
	for _, code := range codes {
		for i, row := range a.rows(code.Value) {
			name := code.Value
			if i > 0 { // the same code with another status
				name += "-" + strconv.Itoa(row.Status)
			}
			set(examples, name, sample(row.Message, a.texts.Get("sources")+": "+strings.Join(row.Sources, ", "), errorBody(row)))
		}
	}
}

func sample(summary, description string, value *yaml.Node) *yaml.Node {
	return mapping(member{"summary", scalar(summary)}, member{"description", scalar(description)}, member{"value", value})
}

func errorBody(row openapi.ErrorRow) *yaml.Node {
	return mapping(member{"error_code", scalar(row.Code)}, member{"error_msg", scalar(row.Message)})
}

// identityBody is an error in the form of IAM.
func identityBody(status string, row openapi.ErrorRow) *yaml.Node {
	number, _ := strconv.Atoi(status) // one of uncoded
	code := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: status}
	return mapping(member{"error", mapping(
		member{"code", code}, member{"message", scalar(row.Message)}, member{"title", scalar(http.StatusText(number))},
	)})
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

package openapi

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Contradiction is a place where the documents disagree (x-contradictions).
type Contradiction struct {
	ID      string  `json:"id"`
	Topic   string  `json:"topic"`
	Prints  []Print `json:"prints"`
	Holds   string  `json:"holds"`
	Because string  `json:"because"`

	Operation string `json:"-"` // operationId, or empty where it is not about one operation
	Schema    string `json:"-"` // name of the schema, or empty
}

// A Print is what one source says.
type Print struct {
	Source string `json:"source"`
	Says   string `json:"says"`
}

// Contradictions lists every contradiction that the document knows: first
// those about the API as a whole, then those of operations, then those of
// schemas, each in the order in which they stand.
func Contradictions(doc *openapi3.T) []Contradiction {
	all := decode[[]Contradiction](doc.Extensions["x-contradictions"])
	for _, operation := range Operations(doc) {
		add := func(extensions map[string]any) {
			for _, c := range decode[[]Contradiction](extensions["x-contradictions"]) {
				c.Operation = operation.OperationID
				all = append(all, c)
			}
		}
		add(operation.Extensions)
		for _, status := range operation.Statuses() {
			if operation.Responses.Value(status).Ref == "" {
				add(operation.Responses.Value(status).Value.Extensions)
			}
		}
	}
	for _, named := range schemasOf(doc) {
		schema := named.ref.Value
		add := func(extensions map[string]any) {
			for _, c := range decode[[]Contradiction](extensions["x-contradictions"]) {
				c.Schema = named.name
				all = append(all, c)
			}
		}
		add(schema.Extensions)
		for _, field := range slices.Sorted(maps.Keys(schema.Properties)) {
			if schema.Properties[field].Ref == "" {
				add(schema.Properties[field].Value.Extensions)
			}
		}
	}
	return all
}

// ContradictionsMarkdown renders the contradictions as the published list.
func ContradictionsMarkdown(doc *openapi3.T) []byte {
	var out strings.Builder
	out.WriteString("# Contradictions\n\n" +
		"Where the documents contradict themselves or each other, what holds here, and why. Generated from\n" +
		"`openapi/lts.yaml` by `make contradictions`; change it there.\n\nThe sources:\n\n")
	for _, source := range Sources(doc) {
		fmt.Fprintf(&out, "- `%s`: %s", source.Name, source.Title)
		if source.Issued != "" {
			fmt.Fprintf(&out, ", %s", source.Issued)
		}
		out.WriteString("\n")
	}
	all := Contradictions(doc)
	writeContents(&out, all)
	heading := ""
	for _, c := range all {
		if h := c.heading(); h != heading {
			heading = h
			fmt.Fprintf(&out, "\n## %s\n", heading)
		}
		fmt.Fprintf(&out, "\n<a id=\"%s\"></a>\n\n### %s\n\n`%s`\n\n", c.ID, c.Topic, c.ID)
		out.WriteString("| source | prints |\n|---|---|\n")
		for _, p := range c.Prints {
			fmt.Fprintf(&out, "| %s | %s |\n", cell(p.Source), cell(p.Says))
		}
		fmt.Fprintf(&out, "\n**Holds:** %s\n\n**Because:** %s\n", strings.TrimSpace(c.Holds), strings.TrimSpace(c.Because))
	}
	return []byte(out.String())
}

// writeContents writes a list of the headings with what stands under them. The
// link to a heading is that which GitHub gives it.
func writeContents(out *strings.Builder, all []Contradiction) {
	out.WriteString("\n## Contents\n\n")
	heading, end := "", ""
	for _, c := range all {
		if h := c.heading(); h != heading {
			heading = h
			fmt.Fprintf(out, "%s- [%s](#%s): ", end, h, strings.ReplaceAll(strings.ToLower(h), " ", "-"))
		} else {
			out.WriteString(", ")
		}
		fmt.Fprintf(out, "[`%s`](#%s)", c.ID, c.ID)
		end = "\n"
	}
	out.WriteString(end)
}

func (c Contradiction) heading() string {
	switch {
	case c.Operation != "":
		return "Operation " + c.Operation
	case c.Schema != "":
		return "Schema " + c.Schema
	default:
		return "The API as a whole"
	}
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", "&lt;", "*", `\*`).Replace(s)
}

package site

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// referenceScript is the document as the renderer gets it, in a script, because
// a page that was opened from a folder may not read other files.
func referenceScript(e edition, t texts) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(e.YAML, &root); err != nil {
		return nil, err
	}
	a := annotator{edition: e, texts: t}
	a.document(root.Content[0])
	encoded, err := openapi.EncodeJSON(&root)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(nil, "window.ltsDocument = %s;\n", encoded), nil
}

// An annotator writes into descriptions what the extensions say, which no
// renderer shows: sources, errors, contradictions.
type annotator struct {
	edition edition
	texts   texts
}

func (a annotator) document(root *yaml.Node) {
	operations := make(map[string]openapi.Operation)
	for _, operation := range openapi.Operations(a.edition.Doc) {
		operations[operation.OperationID] = operation
	}
	a.samples(root)
	a.contradictions(root)
	for _, item := range members(child(root, "paths")) {
		for _, operation := range members(item) {
			if id := child(operation, "operationId"); id != nil {
				a.operation(operation, operations[id.Value])
			}
		}
	}
	a.sources(root)
}

func (a annotator) operation(node *yaml.Node, operation openapi.Operation) {
	if !operation.Documented() {
		a.addTo(node, "> "+a.texts.Get("not-described"))
	}
	if list := a.errorList(operation); list != "" {
		a.addTo(node, list)
	}
	a.contradictions(node)
	for _, response := range members(child(node, "responses")) {
		a.contradictions(response)
	}
}

// errorList lists what can go wrong, with links to the catalogue. It is folded:
// some operations have twenty errors, and the parameters come after them.
func (a annotator) errorList(operation openapi.Operation) string {
	var lines []string
	for _, status := range operation.Statuses() {
		for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
			lines = append(lines, fmt.Sprintf("- %s [%s](../errors/%s.html#%s) %s", status, code, a.edition.Name, code, escape(a.message(status, code))))
		}
	}
	return a.folded("errors", lines)
}

// folded is a list that opens on demand, or nothing when it would be empty.
func (a annotator) folded(heading string, lines []string) string {
	if len(lines) == 0 {
		return ""
	}
	return fmt.Sprintf("<details><summary>%s (%d)</summary>\n\n%s\n\n</details>", a.texts.Get(heading), len(lines), strings.Join(lines, "\n"))
}

// message is what an answer says: that of the row with its status, or of any
// row with its code.
func (a annotator) message(status, code string) string {
	message := ""
	for _, row := range openapi.Errors(a.edition.Doc) {
		if row.Code == code && (message == "" || strconv.Itoa(row.Status) == status) {
			message = row.Message
		}
	}
	return message
}

// escape keeps a text from being read as Markdown.
func escape(s string) string {
	return strings.NewReplacer("*", `\*`, "<", "&lt;", "_", `\_`).Replace(s)
}

// contradictions links to those that stand at a node.
func (a annotator) contradictions(node *yaml.Node) {
	list := child(node, "x-contradictions")
	if list == nil {
		return
	}
	target := node
	if info := child(node, "info"); info != nil {
		target = info
	}
	var lines []string
	for _, entry := range list.Content {
		lines = append(lines, fmt.Sprintf("- [%s](../contradictions.html#%s)", child(entry, "topic").Value, child(entry, "id").Value))
	}
	a.addTo(target, a.folded("contradictions", lines))
}

// sources adds the sources of everything below a node that has some. What is an
// example has them in its summary, which is what renderers show of one.
func (a annotator) sources(node *yaml.Node) {
	if list := child(node, "x-source"); list != nil && child(node, "code") == nil {
		var names []string
		for _, source := range list.Content {
			names = append(names, source.Value)
		}
		line := a.texts.Get("sources") + ": " + strings.Join(names, ", ")
		if child(node, "value") != nil {
			set(node, "description", scalar(line))
		} else {
			a.addTo(node, "*"+line+"*")
		}
	}
	for _, c := range node.Content {
		a.sources(c)
	}
}

// addTo adds a paragraph to the description of a node.
func (a annotator) addTo(node *yaml.Node, paragraph string) {
	if description := child(node, "description"); description != nil {
		paragraph = strings.TrimSpace(description.Value) + "\n\n" + paragraph
	}
	set(node, "description", scalar(paragraph))
}

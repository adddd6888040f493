package site

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"

	"github.com/ltskit/ltskit/openapi"
)

// changesFile is written by the program in the folder changes.
//
//go:embed changes.json
var changesFile []byte

// A step is what changed from one edition to the next.
type step struct {
	From, To string
	Changes  []change
	Messages []messageChange
	Added    []openapi.Operation // that From does not describe and To does
	Removed  []openapi.Operation // the other way round
}

type change struct {
	Operation string // operationId, or empty
	Rule      string
	Level     string // "breaking", "risky" or "compatible"
	Text      string // with code in backquotes
	English   bool   // whether the text is in English on a page of another language
}

// A messageChange is an error that is worded differently, or that one of the
// editions does not have; then the message there is empty.
type messageChange struct {
	Code          string
	Status        int
	Before, After string
}

// translate puts a change into the words of the site: those of its rule, in which
// {1} stands for the first code of the English text. Rules without words of
// their own stay as oasdiff says them.
func (c *change) translate(words texts) {
	sentence, ok := words["rule-"+c.Rule]
	if !ok {
		c.English = true
		return
	}
	var codes []string
	for _, match := range backquoted.FindAllStringSubmatch(c.Text, -1) {
		codes = append(codes, match[0])
	}
	c.Text = placeholder.ReplaceAllStringFunc(sentence, func(p string) string {
		if i := int(p[1] - '1'); i < len(codes) {
			return codes[i]
		}
		return p
	})
}

var placeholder = regexp.MustCompile(`\{[1-9]\}`)

// steps compares the editions of a language, each with the next.
func steps(editions []edition, words texts) ([]step, error) {
	var all []step
	if err := json.Unmarshal(changesFile, &all); err != nil {
		return nil, fmt.Errorf("changes.json: %w", err)
	}
	byName := make(map[string]edition)
	for _, e := range editions {
		byName[e.Name] = e
	}
	for i := range all {
		before, after := byName[all[i].From], byName[all[i].To]
		if before.Doc == nil || after.Doc == nil {
			return nil, fmt.Errorf("changes.json: there is no edition %q or %q; make generate writes the file", all[i].From, all[i].To)
		}
		if before.Language != openapi.English {
			for j := range all[i].Changes {
				all[i].Changes[j].translate(words)
			}
		}
		all[i].Messages = messageChanges(before, after)
		all[i].Added = onlyDescribedIn(after, before)
		all[i].Removed = onlyDescribedIn(before, after)
	}
	return all, nil
}

func messageChanges(before, after edition) []messageChange {
	type key struct {
		code   string
		status int
	}
	var order []key
	messages := make(map[key]*messageChange)
	note := func(row openapi.ErrorRow) *messageChange {
		k := key{row.Code, row.Status}
		if messages[k] == nil {
			order = append(order, k)
			messages[k] = &messageChange{Code: row.Code, Status: row.Status}
		}
		return messages[k]
	}
	for _, row := range openapi.Errors(before.Doc) {
		note(row).Before = row.Message
	}
	for _, row := range openapi.Errors(after.Doc) {
		note(row).After = row.Message
	}
	var all []messageChange
	for _, k := range order {
		if m := messages[k]; m.Before != m.After {
			all = append(all, *m)
		}
	}
	return all
}

// onlyDescribedIn lists the operations of an edition that it describes itself
// and the other one does not.
func onlyDescribedIn(e, other edition) []openapi.Operation {
	described := make(map[string]bool)
	for _, operation := range openapi.Operations(other.Doc) {
		described[operation.OperationID] = operation.Documented()
	}
	var all []openapi.Operation
	for _, operation := range openapi.Operations(e.Doc) {
		if operation.Documented() && !described[operation.OperationID] {
			all = append(all, operation)
		}
	}
	return all
}

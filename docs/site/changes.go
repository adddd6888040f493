package site

import (
	_ "embed"
	"encoding/json"
	"fmt"

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
	Text      string // in English, with code in backquotes
}

// A messageChange is an error that is worded differently, or that one of the
// editions does not have; then the message there is empty.
type messageChange struct {
	Code          string
	Status        int
	Before, After string
}

// steps compares the editions of a language, each with the next.
func steps(editions []edition) ([]step, error) {
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

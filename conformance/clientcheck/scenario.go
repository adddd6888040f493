package clientcheck

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

//go:embed scenarios.yaml
var scenariosData []byte

// A plot is what scenarios.yaml says.
type plot struct {
	// Creating are the operations of which twice does more than once.
	Creating []string `yaml:"creating"`
	// Paging are the operations whose answers are pages.
	Paging    []string   `yaml:"paging"`
	Scenarios []scenario `yaml:"scenarios"`
}

// A scenario is a way in which a service treats the requests of an operation,
// and what a client has to make of it.
type scenario struct {
	Name    string   `yaml:"name"`
	Rule    string   `yaml:"rule"` // what the client has to do
	Sources []string `yaml:"sources"`
	For     string   `yaml:"for"` // which operations; empty means all, see [scenario.concerns]

	// Moves answer the first requests of the operation, in their order; what
	// follows is answered as documented.
	Moves  []move `yaml:"moves"`
	Always bool   `yaml:"always"` // the last move answers all that follow too

	IDs   string `yaml:"ids"`   // "awkward": IDs hold characters that have to be escaped
	Times string `yaml:"times"` // "far": times and numbers are near the end of 64 bits
	Pages int    `yaml:"pages"` // how many entries a page has at most; 0: as many as are asked for

	Expect   expectation  `yaml:"expect"`
	Creating *expectation `yaml:"creating"` // in place of Expect, for operations that create
}

// A move is an answer that is out of the ordinary.
type move struct {
	Status     int           `yaml:"status"`     // documented answer of the operation when 0
	Code       string        `yaml:"code"`       // of a documented error; empty: the first of the status
	RetryAfter time.Duration `yaml:"retryAfter"` // header Retry-After
	Date       bool          `yaml:"date"`       // Retry-After is a date
	Type       string        `yaml:"type"`       // media type, with Text for the body
	Text       string        `yaml:"text"`
	Cut        string        `yaml:"cut"`      // "before" or "inside" the answer
	Slow       string        `yaml:"slow"`     // "before" or "inside": nothing more comes
	Body       string        `yaml:"body"`     // "empty", "broken", "hollow" ({}) or "more" (unknown members)
	Expire     bool          `yaml:"expire"`   // the token of the request is refused from now on
	Redirect   bool          `yaml:"redirect"` // to another address
}

// Results that an expectation may have.
const (
	succeeds = "success"
	fails    = "error"
	either   = "either" // what the client makes of it is its own affair
)

// An expectation says what a client makes of a scenario.
type expectation struct {
	Result string `yaml:"result"`
	// Sends says how often a call of the operation may be sent: at least and at
	// most.
	Sends [2]int `yaml:"sends"`
	// Pause is the least time between two requests that are the same.
	Pause time.Duration `yaml:"pause"`
}

// documented is the scenario without moves. The others are compared with it.
const documented = "documented"

func loadPlot() (plot, error) {
	var p plot
	decoder := yaml.NewDecoder(bytes.NewReader(scenariosData))
	decoder.KnownFields(true)
	if err := decoder.Decode(&p); err != nil {
		return p, fmt.Errorf("clientcheck: scenarios.yaml: %w", err)
	}
	return p, nil
}

// expects gives what holds for an operation.
func (s scenario) expects(creating bool) expectation {
	if creating && s.Creating != nil {
		return *s.Creating
	}
	return s.Expect
}

// concerns reports whether a scenario is about an operation.
func (p plot) concerns(s scenario, operation openapi.Operation) bool {
	switch s.For {
	case "":
		return true
	case "paging":
		return slices.Contains(p.Paging, operation.OperationID)
	case "bodies": // the answer has one
		return successSchema(operation) != nil
	case "creating":
		return slices.Contains(p.Creating, operation.OperationID)
	case "tokens": // the request has one
		return needsCredentials(operation)
	case "error with success": // the edition prints errors under a status of success
		return printedError(operation) != nil
	default:
		return false
	}
}

// move gives how the n-th request (from 0) of an operation is answered; nil: as
// documented.
func (s scenario) move(n int) *move {
	switch {
	case n < len(s.Moves):
		return &s.Moves[n]
	case s.Always && len(s.Moves) > 0:
		return &s.Moves[len(s.Moves)-1]
	default:
		return nil
	}
}

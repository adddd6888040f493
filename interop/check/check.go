// Package check compares what a client that was written elsewhere reads with
// what is so, and takes note of it: docs/interop.md has a table of it.
package check

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// UnknownID is the ID of nothing.
const UnknownID = "00000000-0000-4000-8000-000000000000"

// Calls are the operations that the tests of a client have checked, by the names
// that the document has for them. The tests run one after the other.
type Calls struct {
	operations map[string]*operation
}

// An operation is what was checked of one.
type operation struct {
	compared bool // an answer, with its fields
	done     bool // a success without an answer that the client shows
	refusals map[string]bool
}

// Answer compares all fields of the answer of an operation.
func (c *Calls) Answer(t *testing.T, operation string, want, got any, opts ...cmp.Option) {
	t.Helper()
	c.note(operation).compared = true
	if diff := cmp.Diff(want, got, opts...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", operation, diff)
	}
}

// Done checks that an operation has succeeded whose answer the client does not
// show.
func (c *Calls) Done(t *testing.T, operation string, err error) {
	t.Helper()
	c.note(operation).done = true
	if err != nil {
		t.Fatalf("%s: %v", operation, err)
	}
}

// Refused takes note of a refusal that a test has checked: a code, or a status
// where the client reads no code.
func (c *Calls) Refused(operation, code string) { c.note(operation).refusals[code] = true }

// note gives what is known of an operation.
func (c *Calls) note(name string) *operation {
	if c.operations == nil {
		c.operations = make(map[string]*operation)
	}
	if c.operations[name] == nil {
		c.operations[name] = &operation{refusals: make(map[string]bool)}
	}
	return c.operations[name]
}

// answer says in the words of the table what is checked of a success.
func (o *operation) answer() string {
	switch {
	case o.compared:
		return "compared"
	case o.done:
		return "not shown"
	default:
		return untested
	}
}

// refused lists in the words of the table what an operation was refused with.
func (o *operation) refused() string {
	if len(o.refusals) == 0 {
		return untested
	}
	return strings.Join(slices.Sorted(maps.Keys(o.refusals)), ", ")
}

// Recent checks that a time in milliseconds is one of this run.
func Recent(t *testing.T, field string, millis int64) {
	t.Helper()
	if age := time.Since(time.UnixMilli(millis)); age < 0 || age > time.Hour {
		t.Errorf("%s is %d, which is %v ago, want a time of this run", field, millis, age)
	}
}

// Name makes a name out of that of a test.
func Name(t *testing.T) string {
	t.Helper()
	return strings.NewReplacer("/", "-", "_", "-").Replace(t.Name())
}

package accept

import (
	"sync"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
)

// A Check knows one schema. It is safe for concurrent use.
type Check struct{ root rule }

// Compile makes the check of a schema, whose references have to be resolved.
// What it does not understand of the schema the check leaves undecided. The
// schema must not change as long as the check is used.
func Compile(schema *openapi3.Schema) *Check {
	root, _ := compile(schema)
	return &Check{root: root}
}

// JSON reports whether a JSON text is certainly valid.
func (c *Check) JSON(data []byte) bool {
	if !utf8.Valid(data) {
		return false
	}
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	defer s.forget()
	s.data, s.at = data, 0
	s.space()
	if !c.root.accepts(s) {
		return false
	}
	s.space()
	return s.at == len(data)
}

// Text reports whether the value of a string, as it is without quotes and
// escapes, is certainly valid.
func (c *Check) Text(value string) bool {
	rule, isString := c.root.(*stringRule)
	return isString && utf8.ValidString(value) && rule.acceptsText(value)
}

// scanners are used again and again, because their lists of names would
// otherwise be made for every text.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// A rule is a compiled schema. A value that it does not accept is undecided.
type rule interface {
	// accepts reads a value, which the scanner stands at, when it is certainly
	// valid. When it is not, the scanner stands anywhere.
	accepts(s *scanner) bool
}

// undecided is the rule of a schema that has not been understood.
type undecided struct{}

func (undecided) accepts(*scanner) bool { return false }

package accept

import "bytes"

// An arrayRule accepts arrays.
type arrayRule struct {
	items              rule
	minItems, maxItems int
}

func (r *arrayRule) accepts(s *scanner) bool {
	if !s.open('[') {
		return false
	}
	for n := 0; ; n++ {
		more, ok := s.next(']', n == 0)
		if !ok {
			return false
		}
		if !more {
			return r.minItems <= n && n <= r.maxItems
		}
		if !r.items.accepts(s) {
			return false
		}
	}
}

// An objectRule accepts objects.
type objectRule struct {
	places             map[string]int // of the properties
	properties         []rule
	required           uint64 // a bit for each place
	others             rule   // what members are that are not among the properties
	folded             map[string]bool
	minCount, maxCount int
}

// maxProperties is how many properties an objectRule can have.
const maxProperties = 64

func (r *objectRule) accepts(s *scanner) bool {
	if !s.open('{') {
		return false
	}
	outside := len(s.names)
	seen := uint64(0)
	for n := 0; ; n++ {
		more, ok := s.next('}', n == 0)
		if !ok {
			return false
		}
		if !more {
			s.names = s.names[:outside]
			return seen&r.required == r.required && r.minCount <= n && n <= r.maxCount
		}
		if !r.acceptsMember(s, &seen, outside) {
			return false
		}
	}
}

func (r *objectRule) acceptsMember(s *scanner, seen *uint64, outside int) bool {
	name, ok := s.name()
	if !ok {
		return false
	}
	place, known := r.places[string(name)]
	if !known {
		return !r.resembles(name) && s.isNew(name, outside) && r.others.accepts(s)
	}
	bit := uint64(1) << place
	if *seen&bit != 0 {
		return false
	}
	*seen |= bit
	return r.properties[place].accepts(s)
}

// resembles reports whether a name may differ from that of a property by case
// only. Outside of ASCII there are characters whose other case is a letter of
// ASCII, so that every such name may.
func (r *objectRule) resembles(name []byte) bool {
	if len(r.folded) == 0 {
		return false
	}
	var folded [64]byte
	if len(name) > len(folded) {
		return true
	}
	for i, c := range name {
		if c >= 0x80 {
			return true
		}
		folded[i] = lower(c)
	}
	return r.folded[string(folded[:len(name)])]
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// maxOthers is how many members without a property an object may have. Every
// name is compared with all before it, so that there must not be very many.
const maxOthers = 128

// isNew notes a name. Those from outside on belong to the same object.
func (s *scanner) isNew(name []byte, outside int) bool {
	if len(s.names)-outside == maxOthers {
		return false
	}
	for _, other := range s.names[outside:] {
		if bytes.Equal(name, other) {
			return false
		}
	}
	s.names = append(s.names, name)
	return true
}

// anything accepts values of which the schema says nothing.
type anything struct{}

func (anything) accepts(s *scanner) bool {
	switch kindOf(s.peek()) {
	case kindString:
		_, ok := s.text()
		return ok
	case kindNumber:
		_, ok := s.integer()
		return ok
	case kindBoolean:
		return s.boolean()
	case kindNull:
		return s.literal("null")
	case kindArray:
		return anyArray.accepts(s)
	case kindObject:
		return anyObject.accepts(s)
	default:
		return false
	}
}

var (
	anyArray  = &arrayRule{items: anything{}, maxItems: unlimited}
	anyObject = &objectRule{others: anything{}, maxCount: unlimited}
)

// A choice accepts a value of one of several forms, each of another kind, so
// that a value can have but one of them.
type choice [kinds]rule

func (r *choice) accepts(s *scanner) bool {
	form := r[kindOf(s.peek())]
	return form != nil && form.accepts(s)
}

// A kind is what the first byte of a value tells.
type kind int

const (
	kindNone kind = iota
	kindString
	kindNumber
	kindBoolean
	kindNull
	kindArray
	kindObject
	kinds
)

func kindOf(first byte) kind {
	switch first {
	case '"':
		return kindString
	case 't', 'f':
		return kindBoolean
	case 'n':
		return kindNull
	case '[':
		return kindArray
	case '{':
		return kindObject
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return kindNumber
	default:
		return kindNone
	}
}

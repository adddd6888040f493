package accept

import "unicode/utf8"

// A text is the content of a JSON string.
type text struct {
	raw     []byte // between the quotes
	escaped bool   // whether raw has escapes
}

// text reads a string. Whether it is UTF-8 has been found out before. Escapes
// of surrogates are undecided: alone they are no characters.
func (s *scanner) text() (t text, ok bool) {
	if !s.take('"') {
		return text{}, false
	}
	start, data := s.at, s.data
	for i := start; i < len(data); i++ {
		c := data[i]
		if isPlain[c] {
			continue
		}
		if c == '"' {
			s.at = i + 1
			return text{raw: data[start:i], escaped: t.escaped}, true
		}
		length := escapeLength(data[i:])
		if length == 0 {
			return text{}, false
		}
		t.escaped = true
		i += length - 1
	}
	return text{}, false
}

// isPlain has the bytes that stand for themselves in a string.
var isPlain = func() (plain [256]bool) {
	for c := ' '; c < 256; c++ {
		plain[c] = c != '"' && c != '\\'
	}
	return plain
}()

// escapeLength is the length of the escape that data begins with; 0 means that
// there is none.
func escapeLength(data []byte) int {
	if len(data) < 2 || data[0] != '\\' {
		return 0
	}
	switch data[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		return unicodeLength(data)
	default:
		return 0
	}
}

// unicodeLength is the length of an escape of the form \u0000, or 0.
func unicodeLength(data []byte) int {
	const length = len(`\u0000`)
	if len(data) < length {
		return 0
	}
	for _, c := range data[2:length] {
		if !isHex(c) {
			return 0
		}
	}
	if isSurrogate := (data[2] == 'd' || data[2] == 'D') && data[3] >= '8'; isSurrogate {
		return 0
	}
	return length
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// characters counts what the text stands for.
func (t text) characters() int {
	if !t.escaped {
		return utf8.RuneCount(t.raw)
	}
	n := 0
	for i := 0; i < len(t.raw); n++ {
		if t.raw[i] == '\\' {
			i += escapeLength(t.raw[i:])
			continue
		}
		_, size := utf8.DecodeRune(t.raw[i:])
		i += size
	}
	return n
}

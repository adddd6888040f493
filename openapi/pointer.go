package openapi

import "strings"

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")

// Pointer writes a JSON pointer (RFC 6901); that of no tokens, to the whole
// value, is empty.
func Pointer(tokens ...string) string {
	var pointer strings.Builder
	for _, token := range tokens {
		pointer.WriteString("/" + pointerEscapes.Replace(token))
	}
	return pointer.String()
}

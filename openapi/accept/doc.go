// Package accept tells quickly that a JSON text is valid under a schema of the
// document.
//
// A [Check] is compiled once from a schema of kin-openapi and works on the bytes
// of the text. It knows two answers: the text is certainly valid, or undecided.
// It never says that a text is wrong: whatever it does not understand, in the
// schema or in the text, is undecided, and somebody slower and more thorough
// has to look at it and to word what is wrong.
//
// What is certainly valid is also read alike by everybody. It is one JSON value
// in UTF-8 with nothing behind it, in which no object has a name twice or a name
// that differs from one in its schema by case only. encoding/json, which ignores
// case, therefore takes a member for a field if and only if it is named exactly
// like it. Whole numbers have no fraction, no exponent, and 64 bits.
package accept

package server

// DecodeJSON is what reads the body of every request.
var DecodeJSON = decodeJSON

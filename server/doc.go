// Package server is the reference server of the Log Tank Service: the rules of
// package lts behind the HTTP of the document.
//
// A request goes through request ID, access log, recovery, authentication and
// validation to a handler that converts in, calls a rule and converts out. What
// can be said in the document is checked by one middleware against the document
// ([openapi.Load]); every error becomes bytes in one place.
package server

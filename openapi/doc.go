// Package openapi holds the contract of the Log Tank Service: one curated
// OpenAPI document, the overlays that turn it into the older editions, and
// the overlays that translate it.
//
// [Load] gives an edition as a validated kin-openapi document, [Bundle] as
// bytes. What OpenAPI has no words for stands in extensions, each with an
// accessor here: the error table ([Errors]), the errors of an answer
// ([ErrorCodes]), what a broken rule is answered with ([ViolationOf]), the
// sources ([Sources]) and the contradictions between them ([Contradictions]).
// README.md beside the document explains every extension.
package openapi

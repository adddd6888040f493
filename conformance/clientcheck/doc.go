// Package clientcheck finds out whether a client keeps the contract. It is a
// strict server that answers from the document's examples, holds every request
// against the document, and plays scenarios: a throttled service, an
// unavailable one, a connection that is cut, an answer that does not come, a
// token that has expired, and others (scenarios.yaml).
//
// The client under test is driven by a [Driver], a function of a Go test or a
// program ([Program]) that calls every operation of the client once and fails
// when a call fails. It runs once for each case, an operation in a scenario,
// against a server of its own. What the client does not call is not supported;
// everything else comes out as a [conformance.Report].
//
// Like the suite for servers, the package knows the document and nothing else of
// this module.
package clientcheck

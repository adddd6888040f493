// Package conformance checks whether an implementation keeps the contract of
// the Log Tank Service. It speaks raw HTTP and knows nothing but the document,
// so that a mistake of this project's client or server cannot hide itself.
//
// [Run] executes the cases of an edition against a [Target] and returns a
// [Report]. What is special to an implementation stands in the target.
package conformance

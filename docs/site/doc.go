// Package site builds the documentation of the contract: a static site with
// the API reference of every edition in every language, the error catalogue,
// the contradictions, the changes between editions, the guides, a search, and
// the bundles that other tools read.
//
// [Build] gives the files. They work from a folder, without a server and
// without a request to anywhere else; [Files.Write] puts them there. [Handler]
// serves the same files beside a running server, where the reference can also
// send requests.
//
// Texts of the interface are in texts.yaml, pages in templates, the guides in
// the folder above. The libraries in vendored are those of others, unchanged.
package site

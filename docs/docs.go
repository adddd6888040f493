// Package docs holds the guides, as the documentation site and readers of the
// repository see them.
package docs

import "embed"

// Files has the guides: name.md in English and, where there is a translation,
// name.zh.md. The decisions are below adr.
//
//go:embed *.md adr/*.md
var Files embed.FS

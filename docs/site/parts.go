package site

import (
	"fmt"
	"path"
	"strings"
	"sync"

	"github.com/ltskit/ltskit/openapi"
)

// downloadsPage is the page of a language that lists the bundles.
const downloadsPage = "downloads.html"

// A part is a piece of the site that is built on its own, so that a server can
// show a page before it has made every bundle.
type part struct {
	has   func(name string) bool // whether a path belongs to the part, if there is such a file
	files func() (Files, error)  // builds it once
}

// parts lists all parts, those first that are wanted first. Every path belongs
// to the first part that has it.
func (b *builder) parts() []part {
	newPart := func(has func(string) bool, build func() (Files, error)) part {
		return part{has, sync.OnceValues(func() (Files, error) {
			files, err := build()
			if err != nil {
				return nil, fmt.Errorf("site: %w", err)
			}
			return files, nil
		})}
	}
	var all []part
	for _, language := range openapi.Languages() {
		all = append(all, newPart(
			func(name string) bool {
				return strings.HasPrefix(name, language+"/") && path.Base(name) != downloadsPage
			},
			func() (Files, error) { return b.pages(language) },
		))
	}
	isDownload := func(name string) bool {
		return strings.HasPrefix(name, bundleFolder+"/") || path.Base(name) == downloadsPage
	}
	return append(all,
		newPart(isDownload, b.downloads),
		newPart(func(string) bool { return true }, b.fixed),
	)
}

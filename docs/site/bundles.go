package site

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"strings"

	"github.com/ltskit/ltskit/conformance"
	"github.com/ltskit/ltskit/docs/postman"
	"github.com/ltskit/ltskit/openapi"
)

// bundleFolder has the files for other tools, with sums of them all.
const bundleFolder = "bundles"

// A bundle is a file for other tools.
type bundle struct {
	Path     string // below bundleFolder
	Edition  string
	Language string
	Kind     string // key of its name among the texts
	Data     []byte
}

// Size is the size of the file in KiB, rounded up.
func (b bundle) Size() int { return (len(b.Data) + 1023) / 1024 }

// Sum is the SHA-256 of the file in hexadecimal.
func (b bundle) Sum() string {
	sum := sha256.Sum256(b.Data)
	return hex.EncodeToString(sum[:])
}

// bundles makes the files of all editions.
func bundles(editions []edition) ([]bundle, error) {
	var all []bundle
	add := func(e edition, kind, extension string, data []byte) {
		all = append(all, bundle{path.Join(kind, bundleName(e, extension)), e.Name, e.Language, kind, data})
	}
	for _, version := range []string{"3.0", "3.1"} {
		for _, e := range editions {
			asJSON, err := openapi.JSON(e.OpenAPI[version])
			if err != nil {
				return nil, err
			}
			add(e, "openapi-"+version, "openapi.yaml", e.OpenAPI[version])
			add(e, "openapi-"+version, "openapi.json", asJSON)
		}
	}
	for _, e := range editions {
		if e.Language != openapi.English { // the workflows have no other texts
			continue
		}
		data, err := conformance.ExportArazzo(e.Name, "../openapi-3.0/"+bundleName(e, "openapi.yaml"))
		if err != nil {
			return nil, err
		}
		add(e, "arazzo", "arazzo.yaml", data)
	}
	for _, e := range editions {
		data, err := postman.Collection(e.Doc)
		if err != nil {
			return nil, err
		}
		add(e, "postman", "postman_collection.json", data)
	}
	return all, nil
}

// bundleName is lts.<edition>.<rest>, with the language in between unless it is
// English.
func bundleName(e edition, rest string) string {
	if e.Language != openapi.English {
		rest = e.Language + "." + rest
	}
	return "lts." + e.Name + "." + rest
}

// sums are the checksums of the bundles, in the format of sha256sum.
func sums(all []bundle) []byte {
	var out strings.Builder
	for _, b := range all {
		fmt.Fprintf(&out, "%s  %s\n", b.Sum(), b.Path)
	}
	return []byte(out.String())
}

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
func (e *editions) bundles() ([]bundle, error) {
	editions, err := e.all()
	if err != nil {
		return nil, err
	}
	all, err := documents(editions)
	if err != nil {
		return nil, err
	}
	for _, e := range editions {
		if e.Language != openapi.English { // the workflows have no other texts
			continue
		}
		data, err := conformance.ExportArazzo(e.Name, "../openapi-3.0/"+bundleName(e, "openapi.yaml"))
		if err != nil {
			return nil, err
		}
		all = append(all, newBundle(e, "arazzo", "arazzo.yaml", data))
	}
	for _, e := range editions {
		data, err := postman.Collection(e.Doc)
		if err != nil {
			return nil, err
		}
		all = append(all, newBundle(e, "postman", "postman_collection.json", data))
	}
	return all, nil
}

// documents makes the OpenAPI documents, 3.0 before 3.1, YAML before JSON.
func documents(editions []edition) ([]bundle, error) {
	upgraded := make([][]byte, len(editions))
	err := sideBySide(len(editions), func(i int) (err error) {
		upgraded[i], err = openapi.Upgrade(editions[i].YAML)
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []bundle
	add := func(e edition, kind string, asYAML []byte) error {
		asJSON, err := openapi.JSON(asYAML)
		all = append(all, newBundle(e, kind, "openapi.yaml", asYAML), newBundle(e, kind, "openapi.json", asJSON))
		return err
	}
	for _, e := range editions {
		if err := add(e, "openapi-3.0", e.YAML); err != nil {
			return nil, err
		}
	}
	for i, e := range editions {
		if err := add(e, "openapi-3.1", upgraded[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func newBundle(e edition, kind, extension string, data []byte) bundle {
	return bundle{path.Join(kind, bundleName(e, extension)), e.Name, e.Language, kind, data}
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

package ltskit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/ltskit/ltskit/"

// Modules that belong to one side of the picture.
const (
	echo     = "github.com/labstack/echo"
	kin      = "github.com/getkin/kin-openapi"
	sqlite   = "modernc.org/sqlite"
	goose    = "github.com/pressly/goose"
	pgx      = "github.com/jackc/pgx"
	pebble   = "github.com/cockroachdb/pebble"
	gocloud  = "gocloud.dev"
	oapi     = "github.com/oapi-codegen/runtime"
	nullable = "github.com/oapi-codegen/nullable"
	backoff  = "github.com/cenkalti/backoff/v5"
)

var (
	stores  = []string{module + "store", sqlite, goose, pgx, pebble, gocloud}
	servers = []string{module + "server", module + "cmd", echo}
)

// A rule says what packages must not depend on. A path stands for the package
// and for everything below it.
type rule struct {
	packages string   // path in the module
	never    []string // not imported, and not by what is imported
	direct   []string // not imported
	only     []string // when it is not empty: nothing else but the standard library
	exact    bool     // whether the rule is about this package alone, not about those below it
}

// rules are the arrows of docs/architecture.md.
var rules = []rule{
	{
		packages: "lts",
		never:    slices.Concat(stores, servers, []string{kin, oapi, module + "gen", module + "openapi", module + "client", module + "conformance"}),
		direct:   []string{"net/http", "database/sql"}, // libraries that are used for something else may know them
	},
	{
		packages: "client", // what a program takes in with it is meant to stay this little
		never:    slices.Concat(stores, servers, []string{kin, module + "gen/apiserver", module + "conformance"}),
		only: []string{
			module + "client", module + "lts", module + "gen/api", module + "gen/apiclient", module + "openapi/lenient",
			oapi, nullable, "github.com/google/uuid", "github.com/apapsch/go-jsonmerge/v2", // of the generated code
			"github.com/golang-jwt/jwt/v5", "golang.org/x/crypto", // of lts
			backoff, "golang.org/x/sync", "github.com/klauspost/compress",
		},
	},
	{
		packages: "conformance",
		never:    slices.Concat(stores, servers, []string{module + "lts", module + "gen", module + "client", module + "docs"}),
	},
	{
		packages: "docs", // what is published comes from the document and the suite alone
		never:    slices.Concat(stores, servers, []string{module + "lts", module + "gen", module + "client"}),
	},
	{
		packages: "store",
		never:    slices.Concat(servers, []string{kin, oapi, module + "gen", module + "openapi", module + "client", module + "conformance"}),
		direct:   []string{"net/http"},
	},
	{
		packages: "server",
		never:    []string{module + "cmd", module + "client", module + "gen/apiclient", module + "conformance", module + "docs"},
	},
	{
		packages: "server", // server/embedded puts the stores in
		exact:    true,
		never:    stores,
	},
	{
		packages: "openapi",
		never:    slices.Concat(stores, servers, []string{module + "lts", module + "gen", module + "client", module + "conformance"}),
	},
	{
		packages: "openapi/lenient",
		only:     []string{module + "openapi/lenient"},
	},
	{
		packages: "gen/api",
		only:     []string{module + "gen/api", module + "openapi/lenient", oapi, nullable},
	},
	{
		packages: "gen/apiclient",
		never:    slices.Concat(stores, servers, []string{kin, module + "gen/apiserver", module + "lts"}),
	},
	{
		packages: "gen/apiserver",
		never:    slices.Concat(stores, []string{kin, module + "server", module + "gen/apiclient", module + "lts"}),
	},
}

// members are the packages that a rule is about.
func (r rule) members(all graph) []string {
	packages := all.below(module + r.packages)
	if r.exact {
		packages = slices.DeleteFunc(packages, func(p string) bool { return p != module+r.packages })
	}
	return packages
}

func TestArrowsPointOneWay(t *testing.T) {
	all := listed(t)
	for _, r := range rules {
		t.Run(r.packages, func(t *testing.T) {
			packages := r.members(all)
			if len(packages) == 0 {
				t.Fatalf("there is no package %s; the rule checks nothing", r.packages)
			}
			for _, problem := range r.broken(all) {
				t.Error(problem)
			}
		})
	}
}

// The rules would pass as well if the names in them were wrong.
func TestArrowsAreThere(t *testing.T) {
	all := listed(t)
	for _, tt := range []struct{ from, to string }{
		{"server", module + "lts"},
		{"server", module + "gen/api"},
		{"server", echo},
		{"server", kin},
		{"store/catalog", module + "lts"},
		{"store/catalog", sqlite},
		{"store/catalog", goose},
		{"conformance", module + "openapi"},
		{"conformance", "net/http"},
		{"docs/site", module + "conformance"},
		{"cmd/lts", module + "conformance"},
		{"cmd/lts", module + "store/catalog"},
		{"gen/apiclient", oapi},
		{"client", module + "lts"},
		{"client", module + "gen/apiclient"},
		{"client", backoff},
	} {
		if all.chain(module+tt.from, isBelow(tt.to)) == nil {
			t.Errorf("%s does not depend on %s; is it still called so?", tt.from, tt.to)
		}
	}
}

func TestABrokenRuleIsReportedWithTheChain(t *testing.T) {
	all := graph{
		module + "a":     {"fmt", module + "b"},
		module + "a/sub": {"net/http"},
		module + "b":     {module + "c", "example.org/x"},
		module + "c":     {"example.org/y/v2/sub", "fmt"},
		module + "abc":   {"example.org/y"},
	}
	for _, tt := range []struct {
		name string
		rule rule
		want []string
	}{
		{"nothing is broken", rule{packages: "a", never: []string{"example.org/z", "example.org/y/v3"}}, nil},
		{"over two packages", rule{packages: "a", never: []string{"example.org/y"}},
			[]string{"a must not depend on example.org/y: a -> b -> c -> example.org/y/v2/sub"}},
		{"several", rule{packages: "a", never: []string{module + "c", "example.org/x", "net/http"}}, []string{
			"a must not depend on c: a -> b -> c",
			"a must not depend on example.org/x: a -> b -> example.org/x",
			"a/sub must not depend on net/http: a/sub -> net/http",
		}},
		{"a part of a name is another name", rule{packages: "a", never: []string{"example.org/y/v"}}, nil},
		{"a direct import", rule{packages: "a", direct: []string{"fmt", "net/http"}}, []string{
			"a must not import fmt: a -> fmt",
			"a/sub must not import net/http: a/sub -> net/http",
		}},
		{"an import of an import is not direct", rule{packages: "a", direct: []string{"example.org/x"}}, nil},
		{"nothing else", rule{packages: "b", only: []string{module + "b", module + "c", "example.org/x"}},
			[]string{"b must depend on nothing but b, c, example.org/x: b -> c -> example.org/y/v2/sub"}},
		{"nothing else but what is there", rule{packages: "b", only: []string{module + "b", module + "c", "example.org"}}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.rule.broken(all)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// broken lists the ways in which packages break the rule, each with the chain
// of imports.
func (r rule) broken(all graph) []string {
	var problems []string
	report := func(chain []string, must, what string) {
		if chain != nil {
			line := chain[0] + " " + must + " " + what + ": " + strings.Join(chain, " -> ")
			problems = append(problems, strings.ReplaceAll(line, module, ""))
		}
	}
	for _, from := range r.members(all) {
		for _, path := range r.never {
			report(all.chain(from, isBelow(path)), "must not depend on", path)
		}
		for _, path := range r.direct {
			if i := slices.IndexFunc(all[from], isBelow(path)); i >= 0 {
				report([]string{from, all[from][i]}, "must not import", path)
			}
		}
		if len(r.only) > 0 {
			report(all.chain(from, isOutside(r.only)), "must depend on nothing but", strings.Join(r.only, ", "))
		}
	}
	return problems
}

// isBelow tells a package and what is below it.
func isBelow(path string) func(string) bool {
	return func(p string) bool { return p == path || strings.HasPrefix(p, path+"/") }
}

// isOutside tells what is neither in the standard library, whose paths have no
// dot in their first part, nor below one of the paths.
func isOutside(paths []string) func(string) bool {
	return func(p string) bool {
		first, _, _ := strings.Cut(p, "/")
		inside := func(path string) bool { return isBelow(path)(p) }
		return strings.Contains(first, ".") && !slices.ContainsFunc(paths, inside)
	}
}

// A graph has the imports of every package.
type graph map[string][]string

// below lists a package and those below it.
func (g graph) below(path string) []string {
	var found []string
	for p := range g {
		if isBelow(path)(p) {
			found = append(found, p)
		}
	}
	slices.Sort(found)
	return found
}

// chain is a shortest chain of imports from a package to one that is wanted,
// both included, or nil.
func (g graph) chain(from string, wanted func(string) bool) []string {
	importer := map[string]string{from: ""}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range g[queue[0]] {
			if _, seen := importer[next]; seen {
				continue
			}
			importer[next] = queue[0]
			if wanted(next) {
				return way(importer, next)
			}
			queue = append(queue, next)
		}
	}
	return nil
}

// way goes back from a package to where the search began.
func way(importer map[string]string, to string) []string {
	var chain []string
	for p := to; p != ""; p = importer[p] {
		chain = append(chain, p)
	}
	slices.Reverse(chain)
	return chain
}

// listed is the graph of the module and of all that it depends on.
func listed(t *testing.T) graph {
	t.Helper()
	g, err := list()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return g
}

var list = sync.OnceValues(func() (graph, error) {
	if err := readFolders(); err != nil {
		return nil, err
	}
	run := exec.Command("go", "list", "-deps", "-json=ImportPath,Imports", "./...")
	run.Env = append(os.Environ(), "GOPROXY=off")
	var problems bytes.Buffer
	run.Stderr = &problems
	output, err := run.Output()
	if err != nil {
		return nil, errors.New(err.Error() + "\n" + problems.String())
	}
	return decode(bytes.NewReader(output))
})

// readFolders reads every folder that can hold a package. Otherwise go test,
// which does not see what a command reads, would give the result of an earlier
// run.
func readFolders() error {
	return filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		if err == nil && entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "node_modules") {
			return fs.SkipDir
		}
		return err
	})
}

func decode(r io.Reader) (graph, error) {
	g := make(graph)
	for d := json.NewDecoder(r); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return g, nil
		} else if err != nil {
			return nil, err
		}
		g[p.ImportPath] = p.Imports
	}
}

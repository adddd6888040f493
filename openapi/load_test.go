package openapi_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

func TestLoadGivesEveryEditionInEveryLanguage(t *testing.T) {
	titles := make(map[string]string)
	for _, edition := range openapi.Editions() {
		for _, language := range openapi.Languages() {
			name := edition + " " + language
			t.Run(name, func(t *testing.T) {
				doc, err := openapi.Load(edition, language)
				if err != nil {
					t.Fatalf("Load(%q, %q): %v", edition, language, err)
				}
				if doc.Info.Version != edition {
					t.Errorf("Load(%q, %q) has the version %q", edition, language, doc.Info.Version)
				}
				titles[language] = doc.Info.Title
			})
		}
	}
	t.Run("languages have texts of their own", func(t *testing.T) {
		if titles["en"] == titles["zh"] {
			t.Errorf("the title is %q in en and zh", titles["en"])
		}
	})
}

func TestLoadGivesDocumentsThatAreTheCallersOwn(t *testing.T) {
	mine, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	before := toJSON(mine)
	other, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}

	mine.Info.Title = "mine"
	mine.Components.Schemas["Error"].Value.Required = nil
	mine.Extensions["x-errors"].([]any)[0].(map[string]any)["code"] = "MINE.0001"
	mine.Paths.Delete("/v1/logtanks")

	later, err := openapi.Load(openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	if got := toJSON(other); got != before {
		t.Errorf("a document loaded before another was changed has changed with it:\n%s", cmp.Diff(before, got))
	}
	if got := toJSON(later); got != before {
		t.Errorf("a document loaded after another was changed has its changes:\n%s", cmp.Diff(before, got))
	}
}

func TestLoadRefusesWhatItDoesNotKnow(t *testing.T) {
	tests := []struct {
		name, edition, language, want string
	}{
		{"an unknown edition", "2023-01", "en", `unknown edition "2023-01": the editions are 2022-08, 2024-03, latest; did you mean 2022-08?`},
		{"an edition that is like none", "first", "en", `unknown edition "first": the editions are 2022-08, 2024-03, latest`},
		{"the beginning of an edition", "2022", "en", `unknown edition "2022": the editions are 2022-08, 2024-03, latest; did you mean 2022-08?`},
		{"no edition", "", "en", `unknown edition "": the editions are 2022-08, 2024-03, latest`},
		{"an unknown language", "latest", "de", `unknown language "de": the languages are en, zh`},
		{"no language", "latest", "", `unknown language "": the languages are en, zh`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := openapi.Load(tt.edition, tt.language)
			if err == nil || err.Error() != tt.want {
				t.Errorf("Load(%q, %q) = %v, want %s", tt.edition, tt.language, err, tt.want)
			}
			_, err = openapi.Bundle(tt.edition, tt.language, "yaml")
			if err == nil || err.Error() != tt.want {
				t.Errorf("Bundle(%q, %q, yaml) = %v, want %s", tt.edition, tt.language, err, tt.want)
			}
		})
	}
}

// TestLoadRefusesBrokenFiles puts broken files in the place of good ones. An
// error names the file, and the line or the place in the document.
func TestLoadRefusesBrokenFiles(t *testing.T) {
	const edition = "editions/2024-03.overlay.yaml" // with it, the edition of 2024-03 is loaded
	tests := []struct {
		name    string
		file    string
		content string
		want    []string // parts of the error
	}{
		{"the document is not there", "lts.yaml", "", []string{"lts.yaml: ", "does not exist"}},
		{"the document is no YAML", "lts.yaml", "openapi: 3.0.3\ninfo: {", []string{"lts.yaml: ", "line 2"}},
		{"the document is a list", "lts.yaml", "- openapi: 3.0.3\n", []string{"lts.yaml:1: a document must be a mapping"}},
		{"the document is empty", "lts.yaml", "# nothing\n", []string{"lts.yaml:1: a document must be a mapping"}},
		{"the document is no OpenAPI", "lts.yaml", head + "paths: {/a: {get: {}}}\n", []string{"lts.yaml: ", "responses"}},
		{"the document has an alias", "lts.yaml", "openapi: 3.0.3\ninfo: &info {title: a, version: '1'}\nx-copy: *info\npaths: {}\n", []string{"lts.yaml: line 3: anchors and aliases are not allowed"}},
		{"the document merges a mapping", "lts.yaml", "openapi: 3.0.3\nx-info: &info {title: a}\ninfo:\n  <<: *info\n  version: '1'\npaths: {}\n", []string{"lts.yaml: line 4: anchors and aliases are not allowed"}},
		{"the document has a key twice", "lts.yaml", head + "paths: {}\nx-service: lts\nx-service: iam\n", []string{"lts.yaml", "line 6", "x-service"}},
		{"a reference leads nowhere", "lts.yaml", head + "paths: {/a: {get: {responses: {'200': {$ref: '#/components/responses/Lost'}}}}}\n", []string{"lts.yaml: ", "Lost"}},

		{"an overlay is not there", edition, "", []string{edition + ": ", "does not exist"}},
		{"an overlay is no YAML", edition, overlayHead + "actions:\n  - target: [}\n", []string{edition + ": ", "line "}},
		{"an overlay is a list", edition, "- overlay: 1.0.0\n", []string{edition + ":1: a document must be a mapping"}},
		{"an overlay has no actions", edition, overlayHead, []string{edition + ":1: ", "action"}},
		{"an overlay has an empty list of actions", edition, overlayHead + "actions: []\n", []string{edition + ":1: ", "action"}},
		{"the actions of an overlay are no list", edition, overlayHead + "actions: {target: $.info}\n", []string{edition + ": ", "line 4"}},
		{"an overlay has no title", edition, "overlay: 1.0.0\nactions:\n  - {target: $.info, remove: true}\n", []string{edition + ":1: ", "title"}},
		{"an action has no target", edition, overlayHead + "actions:\n  - update: {title: a}\n", []string{edition + ":", "target"}},
		{"the target of an action is no path", edition, overlayHead + "actions:\n  - target: $.info[\n    update: {title: a}\n", []string{edition + ":5: action 1, target $.info[: "}},
		{"an action does nothing", edition, overlayHead + "actions:\n  - target: $.info\n", []string{edition + ":5: action 1, target $.info: "}},
		{"an action has a misspelt member", edition, overlayHead + "actions:\n  - target: $.info\n    delete: true\n", []string{edition + ":5: action 1, target $.info: ", `"delete"`, "update, remove"}},
		{"an update is of another kind", edition, overlayHead + "actions:\n  - target: $.info\n    update: [a]\n", []string{edition + ":5: action 1, target $.info: ", "mapping"}},
		{"an action updates and removes", edition, overlayHead + "actions:\n  - target: $.info\n    update: {title: a}\n    remove: true\n", []string{edition + ":5: action 1, target $.info: "}},
		{"an extension is misspelt", edition, overlayHead + "actions:\n  - target: $.info\n    update: {title: a}\n  - target: $.paths['/v3/projects'].get\n    update: {x-documentd: false}\n", []string{"/paths/~1v3~1projects/get/x-documentd", "unknown extension"}},
		{"an action matches nothing", edition, overlayHead + "actions:\n  - target: $.info\n    update: {title: a}\n  - target: $.paths['/v9']\n    remove: true\n", []string{edition + ":7: action 2, target $.paths['/v9']: ", "did not match"}},
		{"an action changes nothing", edition, overlayHead + "actions:\n  - target: $.info\n    update: {version: latest}\n", []string{edition + ":5: action 1, target $.info: ", "does nothing"}},
		{"an action matches what the one before removed", edition, overlayHead + "actions:\n  - target: $.paths['/v1/logtanks']\n    remove: true\n  - target: $.paths['/v1/logtanks']\n    remove: true\n", []string{edition + ":7: action 2, target $.paths['/v1/logtanks']: "}},
		{"an overlay breaks the document", edition, overlayHead + "actions:\n  - target: $.info.title\n    remove: true\n", []string{"lts.yaml + " + edition + ": ", "title"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := embeddedFiles(t)
			files[tt.file] = &fstest.MapFile{Data: []byte(tt.content)}
			if tt.content == "" {
				delete(files, tt.file)
			}
			loaded := openapi.Latest
			if tt.file == edition {
				loaded = "2024-03"
			}
			checkRefused(t, files, loaded, tt.want)
		})
	}
}

// TestLoadRefusesReferencesAndPatternsWithTheirPlaces breaks several at once, in
// ways that only the place where they stand tells apart.
func TestLoadRefusesReferencesAndPatternsWithTheirPlaces(t *testing.T) {
	const groups = "/paths/~1v2~1{project_id}~1groups"
	checkRefused(t, editionOf(t, `
  - target: $.paths['/v2/{project_id}/groups'].get.responses
    update: {'418': {$ref: '#/components/responses/Lost'}}
  - target: $.components.schemas.LogGroup.properties
    update: {example: {$ref: '#/components/schemas/L~1ost/items'}, pattern: {type: string, pattern: '(a'}, other: {$ref: './other.yaml#/a'}}
  - target: $.components.schemas.Error.properties.error_code
    update: {pattern: '[a'}
`), "2024-03", []string{
		groups + `/get/responses/418/$ref: "#/components/responses/Lost" leads nowhere: there is no "Lost"`,
		`/components/schemas/LogGroup/properties/example/$ref: "#/components/schemas/L~1ost/items" leads nowhere: there is no "L/ost"`,
		`/components/schemas/LogGroup/properties/pattern/pattern: `,
		`/components/schemas/LogGroup/properties/other/$ref: "./other.yaml#/a" must refer to a part of the document`,
		`/components/schemas/Error/properties/error_code/pattern: `,
	})
}

func TestWhatLooksLikeAReferenceInDataIsNone(t *testing.T) {
	_, err := openapi.LoadFS(fstest.MapFS{"lts.yaml": {Data: []byte("openapi: 3.0.3\ninfo: {title: document, version: latest}\npaths: {}\n" +
		"components: {schemas: {A: {type: object, example: {$ref: '#/nowhere', pattern: '(a'}}}}\n")}}, openapi.Latest, openapi.English)
	if err != nil {
		t.Errorf("LoadFS: %v", err)
	}
}

// TestLoadRefusesWrongExamples breaks several examples at once: the error
// lists them all, each with its pointer and the rule that it breaks.
func TestLoadRefusesWrongExamples(t *testing.T) {
	checkRefused(t, editionOf(t, `
  - target: $.paths['/v2/{project_id}/groups'].post.requestBody.content['application/json'].examples['create-a-group']['value']
    update: {log_group_name: '', ttl_in_days: 366}
  - target: $.paths['/v2/{project_id}/groups'].post.requestBody.content['application/json'].examples['calling-example']['value'].log_group_name
    remove: true
  - target: $.paths['/v2/{project_id}/groups'].post.responses['201'].content['application/json'].examples['create-a-group']['value'].log_group_id
    remove: true
  - target: $.paths['/v2/{project_id}/groups'].get.responses['200'].content['application/json'].examples['one-group']['value'].log_groups[0]
    update: {log_group_name: ''}
  - target: $.components.examples['not-json']['value']
    update: {error_code: LTS}
  - target: $.paths['/v3/auth/tokens'].post.responses['201'].headers['X-Subject-Token']
    update: {example: ''}
  - target: $.components.parameters.ProjectIDHeader
    update: {example: short}
  - target: $.components.schemas.Error.example
    update: {error_code: lower.0001}
`), "2024-03", []string{
		"/paths/~1v2~1{project_id}~1groups/post/requestBody/content/application~1json/examples/create-a-group/value/log_group_name: minLength: ",
		"/paths/~1v2~1{project_id}~1groups/post/requestBody/content/application~1json/examples/create-a-group/value/ttl_in_days: ",
		"/paths/~1v2~1{project_id}~1groups/post/requestBody/content/application~1json/examples/calling-example/value/log_group_name: required: ",
		"/paths/~1v2~1{project_id}~1groups/post/responses/201/content/application~1json/examples/create-a-group/value/log_group_id: required: ",
		"/paths/~1v2~1{project_id}~1groups/get/responses/200/content/application~1json/examples/one-group/value/log_groups/0/log_group_name: minLength: ",
		"/paths/~1v2~1{project_id}~1log-dump~1obs/post/responses/400/content/application~1json/examples/not-json/value/error_code: pattern: ",
		"/paths/~1v3~1auth~1tokens/post/responses/201/headers/X-Subject-Token",
		"/paths/~1v1~1logtanks/post/parameters/X-Project-Id",
		"/components/schemas/Error/example",
	})
}

// TestLoadRefusesWrongExtensions gives extensions another shape than the
// accessors of the package read.
func TestLoadRefusesWrongExtensions(t *testing.T) {
	tests := []struct {
		name    string
		actions string
		want    string
	}{
		{"the error table is no list", removed("$['x-errors']") + set("$", "x-errors: {LTS.0007: 400}"), "/x-errors: "},
		{"the status of an error is text", removed("$['x-errors'][0].status") + set("$['x-errors'][0]", "status: four hundred"), "/x-errors: "},
		{"the error codes of an answer are one text", removed("$.paths['/v2/{project_id}/groups'].post.responses['400']['x-error-codes']") + set("$.paths['/v2/{project_id}/groups'].post.responses['400']", "x-error-codes: LTS.0009"), "/paths/~1v2~1{project_id}~1groups/post/responses/400/x-error-codes: "},
		{"a violation is a text", set("$.components.schemas.LogGroup.properties.ttl_in_days", "x-violation: LTS.0106"), "/components/schemas/LogGroup/properties/ttl_in_days/x-violation: "},
		{"the sources are a list", removed("$['x-sources']") + set("$", "x-sources: [2022-08]"), "/x-sources: "},
		{"the source of an operation is a text", removed("$.paths['/v2/{project_id}/groups'].post['x-source']") + set("$.paths['/v2/{project_id}/groups'].post", "x-source: 2022-08 section 5.1.1"), "/paths/~1v2~1{project_id}~1groups/post/x-source: "},
		{"the source of a field is a text", removed("$.components.schemas.LogGroup.properties.tag['x-source']") + set("$.components.schemas.LogGroup.properties.tag", "x-source: 2022-08 table 5-13"), "/components/schemas/LogGroup/properties/tag/x-source: "},
		{"the source of an example is a text", removed("$.components.examples['not-json']['x-source']") + set("$.components.examples['not-json']", "x-source: 2022-08 section 5.4.1"), "/examples/not-json/x-source: "},
		{"the headers are a mapping", removed("$['x-headers']") + set("$", "x-headers: {Host: true}"), "/x-headers: "},
		{"the contradictions of a field are a mapping", set("$.components.schemas.LogGroup.properties.tag", "x-contradictions: {id: a}"), "/components/schemas/LogGroup/properties/tag/x-contradictions: "},
		{"the prints of a contradiction are texts", set("$['x-contradictions'][0]", "prints: [nothing]"), "/x-contradictions: "},
		{"x-dynamic is a text", removed("$.components.schemas.LogGroup.properties.tag['x-dynamic']") + set("$.components.schemas.LogGroup.properties.tag", "x-dynamic: sometimes"), "/components/schemas/LogGroup/properties/tag/x-dynamic: "},
		{"x-dynamic of a header is a text", removed("$.paths['/v3/auth/tokens'].post.responses['201'].headers['X-Subject-Token'].schema['x-dynamic']") + set("$.paths['/v3/auth/tokens'].post.responses['201'].headers['X-Subject-Token'].schema", "x-dynamic: sometimes"), "/paths/~1v3~1auth~1tokens/post/responses/201/headers/X-Subject-Token/schema/x-dynamic: "},
		{"x-documented is a text", set("$.paths['/v2/{project_id}/groups'].post", "x-documented: 'no'"), "/paths/~1v2~1{project_id}~1groups/post/x-documented: "},
		{"the service of a server is a list", removed("$.paths['/v1/logtanks'].servers[0]['x-service']") + set("$.paths['/v1/logtanks'].servers[0]", "x-service: [ga]"), "x-service: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			checkRefused(t, editionOf(t, tt.actions), "2024-03", []string{tt.want})
		})
	}
}

func TestLoadFSAppliesTheLayersInTheirOrder(t *testing.T) {
	title := func(text string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(overlayHead + "actions:\n" + set("$.info", "title: "+text))}
	}
	files := fstest.MapFS{
		"lts.yaml":                      {Data: []byte(head + "paths: {}\n")},
		"i18n/zh.overlay.yaml":          title("translated"),
		"editions/2024-03.overlay.yaml": title("edition"),
		"i18n/zh.2024-03.overlay.yaml":  title("edition and translated"),
	}
	tests := []struct {
		name, edition, language, want string
	}{
		{"the document alone", "latest", "en", "document"},
		{"a translation", "latest", "zh", "translated"},
		{"an edition", "2024-03", "en", "edition"},
		{"an edition in another language", "2024-03", "zh", "edition and translated"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := openapi.LoadFS(files, tt.edition, tt.language)
			if err != nil {
				t.Fatal(err)
			}
			if doc.Info.Title != tt.want {
				t.Errorf("LoadFS(%q, %q) has the title %q, want %q", tt.edition, tt.language, doc.Info.Title, tt.want)
			}
		})
	}
}

func TestLoadFSTakesADocumentWithNothingInIt(t *testing.T) {
	defer func() {
		if r := recover(); r != nil {
			t.Errorf("a document without components: panic: %v", r)
		}
	}()
	doc, err := openapi.LoadFS(fstest.MapFS{
		"lts.yaml": {Data: []byte("openapi: 3.0.3\ninfo: {title: document, version: latest}\npaths: {}\n")},
	}, openapi.Latest, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	n := len(openapi.Operations(doc)) + len(openapi.Errors(doc)) + len(openapi.Headers(doc)) + len(openapi.Sources(doc)) + len(openapi.Contradictions(doc))
	if n != 0 {
		t.Errorf("a document with nothing in it has %d operations, errors, headers, sources and contradictions", n)
	}
}

// TestLoadFSTakesTheTypeOfAnOverlay guards a trap: the value of an action
// brings its type along.
func TestLoadFSTakesTheTypeOfAnOverlay(t *testing.T) {
	tests := []struct {
		name, before, after string
		want                any
	}{
		{"a text becomes a number", "'7'", "365", 365.0},
		{"a number becomes a text", "7", "'365'", "365"},
		{"a number becomes another text", "7", "seven", "seven"},
		{"a number becomes the same as text", "7", "'7'", "7"},
		{"a Boolean becomes a text", "true", "'false'", "false"},
		{"a text becomes a list", "a", "[b]", []any{"b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := openapi.LoadFS(fstest.MapFS{
				"lts.yaml":                      {Data: []byte(head + "paths: {}\nx-limits: {days: " + tt.before + "}\n")},
				"editions/2024-03.overlay.yaml": {Data: []byte(overlayHead + "actions:\n" + set("$['x-limits']", "days: "+tt.after))},
			}, "2024-03", openapi.English)
			if err != nil {
				t.Fatalf("%s over %s: %v", tt.after, tt.before, err)
			}
			got := doc.Extensions["x-limits"].(map[string]any)["days"]
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s over %s (-want +got):\n%s", tt.after, tt.before, diff)
			}
		})
	}
}

func TestBundle(t *testing.T) {
	for _, edition := range openapi.Editions() {
		first, asJSON := mustBundle(t, edition, "yaml"), mustBundle(t, edition, "json")
		t.Run(edition+"/is the same every time", func(t *testing.T) {
			for format, want := range map[string][]byte{"yaml": first, "json": asJSON} {
				if second := mustBundle(t, edition, format); !bytes.Equal(want, second) {
					t.Errorf("the second %s bundle differs (-first +second):\n%s", format, cmp.Diff(string(want), string(second)))
				}
			}
		})
		t.Run(edition+"/has the same value and order in both formats", func(t *testing.T) {
			if a, b := outline(t, first), outline(t, asJSON); !slices.Equal(a, b) {
				t.Errorf("(-yaml +json):\n%s", cmp.Diff(a, b))
			}
		})
		t.Run(edition+"/JSON escapes no tags", func(t *testing.T) {
			if !json.Valid(asJSON) {
				t.Fatal("the bundle is no JSON")
			}
			if want := "this <HighLightTag>log</HighLightTag> is"; !strings.Contains(string(asJSON), want) {
				t.Errorf("the JSON bundle does not contain %q", want)
			}
		})
		t.Run(edition+"/loads again", func(t *testing.T) {
			loaded, err := openapi.Load(edition, openapi.English)
			if err != nil {
				t.Fatal(err)
			}
			for format, data := range map[string][]byte{"yaml": first, "json": asJSON} {
				again, err := openapi.LoadFS(fstest.MapFS{"lts.yaml": {Data: data}}, openapi.Latest, openapi.English)
				if err != nil {
					t.Fatalf("LoadFS of the %s bundle: %v", format, err)
				}
				if a, b := toJSON(loaded), toJSON(again); a != b {
					t.Errorf("the %s bundle is another document (-loaded +bundled):\n%s", format, cmp.Diff(a, b))
				}
			}
		})
	}
	t.Run("an unknown format is refused with the known ones", func(t *testing.T) {
		_, err := openapi.Bundle(openapi.Latest, openapi.English, "xml")
		if want := `unknown format "xml": the formats are yaml, json`; err == nil || err.Error() != want {
			t.Errorf("Bundle(latest, en, xml) = %v, want %s", err, want)
		}
	})
}

// TestBundleKeepsTheOrderOfTheDocument compares with the file, which the
// comparison of the two formats does not.
func TestBundleKeepsTheOrderOfTheDocument(t *testing.T) {
	file, err := os.ReadFile("lts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	everywhere := func(line string) bool { // what a bundle declares beyond the file
		return strings.HasSuffix(line, "/headers") || strings.Contains(line, "/headers/X-Request-Id")
	}
	a := slices.DeleteFunc(outline(t, file), everywhere)
	b := slices.DeleteFunc(outline(t, mustBundle(t, openapi.Latest, "json")), everywhere)
	if !slices.Equal(a, b) {
		t.Errorf("the bundle of latest (-lts.yaml +bundle):\n%s", cmp.Diff(a, b))
	}
}

// Beginnings of files.
const (
	head        = "openapi: 3.0.3\ninfo: {title: document, version: latest}\ncomponents: {schemas: {}}\n"
	overlayHead = "overlay: 1.0.0\nx-speakeasy-jsonpath: rfc9535\ninfo: {title: broken, version: '1'}\n"
)

// embeddedFiles gives the files that the package embeds, from the folder.
func embeddedFiles(t *testing.T) fstest.MapFS {
	t.Helper()
	files := make(fstest.MapFS)
	fsys := os.DirFS(".")
	for _, pattern := range []string{"lts.yaml", "editions/*.overlay.yaml", "i18n/*.overlay.yaml"} {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: data}
		}
	}
	return files
}

// editionOf gives the files with other actions in the overlay of 2024-03.
func editionOf(t *testing.T, actions string) fstest.MapFS {
	t.Helper()
	files := embeddedFiles(t)
	files["editions/2024-03.overlay.yaml"] = &fstest.MapFile{Data: []byte(overlayHead + "actions:\n" + actions)}
	return files
}

func removed(target string) string { return `  - {target: "` + target + `", remove: true}` + "\n" }

func set(target, update string) string {
	return `  - {target: "` + target + `", update: {` + update + "}}\n"
}

// checkRefused loads an edition, which must fail, and looks for parts of the
// error.
func checkRefused(t *testing.T, files fstest.MapFS, edition string, want []string) {
	t.Helper()
	_, err := openapi.LoadFS(files, edition, openapi.English)
	if err == nil {
		t.Fatalf("LoadFS(%s) = nil, want an error with %q", edition, want)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("LoadFS(%s) = %v\nwant an error with %q", edition, err, part)
		}
	}
}

func mustBundle(t *testing.T, edition, format string) []byte {
	t.Helper()
	data, err := openapi.Bundle(edition, openapi.English, format)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// outline lists every key and scalar of a YAML or JSON file with its place, in
// the order of the file.
func outline(t *testing.T, data []byte) []string {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	return outlineOf("", root.Content[0])
}

func outlineOf(at string, node *yaml.Node) []string {
	lines := []string{at}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i < len(node.Content); i += 2 {
			lines = append(lines, outlineOf(at+"/"+node.Content[i].Value, node.Content[i+1])...)
		}
	case yaml.SequenceNode:
		for _, element := range node.Content {
			lines = append(lines, outlineOf(at+"/-", element)...)
		}
	default:
		return []string{at + " " + node.ShortTag() + " " + node.Value}
	}
	return slices.Clip(lines)
}

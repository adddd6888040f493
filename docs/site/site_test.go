package site_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/docs/site"
	"github.com/ltskit/ltskit/openapi"
)

func TestTheSiteHasTheSameBytesEveryTime(t *testing.T) {
	first := built(t)
	again, err := site.Build(site.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first.Paths(), again.Paths()); diff != "" {
		t.Fatalf("paths differ:\n%s", diff)
	}
	for path := range first {
		if !bytes.Equal(first[path], again[path]) {
			t.Errorf("%s differs", path)
		}
	}
}

func TestEverySumIsThatOfItsFile(t *testing.T) {
	files := built(t)
	for folder, number := range map[string]int{"bundles": 33, "assets/vendored": 2} {
		t.Run(folder, func(t *testing.T) {
			lines := strings.Split(strings.TrimSpace(string(files[folder+"/SHA256SUMS"])), "\n")
			if len(lines) != number {
				t.Errorf("there are %d sums, want %d", len(lines), number)
			}
			for _, line := range lines {
				want, name, _ := strings.Cut(line, "  ")
				sum := sha256.Sum256(files[folder+"/"+name])
				if got := hex.EncodeToString(sum[:]); got != want {
					t.Errorf("%s has the sum %s, want %s", name, got, want)
				}
			}
		})
	}
}

func TestBundlesAreThoseOfTheSite(t *testing.T) {
	alone, err := site.Bundles()
	if err != nil {
		t.Fatal(err)
	}
	inSite := make(site.Files)
	for name, data := range built(t) {
		if rest, ok := strings.CutPrefix(name, "bundles/"); ok {
			inSite[rest] = data
		}
	}
	if diff := cmp.Diff(inSite.Paths(), alone.Paths()); diff != "" {
		t.Fatalf("paths (-site +alone):\n%s", diff)
	}
	for name := range inSite {
		if !bytes.Equal(inSite[name], alone[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestTheBundlesAreThoseOfTheirNames(t *testing.T) {
	files := built(t)
	for _, edition := range openapi.Editions() {
		for _, version := range []string{"3.0.3", "3.1.1"} {
			for _, language := range []string{"", "zh."} {
				name := "bundles/openapi-" + version[:3] + "/lts." + edition + "." + language + "openapi."
				var fromYAML, fromJSON map[string]any
				if err := yaml.Unmarshal(files[name+"yaml"], &fromYAML); err != nil {
					t.Fatalf("%syaml: %v", name, err)
				}
				if err := yaml.Unmarshal(files[name+"json"], &fromJSON); err != nil { // one decoder, so one type for numbers
					t.Fatalf("%sjson: %v", name, err)
				}
				if diff := cmp.Diff(fromYAML, fromJSON); diff != "" {
					t.Errorf("%s: YAML and JSON differ:\n%s", name, diff)
				}
				if got := fromYAML["openapi"]; got != version {
					t.Errorf("%s is OpenAPI %v, want %s", name, got, version)
				}
				if got := fromYAML["info"].(map[string]any)["version"]; got != edition {
					t.Errorf("%s is edition %v, want %s", name, got, edition)
				}
			}
		}
	}
}

func TestTheWorkflowsReferToTheDocumentBesideThem(t *testing.T) {
	for _, edition := range openapi.Editions() {
		name := "bundles/arazzo/lts." + edition + ".arazzo.yaml"
		var doc struct {
			Arazzo             string
			SourceDescriptions []struct{ URL string } `yaml:"sourceDescriptions"`
			Workflows          []any
		}
		if err := yaml.Unmarshal(built(t)[name], &doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if doc.Arazzo != "1.0.1" || len(doc.Workflows) == 0 || len(doc.SourceDescriptions) != 1 {
			t.Fatalf("%s: Arazzo %q with %d workflows and %d sources", name, doc.Arazzo, len(doc.Workflows), len(doc.SourceDescriptions))
		}
		source := path.Join(path.Dir(name), doc.SourceDescriptions[0].URL)
		if want := "bundles/openapi-3.0/lts." + edition + ".openapi.yaml"; source != want || built(t)[source] == nil {
			t.Errorf("%s refers to %s, want the file %s", name, source, want)
		}
		if page := string(built(t)["zh/downloads.html"]); !strings.Contains(page, "../"+name) {
			t.Errorf("the page of downloads has no link to %s", name)
		}
	}
}

func TestTheCatalogueHasEveryErrorAndWhoAnswersIt(t *testing.T) {
	for _, edition := range openapi.Editions() {
		doc, err := openapi.Load(edition, "zh")
		if err != nil {
			t.Fatal(err)
		}
		page := string(built(t)["zh/errors/"+edition+".html"])
		for _, row := range openapi.Errors(doc) {
			_, section, _ := strings.Cut(page, `id="`+row.Code+`"`)
			section, _, _ = strings.Cut(section, "</section>")
			if !strings.Contains(section, row.Remedy) {
				t.Errorf("edition %s: %s does not say what to do: %s", edition, row.Code, row.Remedy)
			}
		}
		for _, operation := range openapi.Operations(doc) {
			for _, status := range operation.Statuses() {
				for _, code := range openapi.ErrorCodes(operation.Responses.Value(status).Value) {
					_, section, _ := strings.Cut(page, `id="`+code+`"`)
					section, _, _ = strings.Cut(section, "</section>")
					if !strings.Contains(section, "#"+operation.OperationID+`"`) {
						t.Errorf("edition %s: %s does not name %s, which answers it", edition, code, operation.OperationID)
					}
				}
			}
		}
	}
}

func TestTheReferenceSaysWhatNoRendererShows(t *testing.T) {
	script := string(built(t)["en/reference/latest.js"])
	data, ok := strings.CutPrefix(strings.TrimSuffix(script, ";\n"), "window.ltsDocument = ")
	if !ok {
		t.Fatalf("the script begins with %.60q", script)
	}
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(data), &doc); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Description string
		Responses   map[string]struct {
			Content map[string]struct {
				Examples map[string]struct{ Description string }
			}
		}
	}
	if err := json.Unmarshal(doc.Paths["/v2/{project_id}/groups"]["post"], &got); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<summary>Errors (", "- 400 [LTS.0101](../errors/latest.html#LTS.0101) Failed to create log group, the group name has been existed",
		"(../contradictions.html#group-ttl-mandatory)", "*Sources: 2022-08 section 5.1.1,",
	} {
		if !strings.Contains(got.Description, want) {
			t.Errorf("the description of CreateLogGroup has no %q:\n%s", want, got.Description)
		}
	}
	example := got.Responses["201"].Content["application/json"].Examples["create-a-group"]
	if want := "Sources: 2022-08 section 5.1.1, 2024-03 section 5.1.1"; example.Description != want {
		t.Errorf("the example is described as %q, want %q", example.Description, want)
	}
}

func TestTheReferenceInventsNoExample(t *testing.T) {
	for _, edition := range openapi.Editions() {
		script := string(built(t)["zh/reference/"+edition+".js"])
		if strings.Contains(script, "#/components/examples/") {
			t.Errorf("edition %s: an example is referred to; the renderer shows its key", edition)
		}
		if strings.Contains(script, `"AS.0001"`) {
			t.Errorf("edition %s: an error has the example of another service", edition)
		}
		if want := `"error_code":"APIGW.0308","error_msg":`; !strings.Contains(strings.Join(strings.Fields(script), ""), want) {
			t.Errorf("edition %s: 429 has no example with %s", edition, want)
		}
		if bare := errorsWithoutExample(t, script); len(bare) > 0 {
			t.Errorf("edition %s: the renderer has to make up the answers %v", edition, bare)
		}
	}
}

// errorsWithoutExample lists the answers with a status of 400 or more that have
// a body and no example.
func errorsWithoutExample(t *testing.T, script string) []string {
	t.Helper()
	data := strings.TrimSuffix(strings.TrimPrefix(script, "window.ltsDocument = "), ";\n")
	doc, err := openapi3.NewLoader().LoadFromData([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	var bare []string
	for _, operation := range openapi.Operations(doc) {
		for _, status := range operation.Statuses() {
			media := operation.Responses.Value(status).Value.Content.Get("application/json")
			if status >= "400" && media != nil && len(media.Examples) == 0 {
				bare = append(bare, operation.OperationID+" "+status)
			}
		}
	}
	return bare
}

func TestTheChangesNameWhatDiffers(t *testing.T) {
	page := string(built(t)["en/changes.html"])
	for _, want := range []string{
		"2022-08 → 2024-03", "2024-03 → latest", "response property&#39;s max was increased from <code>7.00</code> to <code>365.00</code>", "LTS.0301",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
}

func TestTheChangesAreTranslated(t *testing.T) {
	page := string(built(t)["zh/changes.html"])
	want := "状态码 <code>200</code> 的响应属性 <code>log_groups/items/ttl_in_days</code> 的最大值从 <code>7.00</code> 增加到 <code>365.00</code>"
	if !strings.Contains(page, want) {
		t.Errorf("the page has no %q", want)
	}
	if strings.Contains(page, `<td lang="en">`) || regexp.MustCompile(`\{[1-9]\}`).MatchString(page) {
		t.Error("a change is in English, or a place in its words is empty; texts.yaml has the words of each rule")
	}
}

var loaded = regexp.MustCompile(`<(?:script|img|link)[^>]*(?:src|href)="([^"]*)"`)

func TestLinksToAGuideLeadToTheSamePlaceInEveryLanguage(t *testing.T) {
	id := regexp.MustCompile(`<h[2-6] id="([^"]*)"`)
	files, guides := built(t), 0
	for name, data := range files {
		if !strings.HasPrefix(name, "en/guides/") {
			continue
		}
		guides++
		want := id.FindAllSubmatch(data, -1)
		if diff := cmp.Diff(want, id.FindAllSubmatch(files["zh"+strings.TrimPrefix(name, "en")], -1)); diff != "" {
			t.Errorf("the headings of %s have other IDs in Chinese (-en +zh):\n%s", name, diff)
		}
	}
	if guides < 10 {
		t.Errorf("the site has %d guides, want all", guides)
	}
}

func TestNoPageLoadsAnythingFromElsewhere(t *testing.T) {
	pages := 0
	for path, data := range built(t) {
		if !strings.HasSuffix(path, ".html") {
			continue
		}
		pages++
		for _, match := range loaded.FindAllSubmatch(data, -1) {
			target := filepath.ToSlash(filepath.Join(filepath.Dir(path), string(match[1])))
			if _, there := built(t)[target]; !there {
				t.Errorf("%s loads %s, which is not a file of the site", path, match[1])
			}
		}
	}
	if pages < 40 {
		t.Errorf("the site has %d pages, want more", pages)
	}
}

func TestWords(t *testing.T) {
	data, err := os.ReadFile("texts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var words map[string]map[string]string
	if err := yaml.Unmarshal(data, &words); err != nil {
		t.Fatal(err)
	}
	for key, byLanguage := range words {
		for _, language := range openapi.Languages() {
			oasdiff := language == openapi.English && strings.HasPrefix(key, "rule-") // it speaks English
			if byLanguage[language] == "" && !oasdiff {
				t.Errorf("%s has no words in %s", key, language)
			}
		}
	}
}

func TestWriteReplacesAnOlderSiteAndNothingElse(t *testing.T) {
	files := site.Files{"assets/site.css": []byte("new"), "en/index.html": []byte("page")}
	t.Run("a new folder", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "a", "b")
		if err := files.Write(dir); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "en", "index.html")); string(got) != "page" {
			t.Errorf("the page has %q (%v)", got, err)
		}
	})
	t.Run("an older site", func(t *testing.T) {
		dir := t.TempDir()
		older := site.Files{"assets/site.css": nil, "gone.html": nil}
		if err := older.Write(dir); err != nil {
			t.Fatal(err)
		}
		if err := files.Write(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "gone.html")); err == nil {
			t.Error("a page of the older site is still there")
		}
	})
	t.Run("something else", func(t *testing.T) {
		dir := t.TempDir()
		mine := filepath.Join(dir, "mine.txt")
		if err := os.WriteFile(mine, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := files.Write(dir); err == nil || !strings.Contains(err.Error(), "is not empty") {
			t.Errorf("Write gave %v, want a refusal", err)
		}
		if _, err := os.Stat(mine); err != nil {
			t.Errorf("the file that was there: %v", err)
		}
	})
}

func TestHandler(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	handler := site.Handler("/docs", site.Server{Edition: "2024-03"}, next)
	tests := map[string]struct {
		method, path string
		status       int
		header       string // one that the answer has
		value        string
	}{
		"the front":          {"GET", "/docs/", 200, "Content-Type", "text/html; charset=utf-8"},
		"without a slash":    {"GET", "/docs", 301, "Location", "/docs/"},
		"a folder":           {"GET", "/docs/en/", 200, "Content-Type", "text/html; charset=utf-8"},
		"a script":           {"GET", "/docs/assets/search.js", 200, "Content-Type", "text/javascript; charset=utf-8"},
		"a bundle":           {"HEAD", "/docs/bundles/openapi-3.1/lts.latest.openapi.yaml", 200, "Content-Type", "application/yaml"},
		"types are not made": {"GET", "/docs/bundles/SHA256SUMS", 200, "X-Content-Type-Options", "nosniff"},
		"no page":            {"GET", "/docs/en/nothing.html", 418, "", ""},
		"a longer name":      {"GET", "/docsx", 418, "", ""},
		"another method":     {"POST", "/docs/", 418, "", ""},
		"the service":        {"GET", "/v2/p/groups", 418, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, http.NoBody))
			if w.Code != tt.status || tt.header != "" && w.Header().Get(tt.header) != tt.value {
				t.Errorf("%s %s: %d, %v; want %d and %s: %s", tt.method, tt.path, w.Code, w.Header(), tt.status, tt.header, tt.value)
			}
		})
	}
	t.Run("the pages know the server", func(t *testing.T) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/docs/assets/server.js", http.NoBody))
		if got, want := w.Body.String(), `window.ltsServer = {"edition":"2024-03","development":false};`+"\n"; got != want {
			t.Errorf("server.js is %q, want %q", got, want)
		}
	})
}

// built is a site without a server.
func built(t *testing.T) site.Files {
	t.Helper()
	files, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var build = sync.OnceValues(func() (site.Files, error) { return site.Build(site.Options{}) })

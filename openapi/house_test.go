package openapi_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// TestHouseRules holds every edition of the document to the rules of the
// house.
func TestHouseRules(t *testing.T) {
	checkRules(t, []rule{
		{"the document is OpenAPI 3.0.3", version, []breakage{
			{"/openapi", "3.0.2", "/openapi: is 3.0.2"},
		}},
		{"the document is valid", valid, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/responses/201/description", nil, "description"},
		}},
		{"the tags are the headings of the API, each with a description", tags, []breakage{
			{"/tags/1/name", "loggroups", "/tags: are tokens loggroups streams"},
			{"/tags/2/description", "", "/tags/2: has no description"},
		}},
		{"an operation has exactly one tag, and the tag is declared", operationTags, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/tags", []any{"groups", "logs"}, "/paths/~1v2~1{project_id}~1groups/post/tags: are [groups logs]"},
		}},
		{"an operationId is a verb and a noun in capitals, and is there once", operationIDs, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/operationId", "LogGroupCreate", "/paths/~1v2~1{project_id}~1groups/post/operationId: LogGroupCreate is not"},
			{"/paths/~1v2~1{project_id}~1log-dump~1obs/post/operationId", "CreateObsTransfer", "/paths/~1v2~1{project_id}~1log-dump~1obs/post/operationId: CreateObsTransfer is not"},
			{"/paths/~1v2~1{project_id}~1groups/get/operationId", "CreateLogGroup", "CreateLogGroup is used 2 times"},
		}},
		{"a summary is one line without a period at its end", summaries, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/summary", "Create a group.", `/paths/~1v2~1{project_id}~1groups/post/summary: "Create a group."`},
		}},
		{"an operation has a description", descriptions, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/description", " ", "/paths/~1v2~1{project_id}~1groups/post: has no description"},
		}},
		{"an extension is one of those that the README explains", extensions, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-internal", true, "/paths/~1v2~1{project_id}~1groups/post/x-internal: is not among the extensions"},
		}},
		{"x-documented is only ever false", onlyFalse, []breakage{
			{"/paths/~1v2~1{project_id}~1groups/post/x-documented", true, "/paths/~1v2~1{project_id}~1groups/post/x-documented: is true"},
		}},
	})
}

func TestREADMEExplainsEveryExtension(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, extension := range knownExtensions {
		if want := "**`" + extension; !strings.Contains(string(readme), want) {
			t.Errorf("README.md has no paragraph that begins with %q", want)
		}
	}
}

// TestKeysAreUnique checks the files themselves: the parser of a node tree
// takes a key that stands twice, and the second value silently wins.
func TestKeysAreUnique(t *testing.T) {
	files, err := filepath.Glob("*/*.overlay.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "lts.yaml") {
		t.Run(file, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := uniqueKeys(data); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		})
	}
	t.Run("a key that stands twice is caught", func(t *testing.T) {
		if err := uniqueKeys([]byte("a: {b: 1, b: 2}")); err == nil {
			t.Error(`uniqueKeys("a: {b: 1, b: 2}") = nil, want an error`)
		}
	})
}

// uniqueKeys decodes into a map, which is where the parser looks for keys that
// stand twice.
func uniqueKeys(data []byte) error {
	var whole map[string]any
	return yaml.Unmarshal(data, &whole)
}

func version(s subject) []string {
	if s.doc.OpenAPI != "3.0.3" {
		return []string{fmt.Sprintf("/openapi: is %s, want 3.0.3", s.doc.OpenAPI)}
	}
	return nil
}

func valid(s subject) []string {
	if err := s.doc.Validate(context.Background()); err != nil {
		return []string{err.Error()}
	}
	return nil
}

// headings are the tags in their order. Each is the base name of a file in
// every layer.
var headings = []string{"tokens", "groups", "streams", "logs", "transfers", "logtanks"}

func tags(s subject) []string {
	var names, problems []string
	for i, tag := range s.doc.Tags {
		names = append(names, tag.Name)
		if strings.TrimSpace(tag.Description) == "" {
			problems = append(problems, fmt.Sprintf("/tags/%d: has no description", i))
		}
	}
	if !slices.Equal(names, headings) {
		problems = append(problems, fmt.Sprintf("/tags: are %s, want %s", strings.Join(names, " "), strings.Join(headings, " ")))
	}
	return problems
}

func operationTags(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if len(o.Tags) != 1 || s.doc.Tags.Get(o.Tags[0]) == nil {
			problems = append(problems, fmt.Sprintf("%s/tags: are %v, want one that is declared", pointerOf(o), o.Tags))
		}
	}
	return problems
}

var (
	verbNoun = regexp.MustCompile(`^(Count|Create|Delete|List|Report|Show|Update)([A-Z]+[a-z]*)+$`)
	// badInitialism finds initialisms that are written like words.
	badInitialism = regexp.MustCompile(`(Ak|Ga|Http|Iam|Id|Lts|Obs|Sk|Ttl|Url)s?([A-Z]|$)`)
)

func operationIDs(s subject) []string {
	var problems []string
	times := make(map[string]int)
	for _, o := range openapi.Operations(s.doc) {
		times[o.OperationID]++
		if !verbNoun.MatchString(o.OperationID) || badInitialism.MatchString(o.OperationID) {
			problems = append(problems, fmt.Sprintf("%s/operationId: %s is not a verb and a noun such as CreateOBSTransfer", pointerOf(o), o.OperationID))
		}
	}
	for id, n := range times {
		if n > 1 {
			problems = append(problems, fmt.Sprintf("/paths: the operationId %s is used %d times", id, n))
		}
	}
	return problems
}

func summaries(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if o.Summary == "" || strings.Contains(o.Summary, "\n") || strings.HasSuffix(o.Summary, ".") {
			problems = append(problems, fmt.Sprintf("%s/summary: %q is not one line without a period", pointerOf(o), o.Summary))
		}
	}
	return problems
}

func descriptions(s subject) []string {
	var problems []string
	for _, o := range openapi.Operations(s.doc) {
		if strings.TrimSpace(o.Description) == "" {
			problems = append(problems, pointerOf(o)+": has no description")
		}
	}
	return problems
}

// knownExtensions are the extensions that the README explains.
var knownExtensions = []string{
	"x-source", "x-sources", "x-documented", "x-contradictions", "x-dynamic", "x-errors", "x-error-codes",
	"x-violation", "x-headers", "x-statuses", "x-limits", "x-service", "x-displayName",
}

func extensions(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		if at[len(at)-1] == "headers" {
			return // names of headers
		}
		for key := range node {
			if strings.HasPrefix(key, "x-") && !slices.Contains(knownExtensions, key) {
				problems = append(problems, fmt.Sprintf("%s: is not among the extensions %s", openapi.Pointer(append(at, key)...), strings.Join(knownExtensions, ", ")))
			}
		}
	})
	return problems
}

func onlyFalse(s subject) []string {
	var problems []string
	walk(s.raw, func(at []string, node map[string]any) {
		if v, ok := node["x-documented"]; ok && v != false {
			problems = append(problems, fmt.Sprintf("%s/x-documented: is %v, want false or nothing", openapi.Pointer(at...), v))
		}
	})
	return problems
}

package openapi_test

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/speakeasy-api/openapi/overlay"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/openapi"
)

// TestTranslationsAreComplete checks that every text of every edition is
// translated, and that a translation changes nothing but texts.
func TestTranslationsAreComplete(t *testing.T) {
	for _, language := range translated() {
		for _, edition := range openapi.Editions() {
			t.Run(language+" "+edition, func(t *testing.T) {
				english, other := bundle(t, edition, openapi.English), bundle(t, edition, language)
				for _, problem := range compare("", english, other, object) {
					t.Error(problem)
				}
			})
		}
	}
}

// TestTranslationsAreOfTheCurrentEnglish checks that every translation is of
// the text that the document has now.
func TestTranslationsAreOfTheCurrentEnglish(t *testing.T) {
	for _, language := range translated() {
		for _, edition := range openapi.Editions() {
			file := translationFile(language, edition)
			t.Run(file, func(t *testing.T) {
				english, seen := bundle(t, edition, openapi.English), map[*yaml.Node]bool{}
				for _, tr := range readTranslations(t, file) {
					for _, problem := range tr.stale(english, seen) {
						t.Errorf("%s:%d: target %s: %s", file, tr.line, tr.Target, problem)
					}
				}
			})
		}
	}
}

// TestCompare guards the comparison itself: it must find what is wrong, and
// know texts from things that only look like texts.
func TestCompare(t *testing.T) {
	tests := []struct {
		name             string
		english, chinese string
		want             []string
	}{
		{"translated", "info: {title: A log, version: '1'}", "info: {title: 日志, version: '1'}", nil},
		{"not translated", "get: {summary: Show}", "get: {summary: Show}", []string{`/get/summary: "Show" is not translated`}},
		{"no Chinese", "get: {summary: Show}", "get: {summary: Zeigen}", []string{`/get/summary: "Zeigen" is not translated`}},
		{"number changed", "get: {summary: 1 to 100}", "get: {summary: 1 到 1000}", []string{`/get/summary: "1 到 1000" has the literals [1 1000], the English text has [1 100]`}},
		{"code lost", "get: {summary: The `id`}", "get: {summary: 标识}", []string{"/get/summary: \"标识\" has the literals [], the English text has [`id`]"}},
		{"rule changed", "maximum: 7", "maximum: 8", []string{"/maximum: is 8, in English 7"}},
		{"type changed", "enum: [7]", "enum: ['7']", []string{"/enum/0: is 7, in English 7"}},
		{"message changed", "x-errors: [{message: No}]", "x-errors: [{message: 否}]", []string{"/x-errors/0/message: is 否, in English No"}},
		{"member added", "a: {b: c}", "a: {b: c, summary: 日志}", []string{"/a: has 2 members, in English 1"}},
		{"member renamed", "paths: {/a/b: {}}", "paths: {/a/c: {}}", []string{"/paths: has the member /a/c, in English /a/b"}},
		{"kind changed", "a: [b]", "a: b", []string{"/a: is a different kind of value than in English"}},
		{"title of another object", "a: {title: A log}", "a: {title: 日志}", []string{"/a/title: is 日志, in English A log"}},
		{"example with a description", "value: {description: A log}", "value: {description: A log}", nil},
		{"example translated", "value: {description: A log}", "value: {description: 日志}", []string{"/value/description: is 日志, in English A log"}},
		{"property called value", "properties: {value: {description: A log}}", "properties: {value: {description: A log}}", []string{`/properties/value/description: "A log" is not translated`}},
		{"property called description", "properties: {description: {type: string}}", "properties: {description: {type: string}}", nil},
		{"contradiction", "x-contradictions: [{prints: [{source: A, says: No}]}]", "x-contradictions: [{prints: [{source: A, says: 否}]}]", nil},
		{"print not translated", "x-contradictions: [{prints: [{says: No}]}]", "x-contradictions: [{prints: [{says: No}]}]", []string{`/x-contradictions/0/prints/0/says: "No" is not translated`}},
		{"source of a print changed", "x-contradictions: [{prints: [{source: A}]}]", "x-contradictions: [{prints: [{source: B}]}]", []string{"/x-contradictions/0/prints/0/source: is B, in English A"}},
		{"title of a source", "x-sources: {a: {title: A log}}", "x-sources: {a: {title: A log}}", []string{`/x-sources/a/title: "A log" is not translated`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := compare("", parse(t, tt.english), parse(t, tt.chinese), object)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("compare(%s, %s) (-want +got):\n%s", tt.english, tt.chinese, diff)
			}
		})
	}
}

// A role says how the members of a mapping are to be read.
type role int

const (
	object   role = iota // members have the meaning that OpenAPI gives them
	names                // members are names that the document chose
	verbatim             // members are data and stay as they are
)

// roles lists the members whose values are not objects.
var roles = map[string]role{
	"examples": names, "headers": names, "parameters": names, "paths": names,
	"properties": names, "responses": names, "schemas": names, "variables": names, "x-sources": names,

	"default": verbatim, "enum": verbatim, "example": verbatim, "value": verbatim,
}

// of gives the role of the value of a member.
func (r role) of(member string) role {
	switch r {
	case names:
		return object
	case verbatim:
		return verbatim
	default:
		return roles[member]
	}
}

// element gives the role of the elements of a sequence.
func (r role) element() role {
	if r == names {
		return object // the parameters of an operation are a list, those of the components have names
	}
	return r
}

// texts are the members that are translated, beside the titles of the document
// and of its sources.
var texts = []string{"because", "description", "holds", "remedy", "says", "summary", "topic", "x-displayName"}

// compare lists what is wrong with a translated value: texts that are not
// translated, and anything else that is not as in English.
func compare(at string, english, other *yaml.Node, role role) []string {
	if english.Kind != other.Kind {
		return []string{at + ": is a different kind of value than in English"}
	}
	switch english.Kind {
	case yaml.MappingNode:
		return compareMembers(at, english.Content, other.Content, role)
	case yaml.SequenceNode:
		return compareElements(at, english.Content, other.Content, role)
	}
	if english.Value != other.Value || english.Tag != other.Tag {
		return []string{fmt.Sprintf("%s: is %s, in English %s", at, other.Value, english.Value)}
	}
	return nil
}

func compareMembers(at string, english, other []*yaml.Node, role role) []string {
	if len(english) != len(other) {
		return []string{fmt.Sprintf("%s: has %d members, in English %d", at, len(other)/2, len(english)/2)}
	}
	var problems []string
	for i := 0; i < len(english); i += 2 {
		member := english[i].Value
		if other[i].Value != member {
			return append(problems, fmt.Sprintf("%s: has the member %s, in English %s", at, other[i].Value, member))
		}
		place := at + openapi.Pointer(member)
		if role == object && isText(place, member, english[i+1]) {
			problems = append(problems, compareText(place, english[i+1].Value, other[i+1].Value)...)
			continue
		}
		problems = append(problems, compare(place, english[i+1], other[i+1], role.of(member))...)
	}
	return problems
}

func compareElements(at string, english, other []*yaml.Node, role role) []string {
	if len(english) != len(other) {
		return []string{fmt.Sprintf("%s: has %d elements, in English %d", at, len(other), len(english))}
	}
	var problems []string
	for i := range english {
		problems = append(problems, compare(fmt.Sprintf("%s/%d", at, i), english[i], other[i], role.element())...)
	}
	return problems
}

func isText(place, member string, value *yaml.Node) bool {
	title := place == "/info/title" || member == "title" && strings.HasPrefix(place, "/x-sources/")
	return value.Kind == yaml.ScalarNode && (title || slices.Contains(texts, member))
}

func compareText(at, english, other string) []string {
	hasHan := strings.ContainsFunc(other, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	if other == english || !hasHan {
		return []string{fmt.Sprintf("%s: %q is not translated", at, other)}
	}
	if want, got := literals(english), literals(other); !slices.Equal(want, got) {
		return []string{fmt.Sprintf("%s: %q has the literals %v, the English text has %v", at, other, got, want)}
	}
	return nil
}

var literal = regexp.MustCompile("`[^`]+`|[0-9]+")

// literals lists the code and the numbers in a text, which say the same in
// every language, in an order that does not depend on the language.
func literals(text string) []string {
	return slices.Sorted(slices.Values(literal.FindAllString(text, -1)))
}

// A translation is an action of a translating overlay.
type translation struct {
	Target  string            `yaml:"target"`
	English map[string]string `yaml:"x-english"` // what was translated
	Update  map[string]string `yaml:"update"`

	line int
	path overlay.Queryable
}

// stale lists what is wrong with the translation now that the document is
// english. It records in seen what it translates.
func (tr translation) stale(english *yaml.Node, seen map[*yaml.Node]bool) []string {
	nodes := tr.path.Query(english)
	if len(nodes) != 1 {
		return []string{fmt.Sprintf("stands for %d places in the English document, want 1", len(nodes))}
	}
	var problems []string
	if seen[nodes[0]] {
		problems = append(problems, "is translated twice")
	}
	seen[nodes[0]] = true
	from, to := slices.Sorted(maps.Keys(tr.English)), slices.Sorted(maps.Keys(tr.Update))
	if !slices.Equal(from, to) {
		problems = append(problems, fmt.Sprintf("x-english has %v, update has %v", from, to))
	}
	for _, member := range from {
		if now := text(nodes[0], member); now != tr.English[member] {
			problems = append(problems, fmt.Sprintf("the English %s was %q when it was translated and is now %q", member, tr.English[member], now))
		}
	}
	return problems
}

// text gives the text of a member of an object, or "" if it has none.
func text(object *yaml.Node, member string) string {
	for i := 0; i+1 < len(object.Content); i += 2 {
		if object.Content[i].Value == member {
			return object.Content[i+1].Value
		}
	}
	return ""
}

// translated lists the languages that the document is translated into.
func translated() []string {
	return slices.DeleteFunc(openapi.Languages(), func(l string) bool { return l == openapi.English })
}

// translationFile names the overlay that translates an edition: all of the
// latest one, of the others what they say otherwise.
func translationFile(language, edition string) string {
	if edition == openapi.Latest {
		return "i18n/" + language + ".overlay.yaml"
	}
	return "i18n/" + language + "." + edition + ".overlay.yaml"
}

func readTranslations(t *testing.T, file string) []translation {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var whole overlay.Overlay
	var actions struct{ Actions []yaml.Node }
	for _, v := range []any{&whole, &actions} {
		if err := yaml.Unmarshal(data, v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	var list []translation
	for _, node := range actions.Actions {
		tr := translation{line: node.Line}
		if err := node.Decode(&tr); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if tr.path, err = whole.NewPath(tr.Target, nil); err != nil {
			t.Fatalf("%s:%d: target %s: %v", file, tr.line, tr.Target, err)
		}
		list = append(list, tr)
	}
	return list
}

// bundle returns an edition in a language as a mapping node.
func bundle(t *testing.T, edition, language string) *yaml.Node {
	t.Helper()
	data, err := openapi.Bundle(edition, language, "yaml")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(data))
}

func parse(t *testing.T, data string) *yaml.Node {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(data), &root); err != nil {
		t.Fatal(err)
	}
	return root.Content[0]
}

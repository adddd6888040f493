package postman_test

import (
	"bytes"
	"encoding/json"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/docs/postman"
	"github.com/ltskit/ltskit/openapi"
)

func TestCollectionHasEveryOperationAndExample(t *testing.T) {
	for _, edition := range openapi.Editions() {
		t.Run(edition, func(t *testing.T) {
			doc := load(t, edition)
			var want []string
			for _, operation := range openapi.Operations(doc) {
				want = append(want, operation.Method+" "+operation.Summary)
				for _, example := range operation.ResponseExamples() {
					want = append(want, example.Status+" "+example.Name+" "+compact(t, example.Value))
				}
			}
			var got []string
			for _, folder := range read(t, doc).Item {
				for _, item := range folder.Item {
					got = append(got, item.Request.Method+" "+item.Name)
					for _, response := range item.Response {
						var value any
						if err := json.Unmarshal([]byte(response.Body), &value); err != nil {
							t.Fatalf("%s: %v", response.Name, err)
						}
						got = append(got, strconv.Itoa(response.Code)+" "+response.Name+" "+compact(t, value))
					}
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("operations and examples (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAnExampleHasTheRequestOfItsName(t *testing.T) {
	for _, folder := range read(t, load(t, openapi.Latest)).Item {
		for _, item := range folder.Item {
			for _, response := range item.Response {
				if response.Name == "calling-example" && item.Name == "Create a log group" {
					if got, want := response.OriginalRequest.Body.Raw, "{\n  \"log_group_name\": \"test001\",\n  \"ttl_in_days\": \"7\"\n}"; got != want {
						t.Errorf("the request of calling-example is %s, want %s", got, want)
					}
					return
				}
			}
		}
	}
	t.Error("the collection has no calling-example of Create a log group")
}

func TestRequestsSayWhereTheyGo(t *testing.T) {
	got := make(map[string]string)
	for _, folder := range read(t, load(t, openapi.Latest)).Item {
		for _, item := range folder.Item {
			got[item.Name] = item.Request.URL.Raw + " " + item.Request.Auth.Type
		}
	}
	for name, want := range map[string]string{
		"Get a token":        "{{iam}}/v3/auth/tokens noauth",
		"Create a log group": "{{lts}}/v2/:project_id/groups ",
		"Create a logtank":   "{{ga}}/v1/logtanks ",
	} {
		if got[name] != want {
			t.Errorf("%s goes to %q, want %q", name, got[name], want)
		}
	}
}

func TestCollectionHasTheSameBytesEveryTime(t *testing.T) {
	first, err := postman.Collection(load(t, openapi.Latest))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := postman.Collection(load(t, openapi.Latest))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(first, again) {
			t.Fatal("two collections of one edition differ")
		}
	}
}

// A written is what the tests look at in a collection.
type written struct {
	Item []struct {
		Item []struct {
			Name     string
			Request  request
			Response []struct {
				Name            string
				Code            int
				Body            string
				OriginalRequest request
			}
		}
	}
}

type request struct {
	Method string
	Auth   struct{ Type string }
	Body   struct{ Raw string }
	URL    struct{ Raw string }
}

func read(t *testing.T, doc *openapi3.T) written {
	t.Helper()
	data, err := postman.Collection(doc)
	if err != nil {
		t.Fatal(err)
	}
	var w written
	if err := json.Unmarshal(data, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

func load(t *testing.T, edition string) *openapi3.T {
	t.Helper()
	doc, err := openapi.Load(edition, openapi.English)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func compact(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

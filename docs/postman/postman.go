// Package postman writes an edition of the document as a Postman collection
// (format 2.1): a folder for each tag, a request for each operation, and every
// documented answer as a saved example with the request that it belongs to.
package postman

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

const (
	schemaURL   = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
	tokenHeader = "X-Auth-Token"
	jsonType    = "application/json"
)

// Collection returns the collection of an edition: the same bytes every time.
// Its variables say where the services are and hold the token, which the
// request CreateToken puts there.
func Collection(doc *openapi3.T) ([]byte, error) {
	c := collection{
		Info: info{
			Name:        doc.Info.Title + " (" + doc.Info.Version + ")",
			Description: doc.Info.Description,
			Schema:      schemaURL,
		},
		Auth: &auth{Type: "apikey", APIKey: []pair{
			{Key: "key", Value: tokenHeader, Type: "string"},
			{Key: "value", Value: "{{token}}", Type: "string"},
			{Key: "in", Value: "header", Type: "string"},
		}},
		Variables: variables(doc),
	}
	folders := make(map[string]*folder)
	for _, tag := range doc.Tags {
		title, _ := tag.Extensions["x-displayName"].(string)
		f := &folder{Name: title, Description: tag.Description}
		folders[tag.Name] = f
		c.Items = append(c.Items, f)
	}
	for _, operation := range openapi.Operations(doc) {
		one, err := newItem(operation)
		if err != nil {
			return nil, fmt.Errorf("postman: %s: %w", operation.OperationID, err)
		}
		f := folders[operation.Tag()]
		f.Items = append(f.Items, one)
	}
	return encode(c)
}

// encode keeps the highlight tags of the examples readable.
func encode(v any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// variables are the endpoints of the services, the token and the project.
func variables(doc *openapi3.T) []pair {
	seen := map[string]bool{}
	var list []pair
	add := func(service string, servers openapi3.Servers) {
		if len(servers) > 0 && !seen[service] {
			seen[service] = true
			list = append(list, pair{Key: service, Value: withDefaults(servers[0]), Type: "string"})
		}
	}
	add("lts", doc.Servers)
	for _, operation := range openapi.Operations(doc) {
		add(operation.Service(), operation.Item.Servers)
	}
	return append(list, pair{Key: "token", Type: "string"}, pair{Key: "project_id", Type: "string"})
}

// withDefaults is the URL of a server with the defaults of its variables.
func withDefaults(server *openapi3.Server) string {
	url := server.URL
	for name, variable := range server.Variables {
		url = strings.ReplaceAll(url, "{"+name+"}", variable.Default)
	}
	return url
}

func newItem(operation openapi.Operation) (item, error) {
	requests := operation.RequestExamples()
	var first any
	if len(requests) > 0 {
		first = requests[0].Value
	}
	main, err := newRequest(operation, first)
	if err != nil {
		return item{}, err
	}
	bodies := make(map[string]any)
	for _, example := range requests {
		bodies[example.Name] = example.Value
	}
	one := item{Name: operation.Summary, Request: main, Responses: []response{}} // the format knows no null
	for _, example := range operation.ResponseExamples() {
		asked := main
		if body, paired := bodies[example.Name]; paired {
			if asked, err = newRequest(operation, body); err != nil {
				return item{}, err
			}
		}
		saved, err := newResponse(example, asked)
		if err != nil {
			return item{}, err
		}
		one.Responses = append(one.Responses, saved)
	}
	if operation.OperationID == "CreateToken" {
		one.Events = []event{keepToken}
	}
	return one, nil
}

func newRequest(operation openapi.Operation, body any) (request, error) {
	r := request{Method: operation.Method, Headers: []header{}, Description: operation.Description, URL: newURL(operation)}
	if operation.Security != nil && len(*operation.Security) == 0 {
		r.Auth = &auth{Type: "noauth"}
	}
	if body == nil {
		return r, nil
	}
	text, err := pretty(body)
	if err != nil {
		return request{}, err
	}
	r.Headers = []header{{Key: "Content-Type", Value: jsonType}}
	r.Body = &requestBody{Mode: "raw", Raw: text}
	r.Body.Options.Raw.Language = "json"
	return r, nil
}

func newURL(operation openapi.Operation) requestURL {
	base := "{{" + operation.Service() + "}}"
	u := requestURL{Host: []string{base}}
	for segment := range strings.SplitSeq(strings.TrimPrefix(operation.Path, "/"), "/") {
		if name, isParameter := strings.CutPrefix(segment, "{"); isParameter {
			segment = ":" + strings.TrimSuffix(name, "}")
		}
		u.Path = append(u.Path, segment)
	}
	u.Raw = base + "/" + strings.Join(u.Path, "/")
	var query []string
	for _, ref := range operation.AllParameters() {
		p := pair{Key: ref.Value.Name, Description: ref.Value.Description}
		if p.Key == "project_id" {
			p.Value = "{{project_id}}"
		} else if ref.Value.Example != nil {
			p.Value = fmt.Sprint(ref.Value.Example)
		}
		switch ref.Value.In {
		case openapi3.ParameterInPath:
			u.Variables = append(u.Variables, p)
		case openapi3.ParameterInQuery:
			p.Disabled = !ref.Value.Required
			u.Query = append(u.Query, p)
			if !p.Disabled {
				query = append(query, p.Key+"="+p.Value)
			}
		}
	}
	if len(query) > 0 {
		u.Raw += "?" + strings.Join(query, "&")
	}
	return u
}

func newResponse(example openapi.Example, asked request) (response, error) {
	code, err := strconv.Atoi(example.Status)
	if err != nil {
		return response{}, fmt.Errorf("example %s: status %q is no number", example.Name, example.Status)
	}
	body, err := pretty(example.Value)
	if err != nil {
		return response{}, err
	}
	return response{
		Name: example.Name, Original: asked, Code: code, Language: "json",
		Headers: []header{{Key: "Content-Type", Value: jsonType}}, Body: body,
	}, nil
}

func pretty(v any) (string, error) {
	data, err := encode(v)
	return strings.TrimSuffix(string(data), "\n"), err
}

package clientcheck

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

// memory is what answers repeat of earlier requests, by the names of members:
// names of groups, days, formats. A name with an underscore means the same
// wherever it stands; others, such as name and id, do not.
type memory map[string]any

// learn remembers the scalar members of a value.
func (m memory) learn(v any) {
	switch v := v.(type) {
	case object:
		for name, member := range v {
			switch member.(type) {
			case object, []any:
				m.learn(member)
			case nil:
			default:
				if strings.Contains(name, "_") {
					m[name] = member
				}
			}
		}
	case []any:
		for _, element := range v {
			m.learn(element)
		}
	}
}

// A writer makes the answers of a session.
type writer struct {
	session Session
	memory  memory
	far     bool // 64-bit integers are large
}

// success is the body of a documented success, made from the printed example
// where there is one; nil where the document has none.
func (w *writer) success(operation openapi.Operation) any {
	schema := successSchema(operation)
	if schema == nil {
		return nil
	}
	status := success(operation)
	for _, example := range operation.ResponseExamples() {
		if example.Status == status && !isError(example.Value) {
			return w.fill(schema, example.Value, "")
		}
	}
	return w.sample(schema, "", "")
}

// failure is the body of a documented error under a status.
func (w *writer) failure(operation openapi.Operation, status, code string, rows map[string]openapi.ErrorRow) any {
	schema := schemaOf(operation, status)
	if schema == nil {
		return nil
	}
	body, _ := w.sample(schema, "", "").(object)
	if _, ok := body["error_code"]; !ok {
		return body // that of the identity service
	}
	if codes := openapi.ErrorCodes(operation.Responses.Value(status).Value); code == "" && len(codes) > 0 {
		code = codes[0]
	}
	body["error_code"], body["error_msg"] = code, rows[code].Message
	return body
}

// fill makes an example one of this session: what differs from answer to answer
// is its own.
func (w *writer) fill(schema *openapi3.Schema, v any, name string) any {
	schema = flatten(schema)
	switch v := v.(type) {
	case object:
		filled := make(object, len(v))
		for key, member := range v {
			filled[key] = member
			if ref := schema.Properties[key]; ref != nil {
				filled[key] = w.member(ref.Value, key, name, member)
			}
		}
		return filled
	case []any:
		filled := make([]any, len(v))
		for i, element := range v {
			filled[i] = element
			if schema.Items != nil {
				filled[i] = w.fill(schema.Items.Value, element, name)
			}
		}
		return filled
	default:
		return v
	}
}

// member gives a member of an answer: an ID of the session, what the client has
// sent under this name, or the example.
func (w *writer) member(schema *openapi3.Schema, name, parent string, example any) any {
	if id, ok := w.id(name, parent); ok {
		return id
	}
	if known, ok := w.memory[name]; ok && schema.VisitJSON(known, openapi3.VisitAsResponse()) == nil {
		return known
	}
	if outer := flatten(schema); w.far && outer.Format == "int64" && outer.Max == nil {
		return json.Number("9007199254740993") // 2^53 + 1
	}
	if example == nil && !flatten(schema).Nullable {
		return w.sample(schema, name, parent)
	}
	return w.fill(schema, example, name)
}

// id gives the ID of the session that a member has.
func (w *writer) id(name, parent string) (string, bool) {
	s := w.session
	switch name {
	case "log_group_id", "group_id":
		return s.GroupID, true
	case "log_stream_id", "stream_id", "log_topic_id":
		return s.StreamID, true
	case "log_transfer_id", "log_dump_obs_id":
		return s.TransferID, true
	case "project_id":
		return s.ProjectID, true
	case "id":
		switch parent {
		case "logtank", "logtanks":
			return s.LogtankID, true
		case "project", "projects":
			return s.ProjectID, true
		}
	}
	return "", false
}

// sample makes a value of a schema.
func (w *writer) sample(schema *openapi3.Schema, name, parent string) any {
	outer := schema
	schema = flatten(schema)
	switch {
	case outer.Example != nil:
		return w.fill(schema, outer.Example, name)
	case schema.Example != nil:
		return w.fill(schema, schema.Example, name)
	case schema.Default != nil:
		return schema.Default
	case len(schema.Enum) > 0:
		return schema.Enum[0]
	case schema.Nullable:
		return nil
	case schema.Type.Is("object"):
		o := make(object)
		for _, key := range slices.Sorted(maps.Keys(schema.Properties)) {
			if slices.Contains(schema.Required, key) {
				o[key] = w.member(schema.Properties[key].Value, key, name, nil)
			}
		}
		return o
	case schema.Type.Is("array"):
		return []any{w.sample(schema.Items.Value, name, parent)}
	case schema.Type.Is("integer"):
		return w.integer(schema)
	case schema.Type.Is("boolean"):
		return true
	default:
		return w.text(schema, name, parent)
	}
}

func (w *writer) integer(schema *openapi3.Schema) any {
	switch {
	case schema.Format == "int64":
		return json.Number("1630547141853") // a time that the documents print
	case schema.Min != nil:
		return max(1, *schema.Min)
	default:
		return 1
	}
}

func (w *writer) text(schema *openapi3.Schema, name, parent string) any {
	if id, ok := w.id(name, parent); ok {
		return id
	}
	switch {
	case name == "expires_at":
		return time.Now().Add(24 * time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z")
	case schema.Format == "date-time", name == "issued_at":
		return "2019-01-08T01:21:37Z"
	case schema.MinLength == 36:
		return newID()
	default:
		return max("sample-"+strings.ReplaceAll(name, "_", "-"), "sample")
	}
}

// token is the answer to CreateToken.
func (w *writer) token(operation openapi.Operation) any {
	body, _ := w.success(operation).(object)
	if token, ok := body["token"].(object); ok {
		token["expires_at"] = time.Now().Add(24 * time.Hour).UTC().Format("2006-01-02T15:04:05.000000Z")
	}
	return body
}

// encode writes a value as JSON without escaping what HTML would need.
func encode(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(v) // JSON values encode
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// enrich adds members that the document does not have to every object whose
// members it names.
func enrich(schema *openapi3.Schema, v any) any {
	schema = flatten(schema)
	switch v := v.(type) {
	case object:
		if len(schema.Properties) == 0 {
			return v // a map of any names
		}
		more := object{"x_new_member": object{"since": "2099"}, "newMember": []any{nil, true, 1.5}}
		for name, member := range v {
			more[name] = member
			if ref := schema.Properties[name]; ref != nil {
				more[name] = enrich(ref.Value, member)
			}
		}
		return more
	case []any:
		more := make([]any, len(v))
		for i, element := range v {
			more[i] = enrich(schema.Items.Value, element)
		}
		return more
	default:
		return v
	}
}

package conformance

import (
	"mime"
	"slices"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/openapi"
)

func statusText(status int) string { return strconv.Itoa(status) }

// answer holds an answer against what the document says of its operation: the
// status, the headers, the media type and the schema of the body.
func (c *comparison) answer(operation openapi.Operation, a *answer) {
	c.checks++
	ref := operation.Responses.Value(statusText(a.status))
	if ref == nil {
		c.add(Must, "status", "the document has no such status for "+operation.OperationID, a.status)
		return
	}
	response := ref.Value
	for name, header := range response.Headers {
		c.checks++
		if header.Value.Required && a.header.Get(name) == "" {
			c.add(Must, "header "+name, "the document says that it is there", missing{})
		}
	}
	const issued = "X-Subject-Token"
	if c.checks++; a.header.Get(issued) != "" && response.Headers[issued] == nil {
		c.add(Must, "header "+issued, "this answer issues no token", len(a.header.Get(issued)))
	}
	media := response.Content["application/json"]
	if media == nil {
		if c.checks++; len(a.body) > 0 {
			c.add(Must, "body", "the document has none", string(a.body))
		}
		return
	}
	c.checks++
	if contentType := a.header.Get("Content-Type"); !openapi.IsJSON(contentType) {
		c.add(Must, "header Content-Type", "the document has application/json", contentType)
	} else if charset := charsetOf(contentType); !strings.EqualFold(charset, "utf-8") {
		c.add(Must, "header Content-Type", "JSON is in UTF-8", contentType)
	}
	if a.err != nil {
		c.add(Must, "body", "the document has JSON: "+a.err.Error(), string(a.body))
		return
	}
	c.checkSchema(media.Schema.Value, a.value)
	c.checkCode(response, a)
}

// charsetOf is the charset that a media type names; JSON without one is in UTF-8
// (RFC 8259).
func charsetOf(contentType string) string {
	_, parameters, err := mime.ParseMediaType(contentType)
	if charset, named := parameters["charset"]; err == nil && named {
		return charset
	}
	return "utf-8"
}

// checkCode holds the code of an error against those that the document has
// under its status.
func (c *comparison) checkCode(response *openapi3.Response, a *answer) {
	codes := openapi.ErrorCodes(response)
	if len(codes) == 0 {
		return
	}
	c.checks++
	code, where := text(a.value, "error_code"), "/error_code"
	if code == "" {
		if other := text(a.value, "errorCode"); other != "" {
			code, where = other, "/errorCode"
		}
	}
	if !slices.Contains(codes, code) {
		c.add(Must, where, "under this status the document has "+strings.Join(codes, ", "), code)
	}
	for _, name := range messageMembers {
		c.checks++
		if message, there := at(a.value, name).(string); there && message == "" {
			c.add(Must, "/"+name, "an error says what is wrong", message)
		}
	}
}

package conformance

import (
	"strconv"

	"github.com/ltskit/ltskit/openapi"
)

func statusText(status int) string { return strconv.Itoa(status) }

// answer holds an answer against what the document says of its operation: the
// status, the headers, the media type and the schema of the body.
func (c *comparison) answer(operation openapi.Operation, exchange *Exchange) {
	c.checks++
	ref := operation.Responses.Value(statusText(exchange.Status))
	if ref == nil {
		c.add(Must, "status", "the document has no such status for "+operation.OperationID, exchange.Status)
		return
	}
	response := ref.Value
	for name, header := range response.Headers {
		c.checks++
		if header.Value.Required && exchange.Header.Get(name) == "" {
			c.add(Must, "header "+name, "the document says that it is there", missing{})
		}
	}
	media := response.Content["application/json"]
	if media == nil {
		if c.checks++; len(exchange.Body) > 0 {
			c.add(Must, "body", "the document has none", string(exchange.Body))
		}
		return
	}
	c.checks++
	if contentType := exchange.Header.Get("Content-Type"); !openapi.IsJSON(contentType) {
		c.add(Must, "header Content-Type", "the document has application/json", contentType)
	}
	got, err := decodeExact(exchange.Body)
	if err != nil {
		c.add(Must, "body", "the document has JSON", string(exchange.Body))
		return
	}
	c.checkSchema(media.Schema.Value, got)
}

package server

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/openapi"
)

// validateResponses holds every answer of an operation against the document,
// where the options ask for it. What is wrong is logged and counted; the answer
// stays as it is, because a caller is better served with it than without.
func (s *Server) validateResponses(next echo.HandlerFunc) echo.HandlerFunc {
	if !s.options.ValidateResponses {
		return next
	}
	return func(c echo.Context) error {
		o := s.operationOf(c)
		if o == nil {
			return next(c)
		}
		copied := &copyingWriter{ResponseWriter: c.Response().Writer}
		c.Response().Writer = copied
		if err := next(c); err != nil {
			c.Error(err)
		}
		problems := o.checkAnswer(c.Response().Status, c.Response().Header(), copied.body.Bytes())
		for _, problem := range problems {
			s.options.Log.Error("answer breaks the document", "id", c.Response().Header().Get(RequestIDHeader),
				"operation", o.OperationID, "status", c.Response().Status, "problem", problem)
		}
		if len(problems) > 0 {
			s.options.Monitor.Violation(o.OperationID)
		}
		return nil
	}
}

// A copyingWriter keeps what is written.
type copyingWriter struct {
	http.ResponseWriter

	body bytes.Buffer
}

// Write implements [http.ResponseWriter].
func (w *copyingWriter) Write(data []byte) (int, error) {
	w.body.Write(data)
	return w.ResponseWriter.Write(data)
}

// Unwrap is for [http.ResponseController].
func (w *copyingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// checkAnswer lists the ways in which an answer breaks the document, without
// its values, which may be logs or tokens.
func (o *operation) checkAnswer(status int, header http.Header, body []byte) []string {
	documented := o.Responses.Value(strconv.Itoa(status))
	if documented == nil {
		return []string{"the status is not documented"}
	}
	var problems []string
	for name, ref := range documented.Value.Headers {
		if ref.Value.Required && header.Get(name) == "" {
			problems = append(problems, "the header "+name+" is missing")
		}
	}
	return append(problems, checkContent(documented.Value.Content, header.Get(echo.HeaderContentType), body)...)
}

func checkContent(content openapi3.Content, mediaType string, body []byte) []string {
	if len(content) == 0 {
		if len(body) > 0 {
			return []string{"there is a body, and none is documented"}
		}
		return nil
	}
	if !openapi.IsJSON(mediaType) || content.Get(echo.MIMEApplicationJSON) == nil {
		return []string{fmt.Sprintf("the media type %q is not documented", mediaType)}
	}
	value, err := decodeJSON(body)
	if err != nil {
		return []string{"the body is not JSON: " + err.Error()}
	}
	return answerRules(content.Get(echo.MIMEApplicationJSON).Schema.Value.VisitJSON(value, openapi3.VisitAsResponse(), openapi3.MultiErrors()))
}

// answerRules says which rules of its schema a body breaks.
func answerRules(err error) []string {
	if err == nil {
		return nil
	}
	var problems []string
	for _, broken := range brokenRules(err) {
		field := strings.TrimPrefix(openapi.Pointer(broken.JSONPointer()...)+" ", " ")
		problems = append(problems, field+ruleText(broken))
	}
	if len(problems) == 0 {
		problems = []string{"the body breaks its schema"}
	}
	return problems[:min(len(problems), maxDetails)]
}

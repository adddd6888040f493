package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/ltskit/ltskit/openapi"
)

// A refusal is how the document says that a request is refused: one of several
// rows, where it does not say which rule is looked at first.
type refusal []openapi.ErrorRow

// Codes of the error table that are about requests as a whole.
const (
	codeNotJSON      = "LTS.0007"
	codeInvalid      = "LTS.0009"
	codeWrongProject = "LTS.0001"
	codeNoSuchAPI    = "APIGW.0101"
)

// violation is the answer to a value that breaks its schema, or is missing: the
// error that the schema names, or else LTS.0009.
func (p place) violation(missing bool) refusal {
	if v, ok := openapi.ViolationOf(p.schema); ok && (!missing || v.Missing) {
		return refusalOf(p.operation, v.Code, v.Message)
	}
	return refusalOf(p.operation, codeInvalid, "")
}

// refusalOf gives the answer of an operation with a code: the status under
// which the operation lists it. IAM has no codes, and answers 400.
func refusalOf(operation openapi.Operation, code, message string) refusal {
	if operation.Service() == "iam" && code != codeNoSuchAPI {
		return refusal{{Status: http.StatusBadRequest}}
	}
	var rows refusal
	for _, status := range operation.Statuses() {
		number, err := strconv.Atoi(status)
		if err != nil || number == http.StatusUnsupportedMediaType {
			continue
		}
		if slices.Contains(openapi.ErrorCodes(operation.Responses.Value(status).Value), code) {
			rows = append(rows, openapi.ErrorRow{Status: number, Code: code, Message: message})
		}
	}
	return rows
}

// String names the rows: 400 LTS.0009 or 403 LTS.0001.
func (r refusal) String() string {
	var texts []string
	for _, row := range r {
		texts = append(texts, strings.TrimSpace(strconv.Itoa(row.Status)+" "+row.Code))
	}
	return strings.Join(texts, " or ")
}

// checkRefusal checks that an answer is a documented refusal: status and code
// must, the message should be as documented.
func (t *trial) checkRefusal(a *answer, want refusal, what string) bool {
	code := errorCode(a)
	i := slices.IndexFunc(want, func(row openapi.ErrorRow) bool {
		return row.Status == a.status && (row.Code == "" || row.Code == code)
	})
	got := strings.TrimSpace(strconv.Itoa(a.status) + " " + code)
	if !t.check(i >= 0, a, "status", fmt.Sprintf("%s is refused with %s", what, want), got) {
		return false
	}
	if message := want[i].Message; message != "" {
		t.judge(Should, errorMessage(a) == message, a, "/error_msg", "it is "+show(message), errorMessage(a))
	}
	return true
}

// errorCode reads the code of an error, in either of its forms.
func errorCode(a *answer) string {
	if code := text(a.value, "error_code"); code != "" {
		return code
	}
	return text(a.value, "errorCode")
}

func errorMessage(a *answer) string {
	if message := text(a.value, "error_msg"); message != "" {
		return message
	}
	return text(a.value, "errorMessage")
}

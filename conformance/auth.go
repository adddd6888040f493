package conformance

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// The documents say who may call in the same words for every operation.
var (
	authSources      = []string{"2022-08 table 5-6", "2024-03 table 5-6", "2024-03 table 6-2"}
	projectSources   = []string{"2022-08 table 5-7", "2024-03 table 5-7"}
	signatureSources = []string{"2022-08 section 3.2", "2024-03 section 3.1", "vendor signing"}
)

// authCases ask every operation with every kind of credentials that it must
// refuse. They need nothing to be there: who calls is looked at before
// anything else.
func (c *contract) authCases() []testCase {
	var cases []testCase
	for _, operation := range c.operations {
		if !needsToken(operation) {
			continue
		}
		m := matrix{operation}
		add := func(name string, sources []string, run func(*trial), requires ...string) {
			cases = append(cases, testCase{
				name: strings.Join([]string{"auth", operation.Tag(), operation.OperationID, name}, "/"),
				tag:  operation.Tag(), operation: operation.OperationID, sources: sources, requires: requires, run: run,
			})
		}
		add("no-credentials", authSources, m.noCredentials)
		add("bad-token", authSources, m.badToken)
		add("expired-token", authSources, m.expiredToken, needsExpiredToken)
		add("signed", signatureSources, m.signed, needsSignatures)
		add("bad-signature", signatureSources, m.badSignature, needsSignatures)
		if operation.Service() == "iam" {
			continue // it knows no project
		}
		add("project-of-another", projectSources, m.wrongProject)
		if operation.OperationID == "ListLogGroups" {
			add("project-in-other-letters", []string{"2022-08 section 5", "2024-03 section 5"}, m.projectInOtherLetters)
		}
		if operation.Service() == "lts" { // elsewhere the credentials say which project is meant
			add("credentials-of-another", projectSources, m.foreignCredentials, needsOtherAccount)
			add("key-of-another", projectSources, m.foreignKey, needsOtherAccesKey)
		}
	}
	return append(cases, c.refusalCases()...)
}

// A matrix asks one operation with many credentials.
type matrix struct{ openapi.Operation }

// question is one that is in order but for who asks: nothing that it names is
// there, and its body says nothing.
func (m matrix) question(as credentials) question {
	q := question{operation: m.OperationID, as: as}
	if m.RequestBody != nil {
		q.body = object{}
	}
	return q
}

// refused asks and expects an error: of the document, or in the form of IAM.
func (m matrix) refused(t *trial, q question, status int, code string) {
	a := t.ask(q)
	if m.Service() == "iam" {
		t.checkStatus(a, status)
		t.checkEqual(a, "/error/code", status, at(a.value, "error", "code"))
		return
	}
	t.checkError(a, status, code)
}

func (m matrix) noCredentials(t *trial) {
	m.refused(t, m.question(anonymous), http.StatusUnauthorized, "LTS.0002")
	for _, name := range []string{"X-Auth-Token", "Authorization"} {
		q := m.question(anonymous)
		q.header = http.Header{name: {""}}
		t.checkStatus(t.ask(q), http.StatusUnauthorized)
	}
	if m.RequestBody != nil { // who calls comes before what is sent
		q := m.question(anonymous)
		q.raw = []byte(`{"`)
		m.refused(t, q, http.StatusUnauthorized, "LTS.0002")
	}
}

func (m matrix) badToken(t *trial) {
	token := t.ownToken()
	for _, bad := range spoilt(token) {
		t.secrets.add(bad, "$BAD_TOKEN")
		m.refused(t, m.question(byToken(bad)), http.StatusUnauthorized, "LTS.0003")
	}
	if m.RequestBody != nil {
		q := m.question(byToken(badToken))
		q.raw = []byte(`{"`)
		m.refused(t, q, http.StatusUnauthorized, "LTS.0003")
	}
}

// projectInOtherLetters writes the project in the path with capitals, or
// without: paths mind case.
func (m matrix) projectInOtherLetters(t *trial) {
	project := t.target.Account.ProjectID
	other := strings.ToUpper(project)
	if other == project {
		other = strings.ToLower(project)
	}
	if other == project {
		t.notSupported("the ID of the project has no letters")
	}
	q := m.question(nil)
	q.ids.project = other
	t.checkError(t.ask(q), http.StatusForbidden, "LTS.0001")
	q.ids.project = project[:len(project)-1]
	a := t.ask(q)
	t.check(a.status == http.StatusForbidden || a.status == http.StatusBadRequest, a, "status", "the beginning of an ID is no project", a.status)
}

// ownToken is the token of the account's project.
func (t *trial) ownToken() string {
	if t.own.token == "" {
		t.notSupported("the target declares neither a password nor a token")
	}
	return t.own.token
}

// spoilt gives what is left of a token when somebody has been at it.
func spoilt(token string) []string {
	middle := len(token) / 2
	bad := []string{
		"garbage",
		token[:middle],
		replaced(token, middle),
		replaced(token, max(0, len(token)-5)), // the last characters may carry no bits
		token + "A",
	}
	if unsigned, ok := withoutSignature(token); ok {
		bad = append(bad, unsigned)
	}
	return bad
}

// replaced gives a text with another character at i.
func replaced(text string, i int) string {
	other := "A"
	if text[i:i+1] == other {
		other = "B"
	}
	return text[:i] + other + text[i+1:]
}

// withoutSignature gives a JSON web token that says of itself that it is not
// signed, with the claims of a good one. Some libraries believe it.
func withoutSignature(token string) (string, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))
	return header + "." + parts[1] + ".", true
}

func (m matrix) expiredToken(t *trial) {
	m.refused(t, m.question(byToken(t.target.Account.ExpiredToken)), http.StatusUnauthorized, "LTS.0003")
}

func (m matrix) wrongProject(t *trial) {
	q := m.question(nil)
	if m.Service() == "ga" {
		q.header = http.Header{"X-Project-Id": {t.target.Account.OtherProjectID}}
	} else {
		q.ids.project = t.target.Account.OtherProjectID
	}
	m.refused(t, q, http.StatusForbidden, "LTS.0001")
	if m.RequestBody != nil {
		q.raw = []byte(`{"`)
		m.refused(t, q, http.StatusForbidden, "LTS.0001")
	}
}

func (m matrix) foreignCredentials(t *trial) {
	m.refused(t, m.question(t.other.credentials), http.StatusForbidden, "LTS.0001")
}

func (m matrix) foreignKey(t *trial) {
	a := t.target.Account
	m.refused(t, m.question(bySignature(a.OtherAccessKey, a.OtherSecretKey)), http.StatusForbidden, "LTS.0001")
}

// signed shows that the refusals of badSignature are about the signature.
func (m matrix) signed(t *trial) {
	a := t.ask(m.question(bySignature(t.target.Account.AccessKey, t.target.Account.SecretKey)))
	accepted := a.status != http.StatusUnauthorized && a.status != http.StatusForbidden
	t.check(accepted, a, "status", "the signature is good", a.status)
}

func (m matrix) badSignature(t *trial) {
	account := t.target.Account
	late := signer{accessKey: account.AccessKey, secretKey: account.SecretKey, at: time.Now().Add(-16 * time.Minute)}
	for _, as := range []credentials{
		bySignature(account.AccessKey, account.SecretKey+"x"),
		bySignature("UNKNOWNACCESSKEY0000", account.SecretKey),
		late.sign,
	} {
		t.checkUnsigned(t.ask(m.question(as)))
	}
}

// checkUnsigned compares the answer to a request whose signature is not good.
// No document prints the code; that of a bad token fits, that of no credentials
// does not.
func (t *trial) checkUnsigned(a *answer) {
	t.checkStatus(a, http.StatusUnauthorized)
	if code := text(a.value, "error_code"); code != "" {
		t.judge(Should, code == "LTS.0003", a, "/error_code", `it is "LTS.0003", as for a bad token`, code)
	}
}

// refusalCases look at what is there after requests were refused.
func (c *contract) refusalCases() []testCase {
	var cases []testCase
	for _, tag := range c.features {
		changing := slices.DeleteFunc(slices.Clone(c.operations), func(o openapi.Operation) bool {
			return o.Tag() != tag || !needsToken(o) || isReading(o)
		})
		if len(changing) == 0 {
			continue
		}
		cases = append(cases, testCase{
			name: "auth/" + tag + "/refused-changes-nothing", tag: tag, requires: []string{"groups"},
			sources: slices.Concat(authSources, projectSources),
			run:     func(t *trial) { t.refusedChangesNothing(changing) },
		})
	}
	return cases
}

// isReading reports whether an operation changes nothing.
func isReading(operation openapi.Operation) bool {
	switch operation.OperationID {
	case "ListLogs", "ListLogContext", "CountKeyword":
		return true
	default:
		return operation.Method == http.MethodGet
	}
}

// refusedChangesNothing lets strangers do what would change a home. What they
// are told does not depend on what is there.
func (t *trial) refusedChangesNothing(changing []openapi.Operation) {
	h := t.settle()
	before := t.state(h)
	for _, operation := range changing {
		m := matrix{operation}
		q := h.question(t, operation)
		q.as = anonymous
		there := t.ask(q)
		t.checkStatus(there, http.StatusUnauthorized)
		nowhere := q
		nowhere.ids = ids{}
		t.checkSameAnswer(there, t.ask(nowhere))

		q.as = byToken(badToken)
		m.refused(t, q, http.StatusUnauthorized, "LTS.0003")
		if !t.other.anonymous && operation.Service() == "lts" {
			q.as = t.other.credentials
			m.refused(t, q, http.StatusForbidden, "LTS.0001")
		}
	}
	t.checkUnchanged(h, before)
}

// checkSameAnswer compares two errors in all but what numbers a request.
func (t *trial) checkSameAnswer(there, nowhere *answer) {
	t.checkEqual(nowhere, "status", there.status, nowhere.status)
	for _, member := range []string{"error_code", "error_msg"} {
		t.checkEqual(nowhere, "/"+member, text(there.value, member), text(nowhere.value, member))
	}
}

package conformance

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// tokenSources say what a token is and how long it is good.
var tokenSources = []string{"2022-08 section 3.1", "2022-08 section 3.2", "2024-03 section 3.1", "vendor iam"}

// tokenCases ask for tokens and use them.
func (c *contract) tokenCases() []testCase {
	var cases []testCase
	for _, one := range []struct {
		name, operation string
		run             func(*trial)
	}{
		{"wrong-password", "CreateToken", refusedLogin(changeUser("password", "not the password"))},
		{"longer-password", "CreateToken", func(t *trial) { t.nearlyThePassword(t.target.Account.Password + "x") }},
		{"shorter-password", "CreateToken", func(t *trial) { t.nearlyThePassword(t.target.Account.Password[1:]) }},
		{"password-and-a-space", "CreateToken", func(t *trial) { t.nearlyThePassword(t.target.Account.Password + " ") }},
		{"unknown-user", "CreateToken", refusedLogin(changeUser("name", "nobody-of-this-name"))},
		{"unknown-domain", "CreateToken", refusedLogin(changeUser("domain", object{"name": "no-domain-of-this-name"}))},
		{"unknown-project-by-name", "CreateToken", refusedLogin(changeScope("project", object{"name": "no-project-of-this-name"}))},
		{"unknown-project-by-id", "CreateToken", refusedLogin(changeScope("project", object{"id": "00000000000000000000000000000000"}))},
		{"unknown-domain-of-scope", "CreateToken", refusedLogin(changeScope("domain", object{"name": "no-domain-of-this-name"}))},
		{"wrong-name-and-wrong-password-look-alike", "CreateToken", (*trial).loginsLookAlike},
		{"scope-by-project-name", "CreateToken", (*trial).scopeByName},
		{"scope-by-project-id", "CreateToken", (*trial).scopeByID},
		{"scope-of-a-domain", "CreateToken", (*trial).scopeOfDomain},
		{"no-scope", "CreateToken", (*trial).noScope},
		{"user-by-id", "CreateToken", (*trial).userByID},
		{"length", "CreateToken", (*trial).tokenLength},
		{"lifetime", "CreateToken", (*trial).tokenLifetime},
		{"an-old-one-stays-valid", "CreateToken", (*trial).oldTokenStays},
		{"a-token-that-is-sent-is-ignored", "CreateToken", (*trial).sentTokenIgnored},
		{"catalog", "CreateToken", (*trial).catalog},
		{"nocatalog", "CreateToken", (*trial).noCatalog},
		{"own-projects", "ListProjects", (*trial).ownProjects},
		{"project-by-name", "ListProjects", (*trial).projectByName},
		{"own-domain", "ListDomains", (*trial).ownDomain},
	} {
		cases = append(cases, testCase{
			name: "auth/tokens/" + one.operation + "/" + one.name, tag: "tokens", operation: one.operation,
			sources: tokenSources, requires: []string{needsPassword}, run: one.run,
		})
	}
	return cases
}

// login is the request for a token with some of its parts changed.
func (t *trial) login(changes ...func(auth object)) question {
	body := loginBody(t.target.Account, t.target.Account.ProjectID)
	for _, change := range changes {
		change(body["auth"].(object))
	}
	return question{operation: "CreateToken", body: body}
}

// changeUser puts a member of the user.
func changeUser(member string, value any) func(object) {
	return func(auth object) {
		at(auth, "identity", "password", "user").(object)[member] = value
	}
}

// changeScope scopes to something else; a scope without a kind is none.
func changeScope(kind string, value object) func(object) {
	return func(auth object) {
		delete(auth, "scope")
		if kind != "" {
			auth["scope"] = object{kind: value}
		}
	}
}

func refusedLogin(change func(object)) func(*trial) {
	return func(t *trial) {
		a := t.ask(t.login(change))
		t.checkStatus(a, http.StatusUnauthorized)
		t.checkEqual(a, "/error/code", http.StatusUnauthorized, at(a.value, "error", "code"))
		t.checkEqual(a, "/error/title", "Unauthorized", at(a.value, "error", "title"))
		t.checkEqual(a, "header X-Subject-Token", "", a.header.Get("X-Subject-Token"))
	}
}

// nearlyThePassword sends a password that differs by a character.
func (t *trial) nearlyThePassword(password string) {
	t.secrets.add(password, "$BAD_PASSWORD")
	refusedLogin(changeUser("password", password))(t)
}

// loginsLookAlike compares what somebody is told who tries names.
func (t *trial) loginsLookAlike() {
	password := t.ask(t.login(changeUser("password", "not the password")))
	for _, change := range []func(object){changeUser("name", "nobody-of-this-name"), changeUser("domain", object{"name": "no-domain-of-this-name"})} {
		other := t.ask(t.login(change))
		t.checkEqual(other, "status", password.status, other.status)
		want, got := text(password.value, "error", "message"), text(other.value, "error", "message")
		t.judge(Should, want == got, other, "/error/message", "it does not tell which names there are: "+show(want), got)
	}
}

// granted asks for a token that must be given, and returns the answer with the
// token.
func (t *trial) granted(changes ...func(auth object)) (*answer, string) {
	a := t.ask(t.login(changes...))
	if !t.checkStatus(a, http.StatusCreated) {
		t.couldNotRun("no token") // the failed check is what counts
	}
	return a, a.header.Get("X-Subject-Token")
}

// checkScope compares what a token is good for, and uses it.
func (t *trial) checkScope(a *answer, token string) {
	t.checkEqual(a, "/token/project/id", t.target.Account.ProjectID, at(a.value, "token", "project", "id"))
	t.checkEqual(a, "/token/project/name", t.target.Account.Project, at(a.value, "token", "project", "name"))
	t.checkEqual(a, "/token/user/name", t.target.Account.User, at(a.value, "token", "user", "name"))
	for _, owner := range []string{"project", "user"} {
		if name := at(a.value, "token", owner, "domain", "name"); name != nil {
			t.checkEqual(a, "/token/"+owner+"/domain/name", t.target.Account.Domain, name)
		}
	}
	t.checkEqual(a, "/token/project/domain/id", at(a.value, "token", "user", "domain", "id"), at(a.value, "token", "project", "domain", "id"))
	t.checkStatus(t.use(token), http.StatusOK)
}

// use lists what there is with a token.
func (t *trial) use(token string) *answer {
	if t.has("groups") {
		return t.ask(question{operation: "ListLogGroups", as: byToken(token)})
	}
	return t.ask(question{operation: "ListProjects", as: byToken(token)})
}

func (t *trial) scopeByName() {
	t.checkScope(t.granted(changeScope("project", object{"name": t.target.Account.Project})))
}

func (t *trial) scopeByID() { t.checkScope(t.granted()) }

// scopeOfDomain gets a token that is for no project until a header names one.
func (t *trial) scopeOfDomain() {
	a, token := t.granted(changeScope("domain", object{"name": t.target.Account.Domain}))
	t.checkEqual(a, "/token/project", nil, at(a.value, "token", "project"))
	t.checkWithoutProject(token)
}

func (t *trial) noScope() {
	a, token := t.granted(changeScope("", nil))
	if at(a.value, "token", "project") == nil { // a server may have a default
		t.checkWithoutProject(token)
	}
}

// checkWithoutProject uses a token that is for no project.
func (t *trial) checkWithoutProject(token string) {
	t.checkStatus(t.ask(question{operation: "ListProjects", as: byToken(token)}), http.StatusOK)
	if !t.has("groups") {
		return
	}
	refused := t.ask(question{operation: "ListLogGroups", as: byToken(token)})
	t.check(refused.status == http.StatusForbidden || refused.status == http.StatusUnauthorized, refused,
		"status", "calls of the log service need a token for a project", refused.status)
	if !t.has("logtanks") {
		return
	}
	for project, status := range map[string]int{
		"": http.StatusForbidden, t.target.Account.ProjectID: http.StatusOK, "00000000000000000000000000000000": http.StatusForbidden,
	} {
		q := question{operation: "ListLogtanks", as: byToken(token), header: http.Header{}}
		if project != "" { // paths of this service name none
			q.header.Set("X-Project-Id", project)
		}
		t.checkStatus(t.ask(q), status)
	}
}

func (t *trial) userByID() {
	a := t.must(t.login(), http.StatusCreated)
	id := text(a.value, "token", "user", "id")
	if id == "" {
		t.notSupported("the answer does not say the ID of the user")
	}
	t.checkScope(t.granted(func(auth object) {
		at(auth, "identity", "password").(object)["user"] = object{"id": id, "password": t.target.Account.Password}
	}))
}

func (t *trial) tokenLength() {
	a, token := t.granted()
	t.check(len(token) >= 1000 && len(token) <= 2000, a, "header X-Subject-Token", "it has 1000 to 2000 characters", len(token))
}

// tokenTime is the form of the times of a token.
const tokenTime = "2006-01-02T15:04:05.000000Z"

func (t *trial) tokenLifetime() {
	a, _ := t.granted()
	expires, err := time.Parse(tokenTime, text(a.value, "token", "expires_at"))
	if !t.check(err == nil, a, "/token/expires_at", "it is a time", text(a.value, "token", "expires_at")) {
		return
	}
	begins := time.Now() // as the clocks may differ, only roughly
	tolerance := time.Hour
	if issued, err := time.Parse(tokenTime, text(a.value, "token", "issued_at")); err == nil {
		begins, tolerance = issued, 0
	}
	lifetime := expires.Sub(begins)
	t.check((lifetime-24*time.Hour).Abs() <= tolerance, a, "/token/expires_at", "a token is valid for 24 hours", lifetime.String())
}

func (t *trial) oldTokenStays() {
	_, old := t.granted()
	a, token := t.granted()
	t.check(token != "", a, "header X-Subject-Token", "there is a token", token)
	for _, one := range []string{old, token, old} {
		t.checkStatus(t.use(one), http.StatusOK)
	}
}

func (t *trial) sentTokenIgnored() {
	q := t.login()
	q.as = byToken(badToken)
	t.checkStatus(t.ask(q), http.StatusCreated)
}

// catalog looks whether a client finds the services that the target has.
func (t *trial) catalog() {
	a, _ := t.granted()
	entries := list(a.value, "token", "catalog")
	t.check(len(entries) > 0, a, "/token/catalog", "it lists the services", entries)
	for _, entry := range entries {
		t.check(len(list(entry, "endpoints")) > 0, a, "/token/catalog", "every service has an endpoint", entry)
	}
	kinds := []string{"lts", "iam", "volumev2"} // the last is where a client in the field looks for the first
	if t.has("logtanks") {
		kinds = append(kinds, "ga")
	}
	for _, kind := range kinds {
		known := slices.ContainsFunc(entries, func(e any) bool { return text(e, "type") == kind })
		t.check(known, a, "/token/catalog", "it has an entry of the type "+kind, entries)
	}
}

func (t *trial) noCatalog() {
	for _, value := range []string{"", "true", "false"} { // whatever its value
		q := t.login()
		q.query = url.Values{"nocatalog": {value}}
		a := t.ask(q)
		t.checkStatus(a, http.StatusCreated)
		t.checkEqual(a, "/token/catalog", nil, at(a.value, "token", "catalog"))
	}
}

// ownProjects finds both projects of the account, and none of another domain.
func (t *trial) ownProjects() {
	login := t.must(t.login(), http.StatusCreated)
	a := t.ask(question{operation: "ListProjects"})
	names := make(map[string]string)
	for _, project := range list(a.value, "projects") {
		names[text(project, "id")] = text(project, "name")
		if domain := text(project, "domain_id"); domain != "" {
			t.checkEqual(a, "/projects", text(login.value, "token", "project", "domain", "id"), domain)
		}
	}
	t.checkEqual(a, "/projects", len(list(a.value, "projects")), len(names)) // none twice
	account := t.target.Account
	t.checkEqual(a, "/projects", account.Project, names[account.ProjectID])
	_, known := names[account.OtherProjectID]
	t.check(known, a, "/projects", "the other project of the account is among them", slices.Sorted(maps.Keys(names)))
}

func (t *trial) projectByName() {
	named := func(name string) *answer {
		return t.ask(question{operation: "ListProjects", query: url.Values{"name": {name}}})
	}
	one := named(t.target.Account.Project)
	if projects := list(one.value, "projects"); t.checkEqual(one, "/projects", 1, len(projects)) {
		t.checkEqual(one, "/projects/0/id", t.target.Account.ProjectID, text(projects[0], "id"))
	}
	project := t.target.Account.Project
	for _, name := range []string{project + "x", project[1:], project[:len(project)-1], strings.ToUpper(project)} {
		none := named(name)
		if name != "" && name != project {
			t.checkEqual(none, "/projects", 0, len(list(none.value, "projects")))
		}
	}
}

func (t *trial) ownDomain() {
	a := t.ask(question{operation: "ListDomains"})
	login := t.must(t.login(), http.StatusCreated)
	var names []string
	for _, domain := range list(a.value, "domains") {
		names = append(names, text(domain, "name"))
		t.checkEqual(a, "/domains/id", at(login.value, "token", "project", "domain", "id"), at(domain, "id"))
	}
	t.check(slices.Equal(names, []string{t.target.Account.Domain}), a, "/domains", "the one domain of the account", names)
}

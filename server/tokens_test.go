package server_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestCreateToken(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		now := time.Date(2026, 11, 22, 9, 30, 15, 123456789, time.UTC)
		s := start(t, config{edition: edition, now: func() time.Time { return now }})
		a := s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"project":{"name":"dev"}}`)}).want(t, http.StatusCreated)

		if token := a.header.Get("X-Subject-Token"); len(token) < 1000 || len(token) > 2000 {
			t.Errorf("%s: a token of %d characters, want 1000 to 2000", a.what, len(token))
		}
		got := decode[tokenBody](t, a).Token
		if got.IssuedAt != "2026-11-22T09:30:15.123456Z" || got.ExpiresAt != "2026-11-23T09:30:15.123456Z" {
			t.Errorf("%s: issued at %s, expires at %s, want the time of the server and 24 hours later", a.what, got.IssuedAt, got.ExpiresAt)
		}
		if got.Project.ID != devProject || got.Project.Domain.Name != embedded.DevDomain || got.User.Name != embedded.DevUser {
			t.Errorf("%s: project %+v of user %+v, want the development project and user", a.what, got.Project, got.User)
		}
		if !slices.Equal(got.Methods, []string{"password"}) {
			t.Errorf("%s: methods %q, want password", a.what, got.Methods)
		}
	})
}

func TestScopeOfToken(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	tests := map[string]struct {
		scope   string
		project string // ID that the answer must have
	}{
		"project by name":                {`{"project":{"name":"other"}}`, otherProject},
		"project by ID":                  {`{"project":{"id":"` + otherProject + `"}}`, otherProject},
		"ID wins over name":              {`{"project":{"id":"` + otherProject + `","name":"dev"}}`, otherProject},
		"domain by name":                 {`{"domain":{"name":"dev"}}`, ""},
		"no scope means the domain":      {``, ""},
		"project and domain":             {`{"project":{"name":"dev"},"domain":{"name":"dev"}}`, devProject},
		"unknown members are overlooked": {`{"project":{"name":"dev","color":"red"}}`, devProject},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, tt.scope)}).want(t, http.StatusCreated)
			if got := decode[tokenBody](t, a).Token.Project.ID; got != tt.project {
				t.Errorf("%s: project %q, want %q", a.what, got, tt.project)
			}
		})
	}
}

func TestCatalogOfToken(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	body := loginBody(embedded.DevPassword, `{"project":{"name":"dev"}}`)

	t.Run("every service is at the address that the caller has reached", func(t *testing.T) {
		a := s.do(t, request{op: "CreateToken", body: body}).want(t, http.StatusCreated)
		urls := make(map[string]string)
		for _, entry := range decode[tokenBody](t, a).Token.Catalog {
			for _, endpoint := range entry.Endpoints {
				urls[entry.Type] = endpoint.URL
			}
		}
		want := map[string]string{
			"iam":      s.server.URL + "/v3",
			"lts":      s.server.URL + "/v2/" + devProject,
			"ga":       s.server.URL + "/v1",
			"volumev2": s.server.URL + "/v2/" + devProject,
		}
		if !maps.Equal(urls, want) {
			t.Errorf("%s: catalog %v, want %v", a.what, urls, want)
		}
	})
	for _, query := range []string{"nocatalog", "nocatalog=", "nocatalog=true", "nocatalog=1&nocatalog=2"} {
		t.Run("no catalog with "+query, func(t *testing.T) {
			a := s.do(t, request{op: "CreateToken", query: query, body: body}).want(t, http.StatusCreated)
			if strings.Contains(string(a.body), "catalog") {
				t.Errorf("%s: body %s, want no catalog", a.what, a.body)
			}
		})
	}
	t.Run("the token of a request is overlooked", func(t *testing.T) {
		s.do(t, request{op: "CreateToken", header: map[string]string{"X-Auth-Token": "bad"}, body: body}).want(t, http.StatusCreated)
	})
}

func TestRefusedToken(t *testing.T) {
	t.Parallel()
	directory := twoDomains(t)
	s := start(t, config{directory: &directory})
	project := `{"project":{"name":"dev"}}`
	user := func(user, scope string) string {
		return `{"auth":{"identity":{"methods":["password"],"password":{"user":` + user + `}},"scope":` + scope + `}}`
	}
	tests := map[string]struct {
		body   string
		status int
	}{
		"wrong password":             {loginBody("wrong", project), 401},
		"empty password":             {loginBody("", project), 401},
		"password with more behind":  {loginBody(embedded.DevPassword+"\x00x", project), 401},
		"unknown user":               {user(`{"name":"nobody","password":"dev","domain":{"name":"dev"}}`, project), 401},
		"user without domain":        {user(`{"name":"dev","password":"dev"}`, project), 401},
		"neither name nor ID":        {user(`{"password":"dev","domain":{"name":"dev"}}`, project), 401},
		"empty domain":               {user(`{"name":"dev","password":"dev","domain":{}}`, project), 401},
		"user of another domain":     {user(`{"name":"dev","password":"dev","domain":{"name":"foreign"}}`, project), 401},
		"unknown project":            {loginBody(embedded.DevPassword, `{"project":{"name":"nothing"}}`), 401},
		"empty project":              {loginBody(embedded.DevPassword, `{"project":{}}`), 401},
		"project of another domain":  {loginBody(embedded.DevPassword, `{"project":{"id":"`+foreignProject+`"}}`), 401},
		"another domain":             {loginBody(embedded.DevPassword, `{"domain":{"name":"foreign"}}`), 401},
		"domain and another project": {loginBody(embedded.DevPassword, `{"domain":{"name":"foreign"},"project":{"name":"dev"}}`), 401},
		"suspended user":             {user(`{"name":"suspended","password":"dev","domain":{"name":"dev"}}`, project), 401},
		"no body":                    {" ", 400},
		"not JSON":                   {"name=dev", 400},
		"cut off":                    {loginBody(embedded.DevPassword, project)[:80], 400},
		"empty object":               {"{}", 400},
		"no password":                {user(`{"name":"dev","domain":{"name":"dev"}}`, project), 400},
		"method that is not known":   {strings.Replace(loginBody(embedded.DevPassword, project), `["password"]`, `["totp"]`, 1), 400},
		"scope of another type":      {loginBody(embedded.DevPassword, `"dev"`), 400},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, request{op: "CreateToken", body: tt.body})
			a.wantIdentityError(t, tt.status)
			if token := a.header.Get("X-Subject-Token"); token != "" {
				t.Errorf("%s: the token %q, want none", a.what, token)
			}
		})
	}
	t.Run("a wrong password is answered like an unknown user", func(t *testing.T) {
		wrong := s.do(t, request{op: "CreateToken", body: tests["wrong password"].body})
		unknown := s.do(t, request{op: "CreateToken", body: tests["unknown user"].body})
		if string(wrong.body) != string(unknown.body) {
			t.Errorf("wrong password: %s; unknown user: %s; want the same", wrong.body, unknown.body)
		}
	})
	t.Run("a broken rule is named", func(t *testing.T) {
		a := s.do(t, request{op: "CreateToken", body: `{"auth":{"identity":{"methods":["password"],"password":{"user":{}}}}}`})
		want := "Failed to validate the request body; /auth/identity/password/user/password: is required"
		if got := a.wantIdentityError(t, 400); got != want {
			t.Errorf("%s: message %q, want %q", a.what, got, want)
		}
	})
}

func TestOldTokenStaysValid(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	first := s.token(t, devProject)
	s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"project":{"name":"dev"}}`)}).want(t, http.StatusCreated)
	s.do(t, request{op: "ListLogGroups", header: map[string]string{"X-Auth-Token": first}}).want(t, http.StatusOK)
}

// Who asks which projects there are may already name one in a header.
func TestIdentityOverlooksTheProjectHeader(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	for _, op := range []string{"ListProjects", "ListDomains"} {
		for _, project := range []string{otherProject, unknownID} {
			t.Run(op+" with "+project, func(t *testing.T) {
				header := withToken(map[string]string{"X-Project-Id": project}, s.token(t, devProject))
				s.do(t, request{op: op, header: header}).want(t, http.StatusOK)
			})
		}
	}
}

func TestListProjects(t *testing.T) {
	t.Parallel()
	directory := twoDomains(t)
	s := start(t, config{directory: &directory})
	tests := map[string]struct {
		query string
		want  []string
	}{
		"all of the caller's domain":        {"", []string{"dev", "other"}},
		"of a name":                         {"name=other", []string{"other"}},
		"the first name counts":             {"name=other&name=dev", []string{"other"}},
		"of a name that nothing has":        {"name=nothing", []string{}},
		"of a name in another case":         {"name=DEV", []string{}},
		"of a name in another domain":       {"name=foreign", []string{}},
		"with a filter that is not there":   {"color=red", []string{"dev", "other"}},
		"of a name that is percent-encoded": {"name=%6fther", []string{"other"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := s.do(t, request{op: "ListProjects", query: tt.query}).want(t, http.StatusOK)
			names := []string{}
			for _, project := range decode[projectList](t, a).Projects {
				names = append(names, project.Name)
			}
			if !slices.Equal(names, tt.want) {
				t.Errorf("%s: projects %q, want %q", a.what, names, tt.want)
			}
		})
	}
}

func TestListDomains(t *testing.T) {
	t.Parallel()
	directory := twoDomains(t)
	s := start(t, config{directory: &directory})
	a := s.do(t, request{op: "ListDomains"}).want(t, http.StatusOK)
	if want := `{"domains":[{"enabled":true,"id":"` + directory.Domains[0].ID + `","name":"dev"}]}`; strings.TrimSpace(string(a.body)) != want {
		t.Errorf("%s: %s, want %s", a.what, a.body, want)
	}
}

func TestIdentityNeedsAuthentication(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	for _, op := range []string{"ListProjects", "ListDomains"} {
		for name, token := range map[string]string{"without a token": "", "with a bad token": "bad"} {
			t.Run(op+" "+name, func(t *testing.T) {
				s.do(t, request{op: op, header: map[string]string{"X-Auth-Token": token}}).wantIdentityError(t, http.StatusUnauthorized)
			})
		}
		t.Run(op+" with a token for the domain", func(t *testing.T) {
			s.do(t, request{op: op, header: map[string]string{"X-Auth-Token": s.domainToken(t)}}).want(t, http.StatusOK)
		})
	}
}

// domainToken gives a token without a project.
func (s *service) domainToken(t testing.TB) string {
	t.Helper()
	a := s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, `{"domain":{"name":"dev"}}`)})
	return a.want(t, http.StatusCreated).header.Get("X-Subject-Token")
}

const foreignProject = "33333333333333333333333333333333"

// twoDomains is the development directory with a second domain that has a user
// and a project of its own.
func twoDomains(t testing.TB) lts.DirectorySpec {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte(embedded.DevPassword), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	spec := embedded.DevDirectory()
	foreign := lts.Domain{ID: "d0000000000000000000000000000002", Name: "foreign"}
	spec.Domains = append(spec.Domains, foreign)
	spec.Users = append(spec.Users,
		lts.User{ID: "a0000000000000000000000000000003", Name: "stranger", DomainID: foreign.ID, PasswordHash: hash})
	spec.Projects = append(spec.Projects, lts.Project{ID: foreignProject, Name: "foreign", DomainID: foreign.ID})
	return spec
}

type tokenBody struct {
	Token struct {
		ExpiresAt string   `json:"expires_at"`
		IssuedAt  string   `json:"issued_at"`
		Methods   []string `json:"methods"`
		Project   struct {
			ID     string `json:"id"`
			Domain struct {
				Name string `json:"name"`
			} `json:"domain"`
		} `json:"project"`
		User struct {
			Name string `json:"name"`
		} `json:"user"`
		Catalog []struct {
			Type      string `json:"type"`
			Endpoints []struct {
				URL string `json:"url"`
			} `json:"endpoints"`
		} `json:"catalog"`
	} `json:"token"`
}

type projectList struct {
	Projects []struct {
		Name string `json:"name"`
	} `json:"projects"`
}

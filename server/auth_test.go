package server_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server/embedded"
)

const (
	notAuthenticated = "Current user is not authenticated correctly, check your token."
	invalidToken     = "Invalid token"
	wrongProject     = "Invalid projectId"
	suspendedUser    = "Current user is suspended or restricted or unverified."
)

// Who asks is found out before anything of the question is looked at: the
// answers to these requests, which are wrong in every other way too, do not
// tell what there is.
func TestAuthenticationComesFirst(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	of := s.populate(t, devProject, "there")
	bad := map[string]struct {
		token         string
		status        int
		code, message string
	}{
		"no token":                   {"", 401, "LTS.0002", notAuthenticated},
		"a bad token":                {"bad", 401, "LTS.0003", invalidToken},
		"a token of another project": {s.token(t, otherProject), 403, "LTS.0001", wrongProject},
		"a token of the domain":      {s.domainToken(t), 403, "LTS.0001", wrongProject},
	}
	for _, operation := range protected(t, openapi.Latest) {
		for name, tt := range bad {
			if tt.status == http.StatusForbidden && operation.Service() != "lts" {
				continue // its project is the one of the token
			}
			t.Run(operation.OperationID+" with "+name, func(t *testing.T) {
				var first string
				for _, r := range []request{
					callOn(t, operation, of),
					callOn(t, operation, nobodys),
					{group: "short", stream: "short", body: "}"},
					{group: of.group, stream: of.stream, body: "}", header: map[string]string{"Content-Type": "text/plain"}},
				} {
					r.op, r.header = operation.OperationID, withToken(r.header, tt.token)
					a := s.do(t, r)
					if operation.Service() == "iam" {
						a.wantIdentityError(t, tt.status)
					} else {
						a.wantError(t, tt.status, tt.code, tt.message)
					}
					if first == "" {
						first = string(a.body)
					}
					if string(a.body) != first {
						t.Errorf("%s: body %s, want that of the other requests, %s", a.what, a.body, first)
					}
				}
			})
		}
	}
}

func TestTokensThatAreRefused(t *testing.T) {
	t.Parallel()
	clock := newClock()
	directory := twoDomains(t)
	s := start(t, config{now: clock.Now, directory: &directory})
	good := s.token(t, devProject)
	header, payload, mac := cutToken(t, good)
	tests := map[string]string{
		"text":                          "hello",
		"one part":                      header,
		"two parts":                     header + "." + payload,
		"no signature":                  header + "." + payload + ".",
		"four parts":                    good + "." + mac,
		"cut off":                       good[:len(good)-2],
		"more behind":                   good + "AAAA",
		"another payload":               header + "." + strings.Replace(payload, payload[20:24], "AAAA", 1) + "." + mac,
		"another signature":             header + "." + payload + "." + strings.Repeat("A", len(mac)),
		"another project, not signed":   header + "." + withProject(t, payload, otherProject) + "." + mac,
		"algorithm none":                encodePart(`{"alg":"none","typ":"JWT"}`) + "." + payload + ".",
		"algorithm none, signed":        encodePart(`{"alg":"none","typ":"JWT"}`) + "." + payload + "." + mac,
		"algorithm of a public key":     encodePart(`{"alg":"RS256","typ":"JWT"}`) + "." + payload + "." + mac,
		"key of another server":         signToken(t, []byte("another key, also of 32 bytes, ok"), claimsOf(clock, directory.Users[0].ID)),
		"no end":                        signToken(t, testKey, jwt.MapClaims{"sub": directory.Users[0].ID, "iat": clock.Now().Unix(), "project": devProject}),
		"a user that there is not":      signToken(t, testKey, claimsOf(clock, "nobody")),
		"a project that there is not":   signToken(t, testKey, projectClaims(clock, directory.Users[0].ID, strings.Repeat("9", 32))),
		"a long text":                   strings.Repeat("bad", 5000),
		"parts that are not base64":     "%%%.%%%.%%%",
		"parts that are not JSON":       encodePart("x") + "." + encodePart("y") + "." + encodePart("z"),
		"an end of another type":        signToken(t, testKey, jwt.MapClaims{"sub": directory.Users[0].ID, "exp": "tomorrow"}),
		"the password of the user":      embedded.DevPassword,
		"the access key of the project": embedded.DevAccessKey,
	}
	for name, token := range tests {
		t.Run(name, func(t *testing.T) {
			s.do(t, request{op: "ListLogGroups", header: withToken(nil, token)}).wantError(t, 401, "LTS.0003", invalidToken)
		})
	}
	t.Run("not before", func(t *testing.T) {
		s.do(t, request{op: "ListLogGroups", header: withToken(nil, good)}).want(t, http.StatusOK)
	})
}

func TestTokenEndsAfterADay(t *testing.T) {
	t.Parallel()
	clock := newClock()
	s := start(t, config{now: clock.Now})
	list := request{op: "ListLogGroups", header: withToken(nil, s.token(t, devProject))}
	clock.Advance(24*time.Hour - time.Second)
	s.do(t, list).want(t, http.StatusOK)
	clock.Advance(time.Second)
	s.do(t, list).wantError(t, 401, "LTS.0003", invalidToken)
	clock.Advance(1000 * time.Hour)
	s.do(t, list).wantError(t, 401, "LTS.0003", invalidToken)
}

func TestSuspendedUser(t *testing.T) {
	t.Parallel()
	directory := embedded.DevDirectory()
	before := start(t, config{directory: &directory})
	token := before.token(t, devProject)
	directory.Users[0].Suspended = true
	s := start(t, config{directory: &directory})
	for _, operation := range protected(t, openapi.Latest) {
		t.Run(operation.OperationID+" with a token from before", func(t *testing.T) {
			r := callOn(t, operation, nobodys)
			r.header = withToken(nil, token)
			a := s.do(t, r)
			if operation.Service() == "iam" {
				a.wantIdentityError(t, http.StatusUnauthorized)
				return
			}
			a.wantError(t, 401, "LTS.0023", suspendedUser)
		})
	}
	t.Run("CreateToken with the right password", func(t *testing.T) {
		a := s.do(t, request{op: "CreateToken", body: loginBody(embedded.DevPassword, "")})
		if message := a.wantIdentityError(t, http.StatusUnauthorized); message != suspendedUser {
			t.Errorf("%s: message %q, want %q", a.what, message, suspendedUser)
		}
	})
	t.Run("CreateToken with a wrong password does not tell", func(t *testing.T) {
		a := s.do(t, request{op: "CreateToken", body: loginBody("wrong", "")})
		if message := a.wantIdentityError(t, http.StatusUnauthorized); message == suspendedUser {
			t.Errorf("%s: message %q, want that of a wrong password", a.what, message)
		}
	})
}

func TestProjectOfAnotherDomain(t *testing.T) {
	t.Parallel()
	directory := twoDomains(t)
	s := start(t, config{directory: &directory})
	body := loginBodyOf("stranger", "foreign", embedded.DevPassword, `{"project":{"name":"foreign"}}`)
	stranger := s.do(t, request{op: "CreateToken", body: body}).want(t, http.StatusCreated).header.Get("X-Subject-Token")
	s.do(t, request{op: "ListLogGroups", header: withToken(nil, stranger)}).wantError(t, 403, "LTS.0001", wrongProject)
	s.do(t, request{op: "ListLogGroups", project: foreignProject, header: withToken(nil, stranger)}).want(t, http.StatusOK)
	s.do(t, request{op: "ListLogGroups", project: foreignProject, header: withToken(nil, s.token(t, devProject))}).wantError(t, 403, "LTS.0001", wrongProject)
	a := s.do(t, request{op: "ListProjects", header: withToken(nil, stranger)}).want(t, http.StatusOK)
	if got := decode[projectList](t, a).Projects; len(got) != 1 || got[0].Name != "foreign" {
		t.Errorf("%s: %+v, want the one project of the caller's domain", a.what, got)
	}
}

// protected lists the operations that need authentication.
func protected(t testing.TB, edition string) []openapi.Operation {
	t.Helper()
	var list []openapi.Operation
	for _, operation := range openapi.Operations(document(t, edition)) {
		if operation.Security == nil || len(*operation.Security) > 0 {
			list = append(list, operation)
		}
	}
	return list
}

// withToken adds a token to the headers of a request; "" leaves it out.
func withToken(header map[string]string, token string) map[string]string {
	with := map[string]string{"X-Auth-Token": token}
	maps.Copy(with, header)
	return with
}

func cutToken(t testing.TB, token string) (header, payload, mac string) {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("a token has %d parts, want 3", len(parts))
	}
	return parts[0], parts[1], parts[2]
}

// withProject puts another project into the payload of a token.
func withProject(t testing.TB, payload, project string) string {
	t.Helper()
	data, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || !strings.Contains(string(data), devProject) {
		t.Fatalf("the payload of a token is %s (%v), want one with the project", data, err)
	}
	return encodePart(strings.Replace(string(data), devProject, project, 1))
}

func encodePart(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func claimsOf(clock *clock, user string) jwt.MapClaims { return projectClaims(clock, user, devProject) }

func projectClaims(clock *clock, user, project string) jwt.MapClaims {
	return jwt.MapClaims{"sub": user, "iat": clock.Now().Unix(), "exp": clock.Now().Add(time.Hour).Unix(), "project": project}
}

func signToken(t testing.TB, key []byte, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

package lts_test

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
)

func TestNewTokensWantsALongKey(t *testing.T) {
	for _, tt := range []struct {
		length int
		want   bool
	}{{0, false}, {31, false}, {32, true}, {64, true}} {
		_, err := lts.NewTokens(newDirectory(t, directorySpec()), make([]byte, tt.length), time.Now)
		if got := err == nil; got != tt.want {
			t.Errorf("NewTokens with a key of %d bytes: %v, want it accepted: %v", tt.length, err, tt.want)
		}
	}
}

func TestIssueAuthenticates(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*lts.Credentials)
		user   string // ID
		want   error
	}{
		{"by name and the name of the domain", func(*lts.Credentials) {}, "user-alice", nil},
		{"by name and the ID of the domain", func(c *lts.Credentials) { c.Domain = lts.Reference{ID: "domain-1"} }, "user-alice", nil},
		{"the same name in another domain", func(c *lts.Credentials) { c.Domain.Name = "second" }, "user-alice-2", nil},
		{"by ID", func(c *lts.Credentials) {
			*c = lts.Credentials{UserID: "user-alice", Password: password}
		}, "user-alice", nil},
		{"a wrong password", func(c *lts.Credentials) { c.Password = "wrong" }, "", lts.ErrBadCredentials},
		{"an empty password", func(c *lts.Credentials) { c.Password = "" }, "", lts.ErrBadCredentials},
		{"a password that goes on", func(c *lts.Credentials) { c.Password += "!" }, "", lts.ErrBadCredentials},
		{"an unknown name", func(c *lts.Credentials) { c.UserName = "nobody" }, "", lts.ErrBadCredentials},
		{"an unknown name with the password of nobody", func(c *lts.Credentials) { c.UserName, c.Password = "nobody", "nobody" }, "", lts.ErrBadCredentials},
		{"no name", func(c *lts.Credentials) { c.UserName = "" }, "", lts.ErrBadCredentials},
		{"a name in capitals", func(c *lts.Credentials) { c.UserName = "Alice" }, "", lts.ErrBadCredentials},
		{"an unknown ID", func(c *lts.Credentials) { c.UserID = "nobody" }, "", lts.ErrBadCredentials},
		{"an unknown domain", func(c *lts.Credentials) { c.Domain.Name = "third" }, "", lts.ErrBadCredentials},
		{"no domain", func(c *lts.Credentials) { c.Domain = lts.Reference{} }, "", lts.ErrBadCredentials},
		{"a suspended user", func(c *lts.Credentials) { c.UserName = "sam" }, "", lts.ErrSuspended},
		{"a suspended user with a wrong password", func(c *lts.Credentials) { c.UserName, c.Password = "sam", "wrong" }, "", lts.ErrBadCredentials},
	} {
		t.Run(tt.name, func(t *testing.T) {
			credentials := alice()
			tt.change(&credentials)
			_, grant, err := newTokens(t, newClock()).Issue(credentials)
			wantError(t, "Issue", err, tt.want)
			if grant.User.ID != tt.user {
				t.Errorf("Issue grants to %q, want %q", grant.User.ID, tt.user)
			}
		})
	}
}

func TestIssueVerifyAndOwnerNameTheUserAlike(t *testing.T) {
	directory := newDirectory(t, directorySpec())
	tokens := newTokensOf(t, directory, newClock())
	token, issued, err := tokens.Issue(alice())
	wantError(t, "Issue", err, nil)
	verified, err := tokens.Verify(token)
	wantError(t, "Verify", err, nil)
	key, _ := directory.AccessKey("AK")
	owner, _, err := directory.Owner(key)
	wantError(t, "Owner", err, nil)
	want := lts.Principal{ID: "user-alice", Name: "alice", DomainID: "domain-1"}
	if issued.User != want || verified.User != want || owner != want {
		t.Errorf("Issue, Verify and Owner name %+v, %+v and %+v, want %+v", issued.User, verified.User, owner, want)
	}
}

// What tells a wrong password from an unknown name tells which names there are.
func TestAnUnknownNameTakesAsLongAsAWrongPassword(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost+4)
	if err != nil {
		t.Fatal(err)
	}
	spec := directorySpec()
	spec.Users[0].PasswordHash = hash
	tokens := newTokensOf(t, newDirectory(t, spec), newClock())
	wrong, unknown := alice(), alice()
	wrong.Password, unknown.UserName = "wrong", "nobody"

	known, nobody := shortest(tokens, wrong), shortest(tokens, unknown)
	if nobody < known/4 {
		t.Errorf("Issue takes %v for an unknown name and %v for a wrong password, want about the same", nobody, known)
	}
}

func TestIssueGrantsTheScope(t *testing.T) {
	for _, tt := range []struct {
		name            string
		project, domain *lts.Reference
		granted         string // ID of a project
		want            error
	}{
		{"no scope", nil, nil, "", nil},
		{"a project by its ID", &lts.Reference{ID: beta}, nil, beta, nil},
		{"a project by its name", &lts.Reference{Name: "beta"}, nil, beta, nil},
		{"a name that another domain has too", &lts.Reference{Name: "alpha"}, nil, alpha, nil},
		{"an ID goes before a name", &lts.Reference{ID: beta, Name: "alpha"}, nil, beta, nil},
		{"the project of another domain", &lts.Reference{ID: foreign}, nil, "", lts.ErrBadScope},
		{"an unknown project", &lts.Reference{ID: strings.Repeat("0", 32)}, nil, "", lts.ErrBadScope},
		{"an unknown name of a project", &lts.Reference{Name: "gamma"}, nil, "", lts.ErrBadScope},
		{"a name in place of an ID", &lts.Reference{ID: "alpha"}, nil, "", lts.ErrBadScope},
		{"an empty project", &lts.Reference{}, nil, "", lts.ErrBadScope},
		{"the domain by its ID", nil, &lts.Reference{ID: "domain-1"}, "", nil},
		{"the domain by its name", nil, &lts.Reference{Name: "first"}, "", nil},
		{"another domain", nil, &lts.Reference{Name: "second"}, "", lts.ErrBadScope},
		{"an unknown domain", nil, &lts.Reference{ID: "nowhere"}, "", lts.ErrBadScope},
		{"an empty domain", nil, &lts.Reference{}, "", lts.ErrBadScope},
		{"a project and the domain", &lts.Reference{Name: "beta"}, &lts.Reference{Name: "first"}, beta, nil},
		{"a project and another domain", &lts.Reference{Name: "beta"}, &lts.Reference{Name: "second"}, "", lts.ErrBadScope},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tokens, credentials := newTokens(t, newClock()), alice()
			credentials.ProjectScope, credentials.DomainScope = tt.project, tt.domain
			token, issued, err := tokens.Issue(credentials)
			wantError(t, "Issue", err, tt.want)
			if err != nil {
				return
			}
			verified, err := tokens.Verify(token)
			if diff := cmp.Diff(issued, verified); diff != "" || err != nil {
				t.Errorf("Verify grants otherwise than Issue (%v, -issued +verified):\n%s", err, diff)
			}
			if got := projectOf(issued); got != tt.granted {
				t.Errorf("Issue grants the project %q, want %q", got, tt.granted)
			}
		})
	}
}

func TestTokensHaveTheDocumentedLength(t *testing.T) {
	long := strings.Repeat("名", 500)
	for _, tt := range []struct {
		name   string
		change func(*lts.DirectorySpec)
		scope  *lts.Reference
	}{
		{"with a project", func(*lts.DirectorySpec) {}, &lts.Reference{ID: alpha}},
		{"without a project", func(*lts.DirectorySpec) {}, nil},
		{"with short IDs", func(s *lts.DirectorySpec) { s.Users[0].ID, s.Keys = "u", nil }, nil},
		{"with long names", func(s *lts.DirectorySpec) {
			s.Users[0].Name, s.Domains[0].Name, s.Projects[0].Name = long, long, long
		}, &lts.Reference{ID: alpha}},
		{"with the longest ID, of signs that JSON escapes", func(s *lts.DirectorySpec) {
			s.Users[0].ID, s.Keys = strings.Repeat("<", 64), nil
		}, &lts.Reference{ID: alpha}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec := directorySpec()
			tt.change(&spec)
			tokens := newTokensOf(t, newDirectory(t, spec), newClock())
			token, _, err := tokens.Issue(lts.Credentials{UserID: spec.Users[0].ID, Password: password, ProjectScope: tt.scope})
			if err != nil {
				t.Fatalf("Issue: %v", err)
			}
			if len(token) < 1000 || len(token) > 2000 {
				t.Errorf("the token has %d characters, want 1000 to 2000", len(token))
			}
			if _, err := tokens.Verify(token); err != nil {
				t.Errorf("Verify: %v", err)
			}
		})
	}
}

func TestTokensAreValidFor24Hours(t *testing.T) {
	for _, tt := range []struct {
		name   string
		issued time.Time
	}{
		{"issued on the second", time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)},
		{"issued in the middle of a second", time.Date(2024, 2, 28, 12, 0, 0, 999_999_999, time.UTC)},
		{"issued in another time zone", time.Date(2024, 2, 28, 12, 0, 0, 0, time.FixedZone("", 8*60*60))},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock := &clock{tt.issued}
			tokens := newTokens(t, clock)
			token, grant, err := tokens.Issue(alice())
			if err != nil {
				t.Fatalf("Issue: %v", err)
			}
			if got := grant.ExpiresAt.Sub(grant.IssuedAt); got != 24*time.Hour {
				t.Errorf("the token is for %v, want 24 h", got)
			}
			if early := tt.issued.Sub(grant.IssuedAt); early < 0 || early >= time.Microsecond {
				t.Errorf("the token is issued %v before the clock, want less than a microsecond", early)
			}
			wantVerified(t, tokens, token, nil)
			clock.now = grant.ExpiresAt.Add(-time.Nanosecond)
			wantVerified(t, tokens, token, nil)
			clock.now = grant.ExpiresAt
			wantVerified(t, tokens, token, lts.ErrInvalidToken)
			clock.now = grant.ExpiresAt.AddDate(1, 0, 0)
			wantVerified(t, tokens, token, lts.ErrInvalidToken)
		})
	}
}

func TestABadTokenIsWordedAsTheOperationsPrintIt(t *testing.T) {
	_, err := newTokens(t, newClock()).Verify("bad")
	got, ok := errors.AsType[*lts.Error](err)
	if !ok || got.Code != "LTS.0003" || got.Status != 401 || got.Message != "Invalid token" || errors.Unwrap(got) == nil {
		t.Errorf("Verify gives %#v, want 401 LTS.0003 Invalid token with its cause", err)
	}
}

func TestAnEarlierTokenStaysValid(t *testing.T) {
	clock := newClock()
	tokens := newTokens(t, clock)
	first := issue(t, tokens)
	clock.now = clock.now.Add(time.Hour)
	second := issue(t, tokens)
	if first == second {
		t.Errorf("two tokens issued an hour apart are the same")
	}
	wantVerified(t, tokens, first, nil)
	wantVerified(t, tokens, second, nil)
}

func TestTokensBelongToTheKey(t *testing.T) {
	clock := newClock()
	token := issue(t, newTokens(t, clock))
	wantVerified(t, newTokens(t, clock), token, nil)

	other, err := lts.NewTokens(newDirectory(t, directorySpec()), []byte(strings.ToUpper(key)), clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	wantVerified(t, other, token, lts.ErrInvalidToken)
}

func TestAChangedTokenIsRefused(t *testing.T) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	tokens := newTokens(t, newClock())
	token := issue(t, tokens)
	for i, r := range token {
		// The next letter changes one bit or more. In the last place that may be
		// a bit that base64 does not use.
		changed := token[:i] + string(alphabet[(strings.IndexRune(alphabet, r)+1)%len(alphabet)]) + token[i+1:]
		if _, err := tokens.Verify(changed); !errors.Is(err, lts.ErrInvalidToken) {
			t.Errorf("with another character at %d of %d Verify gives %v, want %v", i, len(token), err, lts.ErrInvalidToken)
		}
	}
	for i := range token {
		if _, err := tokens.Verify(token[:i]); !errors.Is(err, lts.ErrInvalidToken) {
			t.Errorf("of the first %d of %d characters Verify gives %v, want %v", i, len(token), err, lts.ErrInvalidToken)
		}
	}
}

func TestATokenOfOtherMakeIsRefused(t *testing.T) {
	tokens := newTokens(t, newClock())
	token := issue(t, tokens)
	parts := strings.Split(token, ".")
	for _, tt := range []struct{ name, token string }{
		{"nothing", ""},
		{"two dots", ".."},
		{"something after it", token + "A"},
		{"a fourth part", token + ".A"},
		{"padding", token + "="},
		{"no signature", parts[0] + "." + parts[1] + "."},
		{"alg none", encode(`{"alg":"none","typ":"JWT"}`) + "." + parts[1] + "."},
		{"alg None", encode(`{"alg":"None","typ":"JWT"}`) + "." + parts[1] + "."},
		{"alg none with the signature", encode(`{"alg":"none","typ":"JWT"}`) + "." + parts[1] + "." + parts[2]},
		{"no alg", encode(`{"typ":"JWT"}`) + "." + parts[1] + "." + parts[2]},
		{"another alg with the same key", remake(t, token, jwt.SigningMethodHS512, nil)},
		{"no time", remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"issued": nil})},
		{"no user", remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"sub": nil})},
		{"an unknown user", remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"sub": "nobody"})},
		{"an unknown project", remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"project": "nothing"})},
		{"the project of another domain", remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"project": foreign})},
		{"of the right key with nothing in it", remake(t, encode(`{"alg":"none"}`)+"."+encode("{}")+".", jwt.SigningMethodHS256, nil)},
	} {
		t.Run(tt.name, func(t *testing.T) { wantVerified(t, tokens, tt.token, lts.ErrInvalidToken) })
	}
	t.Run("but one of the same make is not", func(t *testing.T) {
		wantVerified(t, tokens, remake(t, token, jwt.SigningMethodHS256, jwt.MapClaims{"project": alpha}), nil)
	})
}

func TestATokenFollowsTheDirectory(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*lts.DirectorySpec)
		want   error
	}{
		{"nothing changed", func(*lts.DirectorySpec) {}, nil},
		{"the user is suspended", func(s *lts.DirectorySpec) { s.Users[0].Suspended = true }, lts.ErrSuspended},
		{"the user is gone", func(s *lts.DirectorySpec) { s.Users, s.Keys = s.Users[1:], nil }, lts.ErrInvalidToken},
		{"the project is gone", func(s *lts.DirectorySpec) { s.Projects, s.Keys = s.Projects[1:], nil }, lts.ErrInvalidToken},
		{"the project has moved to another domain", func(s *lts.DirectorySpec) {
			s.Projects[0].Name, s.Projects[0].DomainID, s.Keys = "moved", "domain-2", nil
		}, lts.ErrInvalidToken},
		{"the user and the project have other names", func(s *lts.DirectorySpec) {
			s.Users[0].Name, s.Projects[0].Name = "alicia", "alfa"
		}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			clock, credentials := newClock(), alice()
			credentials.ProjectScope = &lts.Reference{ID: alpha}
			token, _, err := newTokens(t, clock).Issue(credentials)
			if err != nil {
				t.Fatalf("Issue: %v", err)
			}
			spec := directorySpec()
			tt.change(&spec)
			wantVerified(t, newTokensOf(t, newDirectory(t, spec), clock), token, tt.want)
		})
	}
}

func TestProjectsOfAUserAreThoseOfItsDomainByName(t *testing.T) {
	spec := directorySpec()
	slices.Reverse(spec.Projects)
	tokens := newTokensOf(t, newDirectory(t, spec), newClock())
	for _, tt := range []struct {
		name string
		user lts.Principal
		want []string
	}{
		{"two projects", principal(spec.Users[0]), []string{alpha, beta}},
		{"one project", principal(spec.Users[2]), []string{foreign}},
		{"nobody", lts.Principal{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, project := range tokens.ProjectsOf(tt.user) {
				got = append(got, project.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("ProjectsOf gives %q, want %q", got, tt.want)
			}
		})
	}
}

// A clock shows the time that it is set to.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time { return c.now }

// key signs the tokens of these tests.
const key = "a key of at least 32 bytes, for tests"

func newTokens(t *testing.T, clock *clock) *lts.Tokens {
	t.Helper()
	return newTokensOf(t, newDirectory(t, directorySpec()), clock)
}

func newTokensOf(t *testing.T, directory *lts.Directory, clock *clock) *lts.Tokens {
	t.Helper()
	tokens, err := lts.NewTokens(directory, []byte(key), clock.Now)
	if err != nil {
		t.Fatalf("NewTokens: %v", err)
	}
	return tokens
}

// alice are good credentials.
func alice() lts.Credentials {
	return lts.Credentials{UserName: "alice", Domain: lts.Reference{Name: "first"}, Password: password}
}

func issue(t *testing.T, tokens *lts.Tokens) string {
	t.Helper()
	token, _, err := tokens.Issue(alice())
	if err != nil {
		t.Fatalf("Issue: %v", err)
	}
	return token
}

func wantVerified(t *testing.T, tokens *lts.Tokens, token string, want error) {
	t.Helper()
	_, err := tokens.Verify(token)
	wantError(t, "Verify", err, want)
}

func projectOf(grant lts.Grant) string {
	if grant.Project == nil {
		return ""
	}
	return grant.Project.ID
}

// remake signs the claims of a token again with the right key, some of them
// changed or, with nil, taken away.
func remake(t *testing.T, token string, method jwt.SigningMethod, changes jwt.MapClaims) string {
	t.Helper()
	claims := jwt.MapClaims{}
	if _, _, err := jwt.NewParser(jwt.WithJSONNumber()).ParseUnverified(token, claims); err != nil {
		t.Fatal(err)
	}
	for name, value := range changes {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	made, err := jwt.NewWithClaims(method, claims).SignedString([]byte(key))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func encode(header string) string { return base64.RawURLEncoding.EncodeToString([]byte(header)) }

// shortest is the shortest time that a call took, which noise touches least.
func shortest(tokens *lts.Tokens, credentials lts.Credentials) time.Duration {
	best := time.Hour
	for range 3 {
		start := time.Now()
		_, _, _ = tokens.Issue(credentials)
		best = min(best, time.Since(start))
	}
	return best
}

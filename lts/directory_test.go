package lts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
)

func TestNewDirectoryReportsWhatDoesNotFit(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*lts.DirectorySpec)
		want   []string
	}{
		{"nothing", func(*lts.DirectorySpec) {}, nil},
		{"the ID of a domain is empty", func(s *lts.DirectorySpec) { s.Domains = append(s.Domains, lts.Domain{Name: "new"}) },
			[]string{`domain ID "" is empty or taken`}},
		{"the ID of a domain is taken", func(s *lts.DirectorySpec) {
			s.Domains[1].ID, s.Projects[2].DomainID, s.Users[2].DomainID = "domain-1", "domain-1", "domain-1"
		},
			[]string{`domain ID "domain-1" is empty or taken`, `user name "alice" is empty or taken`, `project name "alpha" is empty or taken`}},
		{"the name of a domain is taken", func(s *lts.DirectorySpec) { s.Domains[1].Name = "first" },
			[]string{`domain name "first" is empty or taken`}},
		{"the ID of a user is taken", func(s *lts.DirectorySpec) { s.Users[1].ID = "user-alice" },
			[]string{`user ID "user-alice" is empty or taken`}},
		{"the ID of a user is too long for a token", func(s *lts.DirectorySpec) { s.Users[1].ID = strings.Repeat("u", 65) },
			[]string{`user "mallory": the ID must have at most 64 characters`}},
		{"the name of a user is taken in its domain", func(s *lts.DirectorySpec) { s.Users[1].Name = "alice" },
			[]string{`user name "alice" is empty or taken`}},
		{"the domain of a user is missing", func(s *lts.DirectorySpec) { s.Users[1].DomainID = "nowhere" },
			[]string{`user "mallory": there is no domain "nowhere"`}},
		{"the domain of a user is empty", func(s *lts.DirectorySpec) { s.Users[1].DomainID = "" },
			[]string{`user "mallory": there is no domain ""`}},
		{"the ID of a project is taken", func(s *lts.DirectorySpec) { s.Projects[1].ID = alpha },
			[]string{`project ID "` + alpha + `" is empty or taken`}},
		{"the ID of a project is too short", func(s *lts.DirectorySpec) { s.Projects[1].ID = "short" },
			[]string{`project "beta": the ID "short" must have 32 characters`}},
		{"the ID of a project is too long", func(s *lts.DirectorySpec) { s.Projects[1].ID = beta + "0" },
			[]string{`project "beta": the ID "` + beta + `0" must have 32 characters`}},
		{"the name of a project is taken in its domain", func(s *lts.DirectorySpec) { s.Projects[1].Name = "alpha" },
			[]string{`project name "alpha" is empty or taken`}},
		{"the domain of a project is missing", func(s *lts.DirectorySpec) { s.Projects[1].DomainID = "nowhere" },
			[]string{`project "beta": there is no domain "nowhere"`}},
		{"an access key is taken", func(s *lts.DirectorySpec) { s.Keys = append(s.Keys, s.Keys[0]) },
			[]string{`access key "AK" is empty or taken`}},
		{"an access key is empty", func(s *lts.DirectorySpec) { s.Keys[0].ID = "" },
			[]string{`access key "" is empty or taken`}},
		{"an access key has no secret", func(s *lts.DirectorySpec) { s.Keys[0].Secret = "" },
			[]string{`access key "AK": the secret is empty`}},
		{"the user of an access key is missing", func(s *lts.DirectorySpec) { s.Keys[0].UserID = "nobody" },
			[]string{`access key "AK": there is no user "nobody"`}},
		{"the project of an access key is missing", func(s *lts.DirectorySpec) { s.Keys[0].ProjectID = "nothing" },
			[]string{`access key "AK": there is no project "nothing"`}},
		{"the project of an access key is in another domain", func(s *lts.DirectorySpec) { s.Keys[0].ProjectID = foreign },
			[]string{`access key "AK": the project "` + foreign + `" is in another domain than the user "user-alice"`}},
		{"several things at once", func(s *lts.DirectorySpec) {
			s.Users[1].DomainID, s.Projects[1].ID, s.Keys[0].Secret = "nowhere", "short", ""
		}, []string{
			`user "mallory": there is no domain "nowhere"`,
			`project "beta": the ID "short" must have 32 characters`,
			`access key "AK": the secret is empty`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec := directorySpec()
			tt.change(&spec)
			_, err := lts.NewDirectory(spec)
			if diff := cmp.Diff(tt.want, lines(err)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestADirectoryDoesNotChange(t *testing.T) {
	spec := directorySpec()
	directory, err := lts.NewDirectory(spec)
	if err != nil {
		t.Fatal(err)
	}
	spec.Users[0] = lts.User{ID: "user-alice", DomainID: "domain-1", Suspended: true}
	spec.Domains[0], spec.Projects[0] = lts.Domain{}, lts.Project{}

	key, _ := directory.AccessKey("AK")
	user, domain, err := directory.Owner(key)
	if user.Name != "alice" || domain.Name != "first" || err != nil {
		t.Errorf("after the spec was changed Owner gives %q of %q, %v, want alice of first", user.Name, domain.Name, err)
	}
}

func TestAccessKeyIsFoundByItsID(t *testing.T) {
	directory := newDirectory(t, directorySpec())
	want := lts.AccessKey{ID: "AK", Secret: "SK", UserID: "user-alice", ProjectID: alpha}
	if got, ok := directory.AccessKey("AK"); got != want || !ok {
		t.Errorf("AccessKey(AK) gives %+v, %v, want %+v, true", got, ok, want)
	}
	for _, id := range []string{"", "ak", "unknown"} {
		if got, ok := directory.AccessKey(id); ok {
			t.Errorf("AccessKey(%q) gives %+v, want nothing", id, got)
		}
	}
}

func TestOwnerOfAKeyIsItsUser(t *testing.T) {
	spec := directorySpec()
	spec.Keys = append(spec.Keys, lts.AccessKey{ID: "AK2", Secret: "SK2", UserID: "user-sam", ProjectID: beta})
	directory := newDirectory(t, spec)
	for _, tt := range []struct {
		name, key, user, domain string
		want                    error
	}{
		{"a user", "AK", "alice", "first", nil},
		{"a suspended user", "AK2", "", "", lts.ErrSuspended},
	} {
		t.Run(tt.name, func(t *testing.T) {
			key, _ := directory.AccessKey(tt.key)
			user, domain, err := directory.Owner(key)
			if user.Name != tt.user || domain.Name != tt.domain {
				t.Errorf("Owner gives %q of %q, want %q of %q", user.Name, domain.Name, tt.user, tt.domain)
			}
			wantError(t, "Owner", err, tt.want)
		})
	}
}

func TestMayUseTheProjectsOfTheOwnDomain(t *testing.T) {
	spec := directorySpec()
	directory := newDirectory(t, spec)
	alice, other := principal(spec.Users[0]), principal(spec.Users[2])
	for _, tt := range []struct {
		name    string
		user    lts.Principal
		project string
		want    bool
	}{
		{"of the domain", alice, beta, true},
		{"of another domain", alice, foreign, false},
		{"of the other domain, by its user", other, foreign, true},
		{"an unknown one", alice, strings.Repeat("0", 32), false},
		{"none", alice, "", false},
		{"by a name", alice, "alpha", false},
		{"by nobody", lts.Principal{}, alpha, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := directory.MayUse(tt.user, tt.project); got != tt.want {
				t.Errorf("MayUse(%q, %q) is %v, want %v", tt.user.ID, tt.project, got, tt.want)
			}
		})
	}
}

func TestHashPasswordGivesAHashOfThePassword(t *testing.T) {
	hash, err := lts.HashPassword("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	if err := bcrypt.CompareHashAndPassword(hash, []byte("correct horse")); err != nil {
		t.Errorf("the hash does not match its password: %v", err)
	}
	if err := bcrypt.CompareHashAndPassword(hash, []byte("another")); err == nil {
		t.Errorf("the hash matches another password")
	}
}

// Projects of [directorySpec].
const (
	alpha   = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" // of the domain "first"
	beta    = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" // of the domain "first"
	foreign = "ffffffffffffffffffffffffffffffff" // of the domain "second"
)

// directorySpec has two domains. Both have an "alice" and an "alpha".
func directorySpec() lts.DirectorySpec {
	return lts.DirectorySpec{
		Domains: []lts.Domain{{ID: "domain-1", Name: "first"}, {ID: "domain-2", Name: "second"}},
		Users: []lts.User{
			{ID: "user-alice", Name: "alice", DomainID: "domain-1", PasswordHash: cheapHash},
			{ID: "user-mallory", Name: "mallory", DomainID: "domain-1", PasswordHash: cheapHash},
			{ID: "user-alice-2", Name: "alice", DomainID: "domain-2", PasswordHash: cheapHash},
			{ID: "user-sam", Name: "sam", DomainID: "domain-1", PasswordHash: cheapHash, Suspended: true},
		},
		Projects: []lts.Project{
			{ID: alpha, Name: "alpha", DomainID: "domain-1"},
			{ID: beta, Name: "beta", DomainID: "domain-1"},
			{ID: foreign, Name: "alpha", DomainID: "domain-2"},
		},
		Keys: []lts.AccessKey{{ID: "AK", Secret: "SK", UserID: "user-alice", ProjectID: alpha}},
	}
}

// password is that of every user of [directorySpec].
const password = "correct horse"

var cheapHash, _ = bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)

func newDirectory(t *testing.T, spec lts.DirectorySpec) *lts.Directory {
	t.Helper()
	directory, err := lts.NewDirectory(spec)
	if err != nil {
		t.Fatalf("NewDirectory: %v", err)
	}
	return directory
}

// lines splits an error into its problems.
func lines(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}

// principal is a user as a grant names it.
func principal(user lts.User) lts.Principal {
	return lts.Principal{ID: user.ID, Name: user.Name, DomainID: user.DomainID}
}

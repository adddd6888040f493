package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
)

const projectID = "00112233445566778899aabbccddeeff"

// directory is a directory as it stands in a file of its own.
func directory(t *testing.T) string {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte("correct horse"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return `domains:
  - name: acme
    projects:
      - {name: prod, id: ` + projectID + `}
    users:
      - name: alice
        id: a1
        password_hash: ` + string(hash) + `
        access_keys:
          - {id: AK1, secret: top-secret-1, project: prod}
          - {id: AK2, secret: top-secret-2, project: ` + projectID + `}
      - name: bob
        suspended: true
`
}

func inSection(directory string) string {
	return "directory:\n  " + strings.ReplaceAll(strings.TrimSpace(directory), "\n", "\n  ") + "\n"
}

func TestADirectoryIsASectionOrAFile(t *testing.T) {
	section, err := load(t, inSection(directory(t)), nil)
	if err != nil {
		t.Fatalf("Load with a section: %v", err)
	}
	writeFile(t, "who.yaml", directory(t))
	file, err := load(t, "", []string{"LTS_DIRECTORY_FILE=who.yaml"})
	if err != nil {
		t.Fatalf("Load with a file: %v", err)
	}
	for i, spec := range []*lts.DirectorySpec{section.Directory, file.Directory} {
		if spec == nil {
			t.Fatalf("directory %d is missing", i)
		}
		if _, err := lts.NewDirectory(*spec); err != nil {
			t.Errorf("directory %d: %v", i, err)
		}
		wantKeys := []lts.AccessKey{
			{ID: "AK1", Secret: "top-secret-1", UserID: "a1", ProjectID: projectID},
			{ID: "AK2", Secret: "top-secret-2", UserID: "a1", ProjectID: projectID},
		}
		if diff := cmp.Diff(wantKeys, spec.Keys); diff != "" {
			t.Errorf("keys of directory %d (-want +got):\n%s", i, diff)
		}
		if bob := spec.Users[1]; bob.ID == "" || !bob.Suspended {
			t.Errorf("bob is %+v, want an ID and suspended", bob)
		}
	}
	if a, b := section.Directory.Users[1].ID, file.Directory.Users[1].ID; a != b {
		t.Errorf("an ID that is left out is %q and %q, want the same", a, b)
	}
}

func TestADirectoryAllowsEveryAddress(t *testing.T) {
	if _, err := load(t, "listen: 0.0.0.0:8080\n"+inSection(directory(t)), nil); err != nil {
		t.Errorf("Load: %v", err)
	}
}

func TestPrintHidesSecrets(t *testing.T) {
	c, err := load(t, inSection(directory(t)), nil)
	if err != nil {
		t.Fatal(err)
	}
	printed := print(t, c)
	for _, secret := range []string{"top-secret", "$2a$"} {
		if strings.Contains(printed, secret) {
			t.Errorf("%q is printed:\n%s", secret, printed)
		}
	}
	for _, want := range []string{"# lts.yaml:2\ndirectory:", "password_hash: (hidden)", "secret: (hidden)", "name: alice", "suspended: true"} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not printed:\n%s", want, printed)
		}
	}
}

func TestMistakesInADirectory(t *testing.T) {
	const secret = "top-secret"
	for _, tt := range []struct{ name, directory, want string }{
		{"no users", "domains: [{name: acme}]", "there are no users"},
		{"a hash that is none", "domains: [{name: acme, users: [{name: alice, password_hash: top-secret}]}]", `user "alice": password_hash is not a bcrypt hash; make one with: lts hash-password`},
		{"a project that is not there", "domains: [{name: acme, users: [{name: alice, access_keys: [{id: AK, secret: top-secret, project: prod}]}]}]", `access key "AK": there is no project "prod"`},
		{"a project without an ID", "domains: [{name: acme, projects: [{name: prod}], users: [{name: alice}]}]", `project ID "" is empty or taken`},
		{"a list that is a text", "domains: [{name: acme, users: [{name: alice, suspended: top-secret}]}]", "a value has the wrong type in line 1"},
		{"an unknown key", "domains: [{name: acme, users: [{name: alice, pasword_hash: top-secret}]}]", "domains.users.pasword_hash: unknown key; did you mean password_hash?"},
		{"nothing", "\n", "the directory is empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			writeFile(t, "who.yaml", tt.directory)
			_, err := load(t, "", nil, "--directory-file", "who.yaml")
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "who.yaml") {
				t.Errorf("Load gives %v, want who.yaml and %q in it", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestTwoDirectoriesAreOneTooMany(t *testing.T) {
	_, err := load(t, inSection(directory(t)), nil, "--directory-file", "who.yaml")
	if want := "--directory-file: directory_file: there is a directory already, at lts.yaml:2"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("Load gives %v, want %q in it", err, want)
	}
}

// writeFile writes a file into a new working directory.
func writeFile(t *testing.T, name, text string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

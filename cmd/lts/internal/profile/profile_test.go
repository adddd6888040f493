package profile_test

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
)

// newHome gives a user without profiles and variables.
func newHome(t *testing.T) (folder string) {
	t.Helper()
	folder = t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", folder)
	for _, name := range []string{
		"LTS_ENDPOINT", "LTS_PROFILE", "LTS_PROFILES", "LTS_PASSWORD", "LTS_SECRET_KEY", "LTS_PROJECT_ID", "LTS_TOKEN", "LTS_CA_FILE", "OS_TOKEN", "OS_PROJECT_ID",
	} {
		t.Setenv(name, "")
	}
	return folder
}

// newServer takes note of the project that is asked for.
func newServer(t *testing.T) (url string, asked *string) {
	t.Helper()
	asked = new(string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasPrefix(r.URL.Path, "/v3/") {
			w.Header().Set("X-Subject-Token", "token")
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(`{"token": {"expires_at": "2999-01-01T00:00:00.000000Z"}}`))
			return
		}
		*asked = strings.Split(r.URL.Path, "/")[2]
		_, _ = w.Write([]byte(`{"log_groups": []}`))
	}))
	t.Cleanup(s.Close)
	return s.URL, asked
}

func save(t *testing.T, current string, profiles map[string]profile.Profile) {
	t.Helper()
	file, err := profile.Load()
	if err != nil {
		t.Fatal(err)
	}
	file.Current, file.Profiles = current, profiles
	if err := file.Save(); err != nil {
		t.Fatal(err)
	}
}

func TestAConnectionComesFromTheFirstPlaceThatThereIs(t *testing.T) {
	url, asked := newServer(t)
	of := func(project string) profile.Profile {
		return profile.Profile{Endpoint: url, ProjectID: project, Domain: "d", User: "u", Password: "p"}
	}
	environment := map[string]string{"LTS_ENDPOINT": url, "LTS_PROJECT_ID": "environment", "LTS_TOKEN": "t"}
	tests := map[string]struct {
		flag      string
		variables map[string]string
		current   string
		want      string // project
	}{
		"flag before everything":          {"flag", with(environment, "LTS_PROFILE", "variable"), "current", "flag"},
		"environment before its profile":  {"", with(environment, "LTS_PROFILE", "variable"), "current", "environment"},
		"variable before the current one": {"", map[string]string{"LTS_PROFILE": "variable"}, "current", "variable"},
		"current profile":                 {"", nil, "current", "current"},
		"names of other programs":         {"", map[string]string{"LTS_ENDPOINT": url, "OS_PROJECT_ID": "environment", "OS_TOKEN": "t"}, "current", "environment"},
		"no credentials without an endpoint": {
			"", map[string]string{"LTS_PROJECT_ID": "environment", "LTS_TOKEN": "t", "OS_TOKEN": "t"}, "current", "current",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			newHome(t)
			save(t, tt.current, map[string]profile.Profile{"flag": of("flag"), "variable": of("variable"), "current": of("current")})
			for variable, value := range tt.variables {
				t.Setenv(variable, value)
			}
			c, err := profile.Connect(tt.flag)
			if err != nil {
				t.Fatalf("Connect(%q): %v", tt.flag, err)
			}
			if _, err := c.Groups.List(t.Context()); err != nil || *asked != tt.want {
				t.Errorf("Connect(%q) asks for project %q (%v), want %q", tt.flag, *asked, err, tt.want)
			}
		})
	}
}

func with(variables map[string]string, name, value string) map[string]string {
	more := map[string]string{name: value}
	maps.Copy(more, variables)
	return more
}

func TestNoConnection(t *testing.T) {
	incomplete := profile.Profile{Endpoint: "http://127.0.0.1:1", ProjectID: "p", Domain: "d", User: "u"}
	key := profile.Profile{Endpoint: "http://127.0.0.1:1", ProjectID: "p", AccessKey: "k"}
	tests := map[string]struct {
		flag string
		want string
	}{
		"nothing is said":    {"", profile.ErrNone.Error()},
		"profile is missing": {"incomplet", `there is no profile "incomplet" in FILE; did you mean incomplete?`},
		"no password":        {"incomplete", "profile incomplete: the profile has no password: set LTS_PASSWORD"},
		"no secret key":      {"key", "profile key: the profile has no secret key: set LTS_SECRET_KEY"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			folder := newHome(t)
			save(t, "", map[string]profile.Profile{"incomplete": incomplete, "key": key})
			_, err := profile.Connect(tt.flag)
			want := strings.ReplaceAll(tt.want, "FILE", filepath.Join(folder, "lts", "profiles.yaml"))
			if err == nil || err.Error() != want {
				t.Errorf("Connect(%q): %v, want %s", tt.flag, err, want)
			}
		})
	}
}

// A profile without a secret takes that of the environment, one with its own does
// not.
func TestSecretsOfTheEnvironment(t *testing.T) {
	newHome(t)
	t.Setenv("LTS_PASSWORD", "of the environment")
	var sent string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, 1<<10)
		n, _ := r.Body.Read(body)
		sent = string(body[:n])
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer s.Close()
	for own, want := range map[string]string{"": "of the environment", "of the profile": "of the profile"} {
		p := profile.Profile{Endpoint: s.URL, ProjectID: "p", Domain: "d", User: "u", Password: own}
		c, err := p.Client(client.WithRetry(client.RetryPolicy{Attempts: 1}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Groups.List(context.Background()); err == nil || !strings.Contains(sent, `"`+want+`"`) {
			t.Errorf("with the password %q of its own the profile sends %s, want %q", own, sent, want)
		}
	}
}

func TestDevIsThereWithoutAFile(t *testing.T) {
	newHome(t)
	if _, err := profile.Connect(profile.Dev); err != nil {
		t.Errorf("Connect(%q) without a file: %v, want a client", profile.Dev, err)
	}
}

func TestPath(t *testing.T) {
	folder := newHome(t)
	for _, tt := range []struct{ variable, value, want string }{
		{"LTS_PROFILES", "/elsewhere/p.yaml", "/elsewhere/p.yaml"},
		{"LTS_PROFILES", "", filepath.Join(folder, "lts", "profiles.yaml")},
	} {
		t.Setenv(tt.variable, tt.value)
		if got, err := profile.Path(); err != nil || got != tt.want {
			t.Errorf("Path with %s=%q: %q, %v; want %q", tt.variable, tt.value, got, err, tt.want)
		}
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	const good = "profiles:\n  a: {endpoint: http://127.0.0.1:1, project_id: p}\n"
	tests := map[string]struct {
		text string
		mode os.FileMode
		want string // part of the message; empty: it is read
	}{
		"good":                      {good, 0o600, ""},
		"only for reading":          {good, 0o400, ""},
		"empty":                     {"", 0o600, ""},
		"the group can read it":     {good, 0o640, "mode 0640"},
		"others can read it":        {good, 0o604, "mode 0604"},
		"the group can write to it": {good, 0o620, "mode 0620"},
		"unknown key":               {"profiles:\n  a: {endpiont: x}\n", 0o600, "endpiont"},
		"not YAML":                  {"{", 0o600, "profiles.yaml"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(newHome(t), "lts", "profiles.yaml")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(path, tt.mode); err != nil {
				t.Fatal(err)
			}
			_, err := profile.Load()
			if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load: %v, want %q in it", err, tt.want)
			}
		})
	}
}

func TestSaveLeavesNothingBehind(t *testing.T) {
	folder := filepath.Join(newHome(t), "lts")
	save(t, "a", map[string]profile.Profile{"a": {Endpoint: "x"}})
	save(t, "b", map[string]profile.Profile{"b": {Endpoint: "y"}})
	files, err := os.ReadDir(folder)
	if err != nil || len(files) != 1 || files[0].Name() != "profiles.yaml" {
		t.Errorf("files in %s: %v, %v; want profiles.yaml alone", folder, files, err)
	}
	for path, want := range map[string]os.FileMode{folder: 0o700, filepath.Join(folder, "profiles.yaml"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %04o", path, info, err, want)
		}
	}
	if _, err := profile.Connect("a"); err == nil || errors.Is(err, profile.ErrNone) {
		t.Errorf("Connect to a profile that was replaced: %v, want that there is none", err)
	}
}

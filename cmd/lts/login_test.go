package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/ltskit/ltskit/cmd/lts/internal/profile"
	"github.com/ltskit/ltskit/server/embedded"
)

func TestLogin(t *testing.T) {
	s := start(t)
	asDev := profile.Development(s.url)
	byKey := profile.Profile{Endpoint: s.url, ProjectID: embedded.DevProjectID, AccessKey: embedded.DevAccessKey, SecretKey: embedded.DevSecretKey}
	other, forgotten := asDev, asDev
	other.ProjectID = embedded.OtherProjectID
	forgotten.Password = ""
	user := []string{"login", "--endpoint", s.url, "--domain", "dev", "--user", "dev"}
	tests := map[string]struct {
		variable string // NAME=VALUE
		input    string
		args     []string
		profile  string
		want     profile.Profile
	}{
		"development":              {"", "", []string{"login", "--dev", "--endpoint", s.url}, "dev", asDev},
		"password from a variable": {"LTS_PASSWORD=dev", "", append(user, "--project", "dev"), "default", asDev},
		"password from the input":  {"", "dev\n", append(user, "--project", "dev", "--password-stdin"), "default", asDev},
		"project by ID":            {"LTS_PASSWORD=dev", "", append(user, "--project-id", embedded.OtherProjectID), "default", other},
		"another project by name":  {"LTS_PASSWORD=dev", "", append(user, "--project", "other"), "default", other},
		"under a name":             {"LTS_PASSWORD=dev", "", append(user, "--project", "dev", "--profile", "mine"), "mine", asDev},
		"secret that is not kept":  {"LTS_PASSWORD=dev", "", append(user, "--project", "dev", "--forget-secret"), "default", forgotten},
		"access key":               {"LTS_SECRET_KEY=" + embedded.DevSecretKey, "", []string{"login", "--endpoint", s.url, "--access-key", embedded.DevAccessKey, "--project-id", embedded.DevProjectID}, "default", byKey},
		"identity service of its own": {"LTS_PASSWORD=dev", "", append(user, "--project", "dev", "--iam-endpoint", s.url, "--ga-endpoint", s.url), "default", func() profile.Profile {
			p := asDev
			p.IAMEndpoint, p.GAEndpoint = s.url, s.url
			return p
		}()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := newHome(t)
			if variable, value, ok := strings.Cut(tt.variable, "="); ok {
				t.Setenv(variable, value)
			}
			if got := runInput(t.Context(), strings.NewReader(tt.input), tt.args...); got != (result{}) {
				t.Fatalf("lts %q: %+v, want success without a word", tt.args, got)
			}
			want := &profile.File{Current: tt.profile, Profiles: map[string]profile.Profile{tt.profile: tt.want}}
			if diff := cmp.Diff(want, profilesIn(t), cmpopts.IgnoreUnexported(profile.File{})); diff != "" {
				t.Errorf("the profiles (-want +got):\n%s", diff)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%s: %v, %v; want a file with mode 0600", path, info, err)
			}
			mustRun(t, "groups", "list") // by the profile
		})
	}
}

func TestLoginOnATerminal(t *testing.T) {
	s := start(t)
	newHome(t)
	dialog := [][2]string{
		{"Endpoint, such as https://lts.example.com: ", s.url}, {"Domain: ", "dev"}, {"User: ", "dev"}, {"Password: ", "dev"},
	}
	status, shown := newConsole(t).run(t, dialog, "login", "--project", "dev")
	want := "Endpoint, such as https://lts.example.com: " + s.url + "\nDomain: dev\nUser: dev\nPassword: \n" +
		"logged in to " + s.url + "; profile default is the current one, kept in " + profilesIn(t).Path() + "\n"
	if status != 0 || shown != want {
		t.Errorf("lts login on a terminal: %d, %q; want %q, without the password", status, shown, want)
	}
	if got := profilesIn(t).Profiles["default"].Password; got != "dev" {
		t.Errorf("the password that is kept: %q, want the one that was typed", got)
	}
}

func TestLoginAsksWhichProject(t *testing.T) {
	s := start(t)
	newHome(t)
	t.Setenv("LTS_PASSWORD", "dev")
	dialog := [][2]string{{"Project, one of dev, other: ", "other"}}
	status, shown := newConsole(t).run(t, dialog, "login", "--endpoint", s.url, "--domain", "dev", "--user", "dev")
	if got := profilesIn(t).Profiles["default"].ProjectID; status != 0 || got != embedded.OtherProjectID {
		t.Errorf("lts login: %d, project %q, %q; want %q", status, got, shown, embedded.OtherProjectID)
	}
}

func TestLoginRefusesAnEndpointBeforeItAsksMore(t *testing.T) {
	newHome(t)
	dialog := [][2]string{{"Endpoint", "127.0.0.1:8080"}}
	status, shown := newConsole(t).run(t, dialog, "login")
	if status != exitBroken || !strings.Contains(shown, "want an address such as https://") || strings.Contains(shown, "Domain") {
		t.Errorf("lts login: %d, %q; want %d, an example of an address, and no more questions", status, shown, exitBroken)
	}
}

func TestLoginThatFails(t *testing.T) {
	s := start(t)
	user := []string{"login", "--endpoint", s.url, "--domain", "dev", "--user", "dev"}
	tests := map[string]struct {
		variable string
		refusal
	}{
		"wrong password": {"LTS_PASSWORD=wrong", refusal{
			user, exitBroken,
			"lts: the service does not know this user with this password, or not in this domain: CreateToken: 401: The username or password is wrong. (request ID)\n",
		}},
		"wrong password, project by ID": {"LTS_PASSWORD=wrong", refusal{
			append(user, "--project-id", embedded.DevProjectID), exitBroken,
			"lts: the service does not know this user with this password, or not in this domain: ListLogGroups: no credentials: CreateToken: 401: The username or password is wrong. (request ID)\n",
		}},
		"several projects": {"LTS_PASSWORD=dev", refusal{user, exitBroken, "lts: --project is missing: the user may use dev, other\n"}},
		"misspelt project": {"LTS_PASSWORD=dev", refusal{
			append(user, "--project", "othr"), exitBroken,
			"lts: --project: the user may use no project \"othr\", only dev, other; did you mean other?\n",
		}},
		"no password":    {"LTS_PASSWORD=", refusal{user, exitBroken, "lts: LTS_PASSWORD is not set, and there is no terminal to ask on\n"}},
		"empty password": {"LTS_PASSWORD=", refusal{append(user, "--password-stdin"), exitBroken, "lts: --password-stdin: the standard input has no password\n"}},
		"no endpoint":    {"LTS_PASSWORD=dev", refusal{[]string{"login"}, exitBroken, "lts: --endpoint is missing\n"}},
		"no user":        {"LTS_PASSWORD=dev", refusal{[]string{"login", "--endpoint", s.url, "--domain", "dev"}, exitBroken, "lts: --user is missing\n"}},
		"user and development": {"LTS_PASSWORD=dev", refusal{
			[]string{"login", "--dev", "--user", "a"}, exitBroken,
			"lts: --dev and --user exclude each other\n",
		}},
		"no address": {"LTS_PASSWORD=dev", refusal{
			[]string{"login", "--endpoint", "lts.example.com", "--domain", "dev", "--user", "dev", "--project", "dev"}, exitBroken,
			"lts: endpoint \"lts.example.com\": want an address such as https://lts.region.example.com\n",
		}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			path := newHome(t)
			variable, value, _ := strings.Cut(tt.variable, "=")
			t.Setenv(variable, value)
			got := runInput(t.Context(), strings.NewReader(""), tt.args...)
			if got.status != tt.status || masked(got.stderr) != tt.want {
				t.Errorf("lts %q: %d, %q; want %d, %q", tt.args, got.status, masked(got.stderr), tt.status, tt.want)
			}
			if _, err := os.Stat(path); !os.IsNotExist(err) {
				t.Errorf("%s: %v, want no file after a failure", path, err)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	newHome(t)
	s := start(t)
	s.stop(t, 0)
	got := runIt(t, "login", "--dev", "--endpoint", s.url)
	want := "lts: cannot reach " + s.address() + ": connect: connection refused; nothing listens there; lts serve starts a server of your own\n"
	if got.status != exitBroken || got.stderr != want {
		t.Errorf("lts login where nobody listens: %d, %q; want %q", got.status, got.stderr, want)
	}
}

func TestServeSaysHowToGoOn(t *testing.T) {
	var stdout, stderr buffer
	ended := make(chan int, 1)
	ctx, stop := testContext(t)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--data", t.TempDir()}, &stdout, &stderr)
	}()
	waitFor(t, &stdout, "go on with     lts login --dev --endpoint http://127.0.0.1:")
	stop()
	<-ended
	if got, want := devLogin(profile.DevEndpoint), "lts login --dev"; got != want {
		t.Errorf("the login to the default address: %q, want %q", got, want)
	}
}

func TestProfiles(t *testing.T) {
	s := start(t)
	newHome(t)
	var log strings.Builder
	for _, args := range [][]string{
		{"profiles", "list"},
		{"login", "--dev", "--endpoint", s.url},
		{"login", "--dev", "--endpoint", s.url, "--profile", "second"},
		{"profiles", "list"},
		{"profiles", "use", "dev"},
		{"profiles", "ls", "-o", "json"},
		{"groups", "create", "web", "--profile", "second", "-o", "jsonl"},
		{"profiles", "delete", "dev", "second", "--yes"},
		{"profiles", "list", "-o", "raw"},
	} {
		log.WriteString("$ lts " + strings.Join(args, " ") + "\n" + mustRun(t, args...))
	}
	wantGolden(t, "profiles.txt", log.String())
}

func TestProfilesThatFail(t *testing.T) {
	path := newHome(t)
	tests := map[string]refusal{
		"none":         {[]string{"groups", "list"}, exitBroken, "lts: no service is chosen; log in with lts login, or lts login --dev for the server that lts serve runs\n"},
		"misspelt":     {[]string{"groups", "list", "--profile", "devv"}, exitBroken, "lts: there is no profile \"devv\" in " + path + "; did you mean dev?\n"},
		"use of none":  {[]string{"profiles", "use", "prod"}, exitBroken, "lts: there is no profile \"prod\" in " + path + "\n"},
		"built in":     {[]string{"profiles", "delete", "dev"}, exitBroken, "lts: profile dev is built in and cannot be deleted\n"},
		"unknown verb": {[]string{"profiles", "lsit"}, exitBroken, "lts: unknown command \"lsit\" for \"lts profiles\"; did you mean list?\n"},
	}
	for name, tt := range tests {
		t.Run(name, tt.check)
	}
}

func TestProfilesThatOthersCanReadAreRefused(t *testing.T) {
	path := newHome(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("profiles: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"groups", "list"}, {"login", "--dev"}, {"profiles", "list"}} {
			got := runIt(t, args...)
			if got.status != exitBroken || !strings.HasSuffix(got.stderr, "make it yours alone: chmod 600 "+path+"\n") {
				t.Errorf("lts %q with profiles of mode %04o: %d, %q; want a refusal", args, mode, got.status, got.stderr)
			}
		}
	}
}

// A certificate that the server has signed itself is trusted once it is named: by
// the flag, by the variable, or by the profile that was kept with it.
func TestACertificateThatSignsItself(t *testing.T) {
	s := start(t, "--tls-self-signed")
	newHome(t)
	certificate := filepath.Join(s.data, "tls", "cert.pem")
	login := []string{"login", "--dev", "--endpoint", s.url}

	got := runIt(t, login...)
	if want := "--ca-file names its certificate"; got.status != exitBroken || !strings.Contains(got.stderr, want) {
		t.Errorf("lts %q: %d, %q; want a hint with %q", login, got.status, got.stderr, want)
	}
	mustRun(t, append(login, "--ca-file", certificate)...)
	mustRun(t, "groups", "list") // by the profile
	if kept := profilesIn(t).Profiles["dev"].CAFile; kept != certificate {
		t.Errorf("the profile keeps the certificate %q, want %s", kept, certificate)
	}

	newHome(t)
	t.Setenv("LTS_CA_FILE", certificate)
	mustRun(t, login...)
	mustRun(t, "groups", "list")
	if kept := profilesIn(t).Profiles["dev"].CAFile; kept != "" {
		t.Errorf("the profile keeps the certificate %q of the variable, want none", kept)
	}
	t.Setenv("LTS_CA_FILE", "")
	mustRun(t, "groups", "list", "--ca-file", certificate)
	if want := devLogin(s.url) + " --ca-file " + certificate; !strings.Contains(s.greeting(), want) {
		t.Errorf("the server greets with\n%s\nwant %q in it", s.greeting(), want)
	}
}

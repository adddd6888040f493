package config_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/server/config"
)

func TestFlagsWinOverVariablesOverTheFileOverDefaults(t *testing.T) {
	const file = "region: from-file\n"
	for _, tt := range []struct {
		name    string
		args    []string
		environ []string
		file    string
		want    string
	}{
		{"nothing", nil, nil, "", "dev"},
		{"a file", nil, nil, file, "from-file"},
		{"a file that does not say", nil, nil, "data: x\n", "dev"},
		{"a file with an empty value", nil, nil, "region:\n", "dev"},
		{"a variable", nil, []string{"LTS_REGION=from-env"}, "", "from-env"},
		{"a variable and a file", nil, []string{"LTS_REGION=from-env"}, file, "from-env"},
		{"an empty variable and a file", nil, []string{"LTS_REGION="}, file, "from-file"},
		{"all", []string{"--region", "from-flag"}, []string{"LTS_REGION=from-env"}, file, "from-flag"},
		{"a flag with the default", []string{"--region=dev"}, []string{"LTS_REGION=from-env"}, file, "dev"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, tt.file, tt.environ, tt.args...)
			if err != nil {
				t.Fatalf("Load: %v", err)
			}
			if c.Region != tt.want {
				t.Errorf("region %q, want %q", c.Region, tt.want)
			}
		})
	}
}

func TestEveryFormOfAKeyReachesItsField(t *testing.T) {
	const file = `
log: {level: debug, format: json}
quotas: {groups: 7}
limits: {max_window: 90d, max_body: 1MiB}
rate_limit: {requests: 2.5, burst: 10}
timeouts: {shutdown: 1m30s}
validate_responses: true
`
	c, err := load(t, file, []string{"LTS_TIMEOUTS_HEADERS=3s", "LTS_FAULTS=true"}, "--quotas-streams", "9", "--tls-self-signed")
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"log.level", c.Log.Level, slog.LevelDebug},
		{"log.format", c.Log.Format, "json"},
		{"quotas.groups", c.Quotas.Groups, 7},
		{"quotas.streams", c.Quotas.Streams, 9},
		{"limits.max_window", c.Limits.MaxWindow, 90 * 24 * time.Hour},
		{"limits.max_body", c.Limits.MaxBody, int64(1 << 20)},
		{"rate_limit.requests", c.RateLimit.Requests, 2.5},
		{"rate_limit.burst", c.RateLimit.Burst, 10},
		{"timeouts.headers", c.Timeouts.Headers, 3 * time.Second},
		{"timeouts.shutdown", c.Timeouts.Shutdown, 90 * time.Second},
		{"faults", c.Faults, true},
		{"validate_responses", c.ValidateResponses, true},
		{"tls.self_signed", c.TLS.SelfSigned, true},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	for _, tt := range []struct {
		name    string
		file    string
		environ []string
		args    []string
		want    []string // parts of the error
	}{
		{"an unknown key", "data: x\nlistn: y\n", nil, nil, []string{"lts.yaml:2: listn: unknown key; did you mean listen?"}},
		{"an unknown key without a near one", "colour: red\n", nil, nil, []string{"lts.yaml:1: colour: unknown key\n"}},
		{"an unknown key in a section", "log:\n  levle: info\n", nil, nil, []string{"lts.yaml:2: log.levle: unknown key; did you mean level?"}},
		{"an unknown key in a list", "directory:\n  domains:\n    - nam: x\n", nil, nil, []string{"lts.yaml:3: directory.domains.nam: unknown key; did you mean name?"}},
		{"several", "listn: y\nlog:\n  levle: info\n", nil, nil, []string{"lts.yaml:1: listn: unknown key", "lts.yaml:3: log.levle: unknown key"}},
		{"a key twice", "data: x\ndata: y\n", nil, nil, []string{"lts.yaml:2: data: the key stands twice"}},
		{"a section that is a value", "log: debug\n", nil, nil, []string{"lts.yaml:1: log: must be a section with the keys format, level"}},
		{"a value that is a section", "data:\n  folder: x\n", nil, nil, []string{"lts.yaml:2: data: must be a single value"}},
		{"a list", "- data\n", nil, nil, []string{"lts.yaml:1: the file: must be a section"}},
		{"two documents", "data: x\n---\ndata: y\n", nil, nil, []string{"lts.yaml: there must be one YAML document"}},
		{"not YAML", "data: [\n", nil, nil, []string{"lts.yaml: yaml: line"}},
		{"a number", "quotas:\n  groups: many\n", nil, nil, []string{`lts.yaml:2: quotas.groups: "many" is not a number of at least 1`}},
		{"a quota of nothing", "quotas:\n  groups: 0\n", nil, nil, []string{`lts.yaml:2: quotas.groups: "0" is not a number of at least 1`}},
		{"a duration", "", []string{"LTS_TIMEOUTS_IDLE=soon"}, nil, []string{`LTS_TIMEOUTS_IDLE: timeouts.idle: "soon" is not a duration such as 90s`}},
		{"a negative duration", "", []string{"LTS_TIMEOUTS_IDLE=-1s"}, nil, []string{`"-1s" is not a duration`}},
		{"a size", "limits: {max_body: 9000000000GiB}\n", nil, nil, []string{`"9000000000GiB" is not a size such as 512KiB`}},
		{"a switch", "faults: maybe\n", nil, nil, []string{`lts.yaml:1: faults: "maybe" is not true or false`}},
		{"an edition", "edition: 2024-30\n", nil, nil, []string{`"2024-30" is not one of 2022-08, 2024-03, latest; did you mean 2024-03?`}},
		{"a level", "", []string{"LTS_LOG_LEVEL=loud"}, nil, []string{`LTS_LOG_LEVEL: log.level: "loud" is not one of debug`}},
		{"an address", "", nil, []string{"--listen", "8080"}, []string{`--listen: listen: "8080" is not an address such as 127.0.0.1:8080`}},
		{"development credentials for everybody", "", []string{"LTS_LISTEN=0.0.0.0:8080"}, nil,
			[]string{"LTS_LISTEN: listen: without a directory the development credentials hold"}},
		{"a certificate without a key", "tls: {cert_file: a.pem}\n", nil, nil, []string{"lts.yaml:1: tls.cert_file: a certificate needs tls.key_file too"}},
		{"a key without a certificate", "", nil, []string{"--tls-key-file", "a.pem"}, []string{"--tls-key-file: tls.key_file: a key needs tls.cert_file too"}},
		{"two certificates", "tls: {cert_file: a, key_file: b, self_signed: true}\n", nil, nil, []string{"lts.yaml:1: tls.self_signed: there is a certificate already"}},
		{"a public URL without a scheme", "public_url: logs.example.com\n", nil, nil, []string{`lts.yaml:1: public_url: "logs.example.com" is not a URL such as https://logs.example.com`}},
		{"a short key of tokens", "", []string{"LTS_TOKEN_KEY=" + strings.Repeat("x", 31)}, nil, []string{"LTS_TOKEN_KEY: token_key: must have at least 32 bytes"}},
		{"a public URL with a password", "public_url: https://user:top-secret@logs.example.com\n", nil, nil, []string{`public_url: "https://(hidden)@logs.example.com" must be a base URL`}},
		{"a public URL that goes on", "public_url: https://logs.example.com/\n", nil, nil, []string{"must be a base URL: without a slash at its end"}},
		{"no time at all", "timeouts: {headers: 0s}\n", nil, nil, []string{"lts.yaml:1: timeouts.headers: must be more than 0"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.environ, tt.args...)
			if err == nil {
				t.Fatalf("Load gives no error, want %q", tt.want)
			}
			for _, want := range tt.want {
				if !strings.Contains(err.Error()+"\n", want) {
					t.Errorf("Load gives\n%v\nwant %q in it", err, want)
				}
			}
		})
	}
}

// Flags come before variables before the lines of files.
func TestSeveralMistakesAreListedByPlace(t *testing.T) {
	for _, tt := range []struct {
		name    string
		file    string
		environ []string
		args    []string
		want    string
	}{
		{
			"values that are wrong by themselves",
			"quotas:\n  groups: 0\n  strems: 1\nfaults: maybe\nedition: 2024-30\n",
			[]string{"LTS_TIMEOUTS_IDLE=soon", "LTS_LOG_LEVEL=loud"},
			nil,
			"configuration: 6 mistakes\n" +
				"  LTS_LOG_LEVEL: log.level: \"loud\" is not one of debug, info, warn, error\n" +
				"  LTS_TIMEOUTS_IDLE: timeouts.idle: \"soon\" is not a duration such as 90s, 5m, 1h30m or 30d\n" +
				"  lts.yaml:2: quotas.groups: \"0\" is not a number of at least 1\n" +
				"  lts.yaml:3: quotas.strems: unknown key; did you mean streams?\n" +
				"  lts.yaml:4: faults: \"maybe\" is not true or false\n" +
				"  lts.yaml:5: edition: \"2024-30\" is not one of 2022-08, 2024-03, latest; did you mean 2024-03?",
		},
		{
			"values that do not fit together",
			"limits: {max_window: 0s}\ntimeouts:\n  request: 0s\n  headers: 0s\n",
			[]string{"LTS_TIMEOUTS_IDLE=0s", "LTS_TLS_KEY_FILE=k.pem"},
			[]string{"--transfers-interval=0s", "--listen=8080"},
			"configuration: 7 mistakes\n" +
				"  --listen: listen: \"8080\" is not an address such as 127.0.0.1:8080\n" +
				"  --transfers-interval: transfers.interval: must be more than 0\n" +
				"  LTS_TIMEOUTS_IDLE: timeouts.idle: must be more than 0\n" +
				"  LTS_TLS_KEY_FILE: tls.key_file: a key needs tls.cert_file too\n" +
				"  lts.yaml:1: limits.max_window: must be more than 0\n" +
				"  lts.yaml:3: timeouts.request: must be more than 0\n" +
				"  lts.yaml:4: timeouts.headers: must be more than 0",
		},
		{
			"a directory",
			"directory:\n  domains:\n    - name: acme\n      projects: [{name: prod}]\n      users: [{name: alice, access_keys: [{id: AK}]}]\n",
			nil, nil,
			"configuration: 3 mistakes\n" +
				"  lts.yaml:2: directory: access key \"AK\": the secret is empty\n" +
				"  lts.yaml:2: directory: project \"prod\": the ID \"\" must have 32 characters\n" +
				"  lts.yaml:2: directory: project ID \"\" is empty or taken",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.environ, tt.args...)
			if err == nil {
				t.Fatal("Load gives no error")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("the error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAFileThatIsNotThereIsAnError(t *testing.T) {
	err := config.New(newFlags()).Load(config.Source{File: filepath.Join(t.TempDir(), "missing.yaml")})
	if err == nil || !strings.Contains(err.Error(), "missing.yaml") {
		t.Errorf("Load gives %v, want an error that names the file", err)
	}
	_, err = load(t, "", nil, "--directory-file", "missing.yaml")
	if want := "configuration: --directory-file: directory_file: open missing.yaml: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Load without the file of the directory gives %v, want %q at its beginning", err, want)
	}
}

func TestMisspeltVariablesAreWarnedOfAndNotShown(t *testing.T) {
	got := config.New(newFlags()).Misspelt([]string{"LTS_LISTN=secret", "LTS_LISTEN=x", "LTS_PASSWORD=y", "OTHER_LISTN=z"})
	want := []string{"the variable LTS_LISTN is not a setting; did you mean LTS_LISTEN?"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestWhatIsPrintedCanBeLoadedAgain(t *testing.T) {
	first, err := load(t, "limits: {max_window: 36h}\nregion: 'true'\n", []string{"LTS_DATA=./other"}, "--quotas-groups=5")
	if err != nil {
		t.Fatal(err)
	}
	printed := print(t, first)
	for _, want := range []string{
		"listen: 127.0.0.1:8080 # default\n",
		"data: ./other # LTS_DATA\n",
		"region: \"true\" # lts.yaml:2\n",
		"quotas:\n  groups: 5 # --quotas-groups\n  streams: 100 # default\n",
		"  max_window: 36h # lts.yaml:1\n  max_body: 64MiB # default\n",
		"# no directory: the public development credentials hold\n",
	} {
		if !strings.Contains(printed, want) {
			t.Errorf("%q is not printed:\n%s", want, printed)
		}
	}
	second, err := load(t, printed, nil)
	if err != nil {
		t.Fatalf("Load of what is printed: %v\n%s", err, printed)
	}
	if diff := cmp.Diff(withoutComments(printed), withoutComments(print(t, second))); diff != "" {
		t.Errorf("what is printed then (-first +second):\n%s", diff)
	}
}

func withoutComments(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		before, _, _ := strings.Cut(line, " #")
		lines = append(lines, strings.TrimSpace(before))
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

func print(t *testing.T, c *config.Config) string {
	t.Helper()
	var text strings.Builder
	if err := c.Print(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// load reads a configuration. The file is called lts.yaml, in the working
// directory of the test.
func load(t *testing.T, file string, environ []string, args ...string) (*config.Config, error) {
	t.Helper()
	flags := newFlags()
	c := config.New(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	source := config.Source{Environ: environ}
	if file != "" {
		t.Chdir(t.TempDir())
		source.File = "lts.yaml"
		if err := os.WriteFile(source.File, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c, c.Load(source)
}

func newFlags() *pflag.FlagSet { return pflag.NewFlagSet("serve", pflag.ContinueOnError) }

package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi/suggest"
)

// A Source is where settings come from besides the flags.
type Source struct {
	File    string   // name of the YAML file; empty: none
	Environ []string // in the form of [os.Environ]
}

// Load gives every setting that no flag has set the value of its variable or,
// without one, that of the file. The error lists what is wrong by place: first
// what is wrong by itself and, once nothing is, what does not fit together.
func (c *Config) Load(source Source) error {
	if source.File != "" {
		var err error
		if c.file, err = readFile(source.File); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	environment := variables(source.Environ)
	var wrong problems
	for _, s := range c.settings {
		c.apply(&wrong, s, environment)
	}
	if c.file != nil {
		c.checkFile()
		wrong = append(wrong, c.file.problems...)
	}
	if err := wrong.err(); err != nil {
		return err
	}
	if err := c.readDirectoryFile(); err != nil {
		return err
	}
	return c.check()
}

// apply sets one setting, unless its flag has.
func (c *Config) apply(wrong *problems, s *setting, environment map[string]string) {
	if s.flag.Changed {
		s.origin = place{name: "--" + s.flag.Name}
		return
	}
	if text, ok := environment[variable(s.key)]; ok {
		s.set(wrong, text, place{name: variable(s.key)})
		return
	}
	if c.file == nil {
		return
	}
	node := c.file.find(strings.Split(s.key, ".")...)
	switch {
	case node == nil:
	case node.Kind != yaml.ScalarNode:
		wrong.report(c.file.at(node), "%s: must be a single value", s.key)
	default:
		s.set(wrong, node.Value, c.file.at(node))
	}
}

func (s *setting) set(wrong *problems, text string, origin place) {
	if err := s.flag.Value.Set(text); err != nil {
		wrong.report(origin, "%s: %v", s.key, err)
		return
	}
	s.origin = origin
}

// variables are those of the environment that begin with our prefix. An empty
// one counts as not set.
func variables(environ []string) map[string]string {
	ours := make(map[string]string)
	for _, line := range environ {
		name, text, _ := strings.Cut(line, "=")
		if strings.HasPrefix(name, EnvironmentPrefix) && text != "" {
			ours[name] = text
		}
	}
	return ours
}

// Misspelt lists warnings about variables that look like one of ours and are
// not. Others with our prefix belong to other programs, or other commands.
func (c *Config) Misspelt(environ []string) []string {
	var names []string
	for _, s := range c.settings {
		names = append(names, variable(s.key))
	}
	var warnings []string
	for name := range variables(environ) {
		if slices.Contains(names, name) {
			continue
		}
		if meant := suggest.Nearest(name[len(EnvironmentPrefix):], withoutPrefix(names)); meant != "" {
			warnings = append(warnings, "the variable "+name+" is not a setting; did you mean "+EnvironmentPrefix+meant+"?")
		}
	}
	slices.Sort(warnings)
	return warnings
}

func withoutPrefix(names []string) []string {
	short := make([]string, len(names))
	for i, name := range names {
		short[i] = strings.TrimPrefix(name, EnvironmentPrefix)
	}
	return short
}

// checkFile reports unknown keys, and reads the directory.
func (c *Config) checkFile() {
	known := make(shape)
	for _, s := range c.settings {
		known.put(strings.Split(s.key, "."), nil)
	}
	known[directoryKey] = directoryShape
	if c.file.root != nil {
		c.file.check(c.file.root, known, "")
	}
	if len(c.file.problems) > 0 {
		return
	}
	if node := c.file.find(directoryKey); node != nil {
		c.Directory, c.directoryAt = c.file.directory(node), c.file.at(node)
	}
}

// readDirectoryFile reads the directory where it is a file of its own.
func (c *Config) readDirectoryFile() error {
	if c.directoryFile == "" {
		return nil
	}
	var wrong problems
	if c.Directory != nil {
		wrong.report(c.origin("directory_file"), "directory_file: there is a directory already, at %s", c.directoryAt)
		return wrong.err()
	}
	f, err := readFile(c.directoryFile)
	if err != nil {
		wrong.report(c.origin("directory_file"), "directory_file: %v", err)
		return wrong.err()
	}
	if f.root == nil {
		wrong.report(place{file: f.name}, "the directory is empty")
		return wrong.err()
	}
	if f.check(f.root, directoryShape, ""); len(f.problems) == 0 {
		c.Directory, c.directoryAt = f.directory(f.root), f.at(f.root)
	}
	return f.problems.err()
}

// A reporter notes what is wrong with a setting.
type reporter func(key, format string, args ...any)

// check lists what cannot be, although each setting alone could.
func (c *Config) check() error {
	var wrong problems
	report := func(key, format string, args ...any) {
		wrong.report(c.origin(key), "%s: %s", key, fmt.Sprintf(format, args...))
	}
	c.checkAddress(report, "listen", c.Listen)
	if c.Admin.Listen != "" {
		c.checkAddress(report, "admin.listen", c.Admin.Listen)
	}
	switch tls := c.TLS; {
	case tls.CertFile != "" && tls.KeyFile == "":
		report("tls.cert_file", "a certificate needs tls.key_file too")
	case tls.KeyFile != "" && tls.CertFile == "":
		report("tls.key_file", "a key needs tls.cert_file too")
	case tls.CertFile != "" && tls.SelfSigned:
		report("tls.self_signed", "there is a certificate already, in tls.cert_file")
	}
	if problem := urlProblem(c.PublicURL, "https://logs.example.com"); problem != "" {
		report("public_url", "%q %s", withoutUser(c.PublicURL), problem)
	}
	if n := len(c.TokenKey); n > 0 && n < lts.MinTokenKey {
		report("token_key", "must have at least %d bytes", lts.MinTokenKey)
	}
	c.checkBuckets(report)
	for key, d := range map[string]int64{
		"limits.max_window": int64(c.Limits.MaxWindow), "timeouts.headers": int64(c.Timeouts.Headers),
		"transfers.interval": int64(c.Transfers.Interval), "timeouts.request": int64(c.Timeouts.Request), "timeouts.idle": int64(c.Timeouts.Idle),
	} {
		if d == 0 {
			report(key, "must be more than 0")
		}
	}
	return wrong.err()
}

func (c *Config) checkAddress(report reporter, key, address string) {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		report(key, "%q is not an address such as 127.0.0.1:8080", address)
	case key == "listen" && c.Directory == nil && !isLoopback(host):
		report(key, "without a directory the development credentials hold, which are public: "+
			"%q must be a loopback address such as 127.0.0.1:8080, or the configuration must have a directory", address)
	}
}

// urlProblem says why a text is no base URL, such as example, or "".
func urlProblem(text, example string) string {
	u, err := url.Parse(text)
	switch {
	case text == "":
		return ""
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return "is not a URL such as " + example
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || strings.HasSuffix(u.Path, "/"):
		return "must be a base URL: without a slash at its end, and without user, query and fragment"
	default:
		return ""
	}
}

// withoutUser hides what may be user and password in a text that may be no URL:
// all before its last "@" but the scheme.
func withoutUser(text string) string {
	at := strings.LastIndex(text, "@")
	if at < 0 {
		return text
	}
	for _, scheme := range []string{"http://", "https://"} {
		if strings.HasPrefix(text, scheme) {
			return scheme + hidden + text[at:]
		}
	}
	return hidden + text[at:]
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin says where a setting comes from.
func (c *Config) origin(key string) place {
	for _, s := range c.settings {
		if s.key == key {
			return s.origin
		}
	}
	return place{}
}

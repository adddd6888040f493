package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// A Source is where settings come from besides the flags.
type Source struct {
	File    string   // name of the YAML file; empty: none
	Environ []string // in the form of [os.Environ]
}

// Load gives every setting that no flag has set the value of its variable or,
// without one, that of the file. The error lists everything that is wrong, each
// with its place.
func (c *Config) Load(source Source) error {
	if source.File != "" {
		var err error
		if c.file, err = readFile(source.File); err != nil {
			return fmt.Errorf("configuration: %w", err)
		}
	}
	environment := variables(source.Environ)
	var problems []error
	for _, s := range c.settings {
		problems = append(problems, c.apply(s, environment))
	}
	if c.file != nil {
		c.checkFile()
		problems = append(problems, c.file.problems...)
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if err := c.readDirectoryFile(); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	if err := errors.Join(c.check()...); err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// apply sets one setting, unless its flag has.
func (c *Config) apply(s *setting, environment map[string]string) error {
	if s.flag.Changed {
		s.origin = "--" + s.flag.Name
		return nil
	}
	if text, ok := environment[variable(s.key)]; ok {
		return s.set(text, variable(s.key))
	}
	if c.file == nil {
		return nil
	}
	node := c.file.find(strings.Split(s.key, ".")...)
	if node == nil {
		return nil
	}
	if node.Kind != yaml.ScalarNode {
		return fmt.Errorf("%s: %s must be a single value", c.file.at(node), s.key)
	}
	return s.set(node.Value, c.file.at(node))
}

func (s *setting) set(text, origin string) error {
	if err := s.flag.Value.Set(text); err != nil {
		return fmt.Errorf("%s: %s: %w", origin, s.key, err)
	}
	s.origin = origin
	return nil
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
		if meant := didYouMean(name[len(EnvironmentPrefix):], withoutPrefix(names)); meant != "" {
			warnings = append(warnings, "the variable "+name+" is not a setting"+strings.Replace(meant, "mean ", "mean "+EnvironmentPrefix, 1))
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
	if c.Directory != nil {
		return fmt.Errorf("directory_file (%s): there is a directory already, at %s", c.origin("directory_file"), c.directoryAt)
	}
	f, err := readFile(c.directoryFile)
	if err != nil {
		return err
	}
	if f.root == nil {
		return fmt.Errorf("%s: the directory is empty", f.name)
	}
	if f.check(f.root, directoryShape, ""); len(f.problems) == 0 {
		c.Directory, c.directoryAt = f.directory(f.root), f.at(f.root)
	}
	return errors.Join(f.problems...)
}

// check lists what cannot be, although each setting alone could.
func (c *Config) check() []error {
	var problems []error
	report := func(key, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s (%s): %s", key, c.origin(key), fmt.Sprintf(format, args...)))
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
		report("public_url", "%q %s", c.PublicURL, problem)
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
	return problems
}

func (c *Config) checkAddress(report func(key, format string, args ...any), key, address string) {
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

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// origin says where a setting comes from.
func (c *Config) origin(key string) string {
	for _, s := range c.settings {
		if s.key == key {
			return s.origin
		}
	}
	return "default"
}

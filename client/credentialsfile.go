package client

import (
	"fmt"
	"os"
	"strings"
)

// credentialsFileVariable names the file in which the vendor's SDK looks for keys
// that the environment does not have.
const credentialsFileVariable = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"

// A credentialsFile is what the vendor's file says of the caller in a project.
type credentialsFile struct {
	key       AccessKey
	projectID string
}

// readCredentialsFile reads the file that the environment names. It is empty
// where none is named.
func readCredentialsFile() (credentialsFile, error) {
	name := os.Getenv(credentialsFileVariable)
	if name == "" {
		return credentialsFile{}, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return credentialsFile{}, fmt.Errorf("%s: %w", credentialsFileVariable, err)
	}
	values := section(string(data), "basic")
	return credentialsFile{
		key:       AccessKey{ID: values["ak"], Secret: values["sk"], SecurityToken: values["security_token"]},
		projectID: values["project_id"],
	}, nil
}

// section reads the keys and values of a section of an INI file.
func section(text, name string) map[string]string {
	values := make(map[string]string)
	current := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if title, ok := strings.CutPrefix(line, "["); ok {
			title, _, _ = strings.Cut(title, "]")
			current = strings.TrimSpace(title)
			continue
		}
		end := strings.IndexAny(line, "=:")
		if current == name && end > 0 && line[0] != '#' && line[0] != ';' {
			values[strings.TrimSpace(line[:end])] = plainValue(strings.TrimSpace(line[end+1:]))
		}
	}
	return values
}

// plainValue takes a comment and quotation marks away as the vendor's SDK does:
// "#" and ";" begin a comment anywhere but between back quotes.
func plainValue(value string) string {
	if rest, ok := strings.CutPrefix(value, "`"); ok {
		if end := strings.LastIndex(rest, "`"); end >= 0 {
			return rest[:end]
		}
	}
	if comment := strings.IndexAny(value, "#;"); comment >= 0 {
		value = strings.TrimSpace(value[:comment])
	}
	for _, mark := range []string{`"`, "'"} {
		if len(value) >= 2 && strings.HasPrefix(value, mark) && strings.HasSuffix(value, mark) {
			return value[1 : len(value)-1]
		}
	}
	return value
}

package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"

	"golang.org/x/crypto/bcrypt"
	"gopkg.in/yaml.v3"

	"github.com/ltskit/ltskit/lts"
)

// directoryKey is the section of the file that says who there is.
const directoryKey = "directory"

// directoryShape has the keys of [directoryFile].
var directoryShape = shape{"domains": {
	"name": nil, "id": nil,
	"projects": {"name": nil, "id": nil},
	"users": {
		"name": nil, "id": nil, "password_hash": nil, "suspended": nil,
		"access_keys": {"id": nil, "secret": nil, "project": nil},
	},
}}

// directoryFile is the directory as it is written: what belongs to something
// stands in it. An ID that is left out follows from the names.
type directoryFile struct {
	Domains []struct {
		Name     string `yaml:"name"`
		ID       string `yaml:"id"`
		Projects []struct {
			Name string `yaml:"name"`
			ID   string `yaml:"id"`
		} `yaml:"projects"`
		Users []userFile `yaml:"users"`
	} `yaml:"domains"`
}

type userFile struct {
	Name         string `yaml:"name"`
	ID           string `yaml:"id"`
	PasswordHash string `yaml:"password_hash"`
	Suspended    bool   `yaml:"suspended"`
	AccessKeys   []struct {
		ID      string `yaml:"id"`
		Secret  string `yaml:"secret"`
		Project string `yaml:"project"` // by name or ID
	} `yaml:"access_keys"`
}

// directory reads the directory. What is wrong is reported.
func (f *file) directory(node *yaml.Node) *lts.DirectorySpec {
	var written directoryFile
	if err := node.Decode(&written); err != nil {
		f.report(node, "%s: %s", directoryKey, wrongTypes(err))
		return nil
	}
	var spec lts.DirectorySpec
	for _, domain := range written.Domains {
		domainID := idOf(domain.ID, "domain", domain.Name)
		spec.Domains = append(spec.Domains, lts.Domain{ID: domainID, Name: domain.Name})
		projects := make(map[string]string)
		for _, project := range domain.Projects {
			spec.Projects = append(spec.Projects, lts.Project{ID: project.ID, Name: project.Name, DomainID: domainID})
			projects[project.Name] = project.ID
		}
		for _, user := range domain.Users {
			f.user(node, &spec, user, domainID, projects)
		}
	}
	if _, err := lts.NewDirectory(spec); err != nil {
		for text := range strings.Lines(err.Error()) { // one for each mistake
			f.report(node, "%s: %s", directoryKey, text)
		}
	}
	if len(spec.Users) == 0 {
		f.report(node, "%s: there are no users", directoryKey)
	}
	return &spec
}

// wrongTypes says where values have the wrong type, but not what they are: they
// may be secrets.
func wrongTypes(err error) string {
	var wrong *yaml.TypeError
	if !errors.As(err, &wrong) {
		return "it cannot be read"
	}
	var lines []string
	for _, problem := range wrong.Errors {
		line, _, _ := strings.Cut(problem, ":")
		lines = append(lines, line)
	}
	return "a value has the wrong type in " + strings.Join(lines, ", ")
}

func (f *file) user(node *yaml.Node, spec *lts.DirectorySpec, user userFile, domainID string, projects map[string]string) {
	id := idOf(user.ID, "user", domainID, user.Name)
	if _, err := bcrypt.Cost([]byte(user.PasswordHash)); user.PasswordHash != "" && err != nil {
		f.report(node, "%s: user %q: password_hash is not a bcrypt hash; make one with: lts hash-password", directoryKey, user.Name)
	}
	spec.Users = append(spec.Users, lts.User{
		ID: id, Name: user.Name, DomainID: domainID, PasswordHash: []byte(user.PasswordHash), Suspended: user.Suspended,
	})
	for _, key := range user.AccessKeys {
		project := key.Project
		if byName, ok := projects[project]; ok {
			project = byName
		}
		spec.Keys = append(spec.Keys, lts.AccessKey{ID: key.ID, Secret: key.Secret, UserID: id, ProjectID: project})
	}
}

// idOf gives an ID, or one that follows from the names where there is none.
func idOf(id string, names ...string) string {
	if id != "" {
		return id
	}
	hash := sha256.New()
	for _, name := range names {
		hash.Write([]byte(name + "\x00"))
	}
	return hex.EncodeToString(hash.Sum(nil)[:16])
}

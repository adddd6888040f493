package lts

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/crypto/bcrypt"
)

// A Directory knows who there is: domains with their users, projects and
// access keys. It does not change once it is made and is safe for concurrent
// use.
type Directory struct {
	domains  []Domain
	users    []User
	projects []Project
	keys     map[string]AccessKey // by access key ID
}

// A Domain owns users and projects.
type Domain struct {
	ID   string
	Name string
}

// A User belongs to a domain and may use its projects.
type User struct {
	ID           string
	Name         string // unique in its domain
	DomainID     string
	PasswordHash []byte // bcrypt
	Suspended    bool
}

// A Principal is a user as others may see it: without the hash of its password.
type Principal struct {
	ID       string
	Name     string
	DomainID string
}

func (u User) principal() Principal {
	return Principal{ID: u.ID, Name: u.Name, DomainID: u.DomainID}
}

// A Project belongs to a domain and owns log groups.
type Project struct {
	ID       string // 32 characters
	Name     string // unique in its domain
	DomainID string
}

// An AccessKey signs requests for one project.
type AccessKey struct {
	ID        string // the AK
	Secret    string // the SK
	UserID    string
	ProjectID string
}

// A DirectorySpec lists what a directory shall know.
type DirectorySpec struct {
	Domains  []Domain
	Users    []User
	Projects []Project
	Keys     []AccessKey
}

// maxUserID is how long the ID of a user may be. It is a part of every token,
// and tokens have a greatest length.
const maxUserID = 64

// NewDirectory returns a directory. The error lists everything in spec that
// does not fit together: IDs and names that are taken, IDs of another length
// than they must have, references to what is not there, and access keys
// without a secret or for a project that their user may not use.
func NewDirectory(spec DirectorySpec) (*Directory, error) {
	d := &Directory{
		domains:  slices.Clone(spec.Domains),
		users:    slices.Clone(spec.Users),
		projects: slices.Clone(spec.Projects),
		keys:     make(map[string]AccessKey),
	}
	check := directoryCheck{directory: d, taken: make(map[[3]string]bool)}
	for _, domain := range d.domains {
		check.claim("domain ID", "", domain.ID)
		check.claim("domain name", "", domain.Name)
	}
	for _, user := range d.users {
		check.user(user)
	}
	for _, project := range d.projects {
		check.project(project)
	}
	for _, key := range spec.Keys {
		check.key(key)
		d.keys[key.ID] = key
	}
	return d, errors.Join(check.problems...)
}

// A directoryCheck collects what does not fit together.
type directoryCheck struct {
	directory *Directory
	taken     map[[3]string]bool
	problems  []error
}

func (c *directoryCheck) report(format string, args ...any) {
	c.problems = append(c.problems, fmt.Errorf(format, args...))
}

// claim takes a value that must be unique in its scope.
func (c *directoryCheck) claim(kind, scope, value string) {
	key := [3]string{kind, scope, value}
	if value == "" || c.taken[key] {
		c.report("%s %q is empty or taken", kind, value)
	}
	c.taken[key] = true
}

func (c *directoryCheck) user(user User) {
	c.claim("user ID", "", user.ID)
	c.claim("user name", user.DomainID, user.Name)
	if len(user.ID) > maxUserID {
		c.report("user %q: the ID must have at most %d characters", user.Name, maxUserID)
	}
	if _, ok := c.directory.domain(user.DomainID, ""); !ok {
		c.report("user %q: there is no domain %q", user.Name, user.DomainID)
	}
}

func (c *directoryCheck) project(project Project) {
	c.claim("project ID", "", project.ID)
	c.claim("project name", project.DomainID, project.Name)
	if len(project.ID) != 32 {
		c.report("project %q: the ID %q must have 32 characters", project.Name, project.ID)
	}
	if _, ok := c.directory.domain(project.DomainID, ""); !ok {
		c.report("project %q: there is no domain %q", project.Name, project.DomainID)
	}
}

func (c *directoryCheck) key(key AccessKey) {
	c.claim("access key", "", key.ID)
	if key.Secret == "" {
		c.report("access key %q: the secret is empty", key.ID)
	}
	user, userKnown := c.directory.userByID(key.UserID)
	if !userKnown {
		c.report("access key %q: there is no user %q", key.ID, key.UserID)
	}
	project, projectKnown := c.directory.projectByID(key.ProjectID)
	if !projectKnown {
		c.report("access key %q: there is no project %q", key.ID, key.ProjectID)
	}
	if userKnown && projectKnown && user.DomainID != project.DomainID {
		c.report("access key %q: the project %q is in another domain than the user %q", key.ID, key.ProjectID, key.UserID)
	}
}

// HashPassword returns the bcrypt hash of a password for [User].
func HashPassword(password string) ([]byte, error) {
	return bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
}

// AccessKey returns the access key of an ID.
func (d *Directory) AccessKey(id string) (AccessKey, bool) {
	key, ok := d.keys[id]
	return key, ok
}

// Owner returns the user of an access key and its domain. It fails with
// [ErrSuspended] when the user is suspended.
func (d *Directory) Owner(key AccessKey) (Principal, Domain, error) {
	user, _ := d.userByID(key.UserID) // NewDirectory has checked that it is there
	if user.Suspended {
		return Principal{}, Domain{}, ErrSuspended
	}
	domain, _ := d.domain(user.DomainID, "")
	return user.principal(), domain, nil
}

// MayUse reports whether a user may use a project.
func (d *Directory) MayUse(user Principal, projectID string) bool {
	project, known := d.projectByID(projectID)
	return known && project.DomainID == user.DomainID
}

// ProjectIDs lists the IDs of all projects.
func (d *Directory) ProjectIDs() []string {
	ids := make([]string, len(d.projects))
	for i, project := range d.projects {
		ids[i] = project.ID
	}
	return ids
}

// domain finds a domain by its ID or, when that is empty, by its name.
func (d *Directory) domain(id, name string) (Domain, bool) {
	return find(d.domains, func(x Domain) bool { return x.ID == id || id == "" && x.Name == name })
}

func (d *Directory) userByID(id string) (User, bool) {
	return find(d.users, func(x User) bool { return x.ID == id })
}

func (d *Directory) userByName(domainID, name string) (User, bool) {
	return find(d.users, func(x User) bool { return x.DomainID == domainID && x.Name == name })
}

func (d *Directory) projectByID(id string) (Project, bool) {
	return find(d.projects, func(x Project) bool { return x.ID == id })
}

func (d *Directory) projectByName(domainID, name string) (Project, bool) {
	return find(d.projects, func(x Project) bool { return x.DomainID == domainID && x.Name == name })
}

func find[T any](list []T, matches func(T) bool) (T, bool) {
	for _, x := range list {
		if matches(x) {
			return x, true
		}
	}
	var none T
	return none, false
}

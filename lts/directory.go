package lts

import (
	"errors"
	"fmt"

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

// NewDirectory returns a directory. The error lists everything in spec that
// does not fit together: IDs and names that are taken, projects without 32
// characters, and references to what is not there.
func NewDirectory(spec DirectorySpec) (*Directory, error) {
	d := &Directory{domains: spec.Domains, users: spec.Users, projects: spec.Projects, keys: make(map[string]AccessKey)}
	taken := make(map[string]bool)
	var problems []error
	claim := func(kind, scope, value string) {
		key := kind + "\x00" + scope + "\x00" + value
		if value == "" || taken[key] {
			problems = append(problems, fmt.Errorf("%s %q is empty or taken", kind, value))
		}
		taken[key] = true
	}
	for _, domain := range spec.Domains {
		claim("domain ID", "", domain.ID)
		claim("domain name", "", domain.Name)
	}
	for _, user := range spec.Users {
		claim("user ID", "", user.ID)
		claim("user name", user.DomainID, user.Name)
		if _, ok := d.domain(user.DomainID, ""); !ok {
			problems = append(problems, fmt.Errorf("user %q: there is no domain %q", user.Name, user.DomainID))
		}
	}
	for _, project := range spec.Projects {
		claim("project ID", "", project.ID)
		claim("project name", project.DomainID, project.Name)
		if len(project.ID) != 32 {
			problems = append(problems, fmt.Errorf("project %q: the ID %q must have 32 characters", project.Name, project.ID))
		}
		if _, ok := d.domain(project.DomainID, ""); !ok {
			problems = append(problems, fmt.Errorf("project %q: there is no domain %q", project.Name, project.DomainID))
		}
	}
	for _, key := range spec.Keys {
		claim("access key", "", key.ID)
		if _, ok := d.userByID(key.UserID); !ok {
			problems = append(problems, fmt.Errorf("access key %q: there is no user %q", key.ID, key.UserID))
		}
		if _, ok := d.projectByID(key.ProjectID); !ok {
			problems = append(problems, fmt.Errorf("access key %q: there is no project %q", key.ID, key.ProjectID))
		}
		d.keys[key.ID] = key
	}
	return d, errors.Join(problems...)
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
func (d *Directory) Owner(key AccessKey) (User, Domain, error) {
	user, _ := d.userByID(key.UserID) // NewDirectory has checked that it is there
	if user.Suspended {
		return User{}, Domain{}, ErrSuspended
	}
	domain, _ := d.domain(user.DomainID, "")
	return user, domain, nil
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

package lts

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/bcrypt"
)

// TokenLifetime is how long a token is valid (2022-08 section 3.2).
const TokenLifetime = 24 * time.Hour

// tokenLength is the length that issued tokens have at least. The documents
// give 1000 to 2000 characters; what stands in a token is limited by the
// directory and leaves it below 2000.
const tokenLength = 1000

// An IdentityError is an answer of the identity service, which has a form of
// its own: a status and a message, but no code.
type IdentityError struct {
	Status  int // HTTP status
	Message string
}

// Error gives the message.
func (e *IdentityError) Error() string { return e.Message }

var (
	// ErrBadCredentials means a wrong name or password. It does not say which.
	ErrBadCredentials = &IdentityError{Status: 401, Message: "The username or password is wrong."}
	// ErrBadScope means a project or domain that the user may not use.
	ErrBadScope = &IdentityError{Status: 401, Message: "The project or domain of the scope is not found."}
)

// Tokens issues and verifies the tokens of a directory's users. It is safe for
// concurrent use. Tokens are signed, not stored: every process with the same
// key accepts them.
type Tokens struct {
	directory *Directory
	key       []byte
	now       func() time.Time
	decoy     []byte // see authenticate
	verified  grantCache
}

// MinTokenKey is how many bytes the key of tokens has at least.
const MinTokenKey = 32

// NewTokens returns the tokens of a directory, signed with a secret key of at
// least [MinTokenKey] bytes.
func NewTokens(directory *Directory, key []byte, now func() time.Time) (*Tokens, error) {
	if len(key) < MinTokenKey {
		return nil, fmt.Errorf("lts: the key of the tokens must have at least %d bytes", MinTokenKey)
	}
	return &Tokens{directory: directory, key: key, now: now, decoy: dearestHash(directory.users)}, nil
}

// Credentials name a user, by ID or by name and domain, with the password, and
// say what a token shall be good for.
type Credentials struct {
	UserID   string
	UserName string
	Domain   Reference
	Password string

	ProjectScope *Reference // in the domain of the user
	DomainScope  *Reference
}

// A Reference names something by its ID or, when that is empty, by its name.
type Reference struct {
	ID   string
	Name string
}

// A Grant says who the bearer of a token is and what it may be used for.
type Grant struct {
	User   Principal
	Domain Domain // of the user
	// Project is nil when the scope is the domain. It may be shared with other
	// grants: read, do not change.
	Project   *Project
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// Issue returns a new token. Earlier ones stay valid. It fails with
// [ErrBadCredentials], [ErrBadScope] or, for a suspended user,
// [ErrSuspended].
func (t *Tokens) Issue(credentials Credentials) (string, Grant, error) {
	user, err := t.authenticate(credentials)
	if err != nil {
		return "", Grant{}, err
	}
	grant, err := t.grant(user.principal(), credentials)
	if err != nil {
		return "", Grant{}, err
	}
	grant.IssuedAt = t.now().UTC().Truncate(time.Microsecond)
	grant.ExpiresAt = grant.IssuedAt.Add(TokenLifetime)
	token, err := t.sign(grant)
	return token, grant, err
}

// Verify returns what a token grants. It fails with [ErrInvalidToken] for a bad
// or expired one and with [ErrSuspended] when its user has been suspended.
func (t *Tokens) Verify(token string) (Grant, error) {
	if grant, known := t.verified.find(token, t.now()); known {
		return grant, nil
	}
	grant, err := t.verify(token)
	if err == nil {
		t.verified.keep(token, grant)
	}
	return grant, err
}

func (t *Tokens) verify(token string) (Grant, error) {
	var c claims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(t.now), jwt.WithExpirationRequired())
	if err != nil {
		return Grant{}, ErrInvalidToken.CausedBy(err)
	}
	user, known := t.directory.userByID(c.Subject)
	if !known {
		return Grant{}, ErrInvalidToken
	}
	if user.Suspended {
		return Grant{}, ErrSuspended
	}
	grant := Grant{User: user.principal(), IssuedAt: c.issuedAt(), ExpiresAt: c.expiresAt()}
	grant.Domain, _ = t.directory.domain(user.DomainID, "")
	if c.ProjectID != "" {
		project, known := t.directory.projectByID(c.ProjectID)
		if !known || project.DomainID != user.DomainID {
			return Grant{}, ErrInvalidToken
		}
		grant.Project = &project
	}
	return grant, nil
}

// ProjectsOf lists the projects that a user may use, by name.
func (t *Tokens) ProjectsOf(user Principal) []Project {
	var projects []Project
	for _, project := range t.directory.projects {
		if project.DomainID == user.DomainID {
			projects = append(projects, project)
		}
	}
	slices.SortFunc(projects, func(a, b Project) int { return strings.Compare(a.Name, b.Name) })
	return projects
}

// authenticate finds the user. Without one, or without a password of the user,
// it compares all the same, so that the time of an answer does not tell whether
// a name exists.
func (t *Tokens) authenticate(credentials Credentials) (User, error) {
	user, known := t.user(credentials)
	hash := user.PasswordHash
	if len(hash) == 0 {
		hash, known = t.decoy, false
	}
	if bcrypt.CompareHashAndPassword(hash, []byte(credentials.Password)) != nil || !known {
		return User{}, ErrBadCredentials
	}
	if user.Suspended {
		return User{}, ErrSuspended
	}
	return user, nil
}

// dearestHash is the hash among those of users that takes longest to compare.
func dearestHash(users []User) []byte {
	var dearest []byte
	highest := 0
	for _, user := range users {
		if cost, err := bcrypt.Cost(user.PasswordHash); err == nil && cost > highest {
			dearest, highest = user.PasswordHash, cost
		}
	}
	return dearest
}

func (t *Tokens) user(credentials Credentials) (User, bool) {
	if credentials.UserID != "" {
		return t.directory.userByID(credentials.UserID)
	}
	domain, known := t.directory.domain(credentials.Domain.ID, credentials.Domain.Name)
	if !known {
		return User{}, false
	}
	return t.directory.userByName(domain.ID, credentials.UserName)
}

// grant works out the scope of a token.
func (t *Tokens) grant(user Principal, credentials Credentials) (Grant, error) {
	domain, _ := t.directory.domain(user.DomainID, "")
	grant := Grant{User: user, Domain: domain}
	if scope := credentials.DomainScope; scope != nil {
		if other, known := t.directory.domain(scope.ID, scope.Name); !known || other.ID != domain.ID {
			return Grant{}, ErrBadScope
		}
	}
	if scope := credentials.ProjectScope; scope != nil {
		project, known := t.directory.projectByName(domain.ID, scope.Name)
		if scope.ID != "" {
			project, known = t.directory.projectByID(scope.ID)
		}
		if !known || project.DomainID != domain.ID {
			return Grant{}, ErrBadScope
		}
		grant.Project = &project
	}
	return grant, nil
}

// claims are what a token says. Its time is in microseconds, as in the answer
// that it comes with; those of jwt are in seconds, and the token would end
// before it is said to.
type claims struct {
	jwt.RegisteredClaims

	Issued    int64  `json:"issued"` // microseconds since 1970
	ProjectID string `json:"project,omitempty"`
	Padding   string `json:"padding"`
}

func (c claims) issuedAt() time.Time { return time.UnixMicro(c.Issued).UTC() }

func (c claims) expiresAt() time.Time { return c.issuedAt().Add(TokenLifetime) }

// GetExpirationTime is what jwt compares the clock with.
func (c claims) GetExpirationTime() (*jwt.NumericDate, error) {
	return &jwt.NumericDate{Time: c.expiresAt()}, nil
}

// sign makes a token of the documented length: clients size their buffers and
// columns by it.
func (t *Tokens) sign(grant Grant) (string, error) {
	c := claims{Issued: grant.IssuedAt.UnixMicro()}
	c.Subject = grant.User.ID
	if grant.Project != nil {
		c.ProjectID = grant.Project.ID
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.key)
	if err != nil || len(token) >= tokenLength {
		return token, err
	}
	missing := tokenLength - len(token) // base64 makes at least that many characters of it
	c.Padding = strings.Repeat("=", missing)
	return jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(t.key)
}

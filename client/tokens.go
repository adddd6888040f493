package client

import (
	"context"
	"fmt"
	"time"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/lts"
)

// Tokens are the tokens of the identity service, and whom they are for. The
// other parts of the client get theirs by themselves.
type Tokens struct{ *core }

// A Token is a token with what it is good for.
type Token struct {
	// Grant says whose token it is and when it ends. A service may leave out
	// everything but ExpiresAt.
	lts.Grant

	Value   string
	Catalog []CatalogEntry
}

// A CatalogEntry says where a service is.
type CatalogEntry struct {
	Type   string // such as "lts"
	Name   string
	Region string
	URL    string
}

// Create gets a token for a user and a scope. Earlier ones stay valid. It fails
// with [lts.ErrBadCredentials], [lts.ErrBadScope] or another
// [lts.IdentityError].
func (t *Tokens) Create(ctx context.Context, credentials lts.Credentials) (Token, error) {
	response, err := t.iam.CreateToken(as(ctx, "CreateToken", repeatable|public), &api.CreateTokenParams{}, toTokenRequest(credentials))
	answer, err := decode[api.CreateTokenResponse](response, err)
	if err != nil {
		return Token{}, err
	}
	token := Token{Value: response.Header.Get("X-Subject-Token")}
	if token.Value == "" {
		return Token{}, malformed(response, "the header X-Subject-Token is missing")
	}
	if token.Grant, err = toGrant(answer.Token); err != nil {
		return Token{}, malformed(response, "%v", err)
	}
	for _, entry := range answer.Token.Catalog {
		for _, endpoint := range entry.Endpoints {
			token.Catalog = append(token.Catalog, CatalogEntry{
				Type: deref(entry.Type), Name: deref(entry.Name), Region: endpoint.RegionID, URL: deref(endpoint.URL),
			})
		}
	}
	return token, nil
}

// Projects lists the projects that the caller may use. A name chooses one; the
// empty name chooses all.
func (t *Tokens) Projects(ctx context.Context, name string) ([]lts.Project, error) {
	answer, err := decode[api.ListProjectsResponse](t.iam.ListProjects(as(ctx, "ListProjects", repeatable), &api.ListProjectsParams{
		Name: optional(name),
	}))
	if err != nil {
		return nil, err
	}
	projects := make([]lts.Project, len(answer.Projects))
	for i, project := range answer.Projects {
		projects[i] = lts.Project{ID: project.ID, Name: project.Name, DomainID: deref(project.DomainID)}
	}
	return projects, nil
}

// Domains lists the domains that the caller belongs to.
func (t *Tokens) Domains(ctx context.Context) ([]lts.Domain, error) {
	answer, err := decode[api.ListDomainsResponse](t.iam.ListDomains(as(ctx, "ListDomains", repeatable)))
	if err != nil {
		return nil, err
	}
	domains := make([]lts.Domain, len(answer.Domains))
	for i, domain := range answer.Domains {
		domains[i] = fromDomain(domain)
	}
	return domains, nil
}

func toTokenRequest(credentials lts.Credentials) api.CreateTokenRequest {
	user := api.TokenUser{
		ID: optional(credentials.UserID), Name: optional(credentials.UserName), Password: credentials.Password,
	}
	if credentials.Domain != (lts.Reference{}) {
		user.Domain = toDomainRef(credentials.Domain)
	}
	request := api.CreateTokenRequest{Auth: api.TokenAuth{Identity: api.TokenIdentity{
		Methods:  []api.TokenIdentityMethods{api.TokenIdentityMethodsPassword},
		Password: api.TokenPassword{User: user},
	}}}
	if project := credentials.ProjectScope; project != nil {
		request.Auth.Scope = &api.TokenScope{Project: &api.ProjectRef{ID: optional(project.ID), Name: optional(project.Name)}}
	}
	if domain := credentials.DomainScope; domain != nil {
		if request.Auth.Scope == nil {
			request.Auth.Scope = &api.TokenScope{}
		}
		request.Auth.Scope.Domain = toDomainRef(*domain)
	}
	return request
}

func toDomainRef(domain lts.Reference) *api.DomainRef {
	return &api.DomainRef{ID: optional(domain.ID), Name: optional(domain.Name)}
}

func toGrant(token api.Token) (lts.Grant, error) {
	var grant lts.Grant
	var err error
	if grant.ExpiresAt, err = time.Parse(time.RFC3339Nano, token.ExpiresAt); err != nil {
		return lts.Grant{}, fmt.Errorf("expires_at: %w", err)
	}
	if token.IssuedAt != nil {
		if grant.IssuedAt, err = time.Parse(time.RFC3339Nano, *token.IssuedAt); err != nil {
			return lts.Grant{}, fmt.Errorf("issued_at: %w", err)
		}
	}
	if user := token.User; user != nil {
		grant.User = lts.Principal{ID: user.ID, Name: user.Name, DomainID: user.Domain.ID}
		grant.Domain = fromDomain(user.Domain)
	}
	if project := token.Project; project != nil {
		grant.Project = &lts.Project{ID: project.ID, Name: project.Name, DomainID: project.Domain.ID}
	}
	return grant, nil
}

func fromDomain(domain api.Domain) lts.Domain { return lts.Domain{ID: domain.ID, Name: domain.Name} }

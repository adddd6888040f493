package server

import (
	"context"

	"github.com/ltskit/ltskit/gen/api"
	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

type tokenHandlers struct {
	tokens *lts.Tokens
	region string
}

func (h tokenHandlers) CreateToken(ctx context.Context, req apiserver.CreateTokenRequestObject) (apiserver.CreateTokenResponseObject, error) {
	token, grant, err := h.tokens.Issue(toCredentials(req.Body.Auth))
	if err != nil {
		return nil, err
	}
	body := toToken(grant)
	if req.Params.Nocatalog == nil {
		body.Catalog = h.catalog(addressOf(ctx), grant)
	}
	return apiserver.CreateToken201JSONResponse{
		Body:    api.CreateTokenResponse{Token: body},
		Headers: apiserver.CreateToken201ResponseHeaders{XSubjectToken: token},
	}, nil
}

func (h tokenHandlers) ListProjects(ctx context.Context, req apiserver.ListProjectsRequestObject) (apiserver.ListProjectsResponseObject, error) {
	answer := apiserver.ListProjects200JSONResponse{Projects: []api.Project{}}
	enabled := true
	for _, project := range h.tokens.ProjectsOf(callerOf(ctx).user) {
		if name := req.Params.Name; name == nil || *name == project.Name {
			answer.Projects = append(answer.Projects, api.Project{
				ID: project.ID, Name: project.Name, DomainID: &project.DomainID, Enabled: &enabled,
			})
		}
	}
	return answer, nil
}

func (h tokenHandlers) ListDomains(ctx context.Context, _ apiserver.ListDomainsRequestObject) (apiserver.ListDomainsResponseObject, error) {
	domain, enabled := toDomain(callerOf(ctx).domain), true
	domain.Enabled = &enabled
	return apiserver.ListDomains200JSONResponse{Domains: []api.Domain{domain}}, nil
}

func toCredentials(auth api.TokenAuth) lts.Credentials {
	user := auth.Identity.Password.User
	credentials := lts.Credentials{
		UserID:   deref(user.ID),
		UserName: deref(user.Name),
		Domain:   toReference(user.Domain),
		Password: user.Password,
	}
	if scope := auth.Scope; scope != nil && scope.Project != nil {
		credentials.ProjectScope = &lts.Reference{ID: deref(scope.Project.ID), Name: deref(scope.Project.Name)}
	}
	if scope := auth.Scope; scope != nil && scope.Domain != nil {
		domain := toReference(scope.Domain)
		credentials.DomainScope = &domain
	}
	return credentials
}

func toReference(domain *api.DomainRef) lts.Reference {
	if domain == nil {
		return lts.Reference{}
	}
	return lts.Reference{ID: deref(domain.ID), Name: deref(domain.Name)}
}

// tokenTime is the form of times in tokens: UTC with microseconds.
const tokenTime = "2006-01-02T15:04:05.000000Z"

func toToken(grant lts.Grant) api.Token {
	issued := grant.IssuedAt.Format(tokenTime)
	domain := toDomain(grant.Domain)
	never := ""
	body := api.Token{
		ExpiresAt: grant.ExpiresAt.Format(tokenTime),
		IssuedAt:  &issued,
		Methods:   []string{"password"},
		Roles:     []api.Role{{ID: "te_admin", Name: "te_admin"}},
		User:      &api.TokenOwner{ID: grant.User.ID, Name: grant.User.Name, Domain: domain, PasswordExpiresAt: &never},
	}
	if grant.Project == nil {
		body.Domain = &domain
		return body
	}
	body.Project = &api.TokenProject{ID: grant.Project.ID, Name: grant.Project.Name, Domain: domain}
	return body
}

func toDomain(domain lts.Domain) api.Domain {
	return api.Domain{ID: domain.ID, Name: domain.Name}
}

// catalog lists where the services are: all at the address that the caller has
// reached. One public client finds the log service through the entry of type
// volumev2 (vendor iam).
func (h tokenHandlers) catalog(address string, grant lts.Grant) []api.CatalogEntry {
	project := grant.Domain.ID
	if grant.Project != nil {
		project = grant.Project.ID
	}
	entry := func(kind, path string) api.CatalogEntry {
		url, public := address+path, "public"
		return api.CatalogEntry{ID: &kind, Name: &kind, Type: &kind, Endpoints: []api.CatalogEndpoint{{
			ID: &kind, Interface: &public, Region: &h.region, RegionID: h.region, URL: &url,
		}}}
	}
	return []api.CatalogEntry{
		entry("iam", "/v3"),
		entry("lts", "/v2/"+project),
		entry("ga", "/v1"),
		entry("volumev2", "/v2/"+project),
	}
}

package gophertelekomcloud_test

import (
	"net/http"
	"strings"
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/identity/v3/domains"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/identity/v3/projects"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/identity/v3/tokens"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/groups"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

func TestTokenNamesProjectAndServices(t *testing.T) {
	provider, err := openstack.AuthenticatedClient(credentials())
	if err != nil {
		t.Fatal(err)
	}
	if provider.Token() == "" || provider.ProjectID != reference.ProjectID || provider.DomainID != reference.DomainID {
		t.Errorf("token %q for the project %s of the domain %s, want one for %s of %s",
			provider.Token(), provider.ProjectID, provider.DomainID, reference.ProjectID, reference.DomainID)
	}
	client, err := openstack.NewLTSV2(provider, golangsdk.EndpointOpts{Region: reference.Region})
	if err != nil {
		t.Fatal(err)
	}
	if want := server.URL + "/v2/" + reference.ProjectID + "/"; client.Endpoint != want {
		t.Errorf("the log service is found at %s, want %s", client.Endpoint, want)
	}
}

// What the library reads of a token, part by part.
func TestTokens(t *testing.T) {
	result := tokens.Create(newIdentity(t), &tokens.AuthOptions{
		Username: reference.User, Password: reference.Password, DomainName: reference.Domain,
		Scope: tokens.Scope{ProjectID: reference.ProjectID},
	})
	token, err := result.ExtractToken()
	if err != nil {
		t.Fatal(err)
	}
	if token.ID == "" {
		t.Error("the answer has no token")
	}
	check.Recent(t, "24 hours before expires_at", token.ExpiresAt.AddDate(0, 0, -1).UnixMilli())
	domain := tokens.Domain{ID: reference.DomainID, Name: reference.Domain}
	user, userErr := result.ExtractUser()
	project, projectErr := result.ExtractProject()
	roles, rolesErr := result.ExtractRoles()
	catalog, catalogErr := result.ExtractServiceCatalog()
	for _, part := range []struct {
		want, got any
		err       error
	}{
		{&tokens.User{ID: reference.UserID, Name: reference.User, Domain: domain}, user, userErr},
		{&tokens.Project{ID: reference.ProjectID, Name: reference.Project, Domain: domain}, project, projectErr},
		{[]tokens.Role{{ID: "te_admin", Name: "te_admin"}}, roles, rolesErr},
		{&tokens.ServiceCatalog{Entries: []tokens.CatalogEntry{
			catalogEntry("iam", "/v3"), catalogEntry("lts", "/v2/"+reference.ProjectID), catalogEntry("ga", "/v1"),
			catalogEntry("volumev2", "/v2/"+reference.ProjectID),
		}}, catalog, catalogErr},
	} {
		if part.err != nil {
			t.Error(part.err)
		}
		calls.Answer(t, "CreateToken", part.want, part.got)
	}
}

func catalogEntry(kind, path string) tokens.CatalogEntry {
	return tokens.CatalogEntry{Type: kind, ID: kind, Name: kind, Endpoints: []tokens.Endpoint{
		{ID: kind, Interface: "public", Region: reference.Region, URL: server.URL + path},
	}}
}

func TestRefusedTokens(t *testing.T) {
	wrong := credentials()
	wrong.Password = "wrong"
	_, err := openstack.AuthenticatedClient(wrong)
	checkIdentityRefusal(t, "CreateToken", "wrong password", err)
}

// A client that is allowed to gets a new token when the old one is refused.
func TestRefusedTokenIsReplaced(t *testing.T) {
	again := credentials()
	again.AllowReauth = true
	provider, err := openstack.AuthenticatedClient(again)
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.NewLTSV2(provider, golangsdk.EndpointOpts{Region: reference.Region})
	if err != nil {
		t.Fatal(err)
	}
	provider.SetToken("no token")
	if _, err := groups.List(client); err != nil {
		t.Errorf("the list of groups with a token that is refused: %v", err)
	}
	if provider.Token() == "no token" {
		t.Error("the client keeps the refused token")
	}
}

func TestRefusedCalls(t *testing.T) {
	_, err := groups.List(stranger(t))
	checkRefusal(t, "ListLogGroups", "a token that is none", err, refusal{401, "LTS.0003", "Invalid token"})

	client := newLTS(t)
	client.ResourceBase = server.URL + "/v2/" + reference.OtherProjectID + "/"
	_, err = groups.List(client)
	checkRefusal(t, "ListLogGroups", "another project", err, refusal{403, "LTS.0001", "Invalid projectId"})

	_, err = groups.List(failing(t))
	checkRefusal(t, "ListLogGroups", "broken catalog", err, refusal{500, "LTS.0010", "The system encountered an internal error"})
}

func TestProjectsAndDomains(t *testing.T) {
	client := newIdentity(t)
	listed, err := listProjects(client)
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListProjects", []projects.Project{
		{ID: reference.ProjectID, Name: reference.Project, DomainID: reference.DomainID, Enabled: true},
	}, listed)
	owners, err := listDomains(client)
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListDomains", []domains.Domain{{ID: reference.DomainID, Name: reference.Domain, Enabled: true}}, owners)
}

func TestRefusedProjectsAndDomains(t *testing.T) {
	client := newIdentity(t)
	client.SetToken("no token")
	_, err := listProjects(client)
	checkIdentityRefusal(t, "ListProjects", "a token that is none", err)
	_, err = listDomains(client)
	checkIdentityRefusal(t, "ListDomains", "a token that is none", err)
}

func newIdentity(t *testing.T) *golangsdk.ServiceClient {
	t.Helper()
	provider, err := openstack.AuthenticatedClient(credentials())
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.NewIdentityV3(provider, golangsdk.EndpointOpts{})
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func listProjects(client *golangsdk.ServiceClient) ([]projects.Project, error) {
	page, err := projects.List(client, projects.ListOpts{Name: reference.Project}).AllPages()
	if err != nil {
		return nil, err
	}
	return projects.ExtractProjects(page)
}

// listDomains lists the domains of the caller. The library asks for all that
// there are, below another path.
func listDomains(client *golangsdk.ServiceClient) ([]domains.Domain, error) {
	own := *client
	own.Endpoint += "auth/"
	page, err := domains.List(&own, domains.ListOpts{}).AllPages()
	if err != nil {
		return nil, err
	}
	return domains.ExtractDomains(page)
}

// checkIdentityRefusal checks that the identity service does not know the caller.
// Its errors are of another form, with a number for a code.
func checkIdentityRefusal(t *testing.T, operation, reason string, err error) {
	t.Helper()
	calls.Refused(operation, "401")
	answer, ok := refused(err)
	if !ok || answer.Actual != http.StatusUnauthorized || !strings.Contains(string(answer.Body), `"title":"Unauthorized"`) {
		t.Errorf("%s, %s: error %v, want a refusal with status 401", operation, reason, err)
	}
}

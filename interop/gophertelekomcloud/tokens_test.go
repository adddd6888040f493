package gophertelekomcloud_test

import (
	"net/http"
	"strings"
	"testing"

	golangsdk "github.com/opentelekomcloud/gophertelekomcloud"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/identity/v3/domains"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/identity/v3/projects"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/groups"

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

func TestRefusedTokens(t *testing.T) {
	wrong := credentials()
	wrong.Password = "wrong"
	_, err := openstack.AuthenticatedClient(wrong)
	answer, ok := refused(err)
	if !ok || answer.Actual != http.StatusUnauthorized || !strings.Contains(string(answer.Body), `"title":"Unauthorized"`) {
		t.Errorf("a wrong password: error %v, want a refusal with status 401", err)
	}
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
	client := newLTS(t)
	client.SetToken("no token")
	_, err := groups.List(client)
	checkRefusal(t, "a token that is none", err, refusal{401, "LTS.0003", "Invalid token"})

	client = newLTS(t)
	client.ResourceBase = server.URL + "/v2/" + reference.OtherProjectID + "/"
	_, err = groups.List(client)
	checkRefusal(t, "another project", err, refusal{403, "LTS.0001", "Invalid projectId"})

	client = newLTS(t)
	client.HTTPClient = http.Client{Transport: failing{"catalog"}}
	_, err = groups.List(client)
	checkRefusal(t, "a broken catalog", err, refusal{500, "LTS.0010", "The system encountered an internal error"})
}

func TestProjectsAndDomains(t *testing.T) {
	provider, err := openstack.AuthenticatedClient(credentials())
	if err != nil {
		t.Fatal(err)
	}
	client, err := openstack.NewIdentityV3(provider, golangsdk.EndpointOpts{})
	if err != nil {
		t.Fatal(err)
	}
	page, err := projects.List(client, projects.ListOpts{Name: reference.Project}).AllPages()
	if err != nil {
		t.Fatal(err)
	}
	listed, err := projects.ExtractProjects(page)
	if err != nil || len(listed) != 1 || listed[0].ID != reference.ProjectID || listed[0].DomainID != reference.DomainID || !listed[0].Enabled {
		t.Errorf("projects %+v, %v, want the enabled %s of %s", listed, err, reference.ProjectID, reference.DomainID)
	}

	client.Endpoint += "auth/"
	if page, err = domains.List(client, domains.ListOpts{}).AllPages(); err != nil {
		t.Fatal(err)
	}
	owners, err := domains.ExtractDomains(page)
	if err != nil || len(owners) != 1 || owners[0].ID != reference.DomainID || owners[0].Name != reference.Domain || !owners[0].Enabled {
		t.Errorf("domains %+v, %v, want the enabled %s", owners, err, reference.DomainID)
	}
}

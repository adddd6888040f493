package huaweicloud_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/global"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/region"
	iam "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/iam/v3/model"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	ltsmodel "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

func TestTokens(t *testing.T) {
	name := reference.Project
	got, err := newIAM(t).KeystoneCreateUserTokenByPassword(tokenRequest(reference.Password, model.AuthScope{
		Project: &model.AuthScopeProject{Name: &name},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if value(got.XSubjectToken) == "" {
		t.Error("the answer has no X-Subject-Token")
	}
	token := got.Token
	issued, ends := tokenTime(t, token.IssuedAt), tokenTime(t, token.ExpiresAt)
	check.Recent(t, "issued_at", issued.UnixMilli())
	if life := ends.Sub(issued); life != 24*time.Hour {
		t.Errorf("the token is valid for %v, want 24 hours", life)
	}
	want := &model.TokenResult{
		ExpiresAt: token.ExpiresAt, IssuedAt: token.IssuedAt, Methods: []string{"password"},
		Catalog: []model.TokenCatalog{
			catalogEntry("iam", "/v3"), catalogEntry("lts", "/v2/"+reference.ProjectID), catalogEntry("ga", "/v1"),
			catalogEntry("volumev2", "/v2/"+reference.ProjectID),
		},
		Project: &model.TokenProjectResult{
			Id: reference.ProjectID, Name: name, Domain: &model.TokenProjectDomainResult{Id: reference.DomainID, Name: reference.Domain},
		},
		Roles: []model.TokenRole{{Id: "te_admin", Name: "te_admin"}},
		User: &model.TokenUserResult{
			Id: reference.UserID, Name: reference.User,
			Domain: &model.TokenUserDomainResult{Id: reference.DomainID, Name: reference.Domain},
		},
	}
	calls.Answer(t, "CreateToken", &model.KeystoneCreateUserTokenByPasswordResponse{
		Token: want, XSubjectToken: got.XSubjectToken, HttpStatusCode: 201,
	}, got)
}

func TestTokenOfADomainWithoutCatalog(t *testing.T) {
	request := tokenRequest(reference.Password, model.AuthScope{Domain: &model.AuthScopeDomain{Name: new(reference.Domain)}})
	request.Nocatalog = new("true")
	got, err := newIAM(t).KeystoneCreateUserTokenByPassword(request)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&model.TokenDomainResult{Id: reference.DomainID, Name: reference.Domain}, got.Token.Domain); diff != "" {
		t.Errorf("domain of the token (-want +got):\n%s", diff)
	}
	if got.Token.Project != nil || len(got.Token.Catalog) > 0 {
		t.Errorf("the token has the project %v and the catalog %v, want neither", got.Token.Project, got.Token.Catalog)
	}
}

// The library reads a code only where it is text; the code of IAM is a number,
// so that the whole body becomes the message.
func TestRefusedTokens(t *testing.T) {
	_, err := newIAM(t).KeystoneCreateUserTokenByPassword(tokenRequest("wrong", model.AuthScope{
		Project: &model.AuthScopeProject{Name: new(reference.Project)},
	}))
	checkRefusal(t, "CreateToken", "wrong password", err, refusal{401, "",
		`{"error":{"code":401,"message":"The username or password is wrong.","title":"Unauthorized"}}` + "\n"})

	_, err = newIAM(t).KeystoneCreateScopedToken(&model.KeystoneCreateScopedTokenRequest{Body: &model.KeystoneCreateScopedTokenRequestBody{
		Auth: &model.ScopedTokenAuth{
			Identity: &model.ScopedTokenIdentity{Methods: []string{"token"}, Token: &model.ScopedToken{Id: "token"}},
			Scope:    &model.TokenSocpeOption{},
		},
	}})
	checkRefusal(t, "CreateToken", "a token for a token", err, refusal{400, "",
		`{"error":{"code":400,"message":"Failed to validate the request body; /auth/identity/methods/0: must be one of [\"password\"]; ` +
			`/auth/identity/password: is required","title":"Bad Request"}}` + "\n"})
}

func TestProjectsAndDomains(t *testing.T) {
	client := newIAM(t)
	projects, err := client.KeystoneListProjects(&model.KeystoneListProjectsRequest{Name: new(reference.Project)})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListProjects", &model.KeystoneListProjectsResponse{
		Projects:       &[]model.ProjectResult{{Id: reference.ProjectID, Name: reference.Project, DomainId: reference.DomainID, Enabled: true}},
		HttpStatusCode: 200,
	}, projects)

	domains, err := client.KeystoneListAuthDomains(&model.KeystoneListAuthDomainsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	calls.Answer(t, "ListDomains", &model.KeystoneListAuthDomainsResponse{
		Domains:        &[]model.Domains{{Id: reference.DomainID, Name: reference.Domain, Enabled: true}},
		HttpStatusCode: 200,
	}, domains)
}

// The code of IAM is a number here too.
func TestRefusedProjectsAndDomains(t *testing.T) {
	want := refusal{401, "", `{"error":{"code":401,"message":"Invalid token; Authorization: the access key is not known","title":"Unauthorized"}}` + "\n"}
	client := iam.NewIamClient(stranger(t))
	_, projects := client.KeystoneListProjects(&model.KeystoneListProjectsRequest{})
	checkRefusal(t, "ListProjects", "unknown access key", projects, want)
	_, domains := client.KeystoneListAuthDomains(&model.KeystoneListAuthDomainsRequest{})
	checkRefusal(t, "ListDomains", "unknown access key", domains, want)
}

// Without an ID of a project the library looks the project up by the name of the
// region.
func TestProjectOfARegion(t *testing.T) {
	credentials, err := basic.NewCredentialsBuilder().
		WithAk(reference.AccessKey).WithSk(reference.SecretKey).WithIamEndpointOverride(server.URL).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	client, err := lts.LtsClientBuilder().WithRegion(region.NewRegion(reference.Project, server.URL)).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	if credentials.ProjectId != reference.ProjectID {
		t.Errorf("the library finds the project %q, want %s", credentials.ProjectId, reference.ProjectID)
	}
	if _, err := lts.NewLtsClient(client).ListLogGroups(&ltsmodel.ListLogGroupsRequest{}); err != nil {
		t.Errorf("ListLogGroups: %v", err)
	}
}

// Global credentials look their domain up.
func TestDomainOfGlobalCredentials(t *testing.T) {
	credentials, err := global.NewCredentialsBuilder().
		WithAk(reference.AccessKey).WithSk(reference.SecretKey).WithIamEndpointOverride(server.URL).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	_, err = iam.IamClientBuilder().WithRegion(region.NewRegion(reference.Region, server.URL)).WithCredential(credentials).SafeBuild()
	if err != nil {
		t.Fatal(err)
	}
	if credentials.DomainId != reference.DomainID {
		t.Errorf("the library finds the domain %q, want %s", credentials.DomainId, reference.DomainID)
	}
}

func TestRefusedSignatures(t *testing.T) {
	tests := []struct {
		name            string
		ak, sk, project string
		want            refusal
	}{
		{"unknown access key", "NOSUCHKEY00000000000", reference.SecretKey, reference.ProjectID,
			refusal{401, "LTS.0003", "Invalid token"}},
		{"wrong secret", reference.AccessKey, "wrong", reference.ProjectID,
			refusal{401, "LTS.0003", "Invalid token"}},
		{"another project", reference.AccessKey, reference.SecretKey, reference.OtherProjectID,
			refusal{403, "LTS.0001", "Invalid projectId"}},
	}
	for _, tt := range tests {
		client := signingAs(t, basic.NewCredentialsBuilder().WithAk(tt.ak).WithSk(tt.sk).WithProjectId(tt.project))
		_, err := lts.NewLtsClient(client).ListLogGroups(&ltsmodel.ListLogGroupsRequest{})
		checkRefusal(t, "ListLogGroups", tt.name, err, tt.want)
	}
}

func newIAM(t *testing.T) *iam.IamClient {
	t.Helper()
	return iam.NewIamClient(signing(t))
}

func tokenRequest(password string, scope model.AuthScope) *model.KeystoneCreateUserTokenByPasswordRequest {
	return &model.KeystoneCreateUserTokenByPasswordRequest{Body: &model.KeystoneCreateUserTokenByPasswordRequestBody{Auth: &model.PwdAuth{
		Identity: &model.PwdIdentity{
			Methods: []model.PwdIdentityMethods{model.GetPwdIdentityMethodsEnum().PASSWORD},
			Password: &model.PwdPassword{User: &model.PwdPasswordUser{
				Name: reference.User, Password: password, Domain: &model.PwdPasswordUserDomain{Name: reference.Domain},
			}},
		},
		Scope: &scope,
	}}}
}

func catalogEntry(kind, path string) model.TokenCatalog {
	return model.TokenCatalog{Type: kind, Id: kind, Name: kind, Endpoints: []model.TokenCatalogEndpoint{{
		Id: kind, Interface: "public", Region: reference.Region, RegionId: reference.Region, Url: server.URL + path,
	}}}
}

func tokenTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02T15:04:05.000000Z", text)
	if err != nil {
		t.Errorf("time of the token: %v", err)
	}
	return at
}

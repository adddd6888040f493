package huaweicloud_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/basic"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/core/auth/provider"
	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/reference"
)

// What the library takes from the environment: package client of this project
// understands the same variables, and the same file.
func TestCredentialsOfTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials")
	text := "[basic]\nak = " + reference.AccessKey + "\nsk = '" + reference.SecretKey + "' ; quoted\nproject_id = " + reference.ProjectID + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, variables := range map[string]map[string]string{
		"keys": {
			"HUAWEICLOUD_SDK_AK": reference.AccessKey, "HUAWEICLOUD_SDK_SK": reference.SecretKey, "HUAWEICLOUD_SDK_PROJECT_ID": reference.ProjectID,
		},
		"file": {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": file},
	} {
		t.Run(name, func(t *testing.T) {
			for _, variable := range []string{
				"HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_PROJECT_ID", "HUAWEICLOUD_SDK_SECURITY_TOKEN",
				"HUAWEICLOUD_SDK_IDP_ID", "HUAWEICLOUD_SDK_ID_TOKEN_FILE", "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
			} {
				t.Setenv(variable, variables[variable])
			}
			found, err := provider.NewCredentialProviderChain([]provider.ICredentialProvider{
				provider.BasicCredentialEnvProvider(), provider.BasicCredentialProfileProvider(),
			}).GetCredentials()
			if err != nil {
				t.Fatal(err)
			}
			credentials, ok := found.(*basic.Credentials)
			if !ok || credentials.ProjectId != reference.ProjectID {
				t.Fatalf("the library finds %v, want credentials of the project %s", found, reference.ProjectID)
			}
			client, err := lts.LtsClientBuilder().WithEndpoint(server.URL).WithCredential(credentials).SafeBuild()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := lts.NewLtsClient(client).ListLogGroups(&model.ListLogGroupsRequest{}); err != nil {
				t.Errorf("ListLogGroups: %v", err)
			}
		})
	}
}

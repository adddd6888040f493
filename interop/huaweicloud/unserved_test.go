package huaweicloud_test

import (
	"testing"

	lts "github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2"
	"github.com/huaweicloud/huaweicloud-sdk-go-v3/services/lts/v2/model"

	"github.com/ltskit/ltskit/interop/check"
)

// An operation of the library that the document does not have is refused like
// one that nobody has published.
func TestOperationsThatAreNotServed(t *testing.T) {
	client := lts.NewLtsClient(signing(t))
	_, keywords := client.ListKeywordsAlarmRules(&model.ListKeywordsAlarmRulesRequest{})
	_, transfer := client.CreateTransfer(&model.CreateTransferRequest{Body: &model.CreateTransferRequestBody{LogGroupId: check.UnknownID}})
	tests := []struct {
		name string
		err  error
	}{
		{"ListKeywordsAlarmRules, a path of its own", keywords},
		{"CreateTransfer, another method of a path", transfer},
	}
	for _, tt := range tests {
		checkError(t, tt.name, tt.err, refusal{404, "APIGW.0101", "The API does not exist or has not been published in the environment"})
	}
}

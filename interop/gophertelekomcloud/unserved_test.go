package gophertelekomcloud_test

import (
	"testing"

	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/alarm"
	"github.com/opentelekomcloud/gophertelekomcloud/openstack/lts/v2/transfers"

	"github.com/ltskit/ltskit/interop/check"
	"github.com/ltskit/ltskit/interop/reference"
)

// An operation of the library that the document does not have is refused like
// one that nobody has published.
func TestOperationsThatAreNotServed(t *testing.T) {
	client := newLTS(t)
	_, keywords := alarm.ListKeywordRules(client)
	_, transfer := transfers.Create(client, transfers.CreateOpts{
		LogGroupId: check.UnknownID, LogStreams: []transfers.LogStreams{{LogStreamId: check.UnknownID}},
		LogTransferInfo: &transfers.LogTransferInfo{
			LogTransferType: "OBS", LogTransferMode: "cycle", LogStorageFormat: "RAW", LogTransferStatus: "ENABLE",
			LogTransferDetail: &transfers.TransferDetail{ObsPeriod: 5, ObsPeriodUnit: "min", ObsBucketName: reference.Bucket},
		},
	})
	tests := []struct {
		name string
		err  error
	}{
		{"ListKeywordRules, a path of its own", keywords},
		{"transfers.Create, another method of a path", transfer},
	}
	for _, tt := range tests {
		checkError(t, tt.name, tt.err, refusal{404, "APIGW.0101", "The API does not exist or has not been published in the environment"})
	}
}

package server

import (
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/lts/signature"
	"github.com/ltskit/ltskit/openapi"
)

// What a request that leaves something out means is said by the document, and
// by a constant where it is done. So are limits that no schema can check. Both
// have to say the same, in every edition.
func TestDefaultsAndLimitsAreThoseOfTheDocument(t *testing.T) {
	for _, edition := range openapi.Editions() {
		doc, err := openapi.Load(edition, openapi.English)
		if err != nil {
			t.Fatal(err)
		}
		query := propertiesOf(t, doc, "ListLogsRequest")
		around := propertiesOf(t, doc, "ListLogContextRequest")
		transfers := parameterOf(t, doc, "ListTransfers", "limit")
		signed := doc.Components.SecuritySchemes["Signature"].Value.Extensions
		for _, tt := range []struct {
			name      string
			got, want any
		}{
			{"default of limit of ListLogs", lts.DefaultLimit, whole(query["limit"].Value.Default)},
			{"default of backwards_size of ListLogContext", defaultAround, whole(around["backwards_size"].Value.Default)},
			{"default of forwards_size of ListLogContext", defaultAround, whole(around["forwards_size"].Value.Default)},
			{"default of limit of ListTransfers", lts.MaxTransferPage, whole(transfers.Default)},
			{"maximum of limit of ListTransfers", lts.MaxTransferPage, whole(*transfers.Max)},
			{"days of a window of ListLogs", int(lts.DefaultMaxWindow / (24 * time.Hour)), limitOf(query["end_time"].Value.Extensions, "windowDays")},
			{"megabytes of a signed body", signature.MaxBody >> 20, limitOf(signed, "maxBodyMegabytes")},
		} {
			t.Run(edition+"/"+tt.name, func(t *testing.T) {
				if tt.got != tt.want {
					t.Errorf("the code has %v, the document %v", tt.got, tt.want)
				}
			})
		}
	}
}

func propertiesOf(t *testing.T, doc *openapi3.T, schema string) openapi3.Schemas {
	t.Helper()
	ref := doc.Components.Schemas[schema]
	if ref == nil {
		t.Fatalf("the document has no schema %s", schema)
	}
	return ref.Value.Properties
}

func parameterOf(t *testing.T, doc *openapi3.T, operationID, name string) *openapi3.Schema {
	t.Helper()
	for _, o := range openapi.Operations(doc) {
		for _, p := range o.AllParameters() {
			if o.OperationID == operationID && p.Value.Name == name {
				return p.Value.Schema.Value
			}
		}
	}
	t.Fatalf("the document has no parameter %s of %s", name, operationID)
	return nil
}

// limitOf reads a limit of x-limits; 0 is none.
func limitOf(extensions map[string]any, name string) int {
	limits, _ := extensions["x-limits"].(map[string]any)
	return whole(limits[name])
}

func whole(v any) int {
	n, _ := v.(float64)
	return int(n)
}

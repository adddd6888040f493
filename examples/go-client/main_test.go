package main

import (
	"context"
	"maps"
	"net/http/httptest"
	"testing"

	"logs.example.org/shipper/logtank"
	"logs.example.org/shipper/logtankfake"
)

// A fake is a log service with what a test needs. What it does not have panics,
// and so fails the test.
type fake struct {
	logtankfake.StrictServerInterface
	groups []logtank.LogGroup
}

func (f fake) ListLogGroups(context.Context, logtankfake.ListLogGroupsRequestObject) (logtankfake.ListLogGroupsResponseObject, error) {
	return logtankfake.ListLogGroups200JSONResponse{Body: logtank.ListLogGroupsResponse{LogGroups: f.groups}}, nil
}

func TestGroupNames(t *testing.T) {
	service := fake{groups: []logtank.LogGroup{{LogGroupID: "1", LogGroupName: "web"}, {LogGroupID: "2", LogGroupName: "db"}}}
	server := httptest.NewServer(logtankfake.Handler(logtankfake.NewStrictHandler(service, nil)))
	defer server.Close()
	client, err := logtank.NewClientWithResponses(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := groupNames(t.Context(), client, "0123456789abcdef0123456789abcdef")
	if err != nil {
		t.Fatal(err)
	}
	if want := map[string]string{"1": "web", "2": "db"}; !maps.Equal(got, want) {
		t.Errorf("groups %v, want %v", got, want)
	}
}

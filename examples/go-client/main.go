// Command shipper writes two log lines and finds one of them again. All that it
// knows of the log service is code that oapi-codegen has made from the document.
package main

import (
	"cmp"
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"logs.example.org/shipper/logtank"
)

//go:generate go tool oapi-codegen -config logtank/oapi-codegen.yaml ../../dist/bundles/openapi-3.0/lts.latest.openapi.yaml
//go:generate go tool oapi-codegen -config logtankfake/oapi-codegen.yaml ../../dist/bundles/openapi-3.0/lts.latest.openapi.yaml

func main() {
	endpoint := cmp.Or(os.Getenv("LTS_ENDPOINT"), "http://127.0.0.1:8080")
	if err := run(context.Background(), endpoint); err != nil {
		log.Fatal(err)
	}
	fmt.Println("go-client: created, written, found, deleted")
}

// run is the life cycle of a group. The group goes also when a step fails.
func run(ctx context.Context, endpoint string) (err error) {
	s, err := login(ctx, endpoint)
	if err != nil {
		return err
	}
	group, err := s.createGroup(ctx, fmt.Sprintf("go-client-%d", time.Now().UnixNano()))
	if err != nil {
		return err
	}
	deleted := false
	defer func() {
		if !deleted {
			_ = s.deleteGroup(ctx, group) // the error of the step is the one that matters
		}
	}()
	stream, err := s.createStream(ctx, group, "access")
	if err != nil {
		return err
	}
	if err := s.write(ctx, group, stream, "GET / 200", "GET /login 500"); err != nil {
		return err
	}
	found, err := s.search(ctx, group, stream, "login")
	if err != nil {
		return err
	}
	if len(found) != 1 || found[0].Content != "GET /login 500" {
		return fmt.Errorf("found %+v, want one line", found)
	}
	if err := s.deleteGroup(ctx, group); err != nil {
		return err
	}
	deleted = true
	names, err := groupNames(ctx, s.client, s.project)
	if err != nil {
		return err
	}
	if name, there := names[group]; there {
		return fmt.Errorf("the group %s is there after it was deleted", name)
	}
	return nil
}

// A session is a client with a token, and the project that it is for.
type session struct {
	client  *logtank.ClientWithResponses
	project logtank.ProjectID
}

// login gets a token with the development credentials.
func login(ctx context.Context, endpoint string) (session, error) {
	name, project := "dev", "dev"
	anonymous, err := logtank.NewClientWithResponses(endpoint)
	if err != nil {
		return session{}, err
	}
	answer, err := anonymous.CreateTokenWithResponse(ctx, nil, logtank.CreateTokenRequest{Auth: logtank.TokenAuth{
		Identity: logtank.TokenIdentity{
			Methods:  []logtank.TokenIdentityMethods{logtank.Password},
			Password: logtank.TokenPassword{User: logtank.TokenUser{Name: &name, Password: "dev", Domain: &logtank.DomainRef{Name: &name}}},
		},
		Scope: &logtank.TokenScope{Project: &logtank.ProjectRef{Name: &project}},
	}})
	if err != nil {
		return session{}, err
	}
	if answer.JSON201 == nil || answer.JSON201.Token.Project == nil {
		return session{}, unexpected("a token", answer.Status(), answer.Body)
	}
	token := answer.HTTPResponse.Header.Get("X-Subject-Token")
	client, err := logtank.NewClientWithResponses(endpoint, logtank.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("X-Auth-Token", token)
		return nil
	}))
	return session{client, answer.JSON201.Token.Project.ID}, err
}

func (s session) createGroup(ctx context.Context, name string) (id string, err error) {
	request := logtank.CreateLogGroupRequest{LogGroupName: name}
	if err := request.TTLInDays.FromGroupTTLInDays0(7); err != nil {
		return "", err
	}
	answer, err := s.client.CreateLogGroupWithResponse(ctx, s.project, request)
	if err != nil {
		return "", err
	}
	if answer.JSON201 == nil {
		return "", unexpected("a group", answer.Status(), answer.Body)
	}
	return answer.JSON201.LogGroupID.AsResourceID()
}

func (s session) createStream(ctx context.Context, group, name string) (id string, err error) {
	answer, err := s.client.CreateLogStreamWithResponse(ctx, s.project, group, logtank.CreateLogStreamRequest{LogStreamName: name})
	if err != nil {
		return "", err
	}
	if answer.JSON201 == nil {
		return "", unexpected("a stream", answer.Status(), answer.Body)
	}
	return answer.JSON201.LogStreamID, nil
}

// write sends lines with times from now on, a nanosecond apart.
func (s session) write(ctx context.Context, group, stream string, lines ...string) error {
	request := logtank.ReportLogsRequest{Contents: lines, Labels: &logtank.ReportLabels{"host": "a"}}
	if err := request.LogTimeNs.FromLenientInteger0(time.Now().UnixNano()); err != nil {
		return err
	}
	answer, err := s.client.ReportLogsWithResponse(ctx, s.project, group, stream, nil, request)
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return unexpected("written lines", answer.Status(), answer.Body)
	}
	return nil
}

// search finds the lines of the last and the next minute that have a word.
func (s session) search(ctx context.Context, group, stream, word string) ([]logtank.LogContents, error) {
	request := logtank.ListLogsRequest{Keywords: &word, Highlight: new(logtank.LenientBoolean)}
	now := time.Now()
	if err := request.StartTime.FromLenientMillis0(now.Add(-time.Minute).UnixMilli()); err != nil {
		return nil, err
	}
	if err := request.EndTime.FromLenientMillis0(now.Add(time.Minute).UnixMilli()); err != nil {
		return nil, err
	}
	if err := request.Highlight.FromLenientBoolean0(false); err != nil {
		return nil, err
	}
	answer, err := s.client.ListLogsWithResponse(ctx, s.project, group, stream, request)
	if err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, unexpected("lines", answer.Status(), answer.Body)
	}
	return answer.JSON200.Logs, nil
}

func (s session) deleteGroup(ctx context.Context, group string) error {
	answer, err := s.client.DeleteLogGroupWithResponse(ctx, s.project, group)
	if err != nil {
		return err
	}
	if answer.StatusCode() != http.StatusNoContent {
		return unexpected("a deleted group", answer.Status(), answer.Body)
	}
	return nil
}

// groupNames gives the names of the groups of a project by their IDs.
func groupNames(ctx context.Context, client *logtank.ClientWithResponses, project string) (map[string]string, error) {
	answer, err := client.ListLogGroupsWithResponse(ctx, project)
	if err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, unexpected("the groups", answer.Status(), answer.Body)
	}
	names := make(map[string]string)
	for _, group := range answer.JSON200.LogGroups {
		names[group.LogGroupID] = group.LogGroupName
	}
	return names, nil
}

func unexpected(wanted, status string, body []byte) error {
	return fmt.Errorf("wanted %s, got %s: %s", wanted, status, body)
}

package main

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// A crashAPI calls a server that may be killed at any moment.
type crashAPI struct {
	url    string
	token  string
	client http.Client
}

func newCrashAPI(url, token string) *crashAPI {
	return &crashAPI{url: url, token: token, client: http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}}
}

// send sends a request and gives the answer, which must have a status. It is not
// ok when there was none.
func (a *crashAPI) send(t *testing.T, method, path, body string, status int) (answer reply, ok bool) {
	t.Helper()
	answer, err := a.do(t, method, path, body)
	if err != nil {
		return reply{}, false
	}
	if answer.status != status {
		t.Errorf("%s with %.200s: %d %.300s, want %d", answer.what, body, answer.status, answer.body, status)
		return reply{}, false
	}
	return answer, true
}

func (a *crashAPI) do(t *testing.T, method, path, body string) (reply, error) {
	r, err := http.NewRequestWithContext(t.Context(), method, a.url+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", a.token)
	in, err := a.client.Do(r)
	if err != nil {
		return reply{}, err
	}
	answer, err := io.ReadAll(in.Body)
	return reply{method + " " + path, in.StatusCode, in.Header, string(answer)}, errors.Join(err, in.Body.Close())
}

func (a *crashAPI) close() { a.client.CloseIdleConnections() }

// login gets the token of all further requests.
func (a *crashAPI) login(t *testing.T) {
	t.Helper()
	answer, err := a.do(t, http.MethodPost, "/v3/auth/tokens", projectTokenRequest)
	if err != nil {
		t.Fatalf("%s: %v", answer.what, err)
	}
	a.token = answer.want(t, http.StatusCreated).header.Get("X-Subject-Token")
}

// getToken gets a token and uses it once.
func (a *crashAPI) getToken(t *testing.T) bool {
	answer, ok := a.send(t, http.MethodPost, "/v3/auth/tokens", projectTokenRequest, http.StatusCreated)
	if !ok {
		return false
	}
	once := newCrashAPI(a.url, answer.header.Get("X-Subject-Token"))
	defer once.close()
	_, ok = once.send(t, http.MethodGet, crashProject+"/transfers", "", http.StatusOK)
	return ok
}

const projectTokenRequest = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"dev","password":"dev","domain":{"name":"dev"}}}},"scope":{"project":{"name":"dev"}}}}`

// create creates something and notes its fate and ID.
func (a *crashAPI) create(t *testing.T, of *fate, id *string, path, member, body string) bool {
	*of = unclear
	answer, ok := a.send(t, http.MethodPost, path, body, http.StatusCreated)
	if !ok {
		return false
	}
	var members map[string]string
	if err := json.Unmarshal([]byte(answer.body), &members); err != nil || members[member] == "" {
		t.Errorf("%s: %s has no %s: %v", answer.what, answer.body, member, err)
		return false
	}
	*of, *id = present, members[member]
	return true
}

// remove deletes something and notes its fate.
func (a *crashAPI) remove(t *testing.T, of *fate, path string) bool {
	*of = unclear
	status := http.StatusNoContent
	if strings.Contains(path, "/transfers") {
		status = http.StatusOK
	}
	if _, ok := a.send(t, http.MethodDelete, path, "", status); !ok {
		return false
	}
	*of = missing
	return true
}

package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/openapi"
	"github.com/ltskit/ltskit/server"
	"github.com/ltskit/ltskit/server/embedded"
)

const groupsPath = "/v2/" + embedded.DevProjectID + "/groups"

func TestServe(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	first := start(t, "--data", folder)
	token := first.login(t)
	first.call(t, "POST", groupsPath, token, `{"log_group_name":"kept","ttl_in_days":30}`).want(t, http.StatusCreated)
	list := first.call(t, "GET", groupsPath, token, "").want(t, http.StatusOK)
	first.stop(t, 0)

	t.Run("what it prints is enough to use it", func(t *testing.T) {
		for _, part := range []string{
			"edition latest", first.url, folder, embedded.DevDomain, embedded.DevUser, embedded.DevPassword,
			embedded.DevProjectID, embedded.DevAccessKey, embedded.DevSecretKey,
			embedded.OtherProjectID, embedded.OtherAccessKey, embedded.OtherSecretKey,
		} {
			if !strings.Contains(first.greeting(), part) {
				t.Errorf("lts serve printed %q, want %q in it", first.greeting(), part)
			}
		}
	})
	t.Run("what it logs has no secrets", func(t *testing.T) {
		for _, secret := range []string{token, `"password"`, "kept"} {
			if text := first.stderr.String(); strings.Contains(text, secret) || text == "" {
				t.Errorf("lts serve logged %.1000q, want something without %.20q", text, secret)
			}
		}
	})
	t.Run("data and tokens outlive it", func(t *testing.T) {
		again := start(t, "--data", folder).call(t, "GET", groupsPath, token, "").want(t, http.StatusOK)
		if again.body != list.body {
			t.Errorf("groups after a restart %s, want %s", again.body, list.body)
		}
	})
}

func TestServeAsItIsTold(t *testing.T) {
	s := start(t, "--edition", "2024-03", "--faults", "--listen", "localhost:0")
	token := s.login(t)
	t.Run("edition", func(t *testing.T) {
		got := s.call(t, "POST", groupsPath, token, `{"log_group_name":"a","ttl_in_days":30}`).want(t, http.StatusBadRequest)
		if !strings.Contains(got.body, "The log group TTL day must be 7") || !strings.Contains(s.greeting(), "edition 2024-03") {
			t.Errorf("lts serve --edition 2024-03 printed %q and answered %s, want the edition and its rule", s.greeting(), got.body)
		}
	})
	t.Run("faults", func(t *testing.T) {
		got := s.call(t, "GET", groupsPath, token, "", server.FaultHeader, "catalog").want(t, http.StatusInternalServerError)
		if want := `{"error_code":"LTS.0010","error_msg":"The system encountered an internal error"}`; strings.TrimSpace(got.body) != want {
			t.Errorf("lts serve --faults answered %s, want %s", got.body, want)
		}
	})
	t.Run("what is about the server as a whole is no API", func(t *testing.T) {
		got := s.options(t)
		id := got.header.Get(server.RequestIDHeader)
		if got.status != http.StatusNotFound || id == "" || !strings.Contains(got.body, id) {
			t.Errorf("OPTIONS *: %d, %s %q, %s; want 404 with an ID", got.status, server.RequestIDHeader, id, got.body)
		}
	})
}

func TestServeListensOnLoopbackOnly(t *testing.T) {
	for _, listen := range []string{
		"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "example.com:0", "localhost.example.com:0", "127.0.0.1.example.com:0", "[::ffff:192.0.2.1]:0", "*:0",
	} {
		t.Run(listen, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "data")
			got := runIt(t, "serve", "--listen", listen, "--data", folder)
			if got.status != exitBroken || !strings.Contains(got.stderr, "loopback") || got.stdout != "" {
				t.Errorf("lts serve --listen %s: %d, %q, %q; want %d and that the address must be a loopback one", listen, got.status, got.stdout, got.stderr, exitBroken)
			}
			if _, err := os.Stat(folder); !os.IsNotExist(err) {
				t.Errorf("lts serve --listen %s made the data folder (%v), want nothing", listen, err)
			}
		})
	}
}

func TestServeThatCannotBegin(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		args []string
		want []string // parts of the message
	}{
		"address without a port":      {[]string{"--listen", "127.0.0.1"}, []string{"127.0.0.1", "listen"}},
		"no address":                  {[]string{"--listen", ""}, []string{"listen"}},
		"port that there is not":      {[]string{"--listen", "127.0.0.1:99999"}, []string{"99999"}},
		"file in place of the folder": {[]string{"--data", file}, []string{file}},
		"no folder":                   {[]string{"--data", ""}, []string{"data"}},
		"edition that there is not":   {[]string{"--edition", "2023-01"}, openapi.Editions()},
		"edition in another spelling": {[]string{"--edition", "Latest"}, openapi.Editions()},
		"no edition":                  {[]string{"--edition", ""}, openapi.Editions()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			args := append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, tt.args...)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			got := runWith(ctx, args...)
			if got.status != exitBroken || ctx.Err() != nil {
				t.Errorf("lts %q ended with %d (%v) and %q, want %d at once", args, got.status, ctx.Err(), got.stderr, exitBroken)
			}
			for _, part := range tt.want {
				if !strings.Contains(got.stderr, part) {
					t.Errorf("lts %q wrote %q, want %q in it", args, got.stderr, part)
				}
			}
		})
	}
}

func TestAnAddressThatIsTakenLeavesNoTrace(t *testing.T) {
	busy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = busy.Close() }()
	for _, tt := range []struct{ flag, key string }{{"--listen", "listen"}, {"--admin-listen", "admin.listen"}} {
		t.Run(tt.flag, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			got := runIt(t, "serve", "--listen", "127.0.0.1:0", "--data", data, "--tls-self-signed", tt.flag, busy.Addr().String())
			want := "lts: " + tt.key + ": listen tcp " + busy.Addr().String() + ": bind: address already in use: another program listens there, " +
				"perhaps another lts serve; stop it or choose another address with " + tt.flag + " (port 0 is a free one)\n"
			if got.status != exitBroken || got.stderr != want {
				t.Errorf("status %d, %q; want %d and %q", got.status, got.stderr, exitBroken, want)
			}
			if _, err := os.Stat(data); !os.IsNotExist(err) {
				t.Errorf("the data folder is made: %v", err)
			}
		})
	}
}

// A reply is the answer to a call.
type reply struct {
	what   string
	status int
	header http.Header
	body   string
}

func (r reply) want(t *testing.T, status int) reply {
	t.Helper()
	if r.status != status {
		t.Fatalf("%s: %d %s, want %d", r.what, r.status, r.body, status)
	}
	return r
}

// call sends a request, with a header more where one is given.
func (s *running) call(t *testing.T, method, path, token, body string, header ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Auth-Token", token)
	if len(header) == 2 {
		r.Header.Set(header[0], header[1])
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = answer.Body.Close() }()
	return replyOf(t, method+" "+path, answer)
}

// options sends a request that is about the server as a whole.
func (s *running) options(t *testing.T) reply {
	t.Helper()
	connection, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if _, err := fmt.Fprintf(connection, "OPTIONS * HTTP/1.1\r\nHost: %s\r\n\r\n", s.address()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	return replyOf(t, "OPTIONS *", answer)
}

func replyOf(t *testing.T, what string, answer *http.Response) reply {
	t.Helper()
	data, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	return reply{what, answer.StatusCode, answer.Header, string(data)}
}

// login gets a token for the development project.
func (s *running) login(t *testing.T) string {
	t.Helper()
	const body = `{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"dev","password":"dev","domain":{"name":"dev"}}}},"scope":{"project":{"name":"dev"}}}}`
	return s.call(t, "POST", "/v3/auth/tokens", "", body).want(t, http.StatusCreated).header.Get("X-Subject-Token")
}

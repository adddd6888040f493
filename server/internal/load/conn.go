package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/ltskit/ltskit/server/embedded"
)

// A conn is one connection of a client. That of net/http takes as much CPU as
// the server, which is what shall be measured.
type conn struct {
	net.Conn
	answers *bufio.Reader
	head    string // of every request, behind the first line
	request []byte
}

// patience is how long a connection is used at most.
const patience = 30 * time.Minute

func open(address, token string) (*conn, error) {
	c, err := net.Dial("tcp", address) //nolint:noctx // the deadline below ends it
	if err != nil {
		return nil, err
	}
	head := " HTTP/1.1\r\nHost: " + address + "\r\nContent-Type: application/json\r\n"
	if token != "" {
		head += "X-Auth-Token: " + token + "\r\n"
	}
	return &conn{Conn: c, answers: bufio.NewReader(c), head: head + "Content-Length: "}, c.SetDeadline(time.Now().Add(patience))
}

// dial connects and gets a token.
func dial(address string) (*conn, error) {
	anonymous, err := open(address, "")
	if err != nil {
		return nil, err
	}
	defer anonymous.close()
	granted, err := anonymous.send(http.MethodPost, "/v3/auth/tokens", fmt.Appendf(nil,
		`{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":%q,"password":%q,"domain":{"name":%q}}}},"scope":{"project":{"name":%q}}}}`,
		embedded.DevUser, embedded.DevPassword, embedded.DevDomain, embedded.DevProject))
	if err != nil {
		return nil, err
	}
	return open(address, granted.Header.Get("X-Subject-Token"))
}

func (c *conn) close() { _ = c.Conn.Close() }

// An answer has been read to its end.
type answer struct {
	*http.Response

	body []byte
}

// send sends a request and reads the answer.
func (c *conn) send(method, path string, body []byte) (answer, error) {
	c.request = append(c.request[:0], method+" "+path+c.head...)
	c.request = strconv.AppendInt(c.request, int64(len(body)), 10)
	c.request = append(c.request, "\r\n\r\n"...)
	c.request = append(c.request, body...)
	if _, err := c.Write(c.request); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(c.answers, nil)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(response.Body)
	return answer{response, read}, err
}

// call sends a request and decodes the answer, which must be a good one. A nil
// into lets the answer go.
func (c *conn) call(method, path string, body []byte, into any) error {
	got, err := c.send(method, path, body)
	if err != nil {
		return err
	}
	if got.StatusCode >= http.StatusMultipleChoices {
		return fmt.Errorf("%s %s: %s: %s", method, path, got.Status, got.body)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(got.body, into)
}

func (c *conn) post(path string, body []byte, into any) error {
	return c.call(http.MethodPost, path, body, into)
}

package clientcheck

import (
	"crypto/rand"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// An Auth is a way in which a client says who calls.
type Auth string

// The ways.
const (
	Password  Auth = "password" // CreateToken with the user's password
	Token     Auth = "token"    // a token that was handed over
	AccessKey Auth = "key"      // signatures
)

// A Session is what a client is told: where the service is, who calls, what
// there is, and which scenario is played.
type Session struct {
	Endpoint string // base URL of all services
	Scenario string // such as "throttled"
	// Operation is the operationId that the scenario is about. A client may call
	// it alone, with what it needs; empty means all.
	Operation string
	// Timeout is how long the client should wait for an answer.
	Timeout time.Duration

	ProjectID, Project, Domain, User string
	Auth                             Auth
	Password                         string // with [Password]
	Token                            string // with [Token]
	AccessKey, SecretKey             string // with [AccessKey]

	// What there is without being created.
	GroupID, StreamID, TransferID, LogtankID, Bucket string
	// TimeNS is the time of the first record, in nanoseconds since 1970-01-01
	// UTC, and its line number. Records that a client writes should begin with
	// it: its digits show whether 64-bit integers survive.
	TimeNS int64
}

// Environ gives the session as variables of the environment, in the form
// NAME=value.
func (s Session) Environ() []string {
	var all []string
	for _, v := range []struct{ name, value string }{
		{"LTS_ENDPOINT", s.Endpoint}, {"LTS_IAM_ENDPOINT", s.Endpoint}, {"LTS_GA_ENDPOINT", s.Endpoint},
		{"LTS_SCENARIO", s.Scenario}, {"LTS_OPERATION", s.Operation},
		{"LTS_TIMEOUT", strconv.FormatFloat(s.Timeout.Seconds(), 'f', -1, 64)},
		{"LTS_PROJECT_ID", s.ProjectID}, {"LTS_PROJECT", s.Project}, {"LTS_DOMAIN", s.Domain}, {"LTS_USER", s.User},
		{"LTS_PASSWORD", s.Password}, {"LTS_TOKEN", s.Token}, {"LTS_ACCESS_KEY", s.AccessKey}, {"LTS_SECRET_KEY", s.SecretKey},
		{"LTS_GROUP_ID", s.GroupID}, {"LTS_STREAM_ID", s.StreamID}, {"LTS_TRANSFER_ID", s.TransferID},
		{"LTS_LOGTANK_ID", s.LogtankID}, {"LTS_BUCKET", s.Bucket}, {"LTS_TIME_NS", strconv.FormatInt(s.TimeNS, 10)},
	} {
		all = append(all, v.name+"="+v.value)
	}
	return all
}

// clientTimeout is how long a client is asked to wait for an answer.
const clientTimeout = 2 * time.Second

// newSession invents what a client is told.
func newSession(endpoint string, s scenario, operation string, auth Auth) Session {
	id := newID
	if s.IDs == "awkward" {
		id = func() string { return awkward(newID()) }
	}
	session := Session{
		Endpoint: endpoint, Scenario: s.Name, Operation: operation, Timeout: clientTimeout,
		ProjectID: randomHex(16), Project: "project", Domain: "domain", User: "user", Auth: auth,
		GroupID: id(), StreamID: id(), TransferID: id(), LogtankID: id(), Bucket: "lts-test",
		TimeNS: oddTime(time.Now().Add(-time.Minute)),
	}
	switch auth {
	case AccessKey:
		session.AccessKey, session.SecretKey = randomHex(10), randomHex(20)
	case Token:
		session.Token = newToken()
	default:
		session.Password = randomHex(12)
	}
	if s.Times == "far" {
		session.TimeNS = farTime
	}
	return session
}

// farTime is near the end of 64 bits. As a floating-point number it is 123 less.
const farTime = 1<<63 - 901

// oddTime changes the last digits of a time so that it is none that a
// floating-point number can be: those since 1995 are multiples of 128 or 256.
func oddTime(t time.Time) int64 { return t.UnixNano()&^255 + 40 }

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func newID() string {
	h := randomHex(16)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// awkward puts characters into an ID that have to be escaped in a path or in a
// query.
func awkward(id string) string {
	b := []byte(id)
	for i, c := range map[int]byte{8: '/', 13: ' ', 18: '+', 23: '%', 25: '&'} {
		b[i] = c
	}
	return string(b)
}

// newToken invents a token of a length that the documents give (1000 to 2000).
func newToken() string { return "MII" + randomHex(600) }

package embedded

import (
	"errors"
	"net/http"
	"time"

	"github.com/ltskit/ltskit/server"
)

// A Door is another way to the same service, under settings of its own: who
// tests clients or a test suite needs answers that others must not get.
type Door struct {
	RateLimit    server.RateLimit // counts what comes through this door alone
	Provisioning time.Duration    // see [lts.Config]
}

// OpenDoor gives the handler of a door: the same data, users and tokens. It works
// until the server is closed. The server must have been opened with Faults:
// others remember streams, and would not see what goes through a door.
func (s *Server) OpenDoor(d Door) (http.Handler, error) {
	if !s.options.Faults {
		return nil, errors.New("embedded: a door needs a server with Faults")
	}
	options := s.options
	options.HTTP.RateLimit, options.Provisioning = d.RateLimit, d.Provisioning
	_, o := s.service(options)
	return server.New(o)
}

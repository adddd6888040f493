package server

import (
	"time"

	"github.com/ltskit/ltskit/gen/apiserver"
	"github.com/ltskit/ltskit/lts"
)

// handlers joins the handlers of all tags to the generated interface.
type handlers struct {
	tokenHandlers
	groupHandlers
	streamHandlers
	logHandlers
	logtankHandlers
	transferHandlers
}

func newHandlers(options Options) *handlers {
	return &handlers{
		tokenHandlers:    tokenHandlers{tokens: options.Tokens, region: options.Region},
		groupHandlers:    groupHandlers{service: options.Service},
		streamHandlers:   streamHandlers{service: options.Service},
		logHandlers:      logHandlers{service: options.Service},
		logtankHandlers:  logtankHandlers{service: options.Service},
		transferHandlers: transferHandlers{service: options.Service},
	}
}

var _ apiserver.StrictServerInterface = (*handlers)(nil)

// creationTime is how answers give the time of a creation.
func creationTime(t time.Time) int64 { return t.UnixMilli() }

// deref gives what p points to, or the zero value: the fields of a request
// that may be absent.
func deref[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// optional gives nil for the zero value: the fields of an answer that are left
// out when there is nothing to say.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// enterpriseProject is the name under which lists carry the enterprise project
// among the tags; "0" is the default one.
const enterpriseProject = "_sys_enterprise_project_id"

func tagMap(tags []lts.Tag) map[string]string {
	m := map[string]string{enterpriseProject: "0"}
	for _, tag := range tags {
		m[tag.Key] = tag.Value
	}
	return m
}

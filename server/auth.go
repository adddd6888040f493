package server

import (
	"context"

	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/lts"
)

// A caller is who a request comes from.
type caller struct {
	user    lts.User
	domain  lts.Domain
	project string // ID of the project that the credentials are for, or empty
}

type callerKey struct{}

// callerOf gives the caller of a request that has been authenticated.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// authenticate finds out who calls, before anything of the request is looked
// at, and refuses another project than the one of the credentials.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if o := s.operationOf(c); o.Security != nil && len(*o.Security) == 0 {
			return next(c)
		}
		who, err := s.identify(c)
		if err != nil {
			return err
		}
		if project := c.Param("project_id"); project != "" && project != who.project {
			return lts.ErrWrongProject
		}
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
		return next(c)
	}
}

func (s *Server) identify(c echo.Context) (caller, error) {
	token := c.Request().Header.Get("X-Auth-Token")
	if token == "" {
		return caller{}, lts.ErrNotAuthenticated
	}
	grant, err := s.options.Tokens.Verify(token)
	if err != nil {
		return caller{}, err
	}
	who := caller{user: grant.User, domain: grant.Domain}
	if grant.Project != nil {
		who.project = grant.Project.ID
	}
	return who, nil
}

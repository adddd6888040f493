package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/lts/signature"
)

// A caller is who a request comes from.
type caller struct {
	user    lts.Principal
	domain  lts.Domain
	project string // ID of the project that the credentials are for, or empty
}

type callerKey struct{}

// callerOf gives the caller of a request that has been authenticated.
func callerOf(ctx context.Context) caller {
	c, _ := ctx.Value(callerKey{}).(caller)
	return c
}

// authenticate finds out who calls, before anything else of the request is
// looked at, and refuses another project than the one of the credentials.
func (s *Server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		o := s.operationOf(c)
		if o.isPublic() {
			return next(c)
		}
		who, err := s.identify(c.Request())
		if err != nil {
			return err
		}
		r := c.Request()
		if o.Service() != "iam" { // which tells what projects there are, and asks for none
			if who.project, err = s.projectOf(r, who); err != nil {
				return err
			}
			if !isProjectRight(c, o, who.project) {
				return lts.ErrWrongProject
			}
		}
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
		return next(c)
	}
}

// projectHeader names the project where neither path nor token does.
const projectHeader = "X-Project-Id"

// projectOf is the project of a request: that of the credentials or, where they
// are for a whole domain, the one that the header names. A header that names
// another project than the credentials is refused.
func (s *Server) projectOf(r *http.Request, who caller) (string, error) {
	named := r.Header.Get(projectHeader)
	switch {
	case named == "" || named == who.project:
		return who.project, nil
	case who.project == "" && s.options.Directory.MayUse(who.user, named):
		return named, nil
	default:
		return "", lts.ErrWrongProject
	}
}

// isProjectRight compares the project of a request with the one in its path.
// Global Accelerator has none there, but needs one.
func isProjectRight(c echo.Context, o *operation, project string) bool {
	if o.Service() == "ga" {
		return project != ""
	}
	return c.Param("project_id") == project
}

// identify reads the credentials. A token wins over a signature.
func (s *Server) identify(r *http.Request) (caller, error) {
	if token := r.Header.Get("X-Auth-Token"); token != "" {
		return s.byToken(token)
	}
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		return s.bySignature(r, authorization)
	}
	return caller{}, lts.ErrNotAuthenticated
}

func (s *Server) byToken(token string) (caller, error) {
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

// bySignature verifies a signed request. The body is read for it, up to the
// limit of signed requests, and put back; but not before everything holds that
// can be told without it, because whoever knows an access key could send one.
func (s *Server) bySignature(r *http.Request, authorization string) (caller, error) {
	now := s.options.Now()
	parsed, err := signature.Parse(authorization)
	if err != nil {
		return caller{}, refuseSignature(err)
	}
	key, known := s.options.Directory.AccessKey(parsed.Access)
	if !known {
		return caller{}, refuseSignature(errUnknownKey)
	}
	if err := signature.VerifyHead(signedRequest(r, nil), authorization, now); err != nil {
		return caller{}, refuseSignature(err)
	}
	if r.ContentLength > signature.MaxBody {
		return caller{}, refuseSignature(signature.ErrBodyTooLarge)
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, signature.MaxBody+1))
	if err != nil {
		return caller{}, unreadable(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := signature.Verify(signedRequest(r, body), authorization, key.Secret, now); err != nil {
		return caller{}, refuseSignature(err)
	}
	user, domain, err := s.options.Directory.Owner(key)
	return caller{user: user, domain: domain, project: key.ProjectID}, err
}

var errUnknownKey = errors.New("the access key is not known")

// refuseSignature tells the sender what is wrong with a signature. For one that
// does not match it shows the canonical request, as the vendor's gateway does:
// without it nobody finds the difference.
func refuseSignature(err error) error {
	rule := err.Error()
	if mismatch, ok := errors.AsType[*signature.MismatchError](err); ok {
		rule += "; the canonical request is " + mismatch.CanonicalRequest
	}
	return lts.ErrInvalidToken.WithDetails(lts.Detail{Field: "Authorization", Rule: rule})
}

// signedRequest is what the signature is about. net/http keeps Host apart from
// the other headers; a signer may have signed it.
func signedRequest(r *http.Request, body []byte) signature.Request {
	header := r.Header.Clone()
	header.Set("Host", r.Host)
	return signature.Request{
		Method:   r.Method,
		Path:     r.URL.EscapedPath(),
		RawQuery: r.URL.RawQuery,
		Header:   header,
		Body:     body,
	}
}

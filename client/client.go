package client

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/ltskit/ltskit/gen/apiclient"
)

// A Client calls the services of one project. It is safe for concurrent use,
// and one for each project is enough: it shares connections and its token.
type Client struct {
	Groups    *Groups
	Streams   *Streams
	Records   *Records
	Transfers *Transfers
	Logtanks  *Logtanks
	Tokens    *Tokens
}

// New returns a client for a project at an endpoint, the base address of the
// log service such as https://lts.region.example.com. One of the options has to
// say who calls: [WithPassword], [WithToken], [WithTokenSource],
// [WithAccessKey] or [WithEnvironment].
//
// The identity service and Global Accelerator are looked for at the same
// address. Where its host begins with "lts.", as the vendor's do, that part is
// replaced by "iam." and "ga."; [WithIAMEndpoint] and [WithGAEndpoint] name
// others.
//
// New does not call anything. It fails for an endpoint that is no address, for a
// missing project and for options that contradict each other.
func New(endpoint, projectID string, opts ...Option) (*Client, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	client, err := c.build(endpoint, projectID)
	if err != nil {
		return nil, fmt.Errorf("client: %w", err)
	}
	return client, nil
}

// A core is what all parts of a client share.
type core struct {
	project      string
	lts, iam, ga *apiclient.Client
	config       config
}

func (c config) build(endpoint, projectID string) (*Client, error) {
	if projectID == "" {
		return nil, errors.New("the ID of the project is missing")
	}
	base, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	requests := newRequester(c)
	shared := &core{project: projectID, config: c}
	for _, service := range []struct {
		client  **apiclient.Client
		address string
		name    string
	}{
		{&shared.lts, "", "lts"},
		{&shared.iam, c.iamEndpoint, "iam"},
		{&shared.ga, c.gaEndpoint, "ga"},
	} {
		address := sibling(base, service.name)
		if service.address != "" {
			if address, err = parseEndpoint(service.address); err != nil {
				return nil, err
			}
		}
		*service.client, err = apiclient.NewClient(address.String(), apiclient.WithHTTPClient(requests))
		if err != nil {
			return nil, err
		}
	}
	tokens := &Tokens{shared}
	if requests.credentials, err = c.credentials(tokens, projectID); err != nil {
		return nil, err
	}
	return &Client{
		Groups:    &Groups{shared},
		Streams:   &Streams{shared},
		Records:   &Records{shared},
		Transfers: &Transfers{shared},
		Logtanks:  &Logtanks{shared},
		Tokens:    tokens,
	}, nil
}

func parseEndpoint(endpoint string) (*url.URL, error) {
	const example = "want an address such as https://lts.region.example.com"
	address, err := url.Parse(endpoint)
	if err != nil {
		if wrong, ok := errors.AsType[*url.Error](err); ok {
			err = wrong.Err // the rest of it repeats the address
		}
		return nil, fmt.Errorf("endpoint %q: %w; %s", endpoint, err, example)
	}
	if address.Scheme != "http" && address.Scheme != "https" || address.Host == "" {
		return nil, fmt.Errorf("endpoint %q: %s", endpoint, example)
	}
	if address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		return nil, fmt.Errorf("endpoint %q: has more than scheme, host and path", address.Redacted())
	}
	return address, nil
}

// sibling is the address of another service of the same region.
func sibling(base *url.URL, service string) *url.URL {
	address := *base
	if region, ok := strings.CutPrefix(address.Host, "lts."); ok {
		address.Host = service + "." + region
	}
	return &address
}

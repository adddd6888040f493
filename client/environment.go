package client

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Variables of the environment, by what they mean. The first one that is set
// counts: those of this module, those of the vendor's SDK, those of OpenStack
// clients, which partners of the vendor use.
var (
	endpointVariables      = []string{"LTS_ENDPOINT"}
	iamEndpointVariables   = []string{"LTS_IAM_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "OS_AUTH_URL"}
	gaEndpointVariables    = []string{"LTS_GA_ENDPOINT"}
	projectVariables       = []string{"LTS_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID"}
	accessKeyVariables     = []string{"LTS_ACCESS_KEY", "HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY", "OS_ACCESS_KEY"}
	secretKeyVariables     = []string{"LTS_SECRET_KEY", "HUAWEICLOUD_SDK_SK", "HW_SECRET_KEY", "OS_SECRET_KEY"}
	securityTokenVariables = []string{"LTS_SECURITY_TOKEN", "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HW_SECURITY_TOKEN", "OS_SECURITY_TOKEN"}
	tokenVariables         = []string{"LTS_TOKEN", "HW_AUTH_TOKEN", "OS_AUTH_TOKEN", "OS_TOKEN"}
	userVariables          = []string{"LTS_USER", "HW_USER_NAME", "OS_USERNAME"}
	userIDVariables        = []string{"LTS_USER_ID", "HW_USER_ID", "OS_USER_ID"}
	passwordVariables      = []string{"LTS_PASSWORD", "HW_USER_PASSWORD", "OS_PASSWORD"}
	domainVariables        = []string{"LTS_DOMAIN", "HW_DOMAIN_NAME", "OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME"}
	domainIDVariables      = []string{"LTS_DOMAIN_ID", "HUAWEICLOUD_SDK_DOMAIN_ID", "HW_DOMAIN_ID", "OS_USER_DOMAIN_ID", "OS_DOMAIN_ID"}
)

// NewFromEnvironment returns a client for what the environment names: the
// endpoint by LTS_ENDPOINT, the project by LTS_PROJECT_ID or
// HUAWEICLOUD_SDK_PROJECT_ID, the credentials as [WithEnvironment] finds them.
// LTS_IAM_ENDPOINT and LTS_GA_ENDPOINT may name the other services. Options
// are applied after the environment.
func NewFromEnvironment(opts ...Option) (*Client, error) {
	endpoint, project := lookup(endpointVariables), lookup(projectVariables)
	if endpoint == "" || project == "" {
		return nil, fmt.Errorf("client: set %s and %s", endpointVariables[0], projectVariables[0])
	}
	fromEnvironment := []Option{WithEnvironment()}
	if iam := lookup(iamEndpointVariables); iam != "" {
		// OS_AUTH_URL names the version of the API as well.
		fromEnvironment = append(fromEnvironment, WithIAMEndpoint(strings.TrimSuffix(strings.TrimSuffix(iam, "/"), "/v3")))
	}
	if ga := lookup(gaEndpointVariables); ga != "" {
		fromEnvironment = append(fromEnvironment, WithGAEndpoint(ga))
	}
	return New(endpoint, project, append(fromEnvironment, opts...)...)
}

// WithEnvironment takes the credentials from the environment. In this order,
// the first that is complete counts:
//
//   - a pair of keys: LTS_ACCESS_KEY and LTS_SECRET_KEY, with
//     LTS_SECURITY_TOKEN for a temporary one;
//   - a token: LTS_TOKEN;
//   - a password: LTS_USER (or LTS_USER_ID), LTS_PASSWORD and LTS_DOMAIN (or
//     LTS_DOMAIN_ID).
//
// In place of each of them the names of the vendor's SDK (HUAWEICLOUD_SDK_AK,
// HUAWEICLOUD_SDK_SK, ...), of the vendor's tools (HW_ACCESS_KEY, HW_USER_NAME,
// ...) and of OpenStack clients (OS_USERNAME, OS_PASSWORD, OS_DOMAIN_NAME, ...)
// are understood.
func WithEnvironment() Option {
	return func(c *config) {
		option, err := environmentOption()
		if err != nil {
			c.problems = append(c.problems, err)
			return
		}
		option(c)
	}
}

func environmentOption() (Option, error) {
	key := AccessKey{
		ID: lookup(accessKeyVariables), Secret: lookup(secretKeyVariables), SecurityToken: lookup(securityTokenVariables),
	}
	password := Password{
		User: lookup(userVariables), UserID: lookup(userIDVariables), Password: lookup(passwordVariables),
		Domain: lookup(domainVariables), DomainID: lookup(domainIDVariables),
	}
	switch token := lookup(tokenVariables); {
	case key.ID != "" && key.Secret != "":
		return WithAccessKey(key), nil
	case token != "":
		return WithToken(token), nil
	case password.Password != "" && (password.User != "" || password.UserID != ""):
		return WithPassword(password), nil
	default:
		return nil, errors.New("the environment has no credentials: set LTS_ACCESS_KEY and LTS_SECRET_KEY, " +
			"or LTS_TOKEN, or LTS_USER, LTS_PASSWORD and LTS_DOMAIN")
	}
}

func lookup(names []string) string {
	for _, name := range names {
		if value := os.Getenv(name); value != "" {
			return value
		}
	}
	return ""
}

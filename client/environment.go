package client

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

// Variables that say where the services are, the first one that is set counts:
// those of this module, those of the vendor's SDK, those of the vendor's tools,
// those of OpenStack clients, which partners of the vendor use.
var (
	endpointVariables    = []string{"LTS_ENDPOINT"}
	iamEndpointVariables = []string{"LTS_IAM_ENDPOINT", "HUAWEICLOUD_SDK_IAM_ENDPOINT", "OS_AUTH_URL"}
	gaEndpointVariables  = []string{"LTS_GA_ENDPOINT"}
	caFileVariables      = []string{"LTS_CA_FILE", "OS_CACERT", "OS_CA_CERT", "OS_CA_CERT_FILE"}
	projectVariables     = []string{"LTS_PROJECT_ID", "HUAWEICLOUD_SDK_PROJECT_ID", "HW_PROJECT_ID", "OS_PROJECT_ID", "OS_TENANT_ID"}
)

// A naming is how a family of programs names the variables of credentials; of
// several names the first one that is set counts.
type naming struct {
	accessKey, secretKey, securityToken      []string
	token                                    []string
	user, userID, password, domain, domainID []string
}

// namings are the families, in the order of [WithEnvironment].
var namings = []naming{
	{
		accessKey: []string{"LTS_ACCESS_KEY"}, secretKey: []string{"LTS_SECRET_KEY"}, securityToken: []string{"LTS_SECURITY_TOKEN"},
		token: []string{"LTS_TOKEN"},
		user:  []string{"LTS_USER"}, userID: []string{"LTS_USER_ID"}, password: []string{"LTS_PASSWORD"},
		domain: []string{"LTS_DOMAIN"}, domainID: []string{"LTS_DOMAIN_ID"},
	},
	{ // of the vendor's SDK: core/auth/provider
		accessKey: []string{"HUAWEICLOUD_SDK_AK"}, secretKey: []string{"HUAWEICLOUD_SDK_SK"},
		securityToken: []string{"HUAWEICLOUD_SDK_SECURITY_TOKEN"},
	},
	{ // of the vendor's tools
		accessKey: []string{"HW_ACCESS_KEY"}, secretKey: []string{"HW_SECRET_KEY"}, securityToken: []string{"HW_SECURITY_TOKEN"},
		token: []string{"HW_AUTH_TOKEN"},
		user:  []string{"HW_USER_NAME"}, userID: []string{"HW_USER_ID"}, password: []string{"HW_USER_PASSWORD"},
		domain: []string{"HW_DOMAIN_NAME"}, domainID: []string{"HW_DOMAIN_ID"},
	},
	{ // of OpenStack clients, gophertelekomcloud among them
		accessKey:     []string{"OS_ACCESS_KEY", "OS_ACCESS_KEY_ID", "OS_AK"},
		secretKey:     []string{"OS_SECRET_KEY", "OS_ACCESS_KEY_SECRET", "OS_SK"},
		securityToken: []string{"OS_SECURITY_TOKEN", "OS_AKSK_SECURITY_TOKEN", "OS_ST"},
		token:         []string{"OS_TOKEN", "OS_AUTH_TOKEN", "OS_TOKEN_ID"},
		user:          []string{"OS_USERNAME"}, userID: []string{"OS_USER_ID", "OS_USERID"}, password: []string{"OS_PASSWORD"},
		domain:   []string{"OS_USER_DOMAIN_NAME", "OS_DOMAIN_NAME", "OS_PROJECT_DOMAIN_NAME"},
		domainID: []string{"OS_USER_DOMAIN_ID", "OS_DOMAIN_ID", "OS_PROJECT_DOMAIN_ID"},
	},
}

// NewFromEnvironment returns a client for what the environment names: the
// endpoint by LTS_ENDPOINT, the project by LTS_PROJECT_ID, the credentials as
// [WithEnvironment] finds them. LTS_IAM_ENDPOINT and LTS_GA_ENDPOINT may name the
// other services, LTS_CA_FILE a file as for [WithCAFile]. Options are applied
// after the environment.
//
// In place of these names some of the vendor's SDK (HUAWEICLOUD_SDK_PROJECT_ID,
// HUAWEICLOUD_SDK_IAM_ENDPOINT), of its tools (HW_PROJECT_ID) and of OpenStack
// clients (OS_PROJECT_ID, OS_TENANT_ID, OS_AUTH_URL, OS_CACERT) are understood,
// and the project of a file that HUAWEICLOUD_SDK_CREDENTIALS_FILE names.
func NewFromEnvironment(opts ...Option) (*Client, error) {
	endpoint, project := lookup(endpointVariables), lookup(projectVariables)
	if project == "" {
		file, err := readCredentialsFile()
		if err != nil {
			return nil, fmt.Errorf("client: %w", err)
		}
		project = file.projectID
	}
	if endpoint == "" {
		return nil, fmt.Errorf("client: the environment names no endpoint: set %s", endpointVariables[0])
	}
	if project == "" {
		return nil, fmt.Errorf("client: the environment names no project: set %s", projectVariables[0])
	}
	fromEnvironment := []Option{WithEnvironment()}
	if iam := lookup(iamEndpointVariables); iam != "" {
		fromEnvironment = append(fromEnvironment, WithIAMEndpoint(iamAddress(iam)))
	}
	if ga := lookup(gaEndpointVariables); ga != "" {
		fromEnvironment = append(fromEnvironment, WithGAEndpoint(ga))
	}
	if file := lookup(caFileVariables); file != "" {
		fromEnvironment = append(fromEnvironment, func(c *config) { c.caFile = file })
	}
	return New(endpoint, project, append(fromEnvironment, opts...)...)
}

// iamAddress is the base address of the identity service. OpenStack's variable
// names the version of the API as well, and the vendor's may be a host alone.
func iamAddress(value string) string {
	if !strings.Contains(value, "://") {
		value = "https://" + value
	}
	return strings.TrimSuffix(strings.TrimSuffix(value, "/"), "/v3")
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
// Then come the same under the names of the vendor's SDK (HUAWEICLOUD_SDK_AK,
// HUAWEICLOUD_SDK_SK, HUAWEICLOUD_SDK_SECURITY_TOKEN), of the vendor's tools
// (HW_ACCESS_KEY, HW_USER_NAME, ...) and of OpenStack clients (OS_USERNAME,
// OS_PASSWORD, OS_DOMAIN_NAME, ...), and at last the section basic of the file
// that HUAWEICLOUD_SDK_CREDENTIALS_FILE names. What belongs together is taken from
// one of them: a key of one program and the secret of another make no pair.
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
	for _, names := range namings {
		if option, ok := names.option(); ok {
			return option, nil
		}
	}
	file, err := readCredentialsFile()
	if err != nil {
		return nil, err
	}
	if file.key.ID != "" && file.key.Secret != "" {
		return WithAccessKey(file.key), nil
	}
	return nil, errors.New("the environment has no credentials: set LTS_ACCESS_KEY and LTS_SECRET_KEY, " +
		"or LTS_TOKEN, or LTS_USER, LTS_PASSWORD and LTS_DOMAIN")
}

// option is what the variables of a family say, if they are complete.
func (n naming) option() (Option, bool) {
	key := AccessKey{ID: lookup(n.accessKey), Secret: lookup(n.secretKey), SecurityToken: lookup(n.securityToken)}
	password := Password{
		User: lookup(n.user), UserID: lookup(n.userID), Password: lookup(n.password),
		Domain: lookup(n.domain), DomainID: lookup(n.domainID),
	}
	switch token := lookup(n.token); {
	case key.ID != "" && key.Secret != "":
		return WithAccessKey(key), true
	case token != "":
		return WithToken(token), true
	case password.Password != "" && (password.User != "" || password.UserID != ""):
		return WithPassword(password), true
	default:
		return nil, false
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

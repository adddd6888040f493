package profile

import (
	"errors"
	"fmt"
	"os"

	"github.com/ltskit/ltskit/client"
	"github.com/ltskit/ltskit/server/embedded"
)

// A Profile says where a service is, which project is meant and who calls: a
// user with a password, or a pair of keys.
type Profile struct {
	Endpoint    string `yaml:"endpoint"`               // base address of the log service
	IAMEndpoint string `yaml:"iam_endpoint,omitempty"` // of the identity service; empty: see client.New
	GAEndpoint  string `yaml:"ga_endpoint,omitempty"`  // of Global Accelerator; empty: see client.New
	CAFile      string `yaml:"ca_file,omitempty"`      // certificates to trust besides those of the system
	ProjectID   string `yaml:"project_id"`
	Domain      string `yaml:"domain,omitempty"` // name
	User        string `yaml:"user,omitempty"`   // name
	Password    string `yaml:"password,omitempty"`
	AccessKey   string `yaml:"access_key,omitempty"` // ID
	SecretKey   string `yaml:"secret_key,omitempty"`
}

// Dev is the name of the profile for a server of one's own.
const Dev = "dev"

// DevEndpoint is where lts serve listens that is told nothing else.
const DevEndpoint = "http://127.0.0.1:8080"

// Development is the profile of a server with development credentials.
func Development(endpoint string) Profile {
	return Profile{
		Endpoint: endpoint, ProjectID: embedded.DevProjectID,
		Domain: embedded.DevDomain, User: embedded.DevUser, Password: embedded.DevPassword,
	}
}

// Client makes a client of the profile. Secrets that it does not have come from
// LTS_PASSWORD and LTS_SECRET_KEY, the file of certificates from LTS_CA_FILE.
func (p Profile) Client(opts ...client.Option) (*client.Client, error) {
	credentials, err := p.credentials()
	if err != nil {
		return nil, err
	}
	return client.New(p.Endpoint, p.ProjectID, append(append(p.endpoints(), credentials), opts...)...)
}

func (p Profile) endpoints() []client.Option {
	var opts []client.Option
	if p.IAMEndpoint != "" {
		opts = append(opts, client.WithIAMEndpoint(p.IAMEndpoint))
	}
	if p.GAEndpoint != "" {
		opts = append(opts, client.WithGAEndpoint(p.GAEndpoint))
	}
	if file := orVariable(p.CAFile, "LTS_CA_FILE"); file != "" {
		opts = append(opts, client.WithCAFile(file))
	}
	return opts
}

// IdentityClient makes a client for questions to the identity service by the
// bearer of a token, whose project is not known yet.
func (p Profile) IdentityClient(token string, opts ...client.Option) (*client.Client, error) {
	const none = "none" // those questions have no project in their path
	return client.New(p.Endpoint, none, append(append(p.endpoints(), client.WithToken(token)), opts...)...)
}

func (p Profile) credentials() (client.Option, error) {
	if p.AccessKey != "" {
		secret := orVariable(p.SecretKey, "LTS_SECRET_KEY")
		if secret == "" {
			return nil, errors.New("the profile has no secret key: set LTS_SECRET_KEY")
		}
		return client.WithAccessKey(client.AccessKey{ID: p.AccessKey, Secret: secret}), nil
	}
	password := orVariable(p.Password, "LTS_PASSWORD")
	if password == "" {
		return nil, errors.New("the profile has no password: set LTS_PASSWORD")
	}
	return client.WithPassword(client.Password{User: p.User, Domain: p.Domain, Password: password}), nil
}

func orVariable(value, name string) string {
	if value != "" {
		return value
	}
	return os.Getenv(name)
}

// ErrNone means that nothing says where the service is.
var ErrNone = errors.New("no service is chosen")

// FromEnvironment tells whether the environment says where the service is and who
// calls, unless the flag --profile names a profile.
func FromEnvironment() bool { return os.Getenv("LTS_ENDPOINT") != "" }

// Connect makes a client of what the flag --profile, the environment and the
// file say; see the package. The flag is empty when it was not given. It fails
// with [ErrNone] when none of them says anything.
func Connect(flag string, opts ...client.Option) (*client.Client, error) {
	if flag == "" && FromEnvironment() {
		return client.NewFromEnvironment(opts...)
	}
	file, err := Load()
	if err != nil {
		return nil, err
	}
	name := flag
	if name == "" {
		name = orVariable("", "LTS_PROFILE")
	}
	if name == "" {
		name = file.Current
	}
	if name == "" {
		return nil, ErrNone
	}
	p, err := file.Profile(name)
	if err != nil {
		return nil, err
	}
	c, err := p.Client(opts...)
	if err != nil {
		return nil, fmt.Errorf("profile %s: %w", name, err)
	}
	return c, nil
}

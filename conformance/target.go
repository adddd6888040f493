package conformance

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// A Target is the implementation under test and what is special to it.
type Target struct {
	Name      string
	Endpoints Endpoints
	Account   Account

	// Prefix begins the names of everything that a run creates. Default
	// "ltskit-" and random characters.
	Prefix string
	// Bucket is one that transfers may write to. Default [DefaultBucket].
	Bucket string
	// Features are the tags of the document that the target has, such as
	// "groups"; cases of others are not supported. Default: all of them.
	Features []string
	// FaultHeader names a header that makes a store of the target fail, with
	// the name of the store as its value. Empty means that faults cannot be
	// caused, and cases that need them are not supported.
	FaultHeader string
}

// DefaultBucket is the bucket of the documents' examples.
const DefaultBucket = "lts-test"

// Endpoints are the base URLs of the services. Empty ones are that of LTS.
type Endpoints struct {
	LTS string
	IAM string
	GA  string
}

// An Account is a user with two projects of one domain.
type Account struct {
	Domain         string
	User           string
	Password       string
	Project        string // name
	ProjectID      string
	OtherProjectID string
}

// Check reports everything that the target lacks, by the name of the field.
func (t Target) Check() error {
	var problems []error
	for _, endpoint := range []struct{ field, value string }{
		{"Endpoints.LTS", t.Endpoints.LTS}, {"Endpoints.IAM", t.Endpoints.IAM}, {"Endpoints.GA", t.Endpoints.GA},
	} {
		if err := checkURL(endpoint.value); err != nil && (endpoint.value != "" || endpoint.field == "Endpoints.LTS") {
			problems = append(problems, fmt.Errorf("target: %s: %w", endpoint.field, err))
		}
	}
	for _, required := range []struct{ field, value string }{
		{"Account.Domain", t.Account.Domain}, {"Account.User", t.Account.User}, {"Account.Password", t.Account.Password},
		{"Account.Project", t.Account.Project}, {"Account.ProjectID", t.Account.ProjectID},
		{"Account.OtherProjectID", t.Account.OtherProjectID},
	} {
		if required.value == "" {
			problems = append(problems, fmt.Errorf("target: %s is missing", required.field))
		}
	}
	if id := t.Account.ProjectID; id != "" && id == t.Account.OtherProjectID {
		problems = append(problems, errors.New("target: Account.OtherProjectID must be another project than Account.ProjectID"))
	}
	return errors.Join(problems...)
}

func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q must be an http or https URL with a host", text)
	}
	return nil
}

// base is the base URL of a service of the document.
func (t Target) base(service string) string {
	base := t.Endpoints.LTS
	switch {
	case service == "iam" && t.Endpoints.IAM != "":
		base = t.Endpoints.IAM
	case service == "ga" && t.Endpoints.GA != "":
		base = t.Endpoints.GA
	}
	return strings.TrimSuffix(base, "/")
}

func (t Target) has(feature string) bool {
	return len(t.Features) == 0 || slices.Contains(t.Features, feature)
}

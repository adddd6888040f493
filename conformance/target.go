package conformance

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Target is the implementation under test and what is special to it.
// [ReadTarget] reads one from a file.
type Target struct {
	Name      string    `yaml:"name"`
	Endpoints Endpoints `yaml:"endpoints"`
	Account   Account   `yaml:"account"`

	// Prefix begins the names of everything that runs create; each run adds
	// characters of its own. Default [DefaultPrefix].
	Prefix string `yaml:"prefix"`
	// Bucket is one that transfers may write to. Default [DefaultBucket].
	Bucket string `yaml:"bucket"`
	// ForbiddenBucket is one that exists and that transfers must not write to.
	// Empty means that there is none.
	ForbiddenBucket string `yaml:"forbidden_bucket"`
	// Features are what the target has, of [Features]; cases that need others
	// are not supported. Default: the tags of the document.
	Features []string `yaml:"features"`
	// FaultHeader names a header that makes a store of the target fail, with
	// the name of the store as its value. Empty means that faults cannot be
	// caused, and cases that need them are not supported.
	FaultHeader string `yaml:"fault_header"`
	// Ingest is a command, with its arguments, that brings records into a stream,
	// for a target that lacks the report operations. It reads the records from its
	// standard input, one JSON object a line:
	//
	//	{"log_time_ns":"1595659490239433654","log":"a line","labels":{"app":"web"}}
	//
	// The variables LTS_PROJECT_ID, LTS_LOG_GROUP_ID and LTS_LOG_STREAM_ID say
	// where they go, and LTS_ENDPOINT is Endpoints.LTS. Exit status 0 says that the
	// target has taken them all. Empty means the report operations.
	Ingest []string `yaml:"ingest"`

	// Quotas are how many groups and streams there can be. Cases fill them when
	// FeatureQuotas is declared. Default: 100 each, as documented.
	Quotas Quotas `yaml:"quotas"`

	Limits  Limits   `yaml:"limits"`
	Waivers []Waiver `yaml:"waivers"`
}

// DefaultBucket is the bucket of the documents' examples.
const DefaultBucket = "lts-test"

// DefaultPrefix begins the names of what a run creates that was not told
// another prefix.
const DefaultPrefix = "ltskit-"

// Endpoints are the base URLs of the services. Empty ones are that of LTS.
//
// Throttled, Impatient and Provisioning are further ways to the same services,
// with the same data and accounts, under conditions that would be in the way of
// all other cases. Empty ones are not there, and what they would show is not
// asked.
type Endpoints struct {
	LTS    string `yaml:"lts"`
	IAM    string `yaml:"iam"`
	GA     string `yaml:"ga"`
	Ingest string `yaml:"ingest"` // of the report operations

	Throttled    string `yaml:"throttled"`    // a caller is refused who sends many requests
	Impatient    string `yaml:"impatient"`    // a body that stops coming is soon given up
	Provisioning string `yaml:"provisioning"` // logtanks are not ready for as long as a case takes
}

// An Account is a user with two projects of one domain. What tells the target
// who asks is the password, from which tokens are got, or else the token, or
// else the access key.
type Account struct {
	Domain         string `yaml:"domain"`
	User           string `yaml:"user"`
	Password       string `yaml:"password"`
	Project        string `yaml:"project"` // name
	ProjectID      string `yaml:"project_id"`
	OtherProjectID string `yaml:"other_project_id"`

	Token      string `yaml:"token"` // for ProjectID
	OtherToken string `yaml:"other_token"`
	// ExpiredToken is one that was good for ProjectID and has ended. Without it
	// nobody asks whether tokens end: no run can wait for a day.
	ExpiredToken string `yaml:"expired_token"`

	AccessKey      string `yaml:"access_key"` // of ProjectID
	SecretKey      string `yaml:"secret_key"`
	OtherAccessKey string `yaml:"other_access_key"` // of OtherProjectID
	OtherSecretKey string `yaml:"other_secret_key"`

	// Credentials of a user who is suspended, for ProjectID: a token or an access
	// key. Without them the answer to such a user is not checked.
	SuspendedToken     string `yaml:"suspended_token"`
	SuspendedAccessKey string `yaml:"suspended_access_key"`
	SuspendedSecretKey string `yaml:"suspended_secret_key"`
}

// Quotas say how many things there can be. Zero means the documented default.
type Quotas struct {
	Groups  int `yaml:"groups"`  // of a project
	Streams int `yaml:"streams"` // of a group
}

// defaultQuota is that of groups and of streams (2024-03 table 6-2).
const defaultQuota = 100

// Limits keep a run from doing harm. Zero means the default.
type Limits struct {
	RequestsPerSecond float64       `yaml:"requests_per_second"` // default: as many as it takes
	Parallelism       int           `yaml:"parallelism"`         // cases at the same time, default 8
	Timeout           time.Duration `yaml:"timeout"`             // of one request, default 10 seconds
	Total             time.Duration `yaml:"total"`               // of the run, default 10 minutes
	// Visibility is how long a record that was taken may need until queries find
	// it, default 2 seconds.
	Visibility time.Duration `yaml:"visibility"`
}

// Features beside the tags of the document. They are declared, never taken for
// granted.
const (
	// FeatureQuotas allows cases that fill the quota of groups or streams.
	FeatureQuotas = "quotas"
	// FeatureNames allows groups whose names are too short to carry the prefix.
	FeatureNames = "names"
	// FeatureThrottling says that the target refuses a caller who sends too many
	// requests, and allows a case that does so. Endpoints.Throttled says it too,
	// and better: there the others are not slowed down.
	FeatureThrottling = "throttling"
)

// Check reports everything that the target lacks, by the name of the field.
func (t Target) Check() error {
	var problems []error
	for _, endpoint := range []struct{ field, value string }{
		{"Endpoints.LTS", t.Endpoints.LTS}, {"Endpoints.IAM", t.Endpoints.IAM},
		{"Endpoints.GA", t.Endpoints.GA}, {"Endpoints.Ingest", t.Endpoints.Ingest},
		{"Endpoints.Throttled", t.Endpoints.Throttled}, {"Endpoints.Impatient", t.Endpoints.Impatient},
		{"Endpoints.Provisioning", t.Endpoints.Provisioning},
	} {
		if err := checkURL(endpoint.value); err != nil && (endpoint.value != "" || endpoint.field == "Endpoints.LTS") {
			problems = append(problems, fmt.Errorf("target: %s: %w", endpoint.field, err))
		}
	}
	a := t.Account
	required := []struct{ field, value string }{
		{"Account.ProjectID", a.ProjectID}, {"Account.OtherProjectID", a.OtherProjectID},
	}
	switch {
	case a.Password != "" || a.Token == "" && a.AccessKey == "":
		required = append(required, []struct{ field, value string }{
			{"Account.Domain", a.Domain}, {"Account.User", a.User}, {"Account.Password", a.Password}, {"Account.Project", a.Project},
		}...)
	case a.AccessKey != "":
		required = append(required, struct{ field, value string }{"Account.SecretKey", a.SecretKey})
	}
	for _, r := range required {
		if r.value == "" {
			problems = append(problems, fmt.Errorf("target: %s is missing", r.field))
		}
	}
	if id := a.ProjectID; id != "" && id == a.OtherProjectID {
		problems = append(problems, errors.New("target: Account.OtherProjectID must be another project than Account.ProjectID"))
	}
	for _, number := range []struct {
		field    string
		negative bool
	}{
		{"Limits.RequestsPerSecond", t.Limits.RequestsPerSecond < 0}, {"Limits.Parallelism", t.Limits.Parallelism < 0},
		{"Limits.Timeout", t.Limits.Timeout < 0}, {"Limits.Total", t.Limits.Total < 0}, {"Limits.Visibility", t.Limits.Visibility < 0},
		{"Quotas.Groups", t.Quotas.Groups < 0}, {"Quotas.Streams", t.Quotas.Streams < 0},
	} {
		if number.negative {
			problems = append(problems, fmt.Errorf("target: %s must not be negative", number.field))
		}
	}
	problems = append(problems, CheckWaivers(t.Waivers))
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

// withDefaults fills in what may be left out.
func (t Target) withDefaults(features []string) Target {
	if t.Prefix == "" {
		t.Prefix = DefaultPrefix
	}
	if t.Bucket == "" {
		t.Bucket = DefaultBucket
	}
	if len(t.Features) == 0 {
		t.Features = features
	}
	if t.Quotas.Groups == 0 {
		t.Quotas.Groups = defaultQuota
	}
	if t.Quotas.Streams == 0 {
		t.Quotas.Streams = defaultQuota
	}
	if t.Limits.Parallelism == 0 {
		t.Limits.Parallelism = 8
	}
	if t.Limits.Timeout == 0 {
		t.Limits.Timeout = 10 * time.Second
	}
	if t.Limits.Total == 0 {
		t.Limits.Total = 10 * time.Minute
	}
	if t.Limits.Visibility == 0 {
		t.Limits.Visibility = 2 * time.Second
	}
	return t
}

// base is the base URL of an operation's service.
func (t Target) base(service, operationID string) string {
	base := t.Endpoints.LTS
	switch {
	case service == "iam" && t.Endpoints.IAM != "":
		base = t.Endpoints.IAM
	case service == "ga" && t.Endpoints.GA != "":
		base = t.Endpoints.GA
	case strings.HasPrefix(operationID, "ReportLogs") && t.Endpoints.Ingest != "":
		base = t.Endpoints.Ingest
	}
	return strings.TrimSuffix(base, "/")
}

// lacks says what of a case's needs the target does not declare, or "".
func (t Target) lacks(c testCase) string {
	if !slices.Contains(t.Features, c.tag) {
		return "the target does not declare the feature " + c.tag
	}
	if c.unaskable != "" {
		return c.unaskable
	}
	for _, feature := range c.requires {
		if reason := t.lacksFeature(feature); reason != "" {
			return reason
		}
	}
	return ""
}

// Needs of cases that other fields of a target than Features declare.
const (
	needsFaults        = "faults"           // FaultHeader
	needsPassword      = "password"         // Account.Password
	needsSignatures    = "signatures"       // Account.AccessKey
	needsOtherAccount  = "other-account"    // credentials for Account.OtherProjectID
	needsOtherAccesKey = "other-signature"  // Account.OtherAccessKey
	needsReports       = "reports"          // no Ingest
	needsSuspended     = "suspended"        // Account.SuspendedToken or SuspendedAccessKey
	needsForbidden     = "forbidden-bucket" // ForbiddenBucket
	needsExpiredToken  = "expired-token"    // Account.ExpiredToken
	needsThrottled     = "throttled"        // Endpoints.Throttled
	needsImpatient     = "impatient"        // Endpoints.Impatient
)

func (t Target) lacksFeature(feature string) string {
	a := t.Account
	switch feature {
	case needsFaults:
		if t.FaultHeader == "" {
			return "the target declares no way to make a store fail"
		}
	case needsPassword:
		if a.Password == "" {
			return "the target declares no password"
		}
	case needsSignatures:
		if a.AccessKey == "" {
			return "the target declares no access key"
		}
	case needsOtherAccount:
		if a.Password == "" && a.OtherToken == "" && a.OtherAccessKey == "" {
			return "the target declares no credentials for the other project"
		}
	case needsExpiredToken:
		if a.ExpiredToken == "" {
			return "the target declares no expired token"
		}
	case needsOtherAccesKey:
		if a.OtherAccessKey == "" {
			return "the target declares no access key of the other project"
		}
	case needsReports:
		if len(t.Ingest) > 0 {
			return "records come into the target by a command, not by the report operations"
		}
	case needsSuspended:
		if a.SuspendedToken == "" && a.SuspendedAccessKey == "" {
			return "the target declares no credentials of a suspended user"
		}
	case needsForbidden:
		if t.ForbiddenBucket == "" {
			return "the target declares no bucket that must not be written to"
		}
	case needsThrottled:
		if t.Endpoints.Throttled == "" {
			return "the target declares no endpoint that is throttled"
		}
	case needsImpatient:
		if t.Endpoints.Impatient == "" {
			return "the target declares no endpoint that gives up a body which stops coming"
		}
	default:
		if feature == FeatureThrottling && t.Endpoints.Throttled != "" {
			return ""
		}
		if !slices.Contains(t.Features, feature) {
			return "the target does not declare the feature " + feature
		}
	}
	return ""
}

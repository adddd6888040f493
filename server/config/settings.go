package config

import (
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

// EnvironmentPrefix begins the name of every variable.
const EnvironmentPrefix = "LTS_"

// A setting is one value with its key and its origin.
type setting struct {
	key    string // such as "tls.cert_file"
	flag   *pflag.Flag
	origin place // the zero one when nobody has set it
}

// flagName is the key as a flag.
func flagName(key string) string { return strings.NewReplacer(".", "-", "_", "-").Replace(key) }

// variable is the key as an environment variable.
func variable(key string) string {
	return EnvironmentPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// New returns the defaults, with a flag for each setting in flags.
func New(flags *pflag.FlagSet) *Config {
	c := &Config{Docs: true}
	add := func(key string, value pflag.Value, usage string) *pflag.Flag {
		flag := flags.VarPF(value, flagName(key), "", usage)
		c.settings = append(c.settings, &setting{key: key, flag: flag})
		return flag
	}
	addSwitch := func(key string, p *bool, usage string) {
		add(key, (*switchValue)(p), usage).NoOptDefVal = "true"
	}
	add("listen", text(&c.Listen, "127.0.0.1:8080"), "`address` to listen on; port 0 chooses a free one")
	add("data", text(&c.Data, "./lts-data"), "data `folder`")
	add("edition", choice(&c.Edition, openapi.Latest, openapi.Editions()), "`edition` of the documents: "+strings.Join(openapi.Editions(), ", "))
	add("region", text(&c.Region, "dev"), "`name` of the region in the catalog of tokens")
	add("public_url", text(&c.PublicURL, ""), "base `URL` in the catalog of tokens; default: the one that the caller has used")
	add("token_key", secret(&c.TokenKey), "`secret` that signs tokens, for servers that shall accept each other's; better in LTS_TOKEN_KEY or the file; default: one of its own, kept in the data folder")
	add("directory_file", text(&c.directoryFile, ""), "YAML `file` with the directory: domains, users, projects, access keys; default: the section directory of the configuration file, or development credentials")
	add("tls.cert_file", text(&c.TLS.CertFile, ""), "`file` with the certificate chain in PEM; switches TLS on")
	add("tls.key_file", text(&c.TLS.KeyFile, ""), "`file` with the key of the certificate in PEM")
	addSwitch("tls.self_signed", &c.TLS.SelfSigned, "switch TLS on with a certificate that signs itself, kept in the data folder; for development")
	add("admin.listen", text(&c.Admin.Listen, ""), "`address` of metrics, health, readiness and pprof, without authentication; default: none")
	add("log.level", level(&c.Log.Level), "`level`: debug, info, warn, error")
	add("log.format", choice(&c.Log.Format, "text", []string{"text", "json"}), "`format`: text, json")
	add("quotas.groups", whole(&c.Quotas.Groups, lts.DefaultQuotas.Groups), "`number` of log groups that a project may have")
	add("quotas.streams", whole(&c.Quotas.Streams, lts.DefaultQuotas.Streams), "`number` of log streams that a group may have")
	add("limits.max_window", span(&c.Limits.MaxWindow, lts.DefaultMaxWindow), "longest `duration` that a query may span")
	add("limits.max_body", size(&c.Limits.MaxBody, 64<<20), "greatest `size` of a request body")
	add("rate_limit.requests", decimal(&c.RateLimit.Requests, 0), "`number` of requests a second that a caller may send; 0 is no limit")
	add("rate_limit.burst", whole(&c.RateLimit.Burst, 1), "`number` of requests that a caller may send at once")
	add("timeouts.headers", span(&c.Timeouts.Headers, 10*time.Second), "`duration` in which the headers of a request must arrive")
	add("timeouts.request", span(&c.Timeouts.Request, time.Minute), "`duration` in which a request must arrive, with its body")
	add("timeouts.idle", span(&c.Timeouts.Idle, 2*time.Minute), "`duration` that a connection waits for its next request")
	add("timeouts.shutdown", span(&c.Timeouts.Shutdown, 20*time.Second), "`duration` that requests have to end once the server is told to stop")
	add("retention_interval", span(&c.RetentionInterval, time.Hour), "`duration` between two sweeps that remove outlived records from disk; 0 is no sweeps")
	add("transfers.interval", span(&c.Transfers.Interval, 10*time.Second), "`duration` between two looks for transfers that are due")
	addSwitch("transfers.gzip", &c.Transfers.Gzip, "compress the objects of transfers")
	add("buckets.folder", text(&c.Buckets.Folder, ""), "`folder` of the buckets; default: buckets in the data folder")
	add("buckets.s3.endpoint", text(&c.Buckets.S3.Endpoint, ""), "base `URL` of a service that speaks S3 and has the buckets; default: they are folders")
	add("buckets.s3.region", text(&c.Buckets.S3.Region, ""), "`name` of the region of the service")
	add("buckets.s3.access_key", text(&c.Buckets.S3.AccessKey, ""), "`ID` of the access key for the service")
	add("buckets.s3.secret_key", secret(&c.Buckets.S3.SecretKey), "`secret` of the access key; others can read the arguments of a process, so better LTS_BUCKETS_S3_SECRET_KEY or the file")
	addSwitch("buckets.s3.path_style", &c.Buckets.S3.PathStyle, "name a bucket in the path of the service and not in its host")
	add("provisioning", span(&c.Provisioning, 0), "`duration` that a logtank takes to come and to go")
	addSwitch("docs", &c.Docs, "show the documentation at /docs, without authentication")
	addSwitch("faults", &c.Faults, "let the header X-Lts-Fault make a store fail, to test clients")
	addSwitch("validate_responses", &c.ValidateResponses, "check every answer against the document; log and count what breaks it")
	return c
}

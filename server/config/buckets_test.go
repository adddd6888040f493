package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/server/config"
)

// service is a file that describes a service but for its secret.
const service = "buckets:\n  s3: {endpoint: 'https://s3.example.com:9000/base', region: eu-1, access_key: AK, path_style: true}\n"

func TestBucketsAreFoldersOrInAService(t *testing.T) {
	for _, tt := range []struct {
		name    string
		file    string
		environ []string
		args    []string
		want    config.Buckets
	}{
		{"nothing", "", nil, nil, config.Buckets{}},
		{"a folder", "buckets: {folder: ./elsewhere}\n", nil, nil, config.Buckets{Folder: "./elsewhere"}},
		{"a service", service, []string{"LTS_BUCKETS_S3_SECRET_KEY=top-secret"}, nil, config.Buckets{
			S3: config.S3{Endpoint: "https://s3.example.com:9000/base", Region: "eu-1", AccessKey: "AK", SecretKey: "top-secret", PathStyle: true},
		}},
		{"a service without a file", "", []string{"LTS_BUCKETS_S3_ENDPOINT=http://127.0.0.1:9000", "LTS_BUCKETS_S3_REGION=eu-1"},
			[]string{"--buckets-s3-access-key=AK", "--buckets-s3-secret-key=top-secret"}, config.Buckets{
				S3: config.S3{Endpoint: "http://127.0.0.1:9000", Region: "eu-1", AccessKey: "AK", SecretKey: "top-secret"},
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, tt.file, tt.environ, tt.args...)
			if err != nil {
				t.Fatalf("Load: %v", err)
			}
			if diff := cmp.Diff(tt.want, c.Buckets); diff != "" {
				t.Errorf("buckets (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMistakesInBuckets(t *testing.T) {
	const secret = "LTS_BUCKETS_S3_SECRET_KEY=top-secret"
	for _, tt := range []struct {
		name    string
		file    string
		environ []string
		want    string
	}{
		{"an endpoint without a scheme", strings.Replace(service, "https://", "", 1), []string{secret},
			`lts.yaml:2: buckets.s3.endpoint: "s3.example.com:9000/base" is not a URL such as https://s3.example.com`},
		{"an endpoint of another scheme", strings.Replace(service, "https", "ftp", 1), []string{secret}, "is not a URL such as https://s3.example.com"},
		{"an endpoint that goes on", strings.Replace(service, "base", "base/", 1), []string{secret}, "must be a base URL: without a slash at its end"},
		{"an endpoint with a password", strings.Replace(service, "s3.example", "user:top-secret@s3.example", 1), []string{secret},
			`buckets.s3.endpoint: "https://(hidden)@s3.example.com:9000/base" must be a base URL: without a slash at its end, and without user`},
		{"an endpoint with a password that breaks the URL", strings.Replace(service, "s3.example", "user:top-secret/top-secret@s3.example", 1), []string{secret},
			`buckets.s3.endpoint: "https://(hidden)@s3.example.com:9000/base" is not a URL`},
		{"an endpoint with a password and without a scheme", strings.Replace(service, "https://s3.example", "user:top-secret://@s3.example", 1), []string{secret},
			`buckets.s3.endpoint: "(hidden)@s3.example.com:9000/base" is not a URL`},
		{"an access key without its secret", service, nil,
			"lts.yaml:2: buckets.s3.access_key: an access key needs buckets.s3.secret_key too"},
		{"a secret without its access key", strings.Replace(service, "access_key: AK, ", "", 1), []string{secret},
			"LTS_BUCKETS_S3_SECRET_KEY: buckets.s3.secret_key: a secret key needs buckets.s3.access_key too"},
		{"neither", strings.Replace(service, "access_key: AK, ", "", 1), nil,
			"lts.yaml:2: buckets.s3.endpoint: a service needs buckets.s3.access_key and buckets.s3.secret_key too"},
		{"no region", strings.Replace(service, "region: eu-1, ", "", 1), []string{secret},
			"lts.yaml:2: buckets.s3.endpoint: a service needs buckets.s3.region too"},
		{"a secret alone", "", []string{secret}, "LTS_BUCKETS_S3_SECRET_KEY: buckets.s3.secret_key: it is of a service, which needs buckets.s3.endpoint too"},
		{"a region alone", "buckets: {s3: {region: eu-1}}\n", nil, "lts.yaml:1: buckets.s3.region: it is of a service, which needs buckets.s3.endpoint too"},
		{"path style alone", "buckets: {s3: {path_style: true}}\n", nil, "lts.yaml:1: buckets.s3.path_style: it is of a service, which"},
		{"a folder and a service", service + "  folder: x\n", []string{secret},
			"lts.yaml:3: buckets.folder: the buckets are in a service already, at buckets.s3.endpoint"},
		{"a secret that is none", service, []string{"LTS_BUCKETS_S3_SECRET_KEY=(hidden)"},
			"LTS_BUCKETS_S3_SECRET_KEY: buckets.s3.secret_key: (hidden) stands in place of the secret in what --print-config prints"},
		{"a secret that is a list", "buckets:\n  s3:\n    secret_key: [top-secret]\n", nil, "lts.yaml:3: buckets.s3.secret_key: must be a single value"},
		{"a misspelt key", "buckets:\n  s3:\n    secretkey: top-secret\n", nil, "lts.yaml:3: buckets.s3.secretkey: unknown key; did you mean secret_key?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.environ)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load gives\n%v\nwant %q in it", err, tt.want)
			}
			if err != nil && strings.Contains(err.Error(), "top-secret") {
				t.Errorf("the error shows a secret: %v", err)
			}
		})
	}
}

func TestPrintHidesTheSecretOfTheBuckets(t *testing.T) {
	c, err := load(t, service, nil, "--buckets-s3-secret-key", "top-secret")
	if err != nil {
		t.Fatal(err)
	}
	printed := print(t, c)
	if strings.Contains(printed, "top-secret") {
		t.Errorf("the secret is printed:\n%s", printed)
	}
	const want = "buckets:\n" +
		"  folder: \"\" # default\n" +
		"  s3:\n" +
		"    endpoint: https://s3.example.com:9000/base # lts.yaml:2\n" +
		"    region: eu-1 # lts.yaml:2\n" +
		"    access_key: AK # lts.yaml:2\n" +
		"    secret_key: (hidden) # --buckets-s3-secret-key\n" +
		"    path_style: true # lts.yaml:2\n"
	if !strings.Contains(printed, want) {
		t.Errorf("printed is\n%s\nwant in it\n%s", printed, want)
	}
}

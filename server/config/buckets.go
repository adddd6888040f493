package config

// Buckets say where transfers write to: a folder, or a service that speaks S3.
type Buckets struct {
	Folder string // empty: in the data folder
	S3     S3
}

// S3 says how to reach a service that speaks S3. Without an endpoint there is
// none.
type S3 struct {
	Endpoint  string // base URL
	Region    string
	AccessKey string
	SecretKey string
	PathStyle bool // buckets stand in the path, not in the name of the host
}

// checkBuckets reports a service that is described in part, and one beside a
// folder.
func (c *Config) checkBuckets(report reporter) {
	const endpoint, accessKey, secretKey = "buckets.s3.endpoint", "buckets.s3.access_key", "buckets.s3.secret_key"
	s3 := c.Buckets.S3
	if problem := urlProblem(s3.Endpoint, "https://s3.example.com"); problem != "" {
		report(endpoint, "%q %s", withoutUser(s3.Endpoint), problem)
	}
	if s3.Endpoint != "" && c.Buckets.Folder != "" {
		report("buckets.folder", "the buckets are in a service already, at %s", endpoint)
	}
	switch {
	case s3.SecretKey != "" && s3.AccessKey == "":
		report(secretKey, "a secret key needs %s too", accessKey)
	case s3.AccessKey != "" && s3.SecretKey == "":
		report(accessKey, "an access key needs %s too", secretKey)
	case s3.Endpoint != "" && s3.AccessKey == "":
		report(endpoint, "a service needs %s and %s too", accessKey, secretKey)
	}
	if s3.Endpoint != "" && s3.Region == "" {
		report(endpoint, "a service needs buckets.s3.region too")
	}
	if s3.Endpoint != "" {
		return
	}
	for _, alone := range []struct {
		key string
		set bool
	}{
		{"buckets.s3.region", s3.Region != ""},
		{accessKey, s3.AccessKey != ""},
		{secretKey, s3.SecretKey != ""},
		{"buckets.s3.path_style", s3.PathStyle},
	} {
		if alone.set {
			report(alone.key, "it is of a service, which needs %s too", endpoint)
		}
	}
}

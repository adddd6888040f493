package bucket

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"

	"github.com/ltskit/ltskit/lts"
)

// An S3Config says how to reach a service that speaks S3, such as OBS. All
// fields but PathStyle are required.
type S3Config struct {
	Endpoint  string // base URL
	Region    string
	AccessKey string
	SecretKey string
	PathStyle bool // whether buckets stand in the path and not in the name of the host
}

// S3 gives the buckets of a service that speaks S3. It makes none itself. The
// service must know conditional writes (If-None-Match), or else two processes
// that put one key at the same time both write it.
func S3(config S3Config) *Buckets {
	client := s3.New(s3.Options{
		BaseEndpoint: aws.String(config.Endpoint),
		Region:       config.Region,
		UsePathStyle: config.PathStyle,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: config.AccessKey, SecretAccessKey: config.SecretKey}, nil
		}),
	})
	return &Buckets{
		open: func(ctx context.Context, name string) (*blob.Bucket, error) {
			if !bucketName.MatchString(name) {
				return nil, notFound(name, true)
			}
			return s3blob.OpenBucket(ctx, client, name, nil)
		},
		has: func(ctx context.Context, name string, _ *blob.Bucket) (bool, error) {
			_, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String(name)})
			return headed(err)
		},
		put: put,
	}
}

// headed reads the answer to a HEAD, which has a status and no body.
func headed(err error) (bool, error) {
	var response *smithyhttp.ResponseError
	if err == nil || !errors.As(err, &response) {
		return err == nil, err
	}
	switch response.HTTPStatusCode() {
	case 404:
		return false, nil
	case 403:
		return false, lts.ErrBucketForbidden.CausedBy(err)
	default:
		return false, err
	}
}

// forbidden tells whether a service that speaks S3 refuses an operation.
func forbidden(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "AccessDenied"
}

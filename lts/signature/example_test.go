package signature_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/ltskit/ltskit/lts/signature"
)

func Example() {
	now := time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)
	req := signature.Request{
		Method: "POST",
		Path:   "/v2/2a473356cca5487f8373be891bf00000/groups",
		Header: map[string][]string{
			"Host":       {"lts.example.com"},
			"X-Sdk-Date": {signature.FormatDate(now)},
		},
		Body: []byte(`{"log_group_name":"lts-group-01nh","ttl_in_days":7}`),
	}

	// The client:
	authorization, err := signature.Sign(req, "AK", "SK", []string{"Host", "X-Sdk-Date"}, now)
	if err != nil {
		fmt.Println(err)
	}

	// The server, a minute later:
	secretKeys := map[string]string{"AK": "SK"}
	parsed, err := signature.Parse(authorization)
	if err != nil {
		fmt.Println(err)
	}
	secretKey := secretKeys[parsed.Access]
	fmt.Println(parsed.SignedHeaders, signature.Verify(req, authorization, secretKey, now.Add(time.Minute)))

	req.Body = []byte(`{"log_group_name":"lts-group-01nh","ttl_in_days":30}`)
	fmt.Println(signature.Verify(req, authorization, secretKey, now.Add(time.Minute)))
	// Output:
	// [host x-sdk-date] <nil>
	// the signature does not match the request
}

func ExampleMismatchError() {
	date := time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC)
	req := signature.Request{
		Method:   "GET",
		Path:     "/v2/p/groups",
		RawQuery: "b=2&a=1",
		Header:   map[string][]string{"X-Sdk-Date": {"20240305T000000Z"}, "X-Security-Token": {"MIIC"}},
	}
	authorization, err := signature.Sign(req, "AK", "SK", []string{"X-Security-Token"}, date)
	if err != nil {
		fmt.Println(err)
	}

	err = signature.Verify(req, authorization, "another SK", date)
	if mismatch, ok := errors.AsType[*signature.MismatchError](err); ok {
		fmt.Println(mismatch.CanonicalRequest)
	}
	// Output:
	// GET|/v2/p/groups/|a=1&b=2|x-sdk-date:20240305T000000Z|x-security-token:***||x-sdk-date;x-security-token|e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
}

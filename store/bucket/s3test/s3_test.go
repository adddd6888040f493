// Package s3test runs the suite of buckets against a real S3 server on loopback.
// It is a module of its own, so that the server is no dependency of the project.
package s3test

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/store/bucket"
	"github.com/ltskit/ltskit/store/bucket/buckettest"
)

const accessKey, secretKey = "accesskey", "secretkey-of-tests"

func TestS3KeepsTheContract(t *testing.T) {
	program, err := exec.CommandContext(t.Context(), "go", "tool", "-n", "versitygw").Output()
	if err != nil {
		t.Fatalf("go tool -n versitygw: %v", err)
	}
	buckettest.Run(t, func(t *testing.T) buckettest.Store { return open(t, strings.TrimSpace(string(program))) })
}

// open starts a server of two empty buckets.
func open(t *testing.T, program string) *bucket.Buckets {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{buckettest.Bucket, buckettest.Other} {
		if err := os.Mkdir(filepath.Join(folder, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	address := freeAddress(t)
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, program, "--port", address, "--access", accessKey, "--secret", secretKey, "--quiet", "posix", folder)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = server.Wait() })
	awaitListener(t, address)
	buckets := bucket.S3(bucket.S3Config{
		Endpoint: "http://" + address, Region: "us-east-1", AccessKey: accessKey, SecretKey: secretKey, PathStyle: true,
	})
	t.Cleanup(func() { _ = buckets.Close() })
	return buckets
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// awaitListener waits until the server takes connections.
func awaitListener(t *testing.T, address string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		c, err := new(net.Dialer).DialContext(ctx, "tcp", address)
		if err == nil {
			_ = c.Close()
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("the server does not listen: %v", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Package buckettest is the suite that every implementation of [lts.Buckets]
// passes. Its subtests are the sentences of the port's contract.
package buckettest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

// A Store is an implementation with what the suite needs to look into it.
type Store interface {
	lts.Buckets

	// Keys lists the keys of a bucket that begin with a prefix, in their order.
	Keys(ctx context.Context, bucket, prefix string) ([]string, error)
	// Read gives the content of an object.
	Read(ctx context.Context, bucket, key string) ([]byte, error)
}

// Two buckets that a store under test has, and one that it does not have.
const (
	Bucket  = "lts-test"
	Other   = "lts-other"
	missing = "lts-missing"
)

// Run checks an implementation. Every call of open returns a store in which
// [Bucket] and [Other] are empty, and no other bucket is.
func Run(t *testing.T, open func(t *testing.T) Store) {
	for _, s := range sentences {
		t.Run(s.says, func(t *testing.T) { s.holds(t, open(t)) })
	}
}

// A sentence is one promise of the port.
type sentence struct {
	says  string
	holds func(t *testing.T, s Store)
}

var errRefused = errors.New("refused by the writer")

var sentences = []sentence{
	{"buckets exist or do not", func(t *testing.T, s Store) {
		for name, want := range map[string]bool{
			Bucket: true, Other: true, missing: false, Bucket + "x": false, strings.ToUpper(Bucket): false,
			"../" + Bucket: false, Bucket + "/../" + Other: false, "..": false, "...": false, "with space": false, "桶桶桶": false,
		} {
			if got, err := s.Exists(t.Context(), name); got != want || err != nil {
				t.Errorf("Exists(%q) = %t, %v, want %t", name, got, err, want)
			}
		}
	}},
	{"what is put is there", func(t *testing.T, s Store) {
		put(t, s, Bucket, "a/b/c.gz", "content")
		wantObject(t, s, "a/b/c.gz", "content")
		wantKeys(t, s, Bucket, "a/b/c.gz")
	}},
	{"buckets are apart", func(t *testing.T, s Store) {
		put(t, s, Bucket, "key", "one")
		put(t, s, Other, "key", "two")
		put(t, s, Other, "only here", "")
		wantObject(t, s, "key", "one")
		wantKeys(t, s, Bucket, "key")
		wantKeys(t, s, Other, "key", "only here")
	}},
	{"what is there stays, and to put it again is no failure", func(t *testing.T, s Store) {
		put(t, s, Bucket, "key", "first")
		put(t, s, Bucket, "key", "second, and longer")
		wantObject(t, s, "key", "first")
	}},
	{"an empty object is an object", func(t *testing.T, s Store) {
		put(t, s, Bucket, "key", "")
		wantObject(t, s, "key", "")
		put(t, s, Bucket, "key", "second")
		wantObject(t, s, "key", "")
	}},
	{"a writer that fails leaves nothing, and the next one writes", func(t *testing.T, s Store) {
		for _, before := range []int{0, 10, 12 << 20} {
			err := s.Put(t.Context(), Bucket, "key", func(out io.Writer) error {
				if _, err := out.Write(make([]byte, before)); err != nil {
					return err
				}
				return errRefused
			})
			if !errors.Is(err, errRefused) {
				t.Errorf("after %d bytes Put gives %v, want %v", before, err, errRefused)
			}
			wantKeys(t, s, Bucket)
		}
		put(t, s, Bucket, "key", "content")
		wantObject(t, s, "key", "content")
	}},
	{"what is written in many pieces is one object", func(t *testing.T, s Store) {
		var want bytes.Buffer
		err := s.Put(t.Context(), Bucket, "big", func(out io.Writer) error {
			for i := range 20_000 { // some 20 MiB
				if _, err := fmt.Fprintf(io.MultiWriter(out, &want), "%01024d\n", i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("Put: %v", err)
		}
		wantObject(t, s, "big", want.String())
		put(t, s, Bucket, "big", "second")
		wantObject(t, s, "big", want.String())
	}},
	{"a context that has ended leaves nothing", func(t *testing.T, s Store) {
		ctx, cancel := context.WithCancel(t.Context())
		err := s.Put(ctx, Bucket, "key", func(out io.Writer) error {
			cancel()
			_, err := io.WriteString(out, "content")
			return err
		})
		if err == nil {
			t.Errorf("Put gives no error")
		}
		wantKeys(t, s, Bucket)
	}},
	{"a missing bucket is told", func(t *testing.T, s Store) {
		err := s.Put(t.Context(), missing, "key", func(io.Writer) error { return nil })
		if !errors.Is(err, lts.ErrBucketNotFound) {
			t.Errorf("Put gives %v, want %v", err, lts.ErrBucketNotFound)
		}
		if ok, err := s.Exists(t.Context(), missing); ok || err != nil {
			t.Errorf("after that Exists = %t, %v, want false", ok, err)
		}
	}},
	{"keys with unusual characters are different keys", func(t *testing.T, s Store) {
		keys := []string{
			"a%2Fb/c", "a/b/c", "a b/c", "a+b/c", "A/b/c", "日志/流", "%2E%2E/c", "a&b=c?d#e", "a:b*c|d", "quote\"'", "tilde~_-.",
		}
		for _, key := range keys {
			put(t, s, Bucket, key, "content of "+key)
		}
		for _, key := range keys {
			wantObject(t, s, key, "content of "+key)
		}
		wantKeys(t, s, Bucket, keys...)
	}},
	{"of many that put one key, one wins, and none is told of a failure", func(t *testing.T, s Store) {
		const writers = 16
		failures := make([]error, writers)
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				failures[i] = s.Put(t.Context(), Bucket, "key", content(strings.Repeat(string(rune('a'+i)), 1000)))
			})
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			t.Errorf("Put: %v", err)
		}
		got, err := s.Read(t.Context(), Bucket, "key")
		if err != nil || len(got) != 1000 || strings.Trim(string(got), string(got[:1])) != "" {
			t.Errorf("Read gives %.20q, %v, want what one writer wrote", got, err)
		}
	}},
}

func content(text string) func(io.Writer) error {
	return func(out io.Writer) error {
		_, err := io.WriteString(out, text)
		return err
	}
}

func put(t *testing.T, s Store, bucket, key, text string) {
	t.Helper()
	if err := s.Put(t.Context(), bucket, key, content(text)); err != nil {
		t.Fatalf("Put(%q, %q): %v", bucket, key, err)
	}
}

func wantObject(t *testing.T, s Store, key, want string) {
	t.Helper()
	got, err := s.Read(t.Context(), Bucket, key)
	if err != nil || string(got) != want {
		t.Errorf("Read(%q, %q) gives %d bytes %.40q, %v, want %d bytes %.40q", Bucket, key, len(got), got, err, len(want), want)
	}
}

func wantKeys(t *testing.T, s Store, bucket string, want ...string) {
	t.Helper()
	got, err := s.Keys(t.Context(), bucket, "")
	slices.Sort(got)
	slices.Sort(want)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Keys(%q) gives %q, %v, want %q", bucket, got, err, want)
	}
}

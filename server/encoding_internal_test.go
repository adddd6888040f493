package server

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// A small body may stand for one that no memory holds: nothing is read behind
// the limit.
func TestDecompressionEndsAtTheLimit(t *testing.T) {
	const limit = 10
	endless := io.MultiReader(strings.NewReader(strings.Repeat("x", limit+1)), iotest.ErrReader(errors.New("read behind the limit")))
	if _, err := readLimited(endless, limit); !errors.Is(err, errTooLong) {
		t.Errorf("readLimited of too much: %v, want %v", err, errTooLong)
	}
	exact, err := readLimited(strings.NewReader(strings.Repeat("x", limit)), limit)
	if err != nil || len(exact) != limit {
		t.Errorf("readLimited of %d bytes: %d, %v, want all", limit, len(exact), err)
	}
}

package server

import (
	"math"
	"testing"
)

// A count that wraps around would be a number below zero.
func TestCountsEndWhereTheirTypeDoes(t *testing.T) {
	for n, want := range map[int64]int32{0: 0, math.MaxInt32: math.MaxInt32, math.MaxInt32 + 1: math.MaxInt32, math.MaxInt64: math.MaxInt32} {
		if got := toCount(n); got != want {
			t.Errorf("toCount(%d) = %d, want %d", n, got, want)
		}
	}
}

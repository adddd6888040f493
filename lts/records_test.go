package lts_test

import (
	"math"
	"testing"

	"github.com/ltskit/ltskit/lts"
)

func TestMillisWindow(t *testing.T) {
	tests := []struct {
		name       string
		start, end int64
		want       lts.Window
	}{
		{"both ends are included", 1, 2, lts.Window{From: 1_000_000, To: 3_000_000}},
		{"one millisecond", 5, 5, lts.Window{From: 5_000_000, To: 6_000_000}},
		{"the end before the start", 6, 5, lts.Window{From: 6_000_000, To: 6_000_000}},
		{"an end that nothing can reach", 0, math.MaxInt64, lts.Window{From: 0, To: math.MaxInt64}},
		{"the last millisecond, which is not whole", math.MaxInt64 / 1_000_000, math.MaxInt64 / 1_000_000, lts.Window{From: math.MaxInt64 / 1_000_000 * 1_000_000, To: math.MaxInt64}},
		{"behind every record", 1 << 53, 1<<53 + 1, lts.Window{From: math.MaxInt64, To: math.MaxInt64}},
		{"before every record", math.MinInt64, math.MinInt64, lts.Window{From: math.MinInt64, To: math.MinInt64}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := lts.MillisWindow(tt.start, tt.end); got != tt.want {
				t.Errorf("MillisWindow(%d, %d) = %v, want %v", tt.start, tt.end, got, tt.want)
			}
		})
	}
}

func TestScanSpan(t *testing.T) {
	window := lts.Window{From: 10, To: 20}
	tests := []struct {
		name string
		scan lts.Scan
		want lts.Window
	}{
		{"no cursor", lts.Scan{Window: window}, window},
		{"ascending, behind the cursor", lts.Scan{Window: window, After: 15}, lts.Window{From: 16, To: 20}},
		{"descending, before the cursor", lts.Scan{Window: window, After: 15, Descending: true}, lts.Window{From: 10, To: 15}},
		{"a cursor before the window", lts.Scan{Window: window, After: 5}, window},
		{"a cursor behind the window", lts.Scan{Window: window, After: 25, Descending: true}, window},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.scan.Span(); got != tt.want {
				t.Errorf("%+v.Span() = %v, want %v", tt.scan, got, tt.want)
			}
		})
	}
}

func TestWindowSteps(t *testing.T) {
	tests := []struct {
		name   string
		window lts.Window
		step   int64
		want   int64
	}{
		{"whole steps", lts.Window{From: 0, To: 20}, 10, 2},
		{"a last step cut short", lts.Window{From: 0, To: 21}, 10, 3},
		{"an empty window", lts.Window{From: 5, To: 5}, 10, 0},
		{"no step", lts.Window{From: 0, To: 20}, 0, 0},
		{"the widest window", lts.Window{From: math.MinInt64, To: math.MaxInt64}, math.MaxInt64, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.window.Steps(tt.step); got != tt.want {
				t.Errorf("%v.Steps(%d) = %d, want %d", tt.window, tt.step, got, tt.want)
			}
		})
	}
}

func TestFilterLabels(t *testing.T) {
	record := lts.Record{Labels: map[string]string{"host": "a", "empty": ""}}
	tests := []struct {
		name   string
		labels map[string]string
		want   bool
	}{
		{"no labels", nil, true},
		{"an equal label", map[string]string{"host": "a"}, true},
		{"another value", map[string]string{"host": "b"}, false},
		{"an absent label is not an empty one", map[string]string{"other": ""}, false},
		{"an empty label", map[string]string{"empty": "", "host": "a"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := (lts.Filter{Labels: tt.labels}).Match(record); got != tt.want {
				t.Errorf("Filter{Labels: %v}.Match(%v) = %v, want %v", tt.labels, record, got, tt.want)
			}
		})
	}
}

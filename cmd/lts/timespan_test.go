package main

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	tests := map[string]time.Duration{ // 0: none
		"30s": 30 * time.Second, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "7d": 7 * 24 * time.Hour, "2w": 14 * 24 * time.Hour,
		"1w1d1h": (8*24 + 1) * time.Hour, "1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond,
		"": 0, "0s": 0, "-1h": 0, "1d-2h": 0, "7": 0, "d": 0, "1y": 0, "1h1d": 0, "soon": 0, "99999999d": 0,
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			var got span
			if err := got.Set(text); time.Duration(got) != want || (err == nil) != (want != 0) {
				t.Errorf("Set(%q): %s, %v; want %s", text, time.Duration(got), err, want)
			}
		})
	}
}

func TestParseMoment(t *testing.T) {
	local := time.Local
	defer func() { time.Local = local }()
	time.Local = time.FixedZone("", 2*60*60)
	now := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC) // 03:00 here
	tests := map[string]string{                          // RFC 3339 in UTC; empty: none
		"now":                       "2026-11-22T01:00:00Z",
		"2026-11-20":                "2026-11-19T22:00:00Z",
		"2026-11-20 13:37":          "2026-11-20T11:37:00Z",
		"2026-11-20T13:37":          "2026-11-20T11:37:00Z",
		"2026-11-20 13:37:05":       "2026-11-20T11:37:05Z",
		"2026-11-20T13:37:05Z":      "2026-11-20T13:37:05Z",
		"2026-11-20T13:37:05.5Z":    "2026-11-20T13:37:05.5Z",
		"2026-11-20T13:37:05-01:00": "2026-11-20T14:37:05Z",
		"02:30":                     "2026-11-22T00:30:00Z",
		"00:00:01":                  "2026-11-21T22:00:01Z",
		"2h":                        "2026-11-21T23:00:00Z",
		"1d":                        "2026-11-21T01:00:00Z",
		"":                          "",
		"yesterday":                 "",
		"2026-13-01":                "",
		"25:00":                     "",
	}
	for text, want := range tests {
		t.Run(text, func(t *testing.T) {
			got, err := parseMoment(text, now)
			if want == "" {
				if err == nil {
					t.Errorf("parseMoment(%q) = %s, want an error", text, got)
				}
				return
			}
			if err != nil || got.UTC().Format(time.RFC3339Nano) != want {
				t.Errorf("parseMoment(%q) = %s, %v; want %s", text, got.UTC().Format(time.RFC3339Nano), err, want)
			}
		})
	}
}

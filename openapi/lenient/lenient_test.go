package lenient_test

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ltskit/ltskit/openapi/lenient"
)

func TestBoolean(t *testing.T) {
	for in, want := range map[string]lenient.Boolean{`true`: true, `"true"`: true, `false`: false, `"false"`: false} {
		t.Run(in, func(t *testing.T) {
			got := !want
			if err := json.Unmarshal([]byte(in), &got); err != nil || got != want {
				t.Errorf("Unmarshal(%s) = %v, %v; want %v", in, got, err, want)
			}
		})
	}
	for _, in := range []string{`"True"`, `1`, `""`, `"yes"`, `[true]`, `{}`} {
		t.Run("refuses "+in, func(t *testing.T) {
			var got lenient.Boolean
			if err := json.Unmarshal([]byte(in), &got); err == nil {
				t.Errorf("Unmarshal(%s) = %v, want an error", in, got)
			}
		})
	}
}

func TestIntegerIsExact(t *testing.T) {
	for _, want := range []int64{0, 7, -1, 1<<53 - 1, 1 << 53, 1<<53 + 1, math.MaxInt64, math.MinInt64} {
		digits := strconv.FormatInt(want, 10)
		for _, in := range []string{digits, `"` + digits + `"`} {
			t.Run(in, func(t *testing.T) {
				var got lenient.Integer
				if err := json.Unmarshal([]byte(in), &got); err != nil || int64(got) != want {
					t.Errorf("Unmarshal(%s) = %d, %v; want %d", in, got, err, want)
				}
				out, err := json.Marshal(got)
				if err != nil || string(out) != digits {
					t.Errorf("Marshal(%d) = %s, %v; want %s", got, out, err, digits)
				}
			})
		}
	}
	for _, in := range []string{`7.5`, `7.0`, `"7.0"`, `""`, `"7 "`, `9223372036854775808`, `true`, `[]`, `"0x7"`, `1e3`} {
		t.Run("refuses "+in, func(t *testing.T) {
			var got lenient.Integer
			if err := json.Unmarshal([]byte(in), &got); err == nil {
				t.Errorf("Unmarshal(%s) = %d, want an error", in, got)
			}
		})
	}
}

func TestStrings(t *testing.T) {
	for in, want := range map[string]lenient.Strings{`"a"`: {"a"}, `["a"]`: {"a"}, `["a","b"]`: {"a", "b"}, `[]`: {}} {
		t.Run(in, func(t *testing.T) {
			var got lenient.Strings
			if err := json.Unmarshal([]byte(in), &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Unmarshal(%s) (-want +got):\n%s", in, diff)
			}
		})
	}
	for _, in := range []string{`7`, `[7]`, `{"a":"b"}`} {
		t.Run("refuses "+in, func(t *testing.T) {
			var got lenient.Strings
			if err := json.Unmarshal([]byte(in), &got); err == nil {
				t.Errorf("Unmarshal(%s) = %q, want an error", in, got)
			}
		})
	}
	if out, err := json.Marshal(lenient.Strings(nil)); err != nil || string(out) != "[]" {
		t.Errorf("Marshal(nil) = %s, %v; want []", out, err)
	}
}

package conformance

import (
	"encoding/json"
	"testing"
)

// Numbers are compared exactly, because line numbers and nanoseconds do not
// survive a detour over floating point.
func TestEqualIsExact(t *testing.T) {
	for name, tt := range map[string]struct {
		want, got any
		equal     bool
	}{
		"beyond 2^53":               {json.Number("9007199254740993"), json.Number("9007199254740992"), false},
		"the same beyond 2^53":      {json.Number("9007199254740993"), json.Number("9007199254740993"), true},
		"below 2^63":                {json.Number("9223372036854775807"), json.Number("9223372036854775806"), false},
		"a float and its number":    {float64(7), json.Number("7"), true},
		"the same value":            {json.Number("7"), json.Number("7.0"), true},
		"a number is not its text":  {json.Number("7"), "7", false},
		"text is not a number":      {"7", json.Number("7"), false},
		"texts":                     {"a", "a", true},
		"other texts":               {"a", "A", false},
		"booleans":                  {true, true, true},
		"a boolean is not its text": {true, "true", false},
		"null":                      {nil, nil, true},
		"null is not nothing":       {nil, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := equal(tt.want, tt.got); got != tt.equal {
				t.Errorf("equal(%v, %v) = %t, want %t", tt.want, tt.got, got, tt.equal)
			}
		})
	}
}

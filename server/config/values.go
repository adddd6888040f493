package config

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/ltskit/ltskit/openapi/suggest"
)

// A value is a setting of type T in the form of flags.
type value[T any] struct {
	p     *T
	kind  string
	parse func(string) (T, error)
	write func(T) string
}

// Set implements [pflag.Value].
func (v value[T]) Set(text string) error {
	parsed, err := v.parse(text)
	if err == nil {
		*v.p = parsed
	}
	return err
}

// String implements [pflag.Value].
func (v value[T]) String() string { return v.write(*v.p) }

// Type implements [pflag.Value].
func (v value[T]) Type() string { return v.kind }

func text(p *string, standard string) pflag.Value {
	*p = standard
	same := func(s string) (string, error) { return s, nil }
	return value[string]{p, "string", same, func(s string) string { return s }}
}

// secret is a text that is never shown.
func secret(p *string) pflag.Value {
	*p = ""
	parse := func(s string) (string, error) {
		if s == hidden {
			return "", errors.New(hidden + " stands in place of the secret in what --print-config prints")
		}
		return s, nil
	}
	write := func(s string) string {
		if s == "" {
			return ""
		}
		return hidden
	}
	return value[string]{p, "string", parse, write}
}

func choice(p *string, standard string, among []string) pflag.Value {
	*p = standard
	parse := func(s string) (string, error) {
		if !slices.Contains(among, s) {
			return "", fmt.Errorf("%q is not one of %s%s", s, strings.Join(among, ", "), suggest.DidYouMean(s, among))
		}
		return s, nil
	}
	return value[string]{p, "string", parse, func(s string) string { return s }}
}

func level(p *slog.Level) pflag.Value {
	parse := func(s string) (slog.Level, error) {
		for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
			if strings.EqualFold(s, l.String()) {
				return l, nil
			}
		}
		return 0, fmt.Errorf("%q is not one of debug, info, warn, error", s)
	}
	return value[slog.Level]{p, "string", parse, func(l slog.Level) string { return strings.ToLower(l.String()) }}
}

func whole(p *int, standard int) pflag.Value {
	*p = standard
	parse := func(s string) (int, error) {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return 0, fmt.Errorf("%q is not a number of at least 1", s)
		}
		return n, nil
	}
	return value[int]{p, "int", parse, strconv.Itoa}
}

func decimal(p *float64, standard float64) pflag.Value {
	*p = standard
	parse := func(s string) (float64, error) {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
			return 0, fmt.Errorf("%q is not a number of at least 0", s)
		}
		return n, nil
	}
	return value[float64]{p, "float", parse, func(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }}
}

// span is a duration in the form of Go, or in whole days: "30d".
func span(p *time.Duration, standard time.Duration) pflag.Value {
	*p = standard
	return value[time.Duration]{p, "duration", parseSpan, writeSpan}
}

const day = 24 * time.Hour

func parseSpan(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); ok {
		var n uint64
		n, err = strconv.ParseUint(days, 10, 16) // more would not fit
		d = time.Duration(n) * day
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is not a duration such as 90s, 5m, 1h30m or 30d", s)
	}
	return d, nil
}

func writeSpan(d time.Duration) string {
	if d > 0 && d%day == 0 {
		return strconv.FormatInt(int64(d/day), 10) + "d"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// sizeUnits are in descending order, so that the largest that fits is used.
var sizeUnits = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"", 1}}

// size is a number of bytes, or of KiB, MiB or GiB.
func size(p *int64, standard int64) pflag.Value {
	*p = standard
	return value[int64]{p, "size", parseSize, writeSize}
}

func parseSize(s string) (int64, error) {
	for _, unit := range sizeUnits {
		number, ok := strings.CutSuffix(s, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
		if err != nil || n < 1 || n > math.MaxInt64/unit.bytes {
			break
		}
		return n * unit.bytes, nil
	}
	return 0, fmt.Errorf("%q is not a size such as 512KiB or 64MiB", s)
}

func writeSize(n int64) string {
	for _, unit := range sizeUnits {
		if n%unit.bytes == 0 {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.name
		}
	}
	return ""
}

// A switchValue is on or off.
type switchValue bool

// Set implements [pflag.Value].
func (v *switchValue) Set(text string) error {
	switch text {
	case "true":
		*v = true
	case "false":
		*v = false
	default:
		return errors.New(strconv.Quote(text) + " is not true or false")
	}
	return nil
}

// String implements [pflag.Value].
func (v *switchValue) String() string { return strconv.FormatBool(bool(*v)) }

// Type implements [pflag.Value].
func (v *switchValue) Type() string { return "bool" }

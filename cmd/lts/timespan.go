package main

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/spf13/pflag"
)

// A span is a flag such as 90s, 15m, 1h30m, 7d or 2w.
type span time.Duration

var spanForm = regexp.MustCompile(`^(?:(\d{1,4})w)?(?:(\d{1,5})d)?(.*)$`)

// String implements [pflag.Value].
func (s span) String() string {
	if s == 0 {
		return ""
	}
	return time.Duration(s).String()
}

// Type implements [pflag.Value].
func (span) Type() string { return "duration" }

// Set implements [pflag.Value].
func (s *span) Set(value string) error {
	const day = 24 * time.Hour
	parts := spanForm.FindStringSubmatch(value)
	if parts == nil {
		return errNoSpan(value)
	}
	weeks, _ := strconv.Atoi(parts[1]) // empty is 0
	days, _ := strconv.Atoi(parts[2])
	total := time.Duration(7*weeks+days) * day
	if parts[3] != "" {
		rest, err := time.ParseDuration(parts[3])
		if err != nil || rest < 0 {
			return errNoSpan(value)
		}
		total += rest
	}
	if total <= 0 {
		return errNoSpan(value)
	}
	*s = span(total)
	return nil
}

func errNoSpan(value string) error {
	return fmt.Errorf("%q is not a time such as 30s, 15m, 1h30m, 7d or 2w", value)
}

// timeForms are the forms of a moment, in the local time zone where they name
// none.
var timeForms = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly,
}

// parseMoment reads a moment: a date, a date with a time, a time of today, or
// how long ago it is.
func parseMoment(value string, now time.Time) (time.Time, error) {
	if value == "now" {
		return now, nil
	}
	for _, form := range timeForms {
		if t, err := time.ParseInLocation(form, value, time.Local); err == nil {
			return t, nil
		}
	}
	for _, form := range []string{"15:04:05", "15:04"} {
		if t, err := time.Parse(form, value); err == nil {
			year, month, day := now.Local().Date()
			return time.Date(year, month, day, t.Hour(), t.Minute(), t.Second(), 0, time.Local), nil
		}
	}
	var ago span
	if ago.Set(value) == nil {
		return now.Add(-time.Duration(ago)), nil
	}
	return time.Time{}, fmt.Errorf("%q is not a moment such as 2026-11-22, \"2026-11-22 13:37\", 2026-11-22T13:37:00Z, 13:37 or 2h (ago)", value)
}

// A timeRange is the flags that say of which time records are.
type timeRange struct {
	since    span
	from, to string
}

func (r *timeRange) addFlags(flags *pflag.FlagSet) {
	flags.Var(&r.since, "since", "only records of so long ago at most, such as 30s, 15m, 1h30m, 7d")
	flags.StringVar(&r.from, "from", "", "only records from this `moment` on, such as 2026-11-22, \"2026-11-22 13:37\", 13:37 or 2h (ago)")
	flags.StringVar(&r.to, "to", "", "only records before this `moment`")
}

// nothing says that nothing was found, and what may help.
func (r *timeRange) nothing(from time.Time) string {
	text := "nothing found since " + from.Local().Format(shownTime)
	if r.since == 0 && r.from == "" && r.to == "" {
		text += "; --since 7d looks further back"
	}
	return text
}

// times gives the two ends. Where no beginning is given, it is so long before
// the end as instead says; where no end is given, it is zero, and now counts.
func (r *timeRange) times(now time.Time, instead time.Duration) (from, to time.Time, err error) {
	if r.to != "" {
		if to, err = parseMoment(r.to, now); err != nil {
			return from, to, fmt.Errorf("--to: %w", err)
		}
	}
	switch {
	case r.since != 0:
		from = now.Add(-time.Duration(r.since))
	case r.from != "":
		if from, err = parseMoment(r.from, now); err != nil {
			return from, to, fmt.Errorf("--from: %w", err)
		}
	case !to.IsZero():
		from = to.Add(-instead)
	default:
		from = now.Add(-instead)
	}
	if !to.IsZero() && !from.Before(to) {
		return from, to, errors.New("--to: the end is not after the beginning")
	}
	return from, to, nil
}

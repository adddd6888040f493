package conformance

import (
	"strings"
	"time"
)

// A filling puts what belongs to the target and to the trial in the place of
// what a document prints.
type filling struct {
	t      *trial
	replay replay
	ids    ids

	shift   time.Duration     // from the printed times to those of the run
	cursors map[string]string // printed line_num to that of the target
}

// fill puts what stands for the placeholders of an operation into a value.
func (f *filling) fill(operationID string, v any) any {
	placeholders := f.replay.placeholders[operationID]
	return mapLeaves("", v, func(at string, v any) any {
		switch v := v.(type) {
		case string:
			if template, ok := placeholders[at]; ok {
				return f.expand(template, v)
			}
		case float64: // exact for milliseconds
			if placeholders[at] == "{{shifted}}" {
				return int64(v) + f.shift.Milliseconds()
			}
		}
		return v
	})
}

// expand replaces the values in {{ }} of a template.
func (f *filling) expand(template, printed string) string {
	a := f.t.target.Account
	return strings.NewReplacer(
		"{{user}}", a.User, "{{password}}", a.Password, "{{domain}}", a.Domain,
		"{{project}}", a.Project, "{{other_project}}", a.OtherProjectID, "{{prefix}}", f.t.prefix, "{{printed}}", printed,
		"{{cursor}}", f.cursors[printed], "{{group}}", orUnknown(f.ids.group), "{{stream}}", orUnknown(f.ids.stream),
		"{{transfer}}", orUnknown(f.ids.transfer), "{{bucket}}", f.ids.bucket,
	).Replace(template)
}

package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ltskit/ltskit/openapi"
)

// A fill makes requests of templates: it puts what belongs to the target and to
// the case in the place of {{ }}.
type fill struct {
	t      *trial
	of     site
	plan   *constraintPlan
	number int // differs from request to request
	probed any // the value that a request is about
}

func (t *trial) newFill(of site, plan *constraintPlan) *fill {
	return &fill{t: t, of: of, plan: plan, number: int(t.numbers.Add(1))}
}

// question makes a right request of an operation.
func (f *fill) question(operation openapi.Operation) question {
	q := question{operation: operation.OperationID, ids: f.of.ids}
	if operation.RequestBody != nil {
		q.body = f.value(f.plan.Bodies[operation.OperationID])
	}
	return q
}

// value fills a template.
func (f *fill) value(v any) any {
	return mapLeaves("", v, func(_ string, v any) any {
		switch v := v.(type) {
		case lengthy:
			text := ""
			if v.named && len(f.t.prefix) <= v.length {
				text = f.t.prefix
			}
			return text + strings.Repeat(v.fill, v.length-len([]rune(text)))
		case string:
			return f.text(v)
		default:
			return v
		}
	})
}

// text fills a text. One that stands for a number becomes one.
func (f *fill) text(template string) any {
	if !strings.Contains(template, "{{") {
		return template
	}
	now := time.Now()
	const hour = int64(time.Hour / time.Millisecond)
	switch template {
	case "{{from}}":
		return now.UnixMilli() - hour
	case "{{to}}":
		return now.UnixMilli() + hour
	}
	if operation, is := strings.CutPrefix(template, "{{value"); is {
		return computed(f.probed, strings.TrimSuffix(operation, "}}"))
	}
	a := f.t.target.Account
	return strings.NewReplacer(
		"{{prefix}}", f.t.prefix, "{{n}}", strconv.Itoa(f.number), "{{now}}", strconv.FormatInt(now.UnixNano(), 10),
		"{{user}}", a.User, "{{password}}", a.Password, "{{domain}}", a.Domain, "{{project_name}}", a.Project, "{{project}}", a.ProjectID,
		"{{group}}", orUnknown(f.of.group), "{{stream}}", orUnknown(f.of.stream), "{{free}}", orUnknown(f.of.free),
		"{{transfer}}", orUnknown(f.of.transfer), "{{bucket}}", f.t.target.Bucket, "{{cursor}}", f.of.cursor,
		"{{name}}", f.of.name, "{{resource}}", f.of.resource, "{{unknown}}", unknownID, "{{other_project}}", a.OtherProjectID,
		"{{forbidden}}", f.t.target.ForbiddenBucket,
	).Replace(template)
}

// computed applies +1, -1, /1000000 or /1000000+1 to a number or a text of
// digits; 1 where there is no number.
func computed(v any, operation string) any {
	n, ok := new(big.Int).SetString(fmt.Sprint(v), 10)
	if !ok {
		n = big.NewInt(1)
	}
	if rest, is := strings.CutPrefix(operation, "/1000000"); is {
		n.Div(n, big.NewInt(1_000_000))
		operation = rest
	}
	switch operation {
	case "+1":
		n.Add(n, big.NewInt(1))
	case "-1":
		n.Sub(n, big.NewInt(1))
	}
	return json.Number(n.String())
}

// valueAt gives what stands at a place of a body, nil when nothing does.
func valueAt(v any, path []string) any {
	for _, name := range path {
		switch name {
		case "items":
			array, _ := v.([]any)
			if len(array) == 0 {
				return nil
			}
			v = array[0]
		default:
			v = at(v, name)
		}
	}
	return v
}

// assign gives a body with a value at a place; objects and arrays on the way
// are made where they are missing. What is missing{} is taken away.
func assign(body any, path []string, value any) any {
	if len(path) == 0 {
		return value
	}
	if path[0] == "items" {
		array, _ := body.([]any)
		if len(array) == 0 {
			array = []any{nil}
		}
		array = slices.Clone(array)
		array[0] = assign(array[0], path[1:], value)
		return array
	}
	name := path[0]
	if name == "values" {
		name = "app"
	}
	o := make(object)
	if old, ok := body.(object); ok {
		o = maps.Clone(old)
	}
	if len(path) == 1 && value == (missing{}) {
		delete(o, name)
		return o
	}
	o[name] = assign(o[name], path[1:], value)
	return o
}

// sortedByDepth lists the names of places, the outer before the inner ones.
func sortedByDepth(set map[string]any) []string {
	names := slices.Sorted(maps.Keys(set))
	slices.SortStableFunc(names, func(a, b string) int { return strings.Count(a, ".") - strings.Count(b, ".") })
	return names
}

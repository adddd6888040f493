package server_test

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ltskit/ltskit/lts"
	"github.com/ltskit/ltskit/openapi"
)

func TestLifeOfGroup(t *testing.T) {
	t.Parallel()
	inEveryEdition(t, func(t *testing.T, edition string) {
		now := time.Date(2026, 11, 22, 9, 30, 15, 123456789, time.UTC)
		s := start(t, config{edition: edition, now: func() time.Time { return now }})
		if names := s.groupNames(t, devProject); len(names) != 0 {
			t.Fatalf("groups of a new project: %q, want none", names)
		}
		id := s.createGroup(t, devProject, "lts-group-01nh")
		s.createGroup(t, devProject, "second")

		group := s.groups(t, devProject)[0]
		if group.ID != id || group.Name != "lts-group-01nh" || group.TTL != 7 || group.Created != now.UnixMilli() {
			t.Errorf("first group %+v, want ID %s, the name lts-group-01nh, 7 days and the time %d", group, id, now.UnixMilli())
		}
		a := s.do(t, request{op: "UpdateLogGroup", group: id, body: `{"ttl_in_days":7,"tags":[{"key":"team","value":"a"}]}`}).want(t, http.StatusOK)
		if updated := s.groups(t, devProject)[0]; updated.Tag["team"] != "a" || !strings.Contains(string(a.body), `"team":"a"`) {
			t.Errorf("%s: answer %s, list %+v, want the tag in both", a.what, a.body, updated)
		}
		s.do(t, request{op: "DeleteLogGroup", group: id}).want(t, http.StatusNoContent)
		if names := s.groupNames(t, devProject); !slices.Equal(names, []string{"second"}) {
			t.Errorf("groups after the first was deleted: %q, want second", names)
		}
		for _, op := range []string{"DeleteLogGroup", "UpdateLogGroup"} {
			s.do(t, request{op: op, group: id, body: `{"ttl_in_days":7}`}).wantError(t, 400, "LTS.0201", "The log group is not existed")
		}
	})
}

func TestLifetimeOfGroup(t *testing.T) {
	t.Parallel()
	const older, newer = "The log group TTL day must be 7", "The log group TTL day must be integer and between 1 and 365"
	tests := map[string]struct {
		accepted []string // JSON
		refused  []string
		message  string // of LTS.0106
	}{
		"2022-08": {
			accepted: []string{`7`, `"7"`, `7.0`, `7e0`, `0.7E+1`},
			refused:  []string{`6`, `8`, `1`, `365`, `"8"`, `"07"`, `" 7"`, `""`, `0`, `-7`, `7.5`, `null`, `true`, `[7]`, `{}`},
			message:  older,
		},
		"2024-03": {
			accepted: []string{`7`, `"7"`, `7.0`, `7e0`, `0.7E+1`},
			refused:  []string{`6`, `8`, `1`, `365`, `"8"`, `"07"`, `" 7"`, `""`, `0`, `-7`, `7.5`, `null`, `true`, `[7]`, `{}`},
			message:  older,
		},
		"latest": {
			accepted: []string{`1`, `7`, `365`, `"1"`, `"99"`, `"100"`, `"365"`, `30.0`, `3.65e2`},
			refused: []string{`0`, `366`, `-1`, `"0"`, `"366"`, `"400"`, `"007"`, `"7.0"`, `"7 "`, `"٧"`, `""`, `7.5`, `null`, `false`, `[7]`, `{}`,
				`1e400`, `-1e400`, `1e-400`, `1e999999999`, `2147483648`, `4294967303`, `18446744073709551623`},
			message: newer,
		},
	}
	for edition, tt := range tests {
		t.Run("edition "+edition, func(t *testing.T) {
			t.Parallel()
			s := start(t, config{edition: edition})
			id := s.createGroup(t, devProject, "updated")
			calls := map[string]request{
				"create": {op: "CreateLogGroup", body: `{"log_group_name":"NAME","ttl_in_days":DAYS}`},
				"update": {op: "UpdateLogGroup", group: id, body: `{"ttl_in_days":DAYS}`},
			}
			for verb, call := range calls {
				for i, days := range tt.accepted {
					t.Run(verb+" with "+days, func(t *testing.T) {
						want, err := lenientDays(days)
						if err != nil {
							t.Fatal(err)
						}
						name := "accepted-" + strconv.Itoa(i)
						r := call
						r.body = strings.NewReplacer("NAME", name, "DAYS", days).Replace(call.body)
						if a := s.do(t, r); a.status != http.StatusOK && a.status != http.StatusCreated {
							t.Fatalf("%s: %d %s, want success", a.what, a.status, a.body)
						}
						if verb == "update" {
							name = "updated"
						}
						if got := s.daysOf(t, name); got != want {
							t.Errorf("%s: the group keeps records for %d days, want %d", r.body, got, want)
						}
					})
				}
				for _, days := range tt.refused {
					t.Run(verb+" without success with "+days, func(t *testing.T) {
						r := call
						r.body = strings.NewReplacer("NAME", "refused", "DAYS", days).Replace(call.body)
						e := s.do(t, r).wantError(t, 400, "LTS.0106", tt.message)
						if len(e.Details) != 1 || e.Details[0].Field != "/ttl_in_days" || e.Details[0].Rule == "" {
							t.Errorf("%s: details %v, want one about /ttl_in_days", r.body, e.Details)
						}
					})
				}
				t.Run(verb+" without a number of days", func(t *testing.T) {
					r := call
					r.body = strings.NewReplacer("NAME", "refused", `"ttl_in_days":DAYS`, `"x":1`).Replace(call.body)
					code, message := "LTS.0009", "Failed to validate the request body"
					if edition == openapi.Latest {
						code, message = "LTS.0106", tt.message
					}
					s.do(t, r).wantError(t, 400, code, message)
				})
			}
		})
	}
}

func TestNameOfGroup(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 64)
	tests := map[string]struct {
		name    string
		older   bool // whether 2022-08 accepts it
		newer   bool // whether the other editions accept it
		because string
	}{
		"letters, digits and marks":     {name: "aZ09_.-b", older: true, newer: true},
		"one character":                 {name: "a", older: true, newer: true},
		"hyphens":                       {name: "-a-", older: true, newer: true},
		"64 characters":                 {name: long, older: true, newer: true},
		"65 characters":                 {name: long + "a"},
		"empty":                         {name: ""},
		"period at the start":           {name: ".a", older: true},
		"underscore at the start":       {name: "_a", older: true},
		"period at the end":             {name: "a.", older: true},
		"underscore at the end":         {name: "a_", older: true, newer: true},
		"space":                         {name: "a b", older: true},
		"line feed at the end":          {name: "a\n", older: true},
		"slash":                         {name: "a/b", older: true},
		"letter of another alphabet":    {name: "日志", older: true},
		"64 letters of other alphabets": {name: strings.Repeat("志", 64), older: true},
		"65 letters of other alphabets": {name: strings.Repeat("志", 65)},
		"zero byte":                     {name: "a\x00b", older: true},
	}
	inEveryEdition(t, func(t *testing.T, edition string) {
		s := start(t, config{edition: edition})
		for name, tt := range tests {
			t.Run(name, func(t *testing.T) {
				a := s.do(t, request{op: "CreateLogGroup", body: `{"log_group_name":` + quote(tt.name) + `,"ttl_in_days":7}`})
				if accepted := edition == "2022-08" && tt.older || edition != "2022-08" && tt.newer; !accepted {
					e := a.wantError(t, 400, "LTS.0009", "Failed to validate the request body")
					if len(e.Details) == 0 || e.Details[0].Field != "/log_group_name" {
						t.Errorf("%s: details %v, want one about /log_group_name", a.what, e.Details)
					}
					return
				}
				a.want(t, http.StatusCreated)
				if names := s.groupNames(t, devProject); !slices.Contains(names, tt.name) {
					t.Errorf("%s: then the groups are %q, want %q among them", a.what, names, tt.name)
				}
			})
		}
	})
}

func TestGroupNameIsUniqueInItsProject(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	s.createGroup(t, devProject, "taken")
	s.do(t, request{op: "CreateLogGroup", body: `{"log_group_name":"taken","ttl_in_days":1}`}).
		wantError(t, 400, "LTS.0101", "Failed to create log group, the group name has been existed")
	s.createGroup(t, devProject, "Taken")
	s.createGroup(t, otherProject, "taken")
}

func TestQuotaOfGroups(t *testing.T) {
	t.Parallel()
	s := start(t, config{quotas: lts.Quotas{Groups: 2}})
	first := s.createGroup(t, devProject, "first")
	s.createGroup(t, devProject, "second")
	full := request{op: "CreateLogGroup", body: `{"log_group_name":"third","ttl_in_days":1}`}
	s.do(t, full).wantError(t, 400, "LTS.0104", "Failed to create log group, the number of log groups exceeds the quota")
	s.createGroup(t, otherProject, "elsewhere")
	s.do(t, request{op: "DeleteLogGroup", group: first}).want(t, http.StatusNoContent)
	s.do(t, full).want(t, http.StatusCreated)
}

func TestTagsOfGroup(t *testing.T) {
	t.Parallel()
	s := start(t, config{})
	s.do(t, request{op: "CreateLogGroup", body: `{"log_group_name":"a","ttl_in_days":1,"log_group_name_alias":"Ä <b>","tags":[{"key":"k","value":"v"},{"key":"bare"}]}`}).want(t, http.StatusCreated)
	group := s.groups(t, devProject)[0]
	if group.Alias != "Ä <b>" {
		t.Errorf("alias %q, want %q", group.Alias, "Ä <b>")
	}
	steps := []struct {
		name string
		body string
		want map[string]string
	}{
		{"as created", `{"ttl_in_days":2}`, map[string]string{"_sys_enterprise_project_id": "0", "k": "v", "bare": ""}},
		{"replaced", `{"ttl_in_days":2,"tags":[{"key":"new","value":"x"}]}`, map[string]string{"_sys_enterprise_project_id": "0", "new": "x"}},
		{"left alone", `{"ttl_in_days":3}`, map[string]string{"_sys_enterprise_project_id": "0", "new": "x"}},
		{"removed", `{"ttl_in_days":2,"tags":[]}`, map[string]string{"_sys_enterprise_project_id": "0"}},
	}
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			s.do(t, request{op: "UpdateLogGroup", group: group.ID, body: step.body}).want(t, http.StatusOK)
			if got := s.groups(t, devProject)[0].Tag; !maps.Equal(got, step.want) {
				t.Errorf("tags after %s: %v, want %v", step.body, got, step.want)
			}
		})
	}
}

// groups lists the groups of a project.
func (s *service) groups(t testing.TB, project string) []groupItem {
	t.Helper()
	a := s.do(t, request{op: "ListLogGroups", project: project}).want(t, http.StatusOK)
	return decode[groupList](t, a).Groups
}

// daysOf gives how long a group of the development project keeps records.
func (s *service) daysOf(t testing.TB, name string) int {
	t.Helper()
	for _, group := range s.groups(t, devProject) {
		if group.Name == name {
			return group.TTL
		}
	}
	t.Fatalf("there is no group %q", name)
	return 0
}

// lenientDays reads a number or a string of digits.
func lenientDays(text string) (int, error) {
	f, err := strconv.ParseFloat(strings.Trim(text, `"`), 64)
	return int(f), err
}

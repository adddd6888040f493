package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type row []string

func (row) id() string { return "" }

func (r row) cells() []string { return r }

func TestColumnsOfATable(t *testing.T) {
	tests := map[string]struct {
		rows []row
		want string
	}{
		"no rows":            {nil, "NAME  ID\n"},
		"letters":            {[]row{{"a", "1"}, {"longer", "2"}}, "NAME    ID\na       1\nlonger  2\n"},
		"Chinese characters": {[]row{{"日志组", "1"}, {"web", "2"}}, "NAME    ID\n日志组  1\nweb     2\n"},
		"combining marks":    {[]row{{"de\u0301ja\u0300", "1"}, {"web", "2"}}, "NAME  ID\nde\u0301ja\u0300  1\nweb   2\n"},
		"empty cells":        {[]row{{"", "1"}, {"web", ""}}, "NAME  ID\n      1\nweb\n"},
		"a tab":              {[]row{{"a\tb", "1"}}, "NAME  ID\na b   1\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			if err := writeTable(&out, []string{"NAME", "ID"}, tt.rows); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("writeTable (-want +got):\n%s", diff)
			}
		})
	}
}

package config_test

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/bcrypt"

	"github.com/ltskit/ltskit/lts"
)

// The file in the guide can be loaded, has every setting, and says the
// defaults.
func TestTheFileInTheGuideHasEverySettingWithItsDefault(t *testing.T) {
	example := exampleFile(t)
	c, err := load(t, example, nil)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	defaults, err := load(t, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	settings, directory, _ := strings.Cut(print(t, c), "\n# lts.yaml")
	if directory == "" {
		t.Errorf("the file has no directory")
	}
	wanted, _, _ := strings.Cut(print(t, defaults), "\n# no directory")
	if diff := cmp.Diff(withoutComments(wanted), withoutComments(settings)); diff != "" {
		t.Errorf("settings (-default +guide):\n%s", diff)
	}
	if rest := strings.Count(settings, "# default"); rest > 0 {
		t.Errorf("%d settings are not in the file:\n%s", rest, settings)
	}
}

func TestTheUsersInTheGuideCanLogIn(t *testing.T) {
	c, err := load(t, exampleFile(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lts.NewDirectory(*c.Directory); err != nil {
		t.Fatal(err)
	}
	for _, user := range c.Directory.Users {
		if err := bcrypt.CompareHashAndPassword(user.PasswordHash, []byte("change me")); err != nil {
			t.Errorf("%s: %v", user.Name, err)
		}
	}
}

// exampleFile is the YAML file in docs/configuration.md.
func exampleFile(t *testing.T) string {
	t.Helper()
	guide, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(guide), "```yaml\n")
	example, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("docs/configuration.md has no YAML file")
	}
	return example
}

package conformance

import (
	"strings"
	"testing"
)

func TestWhatIsSecretIsHidden(t *testing.T) {
	signature := strings.Repeat("0a", 32)
	tests := map[string]struct {
		password, text, want string
	}{
		"a request":                    {"dev", `{"name":"dev","password":"dev"}`, `{"name":"dev","password":"$LTS_PASSWORD"}`},
		"a request within a message":   {"dev", `{"error_msg":"not {\"password\":\"dev\"}"}`, `{"error_msg":"not {\"password\":\"$LTS_PASSWORD\"}"}`},
		"a password within a message":  {"hunter22", "hunter22 is wrong", "$LTS_PASSWORD is wrong"},
		"one that may be any word":     {"dev", "dev is wrong", "dev is wrong"},
		"one with a quotation mark":    {`hunter"2`, `{"error_msg":"hunter\"2 is wrong"}`, `{"error_msg":"$LTS_PASSWORD is wrong"}`},
		"the signature of a request":   {"dev", "SignedHeaders=host, Signature=" + signature, "SignedHeaders=host, Signature=$LTS_SIGNATURE"},
		"what is no signature":         {"dev", "Signature=none, " + signature, "Signature=none, " + signature},
		"a token that the target gave": {"dev", "issued-token is new", "$TOKEN is new"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSecrets(Account{Password: tt.password})
			s.learn("issued-token")
			if got := s.hide(tt.text); got != tt.want {
				t.Errorf("hide(%s) = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}

// A long body is cut, and must not show the beginning of what is secret there.
func TestNoSecretIsCutInTwo(t *testing.T) {
	s := newSecrets(Account{Password: "correct horse"})
	body := strings.Repeat("x", maxShown-4) + "correct horse" + strings.Repeat("y", maxShown)
	if got := s.show([]byte(body)); strings.Contains(got, "corr") || len(got) < maxShown {
		t.Errorf("%d bytes that end in %q, want %d without the password", len(got), got[len(got)-20:], maxShown)
	}
}

// What a case has found is told in its own words, in which answers are quoted and
// cut.
func TestNoFindingShowsASecret(t *testing.T) {
	s := newSecrets(Account{})
	token := strings.Repeat("token", 60)
	s.learn(token)
	r := Result{Reason: "no answer to " + token, Problems: []Problem{{
		Rule: "it is " + show("before "+token), Got: show(token), Script: "TOKEN=" + token,
	}}}
	s.hideResult(&r)
	want := Problem{Rule: `it is "before $TOKEN...`, Got: `"$TOKEN...`, Script: "TOKEN=$TOKEN"}
	if r.Problems[0] != want || r.Reason != "no answer to $TOKEN" {
		t.Errorf("%q and %+v, want %+v", r.Reason, r.Problems[0], want)
	}
}

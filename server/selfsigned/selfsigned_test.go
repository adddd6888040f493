package selfsigned_test

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"github.com/ltskit/ltskit/server/selfsigned"
)

var now = time.Date(2024, 2, 28, 12, 0, 0, 0, time.UTC)

func TestACertificateIsKeptUntilItDoesNotDo(t *testing.T) {
	for _, tt := range []struct {
		name string
		host string
		at   time.Time
		kept bool
	}{
		{"the same host", "192.0.2.1", now.Add(time.Hour), true},
		{"no host", "", now.Add(time.Hour), true},
		{"this machine", "localhost", now.Add(time.Hour), true},
		{"another host", "logs.example.com", now.Add(time.Hour), false},
		{"shortly before its end", "192.0.2.1", now.AddDate(0, 0, 350), false},
		{"after its end", "192.0.2.1", now.AddDate(2, 0, 0), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "tls")
			first := fingerprint(t, folder, "192.0.2.1", now)
			if second := fingerprint(t, folder, tt.host, tt.at); (first == second) != tt.kept {
				t.Errorf("fingerprints %s and %s, want the same: %v", first, second, tt.kept)
			}
		})
	}
}

func TestABrokenCertificateIsReplaced(t *testing.T) {
	folder := t.TempDir()
	fingerprint(t, folder, "", now)
	if err := os.WriteFile(filepath.Join(folder, "cert.pem"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	fingerprint(t, folder, "", now)
}

func TestACertificateIsForTheHostAndThisMachine(t *testing.T) {
	for _, host := range []string{"logs.example.com", "192.0.2.1", "::1", "localhost", ""} {
		cert, err := selfsigned.Load(t.TempDir(), host, now)
		if err != nil {
			t.Fatalf("Load(%q): %v", host, err)
		}
		roots := x509.NewCertPool()
		roots.AddCert(cert.Leaf)
		for _, name := range []string{host, "localhost", "127.0.0.1"} {
			if _, err := cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name, CurrentTime: now}); err != nil {
				t.Errorf("the certificate for %q is not good for %q: %v", host, name, err)
			}
		}
	}
}

func TestTheKeyIsForItsOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "tls")
	fingerprint(t, folder, "", now)
	info, err := os.Stat(filepath.Join(folder, "key.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key has the mode %v, %v, want 0600", info.Mode(), err)
	}
}

func fingerprint(t *testing.T, folder, host string, at time.Time) string {
	t.Helper()
	cert, err := selfsigned.Load(folder, host, at)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	print := selfsigned.Fingerprint(cert)
	if !regexp.MustCompile(`^([0-9A-F]{2}:){31}[0-9A-F]{2}$`).MatchString(print) {
		t.Errorf("fingerprint %q, want 32 bytes in hexadecimal", print)
	}
	return print
}

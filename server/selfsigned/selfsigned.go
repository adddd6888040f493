// Package selfsigned makes TLS certificates that nobody else has signed, for
// development: a client has to be told to trust the certificate, or its
// fingerprint.
package selfsigned

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	certFile = "cert.pem"
	keyFile  = "key.pem"

	lifetime = 365 * 24 * time.Hour
	renewal  = 30 * 24 * time.Hour // before the end
)

// Load returns the certificate that a folder keeps for a host name or address.
// It makes one when there is none, when it ends soon, and when it is for
// another host. The certificate is for this machine, too.
func Load(folder, host string, now time.Time) (tls.Certificate, error) {
	cert, err := tls.LoadX509KeyPair(filepath.Join(folder, certFile), filepath.Join(folder, keyFile))
	if err == nil && now.Add(renewal).Before(cert.Leaf.NotAfter) && (host == "" || cert.Leaf.VerifyHostname(host) == nil) {
		return cert, nil
	}
	if err := generate(folder, host, now); err != nil {
		return tls.Certificate{}, fmt.Errorf("selfsigned: %w", err)
	}
	return tls.LoadX509KeyPair(filepath.Join(folder, certFile), filepath.Join(folder, keyFile))
}

// CertFile is the file in PEM of the certificate that a folder keeps.
func CertFile(folder string) string { return filepath.Join(folder, certFile) }

// Fingerprint is the SHA-256 of a certificate as browsers and openssl show it.
func Fingerprint(cert tls.Certificate) string {
	sum := sha256.Sum256(cert.Certificate[0])
	return strings.ReplaceAll(fmt.Sprintf("% X", sum[:]), " ", ":")
}

func generate(folder, host string, now time.Time) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: "lts self-signed"},
		NotBefore:             now.Add(-time.Hour), // for clocks that are slow
		NotAfter:              now.Add(lifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IsCA:                  true, // so that clients can be told to trust it
		BasicConstraintsValid: true,
	}
	name(template, host)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return write(folder, der, private)
}

// name puts the host and the names of this machine into a certificate.
func name(template *x509.Certificate, host string) {
	template.DNSNames = []string{"localhost"}
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	if machine, err := os.Hostname(); err == nil && machine != "" {
		template.DNSNames = append(template.DNSNames, machine)
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = append(template.IPAddresses, ip)
	} else if host != "" && host != "localhost" {
		template.DNSNames = append(template.DNSNames, host)
	}
}

func write(folder string, cert, key []byte) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	if err := os.WriteFile(filepath.Join(folder, keyFile), keyPEM, 0o600); err != nil {
		return err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	return os.WriteFile(filepath.Join(folder, certFile), certPEM, 0o644)
}

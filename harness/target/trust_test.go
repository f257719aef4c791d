package target

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/director"
)

// A driver is told the run's authority, and what its user had it trust stays trusted.
func TestTrust(t *testing.T) {
	authorities := make([]*director.Authority, 2)
	for i := range authorities {
		made, err := director.NewAuthority(nil)
		if err != nil {
			t.Fatal(err)
		}
		authorities[i] = made
	}
	own, users := authorities[0], authorities[1]
	before := filepath.Join(t.TempDir(), "users.pem")
	if err := os.WriteFile(before, users.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SSL_CERT_FILE", before)
	t.Setenv("NODE_EXTRA_CA_CERTS", "")
	t.Setenv(CAFileVariable, before) // of a run around this one
	environment, err := trust(t.TempDir(), own)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]*x509.CertPool{"SSL_CERT_FILE": x509.NewCertPool(), "NODE_EXTRA_CA_CERTS": own.Roots(), CAFileVariable: own.Roots()}
	want["SSL_CERT_FILE"].AppendCertsFromPEM(slices.Concat(users.PEM(), own.PEM()))
	for _, line := range environment {
		name, file, _ := strings.Cut(line, "=")
		content, err := os.ReadFile(file)
		got := x509.NewCertPool()
		if err != nil || !got.AppendCertsFromPEM(content) || want[name] == nil || !got.Equal(want[name]) {
			t.Errorf("%s: %v, %s", line, err, content)
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("not set: %v", want)
	}
}

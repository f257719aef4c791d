package suites

import (
	"crypto/tls"
	"crypto/x509"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
	"resize-conformance/harness/target"
)

// clientPatience is how long a client is told to take for an answer that does not come. It is waited for whenever one does not.
const clientPatience = time.Second

// withReference opens the embedded target with the reference client, changed, as the client under test. The contract is loaded once for all.
func withReference(t *testing.T, profile string, change func(*reference.Config)) *target.Target {
	t.Helper()
	return openWith(t, target.Config{Profile: profile, ClientPatience: clientPatience}, target.WithContract(contracttest.Profile(t, profile)), referenceWith(change))
}

// referenceWith makes the reference client with a change.
func referenceWith(change func(*reference.Config)) target.Option {
	return target.WithClient(func(flavorsPath string, roots *x509.CertPool) driver.Client {
		// A short pause before a repetition: nothing is gained by waiting for it.
		c := reference.Config{ResizeFlavorsPath: flavorsPath, TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}, Backoff: 10 * time.Millisecond}
		if change != nil {
			change(&c)
		}
		return reference.New(c)
	})
}

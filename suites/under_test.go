package suites

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
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

// ofClients are the scenarios that put a client to the test.
func ofClients(pack *Pack) []Scenario {
	return slices.DeleteFunc(pack.Scenarios(), func(s Scenario) bool { return s.Requirement.Side != journal.Client })
}

// Each defect of a client is found by the very requirements that it breaks, as far as they are tested.
func TestClientDefects(t *testing.T) {
	t.Parallel()
	racedetector.LeaveOut(t)
	for _, d := range defect.ClientDefects() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			tg := withReference(t, d.Profile, d.Apply)
			for _, s := range ofClients(packOf(t, tg)) {
				if !slices.Contains(d.Breaks, s.Requirement.ID) || s.Requirement.Level == journal.May {
					continue
				}
				r := s.Perform(t.Context(), &Env{Target: tg})[0]
				if r.Verdict != journal.Fail && r.Verdict != journal.Warn {
					t.Errorf("%s (%s): wanted it to be found, got %s %s", s.Name(), d.Title, r.Verdict, r.Reason)
				}
			}
		})
	}
}

// The reference client, and everything that a client may do otherwise, is accused of nothing.
func TestClientVariants(t *testing.T) {
	t.Parallel()
	racedetector.LeaveOut(t)
	variants := append([]defect.ClientVariant{{Name: "as-it-is"}}, defect.ClientVariants()...)
	for _, v := range variants {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			tg := withReference(t, "", v.Apply)
			env := &Env{Target: tg}
			var all sync.WaitGroup // most of a scenario's time is spent waiting
			for _, s := range ofClients(packOf(t, tg)) {
				all.Go(func() {
					r := s.Perform(t.Context(), env)[0]
					// A variant may leave out what a requirement is about; the reference client leaves nothing out.
					if r.Verdict != journal.Pass && (r.Verdict != journal.NotApplicable || v.Name == "as-it-is") {
						t.Errorf("%s (%s): %s %s", s.Name(), v.Title, r.Verdict, r.Reason)
					}
				})
			}
			all.Wait()
			for _, r := range env.Conduct(nil) {
				t.Errorf("%s, over every call: %s %s", r.Requirement, r.Verdict, r.Reason)
			}
		})
	}
}

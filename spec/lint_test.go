package spec_test

import (
	"testing"

	"resize-conformance/harness/lint"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// The contract keeps every rule that `conformance spec lint` checks, in every profile.
func TestTheContractIsInOrder(t *testing.T) {
	known := lint.Known{Scenarios: suites.Written(), Monitors: monitor.Watched()}
	for _, c := range target.Capabilities() {
		known.Capabilities = append(known.Capabilities, string(c.Name))
	}
	report, err := lint.Check(t.Context(), "", profiles(t), known)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Findings {
		t.Errorf("%s: %s %v: %s\nwanted: %s\nnext: %s", f.Place, f.Rule, f.Profiles, f.Found, f.Wanted, f.Next)
	}
}

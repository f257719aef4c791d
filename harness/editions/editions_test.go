package editions_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/editions"
	"resize-conformance/harness/racedetector"
	"resize-conformance/suites"
)

func TestBetween(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	for _, k := range []struct{ server, judge, want string }{
		{"intl", "intl", "·"}, {"ae-ad-1", "my-kualalumpur-1", "·"}, {"cn", "intl", "SW"}, {"intl", "cn", "MC"}, {"intl", "ae-ad-1", "GJ"}, {"otc", "intl", "VNLHPCDSWE"},
		{"swiss", "tr-central-201", "·"}, {"tr-central-201", "swiss", "E"}, {"en-old", "cloud-ru", "DG"}, {"intl", "hcs", "·"},
	} {
		if got := editions.Cell(contracttest.Profile(t, k.server), contracttest.Profile(t, k.judge)); got != k.want {
			t.Errorf("a server of %s by the contract of %s: %s, want %s", k.server, k.judge, got, k.want)
		}
	}
}

// Every switch is a letter of the table, or says why a run sees nothing of it.
func TestEverySwitchIsADifference(t *testing.T) {
	t.Parallel()
	for _, name := range contract.BehaviourSwitches() {
		seen := slices.ContainsFunc(editions.Differences(), func(d editions.Difference) bool { return d.Name == name })
		if why, silent := editions.Silent()[name]; seen == silent || silent && why == "" {
			t.Errorf("%s: a difference %t, silent %t (%q)", name, seen, silent, why)
		}
	}
}

func TestTable(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	got := editions.Table([]*contract.Contract{contracttest.Profile(t, "intl"), contracttest.Profile(t, "cn")})
	for _, want := range []string{"| 1 `intl` | · | MC |", "| 2 `cn` | SW | · |", "- `S`: spot-priced servers are resized (`spot_banned`)"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func findings(trial *editions.Trial) string {
	var b strings.Builder
	for _, r := range trial.Results {
		if r.Finding != nil {
			fmt.Fprintf(&b, "\n%s: wanted %s, got %s", r.Requirement, r.Finding.Wanted, r.Finding.Got)
		}
	}
	return b.String()
}

// What a server of another edition breaks is explained by the difference, and the claim is believed: what the judge's edition has is asked for.
func TestTry(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	judge, server := contracttest.Profile(t, "cn"), contracttest.Profile(t, "intl")
	only := func(ids ...string) func(suites.Scenario) bool {
		return func(s suites.Scenario) bool { return slices.Contains(ids, s.Requirement.ID) }
	}
	own, err := editions.Try(t.Context(), "cn", judge, only("RSZ-STATE-001", "RSZ-STATE-003", "RSZ-BODY-037"))
	if err != nil || len(own.Red()) > 0 || len(own.Amiss()) > 0 {
		t.Fatalf("%v: red %v, amiss %v: %s", err, own.Red(), own.Amiss(), findings(own))
	}
	trial, err := editions.Try(t.Context(), "intl", judge, only("RSZ-STATE-001", "RSZ-STATE-003", "RSZ-BODY-037"))
	if want := []string{"RSZ-BODY-037", "RSZ-STATE-003"}; err != nil || !slices.Equal(trial.Red(), want) {
		t.Fatalf("%v: red %v, want %v", err, trial.Red(), want)
	}
	for id, want := range map[string][]string{"RSZ-STATE-001": nil, "RSZ-STATE-003": {"M"}, "RSZ-BODY-037": {"M"}} {
		if got := own.Explains(server, id); !slices.Equal(got, want) {
			t.Errorf("%s is explained by %v, want %v", id, got, want)
		}
	}
}

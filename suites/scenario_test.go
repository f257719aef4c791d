package suites

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// TestEveryRequirementIsTested is the promise of the register: each row is put to the test, or says why not; and each scenario has its row.
func TestEveryRequirementIsTested(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, profile := range contract.Profiles() {
		c := contracttest.Profile(t, profile)
		pack, err := New(c)
		if err != nil {
			t.Fatalf("%s: %v", profile, err)
		}
		scenarios := map[string]int{}
		for _, s := range pack.Scenarios() {
			scenarios[s.Requirement.ID]++
		}
		for _, r := range c.Requirements() {
			switch {
			case r.Tested == contract.NotTested && r.Reason == "":
				t.Errorf("%s:%d: %s is not tested and gives no reason", r.File, r.Line, r.ID)
			case r.Tested == contract.ByScenario && scenarios[r.ID] != 1:
				t.Errorf("%s:%d: %s has %d scenarios in profile %s, wanted 1", r.File, r.Line, r.ID, scenarios[r.ID], profile)
			case r.Tested != contract.ByScenario && scenarios[r.ID] != 0:
				t.Errorf("%s:%d: %s is tested: %s and has a scenario", r.File, r.Line, r.ID, r.Tested)
			case !slices.Contains([]contract.Tested{contract.ByScenario, contract.BySchema, contract.ByMonitor, contract.NotTested}, r.Tested):
				t.Errorf("%s:%d: %s is tested: %q, which is no way of testing", r.File, r.Line, r.ID, r.Tested)
			}
		}
		for _, s := range pack.LeftOut() {
			if s.Requirement.Applies {
				t.Errorf("%s is left out of profile %s, which has its requirement", s.Name(), profile)
			}
		}
		if n, all := len(pack.Scenarios())+len(pack.LeftOut()), len(written()); n != all {
			t.Errorf("profile %s has %d scenarios and those left out, wanted %d", profile, n, all)
		}
	}
}

func written() []Scenario {
	var w writer
	for _, family := range families() {
		family(&w)
	}
	return w.scenarios
}

// TestNeedsAreCapabilities finds a capability that no target can ever declare, for which a scenario would be skipped for good.
func TestNeedsAreCapabilities(t *testing.T) {
	known := map[string]bool{}
	for _, c := range target.Capabilities() {
		known[string(c.Name)] = true
	}
	c := contracttest.Base(t)
	for _, s := range written() {
		r, _ := c.Requirement(s.id)
		for _, need := range r.Needs {
			if !known[need] {
				t.Errorf("%s:%d: %s needs %q, which is no capability", r.File, r.Line, r.ID, need)
			}
		}
	}
}

func TestBindingTellsWhatDoesNotFit(t *testing.T) {
	c := contracttest.Base(t)
	good := written()
	run := func(context.Context, *Exercise) {}
	add := func(ids ...string) []Scenario {
		w := writer{scenarios: slices.Clone(good)}
		for _, id := range ids {
			w.scenario(id, "an invented title", run)
		}
		return w.scenarios
	}
	for _, tc := range []struct {
		name    string
		written []Scenario
		want    []string
	}{
		{"unknown id", add("RSZ-STATE-099"), []string{"suites/scenario_test.go:", `scenario "RSZ-STATE-099"`, "no such requirement", "did you mean"}},
		{"two for one id", add("RSZ-STATE-001"), []string{`scenario "RSZ-STATE-001"`, "bound to suites/state.go:", "already"}},
		{"not tested by scenario", add("RSZ-RSP-010"), []string{`scenario "RSZ-RSP-010"`, "wanted a requirement with tested: scenario", "tested: schema"}},
		{"no scenario", slices.DeleteFunc(slices.Clone(good), func(s Scenario) bool { return s.id == "RSZ-JOB-003" }), []string{"requirement RSZ-JOB-003", "no scenario is bound to it", "spec/openapi.yaml:"}},
		{"all at once", add("RSZ-NONE-001", "RSZ-STATE-001"), []string{"RSZ-NONE-001", "RSZ-STATE-001"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			pack, err := bind(c, tc.written)
			if err == nil {
				t.Fatalf("wanted an error, got a pack of %d", len(pack.Scenarios()))
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("wanted %q in the error, got:\n%v", want, err)
				}
			}
		})
	}
}

// TestScenariosKnowTheirPlace is about the file and line that reports and editors jump to.
func TestScenariosKnowTheirPlace(t *testing.T) {
	seen := map[string]string{}
	for _, s := range written() {
		source, err := os.ReadFile(filepath.Base(s.File))
		if err != nil {
			t.Errorf("%s: %v", s.Name(), err)
			continue
		}
		lines := strings.Split(string(source), "\n")
		if s.Line < 1 || s.Line > len(lines) || !strings.Contains(lines[s.Line-1], s.id) {
			t.Errorf("%s: %s:%d does not name it", s.Name(), s.File, s.Line)
		}
		if other, taken := seen[s.Title]; taken {
			t.Errorf("%s and %s have the same title, %q", other, s.id, s.Title)
		}
		seen[s.Title] = s.id
	}
}

func TestLabelsAreWhatAFilterCanSee(t *testing.T) {
	pack, err := New(contracttest.Base(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range pack.Scenarios() {
		if s.id != "RSZ-BILL-003" {
			continue
		}
		want := []string{"RSZ-BILL", "RSZ-BILL-003", "level:must", "operation:resizeServer", "needs:yearly-monthly", "needs:auto-pay"}
		if got := s.Labels(); !slices.Equal(got, want) {
			t.Errorf("labels: wanted %q, got %q", want, got)
		}
		return
	}
	t.Error("RSZ-BILL-003 is not in the pack")
}

// TestVersionFollowsTheRequirement: what an edition promises of v1 only is asked of v1.
func TestVersionFollowsTheRequirement(t *testing.T) {
	for profile, want := range map[string]map[string]bool{
		"intl": {"RSZ-STATE-001": false, "RSZ-JOB-001": false, "RSZ-V1-001": true},
		"otc":  {"RSZ-STATE-001": true, "RSZ-JOB-001": true, "RSZ-V1-001": true},
	} {
		pack, err := New(contracttest.Profile(t, profile))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range pack.Scenarios() {
			if v1, asked := want[s.id]; asked && s.v1 != v1 {
				t.Errorf("%s in profile %s: wanted v1 %v, got %v", s.id, profile, v1, s.v1)
			}
		}
	}
}

package selftest_test

import (
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/selftest"
)

// What schemas find shows in any scenario, and what binds clients is shown with one: both have an exchange that keeps the promise and one that breaks it.
func TestDemonstrate(t *testing.T) {
	c := contracttest.Profile(t, contract.BaseProfile)
	for id, tested := range map[string]contract.Tested{"RSZ-RSP-005": contract.BySchema, "RSZ-CLIENT-002": contract.ByScenario, "RSZ-DRY-001": contract.ByScenario} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if r, known := c.Requirement(id); !known || r.Tested != tested {
				t.Fatalf("%s is tested by %s, want %s: choose another for this test", id, r.Tested, tested)
			}
			d, err := selftest.Demonstrate(t.Context(), id, "")
			if err != nil || d == nil {
				t.Fatalf("%v %v", d, err)
			}
			if d.Wrong == nil || d.Right == nil || d.Wrong.Scenario != d.Right.Scenario || d.Wrong.Method != d.Right.Method {
				t.Fatalf("right %+v\nwrong %+v", d.Right, d.Wrong)
			}
			if d.Found.Requirement != id || d.Found.Finding == nil && d.Found.Reason == "" {
				t.Errorf("%+v", d.Found)
			}
		})
	}
}

func TestDemonstrateWhatNothingBreaks(t *testing.T) {
	if d, err := selftest.Demonstrate(t.Context(), "RSZ-NONE-001", ""); d != nil || err != nil {
		t.Errorf("%v %v", d, err)
	}
}

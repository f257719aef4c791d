package selftest

import (
	"slices"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// A requirement that no defect shows to find anything is a problem of a whole selftest, and of a part of one it is not: the other side's requirements are not asked
// for where only one side was tried wholly.
func TestIdleRequirements(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	for _, side := range []journal.Side{journal.Server, journal.Client} {
		proven, d := "RSZ-STATE-002", ofServer("RSZ-STATE-002")
		if side == journal.Client {
			proven, d = "RSZ-CLIENT-101", ofClient("RSZ-CLIENT-101")
		}
		for _, found := range []bool{true, false} {
			m := &Matrix{Requirements: columns(map[string]edition{contract.BaseProfile: {contract: c}})}
			said := allPass(c)
			if found {
				said = allPass(c, proven+" FAIL")
			}
			m.addDefect(&trial{side: side, edition: edition{contract: c}, defect: d, rows: said})
			m.Problems = nil
			m.idle(side)
			idle := map[string]bool{}
			for _, p := range m.Problems {
				if p.Kind != Idle {
					t.Errorf("unexpected %+v", p)
				}
				idle[p.Subject] = true
			}
			for _, r := range m.Requirements {
				asked := (r.Side == journal.Client) == (side == journal.Client) && r.Level != journal.May && r.Tested != contract.BySchema
				if wanted := asked && (r.ID != proven || !found); idle[r.ID] != wanted {
					t.Errorf("%s, %s (%s), found %t: idle is %t, want %t", side, r.ID, r.Level, found, idle[r.ID], wanted)
				}
			}
		}
	}
}

// What is left out decides of which side everything was tried.
func TestWholeSides(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		options Options
		whole   []journal.Side
	}{
		{Options{}, []journal.Side{journal.Server, journal.Client}},
		{Options{Side: journal.Client}, []journal.Side{journal.Client}},
		{Options{Side: journal.Server}, []journal.Side{journal.Server}},
		{Options{ClientDefects: defect.ClientDefects()[:1]}, []journal.Side{journal.Server}},
		{Options{Side: journal.Client, ClientDefects: defect.ClientDefects()[:1]}, nil},
	} {
		o := tc.options
		o.fillIn()
		if !slices.Equal(o.whole, tc.whole) {
			t.Errorf("%+v: wanted everything tried of %v, got %v", tc.options, tc.whole, o.whole)
		}
		for _, side := range []journal.Side{journal.Server, journal.Client} {
			if n := len(o.Defects); side == journal.Client && !o.tries(journal.Server) && n > 0 {
				t.Errorf("%d defects of servers, and only clients are tried", n)
			}
		}
	}
}

// One edition alone is tried, with every deviation in it.
func TestOneEdition(t *testing.T) {
	t.Parallel()
	editions := map[string]edition{"otc": {contract: contracttest.Profile(t, "otc")}}
	o := Options{Profile: "otc"}
	o.fillIn()
	for _, trial := range plan(&o, editions) {
		if trial.contract == nil || trial.contract.Profile != "otc" {
			t.Fatalf("%s is not tried in otc", trial.deviation().name)
		}
	}
	if len(o.whole) > 0 {
		t.Errorf("what finds nothing in one edition would be told: %v", o.whole)
	}
}

// Both sides as they are are tried in every profile, and in several orders.
func TestOrders(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Parallel()
	editions := map[string]edition{}
	for _, profile := range contract.Profiles() {
		editions[profile] = edition{contract: contracttest.Profile(t, profile)}
	}
	for _, only := range []journal.Side{"", journal.Server, journal.Client} {
		seen := map[journal.Side]map[string]int{journal.Server: {}, journal.Client: {}}
		for _, trial := range plan(&Options{Side: only, Orders: 5}, editions) {
			seen[trial.side][trial.contract.Profile]++
		}
		for side, orders := range seen {
			for _, profile := range contract.Profiles() {
				want := 5
				if profile != contract.BaseProfile {
					want = otherOrders
				}
				if only != "" && only != side {
					want = 0
				}
				if orders[profile] != want {
					t.Errorf("--side %q: the %s as it is in %d orders of profile %s, want %d", only, side, orders[profile], profile, want)
				}
			}
		}
	}
}

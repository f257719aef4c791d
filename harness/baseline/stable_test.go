package baseline_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// A failure has the same signature in every order of the scenarios and with every seed, and servers that break one promise in different ways have different ones.
func TestSignaturesAreThoseOfTheFailure(t *testing.T) {
	for requirement, names := range map[string][]string{
		"RSZ-STATE-002":  {"resizes-running-server", "refuses-running-yet-resizes", "refused-resize-stops-server"}, // a scenario
		"RSZ-STATE-009":  {"starts-resized-server", "left-in-verify-resize"},                                       // a SHOULD
		"RSZ-FLAVOR-001": {"same-flavor-accepted", "same-flavor-other-code"},
		"RSZ-BODY-004":   {"flavor-as-number", "flavor-as-object", "null-flavor-accepted"},         // by cases
		"RSZ-RSP-005":    {"job-id-number", "job-id-empty"},                                        // by the schema
		"RSZ-ERR-001":    {"error-as-string", "error-without-message", "error-with-empty-message"}, // by the schema, in many exchanges
		"RSZ-JOB-030":    {"job-goes-backwards", "ended-job-runs-again"},                           // by a monitor
	} {
		t.Run(requirement, func(t *testing.T) {
			t.Parallel()
			seen := map[string]string{}
			for _, name := range names {
				signature := ""
				for _, seed := range []int64{0, 3, 11} {
					rows := tried(t, name, seed)
					at := slices.IndexFunc(rows, func(r journal.Result) bool { return r.Requirement == requirement && r.Kind != journal.KindCase })
					if at < 0 || len(rows[at].Signature) == 0 {
						t.Fatalf("%s, seed %d: %s does not find it", name, seed, requirement)
					}
					got := strings.Join(rows[at].Signature, "\n")
					if signature == "" {
						signature = got
					} else if got != signature {
						t.Errorf("%s fails in other ways with seed %d:\n%s\nwith seed 0:\n%s", name, seed, got, signature)
					}
				}
				if other, known := seen[signature]; known {
					t.Errorf("%s and %s break %s in different ways, and have one signature:\n%s", name, other, requirement, signature)
				}
				seen[signature] = name
				t.Logf("%s: %s", name, signature)
			}
		})
	}
}

// tried runs a part of the pack against an emulator with a defect, in an order of the seed's.
func tried(t *testing.T, name string, seed int64) []journal.Result {
	t.Helper()
	at := slices.IndexFunc(defect.Defects(), func(d defect.Defect) bool { return d.Name == name })
	if at < 0 {
		t.Fatalf("there is no defect %s", name)
	}
	c := contracttest.Base(t)
	pack, err := suites.New(c)
	if err != nil {
		t.Fatal(err)
	}
	watch := monitor.New(c)
	tg, err := target.Open(t.Context(), target.Config{}, watch, target.WithContract(c), target.WithoutCurl(), target.WithEmulator(defect.Defects()[at].Apply))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := tg.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	chosen := slices.DeleteFunc(pack.OfServers().Scenarios(), func(s suites.Scenario) bool {
		return !slices.Contains([]string{"RSZ-STATE", "RSZ-JOB", "RSZ-DRY"}, s.Family) && !slices.Contains([]string{"RSZ-BODY-004", "RSZ-FLAVOR-001", "RSZ-URI-002"}, s.Requirement.ID)
	})
	if seed != 0 {
		rand.New(rand.NewPCG(uint64(seed), 0)).Shuffle(len(chosen), func(i, j int) { chosen[i], chosen[j] = chosen[j], chosen[i] })
	}
	env := &suites.Env{Target: tg, Seed: seed, Explore: -1}
	var rows []journal.Result
	for _, s := range chosen {
		rows = append(rows, s.Perform(t.Context(), env)...)
	}
	rows = append(rows, watch.Results(false)...)
	for i, r := range rows {
		rows[i] = r.Signed()
	}
	return rows
}

package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/racedetector"
)

// A promise is explained with two exchanges that were made for it: the same request, kept and broken.
func TestExplain(t *testing.T) {
	racedetector.LeaveOut(t)
	got := call(t, "explain", "RSZ-STATE-001")
	if got.code != exitConforms {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	at := 0
	for _, want := range []string{
		"RSZ-STATE-001  MUST, binds the server, on resizeServer", "clause", "source", "made in intl, ae-ad-1", "tested  by a scenario: ", "suites/state.go:",
		"defects", "refuses-stopped-server", "alone   conformance run --requirement RSZ-STATE-001",
		"Right: what the emulator as it is does", "> POST http://127.0.0.1:", "< HTTP/1.1 200", `"job_id"`,
		"Wrong: the same with the defect refuses-stopped-server", "got     400 Ecs.0008", "< HTTP/1.1 400", "<-- /error/code",
	} {
		i := strings.Index(got.stdout[at:], want)
		if i < 0 {
			t.Fatalf("%q does not come after what is before it:\n%s", want, got.stdout)
		}
		at += i
	}
	if strings.Contains(got.stdout, "0123456789abcdef0123456789abcdef01234567") {
		t.Error("a token is shown")
	}
}

func TestExplainWithoutRunning(t *testing.T) {
	racedetector.LeaveOut(t)
	c := contracttest.Profile(t, contract.BaseProfile)
	untested := ""
	for _, r := range c.Requirements() {
		if r.Tested == contract.NotTested {
			untested = r.ID
			break
		}
	}
	got := call(t, "explain", untested)
	if got.code != exitConforms || !strings.Contains(got.stdout, "tested  not: ") || strings.Contains(got.stdout, "alone") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	for args, want := range map[string]string{
		"RSZ-STATE-01":  `did you mean "RSZ-STATE-001"?`,
		"rsz-state-001": `did you mean "RSZ-STATE-001"?`,
		"RSZ-STATE":     "conformance list --requirement RSZ-STATE",
		"nothing":       "`conformance list` shows all",
	} {
		got := call(t, "explain", args)
		if got.code != exitUsage || !strings.Contains(got.stderr, want) {
			t.Errorf("%s: exit code %d, %s", args, got.code, got.stderr)
		}
	}
}

func TestExplainAsJSON(t *testing.T) {
	racedetector.LeaveOut(t)
	got := call(t, "explain", "RSZ-BODY-012", "--no-example", "--json")
	var e explained
	if err := json.Unmarshal([]byte(got.stdout), &e); err != nil || got.code != exitConforms {
		t.Fatalf("exit code %d: %v %s", got.code, err, got.stderr)
	}
	if e.ID != "RSZ-BODY-012" || e.Cases == 0 || len(e.Defects) == 0 || len(e.Scenarios) != 1 || e.Example != nil {
		t.Errorf("%+v", e)
	}
	all := slices.Sorted(slices.Values(slices.Concat(e.Editions, e.Without)))
	if !slices.Equal(all, slices.Sorted(slices.Values(contract.Profiles()))) || !slices.Contains(e.Editions, contract.BaseProfile) {
		t.Errorf("in %v, not in %v", e.Editions, e.Without)
	}
}

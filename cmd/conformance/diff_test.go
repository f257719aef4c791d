package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/racedetector"
)

// changes are those of a diff as JSON: the kinds by requirement.
func changes(t *testing.T, args ...string) (kinds map[string]string, got outcome) {
	t.Helper()
	got = call(t, append([]string{"diff", "--format", "json"}, args...)...)
	var doc struct {
		Changes []struct{ Kind, Requirement, Title string }
	}
	if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	kinds = map[string]string{}
	for _, c := range doc.Changes {
		kinds[c.Requirement] = strings.TrimSpace(kinds[c.Requirement] + " " + c.Kind)
	}
	return kinds, got
}

// Between a run of the emulator as it is and one with a defect, exactly the requirement that the defect breaks is newly failing; the other way round it is fixed.
func TestDiffNamesTheDefect(t *testing.T) {
	racedetector.LeaveOut(t)
	good, bad, worse := t.TempDir(), t.TempDir(), t.TempDir()
	said(t, "as it is", call(t, append(defective(t), "--reports", good)...), exitConforms)
	said(t, "with the defect", call(t, append(defective(t, "resizes-running-server"), "--reports", bad)...), exitDeviates)
	for _, pair := range [][2]string{{good, bad}, {filepath.Join(good, "results.json"), filepath.Join(bad, "journal.jsonl")}} {
		kinds, got := changes(t, pair[0], pair[1])
		if got.code != exitDeviates || len(kinds) != 1 || kinds[runningID] != "newly-failing" {
			t.Errorf("%v: exit code %d, changes %v; want 1 and %s alone", pair, got.code, kinds, runningID)
		}
	}
	if kinds, got := changes(t, bad, good); got.code != exitConforms || len(kinds) != 1 || kinds[runningID] != "fixed" {
		t.Errorf("the other way round: exit code %d, changes %v", got.code, kinds)
	}
	said(t, "a run and itself", call(t, "diff", bad, bad), exitConforms, "SAME", "of them failing")
	said(t, "on the screen", call(t, "diff", good, bad), exitDeviates, "1 newly failing", "FAIL "+runningID+" "+runningTitle, "for the gate: newly-failing")
	said(t, "of no gate", call(t, "diff", "--fail-on", "none", good, bad), exitConforms, "NOT WORSE")
	said(t, "of another gate", call(t, "diff", "--fail-on", "vanished", good, bad), exitConforms)
	said(t, "pinned to a version that has it", call(t, "diff", "--pin", "0.1.0", good, bad), exitDeviates, "1 newly failing")
	page := filepath.Join(t.TempDir(), "diff.html")
	said(t, "as a page", call(t, "diff", "--format", "html", "-o", page, good, bad), exitDeviates)
	if data, err := os.ReadFile(page); err != nil || !strings.Contains(string(data), runningID) {
		t.Errorf("the page: %v, %d bytes", err, len(data))
	}

	// A run that is asked for less has lost what it was not asked for, and a gate says so.
	part := defective(t)
	part[len(part)-1] = "RSZ-STATE-001"
	said(t, "a part", call(t, append(part, "--reports", worse)...), exitConforms)
	said(t, "from the whole to a part", call(t, "diff", good, worse), exitDeviates, "vanished", "it was asked for requirement RSZ-STATE-001")
	for _, c := range []struct {
		gate, format string
		code         int
	}{
		{"newly-failing,vanished", "terminal", exitDeviates}, {"vanished", "html", exitDeviates}, {"newly-skipped,vanished", "json", exitDeviates},
		{"newly-failing", "markdown", exitConforms}, {"slower,fixed", "html", exitConforms}, {"none", "json", exitConforms},
	} {
		said(t, c.gate+" as "+c.format, call(t, "diff", "--fail-on", c.gate, "--slower-factor", "0", "--format", c.format, good, worse), c.code)
	}
	kinds, got := changes(t, worse, good)
	if got.code != exitConforms || kinds[runningID] != "new" {
		t.Errorf("from a part to the whole: exit code %d, %v", got.code, kinds)
	}
}

func TestDiffOfBadInput(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"a kind that there is not":   {[]string{"--fail-on", "newly-failng", dir, dir}, `did you mean "newly-failing"?`},
		"a format that there is not": {[]string{"--format", "htlm", dir, dir}, "no such format"},
		"a version never released":   {[]string{"--pin", "0.1.1", dir, dir}, "no such suite version"},
		"no run":                     {[]string{dir, dir}, "neither journal.jsonl nor results.json"},
		"one run":                    {[]string{dir}, "wanted OLD NEW"},
		"a factor that is none":      {[]string{"--slower-factor", "0.5", dir, dir}, "--slower-factor"},
	} {
		said(t, name, call(t, append([]string{"diff"}, c.args...)...), exitUsage, c.want)
	}
}

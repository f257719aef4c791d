package main

import (
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/defect"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// defective serves an emulator with some defects until the test is over and gives the arguments of a run of the family RSZ-STATE against it.
func defective(t *testing.T, names ...string) []string {
	t.Helper()
	var c emulator.Config
	for _, name := range names {
		at := slices.IndexFunc(defect.Defects(), func(d defect.Defect) bool { return d.Name == name })
		if at < 0 {
			t.Fatalf("there is no defect %s", name)
		}
		defect.Defects()[at].Apply(&c)
	}
	e, err := emulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Stock(e, 3); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	servers, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	text, err := servers.YAML()
	if err != nil {
		t.Fatal(err)
	}
	return []string{"run", "--inventory", write(t, "servers.yaml", string(text)), "--poll", "2ms", "--requirement", "RSZ-STATE"}
}

const (
	runningID    = "RSZ-STATE-002"
	runningTitle = "a running server is not resized without mode"
	runningWay   = "wanted a rejection (400, 403 or 409); got 200 with job_id"
)

// accepting is a baseline with one entry, in line 3.
func accepting(id, title, way, expires string) string {
	return fmt.Sprintf("# Known.\naccepted:\n  - requirement: %s\n    scenario: %s\n    signature: %q\n    owner: ecs-team\n    reason: the scheduler is to be replaced\n    link: ISSUE-7\n    expires: %s\n", id, title, way, expires)
}

func tomorrow() string { return journal.Day(time.Now().Add(24 * time.Hour)) }

// fillIn does to a baseline what a person has to, and gives its text.
func fillIn(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	filled := strings.NewReplacer("reason: TODO", "reason: known # since May", "expires: TODO", "expires: "+tomorrow(), "TODO", "ecs-team").Replace(string(data))
	if err := os.WriteFile(file, []byte(filled), 0o600); err != nil {
		t.Fatal(err)
	}
	return filled
}

func said(t *testing.T, what string, got outcome, code int, texts ...string) {
	t.Helper()
	if got.code != code {
		t.Errorf("%s: exit code %d, want %d\n%s%s", what, got.code, code, got.stdout, got.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(strings.Join(strings.Fields(got.stdout+got.stderr), " "), text) {
			t.Errorf("%s: wanted %q in\n%s%s", what, text, got.stdout, got.stderr)
		}
	}
}

// What fails as listed is accepted, and every report says who accepted it and until when, also those that are made afterwards.
func TestBaselineAcceptsWhatFailsAsListed(t *testing.T) {
	racedetector.LeaveOut(t)
	args, dir := defective(t, "resizes-running-server"), t.TempDir()
	plain := call(t, append(args, "--reports", dir)...)
	said(t, "without a baseline", plain, exitDeviates, "FAIL "+runningID, "way "+runningWay)
	file := write(t, "accepted.yaml", accepting(runningID, runningTitle, runningWay, tomorrow()))
	told := []string{"XFAIL " + runningID, "ecs-team", tomorrow(), "the scheduler is to be replaced", "ISSUE-7", "accepted.yaml:3", "CONFORMS"}
	said(t, "with it", call(t, append(args, "--reports", dir, "--baseline", file)...), exitConforms, told...)
	said(t, "told again", call(t, "report", "--from", dir), exitConforms, told...)
	said(t, "its --fail-fast does not end the run", call(t, append(args, "--reports", t.TempDir(), "--baseline", file, "--fail-fast")...), exitConforms, told...)
	for name, wanted := range map[string][]string{
		"junit.xml":     {`<skipped type="XFAIL"`, `name="owner" value="ecs-team"`, `name="expires" value="` + tomorrow(), `name="signature" value="` + runningWay},
		"results.json":  {`"verdict": "XFAIL"`, `"standing": "holds"`, `"owner": "ecs-team"`, runningWay, `"found": "FAIL"`},
		"journal.jsonl": {`"verdict":"XFAIL"`, `"listed":{"entry":"` + file + `:3"`},
	} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range wanted {
			if !strings.Contains(string(data), text) {
				t.Errorf("%s has no %s", name, text)
			}
		}
	}
	t.Run("by the environment", func(t *testing.T) {
		t.Setenv("CONFORMANCE_BASELINE", file)
		said(t, "$CONFORMANCE_BASELINE", call(t, append(args, "--reports", t.TempDir())...), exitConforms, told...)
	})
	t.Run("by the configuration file", func(t *testing.T) {
		config := filepath.Join(filepath.Dir(file), "conformance.yaml")
		if err := os.WriteFile(config, []byte("baseline: accepted.yaml\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		said(t, "--config", call(t, append(args, "--reports", t.TempDir(), "--config", config)...), exitConforms, told...)
	})
}

// The run fails for an entry that is no longer right, and says first which one that is and what to do.
func TestBaselineThatIsNoLongerRight(t *testing.T) {
	racedetector.LeaveOut(t)
	bad, good := defective(t, "resizes-running-server"), defective(t)
	for name, tt := range map[string]struct {
		args     []string
		baseline string
		texts    []string
	}{
		"fails otherwise": {bad, accepting(runningID, runningTitle, "wanted a rejection (400, 403 or 409); got 500 with an empty body", tomorrow()),
			[]string{"OTHER", "now " + runningWay, "was wanted a rejection (400, 403 or 409); got 500", "accept what is new in", "FAIL " + runningID, "1 failure in another way than the one accepted"}},
		"passes":  {good, accepting(runningID, runningTitle, runningWay, tomorrow()), []string{"PASSES", "take the entry out of", "XPASS " + runningID, "1 unexpected pass"}},
		"expired": {bad, accepting(runningID, runningTitle, runningWay, "2020-02-29"), []string{"EXPIRED", "2020-02-29", "accept it anew", "FAIL " + runningID, "accepted until a day that is over"}},
	} {
		dir := t.TempDir()
		args := append(slices.Clone(tt.args), "--reports", dir, "--baseline", write(t, "accepted.yaml", tt.baseline))
		got := call(t, args...)
		said(t, name, got, exitDeviates, append(tt.texts, "1 entry of the baseline is no longer right", "accepted.yaml:3")...)
		if first := strings.TrimSpace(got.stdout); !strings.HasPrefix(first, "1 entry of the baseline") {
			t.Errorf("%s: wanted that to be said first, got\n%s", name, first)
		}
		said(t, name+", told again", call(t, "report", "--from", dir), exitDeviates, tt.texts...)
		if junit, err := os.ReadFile(filepath.Join(dir, "junit.xml")); err != nil || strings.Count(string(junit), "<failure ") != 1 {
			t.Errorf("%s: wanted one failure in junit.xml, %v", name, err)
		}
	}
}

// A baseline that does not fit the pack is told before anything is run.
func TestBaselineThatDoesNotFit(t *testing.T) {
	racedetector.LeaveOut(t)
	entry := accepting(runningID, runningTitle, runningWay, tomorrow())
	_, item, _ := strings.Cut(entry, "accepted:\n")
	for name, tt := range map[string]struct {
		baseline string
		texts    []string
	}{
		"matches nothing":  {strings.Replace(entry, runningID, "RSZ-STATE-902", 1), []string{"accepted.yaml:3: RSZ-STATE-902", "the pack has nothing for it; did you mean"}},
		"no such scenario": {strings.Replace(entry, runningTitle, "a running server", 1), []string{"accepted.yaml:3:", "there is \"" + runningTitle}},
		"two for one":      {entry + item, []string{"accepted.yaml:10:", "line 3 is about the same result"}},
		"one for two":      {strings.Replace(strings.Replace(entry, runningID, "RSZ-CLIENT-005", 1), "    scenario: "+runningTitle+"\n", "", 1), []string{"accepted.yaml:3:", "about 2 results"}},
		"unknown key":      {strings.Replace(entry, "owner", "onwer", 1), []string{`accepted.yaml:6: unknown key "onwer"; did you mean "owner"?`}},
		"not filled in":    {strings.Replace(entry, "ecs-team", "TODO", 1), []string{"accepted.yaml:3:", "owner is still to be filled in"}},
	} {
		dir, file := t.TempDir(), write(t, "accepted.yaml", tt.baseline)
		said(t, name, call(t, "run", "--requirement", "RSZ-URI-001", "--reports", dir, "--baseline", file), exitUsage, tt.texts...)
		if _, err := os.Stat(filepath.Join(dir, "results.json")); err == nil {
			t.Errorf("%s: there are reports of a run that was not made", name)
		}
		said(t, name+", by baseline check", call(t, "baseline", "check", file), exitUsage, tt.texts...)
		said(t, name+", by check", call(t, "check", "--baseline", file, "--reports", dir, mitmproxyHAR), exitUsage, tt.texts...)
	}
	said(t, "in order", call(t, "baseline", "check", write(t, "accepted.yaml", entry)), exitConforms, "1 accepted, 0 of them expired")
	said(t, "expired", call(t, "baseline", "check", write(t, "accepted.yaml", strings.Replace(entry, tomorrow(), "2020-02-29", 1))), exitDeviates, "EXPIRED 2020-02-29")
}

// What a filter or a shard leaves out is nobody's fault, and the shards together say what the whole run says.
func TestBaselineOfAPart(t *testing.T) {
	racedetector.LeaveOut(t)
	args := defective(t, "resizes-running-server", "error-without-message")
	file, plain := filepath.Join(t.TempDir(), "accepted.yaml"), t.TempDir()
	call(t, append(slices.Clone(args), "--reports", plain)...)
	said(t, "begun", call(t, "baseline", "update", "--from", plain, "--baseline", file), exitConforms, "added RSZ-ERR-001", "added "+runningID)
	fillIn(t, file)
	part := append(slices.Clone(args[:len(args)-1]), "RSZ-STATE-001,RSZ-URI-001", "--reports", t.TempDir(), "--baseline", file)
	if got := call(t, part...); strings.Contains(got.stdout, "of the baseline") || got.code == exitUsage {
		t.Errorf("an entry about what was not selected is told: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	whole, base, merged := t.TempDir(), t.TempDir(), t.TempDir()
	said(t, "whole", call(t, append(slices.Clone(args), "--reports", whole, "--baseline", file)...), exitConforms, "XFAIL RSZ-ERR-001")
	merge := []string{"merge", "--reports", merged}
	for _, shard := range []string{"1", "2"} {
		call(t, append(slices.Clone(args), "--shard", shard+"/2", "--reports", filepath.Join(base, shard), "--baseline", file)...)
		merge = append(merge, filepath.Join(base, shard))
	}
	said(t, "merged", call(t, merge...), exitConforms, "XFAIL RSZ-ERR-001", "XFAIL "+runningID)
	one, all := results(t, whole), results(t, merged)
	if one[runningID+" "+runningTitle] != journal.XFail {
		t.Errorf("%s is %s", runningID, one[runningID+" "+runningTitle])
	}
	for name, verdict := range one {
		if all[name] != verdict {
			t.Errorf("%s: %s in the whole run, %s when its shards are merged", name, verdict, all[name])
		}
	}
	other := write(t, "other.yaml", accepting(runningID, runningTitle, "other", tomorrow()))
	call(t, append(slices.Clone(args), "--shard", "2/2", "--reports", filepath.Join(base, "2"), "--baseline", other)...)
	said(t, "shards by different baselines", call(t, merge...), exitUsage, "baseline:")
}

// A baseline is written from a run, filled in by a person, holds, and is emptied when all is mended.
func TestBaselineUpdate(t *testing.T) {
	racedetector.LeaveOut(t)
	bad, good := defective(t, "resizes-running-server"), defective(t)
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "accepted.yaml")
	call(t, append(slices.Clone(bad), "--reports", dir)...)
	said(t, "begun", call(t, "baseline", "update", "--from", dir, "--baseline", file), exitConforms, "added "+runningID, "fill in owner, reason, link and expires", "0 removed")
	said(t, "not filled in", call(t, append(slices.Clone(bad), "--reports", dir, "--baseline", file)...), exitUsage, "still to be filled in", "accepted.yaml:3")
	filled := fillIn(t, file)
	said(t, "filled in", call(t, append(slices.Clone(bad), "--reports", dir, "--baseline", file)...), exitConforms, "XFAIL "+runningID)
	said(t, "from a run that went by it", call(t, "baseline", "update", "--from", dir, "--baseline", file), exitConforms, "0 added, 0 altered, 0 removed")
	if data, err := os.ReadFile(file); err != nil || string(data) != filled {
		t.Errorf("nothing was to be changed: %v\n%s", err, data)
	}
	call(t, append(slices.Clone(good), "--reports", dir, "--baseline", file)...)
	said(t, "mended", call(t, "baseline", "update", "--from", dir, "--baseline", file), exitConforms, "removed "+runningID, "1 removed")
	said(t, "empty", call(t, append(slices.Clone(good), "--reports", dir, "--baseline", file)...), exitConforms, "CONFORMS")
}

// What is newer than the pinned version is run and shown as a group of its own, and does not count.
func TestPin(t *testing.T) {
	racedetector.LeaveOut(t)
	args := defective(t, "resizes-running-server")
	spec, err := os.ReadFile("../../spec/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "--spec", write(t, "openapi.yaml", strings.ReplaceAll(string(spec), "RSZ-RSP-007", "RSZ-RSP-907")))
	said(t, "no such version", call(t, append(slices.Clone(args), "--pin", "0.1")...), exitUsage, "no such suite version was released", "0.1.0")
	dir := t.TempDir()
	// How many of the contract's own promises are newer is its affair.
	newer := func(got outcome) string {
		_, after, _ := strings.Cut(got.stdout, "newer than 0.1.0, which counts for nothing: ")
		counts, _, _ := strings.Cut(after, "\n")
		return counts
	}
	counted := call(t, append(slices.Clone(args), "--pin", "0.1.0", "--reports", dir)...)
	said(t, "what is not newer counts", counted, exitDeviates, "FAIL "+runningID)
	if counts := newer(counted); !strings.Contains(counts, " pass") || strings.Contains(counts, " fail") {
		t.Errorf("newer: %q, want some that pass and none that fail", counts)
	}

	silent := defective(t, "success-as-text")
	silent = append(silent, "--spec", args[len(args)-1])
	said(t, "it counts without a pin", call(t, append(slices.Clone(silent), "--reports", dir)...), exitDeviates, "RSZ-RSP-907")
	told := []string{"FAIL RSZ-RSP-907", "since the next release", "CONFORMS"}
	pinned := call(t, append(slices.Clone(silent), "--pin", "0.1.0", "--reports", dir)...)
	said(t, "it does not with one", pinned, exitConforms, told...)
	if counts := newer(pinned); !strings.Contains(counts, "1 fail") {
		t.Errorf("newer: %q, want 1 fail", counts)
	}
	said(t, "told again", call(t, "report", "--from", dir), exitConforms, told...)
	junit, err := os.ReadFile(filepath.Join(dir, "junit.xml"))
	if err != nil || !strings.Contains(string(junit), `name="newer" value="the next release"`) || strings.Contains(string(junit), "<failure ") || !strings.Contains(string(junit), `<skipped type="FAIL"`) {
		t.Errorf("junit.xml: wanted it skipped, with the property newer; %v", err)
	}
}

// Several processes go by one baseline, scenarios with cases and what is judged over all exchanges included.
func TestBaselineOfSeveralProcesses(t *testing.T) {
	racedetector.LeaveOut(t)
	args := defective(t, "resizes-running-server", "error-without-message", "null-flavor-accepted")
	args[len(args)-1] = "RSZ-STATE,RSZ-BODY-004"
	dir, file := t.TempDir(), filepath.Join(t.TempDir(), "accepted.yaml")
	call(t, append(slices.Clone(args), "--reports", dir)...)
	said(t, "begun", call(t, "baseline", "update", "--from", dir, "--baseline", file), exitConforms, "added "+runningID, "added RSZ-ERR-001", "added RSZ-BODY-004")
	fillIn(t, file)
	alone := call(t, append(slices.Clone(args), "--reports", dir, "--baseline", file)...)
	said(t, "one process", alone, exitConforms, "XFAIL RSZ-BODY-004")
	one := results(t, dir)
	out, err := program(t.Context(), append(slices.Clone(args), "--reports", dir, "--baseline", file, "--procs", "2")...).CombinedOutput()
	if err != nil {
		t.Errorf("two processes: %v\n%s", err, out)
	}
	for name, verdict := range results(t, dir) {
		if one[name] != verdict {
			t.Errorf("%s: %s of two processes, %s of one", name, verdict, one[name])
		}
	}
}

// check and proxy go by a baseline as a run does, but cannot say that something passes: what passed by decides what was put to the test.
func TestBaselineOfTraffic(t *testing.T) {
	racedetector.LeaveOut(t)
	broken := recordingWith(t, `{\"error\":{\"message\":`, `{\"fault\":{\"message\":`)
	dir := t.TempDir()
	if got := call(t, "check", "--reports", dir, broken); got.code != exitDeviates {
		t.Fatalf("exit code %d", got.code)
	}
	file := filepath.Join(t.TempDir(), "accepted.yaml")
	said(t, "begun", call(t, "baseline", "update", "--from", dir, "--baseline", file), exitConforms, "added RSZ-ERR-001")
	fillIn(t, file)
	said(t, "accepted", call(t, "check", "--reports", dir, "--baseline", file, broken), exitConforms, "XFAIL RSZ-ERR-001")
	said(t, "not broken", call(t, "check", "--reports", dir, "--baseline", file, mitmproxyHAR), exitConforms, "keep the intl contract")
}

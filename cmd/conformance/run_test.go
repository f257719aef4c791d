package main

import (
	"bufio"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// The default run is green, and says everything four times: journal, results.json, junit.xml, report.html.
func TestDefaultRunConforms(t *testing.T) {
	dir := t.TempDir()
	got := call(t, "run", "--reports", dir)
	if got.code != exitConforms || !strings.Contains(got.stdout, "CONFORMS") {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	for _, name := range []string{"journal.jsonl", "results.json", "junit.xml", "report.html"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range run.Rows() {
		if row.Verdict != journal.Pass && row.Verdict != journal.NotApplicable {
			t.Errorf("%s: %s %s", row.Name(), row.Verdict, row.Reason)
		}
	}
	for _, d := range run.Disagreements {
		if d.Known == "" {
			t.Errorf("exchange %d: the oracles disagree in a way that is not in the table of known differences: kin %q, libopenapi %q", d.Exchange, d.Kin, d.Lib)
		}
	}
}

// A served emulator is the same as the embedded one, seen through HTTP and an inventory only.
func TestWholeRunsGiveTheSameVerdictsServedAndEmbedded(t *testing.T) {
	racedetector.LeaveOut(t)
	embedded := t.TempDir()
	if got := call(t, "run", "--quiet", "--reports", embedded); got.code != exitConforms {
		t.Fatalf("embedded: exit code %d\n%s", got.code, got.stderr)
	}
	inventory := serve(t)
	dir := t.TempDir()
	got := call(t, "run", "--inventory", inventory, "--allow-orders", "--explore", "8", "--reports", dir)
	if got.code != exitConforms {
		t.Fatalf("served: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	here, there := results(t, embedded), results(t, dir)
	for _, name := range slices.Sorted(maps.Keys(here)) {
		if here[name] != there[name] {
			t.Errorf("%s: embedded %s, served %s", name, here[name], there[name])
		}
	}
	if len(there) != len(here) {
		t.Errorf("%d results served, %d embedded", len(there), len(here))
	}
}

// serve runs the emulator in a process of its own until the test is over and returns the path of its inventory.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	inventory := filepath.Join(t.TempDir(), "servers.yaml")
	cmd := program(context.WithoutCancel(t.Context()), append([]string{"serve", "--inventory", inventory}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("serve did not end well on SIGTERM: %v", err)
		}
	})
	// The line that tells how to use the inventory comes when the server answers.
	if line, err := bufio.NewReader(stdout).ReadString('\n'); err != nil || !strings.Contains(line, inventory) {
		t.Fatalf("serve printed %q, %v", line, err)
	}
	return inventory
}

// The union of the shards is the run: the same results with the same verdicts, none twice, and one journal of it all.
func TestWholeRunsAreTheSumOfTheirShards(t *testing.T) {
	racedetector.LeaveOut(t)
	whole := t.TempDir()
	if got := call(t, "run", "--quiet", "--reports", whole); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	base, merged := t.TempDir(), t.TempDir()
	args := []string{"merge", "--reports", merged}
	for i := 1; i <= 3; i++ {
		dir := filepath.Join(base, strconv.Itoa(i))
		if got := call(t, "run", "--quiet", "--shard", strconv.Itoa(i)+"/3", "--reports", dir); got.code != exitConforms {
			t.Fatalf("shard %d: exit code %d\n%s", i, got.code, got.stderr)
		}
		args = append(args, filepath.Join(dir, "journal.jsonl"))
	}
	if got := call(t, args...); got.code != exitConforms {
		t.Fatalf("merge: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if one, all := results(t, whole), results(t, merged); !maps.Equal(one, all) {
		t.Errorf("merged %v\nwhole %v", all, one)
	}
	if got := call(t, "merge", "--reports", t.TempDir(), args[3], args[4]); got.code != exitUsage || !strings.Contains(got.stderr, "3/3") {
		t.Errorf("merge without a shard: exit code %d, stderr %q; want 2 and the missing shard", got.code, got.stderr)
	}
}

// A seed changes the order and nothing else.
func TestWholeRunsDoNotDependOnTheSeed(t *testing.T) {
	racedetector.LeaveOut(t)
	var first map[string]journal.Verdict
	for _, seed := range []string{"0", "1", "77"} {
		dir := t.TempDir()
		if got := call(t, "run", "--quiet", "--seed", seed, "--reports", dir); got.code != exitConforms {
			t.Fatalf("seed %s: exit code %d\n%s", seed, got.code, got.stderr)
		}
		verdicts := results(t, dir)
		if first == nil {
			first = verdicts
		} else if !maps.Equal(first, verdicts) {
			t.Errorf("seed %s gives other verdicts", seed)
		}
	}
}

// Nothing that a run writes or prints has a secret in it.
func TestSecretsStayIn(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := serve(t)
	secrets := []string{
		"emulator-token-of-the-first-project", "emulator-secret-key-of-the-first-project", "EMULATORAK0000000001", "emulator-token-that-has-expired",
		"emulator-security-token-of-the-first-project", "emulator-token-that-a-policy-denies-everything", "emulator-token-whose-requests-are-throttled",
		"emulator-token-whose-requests-meet-failures",
		"emulator-token-of-the-foreign-project", "emulator-secret-key-of-the-foreign-project", "EMULATORAK0000000002",
	}
	texts := map[string]string{}
	look := func(dir string, got outcome) {
		texts[dir+" stdout"], texts[dir+" stderr"] = got.stdout, got.stderr
		files := everyFile(t, dir)
		for name, data := range files {
			texts[name] += string(data)
		}
		if len(files) < 13 {
			t.Errorf("only %d files were written", len(files))
		}
	}
	dir := t.TempDir()
	look(dir, call(t, "run", "--inventory", inventory, "--allow-orders", "--format", "all", "--reports", dir))
	// A run that shows in full what was sent with which credentials.
	dir = t.TempDir()
	got := call(t, "run", "--inventory", serve(t, "--auth", "none"), "--requirement", "RSZ-AUTH", "--poll", "2ms", "--format", "all", "--reports", dir)
	look(dir, got)
	if got.code != exitDeviates {
		t.Errorf("a server that asks for no credentials: exit code %d", got.code)
	}
	for where, text := range texts {
		for _, secret := range secrets {
			if i := strings.Index(text, secret); i >= 0 {
				t.Errorf("%s holds %q: …%s…", where, secret, text[max(0, i-80):min(len(text), i+80)])
			}
		}
	}
}

// Without a seed the scenarios are carried out in the order in which they are listed.
func TestOrderOfThePack(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-URI,RSZ-STATE,RSZ-DRY", "--reports", dir); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	var planned, begun []string
	for _, p := range run.Start.Planned {
		if p.Kind == journal.KindScenario {
			planned = append(planned, p.Requirement)
		}
	}
	for _, e := range run.Events {
		if e.Scenario != nil {
			begun = append(begun, e.Scenario.Requirement)
		}
	}
	if !slices.Equal(planned, begun) {
		t.Errorf("carried out in the order\n%v\nlisted in the order\n%v", begun, planned)
	}
}

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/recording"
)

// What a run has recorded is sent again, kept, compared and played, by the commands as they are used.
func TestRecordedBehaviour(t *testing.T) {
	racedetector.LeaveOut(t)
	reports := t.TempDir()
	atOnce := filepath.Join(t.TempDir(), "at-once.fixture")
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-STATE-001,RSZ-STATE-007,RSZ-BODY-024", "--reports", reports, "--record", atOnce); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	kept := filepath.Join(t.TempDir(), "kept.fixture")
	again := filepath.Join(t.TempDir(), "again.fixture")
	for _, file := range []string{again, kept} {
		if got := call(t, "record", reports, "--out", file); got.code != exitConforms || !strings.Contains(got.stderr, "no evidence of any service") {
			t.Fatalf("record: exit code %d\n%s", got.code, got.stderr)
		}
	}
	first, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	second, err := os.ReadFile(again)
	if err != nil || string(first) != string(second) {
		t.Errorf("the same run recorded twice gives two files (%v)", err)
	}
	if third, err := os.ReadFile(atOnce); err != nil || string(third) != string(first) {
		t.Errorf("run --record gives another file than record does (%v)", err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"a scenario", []string{"replay", reports, "RSZ-STATE-001"}, exitConforms, []string{"REPLAY  RSZ-STATE-001", "server (stopped): ", " in place of ", "0 differ, 0 not compared, 0 not sent"}},
		{"an exchange that needs others", []string{"replay", reports, showJobOf(t, reports)}, exitConforms, []string{"were sent first: it needs what they made", "THEN", "NOW", "1 the same, 0 differ, 0 not compared, 0 not sent"}},
		{"a body that was not kept", []string{"replay", reports, "RSZ-BODY-024"}, exitConforms, []string{"its body is not in the record as it was sent: 262144 of "}},
		{"an unknown scenario", []string{"replay", reports, "RSZ-STATE-01"}, exitUsage, []string{`did you mean "RSZ-STATE-001"?`}},
		{"an unknown exchange", []string{"replay", reports, "99999"}, exitUsage, []string{"no exchange 99999"}},
		{"another edition", []string{"replay", reports, "RSZ-STATE-001", "--profile", "otc"}, exitDeviates, []string{"profile intl\n", "profile otc\n"}},
		{"faithful", []string{"faithful", kept}, exitConforms, []string{"0 differ", "100.0 %", "not in evidence", "it is no evidence of any service"}},
		{"faithful to no fixture", []string{"faithful", filepath.Join(reports, "journal.jsonl")}, exitUsage, []string{"journal.jsonl:1: not a line of a fixture"}},
		{"no fixture to play", []string{"serve", "--from", filepath.Join(reports, "journal.jsonl")}, exitUsage, []string{"not a line of a fixture"}},
		{"a flag of the emulator's", []string{"serve", "--from", kept, "--mode"}, exitUsage, []string{"--mode is for the emulator"}},
	} {
		got := call(t, c.args...)
		if got.code != c.code {
			t.Errorf("%s: exit code %d, want %d", c.name, got.code, c.code)
		}
		for _, want := range c.want {
			if !strings.Contains(got.stdout+got.stderr, want) {
				t.Errorf("%s: %q is not in\n%s%s", c.name, want, got.stdout, got.stderr)
			}
		}
	}
	var shown struct {
		Exchanges []struct{ Result string }
	}
	if got := call(t, "replay", reports, "RSZ-STATE-007", "--json"); json.Unmarshal([]byte(got.stdout), &shown) != nil || len(shown.Exchanges) == 0 || shown.Exchanges[0].Result != "same" {
		t.Errorf("replay --json: %s", got.stdout)
	}
	played(t, kept)
}

// showJobOf is the number of a look at a job in a journal.
func showJobOf(t *testing.T, reports string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(reports, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`"exchange":\{"id":(\d+),"scenario":"RSZ-STATE-001 [^"]*","operation":"showJob"`).FindSubmatch(text)
	if found == nil {
		t.Fatal("no look at a job in the journal")
	}
	return string(found[1])
}

// played serves a fixture and looks at a server of it.
func played(t *testing.T, fixture string) {
	t.Helper()
	cmd := program(context.WithoutCancel(t.Context()), "serve", "--from", fixture)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var inventory strings.Builder
	for lines := bufio.NewScanner(stdout); lines.Scan() && lines.Text() != "..."; {
		inventory.WriteString(lines.Text() + "\n")
	}
	find := func(pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(inventory.String())
		if m == nil {
			t.Fatalf("%s is not in the inventory:\n%s", pattern, inventory.String())
		}
		return m[1]
	}
	url, token, project, server := find(`(?m)^endpoint: (\S+)$`), find(`(?m)^ +token: (\S+)$`), find(`(?m)^project-id: (\S+)$`), find(`(?m)^ +- id: (\S+)$`)
	for path, want := range map[string]int{"/v1/" + project + "/cloudservers/" + server: http.StatusOK, "/v1/" + project + "/nothing": http.StatusNotImplemented} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Auth-Token", token)
		answer, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != want || answer.Header.Get(recording.EvidenceHeader) == "" {
			t.Errorf("GET %s: got %d, want %d; %s: %q", path, answer.StatusCode, want, recording.EvidenceHeader, answer.Header.Get(recording.EvidenceHeader))
		}
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("serve --from did not end well on SIGTERM: %v", err)
	}
	for _, want := range []string{"playing recorded ", ", today", "no recorded answer: GET /v1/" + project + "/nothing", "answered 1 as recorded", "1 had no recorded answer"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%q is not in what serve said:\n%s", want, said.String())
		}
	}
}

// At an endpoint a replay is kept from what a run is kept from, and gives back what it was lent.
func TestRecordedBehaviourIsSentWithinTheGuards(t *testing.T) {
	racedetector.LeaveOut(t)
	reports := t.TempDir()
	if got := call(t, "run", "--quiet", "--requirement", "RSZ-STATE-001,RSZ-BILL-003,RSZ-SETUP-003", "--reports", reports); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	inventory := serve(t)
	for _, c := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"as a run", []string{"RSZ-STATE-001"}, exitConforms, []string{"server (stopped): ", "0 differ, 0 not compared, 0 not sent"}},
		{"once more", []string{"RSZ-STATE-001"}, exitConforms, []string{"0 differ, 0 not compared, 0 not sent"}},
		{"read only", []string{"RSZ-STATE-001", "--read-only"}, exitConforms, []string{"the run is --read-only", "1 not compared"}},
		{"an order to pay", []string{"RSZ-BILL-003"}, exitConforms, []string{`a request with isAutoPay "true" is not sent`}},
		{"an order that may be paid", []string{"RSZ-BILL-003", "--allow-orders"}, exitConforms, []string{"0 differ, 0 not compared, 0 not sent"}},
		{"a budget", []string{"RSZ-STATE-001", "--budget", "requests=3"}, exitConforms, []string{"the budget is spent"}},
		{"making servers", []string{"RSZ-SETUP-003"}, exitConforms, []string{"it may make a server, which nobody would remove"}},
	} {
		got := call(t, append([]string{"replay", reports, "--inventory", inventory}, c.args...)...)
		if got.code != c.code {
			t.Errorf("%s: exit code %d, want %d\n%s", c.name, got.code, c.code, got.stderr)
		}
		for _, want := range c.want {
			if !strings.Contains(strings.Join(strings.Fields(got.stdout), " "), want) {
				t.Errorf("%s: %q is not in\n%s", c.name, want, got.stdout)
			}
		}
	}
}

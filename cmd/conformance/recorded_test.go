package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"resize-conformance/harness/journal"
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
		{"no scenario", []string{"replay", reports, ""}, exitUsage, []string{`no exchange of a scenario for ""`}},
		{"what stands before any scenario", []string{"replay", reports, "1"}, exitConforms, []string{"1 the same, 0 differ"}},
		{"nobody there", []string{"replay", reports, "RSZ-STATE-001", "--server", "http://127.0.0.1:1", "--project-id", "0123456789abcdef0123456789abcdef", "--token", "x"}, exitUnreachable, []string{"nothing listens there"}},
		{"a directory", []string{"faithful", reports}, exitUsage, []string{"is a directory, and a fixture is a file"}},
		{"a fixture in place of a journal", []string{"record", kept}, exitUsage, []string{"a journal begins with a run-start event"}},
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
	played(t, kept, "--tls-ca", filepath.Join(t.TempDir(), "ca.pem"))
	killed := filepath.Join(t.TempDir(), "killed.jsonl")
	whole, err := os.ReadFile(filepath.Join(reports, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(killed, whole[:len(whole)*9/10], 0o600); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "record", killed); got.code != exitConforms || !strings.Contains(got.stderr, "the run has not come to its end") {
		t.Errorf("a killed run: exit code %d: %s", got.code, got.stderr)
	}
}

// What a client under test has sent is the client's: a fixture has none of it, and says so.
func TestRecordedClients(t *testing.T) {
	racedetector.LeaveOut(t)
	reports := t.TempDir()
	if got := call(t, "run", "--quiet", "--client", "reference", "--requirement", "RSZ-CLIENT-101,RSZ-STATE-001", "--reports", reports); got.code != exitConforms {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	if got := call(t, "record", reports); got.code != exitConforms || !strings.Contains(got.stderr, " exchanges of the client under test are not kept") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	if got := call(t, "replay", reports, "RSZ-CLIENT-101"); got.code != exitUsage || !strings.Contains(got.stderr, "give one of them by its number") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	run, err := journal.ReadFile(reports)
	if err != nil {
		t.Fatal(err)
	}
	all := journal.NewRun(run.Events...)
	for _, x := range all.Exchanges {
		x.External, x.Scenario = true, ""
	}
	var traffic []byte
	for _, e := range all.Events {
		line, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		traffic = append(append(traffic, line...), '\n')
	}
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	if err := os.WriteFile(file, traffic, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "record", file); got.code != exitUsage || !strings.Contains(got.stderr, "a fixture keeps what the suite itself has sent") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}

// Where nothing can be compared, nothing was found faithful.
func TestFaithfulToNothing(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "old.fixture")
	text := `{"fixture_version":1,"recorded":"2020-02-29","suite_version":"0.1.0","profile":"intl","contract_hash":"","capabilities":[],"project":"","verdicts":{}}
{"sequence":{"requirement":"RSZ-STATE-001","title":"x"}}
{"exchange":{"id":1,"at_ms":0,"took_ms":1,"method":"GET","target":"/v1/a0000000000000000000000000000001/cloudservers/5e000000-0000-4000-8000-000000000001","status":200}}
`
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := call(t, "faithful", file)
	if got.code != exitDeviates || !strings.Contains(got.stdout, "0 same, 0 differ") || !strings.Contains(got.stdout, "nothing could be compared") || !strings.Contains(got.stdout, "recorded 2020-02-29, ") {
		t.Errorf("exit code %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
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
func played(t *testing.T, fixture string, flags ...string) {
	t.Helper()
	cmd := program(context.WithoutCancel(t.Context()), append([]string{"serve", "--from", fixture}, flags...)...)
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
	client := http.DefaultClient
	if len(flags) > 0 {
		client = trusting(t, flags[1])
	}
	for path, want := range map[string]int{"/v1/" + project + "/cloudservers/" + server: http.StatusOK, "/v1/" + project + "/nothing": http.StatusNotImplemented} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Auth-Token", token)
		answer, err := client.Do(req)
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

// trusting is a client that trusts the authorities of a file.
func trusting(t *testing.T, file string) *http.Client {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		t.Fatalf("no certificate in %s", file)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
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
		{"servers to be made for it", []string{"RSZ-STATE-001", "--provision", "stopped"}, exitUsage, nil},
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

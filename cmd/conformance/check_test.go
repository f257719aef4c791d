package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// Real recordings of runs against the emulator, in harness/har/testdata.
const (
	mitmproxyHAR  = "../../harness/har/testdata/mitmproxy.har"
	playwrightHAR = "../../harness/har/testdata/playwright.har"
)

func TestCheckJudgesRealRecordings(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, names := range [][]string{{mitmproxyHAR}, {playwrightHAR}, {mitmproxyHAR, playwrightHAR}, {mitmproxyHAR, mitmproxyHAR}} {
		dir := t.TempDir()
		got := call(t, append([]string{"check", "--reports", dir}, names...)...)
		if got.code != exitConforms || !strings.Contains(got.stdout, "http://127.0.0.1:19077 keep the intl contract") || strings.Contains(got.stdout, "not judged, because") {
			t.Errorf("%q: exit code %d: %s%s", names, got.code, got.stdout, got.stderr)
		}
		if v := results(t, dir)[journal.RequestRequirement+" every exchange of the run"]; v != journal.Pass {
			t.Errorf("%q: the client has %s, want PASS", names, v)
		}
		run, err := journal.ReadFile(dir)
		if err != nil || len(run.Exchanges) < 8 || !strings.HasSuffix(run.Exchanges[0].Recording, "] of "+filepath.Base(names[0])) {
			t.Errorf("%q: got %d exchanges, %v", names, len(run.Exchanges), err)
		}
	}
}

// recordingWith is a recording in which a text was replaced.
func recordingWith(t *testing.T, old, replacement string) string {
	t.Helper()
	data, err := os.ReadFile(mitmproxyHAR)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), old, replacement)
	if text == string(data) {
		t.Fatalf("the recording has no %q", old)
	}
	return write(t, "session.har", text)
}

func TestCheckFindsWhatIsBroken(t *testing.T) {
	racedetector.LeaveOut(t)
	for name, c := range map[string]struct {
		old, replacement string
		wants            []string
	}{
		"the client": {`{\"dry_run\": true,`, `{\"dry_run\": \"true\",`, []string{"DOES NOT CONFORM  the client", "entries[2] of session.har", "dry_run"}},
		"the server": {`{\"error\":{\"message\":`, `{\"fault\":{\"message\":`, []string{"DOES NOT CONFORM  http://127.0.0.1:19077", "entries[3] of session.har", "RSZ-ERR-001"}},
	} {
		got := call(t, "check", "--reports", t.TempDir(), recordingWith(t, c.old, c.replacement))
		for _, want := range c.wants {
			if got.code != exitDeviates || !strings.Contains(got.stdout, want) {
				t.Errorf("%s: exit code %d, no %q in %s", name, got.code, want, got.stdout)
			}
		}
	}
}

// The token of the recording is in no file and on no screen, wherever it stood: in its own header, in another's body, in a query.
func TestCheckWritesNoSecret(t *testing.T) {
	racedetector.LeaveOut(t)
	const canary = "emulator-token-of-the-first-project"
	name := recordingWith(t, "The flavor no.such does not exist.", "what "+canary+" asks for")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	name = write(t, "session.har", strings.ReplaceAll(string(data), "/something/else", "/something/else/"+canary+"?x="+canary))
	dir := t.TempDir()
	got := call(t, "check", "--reports", dir, name)
	if strings.Contains(got.stdout+got.stderr, canary) {
		t.Errorf("the token is on the screen: %s%s", got.stdout, got.stderr)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, f := range files {
		if written, err := os.ReadFile(f); err != nil || strings.Contains(string(written), canary) {
			t.Errorf("%s: %v, or the token is in it", f, err)
		}
	}
}

func TestCheckWithNothingToJudge(t *testing.T) {
	racedetector.LeaveOut(t)
	for name, c := range map[string]struct{ text, says string }{
		"an empty log":     {`{"log": {"entries": []}}`, "no request to any server"},
		"another API":      {`{"log": {"entries": [{"request": {"method": "GET", "url": "https://pets.example/v2/pet/7"}, "response": {"status": 200}}]}}`, "GET https://pets.example/v2/pet/7"},
		"only from caches": {`{"log": {"entries": [{"_fromCache": "disk", "request": {"method": "GET", "url": "https://a.example/v1/p/jobs/1"}}]}}`, "from a cache"},
	} {
		got := call(t, "check", "--reports", t.TempDir(), write(t, "session.har", c.text))
		said := strings.Join(strings.Fields(got.stdout), " ")
		if got.code != exitDeviates || !strings.Contains(said, "NOT SHOWN TO CONFORM") || !strings.Contains(said, c.says) {
			t.Errorf("%s: exit code %d: %s%s", name, got.code, got.stdout, got.stderr)
		}
	}
}

func TestCheckUsage(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	if got := call(t, "check", "--reports", dir, mitmproxyHAR); got.code != exitConforms {
		t.Fatalf("exit code %d", got.code)
	}
	two, err := json.Marshal(map[string]any{"log": map[string]any{"entries": []any{
		map[string]any{"request": map[string]any{"method": "GET", "url": "https://a.example/v1/p/jobs/ff80"}},
		map[string]any{"request": map[string]any{"method": "GET", "url": "https://b.example/v1/p/jobs/ff80"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	hosts := write(t, "hosts.har", string(two))
	for name, c := range map[string]struct {
		args []string
		says []string
	}{
		"no file":           {nil, []string{"arg"}},
		"one that is not":   {[]string{"/nowhere/at.har"}, []string{"/nowhere/at.har"}},
		"results":           {[]string{filepath.Join(dir, "results.json")}, []string{"results.json", "has none of the exchanges"}},
		"a run and more":    {[]string{dir, mitmproxyHAR}, []string{dir, "a run is judged alone"}},
		"no JSON":           {[]string{mitmproxyHAR, write(t, "x.har", "{\n  oops")}, []string{"x.har: line 2, column 3 (byte 4)", "not JSON"}},
		"no HAR":            {[]string{write(t, "x.har", `{"openapi": "3.0.3"}`)}, []string{"wanted a HAR file"}},
		"two servers":       {[]string{hosts}, []string{"https://a.example (1 showJob), https://b.example (1 showJob)", "--server"}},
		"no such server":    {[]string{"--server", "c.example", hosts}, []string{"--server c.example", "https://a.example"}},
		"no such base path": {[]string{"--base-path", "cloud", hosts}, []string{"--base-path", `"cloud"`}},
		"no such edition":   {[]string{"--profile", "ottc", hosts}, []string{`did you mean "otc"?`}},
	} {
		reports := t.TempDir()
		got := call(t, append([]string{"check", "--reports", reports}, c.args...)...)
		for _, want := range c.says {
			if got.code != exitUsage || !strings.Contains(got.stderr, want) {
				t.Errorf("%s: exit code %d, %q; want %d and %q", name, got.code, got.stderr, exitUsage, want)
			}
		}
		if left, err := filepath.Glob(filepath.Join(reports, "*")); err != nil || len(left) > 0 {
			t.Errorf("%s: there are reports: %q, %v", name, left, err)
		}
	}
}

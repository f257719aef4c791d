package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// between serves a cloud through a handler of a test, and gives the arguments that aim a run at it.
func between(t *testing.T, k *cloud, handle func(w http.ResponseWriter, r *http.Request, body string, next http.Handler)) []string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler) // the client went away
		}
		r.Body = io.NopCloser(strings.NewReader(string(body)))
		handle(w, r, string(body), k)
	}))
	t.Cleanup(server.Close)
	return []string{"run", "--inventory", k.inventory, "--server", server.URL, "--quiet"}
}

func madeStates() []fixture.State {
	return []fixture.State{fixture.Stopped, fixture.Running, fixture.Windows, fixture.Spot}
}

// A creation that was carried out and whose answer is lost must neither cost a server nor the scenario.
func TestACreationWhoseAnswerIsLostIsFoundAgain(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond}, madeStates()...)
	before := k.settled(t)
	var lose sync.Once
	args := between(t, k, func(w http.ResponseWriter, r *http.Request, _ string, next http.Handler) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cloudservers") {
			lose.Do(func() {
				next.ServeHTTP(httptest.NewRecorder(), r)
				panic(http.ErrAbortHandler)
			})
		}
		next.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	if got := call(t, append(args, "--provision", "stopped", "--requirement", "RSZ-STATE-001", "--reports", dir)...); got.code != exitConforms {
		t.Errorf("exit code %d\n%s", got.code, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Notes) != 1 || !strings.Contains(run.Notes[0].Text, "was found by its name") {
		t.Errorf("notes: %+v", run.Notes)
	}
	if after := k.settled(t); after != before {
		t.Errorf("there is %+v, there was %+v", after, before)
	}
}

// A read-only run sends nothing that could change anything, whatever its scenarios would like to send, and accuses nobody of that.
func TestAReadOnlyRunChangesNothing(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond})
	before := k.Counts()
	var mu sync.Mutex
	dry, bold := 0, []string{}
	args := between(t, k, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			var asks struct {
				Dry bool `json:"dry_run"`
			}
			mu.Lock()
			if json.Unmarshal([]byte(body), &asks) == nil && asks.Dry {
				dry++
			} else {
				bold = append(bold, r.Method+" "+r.URL.Path+" "+body[:min(len(body), 100)])
			}
			mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	got := call(t, append(args, "--read-only", "--reports", dir)...)
	if len(bold) > 0 || dry == 0 {
		t.Errorf("%d dry runs, and %d requests that may change something: %q", dry, len(bold), bold[:min(len(bold), 5)])
	}
	if after := k.Counts(); after != before {
		t.Errorf("there is %+v, there was %+v", after, before)
	}
	passed, skipped := 0, 0
	for name, v := range results(t, dir) {
		switch v {
		case journal.Pass:
			passed++
		case journal.NotApplicable:
			skipped++
		default:
			t.Errorf("%s: %s", name, v)
		}
	}
	if got.code != exitConforms || passed < 30 || skipped < 30 {
		t.Errorf("exit code %d, %d passed, %d not applicable\n%s", got.code, passed, skipped, got.stderr)
	}
}

// What the budget keeps from running is in the report, and not as passed; what was made is removed all the same.
func TestASpentBudgetEndsTheScenarios(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond}, madeStates()...)
	before := k.settled(t)
	for _, c := range []struct {
		budget, why  string
		least, most  int // scenarios that pass
		mostRequests int
	}{
		{"requests=60", "requests", 1, 8, 200},
		{"minutes=0", "minutes", 0, 0, 30}, // those of the look before the run
		{"servers=1", "servers", 1, 9, 400},
	} {
		dir := t.TempDir()
		k.requests()
		got := call(t, "run", "--inventory", k.inventory, "--provision", "stopped", "--budget", c.budget, "--requirement", "RSZ-STATE", "--quiet", "--reports", dir)
		if n := k.requests(); n > c.mostRequests {
			t.Errorf("%s: %d requests", c.budget, n)
		}
		run, err := journal.ReadFile(dir)
		if err != nil {
			t.Fatal(err)
		}
		passed, untested := 0, 0
		for _, r := range run.Rows() {
			switch {
			case r.Kind != journal.KindScenario:
			case r.Verdict == journal.Pass:
				passed++
			case r.Verdict == journal.NotTestable && strings.Contains(r.Reason, "the budget is spent") && strings.Contains(r.Reason, c.why):
				untested++
			case r.Verdict != journal.NotApplicable:
				t.Errorf("%s: %s: %s: %s", c.budget, r.Name(), r.Verdict, r.Reason)
			}
		}
		if got.code != exitDeviates || untested == 0 || passed < c.least || passed > c.most || len(run.Missing()) > 0 {
			t.Errorf("%s: exit code %d, %d passed, %d not testable, missing %v\n%s", c.budget, got.code, passed, untested, run.Missing(), got.stderr)
		}
		if after := k.settled(t); after != before {
			t.Errorf("%s: there is %+v, there was %+v", c.budget, after, before)
		}
	}
}

// A run that is told to stop removes what it has made before it ends.
func TestASignalledRunRemovesItsServers(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGTERM} {
		k := newCloud(t, emulator.Config{JobDuration: 20 * time.Millisecond}, madeStates()...)
		before := k.settled(t)
		dir := t.TempDir()
		cmd := program(t.Context(), "run", "--inventory", k.inventory, "--provision", "stopped,windows", "--requirement", "RSZ-STATE,RSZ-JOB,RSZ-WIN", "--quiet", "--reports", dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitForResults(t, filepath.Join(dir, journal.FileName), 3)
		if n := k.Counts().Servers; n <= before.Servers {
			t.Errorf("%v: the run has made no server: the test shows nothing", s)
		}
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // its exit code is what is looked at
		if code := cmd.ProcessState.ExitCode(); code != exitHarness {
			t.Errorf("%v: exit code %d, want 4: the run did not come to its end", s, code)
		}
		if after := k.settled(t); after != before {
			t.Errorf("%v: there is %+v, there was %+v", s, after, before)
		}
	}
}

// What cannot be removed, or brought back, is the first that every report says.
func TestWhatIsLeftBehindIsSaidFirst(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond}, fixture.Windows)
	args := between(t, k, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		stuck := strings.HasSuffix(r.URL.Path, "/delete") || strings.HasSuffix(r.URL.Path, "/resize") && strings.Contains(body, "s3.medium.4") // a way back
		if stuck {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Request-Id", "0123456789abcdef0123456789abcdef")
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"error":{"code":"Ecs.0018","message":"not today"}}`)
			return
		}
		next.ServeHTTP(w, r)
	})
	args[len(args)-1] = "--provision=windows" // in place of --quiet
	dir := t.TempDir()
	got := call(t, append(args, "--requirement", "RSZ-STATE-001,RSZ-WIN", "--reports", dir)...)
	if got.code == exitConforms {
		t.Errorf("exit code %d", got.code)
	}
	first, _, _ := strings.Cut(got.stdout, "─")
	flat := strings.Join(strings.Fields(first), " ")
	if strings.Count(flat, "LEFT BEHIND") < 2 || !strings.HasPrefix(flat, "LEFT BEHIND") || !strings.Contains(flat, "could not be removed") || !strings.Contains(flat, "is not as it was found") {
		t.Errorf("the terminal begins with\n%s", got.stdout[:min(len(got.stdout), 1500)])
	}
	for name, within := range map[string]int{"results.json": 1500, "junit.xml": 1500} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if begin := string(data[:min(len(data), within)]); !strings.Contains(begin, "left_behind") || !strings.Contains(begin, "could not be removed") {
			t.Errorf("%s begins with\n%s", name, begin)
		}
		if name == "results.json" {
			keepsResultsSchema(t, string(data))
		}
	}
	if run, err := journal.ReadFile(dir); err != nil {
		t.Error(err)
	} else if n := len(run.Missing()); n > 0 || run.End == nil {
		t.Errorf("%d results are missing, end %v", n, run.End)
	}
}

// Several processes share one budget, one prefix and one ledger; what they have made is gone when the run is over, also what one made that was killed.
func TestProcessesOfARunShareItsBudgetAndLeaveNothing(t *testing.T) {
	k := newCloud(t, emulator.Config{JobDuration: 20 * time.Millisecond}, madeStates()...)
	before := k.settled(t)
	var mu sync.Mutex
	made, names := 0, map[string]bool{}
	args := between(t, k, func(w http.ResponseWriter, r *http.Request, body string, next http.Handler) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/cloudservers") {
			var asked struct {
				Server struct {
					Name string `json:"name"`
				} `json:"server"`
			}
			if json.Unmarshal([]byte(body), &asked) == nil {
				mu.Lock()
				made++
				names[strings.Join(strings.SplitN(asked.Server.Name, "-", 3)[:2], "-")] = true
				mu.Unlock()
			}
		}
		next.ServeHTTP(w, r)
	})
	dir := t.TempDir()
	cmd := program(t.Context(), append(args, "--provision", "stopped,windows", "--procs", "2", "--budget", "servers=5", "--requirement", "RSZ-STATE,RSZ-WIN", "--reports", dir)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code is what is looked at
	// A process whose part is spent tests no more.
	if code := cmd.ProcessState.ExitCode(); code != exitConforms && code != exitDeviates {
		t.Errorf("exit code %d", code)
	}
	mu.Lock()
	defer mu.Unlock()
	if made == 0 || made > 5 || len(names) != 1 {
		t.Errorf("%d servers were asked for, with the prefixes %v; want 1 to 5 with one", made, names)
	}
	if after := k.settled(t); after != before {
		t.Errorf("there is %+v, there was %+v", after, before)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Whole() {
		t.Errorf("the record is not whole: %v, missing %v", run.Problems, run.Missing())
	}
	if left, err := fixture.ReadLedger(filepath.Join(dir, fixture.LedgerName)); err != nil || len(left) > 0 {
		t.Errorf("the ledger tells of %v, %v", left, err)
	}
}

// What a killed run noted down is told by the next one in the same folder, which keeps its hands off it.
func TestTheNextRunTellsWhatAKilledOneLeft(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond})
	dir := t.TempDir()
	const line = `{"event":"creating","name":"rsz-1f2e3d4c-stopped-1-aa"}` + "\n" + `{"event":"crea` // cut off
	if err := os.WriteFile(filepath.Join(dir, fixture.LedgerName), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		got := call(t, "run", "--inventory", k.inventory, "--requirement", "RSZ-URI-001", "--reports", dir)
		if got.code != exitConforms || !strings.HasPrefix(got.stdout, "LEFT BEHIND") || !strings.Contains(got.stdout, "rsz-1f2e3d4c-stopped-1-aa") {
			t.Errorf("exit code %d\n%s", got.code, got.stdout)
		}
	}
}

// A yearly/monthly server costs a month: no more is ordered than is allowed, what cannot be deleted again is said first, and a spent budget accuses nobody.
func TestServersThatAreOrderedKeepToTheMaximum(t *testing.T) {
	k := newCloud(t, emulator.Config{JobDuration: 20 * time.Millisecond}, fixture.YearlyMonthly)
	before := k.settled(t)
	got := call(t, "run", "--inventory", k.inventory, "--provision", "yearly-monthly", "--allow-orders", "--budget", "orders=3", "--requirement", "RSZ-BILL", "--reports", t.TempDir())
	after := k.Counts() // an order that is not paid keeps its job waiting
	made, ordered := after.Servers-before.Servers, after.Orders-before.Orders
	if made == 0 || ordered != 3 {
		t.Errorf("%d servers and %d orders more than before; want some, and the 3 orders that are allowed", made, ordered)
	}
	if n := strings.Count(got.stdout, "LEFT BEHIND"); got.code != exitDeviates || n != made || !strings.HasPrefix(strings.TrimSpace(got.stdout), "LEFT BEHIND") {
		t.Errorf("exit code %d, %d servers are said to be left behind of %d\n%s", got.code, n, made, got.stdout)
	}
	if strings.Contains(got.stdout, "DOES NOT CONFORM") || !strings.Contains(got.stdout, "the budget is spent: 3 of 3 orders") {
		t.Errorf("a spent budget is no fault of the target's\n%s", got.stdout)
	}
}

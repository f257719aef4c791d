package preflight_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/preflight"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// world is a served emulator, what stands in front of it, and how it is looked at.
type world struct {
	emulator emulator.Config
	// between sees every request and may answer it itself; false: the emulator answers.
	between func(w http.ResponseWriter, r *http.Request, body string) (answered bool)
	listed  func(*fixture.Inventory)
	env     map[string]string // settings, such as CONFORMANCE_REGION
	options preflight.Options
}

// looked is what came of a look: the lines, and the requests as "METHOD path body".
type looked struct {
	lines    []preflight.Line
	requests []string
}

// look checks the world, and asserts of every request that it could change nothing, whoever gets it: it only reads, or is a dry run for a server that nobody has.
func (o world) look(t *testing.T) looked {
	t.Helper()
	e, err := emulator.New(o.emulator)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var got looked
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		mu.Lock()
		got.requests = append(got.requests, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+string(body)))
		mu.Unlock()
		if o.between == nil || !o.between(w, r, string(body)) {
			e.ServeHTTP(w, r)
		}
	}))
	defer server.Close()
	inv, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if o.listed != nil {
		o.listed(inv)
	}
	text, err := inv.YAML()
	if err != nil {
		t.Fatal(err)
	}
	before := e.Counts()
	tg := openAt(t, string(text), cmp.Or(o.emulator.Profile, "intl"), o.env)
	if got.lines, err = preflight.Check(t.Context(), tg, tg.Inventory, o.options); err != nil {
		t.Fatal(err)
	}
	server.Close() // no request is under way any more
	mu.Lock()
	defer mu.Unlock()
	if after := e.Counts(); after != before {
		t.Errorf("the look has changed something: there is %+v, there was %+v", after, before)
	}
	for _, request := range got.requests {
		harmless(t, request)
	}
	return got
}

// harmless asserts that a request can change nothing.
func harmless(t *testing.T, request string) {
	t.Helper()
	method, rest, _ := strings.Cut(request, " ")
	path, body, _ := strings.Cut(rest, " ")
	if method == http.MethodGet && body == "" || path == emulator.SignInPath {
		return
	}
	var asked struct {
		Dry bool `json:"dry_run"`
	}
	if err := json.Unmarshal([]byte(body), &asked); err != nil || !asked.Dry || !regexp.MustCompile(`/cloudservers/00000000-0000-4000-8000-[0-9a-f]{12}/resize$`).MatchString(path) {
		t.Errorf("a request that could change something: %s", request)
	}
}

// found is what a check of a served emulator finds; change makes the answers others, and the inventory.
func found(t *testing.T, c emulator.Config, change http.HandlerFunc, listed func(*fixture.Inventory)) (lines []preflight.Line, requests []string) {
	t.Helper()
	o := world{emulator: c, listed: listed}
	if change != nil {
		o.between = func(w http.ResponseWriter, r *http.Request, _ string) bool { change(w, r); return false }
	}
	got := o.look(t)
	return got.lines, got.requests
}

func of(lines []preflight.Line, g preflight.Grade, text string) bool {
	for _, l := range lines {
		if l.Grade == g && strings.Contains(l.Note(), text) {
			return true
		}
	}
	return false
}

func withDate(off time.Duration) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
	}
}

// Where signatures are all that a run has, a clock that is too far off leaves nothing to be proved; where there is a token it does.
func TestTheClock(t *testing.T) {
	keysOnly := func(inv *fixture.Inventory) { delete(inv.Credentials, "token") }
	for _, c := range []struct {
		name   string
		off    time.Duration
		listed func(*fixture.Inventory)
		want   preflight.Grade
		text   string
	}{
		{"right", 0, nil, preflight.OK, "off by less than"},
		{"a little off", -5 * time.Minute, nil, preflight.Warning, "it is off by 5m"},
		{"far off, with a token", 20 * time.Minute, nil, preflight.Warning, "signed with the access key will be refused"},
		{"far off, with keys only", -20 * time.Minute, keysOnly, preflight.Stop, "signatures are refused"},
		{"just inside, with keys only", 13*time.Minute + 30*time.Second, keysOnly, preflight.Warning, "it is off by 13m"},
	} {
		lines, _ := found(t, emulator.Config{}, withDate(c.off), c.listed)
		if !of(lines, c.want, c.text) {
			t.Errorf("%s: no %s with %q in %+v", c.name, c.want, c.text, lines)
		}
	}
	lines, _ := found(t, emulator.Config{}, func(w http.ResponseWriter, _ *http.Request) { w.Header()["Date"] = nil }, nil)
	if !of(lines, preflight.OK, "does not say what time it is") || preflight.Stopped(lines) != nil {
		t.Errorf("a server without Date: %+v", lines)
	}
}

// Servers that are not as listed are warnings as long as others are; without any that every run needs there is no run.
func TestServersThatAreNotAsListed(t *testing.T) {
	gone := []fixture.Listed{{ID: "aaaaaaaa-0000-4000-8000-000000000000"}}
	lines, _ := found(t, emulator.Config{}, nil, func(inv *fixture.Inventory) {
		inv.Servers[fixture.Spot] = gone
		inv.Servers[fixture.Locked] = inv.Servers[fixture.Frozen][:1]
		delete(inv.Servers, fixture.Frozen)
	})
	if !of(lines, preflight.Warning, "there is no such server (404 Ecs.0114)") || !of(lines, preflight.Warning, "locked is false") || preflight.Stopped(lines) != nil {
		t.Errorf("got %+v", lines)
	}
	lines, requests := found(t, emulator.Config{}, nil, func(inv *fixture.Inventory) {
		inv.Servers = map[fixture.State][]fixture.Listed{fixture.Stopped: gone, fixture.Running: {{ID: "bbbbbbbb-0000-4000-8000-000000000000"}}}
	})
	if !of(lines, preflight.Stop, "no server can be used") {
		t.Errorf("got %+v after %q", lines, requests)
	}
}

// An unusual server that may well keep the contract is not stopped: one without quota, one that lists no flavors, one that fails, one whose answers cannot be read.
func TestAnUnusualServerIsNotStopped(t *testing.T) {
	for name, c := range map[string]emulator.Config{"no quota told": {}, "every look fails": {Faults: 1}, "no credentials": {Auth: emulator.AuthNone}} {
		lines, requests := found(t, c, nil, nil)
		if err := preflight.Stopped(lines); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(requests) > 40 || len(requests) < 5 {
			t.Errorf("%s: %d requests", name, len(requests))
		}
	}
}

// A server that breaks the connection off is for the run to judge, and is asked once.
func TestAServerThatGivesNoAnswerIsNotStopped(t *testing.T) {
	lines, requests := found(t, emulator.Config{}, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, nil)
	if preflight.Stopped(lines) != nil || len(lines) != 1 || !of(lines, preflight.Warning, "no whole answer to the first request") || len(requests) > 2 { // net/http sends a GET once more by itself
		t.Errorf("got %+v after %q", lines, requests)
	}
}

func TestTheQuota(t *testing.T) {
	lines, _ := found(t, emulator.Config{Account: true, Quota: emulator.Quota{Servers: 18, VCPUs: 18, RAM: 1 << 20}}, nil, nil)
	if !of(lines, preflight.Warning, "all of the 18 servers") || !of(lines, preflight.Warning, "0 vCPUs of 18 are left") || of(lines, preflight.Warning, "memory of") {
		t.Errorf("got %+v", lines)
	}
	if lines, _ = found(t, emulator.Config{Account: true}, nil, nil); !of(lines, preflight.OK, "and there is room") {
		t.Errorf("without limits: %+v", lines)
	}
}

// The estimate of a scenario that resizes once is one resize there and one back; and the embedded emulator needs no check.
func TestTheEstimate(t *testing.T) {
	k := contracttest.Base(t)
	tg, err := target.Open(t.Context(), target.Config{}, nil, target.WithContract(k))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tg.Close(context.WithoutCancel(t.Context())) }()
	if lines, err := preflight.Check(t.Context(), tg, nil, preflight.Options{}); err != nil || len(lines) > 0 {
		t.Errorf("the embedded emulator: %+v, %v", lines, err)
	}
	pack, err := suites.New(k)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]preflight.Estimate{
		"RSZ-JOB-010":   {Scenarios: 1, Resizes: 2},
		"RSZ-SETUP-001": {Scenarios: 1, Power: 2},
		"RSZ-SETUP-003": {Scenarios: 1, Created: 1},
		"RSZ-RSP-004":   {Scenarios: 1, Resizes: 2, Orders: 2}, /* there and back */
		"RSZ-DRY-001":   {Scenarios: 1},
	}
	for _, s := range pack.Scenarios() {
		w, asked := want[s.Requirement.ID]
		if !asked {
			continue
		}
		delete(want, s.Requirement.ID)
		e, err := preflight.Rehearse(t.Context(), tg, []suites.Scenario{s}, 0, "")
		if err != nil {
			t.Fatal(err)
		}
		if e.Requests == 0 || (e.Polls > 0) != (e.Resizes+e.Power+e.Created > 0) {
			t.Errorf("%s: %+v", s.Name(), e)
		}
		if (e.Weights[s.Requirement.ID] > 0) != (e.Polls > 0) {
			t.Errorf("%s: weighs %v", s.Name(), e.Weights)
		}
		e.Requests, e.Polls, e.Takes, e.JobTakes, e.Weights = 0, 0, 0, 0, nil
		if !reflect.DeepEqual(e, w) {
			t.Errorf("%s: got %+v, want %+v", s.Name(), e, w)
		}
	}
	if len(want) > 0 {
		t.Errorf("no scenarios for %v", want)
	}
}

// openAt opens a target by its inventory, in an edition and with further settings.
func openAt(t *testing.T, inventory, profile string, settings map[string]string) *target.Target {
	t.Helper()
	file := t.TempDir() + "/i.yaml"
	if err := os.WriteFile(file, []byte(inventory), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"CONFORMANCE_INVENTORY": file, "CONFORMANCE_POLL": "2ms"}
	maps.Copy(env, settings)
	c, err := target.Resolve(nil, func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	tg, err := target.Open(t.Context(), c, nil, target.WithContract(contracttest.Profile(t, profile)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tg.Close(context.WithoutCancel(t.Context())) })
	return tg
}

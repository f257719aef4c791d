package replay_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// events keeps what a run has to tell.
type events struct {
	mu  sync.Mutex
	all []journal.Event
}

func (e *events) Write(one journal.Event) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.all = append(e.all, one)
	return nil
}

func load(t *testing.T) *contract.Contract {
	t.Helper()
	c, err := contract.Load(t.Context(), contract.Source{Profile: contract.BaseProfile})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// open opens a target that is closed with the test.
func open(t *testing.T, config target.Config, c *contract.Contract, sink *replay.Sink, o ...target.Option) *target.Target {
	t.Helper()
	tg, err := target.Open(t.Context(), config, sink, append(o, target.WithContract(c))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		end, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 10*time.Second)
		defer cancel()
		if err := tg.Close(end); err != nil {
			t.Error(err)
		}
	})
	return tg
}

// runOf carries scenarios out against an embedded emulator, changed by defects, and gives the run.
func runOf(t *testing.T, c *contract.Contract, ids []string, defects ...string) *journal.Run {
	t.Helper()
	kept := &events{}
	var options []target.Option
	for _, name := range defects {
		i := slices.IndexFunc(defect.Defects(), func(d defect.Defect) bool { return d.Name == name })
		if i < 0 {
			t.Fatalf("no defect %s", name)
		}
		options = append(options, target.WithEmulator(defect.Defects()[i].Apply))
	}
	tg := open(t, target.Config{}, c, &replay.Sink{Next: kept}, options...)
	pack, err := suites.New(c)
	if err != nil {
		t.Fatal(err)
	}
	start := journal.RunStart{Target: tg.Endpoint, Profile: c.Profile, ContractHash: c.Hash, Config: tg.Settings, JournalVersion: journal.Version}
	all := []journal.Event{{Type: journal.RunStarted, Time: time.Now(), Start: &start}}
	var rows []journal.Event
	env := &suites.Env{Target: tg}
	for _, s := range pack.Scenarios() {
		if !slices.Contains(ids, s.Requirement.ID) {
			continue
		}
		for _, r := range s.Perform(t.Context(), env) {
			rows = append(rows, journal.Event{Type: journal.ResultGiven, Result: &r})
		}
	}
	if len(rows) < len(ids) {
		t.Fatalf("only %d results for %q", len(rows), ids)
	}
	return journal.NewRun(append(append(all, kept.all...), rows...)...)
}

// fixtureOf writes and reads the fixture of a run, so that all that is compared has been through the file.
func fixtureOf(t *testing.T, run *journal.Run) *recording.Fixture {
	t.Helper()
	var b bytes.Buffer
	if err := recording.Normalise(run).Write(&b); err != nil {
		t.Fatal(err)
	}
	f, err := recording.ParseFixture(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// compared are scenarios of many kinds: accepted and refused in every way, with jobs that succeed and fail, orders, signatures, other projects, dry runs.
func compared() []string {
	return []string{
		"RSZ-STATE-001", "RSZ-STATE-002", "RSZ-STATE-005", "RSZ-STATE-007", "RSZ-STATE-011", "RSZ-BODY-001", "RSZ-BODY-012", "RSZ-JOB-009", "RSZ-JOB-011", "RSZ-JOB-012",
		"RSZ-DRY-001", "RSZ-SPOT-001", "RSZ-FLAVOR-001", "RSZ-AUTH-001", "RSZ-AUTH-007", "RSZ-BILL-007", "RSZ-DEH-002", "RSZ-SETUP-003", "RSZ-FLOW-001",
	}
}

func words(found []replay.Finding, word replay.Faith) (ids []string) {
	for _, f := range found {
		if f.Word == word {
			ids = append(ids, f.Requirement)
		}
	}
	return ids
}

func faithful(t *testing.T, c *contract.Contract, f *recording.Fixture) []replay.Finding {
	t.Helper()
	sink := &replay.Sink{}
	found, err := replay.Faithful(t.Context(), &replay.Player{Target: open(t, target.Config{}, c, sink), Sink: sink}, f)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// The emulator is faithful to itself, whatever ids it has now.
func TestTheEmulatorIsFaithfulToItself(t *testing.T) {
	t.Parallel()
	c := load(t)
	found := faithful(t, c, fixtureOf(t, runOf(t, c, compared())))
	for _, f := range found {
		if f.Word == replay.Differs {
			t.Errorf("%s: %v", f.Requirement, f.Differences[0])
		}
	}
	same := words(found, replay.Same)
	for _, id := range compared() {
		if !slices.Contains(same, id) {
			t.Errorf("%s is not among what is the same", id)
		}
	}
	if !slices.Contains(words(found, replay.NotInEvidence), "RSZ-BODY-002") {
		t.Error("RSZ-BODY-002 was not run, and is not told as not in evidence")
	}
}

// What an endpoint does otherwise shows at the requirements that it breaks, and nowhere else.
func TestDefectsShowAndNothingElse(t *testing.T) {
	t.Parallel()
	c := load(t)
	found := faithful(t, c, fixtureOf(t, runOf(t, c, compared(), "resizes-locked-server", "failure-without-reason", "resizes-spot-server")))
	if got, want := words(found, replay.Differs), []string{"RSZ-JOB-009", "RSZ-SPOT-001", "RSZ-STATE-007"}; !sameSet(got, want) {
		t.Errorf("differ: %q, want %q", got, want)
		for _, f := range found {
			t.Logf("%s %v", f.Requirement, f.Differences)
		}
	}
	for _, f := range found {
		if f.Requirement != "RSZ-STATE-007" {
			continue
		}
		if d := f.Differences[0]; d.Part != "status" || !strings.HasPrefix(d.Wanted, "200") || !strings.HasPrefix(d.Got, "400") {
			t.Errorf("wanted the status 200 of the record and 400 now first, got %v", d)
		}
	}
}

func sameSet(a, b []string) bool {
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// Sent again are the recorded bytes, with what the target has in place of what the run had.
func TestWhatIsMappedIsTold(t *testing.T) {
	t.Parallel()
	c := load(t)
	run := runOf(t, c, []string{"RSZ-STATE-001", "RSZ-BODY-024"})
	record := recording.FromRun(run)
	sink := &replay.Sink{}
	p := &replay.Player{Target: open(t, target.Config{}, c, sink), Sink: sink, Record: record}
	seq, err := recording.Find(record.Sequences, "RSZ-STATE-001")
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.Play(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	if out.Differs() || out.Sent() != len(out.Pairs) {
		t.Fatalf("wanted all of %d exchanges sent and answered alike, got %+v", len(out.Pairs), out.Pairs)
	}
	told := map[string]replay.Mapping{}
	for _, m := range out.Mapped {
		told[m.What] = m
	}
	server, job := told["server (stopped)"], told["job"]
	if server.Then == "" || server.Now == "" || job.Then == "" || job.Now == "" || server.Then == server.Now {
		t.Fatalf("wanted a server and a job mapped, got %+v", out.Mapped)
	}
	for _, pair := range out.Pairs {
		if strings.Contains(pair.Now.URL, server.Then) || strings.Contains(pair.Now.URL, job.Then) {
			t.Errorf("a recorded id was sent: %s", pair.Now.URL)
		}
		if pair.Then.RequestBody.Text != pair.Now.RequestBody.Text {
			t.Errorf("sent %q in place of %q", pair.Now.RequestBody.Text, pair.Then.RequestBody.Text)
		}
	}
	// What the record has not kept is not made up.
	if seq, err = recording.Find(record.Sequences, "RSZ-BODY-024"); err != nil {
		t.Fatal(err)
	}
	if out, err = p.Play(t.Context(), seq); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(out.Pairs, func(p replay.Pair) bool {
		return p.Now == nil && strings.Contains(p.Skipped, "is not in the record as it was sent")
	}) {
		t.Errorf("wanted the body that was not kept to be refused, got %+v", out.Pairs)
	}
}

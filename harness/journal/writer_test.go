package journal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/journal"
)

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on", "demand")
	path := record(t, dir,
		start(scenarios("A-1", "A-2")...),
		journal.Event{Scenario: &journal.ScenarioStart{Requirement: "A-1", Title: "title of A-1"}},
		sent(1), sent(2),
		journal.Event{Disagreement: &journal.Disagreement{Exchange: 2, In: "response", Kin: "valid", Lib: "not"}},
		journal.Event{Note: &journal.Note{Text: "<b> & 'quotes' \u2028 stay"}},
		result("A-1", journal.Pass, 1, 2), result("A-2", journal.NotApplicable), end())
	run, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !run.Whole() {
		t.Errorf("the run is not whole: %v", run.Problems)
	}
	if diff := cmp.Diff(map[string]journal.Verdict{"A-1": journal.Pass, "A-2": journal.NotApplicable}, verdicts(run.Rows())); diff != "" {
		t.Error(diff)
	}
	if len(run.Exchanges) != 2 || run.Exchange(2) == nil || run.Exchange(2).URL != "http://127.0.0.1/2" || run.Exchange(3) != nil {
		t.Errorf("exchanges: %+v", run.Exchanges)
	}
	if len(run.Disagreements) != 1 || len(run.Notes) != 1 || run.Notes[0].Text != "<b> & 'quotes' \u2028 stay" {
		t.Errorf("disagreements %+v, notes %+v", run.Disagreements, run.Notes)
	}
	if run.End == nil || !run.Started.Equal(noon()) {
		t.Errorf("started %v, end %v", run.Started, run.End)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(raw, []byte("<b> & ")) {
		t.Error("HTML characters are escaped; people read this file")
	}
	if _, err := os.Stat(filepath.Join(dir, journal.LockName)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the lock file is left behind: %v", err)
	}
}

func TestConcurrentEventsAreWholeLinesNumberedInOrder(t *testing.T) {
	dir := t.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(start()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				x := sent(int64(g*1000 + i + 1))
				x.Exchange.ResponseBody.Text = strings.Repeat("x", i*50)
				if err := w.Write(x); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(w.Path())
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSuffix(raw, []byte("\n")), []byte("\n"))
	if len(lines) != 1601 {
		t.Fatalf("%d lines, want 1601", len(lines))
	}
	for i, line := range lines {
		var e journal.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("line %d: %v", i+1, err)
		}
		if e.Seq != int64(i+1) {
			t.Fatalf("line %d has number %d", i+1, e.Seq)
		}
	}
}

func TestAnEventHoldsOneThing(t *testing.T) {
	w, err := journal.Create(t.TempDir(), journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(journal.Event{}); err == nil {
		t.Error("an empty event was written")
	}
	two := start()
	two.End = &journal.RunEnd{}
	if err := w.Write(two); err == nil {
		t.Error("an event of two things was written")
	}
	if err := w.Err(); err != nil {
		t.Errorf("a refused event harmed the journal: %v", err)
	}
}

func TestNothingIsWrittenAfterClose(t *testing.T) {
	w, err := journal.Create(t.TempDir(), journal.WriterOptions{Sync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(start()), w.Close(), w.Close()); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(end()); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func TestFinishSaysWhatAReaderWillFind(t *testing.T) {
	dir := t.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	s := start(scenarios("A-1", "A-2", "A-3")...)
	s.Start.Strict = true
	for _, e := range []journal.Event{s, sent(1), sent(2), result("A-1", journal.Pass), result("A-2", journal.Warn), result("A-3", journal.Pass)} {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	given, err := w.Finish("")
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&given, run.End); diff != "" {
		t.Errorf("written and returned differ: %s", diff)
	}
	want := map[journal.Verdict]int{journal.Pass: 2, journal.Warn: 1}
	if diff := cmp.Diff(want, given.Counts); diff != "" || given.Exchanges != 2 || given.ExitCode != 1 || given.ExitCode != journal.ExitCode(run, true) {
		t.Errorf("end %+v, reader's exit code %d, counts %s", given, journal.ExitCode(run, true), diff)
	}
}

func TestFinishCountsWhatIsMissing(t *testing.T) {
	dir := t.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(w.Write(start(scenarios("A-1", "A-2")...)), w.Write(result("A-1", journal.Pass)))
	given, finishErr := w.Finish("interrupt signal")
	if err := errors.Join(err, finishErr, w.Close()); err != nil {
		t.Fatal(err)
	}
	if given.ExitCode != 4 || given.Counts[journal.HarnessError] != 1 || given.Interrupted != "interrupt signal" {
		t.Errorf("%+v", given)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := run.Rows()[1].Reason; got != "no result: the run ended before it (interrupt signal)" {
		t.Errorf("reason %q", got)
	}
}

func TestADirectoryBelongsToOneLiveRun(t *testing.T) {
	dir := t.TempDir()
	first, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Write(start()); err != nil {
		t.Fatal(err)
	}
	_, err = journal.Create(dir, journal.WriterOptions{})
	var inUse *journal.InUseError
	if !errors.As(err, &inUse) {
		t.Fatalf("got %v, want InUseError", err)
	}
	if inUse.Dir != dir || inUse.Holder.PID != os.Getpid() || inUse.Holder.Since.IsZero() {
		t.Errorf("%+v", inUse)
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("process %d", os.Getpid())) {
		t.Errorf("the message does not say who: %v", err)
	}
	if run, err := journal.ReadFile(dir); err != nil || run.Started.IsZero() {
		t.Errorf("the first run's journal was harmed: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	second, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatalf("after the first run the directory is still in use: %v", err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestALockFileOfADeadRunIsNoLock(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, journal.LockName), []byte(`{"pid":1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheDirectoryMayBeClearedDuringARun(t *testing.T) {
	dir := t.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(start()), w.Close()); err != nil {
		t.Errorf("%v", err)
	}
}

func TestCreateSaysWhatIsInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Create(file, journal.WriterOptions{}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("got %v, want an error that names %s", err, file)
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, journal.FileName), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Create(dir, journal.WriterOptions{}); err == nil || !strings.Contains(err.Error(), journal.FileName) {
		t.Errorf("got %v, want an error that names %s", err, journal.FileName)
	}
	if _, err := os.Stat(filepath.Join(dir, journal.LockName)); !errors.Is(err, os.ErrNotExist) {
		t.Error("the lock of a failed Create is left behind")
	}
}

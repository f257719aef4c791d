package journal

import (
	"bytes"
	"errors"
	"testing"
)

// full is a file on a disk with room for so many bytes.
type full struct {
	bytes.Buffer
	room   int
	closed bool
}

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	n := min(len(p), f.room-f.Len())
	f.Buffer.Write(p[:n])
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func (f *full) Sync() error { return nil }

func (f *full) Close() error {
	f.closed = true
	return nil
}

func TestTheFirstFailedWriteIsTheLast(t *testing.T) {
	f := &full{room: 700}
	w := newWriter(f, WriterOptions{})
	if err := w.Write(Event{Start: &RunStart{Planned: []Planned{{Requirement: "A-1", Title: "t", Kind: KindScenario}}}}); err != nil {
		t.Fatal(err)
	}
	note := Event{Note: &Note{Text: string(bytes.Repeat([]byte("n"), 1000))}}
	err := w.Write(note)
	if !errors.Is(err, errFull) {
		t.Fatalf("got %v, want the disk's error", err)
	}
	f.room = 1 << 20 // room again: still nothing may follow the gap
	before := f.Len()
	if got := w.Write(Event{Note: &Note{Text: "short"}}); got != err {
		t.Errorf("a later write got %v, want the first error", got)
	}
	if _, got := w.Finish(""); !errors.Is(got, errFull) {
		t.Errorf("Finish got %v", got)
	}
	if got := w.Close(); !errors.Is(got, errFull) || !f.closed {
		t.Errorf("Close got %v, file closed: %v", got, f.closed)
	}
	if f.Len() != before {
		t.Errorf("%d bytes were written after the error", f.Len()-before)
	}
	run, readErr := Read(&f.Buffer, "j")
	if readErr != nil {
		t.Fatal(readErr)
	}
	if run.Torn != 2 || len(run.Missing()) != 1 || ExitCode(run, false) != ExitHarness {
		t.Errorf("torn %d, missing %v", run.Torn, run.Missing())
	}
}

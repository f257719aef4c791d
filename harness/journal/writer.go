package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// FileName is the name of the journal in a run's report directory.
const FileName = "journal.jsonl"

// WriterOptions of Create. The zero value is good for a run.
type WriterOptions struct {
	Sync bool             // fsync when the writer is closed, for a journal that must survive the machine and not only the process
	Now  func() time.Time // stamps events that have no time of their own; nil: time.Now
	// Replace is called before the first event takes the place of an earlier run's journal, to remove what was made of that; its error ends the record.
	Replace func() error
}

// Writer appends the events of a run to its journal while the run goes. It is safe for concurrent use: every event is one line, written whole
// by one write call, numbered in the order of the file.
//
// The first write that fails (a full disk, say) is the last: what has been written stays, nothing is written after the gap, and the error is
// returned by every later call and by Err. A caller may therefore ignore the error of a single Write as long as he asks Err at the end.
type Writer struct {
	path string
	lock *dirLock
	// begin empties the file before the first event; nil afterwards. unmade removes a file that was made and got no event.
	begin  func() error
	unmade func() error
	sync   bool
	now    func() time.Time

	mu     sync.Mutex
	file   file
	seq    int64
	err    error
	closed bool
	tally  *Run // start, scenarios and results, for Finish; exchanges are only counted
	sent   int64
}

// file is what a Writer needs of *os.File; tests put a full disk in its place.
type file interface {
	io.Writer
	Sync() error
	Close() error
}

// ErrClosed says that an event came after its writer was closed.
var ErrClosed = errors.New("the journal is closed")

// Create begins a journal in dir, which is made when it is not there. An earlier run's journal in it is replaced by the first event, and not before: a run that
// cannot begin loses nothing.
// While the writer is open the directory belongs to it: a second Create, from this or another process, gets an *InUseError.
func Create(dir string, o WriterOptions) (*Writer, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("journal: make the report directory: %w", err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, FileName)
	_, missing := os.Stat(path)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal: %w", err), lock.release())
	}
	w := newWriter(f, o)
	w.path, w.lock = path, lock
	w.begin = func() error {
		if err := f.Truncate(0); err != nil {
			return err
		}
		if o.Replace != nil {
			return o.Replace()
		}
		return nil
	}
	if missing != nil {
		w.unmade = func() error { return os.Remove(path) }
	}
	return w, nil
}

func newWriter(f file, o WriterOptions) *Writer {
	now := o.Now
	if now == nil {
		now = time.Now
	}
	return &Writer{file: f, sync: o.Sync, now: now, tally: &Run{}}
}

// Path is where the journal is.
func (w *Writer) Path() string { return w.path }

// Write appends one event. Seq is given here; Type is taken from the field that is set; a zero Time becomes now.
// An event without exactly one of its fields set is refused and does not harm the journal.
func (w *Writer) Write(e Event) error {
	t, err := e.payload()
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	e.Type, e.Seq = t, 0
	if e.Time.IsZero() {
		e.Time = w.now()
	}
	e.Time = e.Time.UTC()
	if e.Start != nil && e.Start.JournalVersion == 0 {
		start := *e.Start
		start.JournalVersion = Version
		e.Start = &start
	}
	// Encoding is the costly part and needs no lock; only the number is put in front under it.
	line, err := encode(e)
	if err != nil {
		return fmt.Errorf("journal: encode %s: %w", t, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.append(e, line)
}

// append numbers and writes an encoded line. The caller holds mu.
func (w *Writer) append(e Event, line []byte) error {
	if w.err != nil {
		return w.err
	}
	if w.closed {
		return fmt.Errorf("journal: %w: %s", ErrClosed, e.Type)
	}
	if begin := w.begin; begin != nil {
		w.begin = nil
		if err := begin(); err != nil {
			w.err = fmt.Errorf("journal: an earlier record could not be replaced: %w", err)
			return w.err
		}
	}
	numbered := make([]byte, 0, len(line)+20)
	numbered = append(numbered, seqPrefix...)
	numbered = strconv.AppendInt(numbered, w.seq+1, 10)
	numbered = append(numbered, line[len(seqPrefix)+1:]...) // one digit: the 0 it was encoded with
	n, err := w.file.Write(numbered)
	if err == nil && n < len(numbered) {
		err = io.ErrShortWrite
	}
	if err != nil {
		w.err = fmt.Errorf("journal: line %d (%s) could not be written, the record ends before it: %w", w.seq+1, e.Type, err)
		return w.err
	}
	w.seq++
	if e.Exchange != nil {
		w.sent++
		return nil
	}
	e.Seq = w.seq
	w.tally.add(e)
	return nil
}

// Finish writes the event that closes a run and returns it. Its counts and exit code are those that a reader of the journal comes to
// (ExitCode with the strictness of RunStart); interrupted says why when the run did not come to its end.
func (w *Writer) Finish(interrupted string) (RunEnd, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	at := w.now().UTC()
	end := w.tally.finish(at, interrupted, w.sent)
	e := Event{Time: at, Type: RunEnded, End: &end}
	line, err := encode(e)
	if err != nil {
		return end, fmt.Errorf("journal: encode %s: %w", RunEnded, err)
	}
	return end, w.append(e, line)
}

// Written says whether there was any event, so that the journal is this run's.
func (w *Writer) Written() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.seq > 0
}

// Err returns the error that ended the record early, or nil.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Close gives the directory free. It returns the error that ended the record early, if there was one. Closing twice is harmless.
func (w *Writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return w.err
	}
	w.closed = true
	var syncErr error
	if w.sync {
		syncErr = w.file.Sync()
	}
	closeErr := w.file.Close()
	if w.begin != nil && w.unmade != nil {
		closeErr = errors.Join(closeErr, w.unmade())
	}
	if err := errors.Join(syncErr, closeErr); err != nil && w.err == nil {
		w.err = fmt.Errorf("journal: close: %w", err)
	}
	if w.lock != nil {
		if err := w.lock.release(); err != nil && w.err == nil {
			w.err = err
		}
	}
	return w.err
}

const seqPrefix = `{"seq":`

// encode renders an event with Seq 0 as one line. HTML characters stay as they are: curl lines and bodies are read by people.
func encode(e Event) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// payload names the one field of an event that is set.
func (e Event) payload() (EventType, error) {
	var t EventType
	set := 0
	for _, f := range [...]struct {
		is   bool
		name EventType
	}{
		{e.Start != nil, RunStarted}, {e.Scenario != nil, ScenarioStarted}, {e.Exchange != nil, ExchangeRecorded},
		{e.Disagreement != nil, OraclesDisagreed}, {e.Note != nil, Noted}, {e.Result != nil, ResultGiven}, {e.End != nil, RunEnded},
	} {
		if f.is {
			t = f.name
			set++
		}
	}
	if set != 1 {
		return "", fmt.Errorf("an event has exactly one of its fields set, this one has %d", set)
	}
	return t, nil
}

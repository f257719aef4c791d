package journal

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"resize-conformance/harness/nearest"
)

// maxLine bounds one line of a journal, so that a file that is no journal cannot fill the memory. The largest line a run writes holds two bodies
// of 16 MiB, escaped.
const maxLine = 256 << 20

// LineError says that a line of a journal is no event.
type LineError struct {
	File string
	Line int
	Err  error
}

func (e *LineError) Error() string {
	return fmt.Sprintf("%s:%d: not a line of a journal: %v", e.File, e.Line, e.Err)
}

// Unwrap gives the cause.
func (e *LineError) Unwrap() error { return e.Err }

// VersionError says that a journal was written by a later suite than this one.
type VersionError struct {
	File  string
	Got   int
	Known int // the newest version this reader understands
}

func (e *VersionError) Error() string {
	return fmt.Sprintf("%s is a journal of version %d, this program reads up to version %d; use the conformance program that wrote it, or a newer one", e.File, e.Got, e.Known)
}

// ErrEmpty says that a journal has no line: the run died before it could say what it runs.
var ErrEmpty = errors.New("the journal is empty: its run ended before it began to write")

// Reader reads a journal event by event. A last line that was cut off in the middle, as a killed run leaves it, is the end of the journal and no
// error; Torn tells of it.
type Reader struct {
	name string
	in   *bufio.Reader
	line int
	torn int
	done error
}

// NewReader reads from in; name is what errors call the journal.
func NewReader(in io.Reader, name string) *Reader {
	return &Reader{name: name, in: bufio.NewReaderSize(in, 64<<10)}
}

// Torn returns the number of the last line when it is cut off in the middle, and 0 when it is whole (or not yet reached).
func (r *Reader) Torn() int { return r.torn }

// Next returns the next event, io.EOF after the last, a *LineError for what is no event, and a *VersionError for a journal from the future.
// An error is final.
func (r *Reader) Next() (Event, error) {
	if r.done != nil {
		return Event{}, r.done
	}
	e, err := r.next()
	if err != nil {
		r.done = err
	}
	return e, err
}

func (r *Reader) next() (Event, error) {
	line, err := r.readLine()
	whole := err == nil
	switch {
	case err == io.EOF && len(line) == 0 && r.line == 0:
		return Event{}, fmt.Errorf("%s: %w", r.name, ErrEmpty)
	case err == io.EOF && len(line) == 0:
		return Event{}, io.EOF
	case err != nil && err != io.EOF:
		return Event{}, fmt.Errorf("%s:%d: %w", r.name, r.line+1, err)
	}
	r.line++
	e, err := r.decode(line)
	if err != nil && !whole && r.line > 1 {
		r.torn = r.line
		return Event{}, io.EOF
	}
	return e, err
}

func (r *Reader) readLine() ([]byte, error) {
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		if line == nil && err == nil {
			return part, nil // the usual case, without a copy: decode does not keep it
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
		if len(line) > maxLine {
			return nil, &LineError{r.name, r.line + 1, fmt.Errorf("it is longer than %d MiB", maxLine>>20)}
		}
	}
}

func (r *Reader) decode(line []byte) (Event, error) {
	if r.line == 1 {
		if err := r.checkStart(line); err != nil {
			return Event{}, err
		}
	}
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, &LineError{r.name, r.line, err}
	}
	if known := eventTypes(); !slices.Contains(known, string(e.Type)) {
		return Event{}, &LineError{r.name, r.line, fmt.Errorf("unknown event type %q%s", e.Type, nearest.Hint(string(e.Type), known))}
	}
	held, err := e.payload()
	if err != nil {
		return Event{}, &LineError{r.name, r.line, err}
	}
	if held != e.Type {
		return Event{}, &LineError{r.name, r.line, fmt.Errorf("it says it is a %s and holds a %s", e.Type, held)}
	}
	return e, nil
}

// checkStart looks at the first line for nothing but what it is and its version, because everything else may have another shape in a later one.
func (r *Reader) checkStart(line []byte) error {
	var first struct {
		Type  EventType `json:"type"`
		Start *struct {
			JournalVersion int `json:"journal_version"`
		} `json:"start"`
	}
	if err := json.Unmarshal(line, &first); err != nil {
		return &LineError{r.name, 1, err}
	}
	if first.Type != RunStarted || first.Start == nil {
		return &LineError{r.name, 1, fmt.Errorf("a journal begins with a %s event", RunStarted)}
	}
	switch v := first.Start.JournalVersion; {
	case v > Version:
		return &VersionError{File: r.name, Got: v, Known: Version}
	case v < 1:
		return &LineError{r.name, 1, fmt.Errorf("journal_version is %d, wanted 1 to %d", v, Version)}
	}
	return nil
}

func eventTypes() []string {
	return []string{
		string(RunStarted), string(ScenarioStarted), string(ExchangeRecorded), string(OraclesDisagreed), string(Noted), string(ResultGiven), string(RunEnded),
	}
}

// Read puts together the run that a journal records. When the journal breaks off in something that is no event, the run up to there comes with the
// error: its Rows say what is missing.
func Read(in io.Reader, name string) (*Run, error) {
	run := &Run{Files: []string{name}}
	r := NewReader(in, name)
	for {
		e, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			run.problem("the journal could not be read to its end: %v", err)
			return run, err
		}
		run.add(e)
	}
	if torn := r.Torn(); torn > 0 {
		run.Torn = torn
		run.problem("line %d of %s is cut off in the middle", torn, name)
	}
	return run, nil
}

// ReadFile reads the journal at path, or the one in the directory path.
func ReadFile(path string) (*Run, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, FileName)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	defer f.Close()
	return Read(f, path)
}

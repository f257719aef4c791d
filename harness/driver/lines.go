package driver

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"sync"

	"resize-conformance/harness/exchange"
)

// Why a line was not read whole.
var (
	errTooLong  = errors.New("line too long")
	errLongTail = errors.New("line too long, and its end is still to be read")
)

// readLine reads a line, without its end. No more than limit bytes of it are given: of a longer one the beginning, with errTooLong or errLongTail.
// io.ErrUnexpectedEOF: the input ended within the line, which is given.
func readLine(r *bufio.Reader, limit int) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil && len(line)-1 > limit:
			return line[:limit], errTooLong
		case err == nil:
			return line[:len(line)-1], nil
		case len(line) > limit:
			return line[:limit], errLongTail
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(line) > 0:
			return line, io.ErrUnexpectedEOF
		default:
			return line, err
		}
	}
}

// How much of what a driver wrote is shown.
const (
	shownLine   = 200      // bytes of an offending line
	shownStderr = 2 << 10  // bytes of one line of standard error
	secretRoom  = 8 << 10  // a secret that is cut by a limit is no longer known as one: so much is cut off the end after redaction
	keptLines   = 20       // lines of standard error in a failure
	loggedMost  = 1 << 20  // bytes of standard error that are handed on to Options.Stderr
	stderrLine  = 10 << 10 // bytes of a line of standard error that are read: shownStderr and secretRoom
)

// beginning redacts a text and shows its beginning. cut says that the text was cut off already.
func beginning(r *exchange.Redactor, text []byte, cut bool, limit int) string {
	if len(text) > limit+secretRoom {
		text, cut = text[:limit+secretRoom], true
	}
	clean := strings.ToValidUTF8(r.String(string(text)), "�")
	if cut {
		clean = clean[:max(0, len(clean)-secretRoom)]
	}
	if len(clean) > limit {
		clean, cut = clean[:limit], true
	}
	if cut {
		clean = strings.ToValidUTF8(clean, "") + "…"
	}
	return clean
}

// tail keeps the last lines that a driver wrote to standard error, redacted, in bounded memory.
type tail struct {
	redactor *exchange.Redactor
	log      io.Writer // may be nil

	mu     sync.Mutex
	lines  []string
	logged int
}

// follow reads to the end.
func (t *tail) follow(from io.Reader) {
	r := bufio.NewReader(from)
	skip := false // within a line that was shown already
	for {
		line, err := readLine(r, stderrLine)
		long := errors.Is(err, errTooLong) || errors.Is(err, errLongTail)
		if err != nil && !long && len(line) == 0 {
			return
		}
		if !skip {
			t.add(beginning(t.redactor, line, long, shownStderr))
		}
		skip = errors.Is(err, errLongTail)
	}
}

func (t *tail) add(line string) {
	line = strings.TrimRight(line, "\r")
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	if n := len(t.lines); n >= 2*keptLines {
		t.lines = append(t.lines[:0], t.lines[n-keptLines:]...)
	}
	if t.log == nil || t.logged >= loggedMost {
		return
	}
	t.logged += len(line) + 1
	if t.logged >= loggedMost {
		line = "… the driver writes more than is kept"
	}
	// What keeps evidence does not stop a run.
	_, _ = io.WriteString(t.log, line+"\n")
}

// text is the last lines.
func (t *tail) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines[max(0, len(t.lines)-keptLines):]
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

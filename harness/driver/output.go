package driver

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// blankMost is how many bytes of empty lines in a row are read over.
const blankMost = 64 << 10

// read takes the driver's output, to its end.
func (p *Process) read() {
	defer func() { _ = p.stdout.Close() }()
	r := bufio.NewReaderSize(p.stdout, 32<<10)
	greeted, blank := false, 0
	for {
		line, err := readLine(r, p.o.MaxLine)
		long := errors.Is(err, errTooLong) || errors.Is(err, errLongTail)
		switch {
		case long:
			p.fail(&Failure{Cause: TooLong, Line: beginning(p.o.Redactor, line, true, shownLine), Detail: fmt.Sprintf("a line of its output is longer than %d bytes", p.o.MaxLine)})
			return
		case errors.Is(err, io.ErrUnexpectedEOF):
			p.fail(&Failure{Cause: HalfLine, Line: p.shown(line), Detail: "its output ended within a line" + p.howItEnded(), Next: "end each line with a newline, and flush it"})
			return
		case err != nil:
			p.ended(greeted)
			return
		case len(bytes.TrimSpace(line)) == 0:
			if blank += len(line) + 1; blank > blankMost {
				p.fail(&Failure{Cause: Garbage, Detail: fmt.Sprintf("it wrote %d bytes of empty lines", blank)})
				return
			}
			continue
		case !greeted:
			greeted = true
			p.greets <- slices.Clone(line)
		default:
			if f := p.receive(line); f != nil {
				f.Line = p.shown(line)
				p.fail(f)
				return
			}
		}
		blank = 0
	}
}

func (p *Process) shown(line []byte) string { return beginning(p.o.Redactor, line, false, shownLine) }

// ended is for an output that came to its end.
func (p *Process) ended(greeted bool) {
	f := &Failure{Cause: Exited, Detail: "it ended before its input did" + p.howItEnded(), Next: "a driver reads requests until its standard input ends"}
	select {
	case <-p.exited:
	default:
		f.Cause, f.Detail = ClosedOutput, "its standard output ended, and it goes on without"
	}
	if !greeted {
		f.Cause, f.Detail, f.Next = NoHello, f.Detail+"; no hello had come", "its first line on standard output is its hello; standard error tells why it could not be written"
	}
	p.fail(f)
}

// howItEnded tells the exit status, once the program has ended.
func (p *Process) howItEnded() string {
	select {
	case <-p.exited:
		return " (" + p.cmd.ProcessState.String() + ")"
	case <-time.After(time.Second):
		return ""
	}
}

// greet takes the hello.
func (p *Process) greet(ctx context.Context) error {
	timer := time.NewTimer(p.o.HelloWithin)
	defer timer.Stop()
	select {
	case line := <-p.greets:
		if err := decode(line, &p.hello); err != nil {
			return p.complete(&Failure{Cause: NoHello, Line: p.shown(line), Detail: "its first line is no hello: " + p.o.Redactor.String(err.Error()),
				Next: `the first line is an object with "protocol", "name", "version", "operations" and "credentials"; what else it has to say belongs on standard error`})
		}
		if problems := p.hello.Problems(); len(problems) > 0 {
			return p.complete(&Failure{Cause: BadHello, Line: p.shown(line), Detail: strings.Join(problems, "; ")})
		}
		p.slots = make(chan struct{}, p.hello.Concurrency())
		return nil
	case <-p.down:
		return p.Down()
	case <-timer.C:
		return p.complete(&Failure{Cause: NoHello, Detail: fmt.Sprintf("nothing came within %s of its start", p.o.HelloWithin),
			Next: "write the hello at once, without being asked, and flush it"})
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive takes one response, and says what is wrong with it when that leaves open to which request it belongs.
func (p *Process) receive(line []byte) *Failure {
	var head struct {
		ID jsontext.Value `json:"id"`
	}
	if err := decode(line, &head); err != nil {
		return &Failure{Cause: Garbage, Detail: "wanted a response, got a line that is not one JSON object: " + p.o.Redactor.String(err.Error()),
			Next: "write nothing but responses to standard output; all else belongs on standard error"}
	}
	var id string
	if err := decode(head.ID, &id); err != nil {
		return &Failure{Cause: BadResponse, Detail: "wanted the id of the request, a string, got " + shortly(string(head.ID)), Next: `give "id" back as it came`}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	reply := p.waiting[id]
	switch {
	case reply != nil:
		delete(p.waiting, id)
	case p.abandoned[id]:
		delete(p.abandoned, id)
	case p.answered.has(id):
		return &Failure{Cause: DuplicateID, Detail: fmt.Sprintf("a second response to request %q", id), Next: "write one response for each request"}
	default:
		return &Failure{Cause: UnknownID, Detail: fmt.Sprintf("a response to request %q, which was not asked", shortly(id)), Next: `give "id" back as it came`}
	}
	p.answered.add(id)
	p.release()
	if reply == nil {
		return nil
	}
	var a answer
	if err := decode(line, &a.response); err != nil {
		a.wrong = &Failure{Cause: BadResponse, Detail: p.o.Redactor.String(err.Error())}
	} else if problem := a.response.Problem(); problem != "" {
		a.wrong = &Failure{Cause: BadResponse, Detail: problem}
	}
	if a.wrong != nil {
		a.response, a.wrong.Line = Response{}, p.shown(line)
		p.complete(a.wrong)
	}
	reply <- a
	return nil
}

// fail ends the driver: it broke the protocol. After Close it is only taken note of. Only the first failure counts: that an output ends when the program is killed for
// another is no failure of the driver.
func (p *Process) fail(f *Failure) {
	p.mu.Lock()
	first, closing := !p.failing, p.closing
	p.failing = true
	p.mu.Unlock()
	if !closing {
		if !first {
			return
		}
		p.kill()
		select { // its last words
		case <-p.heard:
		case <-time.After(time.Second):
		}
	}
	p.complete(f)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closing && f.Line != "":
		f.Cause, f.Detail, f.Next = LateOutput, "it wrote after its input had ended, when nothing was left to answer", "end when standard input ends"
		p.late = f
	case !p.closing && p.broken == nil:
		p.broken = f
		close(p.down)
	}
}

// Close ends the driver's input and waits for it to end; what does not end in time is killed, with all it started. The error is a *Failure about the end
// alone: nil when the driver broke down before, which Do has told.
func (p *Process) Close() error {
	p.closed.Do(func() { p.closeErr = p.end() })
	return p.closeErr
}

func (p *Process) end() error {
	p.mu.Lock()
	before := p.broken
	p.closing = true
	if before == nil {
		p.broken = &Failure{Command: p.command, Cause: Closed, Detail: "it was ended by this program"}
		close(p.down)
	}
	p.mu.Unlock()
	close(p.ending)
	_ = p.stdin.Close() // also while a line is handed over
	killed := before != nil
	if killed {
		p.kill()
	}
	timer := time.NewTimer(p.o.EndWithin)
	defer timer.Stop()
	select {
	case <-p.exited:
	case <-timer.C:
		killed = true
		p.kill()
		<-p.exited
	}
	p.all.Wait()
	switch state := p.cmd.ProcessState; {
	case before != nil:
		return nil
	case killed:
		return p.complete(&Failure{Cause: NotEnding, Detail: fmt.Sprintf("it had not ended %s after its input had, and was killed", p.o.EndWithin), Next: "end when standard input ends"})
	case p.late != nil:
		return p.late
	case !state.Success():
		return p.complete(&Failure{Cause: BadEnd, Detail: "wanted exit code 0 when its input ended, got " + state.String()})
	}
	return nil
}

// decode reads one JSON value strictly, but leaves out members that are not known. Text that is no UTF-8 is taken: a client may show what a server sent.
func decode(data []byte, into any) error {
	return jsonv2.Unmarshal(data, into, jsontext.AllowInvalidUTF8(true))
}

// encode gives a request as a line, also for readers that take U+2028 for the end of one, as Node's do.
func encode(r Request) ([]byte, error) {
	line, err := jsonv2.Marshal(r, jsontext.EscapeForJS(true)) // refuses text that is no UTF-8, which encoding/json would change
	return append(line, '\n'), err
}

// shortly cuts a text that may be long.
func shortly(text string) string {
	if text == "" {
		return "nothing"
	}
	if len(text) > shownLine {
		return strings.ToValidUTF8(text[:shownLine], "") + "…"
	}
	return text
}

// recent remembers the last ids that were answered.
type recent struct {
	ids  [1024]string
	next int
	set  map[string]bool
}

func (r *recent) has(id string) bool { return r.set[id] }

func (r *recent) add(id string) {
	if r.set == nil {
		r.set = map[string]bool{}
	}
	delete(r.set, r.ids[r.next])
	r.ids[r.next], r.set[id] = id, true
	r.next = (r.next + 1) % len(r.ids)
}

package driver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"time"

	"resize-conformance/harness/exchange"
)

// Options of a Process. The zero value is a usable default.
type Options struct {
	Dir         string             // working directory, to which a path in the command is relative; default: that of this process
	Env         []string           // "NAME=value", in addition to the environment of this process
	Redactor    *exchange.Redactor // hides secrets in what is shown and stored; nil: only what is a secret by its name is hidden
	Stderr      io.Writer          // gets what the driver writes to standard error, redacted, a line at a time, at most 1 MiB; nil: only the last lines are kept
	HelloWithin time.Duration      // from the start to the hello; default 30 s, because some platforms take long to start
	Patience    time.Duration      // of a Check: from a request to its response; default 10 s
	EndWithin   time.Duration      // from the end of the driver's input to its own end; default 5 s
	MaxLine     int                // bytes of a line of output; default 4 MiB: a list of 10,000 flavors is half of it
}

// The defaults of Options.
const (
	DefaultHelloWithin = 30 * time.Second
	DefaultPatience    = 10 * time.Second
	DefaultEndWithin   = 5 * time.Second
	DefaultMaxLine     = 4 << 20
)

// Process is a driver that runs as a program. It is safe for concurrent use.
//
// What breaks the protocol in a way that leaves open which request it belongs to ends the process; all requests under way, and all later ones, get that
// *Failure. A response that is wrong in itself fails its own request only.
type Process struct {
	command string
	o       Options
	cmd     *exec.Cmd
	hello   Hello
	stdin   *os.File
	stdout  *os.File
	stderr  *tail
	lines   chan *input // to the driver

	slots  chan struct{} // one for each request in flight
	greets chan []byte   // the first line
	down   chan struct{} // closed when the driver is of no more use
	exited chan struct{} // closed when the program has ended
	ending chan struct{} // closed when its input is
	heard  chan struct{} // closed when its standard error is read to the end
	all    sync.WaitGroup

	mu        sync.Mutex
	next      int64
	waiting   map[string]chan answer
	abandoned map[string]bool // requests that nobody waits for any more; their slots are still taken
	answered  recent
	failing   bool // somebody has told what is wrong with it, and is ending it
	broken    *Failure
	closing   bool
	late      *Failure // what it wrote after its input had ended

	closed   sync.Once
	closeErr error
}

// answer is what a request gets: a response or what is wrong with it.
type answer struct {
	response Response
	wrong    *Failure
}

// Start starts the program of a command line (see Split) and takes its hello. ctx bounds only that; the program runs until Close. The error is a *Failure,
// or the cause of ctx.
func Start(ctx context.Context, command string, o Options) (*Process, error) {
	o.HelloWithin, o.EndWithin, o.MaxLine = cmp.Or(o.HelloWithin, DefaultHelloWithin), cmp.Or(o.EndWithin, DefaultEndWithin), cmp.Or(o.MaxLine, DefaultMaxLine)
	if o.Redactor == nil {
		o.Redactor = exchange.NewRedactor(nil)
	}
	p := &Process{
		command: o.Redactor.String(command), o: o, stderr: &tail{redactor: o.Redactor, log: o.Stderr},
		lines: make(chan *input), greets: make(chan []byte, 1), down: make(chan struct{}), exited: make(chan struct{}), ending: make(chan struct{}), heard: make(chan struct{}),
		waiting: map[string]chan answer{}, abandoned: map[string]bool{},
	}
	if err := p.launch(command); err != nil {
		return nil, &Failure{Command: p.command, Cause: NotStarted, Detail: o.Redactor.String(err.Error()), Err: err}
	}
	if err := p.greet(ctx); err != nil {
		p.kill()
		_ = p.Close()
		return nil, err
	}
	return p, nil
}

// launch starts the program and everything that goes with it.
func (p *Process) launch(command string) error {
	words, err := Split(command)
	if err != nil {
		return err
	}
	path, err := find(words[0], p.o.Dir)
	if err != nil {
		return err
	}
	var theirs [3]*os.File
	defer func() {
		for _, f := range theirs {
			if f != nil {
				_ = f.Close()
			}
		}
	}()
	var errs [3]error
	var errOut *os.File
	theirs[0], p.stdin, errs[0] = os.Pipe()
	p.stdout, theirs[1], errs[1] = os.Pipe()
	errOut, theirs[2], errs[2] = os.Pipe()
	ours := []*os.File{p.stdin, p.stdout, errOut}
	if err = errors.Join(errs[:]...); err == nil {
		p.cmd = &exec.Cmd{Path: path, Args: words, Dir: p.o.Dir, Stdin: theirs[0], Stdout: theirs[1], Stderr: theirs[2]}
		p.cmd.Env = append(append(os.Environ(), p.o.Env...), ProtocolVariable+"="+strconv.Itoa(Protocol))
		ownGroup(p.cmd)
		err = p.cmd.Start()
	}
	if err != nil {
		for _, f := range ours {
			if f != nil {
				_ = f.Close()
			}
		}
		return err
	}
	p.all.Go(func() {
		p.stderr.follow(errOut)
		_ = errOut.Close()
		close(p.heard)
	})
	p.all.Go(p.write)
	p.all.Go(p.read)
	p.all.Go(func() {
		_ = p.cmd.Wait()
		// What the program started may hold its pipes open. When the group is gone, only what left the group can, and that is not waited for.
		killGroup(p.cmd)
		soon := time.Now().Add(time.Second)
		_ = p.stdout.SetReadDeadline(soon)
		_ = errOut.SetReadDeadline(soon)
		close(p.exited)
	})
	return nil
}

// Hello is what the driver said when it started.
func (p *Process) Hello() Hello { return p.hello }

// Stderr is the last lines that the driver wrote to standard error, redacted.
func (p *Process) Stderr() string { return p.stderr.text() }

// Down says why the driver is of no more use, nil while it is.
func (p *Process) Down() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken == nil {
		return nil
	}
	return p.broken
}

// Do performs one request; see Client. A request without an id is given one.
func (p *Process) Do(ctx context.Context, r Request) (Response, error) {
	if err := p.slot(ctx, r); err != nil {
		return Response{}, err
	}
	id, reply, err := p.enter(r.ID)
	if err != nil {
		p.release()
		return Response{}, err
	}
	r.ID = id
	line, err := encode(r)
	if err != nil {
		p.leave(id)
		return Response{}, fmt.Errorf("request %s (%s) cannot be encoded: %w", r.ID, r.Operation, err)
	}
	handed := &input{line: line}
	started := time.Now()
	select {
	case p.lines <- handed:
	case <-p.down:
		p.leave(id)
		return Response{}, p.Down()
	case <-ctx.Done():
		p.leave(id)
		return Response{}, p.overdue(ctx, NotReading, "it did not take %s (%s) within %s", r.ID, r.Operation, since(started))
	}
	select {
	case a := <-reply:
		return a.give()
	case <-p.down:
		select {
		case a := <-reply: // it came before the end
			return a.give()
		default:
			return Response{}, p.Down()
		}
	case <-ctx.Done():
		p.abandon(id)
		if !handed.taken.Load() {
			return Response{}, p.overdue(ctx, NotReading, "it did not take all of %s (%s) within %s", r.ID, r.Operation, since(started))
		}
		return Response{}, p.overdue(ctx, Silent, "no response to %s (%s) within %s", r.ID, r.Operation, since(started))
	}
}

func (a answer) give() (Response, error) {
	if a.wrong != nil {
		return Response{}, a.wrong
	}
	return a.response, nil
}

func since(t time.Time) time.Duration { return time.Since(t).Round(time.Millisecond) }

// slot waits for a place among the requests in flight. When all places are held by requests that nobody waits for any more, the driver is given as long as it
// may take to end, and is then held to hang.
func (p *Process) slot(ctx context.Context, r Request) error {
	started := time.Now()
	select {
	case p.slots <- struct{}{}:
		return nil
	default:
	}
	patience := time.NewTicker(p.o.EndWithin)
	defer patience.Stop()
	for {
		select {
		case p.slots <- struct{}{}:
			return nil
		case <-p.down:
			return p.Down()
		case <-ctx.Done():
			return p.overdue(ctx, Silent, "%s could not be asked for: %d requests before it have had no response, after %s", r.Operation, cap(p.slots), since(started))
		case <-patience.C:
			p.mu.Lock()
			stuck := len(p.abandoned) >= cap(p.slots)
			p.mu.Unlock()
			if stuck {
				p.fail(&Failure{Cause: Silent, Detail: fmt.Sprintf("it still works on %d requests that nobody waits for any more, and can take no other", cap(p.slots))})
			}
		}
	}
}

func (p *Process) release() { <-p.slots }

// enter takes note of a request.
func (p *Process) enter(id string) (string, chan answer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.broken != nil {
		return "", nil, p.broken
	}
	if id == "" {
		p.next++
		id = strconv.FormatInt(p.next, 10)
	}
	if p.waiting[id] != nil || p.abandoned[id] || p.answered.has(id) {
		return "", nil, fmt.Errorf("a second request with the id %q", id)
	}
	reply := make(chan answer, 1)
	p.waiting[id] = reply
	return id, reply, nil
}

// leave takes back a request that the driver has not got.
func (p *Process) leave(id string) {
	p.mu.Lock()
	delete(p.waiting, id)
	p.mu.Unlock()
	p.release()
}

// abandon gives up waiting. The place in flight is free when the response comes after all.
func (p *Process) abandon(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting[id] != nil {
		delete(p.waiting, id)
		p.abandoned[id] = true
	}
}

// overdue is the error of a request whose ctx has ended: the cause where somebody ended it, the driver's failure where the time was up.
func (p *Process) overdue(ctx context.Context, cause Cause, format string, args ...any) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return context.Cause(ctx)
	}
	why := ctx.Err()
	if c := context.Cause(ctx); c != why {
		format, args = format+": %v", append(args, c)
	}
	return p.complete(&Failure{Cause: cause, Detail: fmt.Sprintf(format, args...), Err: why})
}

// complete fills in what every failure has.
func (p *Process) complete(f *Failure) *Failure {
	f.Command, f.Stderr = p.command, p.stderr.text()
	return f
}

// isBroken says whether the program is of no use any more.
func (p *Process) isBroken() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.broken != nil
}

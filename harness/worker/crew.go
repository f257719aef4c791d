package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// Crew is the leader's end of all workers of a run.
type Crew struct {
	// Command makes the process of a worker, which counts from 1; its input and output are the crew's. It must not be started.
	Command func(ctx context.Context, n int) *exec.Cmd
	Leases  fixture.Leases // of all workers; nil: fixture.NewLeases
	Order   []string       // of the scenarios, by the ids of their requirements
	// Claim decides whether a worker may begin a scenario. It is called by one goroutine at a time for each worker.
	Claim func(n int, requirement string) bool
	// Event takes an event of a worker, in the order of each worker. An error ends the worker: what it does would not be recorded.
	Event func(n int, e journal.Event) error
	// Patience is how long a worker may take to give its servers back and end, once it was told to; then it is killed.
	Patience time.Duration
}

// End is how a worker ended.
type End struct {
	Done
	// Lost says why the worker ended without saying how: it was killed, or broke down. "" when it said so.
	Lost string
	// Held are the servers that a lost worker held. They are out of use from then on: nobody knows in which state they are.
	Held []string
}

// Work starts n workers and waits until all have ended. When ctx ends they are told to, and give their servers back.
func (c *Crew) Work(ctx context.Context, n int) []End {
	leases := c.Leases
	if leases == nil {
		leases = fixture.NewLeases()
	}
	ends := make([]End, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			m := &member{crew: c, n: i + 1, leases: leases, held: map[string]func(){}, asked: map[int64]context.CancelFunc{}}
			ends[i] = m.work(ctx)
		})
	}
	all.Wait()
	return ends
}

// member is one worker, as the leader sees it.
type member struct {
	crew   *Crew
	n      int
	leases fixture.Leases

	mu    sync.Mutex
	to    *json.Encoder
	held  map[string]func() // servers, and how each is given back
	asked map[int64]context.CancelFunc
	gone  bool
}

// lastWords is how much of a worker's standard error is told of one that was lost.
const lastWords = 2 << 10

func (m *member) work(ctx context.Context) End {
	cmd := m.crew.Command(ctx, m.n)
	ownGroup(cmd)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = m.crew.Patience
	said := &tail{}
	cmd.Stderr = said
	in, inErr := cmd.StdinPipe()
	out, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return End{Lost: fmt.Sprintf("worker %d could not be started: %v", m.n, err)}
	}
	if err := cmd.Start(); err != nil {
		return End{Lost: fmt.Sprintf("worker %d could not be started: %v", m.n, err)}
	}
	m.to = json.NewEncoder(in)
	done, err := m.listen(ctx, out)
	// It is told that there is no more to do, or that nobody listens.
	m.mu.Lock()
	_ = in.Close()
	m.mu.Unlock()
	_, _ = io.Copy(io.Discard, out) // else a worker that still writes would wait for ever
	waited := cmd.Wait()
	switch {
	case done != nil:
		m.leave("")
		return End{Done: *done}
	case err == nil:
		err = waited
	}
	lost := fmt.Sprintf("worker %d (process %d) ended without a word", m.n, cmd.Process.Pid)
	if err != nil {
		lost += ": " + err.Error()
	}
	if words := said.String(); words != "" {
		lost += "; the last it said: " + words
	}
	return End{Lost: lost, Held: m.leave(lost)}
}

// listen takes what the worker says until it is done. The error is of a line that is none, or of an event that could not be taken; a worker that died gives neither.
func (m *member) listen(ctx context.Context, out io.Reader) (*Done, error) {
	dec := json.NewDecoder(bufio.NewReaderSize(out, 64<<10))
	for {
		var a ask
		switch err := dec.Decode(&a); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, nil
		case err != nil:
			return nil, fmt.Errorf("it wrote a line that is none of the protocol: %w", err)
		}
		switch {
		case a.Done != nil:
			return a.Done, nil
		case a.Event != nil:
			if err := m.crew.Event(m.n, *a.Event); err != nil {
				return nil, err
			}
		case a.Order:
			m.tell(answer{N: a.N, Order: m.crew.Order})
		case a.Claim != "":
			m.tell(answer{N: a.N, Yes: m.crew.Claim(m.n, a.Claim)})
		case a.Free != "":
			m.free(a.Free)
		case a.Out != "":
			m.leases.Retire(a.Out, a.Why)
		case a.Drop != 0:
			m.drop(a.Drop)
		case a.Now:
			id, release, _ := m.leases.TryAcquire(a.Lease)
			m.grant(a.N, id, release)
		default:
			m.wait(ctx, a)
		}
	}
}

// wait gets a lease as soon as there is one.
func (m *member) wait(ctx context.Context, a ask) {
	waiting, cancel := context.WithCancel(ctx)
	m.mu.Lock()
	m.asked[a.N] = cancel
	m.mu.Unlock()
	go func() {
		defer m.drop(a.N)
		id, release, err := m.leases.Acquire(waiting, a.Lease)
		var out *fixture.OutOfUse
		switch {
		case err == nil:
			m.grant(a.N, id, release)
		case errors.As(err, &out):
			m.tell(answer{N: a.N, Out: out.Servers})
		} // else nobody waits any more
	}()
}

// drop stops waiting for a lease.
func (m *member) drop(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if cancel := m.asked[n]; cancel != nil {
		cancel()
		delete(m.asked, n)
	}
}

// grant tells of a lease, or that none is free now. Granted to a worker that has gone, the server is free again.
func (m *member) grant(n int64, id string, release func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if release != nil {
		if m.gone {
			release()
			return
		}
		m.held[id] = release
	}
	_ = m.to.Encode(answer{N: n, Server: id}) // a worker that does not hear it is about to be found gone
}

func (m *member) tell(a answer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	_ = m.to.Encode(a)
}

func (m *member) free(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if release := m.held[id]; release != nil {
		release()
		delete(m.held, id)
	}
}

// leave frees what the worker held, and names it. Where the worker was lost it is taken out of use first.
func (m *member) leave(lost string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.gone = true
	held := slices.Sorted(maps.Keys(m.held))
	for id, release := range m.held {
		if lost != "" {
			m.leases.Retire(id, lost)
		}
		release()
	}
	for _, cancel := range m.asked {
		cancel()
	}
	return held
}

// tail keeps the end of what is written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

// Write implements io.Writer.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, p...)
	if over := len(t.text) - lastWords; over > 0 {
		t.text = t.text[over:]
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(t.text), "")), " ")
}

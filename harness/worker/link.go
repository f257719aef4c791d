package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// Link is a worker's end. It is where its events go, where it claims scenarios, and where it leases servers. Safe for concurrent use.
type Link struct {
	gone chan struct{} // closed when nobody leads any more

	writing sync.Mutex
	out     *json.Encoder
	broken  error // why nothing can be written any more

	mu      sync.Mutex
	next    int64
	waiting map[int64]chan answer
}

var (
	_ exchange.Sink  = (*Link)(nil)
	_ fixture.Leases = (*Link)(nil)
)

// ErrNobodyLeads says that the process that leads the run has gone.
var ErrNobodyLeads = errors.New("worker: the process that leads the run has gone")

// NewLink speaks to the leader over in and out. It reads until in ends.
func NewLink(in io.Reader, out io.Writer) *Link {
	l := &Link{gone: make(chan struct{}), out: json.NewEncoder(out), waiting: map[int64]chan answer{}}
	l.out.SetEscapeHTML(false)
	go l.read(in)
	return l
}

func (l *Link) read(in io.Reader) {
	defer close(l.gone)
	dec := json.NewDecoder(bufio.NewReader(in))
	for {
		var a answer
		if dec.Decode(&a) != nil {
			return // it ended, or it is no leader that speaks
		}
		l.mu.Lock()
		heard := l.waiting[a.N]
		delete(l.waiting, a.N)
		l.mu.Unlock()
		switch {
		case heard != nil:
			heard <- a
		case a.Server != "":
			_ = l.say(ask{Free: a.Server}) // granted to somebody who no longer waited
		}
	}
}

// Gone is closed when nobody leads any more.
func (l *Link) Gone() <-chan struct{} { return l.gone }

// Write gives an event to the leader's journal.
func (l *Link) Write(e journal.Event) error { return l.say(ask{Event: &e}) }

// Done says how this worker's part of the run ended. Nothing may be written after it.
func (l *Link) Done(d Done) error { return l.say(ask{Done: &d}) }

// Order asks in which order scenarios are to be claimed: it is the order of these requirements. The error is the context's, or that nobody leads.
func (l *Link) Order(ctx context.Context) ([]string, error) {
	a, err := l.ask(ctx.Done(), ask{Order: true})
	if errors.Is(err, errGivenUp) {
		err = ctx.Err()
	}
	return a.Order, err
}

// Claim asks for a scenario. It is false when another worker has it, when no more are to be begun, and when nobody leads any more.
func (l *Link) Claim(ctx context.Context, requirement string) bool {
	a, err := l.ask(ctx.Done(), ask{Claim: requirement})
	return err == nil && a.Yes
}

// Acquire implements fixture.Leases.
func (l *Link) Acquire(ctx context.Context, ids []string) (string, func(), error) {
	a, err := l.ask(ctx.Done(), ask{Lease: ids})
	switch {
	case errors.Is(err, errGivenUp):
		return "", nil, ctx.Err()
	case err != nil:
		return "", nil, err
	case len(a.Out) > 0:
		return "", nil, &fixture.OutOfUse{Servers: a.Out}
	}
	return a.Server, l.release(a.Server), nil
}

// TryAcquire implements fixture.Leases.
func (l *Link) TryAcquire(ids []string) (string, func(), bool) {
	// The leader answers at once: there is nothing to give up.
	a, err := l.ask(nil, ask{Lease: ids, Now: true})
	if err != nil || a.Server == "" {
		return "", nil, false
	}
	return a.Server, l.release(a.Server), true
}

// Retire implements fixture.Leases.
func (l *Link) Retire(id, why string) { _ = l.say(ask{Out: id, Why: why}) }

func (l *Link) release(server string) func() {
	return sync.OnceFunc(func() { _ = l.say(ask{Free: server}) })
}

// errGivenUp says that somebody does not wait for an answer any more.
var errGivenUp = errors.New("worker: given up")

// ask asks and waits for the answer until given is closed; a nil one waits for as long as somebody leads.
func (l *Link) ask(given <-chan struct{}, q ask) (answer, error) {
	heard := make(chan answer, 1)
	l.mu.Lock()
	l.next++
	q.N = l.next
	l.waiting[q.N] = heard
	l.mu.Unlock()
	if err := l.say(q); err != nil {
		return answer{}, err
	}
	select {
	case a := <-heard:
		return a, nil
	case <-l.gone:
		return answer{}, ErrNobodyLeads
	case <-given:
	}
	l.mu.Lock()
	_, unheard := l.waiting[q.N]
	delete(l.waiting, q.N)
	l.mu.Unlock()
	if unheard {
		return answer{}, errors.Join(errGivenUp, l.say(ask{Drop: q.N}))
	}
	if a := <-heard; a.Server != "" { // it came at the same moment
		l.release(a.Server)()
	}
	return answer{}, errGivenUp
}

// say writes a line. An event that cannot be written makes every later one fail, too: a record with a hole in it would look whole.
func (l *Link) say(a ask) error {
	l.writing.Lock()
	defer l.writing.Unlock()
	if l.broken == nil {
		l.broken = l.out.Encode(a)
	}
	return l.broken
}

// Package director answers in a server's place, by a script: canned answers and faults of the connection, for the n-th request of an operation or the n-th
// connection of a port. It is a proxy.Answerer for one port, so that the port tells whose call it is.
//
// It accounts for what it planned. A fault that the client never met shows nothing, and whoever judges must not take it for a fault survived. It also counts
// the requests that came beyond the script, and keeps the times of all, so that repetitions can be judged.
//
// A refused connection is nothing that a script can plan: the port does it (proxy.Port.StopListening), and no side but the client's sees whether it was tried.
package director

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"sync"
	"time"

	"resize-conformance/harness/pace"
	"resize-conformance/harness/proxy"
)

// Step plans what one request, or one connection, meets.
type Step struct {
	Operation  string // operationId; "": any operation
	Nth        int    // number of the request among those of the operation on the port, from 1; 0 is 1
	Onwards    bool   // this request and all later ones that no other step is for
	Connection int    // if not 0, the step is for this connection of the port, before anything of it is read, and not for a request
	Spare      bool   // it is there in case it is needed: a client need not meet it
	Act        Act
}

// InOrder plans the first requests of an operation, one act each.
func InOrder(operation string, acts ...Act) []Step {
	steps := make([]Step, len(acts))
	for i, a := range acts {
		steps[i] = Step{Operation: operation, Nth: i + 1, Act: a}
	}
	return steps
}

// Script is what is planned for a port. Requests that no step is for are passed on to the server.
type Script struct {
	Steps []Step
	// Seed decides where answers are cut and split; the same seed cuts at the same byte.
	Seed uint64
}

// Options of a Director. The zero value is usable.
type Options struct {
	Now func() time.Time // of the record; nil: time.Now
	// Pause waits between two pieces of a slow answer. It returns early, with the error of ctx, when the port is closed. Nil: with a timer.
	Pause func(ctx context.Context, d time.Duration) error
}

// Director plays a script on one port. It is safe for concurrent use.
type Director struct {
	o     Options
	steps []Step

	mu       sync.Mutex
	random   *rand.Rand
	met      []int // how often each step was met
	requests []Request
}

var (
	_ proxy.Answerer = (*Director)(nil)
	_ proxy.Greeter  = (*Director)(nil)
)

// New makes a director. A script that plans two things for one request, or nothing for one, is an error.
func New(s Script, o Options) (*Director, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = pace.Sleep
	}
	d := &Director{o: o, steps: slices.Clone(s.Steps), met: make([]int, len(s.Steps)), random: rand.New(rand.NewPCG(s.Seed, s.Seed))}
	for i := range d.steps {
		step := &d.steps[i]
		step.Nth = max(step.Nth, 1)
		if step.Connection > 0 && step.Act.greet == nil || step.Connection == 0 && step.Act.do == nil {
			return nil, fmt.Errorf("director: step %d: %q cannot be done to a %s", i+1, step.Act.Name, step.subject())
		}
		for n, other := range d.steps[:i] {
			if other.Operation == step.Operation && other.Nth == step.Nth && other.Connection == step.Connection {
				return nil, fmt.Errorf("director: steps %d and %d are both for %s", n+1, i+1, step.where())
			}
		}
	}
	return d, nil
}

func (s Step) subject() string {
	if s.Connection > 0 {
		return "connection"
	}
	return "request"
}

// where names what a step is for: "resizeServer, request 1".
func (s Step) where() string {
	if s.Connection > 0 {
		return fmt.Sprintf("connection %d", s.Connection)
	}
	operation := s.Operation
	if operation == "" {
		operation = "any operation"
	}
	if s.Onwards {
		return fmt.Sprintf("%s, from request %d on", operation, s.Nth)
	}
	return fmt.Sprintf("%s, request %d", operation, s.Nth)
}

// Answer looks a request up in the script (proxy.Answerer).
func (d *Director) Answer(t *proxy.Turn) *proxy.Act {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := d.find(t)
	d.requests = append(d.requests, Request{Operation: t.Operation, Nth: t.Nth, Connection: t.Connection, Method: t.Request.Method, At: d.o.Now(), Planned: i >= 0})
	if i < 0 {
		return nil
	}
	d.met[i]++
	act := d.steps[i].Act
	if act.passes {
		return nil
	}
	p := &play{Turn: t, d: d, cut: d.random.Float64()}
	return &proxy.Act{Name: "director: " + act.Name, Do: func(*proxy.Turn) { act.do(p) }}
}

// find gives the step for a request: the one for its very number first, then the latest that holds onwards.
func (d *Director) find(t *proxy.Turn) int {
	best := -1
	for i, s := range d.steps {
		if s.Connection > 0 || s.Operation != "" && s.Operation != t.Operation {
			continue
		}
		n := t.Nth
		if s.Operation == "" {
			n = t.N
		}
		switch {
		case s.Nth == n:
			return i
		case s.Onwards && s.Nth < n && (best < 0 || d.steps[best].Nth < s.Nth):
			best = i
		}
	}
	return best
}

// Greet looks a connection up in the script (proxy.Greeter).
func (d *Director) Greet(_ *proxy.Port, n int) func(net.Conn) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, s := range d.steps {
		if s.Connection == n {
			d.met[i]++
			if s.Act.passes {
				return nil
			}
			return s.Act.greet
		}
	}
	return nil
}

package driver

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
)

// Steady is a driver that is started again after it broke down, so that what it cannot take spoils the call in which it came and not the rest of a run. It is
// safe for concurrent use.
type Steady struct {
	command string
	o       Options
	hello   Hello

	mu     sync.Mutex
	now    *Process
	starts int
	broken *Failure // for good
	closed bool
}

var _ Client = (*Steady)(nil)

// MostStarts is how often a Steady starts its program: one that breaks down at every call is of no use, and starting it takes time.
const MostStarts = 10

// StartSteady starts the program of a command line and takes its hello, as Start does.
func StartSteady(ctx context.Context, command string, o Options) (*Steady, error) {
	p, err := Start(ctx, command, o)
	if err != nil {
		return nil, err
	}
	return &Steady{command: command, o: o, hello: p.Hello(), now: p, starts: 1}, nil
}

// Hello is what the program said when it was first started.
func (s *Steady) Hello() Hello { return s.hello }

// Do performs a request (Client). Where the program broke down before, it is started again.
func (s *Steady) Do(ctx context.Context, r Request) (Response, error) {
	p, err := s.process(ctx)
	if err != nil {
		return Response{}, err
	}
	told, err := p.Do(ctx, r)
	var failure *Failure
	if errors.As(err, &failure) && p.isBroken() {
		s.forget(p)
	}
	return told, err
}

// process is the program that runs, or a new one.
func (s *Steady) process(ctx context.Context) (*Process, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.broken != nil:
		return nil, s.broken
	case s.now != nil || s.closed:
		return s.now, nil
	case s.starts == MostStarts:
		s.broken = &Failure{Command: s.command, Cause: Exited, Detail: fmt.Sprintf("it was started %d times and broke down each time; it is not started again", s.starts), Next: "mend the driver first; `conformance driver check` tells what is wrong in it"}
		return nil, s.broken
	}
	p, err := Start(ctx, s.command, s.o)
	if err != nil {
		return nil, err
	}
	s.starts++
	if again := p.Hello(); !reflect.DeepEqual(again, s.hello) {
		s.broken = &Failure{Command: s.command, Cause: BadHello, Detail: "started again, it says something else about itself than the first time", Next: "say the same at every start"}
		return nil, errors.Join(s.broken, p.Close())
	}
	s.now = p
	return p, nil
}

// forget takes a program that broke down away. What is still under way in it fails by itself.
func (s *Steady) forget(p *Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == p {
		s.now = nil
		_ = p.Close() // it ended badly, which has been told
	}
}

// Close ends the program. Do then fails.
func (s *Steady) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.now == nil {
		if s.broken == nil {
			s.broken = &Failure{Command: s.command, Cause: Closed, Detail: "it was closed"}
		}
		return nil
	}
	s.closed = true
	return s.now.Close()
}

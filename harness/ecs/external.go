package ecs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// Port is where the client under test sends what belongs to one call: an address of its own on loopback, which tells its requests from those of all others.
type Port interface {
	// Endpoint is the base URL, without trailing slash.
	Endpoint() string
	// Exchanges are the finished ones so far, in the order in which they began.
	Exchanges() []*exchange.Exchange
	// Settle waits until no exchange is under way: a client may have its answer before the record does. It gives up when ctx ends, with its error.
	Settle(ctx context.Context) error
	// Close takes no more requests, and cuts off and records those under way. Exchanges can be called afterwards.
	Close() error
}

// External performs calls through a client under test. The answer is what was recorded; what the client told is kept beside it.
type External struct {
	Client driver.Client
	// Open opens a port for one call. ctx is that of the call: it has the scenario's scope, and the values that may be shown.
	Open func(ctx context.Context, c Call) (Port, error)
	// Timeouts say how long a call may take that does not say so itself: Request, or Job for WaitForJob. It is what the client is told. Fields of zero take
	// their defaults.
	Timeouts Timeouts
	// Grace is how much longer than that a call is waited for; default DefaultGrace. A client that tells its user in the end that the time was up has to be heard.
	Grace time.Duration
}

// DefaultGrace is the default of External.Grace.
const DefaultGrace = 10 * time.Second

// settleWithin is how long a record may take to catch up with a client that has ended its call.
const settleWithin = 2 * time.Second

// Unsent says that a call ended without a request of its operation. That may be right: a client may refuse what it knows to be wrong, and one that looks first may
// see that nothing is to be done.
type Unsent struct {
	Operation Operation
	Others    int // requests of other operations, or of none
	Told      driver.Response
}

func (e *Unsent) Error() string {
	told := "and told its user of no error"
	if e.Told.Error != nil {
		told = "and told its user: " + e.Told.Error.Error()
	}
	sent := "nothing"
	if e.Others > 0 {
		sent = fmt.Sprintf("no such request (but %d others)", e.Others)
	}
	return fmt.Sprintf("%s: the client sent %s %s", e.Operation, sent, told)
}

// Perform has the client make the call.
//
// The answer's exchange is the last one of the operation that was called; Sent has all, and Told what the user was told. The error is *NotExpressible when
// the client cannot make that call, *Unsent when it sent nothing, *exchange.Failure when the server's answer did not come whole, and *driver.Failure when
// the driver broke down, which says nothing about the client.
func (x *External) Perform(ctx context.Context, c Call) (*Answer, error) {
	request, missing := requestOf(c, x.Client.Hello())
	if len(missing) > 0 {
		return nil, &NotExpressible{c.Operation, missing}
	}
	limit := x.limit(c)
	request.TimeoutMS = max(1, limit.Milliseconds())
	whole := limit + cmp.Or(c.Grace, x.Grace, DefaultGrace)
	if k := c.Credentials; k.MadeUp && !c.Anonymous {
		ctx = exchange.Shown(ctx, k.Token, k.AccessKey, k.SecretKey, k.SecurityToken)
	}
	port, err := x.Open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("%s: no port for the client under test: %w", c.Operation, err)
	}
	request.Endpoint = port.Endpoint()
	limited, cancel := context.WithTimeoutCause(ctx, whole, fmt.Errorf("the client was told to take at most %s and was given %s", limit, whole))
	told, err := x.Client.Do(limited, request)
	cancel()
	settling, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleWithin)
	_ = port.Settle(settling) // what a client left unfinished is cut off
	cancel()
	closing := port.Close()
	a := answerOf(c.Operation, port.Exchanges())
	a.Asked = &request
	if err != nil {
		return a, fmt.Errorf("%s: %w", c.Operation, err)
	}
	a.Told = &told
	switch {
	case closing != nil:
		return a, fmt.Errorf("%s: the record of the client's requests: %w", c.Operation, closing)
	case told.Error != nil && told.Error.Kind == driver.Unsupported && len(a.Sent) == 0:
		return nil, &NotExpressible{c.Operation, []string{cmp.Or(told.Error.Message, "what it was asked for, says its driver")}}
	case told.Error != nil && told.Error.Kind == driver.Unsupported:
		return a, &driver.Failure{Command: x.Client.Hello().String(), Cause: driver.BadResponse, Next: "say unsupported before anything is sent, or else what the client told",
			Detail: fmt.Sprintf("%s: unsupported, after %d requests had been sent", c.Operation, len(a.Sent))}
	case a.Judgement.Operation != wireName(c.Operation):
		return a, &Unsent{c.Operation, len(a.Sent), told}
	}
	return a, a.Err
}

// limit is how long the client may take for a call.
func (x *External) limit(c Call) time.Duration {
	t := x.Timeouts.orDefaults()
	if c.Operation == WaitForJob {
		return cmp.Or(c.Timeout, c.Given, t.Job)
	}
	return cmp.Or(c.Timeout, c.Given, t.RequestOf(c.Operation))
}

// wireName is the operationId of the contract by which an operation goes over the wire.
func wireName(o Operation) string {
	switch o {
	case StartServers, StopServers:
		return "batchStartOrStopServers"
	case WaitForJob:
		return string(ShowJob)
	}
	return string(o)
}

// answerOf chooses the exchange that stands for the call: the last of its operation, else the last of all. Without any it is an empty one.
func answerOf(o Operation, sent []*exchange.Exchange) *Answer {
	a := &Answer{Operation: o, Sent: sent}
	named := wireName(o)
	for _, e := range slices.Backward(sent) {
		if e.Judgement.Operation == named {
			a.Exchange = e
			return a
		}
	}
	if len(sent) > 0 {
		a.Exchange = sent[len(sent)-1]
	} else {
		a.Exchange = &exchange.Exchange{}
	}
	return a
}

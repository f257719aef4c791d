package exchange

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/journal"
)

// Scope collects what is sent in one scenario: ids of exchanges, undeclared invalid requests. It is safe for concurrent use.
type Scope struct {
	Scenario string // "RSZ-STATE-001 title"

	mu          sync.Mutex
	ids         []int64
	last        *Exchange
	undeclared  []journal.Violation
	external    []journal.Violation
	misdeclared []Misdeclared
}

// Misdeclared is a request that was declared Malformed, yet the contract finds nothing wrong with it: the harness's own fault, as the scenario did not test
// what it says.
type Misdeclared struct {
	Exchange  int64
	Operation string
	Why       string // what was declared
}

// The keys of what a context carries to a recorder.
type (
	scopeKey     struct{}
	malformedKey struct{}
	shownKey     struct{}
	signingKey   struct{}
	outsideKey   struct{}
	retryKey     struct{}
)

// WithScope binds requests made under ctx to a scenario.
func WithScope(ctx context.Context, s *Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, s)
}

// ScopeOf returns the scenario that ctx is bound to, nil when there is none. The methods of a nil Scope do nothing.
func ScopeOf(ctx context.Context) *Scope {
	s, _ := ctx.Value(scopeKey{}).(*Scope)
	return s
}

// ID is the requirement's id of the scenario: the first word of Scenario.
func (s *Scope) ID() string {
	if s == nil {
		return ""
	}
	id, _, _ := strings.Cut(s.Scenario, " ")
	return id
}

// Exchanges returns the ids so far.
func (s *Scope) Exchanges() []int64 {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ids)
}

// Last returns the newest finished exchange, nil if there is none.
func (s *Scope) Last() *Exchange {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// Undeclared returns the request violations of requests that were not declared Malformed: the harness's own fault.
func (s *Scope) Undeclared() []journal.Violation {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.undeclared)
}

// External returns the request violations of a client under test: that client's fault.
func (s *Scope) External() []journal.Violation {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.external)
}

// NotMalformed returns the requests that were declared Malformed and are in fact valid: the harness's own fault as well.
func (s *Scope) NotMalformed() []Misdeclared {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.misdeclared)
}

// add takes a finished exchange in.
func (s *Scope) add(e *Exchange) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids = append(s.ids, e.ID)
	if s.last == nil || e.ID > s.last.ID {
		s.last = e
	}
	broken := slices.DeleteFunc(slices.Clone(e.Judgement.Request), allowedFreedom)
	switch {
	case e.External:
		s.external = append(s.external, broken...)
	case e.Malformed == "":
		s.undeclared = append(s.undeclared, broken...)
	case len(broken) == 0 && e.judged:
		s.misdeclared = append(s.misdeclared, Misdeclared{Exchange: e.ID, Operation: e.Judgement.Operation, Why: e.Malformed})
	}
}

// allowedFreedom tells a finding that only says "undeclared property": no breach of the contract.
func allowedFreedom(v journal.Violation) bool {
	return len(v.Oracles) == 1 && v.Oracles[0] == "undeclared"
}

// Malformed declares that the request made under ctx breaks the contract on purpose, and why.
func Malformed(ctx context.Context, why string) context.Context {
	return context.WithValue(ctx, malformedKey{}, why)
}

func malformedOf(ctx context.Context) string {
	why, _ := ctx.Value(malformedKey{}).(string)
	return why
}

// Outside declares that the request made under ctx is of something that the contract does not describe: it is recorded and not judged.
func Outside(ctx context.Context) context.Context { return context.WithValue(ctx, outsideKey{}, true) }

func outsideOf(ctx context.Context) bool {
	is, _ := ctx.Value(outsideKey{}).(bool)
	return is
}

// Again marks the request made under ctx as one that repeats another.
func Again(ctx context.Context, r journal.Retry) context.Context {
	return context.WithValue(ctx, retryKey{}, &r)
}

func retryOf(ctx context.Context) *journal.Retry {
	r, _ := ctx.Value(retryKey{}).(*journal.Retry)
	return r
}

// Shown declares that values which stand where secrets stand are made up for the scenario (a garbage token, an unknown access key) and may be shown, so that
// the record says what was tried. A literal secret of the run is never shown, whatever is declared.
func Shown(ctx context.Context, values ...string) context.Context {
	return context.WithValue(ctx, shownKey{}, append(slices.Clone(shownOf(ctx)), values...))
}

func shownOf(ctx context.Context) []string {
	values, _ := ctx.Value(shownKey{}).([]string)
	return values
}

// Signing tells how a request's AK/SK signature was made where the request itself does not: its curl line signs in the same way. Without it a signature is
// taken to be made over what was sent, now, with the run's secret key.
type Signing struct {
	SecretKey string        // the key signed with
	Body      []byte        // the body that was signed, when another was sent
	Tampered  bool          // Body is meant
	Skew      time.Duration // X-Sdk-Date is this far from the clock on purpose
}

// Signed tells the recorder how the request made under ctx was signed.
func Signed(ctx context.Context, s Signing) context.Context {
	return context.WithValue(ctx, signingKey{}, &s)
}

func signingOf(ctx context.Context) *Signing {
	s, _ := ctx.Value(signingKey{}).(*Signing)
	return s
}

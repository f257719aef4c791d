// Package exchange records HTTP exchanges: as bytes, with times, redacted at capture, judged by the contract, written to the journal.
package exchange

import (
	"context"
	"net/http"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// Exchange is one recorded exchange as a scenario sees it: the answer's real bytes for assertions. What is written anywhere is redacted.
type Exchange struct {
	ID          int64
	Request     *http.Request // as sent; its Body is not readable, see RequestBody
	RequestBody []byte
	Status      int
	Header      http.Header
	Body        []byte
	Truncated   bool
	Err         error // transport error; Status may still be set when the body broke off
	Start       time.Time
	FirstByte   time.Duration
	Duration    time.Duration
	Judgement   contract.Judgement
}

// Sink takes what a recorder has to tell; the journal's writer is one.
type Sink interface {
	Write(journal.Event) error
}

// Options of a Recorder.
type Options struct {
	Base     http.RoundTripper // nil: a plain transport
	Contract *contract.Contract
	Sink     Sink
	Redactor *Redactor
	BasePath string // path of the target's base URL, cut off before judgement
	MaxBody  int64  // bytes of a body that are read; default 16 MiB
}

// Recorder is the only way to a target: every request goes through it.
type Recorder struct{}

// NewRecorder makes one.
func NewRecorder(o Options) *Recorder { panic("not yet") }

// RoundTrip sends, records and judges (http.RoundTripper), so that any http.Client can be put on top of it.
func (r *Recorder) RoundTrip(req *http.Request) (*http.Response, error) { panic("not yet") }

// Do sends one request, never follows a redirect, reads the whole answer (up to MaxBody) and returns the finished exchange. A transport error is
// in Exchange.Err and returned.
func (r *Recorder) Do(req *http.Request) (*Exchange, error) { panic("not yet") }

// Scope collects what is sent in one scenario: ids of exchanges, undeclared invalid requests. It is safe for concurrent use.
type Scope struct {
	Scenario string // "RSZ-STATE-001 title"
}

// WithScope binds requests made under ctx to a scenario.
func WithScope(ctx context.Context, s *Scope) context.Context { panic("not yet") }

// Exchanges returns the ids so far.
func (s *Scope) Exchanges() []int64 { panic("not yet") }

// Last returns the newest finished exchange, nil if there is none.
func (s *Scope) Last() *Exchange { panic("not yet") }

// Undeclared returns the request violations of requests that were not declared Malformed: the harness's own fault.
func (s *Scope) Undeclared() []journal.Violation { panic("not yet") }

// Malformed declares that the request made under ctx breaks the contract on purpose, and why.
func Malformed(ctx context.Context, why string) context.Context { panic("not yet") }

// Redactor replaces secrets. It is made with the literal secrets of the run (AK, SK, tokens, passwords) and also knows header names, body fields
// and query parameters that carry them.
type Redactor struct{}

// NewRedactor takes secret -> variable name, e.g. "s3cr3t" -> "$HUAWEICLOUD_SDK_SK"; the name is what is shown instead.
func NewRedactor(secrets map[string]string) *Redactor { panic("not yet") }

// Package exchange records HTTP exchanges: as bytes, with times, redacted at capture, judged by the contract, written to the journal.
//
// A Recorder is the only way to a target. It survives any server: it follows no redirect, reads no more of a body than it was told to, and turns every
// failure into an error that says what was awaited, for how long, and how much had come. The scenario that made an exchange sees the real bytes; what is
// written anywhere, shown in an error, or offered as a curl line has passed the Redactor.
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
	Status      int // 0 when no answer came
	Header      http.Header
	Body        []byte // the answer's body, with gzip undone; at most Options.MaxBody bytes
	Truncated   bool   // Body is not the whole body: it was too long, or it broke off
	Err         error  // *Failure when no whole answer came; Status may still be set when the body broke off
	Start       time.Time
	FirstByte   time.Duration // since Start; 0 when nothing came
	Duration    time.Duration
	Malformed   string             // why the request breaks the contract on purpose, "" when it does not
	External    bool               // the request is a client's under test
	Outside     bool               // nothing that the contract describes; Judgement is empty
	Retry       *journal.Retry     // what it repeats, nil when it repeats nothing
	Substitute  string             // who answered in the server's place, "" when the server did
	Judgement   contract.Judgement // with secrets redacted

	proto  string
	wire   []byte           // the body as it came; Body is the same unless gzip was undone
	undone bool             // gzip was undone
	judged bool             // a contract was there to judge
	sent   []journal.Header // the request's header lines in the order and case of the wire
	got    []journal.Header // the answer's likewise, where they are known
	target string           // of the request line as it was written, where it is known
	cut    bool             // RequestBody is not the whole body
	opaque string           // why the request cannot be read as HTTP

	// Of an exchange that was read from a recording.
	recording string
	lost      []journal.Lost
	blur      time.Duration
}

// RequestCut says that RequestBody is not the whole body that was sent: it was too long to be kept, or the client broke off.
func (e *Exchange) RequestCut() bool { return e.cut }

// Sink takes what a recorder has to tell; the journal's writer is one.
type Sink interface {
	Write(journal.Event) error
}

// Judge says what the contract makes of one exchange; *contract.Contract is the one that counts.
type Judge interface {
	Judge(ctx context.Context, m *contract.Message) contract.Judgement
}

// Options of a Recorder. The zero value records nothing and judges nothing, but sends.
type Options struct {
	Base     http.RoundTripper // nil: Transport(nil)
	Contract Judge             // nil: nothing is judged
	Sink     Sink              // nil: nothing is written
	Redactor *Redactor         // nil: only what is a secret by its name is redacted
	BasePath string            // path of the target's base URL, cut off before judgement
	MaxBody  int64             // bytes of an answer's body that are read, after gzip too; default 16 MiB: no documented answer comes near it
	MaxKept  int64             // bytes of one body that are written to the sink; default 256 KiB, so that a journal stays readable
	First    int64             // id of the first exchange; 0: 1. For a run in which another recorder came before
	NoCurl   bool              // no curl lines in what is written to the sink, where nobody reads them
}

// The defaults of Options.
const (
	DefaultMaxBody = 16 << 20
	DefaultMaxKept = 256 << 10
)

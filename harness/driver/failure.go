package driver

import (
	"fmt"
	"strings"
)

// Cause says what a driver did wrong.
type Cause string

// The causes.
const (
	NotStarted   Cause = "not started"   // the program could not be started
	NoHello      Cause = "no hello"      // none came in time, or what came was none
	BadHello     Cause = "bad hello"     // a hello came, and it is wrong
	Garbage      Cause = "garbage"       // a line that is not one JSON object
	TooLong      Cause = "too long"      // a line over the limit
	HalfLine     Cause = "half a line"   // the output ended within a line
	BadResponse  Cause = "bad response"  // a response that the protocol does not allow
	UnknownID    Cause = "unknown id"    // a response to nothing that was asked
	DuplicateID  Cause = "duplicate id"  // a second response to one request
	Exited       Cause = "exited"        // the program ended before its input did
	ClosedOutput Cause = "closed output" // the output ended, the program did not
	Silent       Cause = "silent"        // no response in time
	NotReading   Cause = "not reading"   // it does not take its input
	NotEnding    Cause = "not ending"    // it did not end with its input and was killed
	BadEnd       Cause = "bad end"       // it ended with its input, but not with exit code 0
	LateOutput   Cause = "late output"   // it wrote after its input had ended, when nothing was left to answer
	Closed       Cause = "closed"        // Do after Close
)

// Failure says that a driver did not keep the protocol. It is never a verdict on the client. Its texts are redacted.
type Failure struct {
	Command string // as it was given
	Cause   Cause
	Detail  string // what was wanted and what came
	Line    string // the start of the offending line, "" when there is none
	Stderr  string // the last lines that the driver wrote to standard error, "" when there are none
	Next    string // what to do, "" when nothing is known
	Err     error  // the cause, where there is one
}

// Unwrap gives the cause.
func (f *Failure) Unwrap() error { return f.Err }

func (f *Failure) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the driver %s: %s: %s", f.Command, f.Cause, f.Detail)
	if f.Line != "" {
		fmt.Fprintf(&b, "; the line begins %q", f.Line)
	}
	if f.Next != "" {
		b.WriteString("; " + f.Next)
	}
	if f.Stderr != "" {
		b.WriteString("\nits last lines on standard error:\n  " + strings.ReplaceAll(f.Stderr, "\n", "\n  "))
	}
	return b.String()
}

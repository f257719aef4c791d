// Package journal is the record of a run: the words for verdicts and one JSON line per event, written while the run goes.
//
// Everything that is told about a run afterwards is rendered from its journal; nothing here knows how a run is made or shown.
package journal

// Verdict is the outcome of one scenario or of one requirement that is judged over all exchanges.
type Verdict string

// The verdicts a run can give.
const (
	Pass          Verdict = "PASS"
	Fail          Verdict = "FAIL"           // a MUST is broken
	Warn          Verdict = "WARN"           // a SHOULD is broken
	NotApplicable Verdict = "NOT_APPLICABLE" // the capability is not declared, or the requirement's profile is not this one
	NotTestable   Verdict = "NOT_TESTABLE"   // declared, but what the scenario needs cannot be had; counts as a failure
	Blocked       Verdict = "BLOCKED"        // set-up or cleanup failed
	XFail         Verdict = "XFAIL"          // listed in the baseline and failed
	XPass         Verdict = "XPASS"          // listed in the baseline and passed
	HarnessError  Verdict = "HARNESS_ERROR"  // our own fault: an undeclared invalid request, a panic
)

// Verdicts lists every verdict, worst news first; reports use this order.
func Verdicts() []Verdict {
	return []Verdict{HarnessError, Fail, NotTestable, XPass, Blocked, Warn, XFail, NotApplicable, Pass}
}

// Level says how binding a requirement is (RFC 2119).
type Level string

// The levels of a requirement.
const (
	Must   Level = "MUST"
	Should Level = "SHOULD"
	May    Level = "MAY"
)

// Side names a party to an exchange: whom a requirement binds, and whom a violation blames.
type Side string

// The sides of a run.
const (
	Server  Side = "server"
	Client  Side = "client"
	Both    Side = "both"
	Harness Side = "harness"
)

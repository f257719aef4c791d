// Package conduct judges one call of a client under test: what its user asked for, what it sent, and what it told.
//
// What it says is about the client alone. It compares the request that left the client with what the user asked for, and what the user was told with what
// came, and names the promise (RSZ-CLIENT-…) that is broken. What no single call shows, such as how a client bears a fault, is a scenario's business.
package conduct

import (
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// Call is one call of a client under test and what came of it.
type Call struct {
	Asked driver.Request
	Sent  []*exchange.Exchange // in the order in which they began
	Told  *driver.Response     // nil when the driver broke down
	// Whole says that a resize of this client is the whole change (driver.Hello): its user is told of no ids.
	Whole bool
	// Mode says that the service understands mode, which has a running server stopped.
	Mode bool
}

// Breach is a promise that a client breaks in one call.
type Breach struct {
	Requirement string // "" where no promise is broken, and the server was not asked for what the user asked for all the same
	Wanted, Got string
	Pointer     string // JSON pointer into the request's body, the name of a header or a query parameter; "" for the request line, and for what was told
	Exchange    int64  // that shows it; 0 when none does
	// Distorts says that the server was asked for something else than the user asked for, or could not be sure who asked: what it answers says nothing about
	// the server then.
	Distorts bool
}

// Judge gives what a call breaks, in the order of the requirements' ids, each requirement at most once.
func Judge(c Call) []Breach {
	var all breaches
	all.sent(c)
	all.told(c)
	return all.sorted()
}

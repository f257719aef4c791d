// Package worker is what lies between a run and the processes that carry its scenarios out for it.
//
// A run with several processes has one that leads and some that work. The leader plans, keeps the journal and judges what is judged over all exchanges; a
// worker opens the target for itself and carries scenarios out one after the other. They speak lines of JSON: a worker writes to its standard output, the leader to the
// worker's standard input. All workers go through the same scenarios in the same order, which the leader tells them, and claim each before they begin it; so whoever is free takes the next, and none
// waits for another. Servers are leased from the leader, which knows who has which: what a worker held is free again when it dies.
//
// The end of its input tells a worker that nobody leads any more: it ends its run, and gives its servers back first.
package worker

import "resize-conformance/harness/journal"

// ask is a line from a worker. It is an event of the journal, a question, or what needs no answer.
type ask struct {
	Event *journal.Event `json:"event,omitempty"`

	N     int64    `json:"n,omitempty"`     // of a question, from 1; its answer has the same
	Order bool     `json:"order,omitempty"` // in which order are the scenarios to be claimed
	Claim string   `json:"claim,omitempty"` // a scenario, by the id of its requirement
	Lease []string `json:"lease,omitempty"` // servers, one of which is wanted
	Now   bool     `json:"now,omitempty"`   // a lease that is not waited for

	Free string `json:"free,omitempty"` // a server that is given back
	Out  string `json:"out,omitempty"`  // a server that is out of use from now on
	Why  string `json:"why,omitempty"`  // it is
	Drop int64  `json:"drop,omitempty"` // the question that nobody waits for any more

	Done *Done `json:"done,omitempty"` // the last line
}

// Done is how a worker's part of a run ended.
type Done struct {
	// Interrupted says why scenarios that were planned were not begun; "" when it came to its end.
	Interrupted string `json:"interrupted,omitempty"`
	// Error is what kept it from working, "" when nothing did.
	Error string `json:"error,omitempty"`
}

// answer is a line to a worker.
type answer struct {
	N      int64    `json:"n"`
	Order  []string `json:"order,omitempty"`  // ids of requirements
	Yes    bool     `json:"yes,omitempty"`    // the scenario is its
	Server string   `json:"server,omitempty"` // the lease; "" when none is free
	// Out are servers of those that were asked for which nobody can have any more, and why. They stand in place of a lease.
	Out map[string]string `json:"out,omitempty"`
}

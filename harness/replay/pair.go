package replay

import (
	"slices"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// Pair is a recorded exchange and what came of it when it was sent again.
type Pair struct {
	Then *journal.Exchange
	// Also are exchanges of the record that were answered alike while something was waited for, and that Then stands for.
	Also []*journal.Exchange
	// Now is nil when it was not sent; Skipped says why.
	Now     *journal.Exchange
	Skipped string
	Looks   int // how often it was sent until what was under way had come to its end
	// ThenBroke is what the recorded exchange breaks by the contract of the target; what the new one breaks is in Now.
	ThenBroke   []journal.Violation
	Differences []Difference
	Moot        string // why the answers were not compared, though it was sent; "" when they were
}

// Mapping is something of the record that something of the target stood in for.
type Mapping struct {
	What string // "server (stopped)", "job", "project", "flavor (target)"
	Then string
	Now  string
}

// Replayed is a sequence that was sent again.
type Replayed struct {
	Sequence *recording.Sequence
	Pairs    []Pair
	Mapped   []Mapping
	Notes    []string
	Left     []string // what could not be given back as it was found
}

// Differs says that an answer was another one.
func (r *Replayed) Differs() bool {
	return slices.ContainsFunc(r.Pairs, func(p Pair) bool { return len(p.Differences) > 0 })
}

// Sent counts the pairs that were sent.
func (r *Replayed) Sent() int {
	n := 0
	for _, p := range r.Pairs {
		if p.Now != nil {
			n++
		}
	}
	return n
}

package selftest

import (
	"sync/atomic"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
)

// tally is what a trial's recorder writes to: the monitors see everything, and the exchanges are counted. Nothing else is kept.
type tally struct {
	watch     *monitor.Watch
	exchanges atomic.Int64
}

// Write hands an event on (exchange.Sink).
func (t *tally) Write(e journal.Event) error {
	if e.Exchange != nil {
		t.exchanges.Add(1)
	}
	return t.watch.Write(e)
}

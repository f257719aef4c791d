package selftest

import (
	"sync/atomic"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
)

// tally is what a trial's recorder writes to: the monitors see everything, and the exchanges are counted, and kept where that was asked for. Nothing else is.
type tally struct {
	watch     *monitor.Watch
	exchanges atomic.Int64
	kept      *kept // nil: they are not
}

// Write hands an event on (exchange.Sink).
func (t *tally) Write(e journal.Event) error {
	if e.Exchange != nil {
		t.exchanges.Add(1)
		if t.kept != nil {
			t.kept.add(e.Exchange)
		}
	}
	return t.watch.Write(e)
}

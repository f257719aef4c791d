package runner

import (
	"errors"
	"sync"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
)

// Recorder is what a target's recorder writes to: the journal, with the monitors told on the way. It is made before the target, because the target is opened
// with it, and handed to Prepare afterwards.
type Recorder struct {
	record *journal.Writer
	watch  func(journal.Event)
	seen   *monitor.Watch

	mu      sync.Mutex
	started bool
	early   []journal.Event // what was recorded before the run started: signing in, say. A journal begins with the start
}

// NewRecorder wraps the journal of a run.
func NewRecorder(record *journal.Writer, watch func(journal.Event)) *Recorder {
	return &Recorder{record: record, watch: watch, seen: monitor.New(nil)}
}

var _ exchange.Sink = (*Recorder)(nil)

// Write tells the monitors, appends to the journal and tells the watcher.
func (r *Recorder) Write(e journal.Event) error {
	early, later := r.inTurn(e)
	if later {
		return nil
	}
	err := r.write(e)
	for _, e := range early {
		err = errors.Join(err, r.write(e))
	}
	return err
}

// inTurn keeps what comes before the start, and gives it back behind the start.
func (r *Recorder) inTurn(e journal.Event) (early []journal.Event, later bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.started:
		return nil, false
	case e.Start == nil:
		r.early = append(r.early, e)
		return nil, true
	}
	r.started, early, r.early = true, r.early, nil
	return early, false
}

func (r *Recorder) write(e journal.Event) error {
	err := errors.Join(r.seen.Write(e), r.record.Write(e))
	if r.watch != nil {
		r.watch(e)
	}
	return err
}

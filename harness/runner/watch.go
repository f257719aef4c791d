package runner

import (
	"errors"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
)

// WatchOptions of a run without scenarios, in which a client and a server are judged by what passes between them.
type WatchOptions struct {
	Contract *contract.Contract
	Target   string            // the server, as reports name it
	Client   string            // the client, as reports name it
	Settings map[string]string // without secrets
	Strict   bool              // count WARN as a failure
	Terms    Terms
	Version  string // of the suite
	Command  string // the command line, without secrets
	// Flaw says what makes a record that is judged again less than whole; then there is no verdict. "": nothing does.
	Flaw string
}

// Watch makes such a run: traffic lets pass what is to be judged, through a recorder that writes to rec. It says why it was interrupted, if it was, and what a
// reader should know (notes). The error is a *HarnessError, or that of traffic; what had passed until then is judged and recorded all the same.
func Watch(rec *Recorder, recorder *exchange.Recorder, o WatchOptions, traffic func() (interrupted string, notes []string, err error)) (journal.RunEnd, error) {
	rec.seen.Promise(o.Contract)
	rec.seen.WatchClient()
	judge, err := o.Terms.judge(o.Contract, recorder.Redactor())
	if err != nil {
		return journal.RunEnd{}, err
	}
	if err := rec.Write(journal.Event{Start: watched(o, rec.seen)}); err != nil {
		return journal.RunEnd{}, &HarnessError{err.Error()}
	}
	interrupted, notes, failed := traffic()
	redacted := recorder.Redactor().Sink(rec)
	for _, text := range append(notes, rec.seen.Unjudged()...) {
		_ = redacted.Write(journal.Event{Note: &journal.Note{Text: text}}) // a failed write is sticky; Finish tells it
	}
	// What passed decides what was put to the test: that nothing broke a promise does not say that nothing would.
	for _, r := range judge(rec.seen.Results(false), true) {
		_ = redacted.Write(journal.Event{Result: &r})
	}
	if o.Flaw != "" {
		flaw := journal.FlawedRecord(o.Flaw, time.Now())
		_ = redacted.Write(journal.Event{Result: &flaw})
	}
	lost := recorder.Err()
	end, err := rec.record.Finish(interrupted)
	if rec.watch != nil {
		rec.watch(journal.Event{Type: journal.RunEnded, Time: time.Now(), End: &end})
	}
	if !errors.Is(lost, err) {
		lost = errors.Join(lost, err)
	}
	if lost != nil {
		return end, &HarnessError{lost.Error()}
	}
	return end, failed
}

// requestFamily is the title of what no requirement names about a client's requests.
const requestFamily = "Requests that no requirement names"

func watched(o WatchOptions, seen *monitor.Watch) *journal.RunStart {
	s := about(o.Contract)
	s.SuiteVersion, s.Target, s.Client, s.Config, s.Strict, s.Command = o.Version, o.Target, o.Client, o.Settings, o.Strict, o.Command
	s.Watched, s.Planned = true, seen.Planned()
	s.Baseline, s.Pin = o.Terms.Baseline, o.Terms.Pin
	s.Families[journal.Family(journal.RequestRequirement)] = requestFamily
	return s
}

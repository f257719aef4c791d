package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// MergeFiles reads the journals (or the directories that hold them) and merges them. A journal with a line that is no event cannot be merged; one
// that was torn can, and the merged run says so.
func MergeFiles(paths []string) (*Run, error) {
	runs := make([]*Run, 0, len(paths))
	var errs []error
	for _, path := range paths {
		run, err := ReadFile(path)
		errs = append(errs, err)
		runs = append(runs, run)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return Merge(runs...)
}

// Merge makes one run of the journals of its shards: the union of their plans, results and exchanges. Ids of exchanges are renumbered, shard after
// shard. A row that each shard gives for itself (schema, monitor) becomes one row, the worst of them. What cannot be one run is a *MergeError: another
// contract, profile, target, client, suite version or set of capabilities; a shard that is missing or there twice; a scenario with two results.
func Merge(runs ...*Run) (*Run, error) {
	if len(runs) == 0 {
		return nil, &MergeError{[]string{"no journal was given"}}
	}
	m := &merger{}
	m.checkSame(runs)
	runs = m.checkShards(runs)
	m.checkScenarios(runs)
	if len(m.contradictions) > 0 {
		return nil, &MergeError{m.contradictions}
	}
	if len(runs) == 1 {
		return runs[0], nil
	}
	return m.union(runs), nil
}

// Save writes a run as a journal into dir, which must not be in use by a live run nor hold one of the journals that the run was read from.
func Save(dir string, run *Run) (err error) {
	for _, read := range run.Files {
		if target := filepath.Join(dir, FileName); sameFile(read, target) {
			return fmt.Errorf("journal: %s is one of the journals to be merged and would be overwritten; give another directory", target)
		}
	}
	w, err := Create(dir, WriterOptions{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	for _, e := range run.Events {
		if err := w.Write(e); err != nil {
			return err
		}
	}
	return nil
}

// perShard says that every shard gives such a row for the exchanges it saw.
func perShard(k Kind) bool { return k == KindSchema || k == KindMonitor }

// union puts runs together that do not contradict each other. Events keep the order of their times, results of schemas and monitors come last.
func (m *merger) union(runs []*Run) *Run {
	merged := &Run{}
	var events []Event
	judged := map[string]*Result{}
	var judgedOrder []string
	end := &RunEnd{}
	var problems, interrupted []string
	offset := int64(0)
	for _, r := range runs {
		merged.Files = append(merged.Files, r.Files...)
		for _, p := range r.Problems {
			problems = append(problems, fmt.Sprintf("%s: %s", r.file(), p))
		}
		switch {
		case r.End == nil:
			problems = append(problems, fmt.Sprintf("%s: the run of this shard did not come to its end", r.file()))
			end = nil
		case len(r.Problems) > 0:
			end = nil // a merged journal must not look more whole than its parts, also when it is saved and read again
		case r.End.Interrupted != "":
			interrupted = append(interrupted, fmt.Sprintf("shard %s: %s", r.Start.Shard, r.End.Interrupted))
		}
		highest := int64(0)
		for _, e := range r.Events {
			switch {
			case e.Start != nil, e.End != nil:
				continue
			case e.Exchange != nil:
				highest = max(highest, e.Exchange.ID)
			case e.Result != nil && perShard(e.Result.Kind):
				res := shifted(e, offset).Result.unjudged() // what the baseline says of it depends on what the other shards saw
				if judged[res.Key()] == nil {
					judgedOrder = append(judgedOrder, res.Key())
					judged[res.Key()] = &res
				} else {
					*judged[res.Key()] = Worse(*judged[res.Key()], res)
				}
				continue
			}
			events = append(events, shifted(e, offset))
		}
		offset += highest
	}
	start := mergedStart(runs)
	merged.add(start)
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	last := start.Time
	for _, r := range runs {
		if r.Ended.After(last) {
			last = r.Ended
		}
	}
	for _, key := range judgedOrder {
		// A run of several shards is whole when all of them are: none is missing here, and all came to their end.
		partial := start.Start.Filter != "" || end == nil || len(interrupted) > 0
		res := start.Start.Baseline.Judge([]Result{*judged[key]}, partial)[0]
		events = append(events, Event{Time: last, Type: ResultGiven, Result: &res})
	}
	for _, e := range events {
		e.Seq = 0
		merged.add(e)
	}
	merged.Problems = append(merged.Problems, problems...)
	if end != nil {
		*end = merged.finish(last, strings.Join(interrupted, "; "), int64(len(merged.Exchanges)))
		merged.add(Event{Time: last, Type: RunEnded, End: end})
	}
	return merged
}

// mergedStart is the start of the whole run: the earliest time, the plans dealt back together, what the shards' configurations agree on.
func mergedStart(runs []*Run) Event {
	start := runs[0].Start
	at := runs[0].Started
	start.Command = strings.NewReplacer(" --shard="+start.Shard, "", " --shard "+start.Shard, "", " --shard=auto", "", " --shard auto", "").Replace(start.Command)
	start.Shard, start.ShardFrom, start.Dealing = "", "", ""
	start.Config = map[string]string{}
	for i, r := range runs {
		if r.Started.Before(at) {
			at = r.Started
		}
		for key, value := range r.Start.Config {
			if was, known := start.Config[key]; known && was != value {
				value = was + " | " + value
			} else if !known && i > 0 {
				value = "(only in shard " + r.Start.Shard + ") " + value
			}
			start.Config[key] = value
		}
	}
	start.Planned = dealtBack(runs)
	return Event{Time: at, Type: RunStarted, Start: &start}
}

// dealtBack puts the plans of shards into the order of the whole run. A scenario's cases stay with it; rows that every shard plans come last.
func dealtBack(runs []*Run) []Planned {
	var own [][]Planned
	var rest []Planned
	seen := map[string]bool{}
	for _, r := range runs {
		for _, p := range r.Start.Planned {
			switch {
			case p.Kind == KindCase && len(own) > 0:
				own[len(own)-1] = append(own[len(own)-1], p)
			case !perShard(p.Kind):
				own = append(own, []Planned{p})
			case !seen[p.Key()]:
				seen[p.Key()] = true
				rest = append(rest, p)
			}
		}
	}
	slices.SortStableFunc(own, func(a, b []Planned) int { return a[0].Place - b[0].Place })
	var plan []Planned
	for _, group := range own {
		group[0].Place = 0
		plan = append(plan, group...)
	}
	return append(plan, rest...)
}

// shifted is an event with its exchange ids moved up, without touching the original.
func shifted(e Event, offset int64) Event {
	return e.Renumbered(func(id int64) int64 { return id + offset })
}

// Renumbered is the event with other ids for its exchanges, without touching the original. An id of 0 is none, and stays so.
func (e Event) Renumbered(id func(int64) int64) Event {
	switch {
	case e.Exchange != nil:
		x := *e.Exchange
		x.ID = id(x.ID)
		e.Exchange = &x
	case e.Disagreement != nil:
		d := *e.Disagreement
		d.Exchange = id(d.Exchange)
		e.Disagreement = &d
	case e.Result != nil:
		r := renumbered(*e.Result, id)
		e.Result = &r
	}
	return e
}

func renumbered(r Result, id func(int64) int64) Result {
	ids := make([]int64, len(r.Exchanges))
	for i, old := range r.Exchanges {
		ids[i] = id(old)
	}
	r.Exchanges = ids
	if r.Finding != nil {
		f := *r.Finding
		if f.Exchange != 0 {
			f.Exchange = id(f.Exchange)
		}
		f.Steps = slices.Clone(f.Steps)
		for i := range f.Steps {
			if f.Steps[i].Exchange != 0 {
				f.Steps[i].Exchange = id(f.Steps[i].Exchange)
			}
		}
		r.Finding = &f
	}
	return r
}

// gravest orders the verdicts of one row judged in several shards, the one that holds for the union first. It is not the order of Verdicts: a shard
// that met no exchange for a requirement (NOT_TESTABLE, NOT_APPLICABLE) says nothing about one that did, and a row of the baseline that failed in one
// shard (XFAIL) has failed in the run, though it passed in another (XPASS).
func gravest() []Verdict {
	return []Verdict{HarnessError, Fail, Blocked, Warn, XFail, XPass, Pass, NotTestable, NotApplicable}
}

// Worse combines two parts' rows for one requirement: the graver verdict with its evidence, and both counts.
func Worse(a, b Result) Result {
	order := gravest()
	kept, other := a, b
	if slices.Index(order, b.Verdict) < slices.Index(order, a.Verdict) {
		kept, other = b, a
	}
	kept.Exchanges = slices.Concat(a.Exchanges, b.Exchanges)
	kept.Bearing = a.Bearing + b.Bearing
	kept.Duration = a.Duration + b.Duration
	if b.Start.Before(a.Start) {
		kept.Start = b.Start
	} else {
		kept.Start = a.Start
	}
	if kept.Finding != nil && other.Finding != nil && kept.Verdict == other.Verdict {
		f := *kept.Finding
		f.Count = max(f.Count, 1) + max(other.Finding.Count, 1)
		kept.Finding = &f
		kept.Signature = slices.Concat(kept.Signature, other.Signature)
	}
	return kept
}

// sameFile says whether two paths name one file.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

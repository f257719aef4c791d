package replay

import (
	"context"
	"fmt"
	"slices"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/recording"
)

// Finding says how a target stands to the evidence about one requirement.
type Finding struct {
	Requirement string
	Level       journal.Level
	Clause      string
	Word        Faith
	Why         string // of NotInEvidence: what is lacking; of others: what of the evidence could not be sent
	Then        string // the verdict that the requirement was given when the evidence was taken; "" for none
	Sent        int    // exchanges that were compared
	Unsent      int
	Moot        int // exchanges that were sent and not compared: what they are answered depends on moments
	Differences []Deviation
}

// Deviation is a difference, and where in the evidence the other answer is.
type Deviation struct {
	Scenario string
	Exchange int64 // of the evidence
	Asked    string
	Difference
}

// Faith is how a target stands to evidence.
type Faith string

// The words of it.
const (
	Same          Faith = "same"
	Differs       Faith = "differs"
	NotInEvidence Faith = "not in evidence"
)

// Faithful sends everything that a fixture has to a target and says, requirement by requirement of the target's contract, whether it is answered as it was. Requirements that
// bind clients are left out. The error is about the comparison and not about the target.
func Faithful(ctx context.Context, p *Player, f *recording.Fixture) ([]Finding, error) {
	p.Record = f.Record()
	c := p.Target.Contract
	by := map[string]*Finding{}
	var all []*Finding
	for _, r := range c.Requirements() {
		if r.Retired || !r.Applies || r.Side == journal.Client {
			continue
		}
		found := &Finding{Requirement: r.ID, Level: r.Level, Clause: r.Clause, Word: NotInEvidence, Then: f.Head.Verdicts[r.ID]}
		if r.Tested == contract.NotTested {
			found.Why = "no run puts it to the test"
		}
		by[r.ID], all = found, append(all, found)
	}
	judged := newJudged(c, by)
	watch := monitor.New(c)
	p.Sink.Next = watch
	for _, seq := range p.Record.Sequences {
		if seq.Beside() {
			continue
		}
		played, err := p.Play(ctx, seq)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", seq.Name(), err)
		}
		found := by[seq.Requirement]
		if found == nil {
			found = &Finding{Requirement: seq.Requirement, Clause: "a requirement that the edition does not have", Then: f.Head.Verdicts[seq.Requirement]}
			by[seq.Requirement], all = found, append(all, found)
		}
		found.take(played)
		judged.take(played)
	}
	for _, r := range watch.Results(false) {
		if found := by[r.Requirement]; found != nil && r.Kind == journal.KindMonitor {
			found.watched(r)
		}
	}
	var out []Finding
	for _, found := range all {
		found.conclude(f)
		out = append(out, *found)
	}
	return out, nil
}

// take counts what came of a sequence.
func (f *Finding) take(r *Replayed) {
	for _, pair := range r.Pairs {
		if pair.Now == nil {
			f.Unsent++
			if f.Why == "" {
				f.Why = pair.Skipped
			}
			continue
		}
		if pair.Moot != "" {
			f.Moot++
			continue
		}
		f.Sent++
		for _, d := range pair.Differences {
			f.add(r, pair, d)
		}
	}
}

func (f *Finding) add(r *Replayed, pair Pair, d Difference) {
	f.Differences = append(f.Differences, Deviation{
		Scenario: r.Sequence.Name(), Exchange: pair.Then.ID, Asked: pair.Then.Method + " " + recording.PathOf(pair.Then.URL), Difference: d,
	})
}

// watched compares what a watcher over all exchanges makes of the new answers with what it made of the recorded ones.
func (f *Finding) watched(now journal.Result) {
	then := journal.Verdict(f.Then)
	if !tells(then) || !tells(now.Verdict) {
		f.Why = "a watcher over all exchanges had nothing to judge: then " + orNone(f.Then) + ", now " + string(now.Verdict)
		return
	}
	f.Sent += max(1, now.Bearing)
	if (then == journal.Pass) != (now.Verdict == journal.Pass) {
		f.Differences = append(f.Differences, Deviation{
			Scenario: f.Requirement, Asked: "over all exchanges", Difference: Difference{Part: "watched", Wanted: f.Then, Got: string(now.Verdict) + " " + now.Reason},
		})
	}
}

// tells says that a verdict tells whether a promise was kept.
func tells(v journal.Verdict) bool {
	switch v {
	case journal.Pass, journal.Fail, journal.Warn, journal.XFail, journal.XPass:
		return true
	}
	return false
}

func (f *Finding) conclude(fixture *recording.Fixture) {
	switch {
	case len(f.Differences) > 0:
		f.Word = Differs
	case f.Sent > 0:
		f.Word = Same
	case f.Unsent > 0:
		f.Word = NotInEvidence
	default:
		f.Word = NotInEvidence
		switch reason := fixture.Head.Reasons[f.Requirement]; {
		case reason != "":
			f.Why = reason
		case f.Why == "":
			f.Why = "no exchange of the evidence bears on it"
		}
	}
}

// judged compares what the contract makes of recorded and of new answers, for the requirements that are judged over exchanges.
type judged struct {
	c    *contract.Contract
	over []contract.Requirement
	by   map[string]*Finding
}

func newJudged(c *contract.Contract, by map[string]*Finding) *judged {
	j := &judged{c: c, by: by}
	for _, r := range c.Requirements() {
		if by[r.ID] != nil && r.Tested == contract.BySchema {
			j.over = append(j.over, r)
		}
	}
	return j
}

func (j *judged) take(r *Replayed) {
	for _, pair := range r.Pairs {
		if pair.Now == nil || pair.Moot != "" {
			continue
		}
		for _, requirement := range j.over {
			id := requirement.ID
			was, is := breaks(pair.ThenBroke, id), breaks(pair.Now.Violations, id)
			if !was && !is && !j.c.Bears(requirement, pair.Then.Operation, pair.Then.Status) {
				continue
			}
			f := j.by[id]
			f.Sent++
			if was != is {
				f.add(r, pair, Difference{Part: "contract", Pointer: pointerOf(pair, id), Wanted: kept(was), Got: kept(is)})
			}
		}
	}
}

func breaks(all []journal.Violation, id string) bool {
	return slices.ContainsFunc(all, func(v journal.Violation) bool { return v.Requirement == id })
}

func pointerOf(p Pair, id string) string {
	for _, v := range slices.Concat(p.Now.Violations, p.ThenBroke) {
		if v.Requirement == id {
			return v.Pointer
		}
	}
	return ""
}

func kept(broken bool) string {
	if broken {
		return "broken"
	}
	return "kept"
}

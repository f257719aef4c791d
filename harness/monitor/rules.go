package monitor

import (
	"fmt"
	"slices"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// found is one case in which a promise is broken.
type found struct {
	wanted, got string
	way         string // in which it is broken, where wanted and got tell things of one case, such as flavors, that others have differently; "" where they do not
	pointer     string // into the answer of exchange
	exchange    int64  // the one that shows it
	steps       []journal.Step
}

// tally is what a monitor has to say.
type tally struct {
	watched   int // how much of what was seen could have broken the promise
	count     int // how often it was
	first     found
	exchanges []int64
	ways      []string // in which it was, each once (journal.Way)
	told      string   // of one that informs
}

// mostExchanges bounds the list of exchanges of a result.
const mostExchanges = 100

func (t *tally) add(f found) {
	if t.count++; t.count == 1 || f.exchange < t.first.exchange {
		t.first = f
	}
	way := f.way
	if way == "" {
		way = journal.Way(f.pointer, f.wanted, f.got)
	}
	if len(t.ways) <= mostWays && !slices.Contains(t.ways, way) {
		t.ways = append(t.ways, way)
	}
	if len(t.exchanges) < mostExchanges {
		t.exchanges = append(t.exchanges, f.exchange)
	}
}

// proof lists the exchanges that prove what was found, each once.
func (t *tally) proof() []int64 {
	out := append([]int64{t.first.exchange}, t.exchanges...)
	for _, s := range t.first.steps {
		out = append(out, s.Exchange)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// rule is a monitor: the requirement that it watches over, and what is missing where it had nothing to watch.
type rule struct {
	id        string
	lacking   string
	judge     func(v *verdicts) tally
	ofServers bool // nothing is concluded once anything may have been done to any server
}

// verdicts is what the rules are judged from.
type verdicts struct {
	*history
	contract *contract.Contract
	changes
}

// Watched lists the requirements that there are monitors for, whatever a contract says of them.
func Watched() []string {
	var ids []string
	for _, r := range rules() {
		ids = append(ids, r.id)
	}
	return ids
}

// rules lists every monitor. Their promises are in the contract.
func rules() []rule {
	return []rule{
		{"RSZ-JOB-030", "no job was asked for twice", func(v *verdicts) tally { return v.judgeStages() }, false},
		{"RSZ-JOB-031", "no job was shown", func(v *verdicts) tally { return v.times }, false},
		{"RSZ-JOB-032", "no job was shown", func(v *verdicts) tally { return v.echoes }, false},
		{"RSZ-JOB-033", "no job of a resize was shown", func(v *verdicts) tally { return v.judgeKinds() }, false},
		{"RSZ-JOB-034", "no job of a request of the run named a server", func(v *verdicts) tally { return v.judgeServers() }, false},
		{"RSZ-JOB-035", "no resize was accepted with a job", func(v *verdicts) tally { return v.issued.jobs.twice }, false},
		{"RSZ-BILL-030", "no resize was accepted with an order", func(v *verdicts) tally { return v.issued.orders.twice }, false},
		{"RSZ-JOB-036", "no server was looked at after a resize of it was accepted", func(v *verdicts) tally { return v.early }, true},
		{"RSZ-JOB-037", "no server was looked at after a resize of it had succeeded", func(v *verdicts) tally { return v.late }, true},
		{"RSZ-JOB-038", "no job that had ended was shown with sub_jobs and their number", func(v *verdicts) tally { return v.counts }, false},
		{"RSZ-STATE-020", "no server was shown", func(v *verdicts) tally { return v.states.judge(v.contract.ServerStates()) }, false},
		{"RSZ-STATE-021", "no server was looked at twice", func(v *verdicts) tally { return v.unasked }, true},
		{"RSZ-FLAVOR-030", "no server was looked at after a resize of it was refused or a dry run of one passed", func(v *verdicts) tally { return v.vain }, true},
		{"RSZ-RSP-030", "no answer carried an X-Request-Id", func(v *verdicts) tally { return v.answers.repeats }, false},
		{"RSZ-RSP-031", "no answer came", func(v *verdicts) tally { return v.answers.undocumented(v.contract) }, false},
		{"RSZ-RSP-032", "no request was accepted", func(v *verdicts) tally { return v.answers.latency() }, false},
	}
}

// judge gives the row of a promise.
func (v *verdicts) judge(p contract.Requirement, partial bool) journal.Result {
	r := journal.Result{
		Requirement: p.ID, Title: title, Kind: journal.KindMonitor, Level: p.Level, Side: p.Side, Clause: p.Clause, Source: p.Source, Operation: p.Operation,
	}
	i := slices.IndexFunc(rules(), func(m rule) bool { return m.id == p.ID })
	if i < 0 {
		r.Verdict, r.Reason = journal.NotTestable, "the contract asks for a monitor that this suite does not have"
		return r
	}
	m := rules()[i]
	t := m.judge(v)
	switch {
	case t.count > 0 && p.Level != journal.May:
		r.Verdict = journal.Fail
		if p.Level != journal.Must {
			r.Verdict = journal.Warn
		}
		f := t.first
		r.Reason, r.Exchanges = fmt.Sprintf("wanted %s; got %s", f.wanted, f.got), t.proof()
		r.Signature = signature(t.ways)
		r.Finding = &journal.Finding{
			Wanted: f.wanted, Got: f.got, Pointer: f.pointer, SpecLine: fmt.Sprintf("%s:%d", p.File, p.Line), Exchange: f.exchange, Count: t.count, Steps: f.steps,
		}
	case t.watched == 0:
		r.Verdict, r.Reason = journal.NotApplicable, m.lacking+" in this run"
		if from := v.anything; m.ofServers && from.known() {
			r.Reason += fmt.Sprintf(" before exchange %d, of which nobody knows what it did, nor to which servers; so nothing is concluded from later looks", from.exchange)
		}
		if partial {
			r.Reason += "; only a part of the pack was run"
		}
	default:
		r.Verdict, r.Reason, r.Bearing = journal.Pass, t.told, t.watched
	}
	return r
}

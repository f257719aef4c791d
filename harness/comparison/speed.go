package comparison

import (
	"math"
	"slices"
	"time"

	"resize-conformance/harness/journal"
)

// Speed says from when on something is slower. Times of single runs are noise: a scenario waits for jobs, a machine does other things. So a thing must be slower by a
// factor and by a time, and by more than the other things of the run vary.
type Speed struct {
	Factor float64       // how many times as long; 0: DefaultFactor. Below 0: nothing is looked at
	By     time.Duration // and by how much; 0: DefaultBy for a scenario, DefaultByCall for the median of an operation
}

// The defaults of Speed.
const (
	DefaultFactor = 2.0
	DefaultBy     = time.Second
	DefaultByCall = 100 * time.Millisecond
)

// Bounds of what is compared at all, and how far out of the ordinary a thing must be.
const (
	fewestCalls     = 10  // of an operation in each run, for a median to say something
	fewestScenarios = 8   // that passed in both runs, for "the others" to be anything
	outlying        = 5.0 // robust standard deviations (1.4826 times the median absolute deviation) from the median
)

// Pace is how long something takes in the one run and in the other.
type Pace struct {
	Name          string // of the operation; "" for the scenarios of the run
	Before, After time.Duration
	N             int // how many were compared, in the run that has fewer
}

// Factor is how many times as long it takes.
func (p Pace) Factor() float64 { return float64(p.After) / float64(max(p.Before, time.Microsecond)) }

func (s Speed) factor() float64 {
	if s.Factor == 0 {
		return DefaultFactor
	}
	return s.Factor
}

func (s Speed) by(preset time.Duration) time.Duration {
	if s.By == 0 {
		return preset
	}
	return s.By
}

// slower adds what has become slower: scenarios that passed in both runs, and operations.
func (c *Comparison) slower(p pairing, s Speed) {
	if s.Factor < 0 {
		return
	}
	type timed struct {
		old, new *journal.Result
		log      float64
	}
	var all []timed
	for _, name := range p.order {
		was, is := p.old[name], p.new[name]
		if was == nil || is == nil || was.Kind != journal.KindScenario || is.Kind != journal.KindScenario {
			continue
		}
		if was.Found() != journal.Pass || is.Found() != journal.Pass || was.Duration <= 0 || is.Duration <= 0 {
			continue
		}
		all = append(all, timed{was, is, math.Log(float64(is.Duration) / float64(was.Duration))})
	}
	usual, spread := 0.0, 0.0
	if len(all) >= fewestScenarios {
		logs := make([]float64, len(all))
		var before, after time.Duration
		for i, t := range all {
			logs[i] = t.log
			before, after = before+t.old.Duration, after+t.new.Duration
		}
		usual = median(logs)
		away := make([]float64, len(all))
		for i, l := range logs {
			away[i] = math.Abs(l - usual)
		}
		spread = 1.4826 * median(away)
		if math.Abs(usual) >= math.Log(s.factor()) && (after-before).Abs() >= s.by(DefaultBy) {
			c.Overall = &Pace{Before: before, After: after, N: len(all)}
		}
	}
	for _, t := range all {
		slower := t.log >= math.Log(s.factor()) && t.new.Duration-t.old.Duration >= s.by(DefaultBy)
		if slower && t.log-max(usual, 0) >= math.Log(s.factor()) && t.log-usual >= outlying*spread {
			c.Changes = append(c.Changes, Change{Kind: Slower, Old: t.old, New: t.new, Before: t.old.Duration, After: t.new.Duration})
		}
	}
	c.operations(s)
}

// operations compares how long the calls of each operation take, by their medians. Requests that are wrong on purpose, that were answered in the server's place or not
// at all, and refusals say nothing of an operation's pace.
func (c *Comparison) operations(s Speed) {
	before, after := durations(c.Old), durations(c.New)
	var names []string
	for name := range after {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		was, is := before[name], after[name]
		if min(len(was), len(is)) < fewestCalls {
			continue
		}
		p := Pace{Name: name, Before: time.Duration(median(was)), After: time.Duration(median(is)), N: min(len(was), len(is))}
		if p.Factor() >= s.factor() && p.After-p.Before >= s.by(DefaultByCall) && lower(is) > upper(was) {
			c.Pace = append(c.Pace, p)
		}
	}
}

func durations(run *journal.Run) map[string][]float64 {
	found := map[string][]float64{}
	for _, x := range run.Exchanges {
		if x.Operation == "" || x.Malformed != "" || x.Substitute != "" || x.Error != "" || x.Lacks(journal.LostTimes) || x.Status < 200 || x.Status > 299 {
			continue
		}
		found[x.Operation] = append(found[x.Operation], float64(x.Duration))
	}
	return found
}

func median(values []float64) float64 { return quantile(values, 0.5) }

// lower and upper are the quarters: where those of two runs overlap, the difference of their medians is noise.
func lower(values []float64) float64 { return quantile(values, 0.25) }
func upper(values []float64) float64 { return quantile(values, 0.75) }

func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 >= len(sorted) {
		return sorted[low]
	}
	return sorted[low] + (at-float64(low))*(sorted[low+1]-sorted[low])
}

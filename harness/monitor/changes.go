package monitor

import (
	"fmt"
	"slices"
	"time"

	"resize-conformance/harness/journal"
)

// changes is what is judged of how servers changed.
type changes struct {
	early, late, vain, unasked tally
}

// judgeChanges looks at each server that was seen.
//
// Two looks of which one was sent when the other had been answered, and which differ, show a change. What made it had been sent before the second was answered
// and had not ended before the first was sent. Where anything unknown can have been at work nobody is accused.
func (h *history) judgeChanges() changes {
	var c changes
	for _, s := range h.servers {
		views := slices.Clone(s.views)
		slices.SortStableFunc(views, func(a, b view) int { return a.last.sent.at.Compare(b.last.sent.at) })
		for i := range views {
			h.judgeView(&c, s, &views[i])
			if i > 0 {
				h.judgeChange(&c, s, &views[i-1], &views[i])
			}
		}
	}
	return c
}

// clearUntil says that nothing unknown can have been done to a server before an answer came.
func (h *history) clearUntil(s *server, answer edge) bool {
	return !s.unclear.before(answer) && !h.anything.before(answer)
}

// jobOf is the job of an operation if something can be concluded from it: it is the job of this operation alone, and does not contradict itself.
func (h *history) jobOf(o *operation) *job {
	j := h.jobs[o.job]
	if o.job == "" || j == nil || len(j.of) != 1 || !j.consistent() {
		return nil
	}
	return j
}

// over is when an operation was first told to have ended, and how; !known() while it was not.
func (h *history) over(o *operation) (edge, stage) {
	if j := h.jobOf(o); j != nil {
		return j.over()
	}
	return edge{}, pending
}

// judgeView: a server that is looked at after its last resize has succeeded has the flavor of it (RSZ-JOB-037).
func (h *history) judgeView(c *changes, s *server, v *view) {
	if !h.clearUntil(s, v.last.answered) {
		return
	}
	if s.looks > 1 {
		c.unasked.watched += v.looks
	}
	for _, a := range s.tried {
		if a.sent.before(v.last.answered) {
			c.vain.watched += v.looks
			break
		}
	}
	last, alone := h.lastResize(s, v)
	if last != nil {
		c.early.watched += v.looks
	}
	if !alone {
		return
	}
	h.judgeEarly(c, s, v, last)
	over, how := h.over(last)
	if how != succeeded || !over.before(v.last.sent) {
		return
	}
	if c.late.watched += v.looks; v.flavor == last.flavor {
		return
	}
	c.late.add(found{
		way:    journal.Way("/server/flavor/id", "the flavor of a resize that has succeeded", "another"),
		wanted: fmt.Sprintf("server %s to have flavor %s, since its resize has succeeded", s.id, last.flavor), got: v.flavor, pointer: "/server/flavor/id", exchange: v.last.sent.exchange,
		steps: []journal.Step{
			{Text: fmt.Sprintf("for server %s %s, with job %s", s.id, last.what, last.job), Exchange: last.sent.exchange},
			{Text: fmt.Sprintf("job %s is told to be SUCCESS", last.job), Exchange: over.exchange},
			{Text: fmt.Sprintf("asked for %s after that answer, the server has flavor %s", gap(over, v.last.sent), v.flavor), Exchange: v.last.sent.exchange},
		},
	})
}

// judgeEarly: a server that nothing else is under way for has not the flavor of a resize whose job runs on (RSZ-JOB-036). Nobody need have looked at it before:
// it did not have that flavor when the resize was accepted, for then the resize would have been refused (RSZ-FLAVOR-001).
func (h *history) judgeEarly(c *changes, s *server, v *view, o *operation) {
	j := h.jobOf(o)
	if j == nil || v.flavor != o.flavor || !o.answered.before(v.first.sent) {
		return
	}
	if f := soon(s, v, o, j); f != nil {
		c.early.add(*f)
		v.blamed = true
	}
}

// lastResize is the resize of a server that was sent last before a view was over, and whether all others are known to have ended before it was sent.
func (h *history) lastResize(s *server, v *view) (last *operation, alone bool) {
	for _, o := range s.begun {
		if o.resize && o.sent.before(v.last.answered) && (last == nil || o.sent.at.After(last.sent.at)) {
			last = o
		}
	}
	for _, o := range s.begun {
		if o == last || !o.resize || !o.sent.before(v.last.answered) {
			continue
		}
		if over, _ := h.over(o); !over.before(last.sent) {
			return last, false
		}
	}
	return last, last != nil
}

// judgeChange judges what made a server go from one view to the next (RSZ-JOB-036, RSZ-FLAVOR-030, RSZ-STATE-021).
func (h *history) judgeChange(c *changes, s *server, a, b *view) {
	if !a.last.answered.before(b.first.sent) || !h.clearUntil(s, b.first.answered) {
		return
	}
	atWork, mayMove := h.atWork(s, a, b)
	switch {
	case a.flavor != b.flavor:
		h.judgeFlavor(c, s, a, b, atWork)
	case a.resting && a.status != b.status && !mayMove:
		c.unasked.add(unasked(s, a, b, "status", "/server/status", a.status, b.status))
	}
}

// atWork says whether an accepted operation can have changed a server between two views of it, and whether one can have moved it from rest.
func (h *history) atWork(s *server, a, b *view) (any, moving bool) {
	for _, o := range s.begun {
		if !o.sent.before(b.first.answered) {
			continue
		}
		over, _ := h.over(o)
		ended := over.before(a.last.sent)
		any, moving = any || !ended, moving || !ended || o.lasting
	}
	return any, moving
}

func (h *history) judgeFlavor(c *changes, s *server, a, b *view, atWork bool) {
	var blamed *found
	for _, o := range s.begun {
		if !o.resize || o.flavor != b.flavor || !o.sent.before(b.first.answered) {
			continue
		}
		j := h.jobOf(o)
		if j == nil {
			return
		}
		if blamed = soon(s, b, o, j); blamed == nil {
			return // it was to do that, and may have done it in time
		}
	}
	attempt, tried := s.tried[b.flavor]
	switch {
	case blamed != nil && b.blamed:
	case blamed != nil:
		c.early.add(*blamed)
	case tried && attempt.sent.before(b.first.answered):
		f := unasked(s, a, b, "flavor", "/server/flavor/id", a.flavor, b.flavor)
		f.steps = slices.Insert(f.steps, 1, journal.Step{Text: fmt.Sprintf("%s is named: %s", b.flavor, attempt.how), Exchange: attempt.sent.exchange})
		slices.SortStableFunc(f.steps, func(a, b journal.Step) int { return int(a.Exchange - b.Exchange) })
		c.vain.add(f)
	case !atWork:
		c.unasked.add(unasked(s, a, b, "flavor", "/server/flavor/id", a.flavor, b.flavor))
	}
}

// soon says that a view shows the flavor of a resize before its job has given it, or although its job has failed; nil when neither is known.
func soon(s *server, v *view, o *operation, j *job) *found {
	f := &found{
		wanted: fmt.Sprintf("server %s not to have flavor %s before its resize has succeeded", s.id, v.flavor), got: v.flavor, pointer: "/server/flavor/id",
		exchange: v.first.sent.exchange, way: journal.Way("/server/flavor/id", "not the flavor of a resize before it has succeeded", "that flavor"),
	}
	shown := journal.Step{Text: fmt.Sprintf("the server has flavor %s", v.flavor), Exchange: v.first.sent.exchange}
	f.steps = []journal.Step{{Text: fmt.Sprintf("for server %s %s, with job %s", s.id, o.what, j.id), Exchange: o.sent.exchange}, shown}
	over, how := j.over()
	under := j.under()
	switch {
	case how == failed && over.known():
		f.wanted = fmt.Sprintf("server %s not to have flavor %s, since its resize has failed", s.id, v.flavor)
		f.way = journal.Way("/server/flavor/id", "not the flavor of a resize that has failed", "that flavor")
		f.steps = append(f.steps, journal.Step{Text: fmt.Sprintf("job %s is told to be FAIL", j.id), Exchange: over.exchange})
		slices.SortStableFunc(f.steps, func(a, b journal.Step) int { return int(a.Exchange - b.Exchange) })
	case v.first.answered.before(under):
		f.steps = append(f.steps, journal.Step{Text: fmt.Sprintf("job %s, asked for %s after that answer, has not ended", j.id, gap(v.first.answered, under)), Exchange: under.exchange})
	default:
		return nil
	}
	return f
}

// unasked is a change that no accepted request asked for.
func unasked(s *server, a, b *view, what, pointer, before, after string) found {
	way := journal.Way(pointer, what+" unchanged where nothing can have been at work", "another")
	return found{
		way:    way,
		wanted: fmt.Sprintf("server %s to keep its %s %s: nothing that the run asked for and that was accepted can have been at work", s.id, what, before), got: after, pointer: pointer,
		exchange: b.first.sent.exchange,
		steps: []journal.Step{
			{Text: fmt.Sprintf("server %s has %s %s", s.id, what, before), Exchange: a.last.sent.exchange},
			{Text: fmt.Sprintf("asked for %s after that answer, it has %s %s", gap(a.last.answered, b.first.sent), what, after), Exchange: b.first.sent.exchange},
		},
	}
}

func gap(from, to edge) string { return to.at.Sub(from.at).Round(time.Microsecond).String() }

package report

import (
	"fmt"
	"io"
	"sync"

	"resize-conformance/harness/journal"
)

// Progress keeps one line on a terminal up to date while a run goes: how many results there are, how many of them are failures, and what is under
// way. It takes the run's events beside the journal's writer. Safe for concurrent use.
//
// It is for terminals only; where IsTerminal says no, use none: a log file gains nothing from a line that is drawn again and again.
type Progress struct {
	out   io.Writer
	style Style

	mu      sync.Mutex
	total   int
	done    int
	failed  int
	current string
	drawn   string
}

// NewProgress draws on out.
func NewProgress(out io.Writer, s Style) *Progress { return &Progress{out: out, style: s} }

// Write takes an event. It never fails: a terminal that has gone away is no reason to stop a run.
func (p *Progress) Write(e journal.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case e.Start != nil:
		for _, planned := range e.Start.Planned {
			if planned.Kind != journal.KindCase {
				p.total++
			}
		}
	case e.Scenario != nil:
		p.current = e.Scenario.Key()
	case e.Result != nil:
		if e.Result.Kind == journal.KindCase {
			return nil // its scenario's result tells of it
		}
		// A cleanup has no place in the plan and must not count the run beyond its end.
		if e.Result.Kind != journal.KindCleanup {
			p.done++
		}
		if o := outcomeOfRow(*e.Result, false); o == failure || o == errored {
			p.failed++
		}
	default:
		return nil
	}
	p.draw()
	return nil
}

// Clear takes the line off the terminal, before other text is written and at the end of the run.
func (p *Progress) Clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn != "" {
		p.drawn = ""
		_, _ = io.WriteString(p.out, "\r\x1b[K")
	}
}

// draw replaces the line in one write, so that it does not flicker. The last column stays free: some terminals wrap when it is filled.
func (p *Progress) draw() {
	width := p.style.Width - 1
	if p.style.Width <= 0 {
		width = 79
	}
	count := fmt.Sprintf("%d/%d", p.done, p.total)
	failed := ""
	if p.failed > 0 {
		failed = fmt.Sprintf("  %d failed", p.failed)
	}
	left := max(0, width-len(count)-len(failed)-2)
	text := count + p.style.paint(red, failed)
	if left >= 8 && p.current != "" {
		text += "  " + oneLine(p.current, left)
	}
	if text == p.drawn {
		return
	}
	p.drawn = text
	_, _ = io.WriteString(p.out, "\r\x1b[K"+text)
}

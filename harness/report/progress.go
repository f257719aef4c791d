package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/journal"
)

// ProgressOptions say how progress is shown.
type ProgressOptions struct {
	Style
	// Lines writes whole lines, seldom, in place of one line that is kept up to date: for log files, and for terminals that take no control sequences.
	Lines bool
	// Now tells the time; nil: time.Now.
	Now func() time.Time
}

// How often progress is shown: the line of a terminal, and lines in a log.
const (
	redraw    = 100 * time.Millisecond
	firstLine = 10 * time.Second // a run that is over sooner needs none
	nextLine  = 30 * time.Second
)

// Progress shows how a run goes: how many results there are, how many of them are failures, what waits for which job and how long, and how much time is left by
// what is known. It takes the run's events beside the journal's writer. Safe for concurrent use.
//
// The run does not wait for it: Write only takes note, and what is shown is written by a goroutine of its own at most ten times a second, so that a terminal that is
// slow or stopped (Ctrl-S) holds nothing up.
type Progress struct {
	out io.Writer
	o   ProgressOptions

	mu     sync.Mutex
	course course

	drawn string    // of the goroutine that shows, until it has ended
	next  time.Time // when the next line is due

	stop chan struct{}
	done chan struct{}
}

// NewProgress shows progress on out, until Close.
func NewProgress(out io.Writer, o ProgressOptions) *Progress {
	if o.Now == nil {
		o.Now = time.Now
	}
	p := &Progress{out: out, o: o, stop: make(chan struct{}), done: make(chan struct{})}
	go p.keep()
	return p
}

func (p *Progress) keep() {
	defer close(p.done)
	ticker := time.NewTicker(redraw)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.show()
		}
	}
}

// Write takes an event. It never fails, and never waits for the terminal.
func (p *Progress) Write(e journal.Event) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.course.take(e, p.o.Now())
	return nil
}

// Expect says how long each scenario is expected to take compared with others, by the id of its requirement, in any one unit: the time left then goes by that and not by
// how many are left.
func (p *Progress) Expect(weights map[string]float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.course.expected = weights
}

// Close ends it and takes the line off the terminal, before other text is written.
func (p *Progress) Close() {
	close(p.stop)
	<-p.done
	if p.drawn != "" {
		p.drawn = ""
		_, _ = io.WriteString(p.out, "\r\x1b[K")
	}
}

// show writes what there is to be seen now, if it differs from what was shown. A terminal that has gone away is no reason to stop a run.
func (p *Progress) show() {
	now := p.o.Now()
	if p.o.Lines {
		if text := p.dueLine(now); text != "" {
			_, _ = io.WriteString(p.out, text+"\n")
		}
		return
	}
	p.mu.Lock()
	text := p.course.line(p.o.Style, now)
	p.mu.Unlock()
	if text == p.drawn {
		return
	}
	p.drawn = text
	_, _ = io.WriteString(p.out, "\r\x1b[K"+text) // in one write, so that it does not flicker
}

// dueLine is a line for a log; "" while none is due.
func (p *Progress) dueLine(now time.Time) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := &p.course
	if c.began.IsZero() || c.over || c.total == 0 {
		return ""
	}
	if p.next.IsZero() {
		p.next = c.began.Add(firstLine)
	}
	if now.Before(p.next) {
		return ""
	}
	p.next = now.Add(nextLine)
	parts := []string{fmt.Sprintf("%s: %d of %d done", brief(now.Sub(c.began)), c.done, c.total)}
	if c.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", c.failed))
	}
	if len(c.fallen) > 0 {
		const most = 5
		named := c.fallen[:min(len(c.fallen), most)]
		since := "since the last line " + strings.Join(named, " ")
		if more := len(c.fallen) - len(named); more > 0 {
			since += fmt.Sprintf(" and %d more", more)
		}
		parts = append(parts, since)
		c.fallen = nil
	}
	if what := c.current(now); what != "" {
		parts = append(parts, what)
	}
	if left, ok := c.left(now); ok {
		parts = append(parts, "about "+brief(left)+" left")
	}
	return oneLine(strings.Join(parts, ", "), 400)
}

// line is what a terminal shows: the numbers always, then the time left, then as much of what is under way as there is room for. The last column stays free:
// some terminals wrap when it is filled.
func (c *course) line(s Style, now time.Time) string {
	if c.began.IsZero() || c.total == 0 {
		return ""
	}
	room := s.Width - 1
	if s.Width <= 0 {
		room = 79
	}
	plain := fmt.Sprintf("%d/%d", c.done, c.total)
	text := plain
	add := func(part string, paint color) {
		if columns(plain)+2+columns(part) > room {
			return
		}
		plain += "  " + part
		if paint != "" {
			part = s.paint(paint, part)
		}
		text += "  " + part
	}
	if c.failed > 0 {
		add(fmt.Sprintf("%d failed", c.failed), red)
	}
	if left, ok := c.left(now); ok {
		add(brief(left)+" left", faint)
	}
	const worthShowing = 8 // columns
	if rest := room - columns(plain) - 2; rest >= worthShowing {
		if what := c.current(now); what != "" {
			add(oneLine(what, rest), "")
		}
	}
	return text
}

// current says what is under way: who waits longest for what, or what began last.
func (c *course) current(now time.Time) string {
	s, what, since := c.longest(now)
	if s == nil {
		return ""
	}
	text := s.key
	if what != "" {
		text = fmt.Sprintf("%s waits %s for %s", s.requirement, brief(now.Sub(since)), what)
	}
	if others := len(c.underWay) - 1; others > 0 {
		text = fmt.Sprintf("(%d more) %s", others, text)
		if what != "" {
			text = fmt.Sprintf("%s waits %s for %s (%d more under way)", s.requirement, brief(now.Sub(since)), what, others)
		}
	}
	return text
}

// brief is a time as short as can be: 12s, 3m05s, 1h20m.
func brief(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%dm%02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
}

package har

import (
	"math"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// layouts of startedDateTime. The format asks for the first; a text without a zone is taken as UTC, which is the same for all of a file.
func layouts() []string {
	return []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999Z0700", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"}
}

func startOf(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	for _, layout := range layouts() {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), t.Year() >= 1990 && t.Year() < 2200
		}
	}
	return time.Time{}, false
}

// resolution is the step of the clock that a time was written down with: 1 ms for "12:00:00.123".
func resolution(text string) time.Duration {
	_, fraction, _ := strings.Cut(text, ".")
	digits := len(fraction) - len(strings.TrimLeft(fraction, "0123456789"))
	step := time.Second
	for range min(digits, 9) {
		step /= 10
	}
	return step
}

// How far the times of a recording may be off beside the step of its clock. Where this is taken too large, exchanges seem to overlap, and less can be concluded;
// where too small, a server could be accused of an order that was none.
const (
	phaseRounding = 5 * time.Millisecond   // up to five phases, each rounded to whole milliseconds
	processHop    = 100 * time.Millisecond // Playwright notes the start when word of it comes from the browser
)

// longest is the longest time that is believed.
const longest = 24 * time.Hour

func (e *Entry) readTimes(w *wireEntry) {
	o := &e.Observed
	start, ok := startOf(w.Started.s)
	if !ok {
		e.lose(journal.LostTimes, "it has no start")
		return
	}
	t := &w.Timings.v
	until := sum(t.Blocked, t.DNS, t.Connect, t.Send, t.Wait)
	total := max(sum(t.Blocked, t.DNS, t.Connect, t.Send, t.Wait, t.Receive), positive(w.Time))
	o.Start = start
	if total <= 0 || total > float64(longest/time.Millisecond) {
		e.lose(journal.LostTimes, "it has no duration")
		return
	}
	o.Duration = milliseconds(total)
	if until > 0 && until <= total && positive(t.Wait) > 0 {
		o.FirstByte = milliseconds(until)
	}
	o.Blur = resolution(w.Started.s)
	if o.Blur >= time.Millisecond || total == math.Trunc(total) {
		o.Blur += phaseRounding
	}
	if strings.HasPrefix(e.File.Creator, "Playwright") {
		o.Blur += processHop
	}
}

func positive(n number) float64 { return max(n.f, 0) }

func sum(phases ...number) float64 {
	total := 0.0
	for _, p := range phases {
		total += positive(p)
	}
	return total
}

func milliseconds(f float64) time.Duration { return time.Duration(f * float64(time.Millisecond)) }

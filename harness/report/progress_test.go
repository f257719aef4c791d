package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// watched is a run that a test tells progress of, at times that pass only when the test lets them.
type watched struct {
	t   *testing.T
	out terminalText
	p   *report.Progress
}

// terminalText is what a terminal has been sent.
type terminalText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *terminalText) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *terminalText) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *terminalText) Len() int { return len(w.String()) }

func (w *terminalText) Reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Reset()
}

func watch(t *testing.T, o report.ProgressOptions, planned ...journal.Planned) *watched {
	w := &watched{t: t}
	w.p = report.NewProgress(&w.out, o)
	w.tell(journal.Event{Start: &journal.RunStart{Planned: planned}})
	return w
}

func (w *watched) tell(events ...journal.Event) {
	w.t.Helper()
	for _, e := range events {
		if err := w.p.Write(e); err != nil {
			w.t.Fatal(err)
		}
	}
}

// after lets time pass, which in a synctest bubble takes none.
func (w *watched) after(d time.Duration) string {
	<-time.After(d)
	synctest.Wait()
	shown := w.out.String()
	if at := strings.LastIndex(shown, "\r"); at >= 0 {
		_, shown, _ = strings.Cut(shown[at:], "\x1b[K")
	}
	return shown
}

func plan(n int) (all []journal.Planned) {
	for i := range n {
		all = append(all, journal.Planned{Requirement: fmt.Sprintf("RSZ-URI-%03d", i+1), Title: "title", Kind: journal.KindScenario})
	}
	return all
}

func begins(i int) journal.Event {
	return journal.Event{Scenario: &journal.ScenarioStart{Requirement: fmt.Sprintf("RSZ-URI-%03d", i), Title: "title"}}
}

func ends(i int, v journal.Verdict) journal.Event {
	return journal.Event{Result: &journal.Result{Requirement: fmt.Sprintf("RSZ-URI-%03d", i), Title: "title", Verdict: v, Kind: journal.KindScenario}}
}

func asks(i int, operation, url, status string) journal.Event {
	return journal.Event{Exchange: &journal.Exchange{
		Scenario: fmt.Sprintf("RSZ-URI-%03d title", i), Operation: operation, Method: "GET", URL: url, Status: 200, Start: time.Now(),
		ResponseBody: journal.Body{Text: fmt.Sprintf(`{"job_id":"x", "status" : %q}`, status)},
	}}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, report.ProgressOptions{Style: report.Style{Width: 80}}, plan(3)...)
		step := func(want string, events ...journal.Event) {
			t.Helper()
			w.tell(events...)
			if got := w.after(200 * time.Millisecond); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		step("0/3")
		step("0/3  RSZ-URI-001 title", begins(1))
		step("1/3", ends(1, journal.Pass))
		step("2/3  1 failed", begins(2), ends(2, journal.Fail))
		step("2/3  1 failed", journal.Event{Result: &journal.Result{Verdict: journal.Pass, Kind: journal.KindCleanup}})
		step("2/3  1 failed  RSZ-URI-003 title", begins(3))
		before := w.out.Len()
		step("2/3  1 failed  RSZ-URI-003 title", journal.Event{Exchange: &journal.Exchange{}})
		if w.out.Len() != before {
			t.Error("what changes nothing redraws the line")
		}
		w.p.Close()
		if got := w.out.String()[before:]; got != "\r\x1b[K" {
			t.Errorf("closing writes %q", got)
		}
	})
}

// Who waits for what, and how long: the job that was asked for again and again; a job that has ended is waited for no more.
func TestProgressTellsWhatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, report.ProgressOptions{Style: report.Style{Width: 80}}, plan(9)...)
		const job = "http://127.0.0.1/v1/p/jobs/ff80808273645546"
		step := func(d time.Duration, want string, events ...journal.Event) {
			t.Helper()
			w.tell(events...)
			if got := w.after(d); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
		step(700*time.Millisecond, "0/9  RSZ-URI-001 title", begins(1), asks(1, "showJob", job, "RUNNING"))
		step(11*time.Second, "0/9  RSZ-URI-001 waits 12s for job ff80808273…", asks(1, "showJob", job, "RUNNING"))
		step(8*time.Second, "0/9  RSZ-URI-001 waits 20s for job ff80808273… (1 more under way)", begins(2))
		step(time.Second, "0/9  (1 more) RSZ-URI-002 title", asks(1, "showJob", job, "SUCCESS"))
		step(time.Second, "1/9  2m54s left  RSZ-URI-002 title", ends(1, journal.Pass)) // eight more, at 21.7 s each
		server := asks(2, "showServer", "http://127.0.0.1/v1/p/cloudservers/616fb98f-46ca-475e-917e-2563e5a8cd19", "x")
		step(4*time.Second, "1/9  3m26s left  RSZ-URI-002 waits 4s for server 616fb98f-4…", server, server)
		turned := asks(2, "showServer", "http://127.0.0.1/v1/p/cloudservers/other", "x")
		turned.Exchange.Status = 429
		step(3*time.Second, "1/9  3m50s left  RSZ-URI-002 waits 3s for a turn (429)", turned)
		w.p.Close()
	})
}

// The time left goes by how long scenarios are expected to take, once somebody knows.
func TestProgressGoesByWhatIsExpected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, report.ProgressOptions{Style: report.Style{Width: 80}}, plan(3)...)
		w.tell(begins(1))
		w.after(10 * time.Second)
		w.tell(ends(1, journal.Pass))
		if got := w.after(100 * time.Millisecond); got != "1/3  20s left" {
			t.Errorf("%q", got)
		}
		w.p.Expect(map[string]float64{"RSZ-URI-001": 1, "RSZ-URI-002": 5, "RSZ-URI-003": 7})
		if got := w.after(100 * time.Millisecond); got != "1/3  2m02s left" {
			t.Errorf("%q", got)
		}
		w.p.Close()
	})
}

// A log gets whole lines, none of them in the first ten seconds.
func TestProgressInALog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := watch(t, report.ProgressOptions{Lines: true}, plan(12)...)
		w.tell(begins(1), ends(1, journal.Fail), begins(2))
		if got := w.after(9 * time.Second); got != "" {
			t.Errorf("%q", got)
		}
		if got, want := w.after(2*time.Second), "10s: 1 of 12 done, 1 failed, since the last line RSZ-URI-001, RSZ-URI-002 title, about 1m50s left\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		w.out.Reset()
		if got, want := w.after(30*time.Second), "40s: 1 of 12 done, 1 failed, RSZ-URI-002 title, about 7m20s left\n"; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		w.out.Reset()
		w.p.Close()
		if w.out.Len() > 0 {
			t.Errorf("closing writes %q into a log", w.out.String())
		}
	})
}

// The line fits, whatever a server calls its jobs, and no terminal is driven by it.
func TestProgressFits(t *testing.T) {
	for _, width := range []int{10, 20, 40, 50, 80} {
		synctest.Test(t, func(t *testing.T) {
			w := watch(t, report.ProgressOptions{Style: report.Style{Width: width}}, plan(12)...)
			w.tell(begins(1), ends(1, journal.Fail), begins(2), asks(2, "showJob", "/v1/p/jobs/"+strings.Repeat("\x1b[2J语", 40), "RUNNING"))
			got := w.after(20 * time.Second)
			if n := utf8.RuneCountInString(got); n >= width || !strings.HasPrefix(got, "1/12") {
				t.Errorf("width %d: %d columns: %q", width, n, got)
			}
			if strings.Contains(got, "\x1b") {
				t.Errorf("%q drives the terminal", got)
			}
			if width >= 40 && !strings.Contains(got, "1 failed") {
				t.Errorf("width %d: no failures in %q", width, got)
			}
			w.p.Close()
		})
	}
}

// stopped is a terminal that was stopped: it takes nothing until it is let go.
type stopped struct{ let chan struct{} }

func (s stopped) Write(p []byte) (int, error) {
	<-s.let
	return len(p), nil
}

// A terminal that takes nothing does not hold the run up.
func TestProgressDoesNotWaitForTheTerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		terminal := stopped{make(chan struct{})}
		p := report.NewProgress(terminal, report.ProgressOptions{})
		began := time.Now()
		_ = p.Write(journal.Event{Start: &journal.RunStart{Planned: plan(9)}})
		<-time.After(time.Second) // it hangs in its first write
		for i := range 9 {
			_ = p.Write(begins(i + 1))
			_ = p.Write(ends(i+1, journal.Pass))
		}
		if took := time.Since(began); took != time.Second {
			t.Errorf("the run waited %s for the terminal", took-time.Second)
		}
		close(terminal.let)
		p.Close()
	})
}

// BenchmarkProgress is what an exchange costs a run whose progress is shown.
func BenchmarkProgress(b *testing.B) {
	p := report.NewProgress(&bytes.Buffer{}, report.ProgressOptions{})
	defer p.Close()
	_ = p.Write(journal.Event{Start: &journal.RunStart{Planned: plan(9)}})
	_ = p.Write(begins(1))
	e := asks(1, "showJob", "http://127.0.0.1/v1/p/jobs/ff80808273645546", "RUNNING")
	for b.Loop() {
		_ = p.Write(e)
	}
}

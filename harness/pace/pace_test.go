package pace_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"resize-conformance/harness/pace"
)

func begin(t *testing.T, p *pace.Pace) *pace.Turn {
	t.Helper()
	turn, err := p.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return turn
}

func TestNoMoreThanTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Rate: 10})
		start := time.Now()
		for range 21 {
			turn := begin(t, p)
			turn.Passed()
			turn.End()
		}
		if took := time.Since(start); took < 2*time.Second || took > 2100*time.Millisecond {
			t.Errorf("21 requests at 10 a second took %s, want 2 s", took)
		}
	})
}

func TestNoMoreAtTheSameTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Concurrent: 3})
		var under, most atomic.Int32
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() {
				turn := begin(t, p)
				n := under.Add(1)
				for seen := most.Load(); n > seen && !most.CompareAndSwap(seen, n); seen = most.Load() {
				}
				time.Sleep(time.Second)
				under.Add(-1)
				turn.End()
			})
		}
		group.Wait()
		if most.Load() != 3 {
			t.Errorf("%d at the same time, want 3", most.Load())
		}
		// A turn that was not had in time holds no place.
		first, second, third := begin(t, p), begin(t, p), begin(t, p)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := p.Begin(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want the context's error", err)
		}
		first.End()
		begin(t, p).End()
		second.End()
		third.End()
	})
}

// window is a target that carries out so many requests in each second.
type window struct {
	limit   int
	began   time.Time
	count   int
	refused int
}

func (w *window) takes() bool {
	if time.Since(w.began) >= time.Second {
		w.began, w.count = time.Now(), 0
	}
	if w.count++; w.count <= w.limit {
		return true
	}
	w.refused++
	return false
}

// A target with a limit that nobody told is asked as often as it can take, after a few refusals; and it is not asked much less.
func TestTheRateIsLearned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Pause: 10 * time.Millisecond})
		w := &window{limit: 50, began: time.Now()}
		passed := 0
		start := time.Now()
		for time.Since(start) < time.Minute {
			turn := begin(t, p)
			time.Sleep(time.Millisecond) // the request
			if w.takes() {
				passed++
				turn.Passed()
			} else {
				turn.Refused(0)
			}
			turn.End()
		}
		if passed < 30*60 || w.refused > 60 {
			t.Errorf("in a minute %d requests were carried out and %d refused (the rate is %.1f); want at least 1800 of 3000 carried out, 60 refused at most", passed, w.refused, p.Limit())
		}
	})
}

// Several who share a limit learn a part of it each. Whoever is left alone with it comes to ask as much as all did.
func TestALimitThatOthersNoLongerShareIsFoundAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Pause: 100 * time.Millisecond})
		w := &window{limit: 2, began: time.Now()}
		passed := 0
		ask := func(d time.Duration) {
			passed = 0
			for start := time.Now(); time.Since(start) < d; {
				turn := begin(t, p)
				time.Sleep(time.Millisecond)
				if w.takes() {
					passed++
					turn.Passed()
				} else {
					turn.Refused(0)
				}
				turn.End()
			}
		}
		ask(30 * time.Second)
		if slow := p.Limit(); slow > 3 {
			t.Fatalf("with a limit of 2 a second it asks %.1f times", slow)
		}
		w.limit = 40
		ask(2 * time.Minute)
		ask(10 * time.Second)
		if passed < 20*10 {
			t.Errorf("two minutes after the limit rose to 40 a second, %d requests are carried out in 10 s; want at least 200", passed)
		}
	})
}

func TestRetryAfterIsHonouredAndCapped(t *testing.T) {
	for name, tt := range map[string]struct{ asked, want time.Duration }{
		"asked for": {7 * time.Second, 7 * time.Second}, "too long": {time.Hour, 20 * time.Second}, "not said": {0, 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pace.New(pace.Config{Pause: 3 * time.Second, MaxPause: 20 * time.Second})
				turn := begin(t, p)
				if told := turn.Refused(tt.asked); told != tt.want {
					t.Errorf("the pause is to be %s, want %s", told, tt.want)
				}
				turn.End()
				start := time.Now()
				begin(t, p).End()
				if got := time.Since(start); got != tt.want {
					t.Errorf("the next request was sent after %s, want %s", got, tt.want)
				}
			})
		})
	}
}

// Pauses double while nothing is let through; requests that were under way together count once.
func TestPausesDouble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Pause: time.Second, MaxPause: 5 * time.Second})
		for i, want := range []time.Duration{1, 2, 4, 5, 5} {
			first, second := begin(t, p), begin(t, p)
			time.Sleep(time.Millisecond)
			if got := first.Refused(0); got != want*time.Second {
				t.Errorf("refusal %d: a pause of %s, want %s", i+1, got, want*time.Second)
			}
			if got := second.Refused(0); got != want*time.Second {
				t.Errorf("refusal %d, of one that was under way: a pause of %s, want %s", i+1, got, want*time.Second)
			}
			first.End()
			second.End()
		}
		if p.Seen() != 10 {
			t.Errorf("%d refusals counted, want 10", p.Seen())
		}
	})
}

func TestARunThatEndsDoesNotWait(t *testing.T) {
	p := pace.New(pace.Config{Pause: time.Hour, MaxPause: time.Hour})
	turn := begin(t, p)
	turn.Refused(0)
	turn.End()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the user has had enough"))
	if _, err := p.Begin(ctx); err == nil || !strings.Contains(err.Error(), "the user has had enough") {
		t.Errorf("got %v, want the cause", err)
	}
}

func TestNoPaceLimitsNothing(t *testing.T) {
	var p *pace.Pace
	turn := begin(t, p)
	turn.Passed()
	if turn.Refused(time.Hour) != 0 || p.Seen() != 0 || p.Limit() != 0 {
		t.Error("the nil Pace limits something")
	}
	turn.End()
}

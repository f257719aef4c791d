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
		ask(40 * time.Second)
		ask(10 * time.Second)
		if passed < 20*10 {
			t.Errorf("40 s after the limit rose to 40 a second, %d requests are carried out in 10 s; want at least 200", passed)
		}
	})
}

// A window of a minute is not tried out in steps of a second: a refusal costs the rest of it.
func TestALongWindowIsTriedOutSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Pause: time.Second})
		passed, refused, count, began := 0, 0, 0, time.Now()
		for start := began; time.Since(start) < 30*time.Minute; {
			turn := begin(t, p)
			time.Sleep(time.Millisecond)
			if time.Since(began) >= time.Minute {
				began, count = time.Now(), 0
			}
			if count++; count <= 200 {
				passed++
				turn.Passed()
			} else {
				refused++
				turn.Refused(time.Until(began.Add(time.Minute)))
			}
			turn.End()
		}
		if refused > 30 || passed < 30*200*2/3 {
			t.Errorf("of 200 requests a minute, %d in 30 minutes are carried out and %d refused; want 4000 at least, and 30 at most", passed, refused)
		}
	})
}

// Who asks less often than it may, because it waits for jobs or for its processor, finds no higher limit by that, and has no refusals to come when it asks often again.
func TestARateThatIsNotUsedDoesNotRise(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Pause: 100 * time.Millisecond})
		w := &window{limit: 40, began: time.Now()}
		ask := func(d, between time.Duration) {
			for start := time.Now(); time.Since(start) < d; time.Sleep(between) {
				turn := begin(t, p)
				time.Sleep(time.Millisecond)
				if w.takes() {
					turn.Passed()
				} else {
					turn.Refused(0)
				}
				turn.End()
			}
		}
		ask(20*time.Second, 0)
		before, refused := p.Limit(), w.refused
		ask(10*time.Minute, 100*time.Millisecond)
		if after := p.Limit(); after > before || w.refused > refused {
			t.Errorf("after 10 minutes of 10 requests a second the rate is %.1f, was %.1f; %d more were refused", after, before, w.refused-refused)
		}
		ask(5*time.Second, 0)
		if more := w.refused - refused; more > 1 {
			t.Errorf("%d requests are refused when it asks often again, want 1 at most", more)
		}
	})
}

// A target that is busy, or not well, is left alone longer each time, and is asked as fast as before when it is well again.
func TestABusyTargetIsLeftAloneAndNotAskedMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(pace.Config{Rate: 100, Pause: time.Second, MaxPause: 5 * time.Second})
		for round := range 20 {
			for _, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second} {
				turn := begin(t, p)
				start := time.Now()
				time.Sleep(time.Millisecond)
				if got := turn.Busy(0); got != want {
					t.Fatalf("round %d: left alone for %s, want %s", round, got, want)
				}
				turn.End()
				begin(t, p).End()
				if rested := time.Since(start); rested < want {
					t.Fatalf("round %d: the next request goes out after %s, want %s at least", round, rested, want)
				}
			}
			time.Sleep(time.Millisecond)
			turn := begin(t, p)
			time.Sleep(time.Millisecond)
			turn.Passed()
			turn.End()
		}
		if got := p.Limit(); got != 100 || p.Seen() != 0 {
			t.Errorf("after 80 answers of a busy target: %v requests a second and %d refused as too many, want 100 and 0", got, p.Seen())
		}
		turn := begin(t, p)
		if got := turn.Busy(3 * time.Second); got != 3*time.Second {
			t.Errorf("left alone for %s, want the 3 s that were asked for", got)
		}
		turn.End()
		var none *pace.Turn
		if none.Busy(time.Second) != 0 {
			t.Error("who has no pace rests")
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

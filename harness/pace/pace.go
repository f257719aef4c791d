// Package pace keeps a run from asking more of a target than it can give: so many requests a second, so many at the same time, and fewer as soon as the target
// says that it is too much.
//
// How fast a target may be asked is nowhere documented. A Pace therefore learns it: when a request is refused as too many, nothing is sent until the target has
// had its rest (Retry-After, or a pause that doubles), and from the first request that is let through again no more are sent than were carried out in the time
// that both together took. Then it becomes faster again, step by step, up to a little less than it was refused at. The refusal may have been
// the doing of others who asked at the same time and no longer do: when nothing was refused for a while, it tries more, in steps that grow.
//
// A target that is busy or not well (Busy) is left alone for a while too. Since that says nothing about how many requests it takes, no rate is learned from it.
package pace

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Config of a Pace. The zero value limits nothing until the target asks for it.
type Config struct {
	Rate       float64       // requests a second at most; 0: no limit
	Concurrent int           // requests under way at most; 0: no limit
	Pause      time.Duration // first pause after a refusal that names none, doubled with each that follows at once; default 1 s
	MaxPause   time.Duration // the longest pause, also of those that a target asks for; default 2 min
}

// The defaults of Config.
const (
	DefaultPause    = time.Second
	DefaultMaxPause = 2 * time.Minute
)

// The numbers by which a Pace becomes slower and faster.
const (
	share   = 0.9 // of what a target was seen to carry out
	ceiling = 0.8 // of the rate at which it refused
	faster  = 1.1 // every so many
	proven  = 20  // requests in a row that are let through, or fewer where they take long; and were sent as fast as this at least:
	used    = 0.8 // of the rate in force; whoever asks less often learns nothing about it
	slowest = 0.2 // requests a second: a target that takes less than one in five seconds cannot be told from one that takes none
)

// Where few requests a second are sent, a step is also taken when they were let through for as long as the last refusal lasted: a window of a second shows in a second
// what one of a minute shows in a minute. At least this long, and after so many requests:
const (
	brief = 2 * time.Second
	few   = 4
)

// calm is how long nothing must be refused before more is tried than what was refused. Limits of flow control are by the second or the minute.
const calm = 10 * time.Second

// Pace is asked before each request and told what came of it. It is safe for concurrent use. The nil Pace limits nothing.
type Pace struct {
	c       Config
	slots   chan struct{} // nil: no limit
	limiter *rate.Limiter

	mu      sync.Mutex
	top     rate.Limit    // not faster than this, until it has been calm
	bold    float64       // by how much the next step beyond it is
	stormy  time.Time     // when a request was refused last
	until   time.Time     // nothing is sent before
	refused time.Time     // when the last refusal that counts came; zero when requests are let through
	again   int           // refusals in a row that count
	first   time.Time     // when the first of them came
	rested  time.Duration // from then until requests were let through again, the last time
	ill     time.Time     // when the target was last too busy for a request; zero when requests are let through
	rests   int           // pauses in a row for that
	since   time.Time     // the beginning of what is measured
	mark    time.Time     // where it will begin next
	marked  int           // requests let through from since to there
	passed  int           // requests let through since then
	row     int           // requests let through since the rate changed, or since it was last looked at how fast they were sent
	rowed   time.Time     // when the first of them was begun
	seen    int           // refusals in all
}

// New makes a Pace.
func New(c Config) *Pace {
	if c.Pause <= 0 {
		c.Pause = DefaultPause
	}
	if c.MaxPause <= 0 {
		c.MaxPause = DefaultMaxPause
	}
	p := &Pace{c: c, bold: 1}
	p.top = p.most()
	if c.Concurrent > 0 {
		p.slots = make(chan struct{}, c.Concurrent)
	}
	p.limiter = rate.NewLimiter(p.top, 1)
	return p
}

// Turn is the right to send one request.
type Turn struct {
	p     *Pace
	began time.Time
}

// Begin waits until a request may be sent. The Turn must be ended. The error is that of ctx, or says that its time would be over before.
func (p *Pace) Begin(ctx context.Context) (*Turn, error) {
	if p == nil {
		return nil, nil
	}
	if p.slots != nil {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting to send a request, of which %d are under way: %w", p.c.Concurrent, context.Cause(ctx))
		}
	}
	if err := p.rest(ctx); err != nil {
		p.free()
		return nil, err
	}
	t := &Turn{p: p, began: time.Now()}
	p.mu.Lock()
	if p.since.IsZero() {
		p.since, p.mark = t.began, t.began
	}
	p.mu.Unlock()
	return t, nil
}

// rest waits for the end of a pause, and for the rate to allow one more request.
func (p *Pace) rest(ctx context.Context) error {
	for {
		p.mu.Lock()
		pause := time.Until(p.until)
		p.mu.Unlock()
		if pause <= 0 {
			if err := p.limiter.Wait(ctx); err != nil {
				return fmt.Errorf("waiting to send a request, at %.3g a second: %w", float64(p.limiter.Limit()), err)
			}
			p.mu.Lock()
			pause = time.Until(p.until) // another request may have been refused meanwhile
			p.mu.Unlock()
			if pause <= 0 {
				return nil
			}
		}
		if Sleep(ctx, pause) != nil {
			return fmt.Errorf("waiting for the target, which is busy: %w", context.Cause(ctx))
		}
	}
}

func (p *Pace) free() {
	if p.slots != nil {
		<-p.slots
	}
}

// End gives the turn back. Of what was neither refused as too much nor let through, such as a request that got no answer, nothing more is told.
func (t *Turn) End() {
	if t != nil {
		t.p.free()
	}
}

// Passed says that the request was let through.
func (t *Turn) Passed() {
	if t == nil {
		return
	}
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	p.passed++
	if t.began.After(p.ill) {
		p.ill, p.rests = time.Time{}, 0
	}
	if p.row == 0 {
		p.rowed = t.began
	}
	if p.row++; !p.refused.IsZero() && t.began.After(p.refused) {
		p.learn()
	}
	limit, now := p.limiter.Limit(), time.Now()
	p.forget(now)
	if p.row < proven && (p.row < few || now.Sub(p.rowed) < max(brief, p.rested)) {
		return
	}
	fast := float64(p.row) >= used*float64(limit)*now.Sub(p.rowed).Seconds()
	p.row = 0
	switch most := p.most(); {
	case !fast:
	case limit < p.top:
		p.limiter.SetLimit(min(p.top, limit*faster))
	case limit < most && now.Sub(p.stormy) >= calm:
		p.bold *= faster
		p.top = min(most, p.top*rate.Limit(p.bold))
		p.limiter.SetLimit(p.top)
	}
}

// forget leaves out of what is measured what was long ago: it was asked more slowly then. The world is held still.
func (p *Pace) forget(now time.Time) {
	if now.Sub(p.mark) < max(calm/2, p.rested) {
		return
	}
	p.passed -= p.marked
	p.since, p.mark, p.marked = p.mark, now, p.passed
}

// most is the rate beyond which nothing is tried.
func (p *Pace) most() rate.Limit {
	if p.c.Rate > 0 {
		return rate.Limit(p.c.Rate)
	}
	return rate.Inf
}

// learn sets the rate to what the target was seen to carry out, its rest included. The world is held still.
func (p *Pace) learn() {
	now := time.Now()
	took := max(now.Sub(p.since), time.Millisecond)
	limit := max(slowest, min(p.top, rate.Limit(share*float64(p.passed)/took.Seconds())))
	p.limiter.SetLimit(limit)
	p.rested = now.Sub(p.first)
	p.mark, p.marked = now, 0
	p.refused, p.again, p.since, p.passed, p.row = time.Time{}, 0, now, 0, 0
}

// Refused says that the request was refused as one too many, and how long the target wants to be left alone; 0 when it did not say. It returns how long that
// will be.
func (t *Turn) Refused(after time.Duration) time.Duration {
	if t == nil {
		return 0
	}
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.seen++
	p.stormy, p.bold = now, 1
	if p.refused.IsZero() || t.began.After(p.refused) { // else it was under way when another was refused: the same cause
		if p.refused.IsZero() && p.limiter.Limit() < rate.Inf {
			p.top = max(slowest, min(p.top, p.limiter.Limit()*ceiling))
		}
		if p.refused.IsZero() {
			p.first = now
		}
		p.refused = now
		p.again++
	}
	return p.pause(now, p.again, after)
}

// Busy says that the target was too busy for the request, or not well: that tells nothing about how many requests it takes. It is left alone as after a refusal, and
// asked as fast as before.
func (t *Turn) Busy(after time.Duration) time.Duration {
	if t == nil {
		return 0
	}
	p := t.p
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.ill.IsZero() || t.began.After(p.ill) { // else it was under way when another was told so
		p.ill = now
		p.rests++
	}
	return p.pause(now, p.rests, after)
}

// pause leaves the target alone, so many times in a row, and returns how long. The world is held still.
func (p *Pace) pause(now time.Time, times int, after time.Duration) time.Duration {
	pause := min(p.c.Pause<<min(times-1, 20), p.c.MaxPause)
	if after > 0 {
		pause = min(after, p.c.MaxPause)
	}
	if until := now.Add(pause); until.After(p.until) {
		p.until = until
	}
	return max(0, p.until.Sub(now))
}

// Seen is how many requests were refused as too many.
func (p *Pace) Seen() int {
	if p == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen
}

// Limit is the rate in force, in requests a second; 0: no limit.
func (p *Pace) Limit() float64 {
	if p == nil {
		return 0
	}
	if limit := p.limiter.Limit(); limit != rate.Inf {
		return float64(limit)
	}
	return 0
}

// Sleep waits, or gives the error of ctx when that ends first.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

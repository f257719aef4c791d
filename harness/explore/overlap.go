package explore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"pgregory.net/rapid"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// Round is resizes of one stopped server by several callers at the same time, each of which waits for the job of one before it asks for the next.
type Round struct{ Callers [][]Role }

// How many callers there are in a round.
const fewestCallers, mostCallers = 2, 4

// rounds generates them. The first two callers want different flavors, which is where an order shows.
func rounds(o Offers) *rapid.Generator[Round] {
	first, later := []Role{ToTarget}, []Role{ToTarget, ToFirst}
	if o.Other {
		first, later = append(first, ToOther), append(later, ToOther)
	}
	return rapid.Custom(func(t *rapid.T) Round {
		var r Round
		for i := range evenly(t, []int{fewestCallers, fewestCallers, 3, mostCallers}) {
			asks := []Role{first[i%len(first)]}
			for range evenly(t, []int{0, 1}) {
				asks = append(asks, evenly(t, later))
			}
			r.Callers = append(r.Callers, asks)
		}
		return r
	})
}

func (r Round) key() string { return fmt.Sprint(r.Callers) }
func (Round) on() string    { return string(fixture.Stopped) }

func (r Round) size() int {
	n := 0
	for _, asks := range r.Callers {
		n += len(asks)
	}
	return n
}

// Overlaps draws rounds of resizes that overlap and carries them out. A round is wrong when no order of the accepted resizes explains what their jobs and the
// server show. The first that fails is reported, made shorter where that is possible: what depends on the moment need not happen twice.
func Overlaps(ctx context.Context, c Config) (*Report, error) {
	return explore(ctx, &c, plainRounds(c.Offers), rounds(c.Offers), c.carryOutRound)
}

// plainRounds come first: two callers that want two flavors. With more of them there are more orders, and with them more ways to explain what went wrong.
func plainRounds(o Offers) []Round {
	if !o.Other {
		return nil
	}
	plain := Round{[][]Role{{ToTarget}, {ToOther}}}
	return []Round{plain, plain}
}

// round is a round being carried out.
type round struct {
	c      *Config
	began  time.Time
	server *fixture.Server
	state  State

	mu     sync.Mutex
	events []Event
	done   []Done
	jobs   map[string]string // job -> flavor it was accepted for
}

func (c *Config) carryOutRound(ctx context.Context, r Round) ([]Done, error) {
	server, err := c.Lease(ctx, fixture.Stopped)
	if err != nil {
		return nil, &Trouble{fmt.Errorf("no stopped server could be had: %w", err)}
	}
	defer c.Release(ctx, server)
	at := &round{c: c, began: time.Now(), server: server, jobs: map[string]string{}}
	at.state = State{On: fixture.Stopped, First: server.Flavor, Flavor: server.Flavor, Parts: server.Flavors, Power: Stopped}
	var (
		all   sync.WaitGroup
		start = make(chan struct{})
		ends  = make([]error, len(r.Callers))
	)
	for i, asks := range r.Callers {
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					ends[i] = fmt.Errorf("a caller panicked: %v", p)
				}
			}()
			<-start
			for _, role := range asks {
				if ends[i] = at.ask(ctx, i+1, role); ends[i] != nil {
					return
				}
			}
		})
	}
	close(start)
	all.Wait()
	for _, err := range ends {
		if err != nil {
			return at.done, err
		}
	}
	return at.done, at.judge(ctx)
}

// ask has one caller resize the server, wait for the job, and look.
func (r *round) ask(ctx context.Context, caller int, role Role) error {
	flavor := r.state.Part(role)
	if flavor == "" {
		return nil
	}
	var how []ecs.Option
	if r.c.Offers.OnlyV1 {
		how = append(how, ecs.V1())
	}
	call := r.now()
	a, err := r.c.Client.Resize(ctx, r.server.ID, ecs.Resize{FlavorRef: flavor}, how...)
	if err := r.saw(ctx, a, err, "an answer to the resize request"); err != nil {
		return err
	}
	at := r.tell(Done{Text: fmt.Sprintf("caller %d: resize to %s (%s)", caller, flavor, answer(a)), Exchanges: []int64{a.ID}})
	if !a.Accepted() {
		return r.refused(a, flavor)
	}
	job, _ := a.JobID()
	if err := r.issued(a, job, flavor); err != nil {
		return err
	}
	h, after, before, err := awaited(ctx, r.c.Client, job, ecs.Within(r.c.Client.Timeouts().Job))
	e := Event{Kind: Resized, Flavor: flavor, Call: max(call, after.Sub(r.began)), Return: before.Sub(r.began)}
	if err := r.saw(ctx, h.Answer, err, "job "+job+" to come to an end"); err != nil {
		return err
	}
	e.Done = h.Job.Status == ecs.JobSuccess
	r.mu.Lock()
	r.events = append(r.events, e)
	r.done[at].Text += fmt.Sprintf(", its job %s", h.Job.Status)
	r.done[at].Exchanges = append(r.done[at].Exchanges, h.Answer.ID)
	r.mu.Unlock()
	_, err = r.look(ctx)
	return err
}

// refused: busy is always a reason here, and so is a flavor that the server may have by then. That a way between two flavors does not exist is one on all ways
// but those from the first flavor, which the target has named.
func (r *round) refused(a *ecs.Answer, flavor string) error {
	state := r.state
	state.Busy = true
	allowed := r.c.Model.Resize(state, Ask{Role: ToTarget, Flavor: flavor})
	r.c.Model.refusals(&allowed, []string{rowSecond, rowSameFlavor, rowUnreachable})
	if len(r.c.Model.Contract.Behaviour().DowngradeBanned) > 0 {
		allowed.Statuses, allowed.Codes = append(refusalStatuses(), 501), nil
	}
	if allowed.Allows(false, a.Status, a.ErrorCodes()) {
		return nil
	}
	return &Violation{Check: "refusal of an overlapping resize", Requirement: rowSecond, Wanted: allowed.Words(), Got: answer(a), Exchange: a.ID}
}

// issued: one job carries out one resize.
func (r *round) issued(a *ecs.Answer, job, flavor string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	other, twice := r.jobs[job]
	r.jobs[job] = flavor
	switch {
	case job == "":
		return &Violation{Check: "job of an overlapping resize", Wanted: "a job_id to follow it by", Got: answer(a), Pointer: "/job_id", Exchange: a.ID}
	case twice && other != flavor:
		return &Violation{
			Check: "job of an overlapping resize", Wanted: "a job of its own for each of two resizes, to " + other + " and to " + flavor,
			Got: "job " + job + " for both", Pointer: "/job_id", Exchange: a.ID,
		}
	}
	return nil
}

func (r *round) now() time.Duration { return time.Since(r.began) }

func (r *round) tell(d Done) (index int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = append(r.done, d)
	return len(r.done) - 1
}

// saw is for rounds what it is for sequences.
func (r *round) saw(ctx context.Context, a *ecs.Answer, err error, wanted string) error {
	w := walk{done: make([]Done, 1)}
	return w.saw(ctx, a, err, wanted)
}

func (r *round) look(ctx context.Context) (*ecs.Answer, error) {
	a, err := r.c.Client.ShowServer(ctx, r.server.ID)
	if err := r.saw(ctx, a, err, "showServer to tell the server's state"); err != nil {
		return a, err
	}
	s, err := a.Server()
	if a.Status != 200 || err != nil {
		return a, &Violation{Check: "server", Wanted: "the details of the server (200)", Got: answer(a), Exchange: a.ID}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	e := looked(a, s, r.began)
	e.Status = "" // how the server rests after a resize is a SHOULD, so only the flavor is evidence
	r.events = append(r.events, e)
	return a, nil
}

// judge looks a last time and asks whether some order explains all that was seen.
func (r *round) judge(ctx context.Context) error {
	a, err := r.look(ctx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(r.events, func(a, b Event) int { return int(a.Return - b.Return) })
	first := condition{r.server.Flavor, Unsure}
	if ok, _ := explained(first, false, r.events); ok {
		return nil
	}
	last := r.events[len(r.events)-1]
	return &Violation{
		Check: "order of overlapping resizes", Pointer: "/server/flavor/id", Exchange: a.ID,
		Wanted: "what some order of the accepted resizes leads to",
		Got:    "flavor " + last.Flavor + " after " + strings.TrimPrefix(story(first, r.events[:len(r.events)-1]), ", "),
	}
}

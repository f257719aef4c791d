package preflight

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// Estimate is what a run is expected to do to a target: an estimate, made by rehearsing the same scenarios with the embedded emulator in the same edition. A target that
// breaks a promise takes less, or more.
type Estimate struct {
	Scenarios int
	Requests  int // polls left out
	Polls     int
	Resizes   int // that are to be carried out, those back to the first flavor among them
	Power     int // starts and stops, those that give a server back among them
	Created   int // servers by scenarios that make one, all of which are deleted again
	Made      int // servers of the run's own, kept for all scenarios that want one; of each process
	Orders    int // that yearly/monthly servers place: their resizes, and those of the run's own as they are made
	Takes     time.Duration
	JobTakes  time.Duration // what a resize job was taken to last
	// Weights says how long each scenario takes, by the id of its requirement, in pauses between looks at jobs. Requests count as well, since some scenarios wait for no
	// job and send hundreds.
	Weights map[string]int
}

// How long the jobs of a real cloud were seen to take, in pauses between looks (ecs.Timeouts.Poll, 5 s there): a resize about 38 s, a start or stop 15 to 20 s, a
// creation 30 to 90 s, a deletion under a minute. An emulator for which shorter pauses are chosen has shorter jobs.
const (
	resizePolls = 8
	powerPolls  = 4
	createPolls = 12
	deletePolls = 6
)

// leased counts the servers of a scenario: each may have to be brought into its state first, and back afterwards.
type leased struct {
	fixture.Source
	count *rehearsal
}

// Lease implements fixture.Source.
func (l leased) Lease(ctx context.Context, want fixture.State) (*fixture.Server, error) {
	if s := exchange.ScopeOf(ctx); s != nil {
		requirement, _, _ := strings.Cut(s.Scenario, " ")
		l.count.mu.Lock()
		l.count.servers[requirement]++
		l.count.mu.Unlock()
	}
	return l.Source.Lease(ctx, want)
}

// askPolls is how many requests take as long as a pause between looks: those of a real cloud take about a quarter of a second each.
const askPolls = 20

// together is how many scenarios are rehearsed at the same time: most of their time they wait.
const together = 8

// rehearsal counts what is sent to the emulator.
type rehearsal struct {
	mu   sync.Mutex
	sent int
	jobs map[string]int // by what they do
	paid int
	by   map[string]int // scenario's requirement -> pauses
	asks map[string]int // scenario's requirement -> requests
	// servers are how many a scenario has, by its requirement
	servers map[string]int
}

// Write counts an exchange (exchange.Sink).
func (r *rehearsal) Write(e journal.Event) error {
	x := e.Exchange
	if x == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var answer struct {
		JobID   string `json:"job_id"`
		OrderID string `json:"order_id"`
		Status  string `json:"status"`
	}
	_ = json.Unmarshal([]byte(x.ResponseBody.Text), &answer) // what is no such answer counts as a request alone
	if x.Method == http.MethodGet && strings.Contains(x.URL, "/jobs/") && (answer.Status == ecs.JobInit || answer.Status == ecs.JobRunning) {
		return nil // a poll: how many there are depends on how long jobs take
	}
	r.sent++
	requirement, _, _ := strings.Cut(x.Scenario, " ")
	r.asks[requirement]++
	if x.Method != http.MethodPost || x.Status >= 300 || answer.JobID == "" {
		return nil
	}
	path, _, _ := strings.Cut(x.URL, "?")
	what := path[strings.LastIndexByte(path, '/')+1:]
	r.jobs[what]++
	// What is changed is changed back.
	r.by[requirement] += map[string]int{"resize": 2 * resizePolls, "action": 2 * powerPolls, "cloudservers": createPolls, "delete": deletePolls}[what]
	if answer.OrderID != "" {
		r.paid++
	}
	return nil
}

// Rehearse carries the scenarios out with an embedded emulator of the target's edition that has no more capabilities than the target, and says what a run with the
// target is to be expected to do. explore is as in suites.Env. Nothing is sent to the target.
func Rehearse(ctx context.Context, t *target.Target, scenarios []suites.Scenario, explore int, profile string) (e Estimate, err error) {
	count := &rehearsal{jobs: map[string]int{}, by: map[string]int{}, asks: map[string]int{}, servers: map[string]int{}}
	stage, err := target.Open(ctx, target.Config{Profile: profile}, count, target.WithContract(t.Contract), target.WithoutCurl())
	if err != nil {
		return e, fmt.Errorf("rehearsing: %w", err)
	}
	defer func() { err = errors.Join(err, stage.Close(context.WithoutCancel(ctx))) }()
	for capability := range stage.Capabilities {
		stage.Capabilities[capability] = stage.Capabilities[capability] && t.Capabilities[capability]
	}
	if explore == 0 {
		explore = -1 // nothing is explored where nothing is said and the server is a URL
	}
	stage.Servers = leased{stage.Servers, count}
	env := &suites.Env{Target: stage, Explore: explore, Shorten: -1}
	var all errgroup.Group
	all.SetLimit(together)
	for _, s := range scenarios {
		all.Go(func() error {
			if ctx.Err() == nil {
				s.Perform(ctx, env)
			}
			return nil
		})
	}
	_ = all.Wait()
	if ctx.Err() != nil {
		return e, context.Cause(ctx)
	}
	return count.estimate(scenarios, t), nil
}

// estimate adds what the source of servers does, which makes new ones in the emulator and gives them back as found elsewhere.
func (r *rehearsal) estimate(scenarios []suites.Scenario, t *target.Target) Estimate {
	r.mu.Lock()
	defer r.mu.Unlock()
	for requirement, servers := range r.servers {
		if r.by[requirement] > 0 {
			r.by[requirement] += powerPolls * servers
		}
	}
	for requirement, asked := range r.asks {
		r.by[requirement] += asked / askPolls
	}
	poll := t.Timeouts.Poll
	e := Estimate{
		Scenarios: len(scenarios), Requests: r.sent, Resizes: 2 * r.jobs["resize"], Power: 2 * r.jobs["action"], Created: r.jobs["cloudservers"],
		Orders: r.paid, JobTakes: resizePolls * poll, Weights: r.by,
	}
	back := r.jobs["resize"] + r.jobs["action"]
	e.Requests += 2*back + len(scenarios) // each order to set right, with a look afterwards, and a look when a server is given back
	e.Polls = e.Resizes*looks(resizePolls, t.Timeouts) + e.Power*looks(powerPolls, t.Timeouts) + e.Created*looks(createPolls, t.Timeouts) + r.jobs["delete"]*looks(deletePolls, t.Timeouts)
	e.Takes = poll * time.Duration(resizePolls*e.Resizes+powerPolls*e.Power+createPolls*e.Created+deletePolls*r.jobs["delete"])
	made := making(t, scenarios)
	if e.Made = total(made); e.Made > 0 {
		e.Requests += ownRequests * e.Made
		e.Polls += e.Made * (looks(createPolls, t.Timeouts) + looks(powerPolls, t.Timeouts) + looks(deletePolls, t.Timeouts))
		e.Takes += poll * time.Duration((createPolls+powerPolls+deletePolls)*e.Made)
	}
	if t.Capabilities[target.CapAutoPay] {
		e.Orders *= 2 // the way back is one, too
	}
	e.Orders += made[fixture.YearlyMonthly]
	if limit := t.Pace.Limit(); limit > 0 {
		e.Takes = max(e.Takes, time.Duration(float64(e.Requests+e.Polls)/limit*float64(time.Second)))
	}
	return e
}

// looks is how often a job is looked at that lasts so many first pauses.
func looks(pauses int, t ecs.Timeouts) int {
	n, pause := 1, t.Poll
	for waited := time.Duration(0); waited < time.Duration(pauses)*t.Poll; n++ {
		waited += pause
		pause = min(pause*3/2, t.PollMax)
	}
	return n
}

// Package replay sends what was recorded again, to any target, and says in what the answers differ.
//
// The bytes are those of the record, but for what belonged to the run it was made by: credentials are the target's own, and the ids of projects, servers, jobs and orders
// are those that the target has or hands out in the place of the recorded ones. What the record has lost is not made up: such a request is not sent.
package replay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
	"resize-conformance/harness/target"
)

// Player sends sequences of one record to one target. It is for one goroutine.
type Player struct {
	Target *target.Target
	Sink   *Sink // that the target was opened with
	Record *recording.Record
	// AsFound lets requests that only read name servers of the record where the target lists none: for the endpoint that the record was made of.
	AsFound bool
	// Left is what could not be given back as it was found, of all sequences.
	Left []string

	judge *exchange.Recorder
}

// play is one sequence being sent.
type play struct {
	*Player
	seq    *recording.Sequence
	out    *Replayed
	ids    *translation
	leased []*fixture.Server
	served map[string]bool // recorded ids of servers that were leased, or were tried to
	open   *underway
	parted *parted
	jobs   map[string][]string // job of the record -> its servers

	succeeded map[string]bool // jobs of the record

	lost map[string]bool // recorded ids that nothing stands in for, because what would have made it was not sent
}

// Play sends a sequence. The error is about the replay and not about the target: ctx has ended, a server cannot be had.
func (p *Player) Play(ctx context.Context, seq *recording.Sequence) (*Replayed, error) {
	if p.judge == nil {
		p.judge = exchange.NewRecorder(exchange.Options{Contract: p.Target.Contract, Redactor: p.Target.Recorder.Redactor(), BasePath: p.Record.BasePath, NoCurl: true})
	}
	run := &play{
		Player: p, seq: seq, out: &Replayed{Sequence: seq}, ids: newTranslation(), open: newUnderway(), parted: newParted(), jobs: map[string][]string{}, succeeded: succeeded(seq.Exchanges), served: map[string]bool{}, lost: map[string]bool{},
	}
	ctx = exchange.WithScope(ctx, &exchange.Scope{Scenario: seq.Name()})
	run.projects()
	err := run.all(ctx)
	run.giveBack(ctx)
	run.out.Mapped = run.ids.told
	p.Left = append(p.Left, run.out.Left...)
	return run.out, err
}

func (p *play) projects() {
	if then := p.Record.Project; then != "" && p.Target.ProjectID != "" {
		p.ids.add("project", then, p.Target.ProjectID)
	}
	if then := p.Record.Foreign; then != "" && p.Target.Foreign.ID != "" {
		p.ids.add("foreign project", then, p.Target.Foreign.ID)
	}
}

func (p *play) all(ctx context.Context) error {
	for _, track := range tracks(p.seq.Exchanges) {
		for _, group := range fold(track) {
			if err := ctx.Err(); err != nil {
				return context.Cause(ctx)
			}
			if err := p.pair(ctx, group); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(p.out.Pairs, func(a, b Pair) int { return cmp.Compare(a.Then.ID, b.Then.ID) })
	return nil
}

// pair sends the first of some exchanges that were answered alike.
func (p *play) pair(ctx context.Context, group []*journal.Exchange) error {
	pair := Pair{Then: group[0], Also: group[1:]}
	broke, err := p.judge.Again(ctx, pair.Then)
	if err != nil {
		return err
	}
	pair.ThenBroke = broke.Violations
	if err := p.one(ctx, &pair); err != nil {
		return err
	}
	if pair.Now == nil {
		p.open.see(pair.Then, nil)
		p.losing(pair.Then)
		p.parted.without(pair.Then)
	}
	p.out.Pairs = append(p.out.Pairs, pair)
	return nil
}

// one sends one exchange, and again until what it looks at has come as far as it had in the record.
func (p *play) one(ctx context.Context, pair *Pair) error {
	if pair.Skipped = p.unsendable(pair.Then); pair.Skipped != "" {
		return nil
	}
	if why, err := p.lease(ctx, pair.Then); err != nil || why != "" {
		pair.Skipped = why
		return err
	}
	if pair.Skipped = p.forbidden(pair.Then); pair.Skipped != "" {
		return nil
	}
	options, path, why := p.compose(pair.Then)
	if pair.Skipped = why; why != "" {
		return nil
	}
	if p.hadToWait(pair.Then) {
		if _, err := p.await(ctx, pair.Then); err != nil {
			return err
		}
	}
	p.contest(pair.Then)
	before := p.open.openNow(pair.Then)
	if err := p.send(ctx, pair, path, options); err != nil || pair.Now == nil {
		return err
	}
	if len(pair.Differences) > 0 && !(recording.Changes(pair.Then) && pair.Now.Status/100 == 2) { // what was done once is not done twice
		waited, err := p.await(ctx, pair.Then)
		if err != nil {
			return err
		}
		if waited {
			if err := p.send(ctx, pair, path, options); err != nil {
				return err
			}
		}
	}
	p.excuse(ctx, pair, before)
	if pair.Then.Status == 0 {
		pair.Moot = "the record has no answer"
	}
	return nil
}

// send sends a request until what it looks at has settled, and compares.
func (p *play) send(ctx context.Context, pair *Pair, path string, options []ecs.Option) error {
	patience := p.patience(pair.Then)
	deadline, pause := time.Now().Add(patience), p.Target.Timeouts.Poll
	var a *ecs.Answer
	for {
		pair.Looks++
		var err error
		a, err = p.Target.Client.Raw(ctx, pair.Then.Method, path, options...)
		var withheld *exchange.Withheld
		switch {
		case errors.As(err, &withheld):
			pair.Skipped = "not sent: " + withheld.Why
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case a == nil:
			pair.Skipped = fmt.Sprintf("not sent: %v", err)
			return nil
		}
		if pair.Now = p.Sink.take(a.ID); pair.Now == nil {
			return fmt.Errorf("exchange %d was sent and is not in the record of the replay", a.ID)
		}
		p.learn(pair.Then, a)
		if p.settled(ctx, pair.Then, a) || !time.Now().Before(deadline) {
			break
		}
		if err := sleep(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, p.Target.Timeouts.PollMax)
	}
	p.open.see(pair.Then, a)
	pair.Differences = compare(pair.Then, pair.Now, p.ids.apply, p.open.lenient(pair.Then))
	return nil
}

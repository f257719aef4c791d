package explore

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"resize-conformance/harness/fixture"
)

// Sequence is what one server goes through.
type Sequence struct {
	On    fixture.State
	Steps []Step
}

// Step is one operation of a sequence, as drawn: which flavor a role means is known when a server is at hand.
type Step struct {
	Do      Do
	To      Role   // of a resize and a dry run
	Option  Option // of a resize and a dry run
	Overlap bool   // the next step follows at once, while the job of this one is under way
	Back    int    // of LookAtJob: how many jobs ago
}

// Do is the kind of a step.
type Do string

// The kinds, simplest first: what is made shorter is made simpler, too. Wait does nothing where nothing is under way, so that a step can become none.
const (
	Wait        Do = "wait"
	LookAtJob   Do = "look at an ended job"
	ListFlavors Do = "list the target flavors"
	DryRun      Do = "dry run"
	Resize      Do = "resize"
	Stop        Do = "stop"
	Start       Do = "start"
	Pay         Do = "pay the order"
)

// Role is the part that a flavor plays for the server at hand.
type Role string

// The roles.
const (
	ToAnother     Role = "another" // the target flavor, or the other one when the server has that
	ToTarget      Role = "target"
	ToOther       Role = "other"
	ToFirst       Role = "first"   // the flavor that the server had at the beginning
	ToCurrent     Role = "current" // the flavor that it has now, as far as is known
	ToUnknown     Role = "unknown" // a flavor that does not exist
	ToSoldOut     Role = "sold-out"
	ToUnreachable Role = "unreachable"
	ToDedicated   Role = "dedicated-cpu"
)

// Option is what a resize says beside the flavor.
type Option string

// The options.
const (
	Plain     Option = ""
	OverV1    Option = "v1"
	WithMode  Option = "mode"
	AutoPayed Option = "isAutoPay true"
	HandPayed Option = "isAutoPay false"
	OneThread Option = "hw:cpu_threads 1"
	TwoThread Option = "hw:cpu_threads 2"
	NotDryRun Option = "dry_run false"
)

// unknownFlavor is built like a real one, so that nothing but its absence can be held against it.
const unknownFlavor = "zz9.nosuchflavor.2"

// The length of a sequence as drawn. Each job takes its time, and what needs more steps than this is rare.
const (
	fewestSteps = 3
	mostSteps   = 8
)

// sequences generates what the target offers. What comes next depends on what came before, so that most of what is drawn does something: a stopped server is
// resized, a running one stopped, and what follows at once on something under way is what could get in its way.
func sequences(o Offers) *rapid.Generator[Sequence] {
	on := []fixture.State{fixture.Stopped, fixture.Stopped, fixture.Stopped, fixture.Running}
	if o.YearlyMonthly {
		on = append(on, fixture.YearlyMonthly)
	}
	return rapid.Custom(func(t *rapid.T) Sequence {
		s := Sequence{On: evenly(t, on)}
		running, under := s.On == fixture.Running, false
		for range fewestSteps + evenly(t, []int{0, 1, 2, 3, 3, 4, 4, 5})%(mostSteps-fewestSteps+1) {
			step := o.step(t, s.On, running, under)
			s.Steps = append(s.Steps, step)
			running = step.Do == Start || running && step.Do != Stop
			under = step.Overlap || under && !step.ends()
		}
		return Sequence{s.On, withoutIdle(s.Steps)}
	})
}

// step draws the next step.
func (o Offers) step(t *rapid.T, on fixture.State, running, under bool) Step {
	kinds := []Do{LookAtJob, ListFlavors, DryRun, DryRun, DryRun, Resize, Resize, Resize, Resize, Resize, Resize, Resize, Resize, Stop, Start, Start}
	switch {
	case under:
		kinds = []Do{Wait, LookAtJob, ListFlavors, DryRun, DryRun, Resize, Resize, Resize, Resize, Stop, Start, Start, Start}
	case running:
		kinds = []Do{LookAtJob, ListFlavors, DryRun, Resize, Resize, Resize, Stop, Stop, Stop, Stop, Stop, Stop, Start}
	}
	if on == fixture.YearlyMonthly {
		kinds = append(kinds, Pay, Pay, Pay)
	}
	if o.NoDryRun || o.NoList {
		kinds = slices.DeleteFunc(kinds, func(d Do) bool { return d == DryRun && o.NoDryRun || d == ListFlavors && o.NoList })
	}
	s := Step{Do: evenly(t, kinds)}
	switch s.Do {
	case Resize, DryRun:
		s.To, s.Option = evenly(t, o.roles()), evenly(t, o.options(on))
	case LookAtJob:
		s.Back = evenly(t, []int{0, 1, 2, 3})
	}
	if s.Do == Resize || s.Do == Start || s.Do == Stop {
		s.Overlap = evenly(t, []bool{false, false, true})
	}
	return s
}

// evenly draws one of a few values. rapid's own choice prefers the first ones, of which the tables have made the number already.
func evenly[V any](t *rapid.T, all []V) V {
	const bits = 5 // of what is drawn; no table has more than 32 values
	n, bit := 0, rapid.Bool()
	for range bits {
		n <<= 1
		if bit.Draw(t, "bit") {
			n++
		}
	}
	return all[n*len(all)>>bits]
}

// withoutIdle leaves out the steps in which there is nothing to wait for.
func withoutIdle(steps []Step) []Step {
	var kept []Step
	under := false
	for _, s := range steps {
		if s.Do == Wait && !under {
			continue
		}
		kept = append(kept, s)
		under = s.Overlap || under && !s.ends()
	}
	return kept
}

func (o Offers) roles() []Role {
	all := []Role{ToAnother, ToAnother, ToAnother, ToTarget, ToFirst, ToFirst, ToCurrent, ToUnknown}
	add := func(offered bool, more ...Role) {
		if offered {
			all = append(all, more...)
		}
	}
	add(o.Other, ToOther)
	add(o.SoldOut, ToSoldOut)
	add(o.Unreachable, ToUnreachable)
	add(o.CPUOptions, ToDedicated)
	return all
}

func (o Offers) options(on fixture.State) []Option {
	all := []Option{Plain, Plain, Plain, Plain, Plain}
	add := func(offered bool, more ...Option) {
		if offered {
			all = append(all, more...)
		}
	}
	add(!o.NoDryRun, NotDryRun)
	add(o.V1 && !o.OnlyV1, OverV1)
	add(o.Mode, WithMode)
	add(o.AutoPay && !o.OnlyV1, AutoPayed, HandPayed)
	add(o.CPUOptions && !o.OnlyV1, OneThread, TwoThread)
	add(on == fixture.YearlyMonthly, AutoPayed, AutoPayed, AutoPayed, AutoPayed)
	return all
}

// ends says whether a step waits for all that is under way. One that only looks does not.
func (s Step) ends() bool { return s.Do != DryRun && s.Do != LookAtJob && s.Do != ListFlavors }

// key tells sequences apart.
func (s Sequence) key() string { return fmt.Sprintf("%s %+v", s.On, s.Steps) }

func (s Sequence) size() int  { return len(s.Steps) }
func (s Sequence) on() string { return string(s.On) }

func (s Step) String() string {
	switch s.Do {
	case Resize, DryRun:
		words := []string{string(s.Do), "to the", string(s.To), "flavor"}
		if s.Option != Plain && (s.Option != NotDryRun || s.Do == Resize) {
			words = append(words, "with", string(s.Option))
		}
		return strings.Join(words, " ")
	case LookAtJob:
		return fmt.Sprintf("%s (%d before the last)", s.Do, s.Back)
	}
	return string(s.Do)
}

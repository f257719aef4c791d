package explore

import (
	"math/rand/v2"
	"slices"

	"resize-conformance/harness/fixture"
)

// tour is a set of sequences in which each kind of thing that can be done to a stopped server follows each other kind, and itself, once: what breaks after one
// other operation is found whatever the seed, which decides the order alone. What takes more than that, or another state, is left to chance.
func tour(o Offers, seed uint64) []Sequence {
	kinds := o.turns()
	// Every kind can follow every other: a walk that goes each way once exists (Euler), and going on as long as there is a way left, then putting in the
	// loops that were passed by, finds it (Hierholzer).
	random := rand.New(rand.NewPCG(seed, 0))
	left := make([][]int, len(kinds))
	for i := range left {
		left[i] = random.Perm(len(kinds))
	}
	var walk []int
	for stack := []int{0}; len(stack) > 0; {
		at := stack[len(stack)-1]
		if n := len(left[at]); n > 0 {
			stack = append(stack, left[at][n-1])
			left[at] = left[at][:n-1]
			continue
		}
		walk, stack = append(walk, at), stack[:len(stack)-1]
	}
	var all []Sequence
	for begin := 0; begin < len(walk)-1; begin += turnsAtOnce - 1 { // the last of one is the first of the next, so that no pair is torn
		s := Sequence{On: fixture.Stopped, Steps: resizeToAnother()}
		for _, kind := range walk[begin:min(begin+turnsAtOnce, len(walk))] {
			s.Steps = append(s.Steps, kinds[kind]...)
		}
		all = append(all, s)
	}
	return all
}

// turnsAtOnce is how many kinds follow each other in one sequence, about as many as a drawn one has steps.
const turnsAtOnce = 8

func resizeToAnother() []Step { return []Step{{Do: Resize, To: ToAnother}} }

// turns are the kinds. Each leaves the server stopped where the contract says how it ends. Those that are rather left to chance, lists and flavors that do not exist,
// would cost every run a third more.
func (o Offers) turns() [][]Step {
	refused := func(to Role) []Step { return []Step{{Do: Resize, To: to}} }
	all := [][]Step{
		resizeToAnother(),
		{{Do: Start}, {Do: Stop}},
		{{Do: Resize, To: ToAnother, Overlap: true}, {Do: Start}, {Do: Stop}},
		{{Do: Resize, To: ToAnother, Overlap: true}, {Do: Resize, To: ToFirst}},
		refused(ToCurrent),
	}
	if !o.NoDryRun {
		all = slices.Insert(all, 1, []Step{{Do: DryRun, To: ToAnother}})
	}
	if o.SoldOut {
		all = append(all, refused(ToSoldOut))
	}
	if o.Unreachable {
		all = append(all, refused(ToUnreachable))
	}
	return all
}

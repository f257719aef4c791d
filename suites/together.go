package suites

import (
	"fmt"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/journal"
)

// together carries parts of a scenario about clients out, as many at a time as the client under test can be asked for, and ends the scenario as the worst of them
// ended, the first of those that ended alike. What the client cannot be asked for in one part leaves the others standing; the scenario does not apply when that is
// so in all of them.
func (x *Exercise) together(parts ...func()) {
	x.needsClient()
	ends := make([]any, len(parts))
	var group errgroup.Group
	group.SetLimit(x.env.Target.Under.Driver.Hello().Concurrency())
	for i, part := range parts {
		group.Go(func() error {
			defer func() { ends[i] = ended(recover()) }()
			part()
			return nil
		})
	}
	_ = group.Wait() // the parts say by panic how they end
	if worst := worstOf(ends); worst != nil {
		panic(worst)
	}
}

// ended keeps where a part panicked, if it did not end the scenario on purpose.
func ended(recovered any) any {
	if _, onPurpose := recovered.(stop); onPurpose || recovered == nil {
		return recovered
	}
	return stop{outcome{verdict: journal.HarnessError, reason: fmt.Sprintf("a part of the scenario panicked: %v\n%s", recovered, ownFrames(debug.Stack()))}}
}

// worstOf chooses how a scenario ends by how its parts did, nil where it goes on.
func worstOf(ends []any) any {
	weight := map[journal.Verdict]int{journal.HarnessError: 5, journal.Fail: 4, journal.Blocked: 3, journal.NotTestable: 2, journal.NotApplicable: 1}
	var worst any
	applies, most := false, 0
	for _, end := range ends {
		s, stopped := end.(stop)
		applies = applies || !stopped || s.verdict != journal.NotApplicable
		if w := weight[s.verdict]; stopped && w > most {
			worst, most = end, w
		}
	}
	if applies && most == weight[journal.NotApplicable] {
		return nil
	}
	return worst
}

package comparison_test

import (
	"fmt"
	"slices"
	"testing"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

// What has become of what was found in an exchange, also where the record has lost what it was found in.
func TestExchangesJudgedOtherwise(t *testing.T) {
	violation := func(id, in, part, wanted string, blame journal.Side) journal.Violation {
		return journal.Violation{Requirement: id, In: in, Part: part, Wanted: wanted, Blame: blame}
	}
	answer := violation("A", "response", "body", "this", journal.Server)
	asked := violation("B", "request", "body", "that", journal.Harness)
	for name, c := range map[string]struct {
		then, now          journal.Exchange
		gone, came, lost   []string
		accusedGone, shown bool
	}{
		"the same":               {journal.Exchange{Violations: []journal.Violation{answer}}, journal.Exchange{Violations: []journal.Violation{answer}}, nil, nil, nil, false, false},
		"the same in new words":  {journal.Exchange{Violations: []journal.Violation{answer}}, journal.Exchange{Violations: []journal.Violation{violation("A", "response", "body", "other words", journal.Server)}}, nil, nil, nil, false, false},
		"mended":                 {journal.Exchange{Violations: []journal.Violation{answer}}, journal.Exchange{}, []string{"A"}, nil, nil, true, true},
		"broken":                 {journal.Exchange{}, journal.Exchange{Violations: []journal.Violation{answer}}, nil, []string{"A"}, nil, false, true},
		"lost":                   {journal.Exchange{Violations: []journal.Violation{answer}}, journal.Exchange{Lost: []journal.Lost{journal.LostAnswerBody}}, nil, nil, []string{"A"}, false, true},
		"another part lost":      {journal.Exchange{Violations: []journal.Violation{answer}}, journal.Exchange{Lost: []journal.Lost{journal.LostRequestBody}}, []string{"A"}, nil, nil, true, true},
		"lost from the outset":   {journal.Exchange{Violations: []journal.Violation{answer}, Lost: []journal.Lost{journal.LostAnswerBody}}, journal.Exchange{Lost: []journal.Lost{journal.LostAnswerBody}}, []string{"A"}, nil, nil, true, true},
		"on purpose":             {journal.Exchange{Violations: []journal.Violation{asked}}, journal.Exchange{}, []string{"B"}, nil, nil, false, true},
		"out of the contract":    {journal.Exchange{Operation: "resize"}, journal.Exchange{Outside: true}, nil, nil, nil, false, true},
		"taken for another":      {journal.Exchange{Operation: "resize"}, journal.Exchange{Operation: "list"}, nil, nil, nil, false, true},
		"of a client under test": {journal.Exchange{Violations: []journal.Violation{violation("C", "request", "path", "x", journal.Client)}}, journal.Exchange{External: true}, []string{"C"}, nil, nil, true, true},
	} {
		c.then.ID, c.now.ID = 7, 7
		got := comparison.Exchanges(journal.NewRun(journal.Event{Exchange: &c.then}), journal.NewRun(journal.Event{Exchange: &c.now}, journal.Event{Exchange: &journal.Exchange{ID: 8}}))
		if len(got) > 1 || len(got) == 1 != c.shown {
			t.Errorf("%s: got %d exchanges, want one: %v", name, len(got), c.shown)
			continue
		}
		if !c.shown {
			continue
		}
		ids := func(all []journal.Violation) (ids []string) {
			for _, v := range all {
				ids = append(ids, v.Requirement)
			}
			return ids
		}
		x := got[0]
		if !slices.Equal(ids(x.Gone), c.gone) || !slices.Equal(ids(x.Came), c.came) || !slices.Equal(ids(x.Unknown), c.lost) || len(x.Accused().Gone) > 0 != c.accusedGone {
			t.Errorf("%s: got %s", name, fmt.Sprint(ids(x.Gone), ids(x.Came), ids(x.Unknown), ids(x.Accused().Gone)))
		}
	}
}

package change

import (
	"fmt"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
)

// requirements compares the registers, each in its own profile.
func requirements(before, after *contract.Contract) Items {
	id := func(r contract.Requirement) string { return r.ID }
	items := compare(before.Requirements(), after.Requirements(), id, func(r contract.Requirement) string { return r.Clause },
		func(b, a contract.Requirement) []string {
			var f fields
			f.differ("level", b.Level, a.Level)
			f.differ("side", b.Side, a.Side)
			f.differ("clause", b.Clause, a.Clause)
			f.differ("source", b.Source, a.Source)
			f.differ("tested", b.Tested, a.Tested)
			f.differ("reason", b.Reason, a.Reason)
			f.differ("needs", b.Needs, a.Needs)
			f.differ("statuses", b.Statuses, a.Statuses)
			f.differ("codes", b.Codes, a.Codes)
			f.differ("where", fmt.Sprint(b.Where), fmt.Sprint(a.Where))
			f.differ("operation", b.Operation, a.Operation)
			return f
		})
	for i := range items.Removed {
		if r, there := after.Requirement(items.Removed[i].ID); there && r.Retired {
			items.Removed[i].Fields = []string{"retired: " + r.Reason}
		} else if there {
			items.Removed[i].Fields = []string{"a promise of other profiles only"}
		}
	}
	return items
}

// derivedCases compares what is derived from the two contracts. A case of the same id is changed when it sends or expects something else.
func derivedCases(before, after *contract.Contract) (Items, error) {
	b, err := cases.Derive(before)
	if err != nil {
		return Items{}, err
	}
	a, err := cases.Derive(after)
	if err != nil {
		return Items{}, err
	}
	return compare(b, a, cases.Case.ID, func(c cases.Case) string { return c.What }, func(b, a cases.Case) []string {
		var f fields
		f.differ("expected", expected(b), expected(a))
		f.differ("request", b.Method+" "+b.Path+"?"+b.Query, a.Method+" "+a.Path+"?"+a.Query)
		f.differ("header", b.Header, a.Header)
		f.differ("body", string(b.Body), string(a.Body))
		return f
	}), nil
}

// expected is what a case is to be answered.
func expected(c cases.Case) string {
	if c.Expect == cases.Reject {
		return fmt.Sprint(c.Expect, " ", c.Requirement.Statuses, " ", c.Requirement.Codes)
	}
	return string(c.Expect)
}

package comparison

import (
	"slices"

	"resize-conformance/harness/journal"
)

// Exchange is an exchange of which two judgements of one record say different things.
type Exchange struct {
	Then, Now *journal.Exchange
	Gone      []journal.Violation // that were found then, and are not now
	Came      []journal.Violation // that were not found then
	Unknown   []journal.Violation // that were found then in what the record has not kept: nobody knows whether they would be found now
}

// Exchanges lists the exchanges of a record that were judged otherwise then than now, in their order. Exchanges are paired by their ids; those that only one side has
// are left out: both are to be of one record.
func Exchanges(then, now *journal.Run) []Exchange {
	var all []Exchange
	for _, is := range now.Exchanges {
		was := then.Exchange(is.ID)
		if was == nil {
			continue
		}
		x := Exchange{Then: was, Now: is, Gone: beyond(was.Violations, is.Violations), Came: beyond(is.Violations, was.Violations)}
		x.Gone = slices.DeleteFunc(x.Gone, func(v journal.Violation) bool {
			if !lostSince(was, is, v) {
				return false
			}
			x.Unknown = append(x.Unknown, v)
			return true
		})
		if len(x.Gone)+len(x.Came)+len(x.Unknown) > 0 || was.Operation != is.Operation || was.Outside != is.Outside {
			all = append(all, x)
		}
	}
	return all
}

// Accused keeps, of what was found in an exchange, what stands against somebody who is put to the test: a request that a scenario breaks on purpose accuses nobody.
func (x Exchange) Accused() Exchange {
	innocent := func(v journal.Violation) bool {
		return v.Blame != journal.Server && v.Blame != journal.Both && !(x.Now.External && v.Blame == journal.Client)
	}
	x.Gone, x.Came, x.Unknown = slices.DeleteFunc(slices.Clone(x.Gone), innocent), slices.DeleteFunc(slices.Clone(x.Came), innocent), slices.DeleteFunc(slices.Clone(x.Unknown), innocent)
	return x
}

// lostSince says that a violation is in a part of a message that was known then and is not now.
func lostSince(was, is *journal.Exchange, v journal.Violation) bool {
	if is.Outside {
		return false // it is of no concern any more, known or not
	}
	part := journal.LostAnswerBody
	if v.In == "request" {
		part = journal.LostRequestBody
	}
	return v.Part == "body" && is.Lacks(part) && !was.Lacks(part)
}

// beyond lists the violations of a that b has not. How a contract puts it does not matter, but what is broken where.
func beyond(a, b []journal.Violation) []journal.Violation {
	type place struct{ requirement, in, part, pointer, keyword string }
	at := func(v journal.Violation) place { return place{v.Requirement, v.In, v.Part, v.Pointer, v.Keyword} }
	has := map[place]bool{}
	for _, v := range b {
		has[at(v)] = true
	}
	var more []journal.Violation
	for _, v := range a {
		if !has[at(v)] {
			more = append(more, v)
		}
	}
	return more
}

package contract

import "slices"

// BearsRequest says whether a request could have broken a requirement that is tested by schema: one of its matches is about requests of the operation, and not
// only about parts of them that are unseen.
func (c *Contract) BearsRequest(r Requirement, operation string, unseen ...string) bool {
	return slices.ContainsFunc(r.matches, func(m match) bool {
		return m.in == inRequest && admitsWord(m.operations, operation) && !m.within(unseen)
	})
}

// Bears says whether an answered exchange could have broken a requirement that is tested by schema: one of its matches admits the operation ("" when the
// request matched none) and the status, and is not only about parts of the answer that are unseen. It is what tells a promise that was kept from one that the
// run never came near.
func (c *Contract) Bears(r Requirement, operation string, status int, unseen ...string) bool {
	return slices.ContainsFunc(r.matches, func(m match) bool {
		return m.in == inResponse && admitsWord(m.operations, operation) && m.admitsStatus(status) && !m.within(unseen)
	})
}

// within says that a match is about nothing but some parts.
func (m match) within(parts []string) bool {
	return len(m.parts) > 0 && !slices.ContainsFunc(m.parts, func(p string) bool { return !slices.Contains(parts, p) })
}

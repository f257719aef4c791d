package contract

import "slices"

// BearsRequest says whether a request could have broken a requirement that is tested by schema: one of its matches is about requests of the operation.
func (c *Contract) BearsRequest(r Requirement, operation string) bool {
	return slices.ContainsFunc(r.matches, func(m match) bool { return m.in == inRequest && admitsWord(m.operations, operation) })
}

// Bears says whether an answered exchange could have broken a requirement that is tested by schema: one of its matches admits the operation ("" when the
// request matched none) and the status. It is what tells a promise that was kept from one that the run never came near.
func (c *Contract) Bears(r Requirement, operation string, status int) bool {
	return slices.ContainsFunc(r.matches, func(m match) bool {
		return m.in == inResponse && admitsWord(m.operations, operation) && m.admitsStatus(status)
	})
}

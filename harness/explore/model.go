package explore

import (
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// Model is the contract as far as sequences of operations are concerned: what a server may answer and show in a state, and what follows. It decides nothing
// that a row of the register does not say; statuses and codes of refusals are the register's.
type Model struct {
	Contract *contract.Contract
}

// State is what is known of a server.
type State struct {
	On     fixture.State // the kind of server it was leased as
	First  string        // its flavor then
	Parts  fixture.Flavors
	Flavor string
	Power  Power
	Busy   bool // something accepted may still be under way, or be done by now
	Moving bool // and it may change the power
	Unpaid bool // a resize waits for the payment of its order
}

// Power is in which of the two states a server rests.
type Power string

// The powers. Unsure is after something of which the contract does not say in which it ends.
const (
	Stopped Power = "SHUTOFF"
	Running Power = "ACTIVE"
	Unsure  Power = ""
)

// Ask is a resize request as far as the model cares.
type Ask struct {
	Role    Role
	Flavor  string // id
	V1      bool
	Mode    bool // withStopServer
	Threads int
	DryRun  bool
}

// Expected is what the contract allows an answer to be.
type Expected struct {
	Accept, Refuse bool     // which of the two
	Statuses       []int    // of an acceptance, or of a refusal; empty: any 2xx, any 4xx
	Codes          []string // of a refusal; empty: any
	Rows           []string // the requirements that say so
	// IfListed: a refusal is allowed unless the target's own list of target flavors has the flavor.
	IfListed bool
}

// Words say what is wanted.
func (e Expected) Words() string {
	accept, refuse := "an acceptance (2xx)", "a refusal (4xx)"
	if len(e.Statuses) > 0 && !e.Refuse {
		accept = "an acceptance (" + ecs.Either(e.Statuses) + ")"
	}
	if len(e.Statuses) > 0 && e.Refuse {
		refuse = "a refusal (" + ecs.Either(e.Statuses) + ")"
	}
	if len(e.Codes) > 0 {
		refuse += " with code " + ecs.Either(e.Codes)
	}
	words := accept + " or " + refuse
	switch {
	case !e.Refuse:
		words = accept
	case !e.Accept:
		words = refuse
	}
	if len(e.Rows) > 0 {
		words += " by " + strings.Join(e.Rows, ", ")
	}
	return words
}

// Allows says whether an answer is one of those expected.
func (e Expected) Allows(accepted bool, status int, codes []string) bool {
	if accepted {
		return e.Accept && (e.Refuse || len(e.Statuses) == 0 || slices.Contains(e.Statuses, status))
	}
	if !e.Refuse {
		return false
	}
	if len(e.Statuses) > 0 && !slices.Contains(e.Statuses, status) || len(e.Statuses) == 0 && (status < 400 || status > 499) {
		return false
	}
	return len(e.Codes) == 0 || slices.ContainsFunc(codes, func(got string) bool {
		return slices.ContainsFunc(e.Codes, func(c string) bool { return strings.EqualFold(c, got) })
	})
}

// The rows that the model rests on.
const (
	rowCarriedOut  = "RSZ-STATE-001"
	rowRunning     = "RSZ-STATE-002"
	rowSecond      = "RSZ-STATE-005"
	rowSameFlavor  = "RSZ-FLAVOR-001"
	rowNoFlavor    = "RSZ-FLAVOR-002"
	rowSoldOut     = "RSZ-FLAVOR-003"
	rowUnreachable = "RSZ-FLAVOR-005"
	rowListed      = "RSZ-FLAVOR-015"
	rowThreads     = "RSZ-CPU-003"
	rowDryRun      = "RSZ-DRY-001"
	rowV1Running   = "RSZ-V1-004"
	rowV1Prepaid   = "RSZ-V1-002"
)

// Resize says what a resize request may be answered in a state.
//
// Faults are reasons for which the contract wants it refused. Doubts are reasons for which it may be refused; with a doubt about the state, what the state alone
// makes a fault is no more than a doubt.
func (m Model) Resize(s State, a Ask) Expected {
	var faults, doubts []string
	fault := func(row string, ofState bool) {
		switch {
		case !m.promises(row):
			doubts = append(doubts, "") // nothing says how it is refused, or whether
		case ofState && (s.Busy || s.Power == Unsure):
			doubts = append(doubts, row)
		default:
			faults = append(faults, row)
		}
	}
	if s.Busy { // it may have another flavor by now
		doubts = append(doubts, rowSecond, rowSameFlavor, rowUnreachable)
		if len(m.Contract.Behaviour().DowngradeBanned) > 0 {
			doubts = append(doubts, "") // by then the way back may be one down, for whose refusal no code is documented
		}
	}
	if s.Unpaid {
		doubts = append(doubts, "") // what a resize gets meanwhile is not documented
	}
	if (s.Power != Stopped || s.Moving) && !a.Mode {
		row := rowRunning
		if a.V1 && m.promises(rowV1Running) {
			row = rowV1Running
		}
		if s.Moving && m.promises(row) {
			doubts = append(doubts, row)
		} else {
			fault(row, true)
		}
	}
	if s.On == fixture.YearlyMonthly && a.V1 {
		fault(rowV1Prepaid, false)
	}
	known := true
	switch {
	case a.Role == ToUnknown:
		fault(rowNoFlavor, false)
	case a.Role == ToSoldOut:
		fault(rowSoldOut, false)
	case a.Flavor == s.Flavor:
		fault(rowSameFlavor, true)
	case a.Role == ToUnreachable && s.Flavor == s.First:
		fault(rowUnreachable, true)
	case a.Role == ToUnreachable: // from another flavor it may be reachable
		doubts = append(doubts, "")
	default:
		known = m.reachable(s, a.Flavor)
	}
	if a.Threads == 1 && a.Flavor != s.Parts.Dedicated {
		fault(rowThreads, false)
	}
	if !known && len(faults)+len(doubts) > 0 {
		doubts = append(doubts, "") // the way between the flavors may be a reason as well
	}
	if a.DryRun {
		return m.dryRun(faults, doubts, known)
	}
	e := Expected{Accept: len(faults) == 0, Refuse: len(faults)+len(doubts) > 0 || !known}
	if !e.Refuse {
		e.Rows = []string{rowCarriedOut}
		return e
	}
	e.IfListed = len(faults)+len(doubts) == 0
	m.refusals(&e, append(faults, doubts...))
	if e.IfListed {
		e.Rows = []string{rowListed}
	}
	return e
}

// dryRun: how deep it looks is not documented, so only what nothing speaks against must pass.
func (m Model) dryRun(faults, doubts []string, known bool) Expected {
	e := Expected{Accept: true, Refuse: len(faults)+len(doubts) > 0 || !known}
	if !e.Refuse {
		e.Rows = []string{rowDryRun}
		if r, _ := m.Contract.Requirement(rowDryRun); r.Applies {
			e.Statuses = r.Statuses
		}
		return e
	}
	if slices.Contains(doubts, rowSecond) {
		m.refusals(&e, append(faults, doubts...))
	}
	return e
}

// refusals allows what any of the rows allows: which of several reasons a server gives is its own choice.
func (m Model) refusals(e *Expected, rows []string) {
	anyStatus, anyCode := len(rows) == 0, len(rows) == 0
	for _, id := range rows {
		r, known := m.Contract.Requirement(id)
		if !known || len(r.Statuses) == 0 {
			anyStatus = true
		}
		if !known || len(r.Codes) == 0 {
			anyCode = true
		}
		e.Statuses, e.Codes = append(e.Statuses, r.Statuses...), append(e.Codes, r.Codes...)
		if known && m.promises(id) {
			e.Rows = append(e.Rows, id)
		}
	}
	// A server that is busy has the status 501, which no rule for "any refusal" admits.
	if anyStatus {
		busy := slices.Contains(e.Statuses, 501)
		e.Statuses = nil
		if busy {
			e.Statuses = append(refusalStatuses(), 501)
		}
	}
	if anyCode {
		e.Codes = nil
	}
	slices.Sort(e.Statuses)
	e.Statuses, e.Codes = slices.Compact(e.Statuses), unique(e.Codes)
}

// refusalStatuses are those by which a request can be refused for what it asks.
func refusalStatuses() []int { return []int{400, 403, 404, 409} }

// reachable says whether it is certain that the server can be changed from the flavor it has to another one: from its first flavor to those that are named for
// it. Of every other way the target's own list knows.
func (m Model) reachable(s State, to string) bool {
	return s.Flavor == s.First && slices.Contains([]string{s.Parts.Target, s.Parts.Other, s.Parts.Dedicated}, to)
}

// promises says whether the profile has a row.
func (m Model) promises(id string) bool {
	r, known := m.Contract.Requirement(id)
	return known && r.Applies
}

// Part is the id of the flavor that plays a role now, "" when there is none.
func (s State) Part(r Role) string {
	switch r {
	case ToAnother:
		if s.Flavor != s.Parts.Target {
			return s.Parts.Target
		}
		if s.Parts.Other == "" {
			return s.First
		}
		return s.Parts.Other
	case ToTarget:
		return s.Parts.Target
	case ToOther:
		return s.Parts.Other
	case ToFirst:
		return s.First
	case ToCurrent:
		return s.Flavor
	case ToSoldOut:
		return s.Parts.SoldOut
	case ToUnreachable:
		return s.Parts.Unreachable
	case ToDedicated:
		return s.Parts.Dedicated
	}
	return unknownFlavor
}

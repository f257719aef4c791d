package selftest

import (
	"fmt"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// ProblemKind says in which way the suite does not hold what it promises.
type ProblemKind string

// The kinds of problem.
const (
	Survivor      ProblemKind = "survivor"      // a defect that nobody finds
	Misattributed ProblemKind = "misattributed" // a defect that only requirements find which it does not break
	Unseen        ProblemKind = "unseen"        // a requirement that a defect breaks and that does not see it
	Idle          ProblemKind = "idle"          // a requirement that no defect shows to find anything
	FalseAlarm    ProblemKind = "false alarm"   // a conforming server or client that is accused
	Unstable      ProblemKind = "unstable"      // a verdict that depends on the order
	OwnFault      ProblemKind = "harness error" // the harness failed during a trial
)

// Problem is one reason not to trust the suite.
type Problem struct {
	Kind    ProblemKind
	Subject string // the defect, variant or requirement
	Text    string // one sentence
}

func (m *Matrix) problem(kind ProblemKind, subject, format string, args ...any) {
	m.Problems = append(m.Problems, Problem{kind, subject, fmt.Sprintf(format, args...)})
}

// ownFaults says where the harness failed: then nothing that the trial shows can be relied on.
func (m *Matrix) ownFaults(t *trial) {
	for _, r := range t.rows {
		if r.Verdict == journal.HarnessError {
			m.problem(OwnFault, t.name(), "%s says HARNESS_ERROR: %s", r.Name(), r.Reason)
		}
	}
}

// idle says which scenarios and monitors of a side no defect has shown to find anything. Requirements that the schemas judge are counted, but not asked for: some of
// them stand for what is left over when every other one has been looked at.
func (m *Matrix) idle(side journal.Side) {
	for _, r := range m.Requirements {
		if (r.Side == journal.Client) == (side == journal.Client) && len(r.FoundOut) == 0 && !r.Informs && r.Tested != contract.BySchema {
			m.problem(Idle, r.ID, "no defect that breaks it is found by it, so nothing shows that it can find one")
		}
	}
}

// unstable compares the orders in which the emulator and the reference client as they are were tried, profile by profile; whatever is not PASS there is an accusation
// as well.
func (m *Matrix) unstable(trials []trial) {
	type who struct {
		side    journal.Side
		profile string
	}
	first := map[who]map[string]journal.Verdict{}
	for i := range trials {
		t := &trials[i]
		if t.defect != nil || t.variant != nil {
			continue
		}
		verdicts := map[string]journal.Verdict{}
		for _, r := range verdictRows(t.rows) {
			verdicts[r.Requirement] = r.Verdict
			if !conforming(r.Verdict) {
				m.problem(FalseAlarm, t.name(), "%s says %s: %s", r.Name(), r.Verdict, r.Reason)
			}
		}
		this := who{t.side, t.contract.Profile}
		before, compared := first[this]
		if !compared {
			first[this] = verdicts
			continue
		}
		for _, c := range m.Requirements {
			if before[c.ID] != verdicts[c.ID] {
				m.problem(Unstable, c.ID, "%s in the first order, %s in order %d of profile %s (%s)", before[c.ID], verdicts[c.ID], t.order, t.contract.Profile, t.side)
			}
		}
	}
}

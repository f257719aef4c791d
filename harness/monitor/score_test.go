package monitor

import (
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
)

func answer(id int64, operation string, status int, v ...journal.Violation) journal.Event {
	return journal.Event{Exchange: &journal.Exchange{
		ID: id, Operation: operation, Status: status, Start: time.Unix(id, 0), Duration: time.Second, Violations: v,
	}}
}

// However many exchanges show a violation, its requirement has one row, with the first of them as the evidence.
func TestOneCauseGivesOneRow(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	s := newScore()
	s.promise(c)
	bad := func(requirement, in string) journal.Violation {
		return journal.Violation{Requirement: requirement, In: in, Wanted: "a", Got: "b", Pointer: "/job_id", SpecLine: "spec/openapi.yaml:1"}
	}
	s.see(answer(1, "resizeServer", 200))
	s.see(answer(2, "resizeServer", 200, bad("RSZ-RSP-005", "response"), bad("RSZ-RSP-005", "response"), bad("RSZ-RSP-008", "response")))
	s.see(answer(3, "resizeServer", 200, bad("RSZ-RSP-005", "response")))
	s.see(answer(4, "resizeServer", 400, bad("RSZ-ERR-001", "request"))) // a malformed request says nothing about the server
	s.see(answer(5, "resizeServer", 0, bad("RSZ-ERR-002", "response")))  // no answer came
	s.see(journal.Event{Note: &journal.Note{Text: "no exchange"}})

	rows := map[string]journal.Result{}
	for _, r := range s.results(false) {
		if _, twice := rows[r.Requirement]; twice {
			t.Errorf("%s has two rows", r.Requirement)
		}
		rows[r.Requirement] = r
	}
	if len(rows) != len(s.promised()) {
		t.Errorf("%d rows for %d promises", len(rows), len(s.promised()))
	}
	if r := rows["RSZ-RSP-005"]; r.Verdict != journal.Fail || r.Finding == nil || r.Finding.Exchange != 2 || r.Finding.Count != 2 || len(r.Exchanges) != 2 {
		t.Errorf("a MUST broken twice: %+v %+v", r, r.Finding)
	}
	if r := rows["RSZ-RSP-008"]; r.Verdict != journal.Warn {
		t.Errorf("a SHOULD broken: %s, want WARN", r.Verdict)
	}
	if r := rows["RSZ-ERR-001"]; r.Verdict != journal.Pass || r.Bearing != 1 {
		t.Errorf("kept by the one error answer: %s, bearing %d; want PASS and 1", r.Verdict, r.Bearing)
	}
	if r := rows["RSZ-RSP-012"]; r.Verdict != journal.NotApplicable || r.Reason == "" {
		t.Errorf("no job was looked at: %s %q, want NOT_APPLICABLE with a reason", r.Verdict, r.Reason)
	}
}

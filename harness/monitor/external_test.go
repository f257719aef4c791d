package monitor

import (
	"strings"
	"testing"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/journal"
)

// A client under test is judged by its requests, the server by its own answers, and nobody by anything else.
func TestWhoIsJudgedByWhat(t *testing.T) {
	t.Parallel()
	watch := func(events ...journal.Event) (map[string]journal.Result, []string) {
		w := New(contracttest.Base(t))
		w.WatchClient()
		for _, e := range events {
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		rows := map[string]journal.Result{}
		for _, r := range w.Results(false) {
			rows[r.Requirement] = r
		}
		if len(rows) != len(w.Planned()) {
			t.Errorf("%d rows, %d planned", len(rows), len(w.Planned()))
		}
		return rows, w.Unjudged()
	}
	wrong := journal.Violation{Requirement: journal.RequestRequirement, Level: journal.Must, In: "request", Part: "body", Pointer: "/dry_run", Keyword: "type", Wanted: "a boolean", Got: "a string"}
	other := wrong
	other.Pointer = "/resize/flavorRef"
	broken := journal.Violation{Requirement: "RSZ-RSP-005", Level: journal.Must, In: "response", Wanted: "a", Got: "b"}
	external := func(e journal.Event, change func(*journal.Exchange)) journal.Event {
		e.Exchange.External = true
		e.Exchange.Method, e.Exchange.URL = "POST", "http://h/x"
		if change != nil {
			change(e.Exchange)
		}
		return e
	}
	for name, c := range map[string]struct {
		event          journal.Event
		client, server journal.Verdict
		unjudged, also string
	}{
		"both keep it":            {event: external(answer(1, "resizeServer", 200), nil), client: journal.Pass, server: journal.Pass},
		"the client breaks it":    {event: external(answer(1, "resizeServer", 400, wrong, other), nil), client: journal.Fail, server: journal.NotApplicable, also: "/resize/flavorRef"},
		"the server breaks it":    {event: external(answer(1, "resizeServer", 200, broken), nil), client: journal.Pass, server: journal.Fail},
		"the client, unanswered":  {event: external(answer(1, "resizeServer", 0, wrong), func(x *journal.Exchange) { x.Error = "reset" }), client: journal.Fail, server: journal.NotApplicable, unjudged: "not answered"},
		"somebody else answers":   {event: external(answer(1, "resizeServer", 200), func(x *journal.Exchange) { x.Substitute = "somebody" }), client: journal.Pass, server: journal.NotApplicable, unjudged: "not the server's own"},
		"outside of the contract": {event: external(answer(1, "", 200), func(x *journal.Exchange) { x.Outside = true }), client: journal.NotApplicable, server: journal.NotApplicable, unjudged: "POST /x"},
		"a request of our own":    {event: answer(1, "resizeServer", 200, wrong), client: journal.NotApplicable, server: journal.Pass},
	} {
		rows, unjudged := watch(c.event)
		if got := rows[journal.RequestRequirement]; got.Verdict != c.client || !strings.Contains(got.Reason, c.also) {
			t.Errorf("%s: the client has %s %q, want %s", name, got.Verdict, got.Reason, c.client)
		}
		if got := rows["RSZ-RSP-005"].Verdict; got != c.server {
			t.Errorf("%s: the server has %s, want %s", name, got, c.server)
		}
		if told := strings.Join(unjudged, "; "); !strings.Contains(told, c.unjudged) || c.unjudged == "" && told != "" {
			t.Errorf("%s: not judged: %q, want %q", name, told, c.unjudged)
		}
	}
}

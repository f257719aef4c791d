package journal_test

import (
	"fmt"
	"testing"
	"time"

	"resize-conformance/harness/journal"
)

// noon is when all test runs start.
func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// clock ticks one millisecond with every look at it.
func clock() func() time.Time {
	at := noon()
	return func() time.Time {
		at = at.Add(time.Millisecond)
		return at
	}
}

func scenarios(ids ...string) []journal.Planned {
	var plan []journal.Planned
	for _, id := range ids {
		plan = append(plan, journal.Planned{Requirement: id, Title: "title of " + id, Kind: journal.KindScenario})
	}
	return plan
}

func start(plan ...journal.Planned) journal.Event {
	return journal.Event{Time: noon(), Start: &journal.RunStart{
		JournalVersion: journal.Version, SuiteVersion: "1.2.3", ContractHash: "abc", Profile: "intl", Target: "embedded emulator", Client: "built-in", Planned: plan,
	}}
}

func result(id string, v journal.Verdict, exchanges ...int64) journal.Event {
	return journal.Event{Time: noon(), Result: &journal.Result{
		Requirement: id, Title: "title of " + id, Kind: journal.KindScenario, Level: journal.Must, Side: journal.Server, Verdict: v, Exchanges: exchanges, Start: noon(),
	}}
}

func schemaRow(id string, v journal.Verdict, exchange int64) journal.Event {
	e := result(id, v)
	e.Result.Kind = journal.KindSchema
	if exchange > 0 {
		e.Result.Exchanges = []int64{exchange}
		e.Result.Finding = &journal.Finding{Wanted: "w", Got: fmt.Sprintf("g%d", exchange), Exchange: exchange, Count: 1}
	}
	return e
}

func sent(id int64) journal.Event {
	return journal.Event{Time: noon().Add(time.Duration(id) * time.Millisecond), Exchange: &journal.Exchange{ID: id, Method: "GET", URL: fmt.Sprintf("http://127.0.0.1/%d", id)}}
}

func end() journal.Event { return journal.Event{Time: noon().Add(time.Second), End: &journal.RunEnd{}} }

func record(t testing.TB, dir string, events ...journal.Event) string {
	t.Helper()
	w, err := journal.Create(dir, journal.WriterOptions{Now: clock()})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.Path()
}

func verdicts(rows []journal.Result) map[string]journal.Verdict {
	got := map[string]journal.Verdict{}
	for _, r := range rows {
		got[r.Requirement] = r.Verdict
	}
	return got
}

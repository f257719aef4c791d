package report

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// Who is said to keep or to break the contract where traffic was judged: the suite's own client is spoken of only where something is held against it.
func TestWhoIsSpokenOfInTraffic(t *testing.T) {
	t.Parallel()
	of := func(sides ...journal.Side) (rows []journal.Result) {
		rows = append(rows, journal.Result{Requirement: "RSZ-URI-001", Kind: journal.KindSchema, Verdict: journal.Pass, Level: journal.Must, Side: journal.Client})
		for _, side := range sides {
			rows = append(rows, journal.Result{Requirement: "RSZ-RSP-001", Kind: journal.KindSchema, Verdict: journal.Fail, Level: journal.Must, Side: side})
		}
		return rows
	}
	for _, c := range []struct {
		client string
		rows   []journal.Result
		want   string
	}{
		{"curl", of(), "the client and the embedded emulator keep the intl contract"},
		{"curl", of(journal.Client), "the client breaks the intl contract"},
		{"curl", of(journal.Server), "the embedded emulator breaks the intl contract"},
		{"curl", of(journal.Client, journal.Server), "the client and the embedded emulator break the intl contract"},
		{"built-in", of(), "the embedded emulator keeps the intl contract"},
		{"built-in", of(journal.Server), "the embedded emulator breaks the intl contract"},
		{"built-in", of(journal.Client), "the suite's own client breaks the intl contract"},
		{"built-in", of(journal.Server, journal.Client), "the suite's own client and the embedded emulator break the intl contract"},
	} {
		run := &journal.Run{Start: journal.RunStart{Watched: true, Client: c.client, Target: "embedded emulator", Profile: "intl"}, Results: c.rows, End: &journal.RunEnd{}}
		if _, got := verdictOf(run, c.rows, false); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.client, got, c.want)
		}
	}
}

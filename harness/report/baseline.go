package report

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// baselineFacts is what results.json says of the list of accepted failures.
type baselineFacts struct {
	File      string         `json:"file"`
	Hash      string         `json:"hash"`
	Day       string         `json:"day"`
	Entries   int            `json:"entries"`
	Standings map[string]int `json:"standings"` // of the entries that are about a result of this run
	Unmet     int            `json:"unmet"`     // entries about what this run did not select
}

type listedFacts struct {
	Entry    string   `json:"entry"`
	Owner    string   `json:"owner"`
	Reason   string   `json:"reason"`
	Link     string   `json:"link"`
	Expires  string   `json:"expires"`
	Standing string   `json:"standing"`
	Next     string   `json:"next,omitempty"`
	Unseen   []string `json:"unseen,omitempty"`
	Found    string   `json:"found"`
}

func listedFactsOf(l *journal.Listing) *listedFacts {
	if l == nil {
		return nil
	}
	return &listedFacts{Entry: l.Entry, Owner: l.Owner, Reason: l.Reason, Link: l.Link, Expires: l.Expires, Standing: string(l.Standing), Next: l.Next, Unseen: l.Unseen, Found: string(l.Found)}
}

func baselineFactsOf(run *journal.Run, rows []journal.Result) *baselineFacts {
	b := run.Start.Baseline
	if b == nil {
		return nil
	}
	facts := &baselineFacts{File: b.File, Hash: b.Hash, Day: b.Day, Entries: len(b.Entries), Standings: map[string]int{}}
	for _, s := range standings() {
		facts.Standings[string(s)] = 0
	}
	listed := listedRows(rows)
	for _, row := range listed {
		facts.Standings[string(row.Listed.Standing)]++
	}
	facts.Unmet = max(0, len(b.Entries)-len(listed))
	return facts
}

// standings in the order of what a reader wants to know first.
func standings() []journal.Standing {
	return []journal.Standing{journal.Expired, journal.FailsOther, journal.Passes, journal.Holds, journal.Idle}
}

// listedRows are the results that entries of the baseline are about; of a scenario with cases its own alone.
func listedRows(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(slices.Clone(rows), func(r journal.Result) bool { return r.Listed == nil || isCase(r) })
}

// newerCounts counts what does not count; nil when no version is pinned.
func newerCounts(run *journal.Run, rows []journal.Result) map[string]int {
	if run.Start.Pin == "" {
		return nil
	}
	return countsOf(apart(withoutCases(rows)))
}

// apart are the rows that are shown and do not count.
func apart(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(slices.Clone(rows), func(r journal.Result) bool { return !r.Apart() })
}

// baselineOf names the list of accepted failures in a report.
func baselineOf(s journal.RunStart) string {
	if s.Baseline == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s, sha256 %s)", s.Baseline.File, number(len(s.Baseline.Entries), "entry", "entries"), s.Baseline.Hash)
}

// fallen comes before everything else on the terminal: the entries of the baseline for which the run fails, each with what to do.
func (t *terminal) fallen() {
	b := t.run.Start.Baseline
	if b == nil {
		return
	}
	var fallen []journal.Result
	for _, standing := range standings() {
		for _, row := range listedRows(t.all) {
			if row.Listed.Standing == standing && !standing.Stands() {
				fallen = append(fallen, row)
			}
		}
	}
	if len(fallen) == 0 {
		return
	}
	t.add("", t.paint(bold, fmt.Sprintf("%s of the baseline %s no longer right:", number(len(fallen), "entry", "entries"), isOrAre(len(fallen)))))
	for _, row := range fallen {
		l := row.Listed
		t.hanging("  "+t.paint(red, standingWord(l.Standing))+"  ", oneLine(fmt.Sprintf("%s  %s (%s, until %s)", l.Entry, row.Name(), l.Owner, l.Expires), 3*t.width()))
		if l.Standing == journal.FailsOther {
			t.ways("now", row.Signature, l)
		}
		t.hanging("      next  ", oneLine(l.Next, 3*t.width()))
	}
}

// ways shows how something fails now beside what is listed.
func (t *terminal) ways(label string, seen []string, l *journal.Listing) {
	for _, way := range seen {
		t.hanging(fmt.Sprintf("      %-5s ", label), oneLine(way, 3*t.width()))
	}
	for _, way := range l.Unseen {
		t.hanging("      was   ", oneLine(way, 3*t.width()))
	}
}

func standingWord(s journal.Standing) string {
	switch s {
	case journal.Expired:
		return "EXPIRED"
	case journal.FailsOther:
		return "OTHER  "
	case journal.Passes:
		return "PASSES "
	}
	return strings.ToUpper(string(s))
}

func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// accepted lists the failures that are accepted, each with who accepted it, why and until when.
func (t *terminal) accepted() {
	first := true
	for _, row := range t.rows {
		if row.Verdict != journal.XFail || row.Listed == nil || row.Apart() {
			continue
		}
		if first {
			t.add("")
		}
		first = false
		l := row.Listed
		t.hanging(t.paint(yellow, "XFAIL")+"  ", oneLine(fmt.Sprintf("%s — %s, until %s: %s (%s, %s)", row.Name(), l.Owner, l.Expires, l.Reason, l.Link, l.Entry), 3*t.width()))
	}
}

// newer is the group of what is newer than the pinned version: shown, and counting for nothing.
func (t *terminal) newer() {
	rows := apart(t.all)
	if len(rows) == 0 {
		return
	}
	t.add("", t.paint(bold, fmt.Sprintf("newer than %s, which counts for nothing: %s", oneLine(t.run.Start.Pin, 40), inWords(countsOf(withoutCases(rows)), columnsOf()))))
	rest := map[journal.Verdict]group{}
	for _, row := range rows {
		switch {
		case isCase(row):
		case row.Verdict == journal.Pass, row.Verdict == journal.NotApplicable:
			rest[row.Verdict] = append(rest[row.Verdict], row)
		default:
			t.hanging("  "+t.paint(verdictColor(row.Verdict), string(row.Verdict))+"  ", oneLine(fmt.Sprintf("%s (since %s) — %s", row.Name(), row.Newer, message(row)), 3*t.width()))
		}
	}
	for _, v := range []journal.Verdict{journal.Pass, journal.NotApplicable} {
		if len(rest[v]) > 0 {
			t.hanging("  "+t.paint(verdictColor(v), verdictWord(v))+"  ", t.ids(rest[v], 3*t.width()))
		}
	}
}

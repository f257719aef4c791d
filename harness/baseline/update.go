package baseline

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/strictfile"
)

// Change is what an update did with one entry, or with a failure that had none.
type Change struct {
	Kind ChangeKind
	Name string // of the result
	Text string // what a person is to know or to do
}

// ChangeKind says what was done.
type ChangeKind string

// The kinds of change.
const (
	Added   ChangeKind = "added"   // a failure that nobody has accepted yet: it holds places to be filled in
	Removed ChangeKind = "removed" // it passes now
	Altered ChangeKind = "altered" // it fails in other ways now
	Kept    ChangeKind = "kept"    // with a word on why it is not in order all the same
)

// head is what a new file begins with.
const head = `# Known deviations: failures that are accepted until a day. A run fails when one of them passes, fails in another way, or has expired.
accepted: []
`

// Update holds a file of accepted failures against a run and gives the file's new text: what passes now is taken out, ways that no longer show are taken out, and what
// fails and is not listed is put in with places that a person has to fill in. All else stays as it is written, comments and order included; no day is ever changed.
// A file that is not there is begun. What the run did not carry out in full stays.
func Update(name string, run *journal.Run) (text []byte, changes []Change, err error) {
	data, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		data, err = []byte(head), nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("baseline: %w", err)
	}
	f, err := parse(name, data)
	if err != nil {
		return nil, nil, err
	}
	layout, err := f.layout()
	if err != nil {
		return nil, nil, err
	}
	u := &update{file: f, layout: layout, run: run, listed: map[string]bool{}}
	// Judged by the file as it is, on a day on which nothing has expired: an update neither extends a day nor minds it.
	b := f.Baseline(run.Started)
	b.Day = ""
	rows := judged(b, run)
	for i := range f.Entries {
		u.entry(i, rows)
	}
	for _, row := range rows {
		u.failure(row)
	}
	out := u.write()
	if err := u.verify(out); err != nil {
		return nil, nil, err
	}
	return out, u.changes, nil
}

// judged are the results of a run as they are by another baseline.
func judged(b *journal.Baseline, run *journal.Run) []journal.Result {
	by := map[string][]journal.Result{}
	var order []string
	for _, r := range run.Rows() {
		if by[r.Requirement] == nil {
			order = append(order, r.Requirement)
		}
		by[r.Requirement] = append(by[r.Requirement], r)
	}
	var rows []journal.Result
	for _, id := range order {
		rows = append(rows, b.Judge(by[id], partial(run))...)
	}
	return rows
}

// partial says that what is judged over all exchanges may pass for want of the exchange that breaks it.
func partial(run *journal.Run) bool {
	return run.Start.Filter != "" || run.Start.Shard != "" || run.Start.Watched || run.End == nil || run.End.Interrupted != ""
}

type update struct {
	file    *File
	layout  []block
	run     *journal.Run
	changes []Change
	listed  map[string]bool // names of results that have an entry
	added   []Entry
	edits   []edit
}

// edit puts other lines in the place of some; from is the first, to the one after the last, both from 0.
type edit struct {
	from, to int
	lines    []string
	entry    int
	altered  *Entry // what the entry is to be afterwards; nil: gone
}

func (u *update) tell(kind ChangeKind, name, format string, args ...any) {
	u.changes = append(u.changes, Change{kind, name, fmt.Sprintf(format, args...)})
}

// entry decides on an entry of the file.
func (u *update) entry(i int, rows []journal.Result) {
	e := &u.file.Entries[i]
	a := e.accepted()
	at := slices.IndexFunc(rows, func(r journal.Result) bool {
		return r.Kind != journal.KindCase && r.Kind != journal.KindCleanup && a.Applies(r.Requirement, r.Title)
	})
	if at < 0 {
		u.tell(Kept, e.name(), "the run has no result for it")
		return
	}
	r := rows[at]
	twin := u.listed[r.Name()]
	u.listed[r.Name()] = true
	switch {
	case twin:
		u.tell(Kept, e.name(), "an entry before it is about the same result; make one of the two")
	case r.Listed == nil || r.Listed.Standing == journal.Idle:
		u.tell(Kept, e.name(), "it was not put to it in this run: %s", verdictOf(r))
	case r.Listed.Found == journal.Pass:
		u.edits = append(u.edits, edit{from: u.layout[i].from, to: u.layout[i].to, entry: i})
		u.tell(Removed, e.name(), "it passes now")
	case r.Listed.Standing == journal.FailsOther:
		changed := *e
		changed.Signature = u.surviving(e, r)
		changed.Reason = ToDo + ": it fails in another way now; accepted was: " + e.Reason
		if strings.HasPrefix(e.Reason, ToDo) {
			changed.Reason = e.Reason
		}
		u.alter(i, changed)
		u.tell(Altered, e.name(), "it fails in another way now; look at it, and say in its reason why that is accepted")
	default:
		if ways := u.surviving(e, r); len(ways) < len(e.Signature) {
			changed := *e
			changed.Signature = ways
			u.alter(i, changed)
			u.tell(Altered, e.name(), "%d of the ways in which it may fail no longer show", len(e.Signature)-len(ways))
		}
	}
	if e.Expires != "" && a.ExpiredOn(journal.Day(u.run.Started)) && !slices.ContainsFunc(u.edits, func(d edit) bool { return d.entry == i && d.altered == nil }) {
		u.tell(Kept, e.name(), "it expired on %s; no day is extended here", e.Expires)
	}
}

func verdictOf(r journal.Result) string {
	if r.Listed != nil {
		return string(r.Listed.Found)
	}
	return string(r.Verdict)
}

// surviving are the ways in which a result fails, those that are listed in their order. What the run did not carry out in full is kept.
func (u *update) surviving(e *Entry, r journal.Result) strictfile.List {
	same := func(a, b string) bool {
		return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
	}
	var ways strictfile.List
	for _, way := range e.Signature {
		shows := slices.ContainsFunc(r.Signature, func(seen string) bool { return same(seen, way) })
		if shows || partial(u.run) && strings.TrimSpace(way) != "" {
			ways = append(ways, way)
		}
	}
	for _, way := range r.Signature {
		if !slices.ContainsFunc(ways, func(listed string) bool { return same(listed, way) }) {
			ways = append(ways, way)
		}
	}
	return ways
}

// alter rewrites the lines of an entry's signature and reason.
func (u *update) alter(i int, changed Entry) {
	old := u.file.Entries[i]
	lines := u.layout[i].keys
	if !slices.Equal(old.Signature, changed.Signature) {
		u.edits = append(u.edits, edit{lines["signature"].from, lines["signature"].to, signatureLines(u.layout[i].indent, changed.Signature), i, &changed})
	}
	if old.Reason != changed.Reason {
		u.edits = append(u.edits, edit{lines["reason"].from, lines["reason"].to, []string{u.layout[i].indent + "reason: " + scalar(changed.Reason)}, i, &changed})
	}
}

// failure puts in what fails and is not listed. A WARN is put in where the run counted it.
func (u *update) failure(r journal.Result) {
	if r.Kind == journal.KindCase || len(r.Signature) == 0 || u.listed[r.Name()] || r.Verdict == journal.Warn && !u.run.Start.Strict {
		return
	}
	u.added = append(u.added, Entry{Requirement: r.Requirement, Scenario: r.Title, Signature: r.Signature, Owner: ToDo, Reason: ToDo, Link: ToDo, Expires: ToDo})
	u.tell(Added, r.Name(), "fill in %s, or mend it: until then a run refuses the file", "owner, reason, link and expires")
}

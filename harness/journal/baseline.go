package journal

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Baseline is a list of accepted failures as a run goes by it. It stands in the run's start, so that whoever reads the journal later sees by what was judged.
type Baseline struct {
	File    string     `json:"file"`
	Hash    string     `json:"hash"` // sha256 of the file, hex
	Day     string     `json:"day"`  // UTC, "2026-11-30": expiry dates are compared with this day and no later one, so that a journal does not change its mind
	Entries []Accepted `json:"entries"`
}

// Accepted is one entry: a failure that is known, that somebody answers for, and that is accepted until a day.
type Accepted struct {
	Requirement string   `json:"requirement"`
	Scenario    string   `json:"scenario,omitempty"` // title; empty where the requirement has one result only
	Signature   []string `json:"signature"`          // the ways in which it may fail; see Way
	Owner       string   `json:"owner"`
	Reason      string   `json:"reason"`
	Link        string   `json:"link"`
	Expires     string   `json:"expires"` // "2026-11-30": UTC, the last day on which it holds
	Line        int      `json:"line"`    // in the file
}

// Standing is how an entry and the result that it is about go together.
type Standing string

// The standings of an entry.
const (
	Holds      Standing = "holds"             // it failed in a way that is listed: XFAIL
	FailsOther Standing = "fails-otherwise"   // it failed in a way that is not listed: what it failed with stands, and the run fails
	Passes     Standing = "passes"            // XPASS: the entry has to go, and the run fails
	Expired    Standing = "expired"           // what it failed with stands, and the run fails
	Idle       Standing = "was-not-put-to-it" // nothing can be said: it was not carried out, not in full, or not to its end
)

// Stands says that the entry is no reason for the run to fail.
func (s Standing) Stands() bool { return s == Holds || s == Idle }

// Stands says that no entry of the baseline about the result has fallen.
func (r Result) Stands() bool { return r.Listed == nil || r.Listed.Standing.Stands() }

// Found is the verdict without the baseline.
func (r Result) Found() Verdict {
	if r.Listed != nil {
		return r.Listed.Found
	}
	return r.Verdict
}

// Fails says that the result is one for which a run fails whatever it is strict about, and may be ended at once.
func (r Result) Fails() bool {
	switch r.Verdict {
	case Fail, NotTestable, XPass, HarnessError:
		return !r.Apart()
	}
	return !r.Stands() && !r.Apart()
}

// Listing is what a baseline says of a result.
type Listing struct {
	Entry    string   `json:"entry"` // "accepted.yaml:12"
	Owner    string   `json:"owner"`
	Reason   string   `json:"reason"`
	Link     string   `json:"link"`
	Expires  string   `json:"expires"`
	Standing Standing `json:"standing"`
	Next     string   `json:"next,omitempty"`   // what is to be done where the entry does not stand
	Unseen   []string `json:"unseen,omitempty"` // ways that are listed and did not show
	// What the run found by itself.
	Found   Verdict `json:"found"`
	Because string  `json:"because,omitempty"` // its reason
}

// identity is what two shards of a run have in common; "" without a baseline.
func (b *Baseline) identity() string {
	if b == nil {
		return ""
	}
	return b.Hash
}

// Applies says whether an entry is about a result of this requirement and name. Titles are compared without regard to space, because YAML may fold them.
func (a Accepted) Applies(requirement, title string) bool {
	return a.Requirement == requirement && (a.Scenario == "" || words(a.Scenario) == words(title))
}

func words(s string) string { return strings.Join(strings.Fields(s), " ") }

// lists says whether a way is among those that are listed.
func (a Accepted) lists(way string) bool {
	return slices.ContainsFunc(a.Signature, func(listed string) bool { return words(listed) == words(way) })
}

// Name is what messages call the entry.
func (a Accepted) Name() string { return strings.TrimSpace(a.Requirement + " " + a.Scenario) }

// ExpiredOn says whether the entry no longer holds on a day ("2026-11-30", UTC). The day of its expiry still counts.
func (a Accepted) ExpiredOn(day string) bool { return day > a.Expires }

// Day is a time's day as expiry dates are written.
func Day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// Judge applies the baseline to results that were given together: those of one requirement, with the cases of a scenario beside it. partial says that less than the
// whole pack was run to its end, so that a promise that is judged over all exchanges may pass for want of the exchange that breaks it. Results that were judged before
// are judged anew from what was found. A nil baseline lists nothing.
func (b *Baseline) Judge(rows []Result, partial bool) []Result {
	judged := make([]Result, len(rows))
	for i, r := range rows {
		judged[i] = r.unjudged().Signed()
	}
	if b == nil {
		return judged
	}
	for i := range judged {
		r := &judged[i]
		if r.Kind == KindCase || r.Kind == KindCleanup || r.Kind == KindRecord {
			continue
		}
		at := slices.IndexFunc(b.Entries, func(a Accepted) bool { return a.Applies(r.Requirement, r.Title) })
		if at < 0 {
			continue
		}
		var cases []*Result
		for k := range judged {
			if judged[k].Kind == KindCase && judged[k].Requirement == r.Requirement {
				cases = append(cases, &judged[k])
			}
		}
		b.judge(b.Entries[at], r, cases, partial && (r.Kind == KindSchema || r.Kind == KindMonitor))
	}
	return judged
}

// judge says how an entry and its result go together, and has the result say it.
func (b *Baseline) judge(a Accepted, r *Result, cases []*Result, partial bool) {
	passing, unseen, other := a.compare(r, cases)
	list := func(r *Result, standing Standing) *Listing {
		r.Listed = &Listing{
			Entry: fmt.Sprintf("%s:%d", b.File, a.Line), Owner: a.Owner, Reason: a.Reason, Link: a.Link, Expires: a.Expires, Standing: standing, Found: r.Verdict, Because: r.Reason,
		}
		return r.Listed
	}
	passes := func(r *Result, what string) {
		l := list(r, Passes)
		l.Next = "take " + what + " out of " + l.Entry + ", or let `conformance baseline update` do it"
		r.Verdict, r.Reason = XPass, fmt.Sprintf("it passes, and %s (%s) lists it as failing: %s", l.Entry, a.Owner, a.Reason)
	}
	accepted := func(r *Result) {
		l := list(r, Holds)
		r.Verdict, r.Reason = XFail, fmt.Sprintf("accepted until %s by %s: %s (%s, %s); %s", a.Expires, a.Owner, a.Reason, l.Link, l.Entry, l.Because)
	}
	for _, c := range cases {
		switch way := c.CaseWay(); {
		case c.Verdict == Pass && a.listsCase(c.Title):
			passes(c, "the case")
		case c.Verdict.Listable() && a.lists(way) && !a.ExpiredOn(b.Day):
			accepted(c)
		}
	}
	switch {
	case r.Verdict == Pass && partial, r.Verdict == Pass && len(cases) > 0 && a.ofCases() && len(passing) == 0:
		list(r, Idle)
	case r.Verdict == Pass:
		passes(r, "the entry")
	case !r.Verdict.Listable():
		list(r, Idle)
	case a.ExpiredOn(b.Day):
		l := list(r, Expired)
		l.Next = "have it mended, or let " + a.Owner + " accept it anew in " + l.Entry + " with another day"
		r.Reason = fmt.Sprintf("%s accepted it until %s, which is over: %s (%s); %s", a.Owner, a.Expires, a.Reason, l.Entry, l.Because)
	case len(other) > 0:
		l := list(r, FailsOther)
		l.Unseen = unseen
		l.Next = "mend it, or accept what is new in " + l.Entry + "; `conformance baseline update` writes it there to be looked at"
		r.Reason = fmt.Sprintf("it fails in another way than %s lists: %q is not among it; %s", l.Entry, other[0], l.Because)
	case len(passing) > 0:
		passes(r, "its case "+strings.Join(passing, ", "))
		r.Listed.Unseen = unseen
		r.Reason = fmt.Sprintf("case %s passes, and %s (%s) lists it as failing: %s; %s", strings.Join(passing, ", "), r.Listed.Entry, a.Owner, a.Reason, r.Listed.Because)
	default:
		accepted(r)
		r.Listed.Unseen = unseen
	}
}

// compare holds what a result shows against what is listed: which listed cases pass, which listed ways did not show, and which ways are not listed.
func (a Accepted) compare(r *Result, cases []*Result) (passing, unseen, other []string) {
	for _, way := range r.Signature {
		if !a.lists(way) {
			other = append(other, way)
		}
	}
	for _, c := range cases {
		if c.Verdict == Pass && a.listsCase(c.Title) {
			passing = append(passing, c.Title)
		}
	}
	for _, way := range a.Signature {
		if !slices.ContainsFunc(r.Signature, func(seen string) bool { return words(seen) == words(way) }) {
			unseen = append(unseen, way)
		}
	}
	return passing, unseen, other
}

// ofCases says that the entry lists nothing but cases.
func (a Accepted) ofCases() bool {
	return !slices.ContainsFunc(a.Signature, func(way string) bool { return !strings.HasPrefix(words(way), "case ") })
}

func (a Accepted) listsCase(title string) bool {
	return slices.ContainsFunc(a.Signature, func(way string) bool { return strings.HasPrefix(words(way), words(inCase(title, ""))) })
}

// CaseWay is the way in which a scenario fails by this case of it; "" where the case does not fail.
func (r Result) CaseWay() string {
	if r = r.Signed(); len(r.Signature) == 0 {
		return ""
	}
	return inCase(r.Title, r.Signature[0])
}

// unjudged is the result as the run found it.
func (r Result) unjudged() Result {
	if l := r.Listed; l != nil {
		r.Verdict, r.Reason, r.Listed = l.Found, l.Because, nil
	}
	return r
}

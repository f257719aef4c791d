package comparison

import (
	"fmt"

	"resize-conformance/harness/journal"
)

// state is what a result says, the baseline aside.
type state int

const (
	passing  state = iota
	warning        // a SHOULD is broken, and that is no failure
	failing        // a promise is broken, or the harness failed
	skipping       // nothing is known
)

// standing is the state of a result. What was accepted fails all the same, and so does cleaning up that was blocked: something is left behind.
func standing(r journal.Result, strict bool) state {
	if r.Kind == journal.KindCleanup && r.Verdict == journal.Blocked {
		return failing
	}
	switch r.Found() {
	case journal.Pass:
		return passing
	case journal.Warn:
		if strict {
			return failing
		}
		return warning
	case journal.NotApplicable, journal.NotTestable, journal.Blocked:
		return skipping
	case journal.XFail:
		return failing
	case journal.XPass:
		return passing
	}
	return failing
}

// rowsOf lists the results that are compared. A scenario tells of its cases, whose ways of failing stand in its signature.
func rowsOf(run *journal.Run) []journal.Result {
	var rows []journal.Result
	for _, r := range run.Rows() {
		if r.Kind == journal.KindCase {
			continue
		}
		found := r // the way in which it fails is that of what was found, also where that is accepted
		found.Verdict, found.Listed = r.Found(), nil
		r.Signature = found.Signed().Signature
		rows = append(rows, r)
	}
	return rows
}

// absent says that a row of this sort is there only where something is wrong, so that no row is good news.
func absent(r journal.Result) bool {
	switch r.Kind {
	case journal.KindCleanup, journal.KindRecord:
		return true
	case journal.KindMonitor: // what a client under test does in any call
		return r.Side == journal.Client
	}
	return false
}

// pairing finds which result of one run is which of the other.
type pairing struct {
	o          Options
	c          *Comparison
	olds, news []journal.Result
	old, new   map[string]*journal.Result
	order      []string        // names, in the order of the newer run, then those that only the older has
	pinned     map[string]bool // nil: no requirement is newer
}

// pinned is the set of requirements that are not newer; nil when none can be.
func (o Options) pinned(older, newer *journal.Run, olds []journal.Result) map[string]bool {
	if o.Pinned != nil {
		return o.Pinned
	}
	a, b := older.Start, newer.Start
	if a.ContractHash == b.ContractHash && a.SuiteVersion == b.SuiteVersion || a.Filter != "" || a.Profile != b.Profile {
		return nil // what the older run lacks it was not asked for
	}
	set := map[string]bool{}
	for _, r := range olds {
		set[r.Requirement] = true
	}
	return set
}

// isNewer says that a requirement is not among those that are compared. What is about the run itself has no version.
func (p *pairing) isNewer(r journal.Result) bool {
	if r.Newer != "" {
		return r.Apart()
	}
	if p.pinned == nil || absent(r) && r.Kind != journal.KindMonitor || r.Requirement == journal.RequestRequirement {
		return false
	}
	return !p.pinned[r.Requirement]
}

// named are results by the names that both runs have for them. What is left behind is named by its place in the run: which server it is falls to chance.
func named(rows []journal.Result) (names []string, by map[string]*journal.Result) {
	by = map[string]*journal.Result{}
	left := 0
	for i := range rows {
		name := rows[i].Name()
		if rows[i].Requirement == journal.CleanupRequirement {
			left++
			name = fmt.Sprintf("%s %d", journal.CleanupRequirement, left)
		}
		names = append(names, name)
		by[name] = &rows[i]
	}
	return names, by
}

// pair goes by names, and where the only result of a requirement has got another title, by the requirement.
func (p *pairing) pair() {
	var olds, news []string
	olds, p.old = named(p.olds)
	news, p.new = named(p.news)
	p.order = news
	group := func(r *journal.Result) string { return r.Requirement + " " + string(r.Kind) }
	alone := map[string][]string{} // by requirement and kind, the names that only the older has
	for _, name := range olds {
		if p.new[name] == nil {
			alone[group(p.old[name])] = append(alone[group(p.old[name])], name)
		}
	}
	fresh := map[string]int{}
	for _, name := range news {
		if p.old[name] == nil {
			fresh[group(p.new[name])]++
		}
	}
	renamed := map[string]bool{}
	for _, name := range news {
		is := p.new[name]
		if was := alone[group(is)]; p.old[name] == nil && fresh[group(is)] == 1 && len(was) == 1 {
			p.old[name] = p.old[was[0]]
			renamed[was[0]] = true
		}
	}
	for _, name := range olds {
		if p.new[name] == nil && !renamed[name] {
			p.order = append(p.order, name)
		}
	}
}

// judge says what has become of one result.
func (p *pairing) judge(was, is *journal.Result) {
	add := func(k Kind, why string) *Change {
		p.c.Changes = append(p.c.Changes, Change{Kind: k, Old: was, New: is, Why: why})
		return &p.c.Changes[len(p.c.Changes)-1]
	}
	if is != nil && journal.NoResult(*is) {
		if p.isNewer(*is) {
			p.newer(*is, add)
			return
		}
		if was != nil && standing(*was, p.o.Strict) == skipping {
			p.c.Same++
			return
		}
		add(Vanished, is.Reason)
		return
	}
	switch {
	case is == nil:
		p.gone(was, add)
	case p.isNewer(*is):
		p.newer(*is, add)
	case was == nil || journal.NoResult(*was):
		p.appeared(is, add)
	default:
		p.compare(was, is, add)
	}
}

func (p *pairing) newer(is journal.Result, add func(Kind, string) *Change) {
	since := ""
	if p.o.Since != nil {
		since = p.o.Since(is.Requirement)
	}
	if is.Newer != "" {
		since = is.Newer
	}
	why := "not among the requirements that are compared with"
	if since != "" {
		why += "; there is it since " + since
	}
	add(Newer, why)
	for _, id := range p.c.newIDs {
		if id == is.Requirement {
			return
		}
	}
	p.c.newIDs = append(p.c.newIDs, is.Requirement)
}

// gone is a result that only the older run has.
func (p *pairing) gone(was *journal.Result, add func(Kind, string) *Change) {
	switch {
	case absent(*was):
		if standing(*was, p.o.Strict) == passing {
			p.c.Same++
			return
		}
		add(Fixed, "it was "+string(was.Verdict)+", and nothing of the kind was seen")
	case standing(*was, p.o.Strict) == skipping, p.isNewer(*was):
		// Nothing was known of it, and nothing is.
		p.c.Same++
	default:
		why := "the newer run has no result for it"
		if p.o.Gone != nil {
			if gone := p.o.Gone(was.Requirement); gone != "" {
				add(Vanished, gone)
				return
			}
		}
		switch {
		case p.c.New.Start.Filter != p.c.Old.Start.Filter:
			why += "; it was asked for " + orAll(p.c.New.Start.Filter)
		case p.c.New.Start.Profile != p.c.Old.Start.Profile:
			why += "; the profile is another"
		}
		add(Vanished, why)
	}
}

func orAll(filter string) string {
	if filter == "" {
		return "everything"
	}
	return filter
}

// appeared is a result that only the newer run has, for a promise that is not newer.
func (p *pairing) appeared(is *journal.Result, add func(Kind, string) *Change) {
	switch standing(*is, p.o.Strict) {
	case failing:
		add(NewlyFailing, "the older run has no such result; "+reason(*is)).Came = is.Signature
	case warning:
		add(NewlyWarning, "the older run has no such result; "+reason(*is)).Came = is.Signature
	default:
		if absent(*is) {
			p.c.Same++
			return
		}
		add(New, "the older run has no such result")
	}
}

// compare is for what both runs have.
func (p *pairing) compare(was, is *journal.Result, add func(Kind, string) *Change) {
	before, after := standing(*was, p.o.Strict), standing(*is, p.o.Strict)
	gone, came := without(was.Signature, is.Signature), without(is.Signature, was.Signature)
	from := "it was " + string(was.Verdict)
	switch {
	case after == skipping && before == skipping:
		if was.Found() == is.Found() {
			p.c.Same++
			return
		}
		add(Changed, from+" and is "+string(is.Verdict)+"; "+reason(*is))
	case after == skipping:
		add(NewlySkipped, from+"; "+string(is.Verdict)+": "+reason(*is))
	case after == failing && before != failing:
		add(NewlyFailing, from+"; "+reason(*is)).Came = is.Signature
	case after == warning && before != warning && before != failing:
		add(NewlyWarning, from+"; "+reason(*is)).Came = is.Signature
	case after == passing && before == skipping:
		add(NewlyRun, from)
	case after == passing && before != passing:
		add(Fixed, from).Gone = was.Signature
	case after == warning && before == failing:
		c := add(Fixed, from+" and only warns now; "+reason(*is))
		c.Gone, c.Came = gone, came
	case was.Found() != is.Found() && after != passing:
		c := add(Changed, from+" and is "+string(is.Verdict)+"; "+reason(*is))
		c.Gone, c.Came = gone, came
	case after != passing && len(gone)+len(came) > 0:
		c := add(Changed, fmt.Sprintf("%s both times, in other ways", is.Found()))
		c.Gone, c.Came = gone, came
	default:
		p.c.Same++
		if after == failing {
			p.c.Failing++
		}
	}
}

// reason is why a result is what it is, without what a baseline adds.
func reason(r journal.Result) string {
	if r.Listed != nil && r.Listed.Because != "" {
		return r.Listed.Because
	}
	return r.Reason
}

package baseline

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/strictfile"
)

// Check holds the entries of a baseline against the results that a pack can give, whether a run is to give them or not: each entry is about exactly one of them, and no
// two are about the same. The error is a *strictfile.Error that tells everything, with what to do.
func Check(b *journal.Baseline, pack []journal.Planned) error {
	var problems []strictfile.Problem
	first := map[string]journal.Accepted{}
	for _, e := range b.Entries {
		problem := func(format string, args ...any) {
			problems = append(problems, strictfile.Problem{File: b.File, Line: e.Line, Text: fmt.Sprintf(format, args...)})
		}
		switch found := about(e, pack); len(found) {
		case 0:
			problem("%s: %s", e.Name(), nothing(e, pack))
		case 1:
			if twin, twice := first[found[0].Key()]; twice {
				problem("%s: line %d is about the same result; make one entry of the two, with both ways in its signature", e.Name(), twin.Line)
				continue
			}
			first[found[0].Key()] = e
		default:
			var names []string
			for _, p := range found {
				names = append(names, fmt.Sprintf("%q", p.Title))
			}
			problem("%s: this is about %d results; say by its scenario which of them is meant: %s", e.Name(), len(found), strings.Join(names, ", "))
		}
	}
	return strictfile.ErrorOf(problems)
}

// about lists the results that an entry is about. Cases are not among them: their scenario's entry lists them.
func about(e journal.Accepted, pack []journal.Planned) []journal.Planned {
	var found []journal.Planned
	for _, p := range pack {
		if p.Kind != journal.KindCase && e.Applies(p.Requirement, p.Title) {
			found = append(found, p)
		}
	}
	return found
}

// nothing says why an entry is about nothing, and what was probably meant.
func nothing(e journal.Accepted, pack []journal.Planned) string {
	var ids, titles []string
	for _, p := range pack {
		ids = append(ids, p.Requirement)
		if p.Requirement == e.Requirement && p.Kind != journal.KindCase {
			titles = append(titles, p.Title)
		}
	}
	id, title, isCase := strings.Cut(e.Requirement, "/")
	switch {
	case len(titles) > 0 && strings.HasSuffix(e.Scenario, "(cleanup)"):
		return "a failed cleanup cannot be accepted: a server was not left as it was found, and that may cost money; mend what keeps it from being given back"
	case len(titles) > 0:
		return fmt.Sprintf("the pack has no such scenario for it; there is %s", quotedList(titles))
	case isCase && slices.Contains(ids, id):
		return fmt.Sprintf("a case has no entry of its own; list it in the signature of %s, as %q", id, "case "+title+": …")
	}
	return "the pack has nothing for it" + nearest.Hint(e.Requirement, ids) + "; take the entry out, or mend its id (`conformance list` shows all of them)"
}

func quotedList(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = fmt.Sprintf("%q", w)
	}
	return strings.Join(quoted, ", ")
}

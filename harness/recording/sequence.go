// Package recording keeps what a run has sent and was answered in a form that can be played again: by a client to another server (package replay), or by a server of its
// own to another client (Player).
package recording

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// Sequence is what one scenario sent and was answered, in the order in which it began.
type Sequence struct {
	Requirement string
	Title       string
	Verdict     journal.Verdict // of the scenario; "" where it was given none
	Servers     []Server
	Exchanges   []*journal.Exchange
}

// Server is one that the scenario was given.
type Server struct {
	journal.Leased
	// Inferred says that State is read from what the server was shown as, because the record does not tell.
	Inferred bool `json:"inferred,omitempty"`
}

// Name is the requirement's id and the scenario's title.
func (s *Sequence) Name() string { return strings.TrimSpace(s.Requirement + " " + s.Title) }

// Beside says that this is no scenario's: a run looks at a target before its first scenario, and tidies up after the last.
func (s *Sequence) Beside() bool {
	return s.Requirement == "" || s.Requirement == journal.CleanupRequirement
}

// Began is when the first exchange did; the zero time where there is none.
func (s *Sequence) Began() time.Time {
	if len(s.Exchanges) == 0 {
		return time.Time{}
	}
	return s.Exchanges[0].Start
}

// UpTo is the sequence as far as an exchange, that one included.
func (s *Sequence) UpTo(id int64) *Sequence {
	part := *s
	if i := slices.IndexFunc(s.Exchanges, func(x *journal.Exchange) bool { return x.ID == id }); i >= 0 {
		part.Exchanges = s.Exchanges[:i+1]
	}
	return &part
}

// Sequences are those of a run, in the order in which they began, without what a client under test has sent. What was sent before the scenarios and after them comes
// last (Beside); only a Player needs it.
func Sequences(run *journal.Run) []*Sequence {
	by := map[string]*Sequence{}
	var all []*Sequence
	for _, x := range run.Exchanges {
		if x.External || x.Substitute != "" {
			continue // what a client under test sent is the client's, and an answer in the server's place is no behaviour of the server
		}
		s := by[x.Scenario]
		if s == nil {
			s = &Sequence{}
			s.Requirement, s.Title, _ = strings.Cut(x.Scenario, " ")
			by[x.Scenario], all = s, append(all, s)
		}
		s.Exchanges = append(s.Exchanges, x)
	}
	tidying, repeated := map[int64]bool{}, map[int64]bool{} // what was repeated has told nothing
	latest := map[int64]int64{}
	for _, x := range run.Exchanges {
		if x.Retry != nil {
			repeated[x.Retry.Of] = true
			if before, had := latest[x.Retry.Of]; had {
				repeated[before] = true
			}
			latest[x.Retry.Of] = x.ID
		}
	}
	for _, r := range run.Results {
		if s := by[r.Key()]; s != nil && r.Kind == journal.KindScenario {
			s.Verdict = r.Verdict
			for _, l := range r.Servers {
				s.Servers = append(s.Servers, Server{Leased: l})
			}
		}
		if r.Kind == journal.KindCleanup {
			for _, id := range r.Exchanges {
				tidying[id] = true
			}
		}
	}
	for _, s := range all {
		// Exchanges are written when they end; that they began in another order matters where they overlap.
		slices.SortStableFunc(s.Exchanges, func(x, y *journal.Exchange) int { return cmp.Compare(x.ID, y.ID) })
		s.Exchanges = slices.DeleteFunc(s.Exchanges, func(x *journal.Exchange) bool { return tidying[x.ID] || repeated[x.ID] })
		s.infer()
	}
	all = slices.DeleteFunc(all, func(s *Sequence) bool {
		return len(s.Exchanges) == 0
	})
	slices.SortStableFunc(all, func(a, b *Sequence) int {
		last := func(s *Sequence) int {
			if s.Beside() {
				return 1
			}
			return 0
		}
		return last(a) - last(b)
	})
	return all
}

// Find gives the sequence of a scenario: by the requirement's id, or by id and title where a requirement has several. An id of which there is none is an error with the
// nearest.
func Find(all []*Sequence, name string) (*Sequence, error) {
	var found []*Sequence
	var ids []string
	for _, s := range all {
		if s.Beside() {
			continue
		}
		if s.Name() == name {
			return s, nil
		}
		if s.Requirement == name {
			found = append(found, s)
		}
		ids = append(ids, s.Requirement)
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		var names []string
		for _, s := range found {
			names = append(names, fmt.Sprintf("%q", s.Name()))
		}
		return nil, fmt.Errorf("%s has several scenarios; give one of %s", name, strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("the record has no exchange of a scenario for %q%s; `conformance report --from` shows what was run", name, nearest.Hint(name, ids))
}

// Changes says that a request may have changed something.
func Changes(x *journal.Exchange) bool {
	return x.Method != "GET" && x.Method != "HEAD" && x.Method != "OPTIONS"
}

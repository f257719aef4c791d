package selftest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// shownProblems is how many problems the terminal tells; selftest.json has all of them.
const shownProblems = 40

// Terminal writes the matrix for a person: what was found, family by family, then what stands against the suite, then the verdict. A width of 0 is 100 columns.
func (m *Matrix) Terminal(w io.Writer, width int) error {
	if width <= 0 {
		width = 100
	}
	var b strings.Builder
	m.families(&b)
	for i, p := range m.Problems {
		if i == shownProblems {
			fmt.Fprintf(&b, "\nand %d more\n", len(m.Problems)-i)
			break
		}
		if i == 0 {
			b.WriteString("\n")
		}
		fmt.Fprintf(&b, "%s\n", short(strings.ToUpper(string(p.Kind))+"  "+p.Subject+": "+p.Text, 4*width))
	}
	m.summary(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// families counts, for each family of requirements, the defects that break it first and those of them that were found, and the requirements that found one.
func (m *Matrix) families(b *strings.Builder) {
	type tally struct{ seeded, found, requirements, proven int }
	var order []string
	of := map[string]*tally{}
	family := func(requirement string) *tally {
		name := journal.Family(requirement)
		if of[name] == nil {
			of[name] = &tally{}
			order = append(order, name)
		}
		return of[name]
	}
	for _, r := range m.asked() {
		t := family(r.ID)
		if !r.Informs {
			t.requirements++
		}
		if len(r.FoundOut) > 0 {
			t.proven++
		}
	}
	for _, d := range m.Defects {
		if len(d.Breaks) == 0 {
			continue
		}
		t := family(d.Breaks[0])
		t.seeded++
		if d.Found {
			t.found++
		}
	}
	fmt.Fprintf(b, "%-12s %8s %8s   %s\n", "family", "seeded", "found", "requirements that found a defect")
	for _, name := range order {
		t := of[name]
		fmt.Fprintf(b, "%-12s %8d %8d   %d of %d\n", name, t.seeded, t.found, t.proven, t.requirements)
	}
}

func (m *Matrix) summary(b *strings.Builder) {
	proven, tested := m.Proven()
	b.WriteString("\n")
	for _, side := range m.sides() {
		seeded, found, _, _ := m.tallyOf(side)
		fmt.Fprintf(b, "%d of %d defects of %ss found, each by what it breaks\n", found, seeded, side)
	}
	if n := len(m.Untested); n > 0 {
		fmt.Fprintf(b, "%d defects not tried, because nothing that they break is tested: %s\n", n, short(strings.Join(m.Untested, ", "), 200))
	}
	fmt.Fprintf(b, "%d of %d requirements that can accuse found a defect\n", proven, tested)
	for _, side := range m.sides() {
		_, _, variants, alarms := m.tallyOf(side)
		fmt.Fprintf(b, "%d of %d conforming variants of %ss accused\n", alarms, variants, side)
	}
	for _, side := range m.sides() {
		n := 0
		for _, o := range m.Orders {
			if o.Side == side {
				n++
			}
		}
		who := map[journal.Side]string{journal.Server: "emulator", journal.Client: "reference client"}[side]
		fmt.Fprintf(b, "%d runs of the %s as it is, in every profile and in different orders\n", n, who)
	}
	fmt.Fprintf(b, "%d runs, %d exchanges, %s\n\n", m.Trials, m.Exchanges, m.Duration.Round(100*time.Millisecond))
	if m.Holds() {
		b.WriteString("HOLDS\n")
		return
	}
	fmt.Fprintf(b, "DOES NOT HOLD: %d problems\n", len(m.Problems))
}

// sides lists those that were tried.
func (m *Matrix) sides() []journal.Side {
	var out []journal.Side
	for _, side := range []journal.Side{journal.Server, journal.Client} {
		of := func(t Tried) bool { return t.Side == side }
		if slices.ContainsFunc(m.Defects, of) || slices.ContainsFunc(m.Variants, of) || slices.ContainsFunc(m.Orders, func(o Order) bool { return o.Side == side }) {
			out = append(out, side)
		}
	}
	return out
}

// asked are the requirements that bind a side that was tried.
func (m *Matrix) asked() []Requirement {
	sides := m.sides()
	return slices.DeleteFunc(slices.Clone(m.Requirements), func(r Requirement) bool {
		side := journal.Server
		if r.Side == journal.Client {
			side = r.Side
		}
		return len(sides) > 0 && !slices.Contains(sides, side)
	})
}

// tallyOf counts the defects and variants of a side, and those of them that were found and accused.
func (m *Matrix) tallyOf(side journal.Side) (seeded, found, variants, alarms int) {
	of := func(also func(Tried) bool) func(Tried) bool {
		return func(t Tried) bool { return t.Side == side && (also == nil || also(t)) }
	}
	return count(m.Defects, of(nil)), count(m.Defects, of(func(t Tried) bool { return t.Found })), count(m.Variants, of(nil)), count(m.Variants, of(Tried.accused))
}

// Proven counts the requirements that found a defect, and all that can accuse somebody.
func (m *Matrix) Proven() (proven, tested int) {
	for _, r := range m.asked() {
		if r.Informs {
			continue
		}
		tested++
		if len(r.FoundOut) > 0 {
			proven++
		}
	}
	return proven, tested
}

func short(text string, limit int) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "") + "…"
}

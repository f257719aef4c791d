package coverage

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// tally counts elements: what a row of the table says.
type tally struct{ eligible, exercised, positive, negative, wantNegative, ineligible int }

func (t *tally) add(e *Element) {
	if !e.Eligible() {
		t.ineligible++
		return
	}
	t.eligible++
	if e.Exercised() {
		t.exercised++
	}
	if e.Positive > 0 {
		t.positive++
	}
	if e.TwoSided && e.NegativeReason == "" {
		t.wantNegative++
		if e.Negative > 0 {
			t.negative++
		}
	}
}

// percent is rounded down: 100 means all.
func (t *tally) percent() int {
	if t.eligible == 0 {
		return 100
	}
	return 100 * t.exercised / t.eligible
}

// Print shows the report: a table by operation and one by kind, then what was not exercised, and with all what need not be.
func (r *Report) Print(out io.Writer, all bool) error {
	w := &sticky{w: out}
	r.table(w, "OPERATION", func(e *Element) string {
		switch {
		case e.Kind == KindRequirement:
			return "(requirements)"
		case e.Operation == "":
			return "(answers' schemas)"
		}
		return e.Operation
	})
	fmt.Fprintln(w)
	r.table(w, "KIND", func(e *Element) string { return string(e.Kind) })
	if missing := r.Uncovered(); len(missing) > 0 {
		fmt.Fprintf(w, "\nNot exercised (%d):\n", len(missing))
		tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		for _, e := range missing {
			fmt.Fprintf(tw, "  %s\t%s\t%s\n", e.Missing(), e, e.SpecLine)
		}
		tw.Flush()
	}
	for i, s := range r.Stale {
		if i == 0 {
			fmt.Fprintf(w, "\nExcuses that do not hold (%d):\n", len(r.Stale))
		}
		fmt.Fprintf(w, "  %s\n", s)
	}
	r.reasons(w, all)
	return w.err
}

// table prints one row for each group, in the order in which they first come, and their sum.
func (r *Report) table(w io.Writer, head string, group func(*Element) string) {
	var names []string
	rows := map[string]*tally{}
	total := &tally{}
	for _, e := range r.Elements {
		name := group(e)
		if rows[name] == nil {
			rows[name] = &tally{}
			names = append(names, name)
		}
		rows[name].add(e)
		total.add(e)
	}
	if head == "KIND" {
		order := Kinds()
		slices.SortFunc(names, func(a, b string) int { return slices.Index(order, Kind(a)) - slices.Index(order, Kind(b)) })
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\tELIGIBLE\tEXERCISED\t\tKEPT\tBROKEN\tEXCUSED\n", head)
	line := func(name string, t *tally) {
		fmt.Fprintf(tw, "%s\t%d\t%d\t%d %%\t%d\t%d of %d\t%d\n", name, t.eligible, t.exercised, t.percent(), t.positive, t.negative, t.wantNegative, t.ineligible)
	}
	for _, name := range names {
		line(name, rows[name])
	}
	line("all", total)
	tw.Flush()
}

// reasons says why things need not be exercised; without all only how many there are.
func (r *Report) reasons(w io.Writer, all bool) {
	excused := r.Ineligible()
	if len(excused) == 0 {
		return
	}
	if !all {
		fmt.Fprintf(w, "\n%d need not be exercised, each for a reason in the contract (--all)\n", len(excused))
		return
	}
	fmt.Fprintf(w, "\nNeed not be exercised (%d):\n", len(excused))
	for _, e := range excused {
		if e.Eligible() {
			fmt.Fprintf(w, "  %s, only kept (%s)\n      %s\n", e, e.SpecLine, e.NegativeReason)
		} else {
			fmt.Fprintf(w, "  %s (%s)\n      %s\n", e, e.SpecLine, e.Reason)
		}
	}
}

// sticky keeps the first error of a writer.
type sticky struct {
	w   io.Writer
	err error
}

func (s *sticky) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

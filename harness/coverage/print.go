package coverage

import (
	"fmt"
	"io"
	"slices"
	"strings"
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

// PrintOptions chooses how much Print shows.
type PrintOptions struct {
	// All lists every element that is not covered and every one that need not be, with its reason. Otherwise Print keeps to one screen.
	All bool
}

// Print shows the report: a table by operation, then what was not exercised, grouped like the table.
func (r *Report) Print(out io.Writer, o PrintOptions) error {
	w := &sticky{w: out}
	fmt.Fprintf(w, "What %s exercised of the %s contract %.12s\n\n", counted(r.Runs, "run", "runs")+" of "+counted(r.Exchanges, "exchange", "exchanges"), r.Profile, r.Hash)
	r.table(w, "OPERATION", group)
	if o.All {
		fmt.Fprintln(w)
		r.table(w, "KIND", func(e *Element) string { return string(e.Kind) })
		r.uncovered(w)
	} else {
		r.summary(w)
	}
	r.list(w, "What is wrong with the record", r.Problems)
	r.list(w, "Excuses that do not hold", r.Stale)
	r.reasons(w, o.All)
	return w.err
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// group is the row of the first table that an element counts in.
func group(e *Element) string {
	switch {
	case e.Kind == KindRequirement:
		return "(requirements)"
	case e.Operation == "":
		return "(answers' schemas)"
	}
	return e.Operation
}

// shown is how many elements of one group the summary names.
const shown = 3

// summary names the first of what was not exercised in each group.
func (r *Report) summary(w io.Writer) {
	missing := r.Uncovered()
	if len(missing) == 0 {
		fmt.Fprint(w, "\nAll that is to be exercised was.\n")
		return
	}
	fmt.Fprintf(w, "\nNot exercised (%d; --all lists them with their lines in the contract):\n", len(missing))
	byGroup := map[string][]*Element{}
	for _, e := range missing {
		byGroup[group(e)] = append(byGroup[group(e)], e)
	}
	for _, name := range r.groups(group) {
		list := byGroup[name]
		if len(list) == 0 {
			continue
		}
		var names []string
		for _, e := range list[:min(shown, len(list))] {
			names = append(names, fmt.Sprintf("%s (%s)", strings.TrimPrefix(e.String(), name+" "), e.Missing()))
		}
		if len(list) > shown {
			names = append(names, "...")
		}
		fmt.Fprintf(w, "  %4d  %s: %s\n", len(list), name, strings.Join(names, ", "))
	}
}

// uncovered lists all of what was not exercised.
func (r *Report) uncovered(w io.Writer) {
	missing := r.Uncovered()
	if len(missing) == 0 {
		fmt.Fprint(w, "\nAll that is to be exercised was.\n")
		return
	}
	fmt.Fprintf(w, "\nNot exercised (%d):\n", len(missing))
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, e := range missing {
		fmt.Fprintf(tw, "  %s\t%s\t%s\n", e.Missing(), e, e.SpecLine)
	}
	tw.Flush()
}

func (r *Report) list(w io.Writer, head string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s (%d):\n", head, len(lines))
	for _, s := range lines {
		fmt.Fprintf(w, "  %s\n", s)
	}
}

// groups lists the groups in the order in which they first come.
func (r *Report) groups(of func(*Element) string) []string {
	var names []string
	seen := map[string]bool{}
	for _, e := range r.Elements {
		if name := of(e); !seen[name] {
			seen[name] = true
			names = append(names, name)
		}
	}
	return names
}

// table prints one row for each group and their sum.
func (r *Report) table(w io.Writer, head string, group func(*Element) string) {
	names := r.groups(group)
	rows := map[string]*tally{}
	total := &tally{}
	for _, name := range names {
		rows[name] = &tally{}
	}
	for _, e := range r.Elements {
		rows[group(e)].add(e)
		total.add(e)
	}
	if head == "KIND" {
		order := Kinds()
		slices.SortFunc(names, func(a, b string) int { return slices.Index(order, Kind(a)) - slices.Index(order, Kind(b)) })
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\tELIGIBLE\tCOVERED\t\tPOSITIVE\tNEGATIVE\tEXCUSED\n", head)
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

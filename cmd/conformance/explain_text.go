package main

import (
	"cmp"
	"fmt"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// text is what a person reads.
func (e *explained) text(s report.Style) string {
	var b strings.Builder
	on := cmp.Or(e.Operation, "all operations")
	binds := "the " + e.Side
	if journal.Side(e.Side) == journal.Both {
		binds = "both sides"
	}
	fmt.Fprintf(&b, "%s  %s, binds %s, on %s, since %s (%s)\n\n", e.ID, e.Level, binds, on, e.Since, e.SpecLine)
	list := []report.Definition{
		{Word: "retired", Text: e.Retired},
		{Word: "clause", Text: e.Clause},
		{Word: "source", Text: e.Source},
		{Word: "made in", Text: strings.Join(e.Editions, ", ")},
		{Word: "not in", Text: strings.Join(e.Without, ", ")},
		{Word: "needs", Text: strings.Join(e.Needs, ", ")},
		{Word: "statuses", Text: strings.Trim(fmt.Sprint(e.Statuses), "[]")},
		{Word: "codes", Text: strings.Join(e.Codes, ", ")},
		{Word: "tested", Text: e.how()},
	}
	for i, d := range e.Defects {
		word := ""
		if i == 0 {
			word = "defects"
		}
		in := ""
		if d.Profile != contract.BaseProfile {
			in = " in " + d.Profile
		}
		list = append(list, report.Definition{Word: word, Text: fmt.Sprintf("%s: the %s%s %s", d.Name, d.Side, in, d.Title)})
	}
	list = append(list, report.Definition{Word: "alone", Text: e.Alone})
	b.WriteString(report.Definitions(list, s))
	if e.Example == nil {
		return b.String()
	}
	if x := e.Example.Right; x != nil {
		fmt.Fprintf(&b, "\nRight: what the %s as it is does\n\n%s", e.party(), report.Example(x, journal.Result{}, s))
	}
	fmt.Fprintf(&b, "\nWrong: the same with the defect %s\n\n%s", e.Example.Defect, report.Example(e.Example.Wrong, e.Example.found, s))
	return b.String()
}

// party is who is made to keep and to break the promise.
func (e *explained) party() string {
	for _, d := range e.Defects {
		if d.Name == e.Example.Defect && d.Side == journal.Client {
			return "reference client"
		}
	}
	return "emulator"
}

// how tells in which way it is tested.
func (e *explained) how() string {
	switch e.Tested {
	case contract.BySchema:
		return "over every exchange of a run, by the contract's schemas"
	case contract.ByMonitor:
		return "over all exchanges of a run together, by a monitor"
	case contract.NotTested:
		return "not: " + e.Reason
	}
	var parts []string
	for _, s := range e.Scenarios {
		parts = append(parts, fmt.Sprintf("by a scenario: %s (%s:%d)", s.Title, s.File, s.Line))
	}
	if e.Cases > 0 {
		parts = append(parts, fmt.Sprintf("with %d cases derived from the contract (conformance cases --requirement %s)", e.Cases, e.ID))
	}
	return strings.Join(parts, ", ")
}

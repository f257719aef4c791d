package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/runner"
	"resize-conformance/suites"
)

// listed is one requirement as `conformance list` shows it.
type listed struct {
	ID        string           `json:"id"`
	Family    string           `json:"family"`
	Level     string           `json:"level"`
	Side      string           `json:"side"`
	Operation string           `json:"operation"`
	Clause    string           `json:"clause"`
	Source    string           `json:"source"`
	Tested    contract.Tested  `json:"tested"`
	Reason    string           `json:"reason,omitempty"`
	Needs     []string         `json:"needs,omitempty"`
	Statuses  []int            `json:"statuses,omitempty"`
	Codes     []string         `json:"codes,omitempty"`
	SpecLine  string           `json:"spec_line"`
	Since     string           `json:"since"` // suite version
	Scenarios []listedScenario `json:"scenarios,omitempty"`
}

type listedScenario struct {
	Title  string   `json:"title"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Labels []string `json:"labels"`
}

func newList() *cobra.Command {
	var (
		source    contract.Source
		selection runner.Selection
		asJSON    bool
		untested  bool
		long      bool
	)
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show the requirements of the contract and the scenarios that test them",
		Example: `  conformance list                          every requirement, with how it is tested
  conformance list --requirement RSZ-JOB    one family
  conformance list --requirement RSZ-STATE-002 --long
                                           one requirement with its source, its codes and its scenario
  conformance list --untested --long        what is not tested, and why
  conformance list --profile cn --json      the register of another edition, for programs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := contract.Load(cmd.Context(), source)
			if err != nil {
				return err
			}
			rows, err := listRows(c, selection)
			if err != nil {
				return err
			}
			if untested {
				rows = slices.DeleteFunc(rows, func(l listed) bool { return l.Tested != contract.NotTested })
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(rows)
			}
			if long {
				return listLong(cmd.OutOrStdout(), rows)
			}
			return listTable(cmd.OutOrStdout(), rows)
		},
	}
	bindSource(cmd, &source)
	bindSelection(cmd, &selection)
	f := cmd.Flags()
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&long, "long", false, "print all that is known of each: clause, source, codes, scenario")
	f.BoolVar(&untested, "untested", false, "only what is not tested, with the reason")
	return cmd
}

// listRows takes the selected requirements. A selection by requirement also finds those that no scenario tests; the other filters are about scenarios.
func listRows(c *contract.Contract, selection runner.Selection) ([]listed, error) {
	pack, err := suites.New(c)
	if err != nil {
		return nil, &harnessError{err}
	}
	wanted, err := runner.Requirements(c, selection.Requirements)
	if err != nil {
		return nil, err
	}
	byScenario := selection
	byScenario.Requirements = nil
	chosen, err := runner.Choose(pack, byScenario)
	if err != nil {
		return nil, err
	}
	scenarios := map[string][]listedScenario{}
	for _, s := range chosen {
		scenarios[s.Requirement.ID] = append(scenarios[s.Requirement.ID], listedScenario{Title: s.Title, File: s.File, Line: s.Line, Labels: s.Labels()})
	}
	onlyScenarios := len(selection.Focus) > 0 || selection.Labels != "" || selection.Shard.Total > 0
	var rows []listed
	for _, r := range wanted {
		if onlyScenarios && scenarios[r.ID] == nil {
			continue
		}
		l := row(r)
		l.Scenarios = scenarios[r.ID]
		rows = append(rows, l)
	}
	return rows, nil
}

// row is what the register says of a requirement.
func row(r contract.Requirement) listed {
	return listed{
		ID: r.ID, Family: r.Family(), Level: string(r.Level), Side: string(r.Side), Operation: r.Operation, Clause: r.Clause, Source: r.Source,
		Tested: r.Tested, Reason: r.Reason, Needs: r.Needs, Statuses: r.Statuses, Codes: r.Codes,
		SpecLine: fmt.Sprintf("%s:%d", r.File, r.Line), Since: contract.Since(r.ID),
	}
}

// listTable prints a line for each requirement: what its scenario looks for, or the promise itself where there is no scenario.
func listTable(w io.Writer, rows []listed) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "ID\tLEVEL\tTESTED\tNEEDS\tWHAT")
	for _, r := range rows {
		what := r.Clause
		if len(r.Scenarios) > 0 {
			s := r.Scenarios[0]
			what = fmt.Sprintf("%s (%s:%d)", s.Title, s.File, s.Line)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Level, r.Tested, strings.Join(r.Needs, " "), what)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return listTotal(w, rows)
}

// listLong prints all that is known of each requirement.
func listLong(w io.Writer, rows []listed) error {
	for _, r := range rows {
		fmt.Fprintf(w, "%s  %s, binds the %s, on %s, since %s (%s)\n", r.ID, r.Level, r.Side, cmp.Or(r.Operation, "all operations"), r.Since, r.SpecLine)
		say := func(what, text string) {
			if text != "" {
				fmt.Fprintf(w, "  %-9s %s\n", what, text)
			}
		}
		say("clause", r.Clause)
		say("source", r.Source)
		say("needs", strings.Join(r.Needs, ", "))
		say("statuses", strings.Trim(fmt.Sprint(r.Statuses), "[]"))
		say("codes", strings.Join(r.Codes, ", "))
		for _, s := range r.Scenarios {
			say("scenario", fmt.Sprintf("%s (%s:%d)", s.Title, s.File, s.Line))
		}
		if r.Tested == contract.BySchema {
			say("tested", "over every exchange of a run")
		}
		if r.Tested == contract.ByMonitor {
			say("tested", "over all exchanges of a run together")
		}
		say("untested", r.Reason)
		fmt.Fprintln(w)
	}
	return listTotal(w, rows)
}

func listTotal(w io.Writer, rows []listed) error {
	counts := map[contract.Tested]int{}
	for _, r := range rows {
		counts[r.Tested]++
	}
	_, err := fmt.Fprintf(w, "\n%d requirements: %d tested by scenario, %d over every exchange, %d over all exchanges together, %d not tested, each with its reason (--untested)\n",
		len(rows), counts[contract.ByScenario], counts[contract.BySchema], counts[contract.ByMonitor], counts[contract.NotTested])
	return err
}

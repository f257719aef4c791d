package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"resize-conformance/harness/change"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// builtIn is how the commands name the built-in contract in its base profile.
const builtIn = "builtin"

func newSpecDiff() *cobra.Command {
	var (
		profile string
		all     bool
		asJSON  bool
	)
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Say what a change of the contract breaks, and for whom",
		Long: `diff compares two contracts: whom the changes of messages break, which requirements are new, gone or others, and which derived cases.
OLD and NEW are files, profiles of the built-in contract, or "builtin" for its base profile.

A change breaks clients when one that kept OLD may send what NEW refuses, or be answered what OLD did not allow. It breaks servers when one that kept OLD may
refuse what NEW admits, or answer what NEW forbids. The exit code is 0 when nothing breaks, 1 when something does, 2 when one of the two is no contract.`,
		Example: `  conformance spec diff builtin spec/openapi.yaml    what an edit of the file changes
  conformance spec diff intl otc                     how two editions differ
  conformance spec diff old.yaml new.yaml --profile otc
                                                     two files, each with the overlay of an edition
  conformance spec diff intl cn --all                everything, not only what fits a screen
  conformance spec diff intl cn --json               for programs`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var sides [2]*contract.Contract
			for i, arg := range args {
				source, err := contractNamed(arg, profile)
				if err != nil {
					return err
				}
				if sides[i], err = contract.Load(cmd.Context(), source); err != nil {
					return err
				}
			}
			report, err := change.Between(cmd.Context(), sides[0], sides[1])
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), report)
			} else {
				err = printChange(cmd.OutOrStdout(), report, all)
			}
			if err != nil {
				return &harnessError{err}
			}
			if report.Breaks() {
				return verdict(exitDeviates)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&profile, "profile", contract.BaseProfile, "vendor edition, or path of an overlay file, in which files are read; names of profiles are read as they are")
	f.BoolVar(&all, "all", false, "print every change")
	f.BoolVar(&asJSON, "json", false, "print JSON: every change")
	return cmd
}

// contractNamed finds the contract that an argument names.
func contractNamed(arg, profile string) (contract.Source, error) {
	switch {
	case arg == builtIn:
		return contract.Source{Profile: profile}, nil
	case slices.Contains(contract.Profiles(), arg):
		return contract.Source{Profile: arg}, nil
	}
	source := contract.Source{File: arg, Profile: profile}
	if _, err := contract.Read(source); err != nil {
		return source, fmt.Errorf("%w; want a file, %q, or one of the profiles %s%s", err, builtIn, strings.Join(contract.Profiles(), ", "), nearest.Hint(arg, append(contract.Profiles(), builtIn)))
	}
	return source, nil
}

// shownChanges is how many lines a part of the screen has without --all.
const shownChanges = 5

// printChange shows what breaks, then what else differs.
func printChange(w io.Writer, r *change.Report, all bool) error {
	limit := shownChanges
	if all {
		limit = int(^uint(0) >> 1)
	}
	part := func(title string, n int, lines []string) {
		if len(lines) == 0 {
			return
		}
		fmt.Fprintf(w, "%s (%d)\n", title, n)
		for _, line := range lines[:min(limit, len(lines))] {
			if !all {
				line = cut(line, 160)
			}
			fmt.Fprintf(w, "  %s\n", line)
		}
		if more := len(lines) - limit; more > 0 {
			fmt.Fprintf(w, "  … and %d more lines (--all)\n", more)
		}
		fmt.Fprintln(w)
	}
	for _, k := range []struct {
		title string
		grade change.Grade
		side  journal.Side
	}{
		{"BREAKS CLIENTS", change.Breaking, journal.Client}, {"BREAKS SERVERS", change.Breaking, journal.Server},
		{"risky for clients", change.Risky, journal.Client}, {"risky for servers", change.Risky, journal.Server},
	} {
		part(k.title, r.Count(k.grade, k.side), messageLines(r.Messages, k.grade, k.side, all))
	}
	for _, k := range []struct {
		name  string
		items change.Items
	}{{"requirements", r.Requirements}, {"cases", r.Cases}} {
		part(k.name+" added", len(k.items.Added), itemLines(k.items.Added, all))
		part(k.name+" removed", len(k.items.Removed), itemLines(k.items.Removed, all))
		part(k.name+" changed", len(k.items.Changed), itemLines(k.items.Changed, all))
	}
	word := "BREAKS NOTHING"
	if r.Breaks() {
		word = "BREAKS"
	}
	counts := func(i change.Items) string {
		return fmt.Sprintf("+%d -%d ~%d", len(i.Added), len(i.Removed), len(i.Changed))
	}
	_, err := fmt.Fprintf(w, "%s  %s to %s: %d for clients, %d for servers (risky: %d, %d) · requirements %s · cases %s\n", word, editionName(r.Old), editionName(r.New),
		r.Count(change.Breaking, journal.Client), r.Count(change.Breaking, journal.Server), r.Count(change.Risky, journal.Client), r.Count(change.Risky, journal.Server),
		counts(r.Requirements), counts(r.Cases))
	return err
}

func editionName(e change.Edition) string { return e.File + " (" + e.Profile + " " + e.Hash[:12] + ")" }

// messageLines tells a kind of changes, those of one name at one operation in one line unless all are wanted: a schema that many answers share changes in each.
func messageLines(messages []change.Message, grade change.Grade, side journal.Side, all bool) []string {
	type key struct{ operation, rule string }
	var lines []string
	at, more := map[key]int{}, map[key]int{}
	for _, m := range messages {
		if m.Grade != grade || m.Breaks != side {
			continue
		}
		k := key{m.Operation, m.Rule}
		if _, told := at[k]; told && !all {
			more[k]++
			continue
		}
		at[k] = len(lines)
		lines = append(lines, cmp.Or(m.Operation, "the document")+": "+m.Text)
	}
	for k, n := range more {
		lines[at[k]] = cut(lines[at[k]], 140) + fmt.Sprintf(" (and %d like it)", n)
	}
	return lines
}

// itemLines tells requirements or cases, those of which the same is to be said in one line unless all are wanted.
func itemLines(items []change.Item, all bool) []string {
	var lines []string
	at, more := map[string]int{}, map[string]int{}
	for _, i := range items {
		what := i.What
		if len(i.Fields) > 0 {
			what = strings.Join(i.Fields, "; ")
		}
		what = strings.Join(strings.Fields(what), " ")
		if _, told := at[what]; told && !all {
			more[what]++
			continue
		}
		at[what] = len(lines)
		lines = append(lines, i.ID+"  "+what)
	}
	for what, n := range more {
		id, _, _ := strings.Cut(lines[at[what]], "  ")
		lines[at[what]] = fmt.Sprintf("%s and %d more  %s", id, n, what)
	}
	return lines
}

// cut shortens a line to so many characters.
func cut(line string, width int) string {
	if r := []rune(line); len(r) > width {
		return string(r[:width-1]) + "…"
	}
	return line
}

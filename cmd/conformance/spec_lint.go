package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"resize-conformance/harness/lint"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

func newSpecLint() *cobra.Command {
	var (
		profiles []string
		asJSON   bool
		rules    bool
	)
	cmd := &cobra.Command{
		Use:   "lint [FILE]",
		Short: "Check the contract: both libraries, and the rules of this repository",
		Long: `lint holds a contract against the checks of both libraries that judge by it, and against rules of its own: every requirement is tested or excused, every
source can be found, every example passes, every error answer has a schema, no component is dead, no overlay loses a promise, and more (--rules).

Without FILE it is the built-in contract. Without --profile it is checked in every profile: the built-in ones, or those in the folder profiles beside FILE.
Each finding says where it is, what was wanted and what to do next. The exit code is 0 when there is none, 1 otherwise, 2 when there is nothing to check: FILE
is missing, not YAML, or not OpenAPI 3.0.`,
		Example: `  conformance spec lint                            the built-in contract, in all profiles
  conformance spec lint spec/openapi.yaml          the file as it is now, with the overlays in spec/profiles
  conformance spec lint my.yaml --profile otc      a contract of your own, in one profile
  conformance spec lint --rules                    what is checked
  conformance spec lint --json                     for programs`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if rules {
				return printRules(cmd.OutOrStdout(), asJSON)
			}
			file := fileArgument(args)
			var err error
			if len(profiles) == 0 {
				if profiles, err = profilesOf(file); err != nil {
					return err
				}
			}
			found, err := lint.Check(cmd.Context(), file, profiles, knownToLint())
			if err != nil {
				return err
			}
			if asJSON {
				err = printJSON(cmd.OutOrStdout(), found)
			} else {
				err = printFindings(cmd.OutOrStdout(), found)
			}
			if err != nil {
				return &harnessError{err}
			}
			if len(found.Findings) > 0 {
				return verdict(exitDeviates)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&profiles, "profile", nil, "vendor edition of the contract, or path of an overlay file; several are checked one after the other (default: all)")
	f.BoolVar(&rules, "rules", false, "list the rules instead")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// knownToLint is what this program has that a contract speaks of.
func knownToLint() lint.Known {
	known := lint.Known{Scenarios: suites.Written(), Monitors: monitor.Watched()}
	for _, c := range target.Capabilities() {
		known.Capabilities = append(known.Capabilities, string(c.Name))
	}
	return known
}

func printRules(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, lint.Rules())
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range lint.Rules() {
		fmt.Fprintf(tw, "%s\t%s\n", r.Name, r.Wanted)
	}
	return tw.Flush()
}

// printFindings shows every finding, and at the end how many there are of each rule.
func printFindings(w io.Writer, report *lint.Report) error {
	counts := map[string]int{}
	for _, f := range report.Findings {
		counts[f.Rule]++
		at := f.Pointer
		if at == "" {
			at = "the document"
		}
		if len(f.Profiles) > 0 && len(f.Profiles) < len(report.Profiles) {
			at += " (" + strings.Join(f.Profiles, ", ") + ")"
		}
		fmt.Fprintf(w, "%s  %s\n  at      %s\n  found   %s\n  wanted  %s\n  next    %s\n\n", f.Place, f.Rule, at, f.Found, f.Wanted, f.Next)
	}
	where := report.File + " in " + plural(len(report.Profiles), "profile") + " (" + strings.Join(report.Profiles, ", ") + ")"
	if len(report.Findings) == 0 {
		_, err := fmt.Fprintf(w, "IN ORDER  %s: %d rules, no findings\n", where, report.Rules)
		return err
	}
	var names []string
	for _, r := range lint.Rules() {
		if n := counts[r.Name]; n > 0 {
			names = append(names, fmt.Sprintf("%d %s", n, r.Name))
		}
	}
	_, err := fmt.Fprintf(w, "NOT IN ORDER  %s: %s: %s\n", where, plural(len(report.Findings), "finding"), strings.Join(names, ", "))
	return err
}

func printJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/report"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/selftest"
	"resize-conformance/suites"
)

// explained is all that is known of a requirement.
type explained struct {
	listed
	Retired  string            `json:"retired,omitempty"` // why
	Editions []string          `json:"editions"`          // that make the promise
	Without  []string          `json:"editions_without"`
	Cases    int               `json:"cases"` // that its scenario sends, each with a result of its own
	Defects  []selftest.Killer `json:"defects"`
	Alone    string            `json:"run_alone,omitempty"` // the command that tests it and nothing else
	Example  *explainedExample `json:"example,omitempty"`
}

// explainedExample is a promise kept and broken, as it was seen.
type explainedExample struct {
	Defect string            `json:"defect"`
	Wanted string            `json:"wanted,omitempty"`
	Got    string            `json:"got,omitempty"`
	Reason string            `json:"reason,omitempty"`
	Right  *journal.Exchange `json:"right,omitempty"`
	Wrong  *journal.Exchange `json:"wrong,omitempty"`

	found journal.Result
}

const longExplain = `explain tells all that is known of a requirement: its clause, how binding it is and on whom, its source and the editions that have it, how it is tested, which of
the seeded defects that the suite is tested with break it, an exchange as it has to be and one as it must not be, and how to test it alone.

The two exchanges are not written down anywhere: they are made at that moment, by running the scenario against the embedded emulator as it is and with such a
defect put in (for a promise of clients: with the reference client). What is judged over all exchanges takes a whole run each, some seconds.`

func newExplain() *cobra.Command {
	var (
		source            contract.Source
		asJSON, noExample bool
	)
	cmd := &cobra.Command{
		Use:   "explain REQUIREMENT",
		Short: "Explain a requirement: clause, source, how it is tested, a right and a wrong exchange",
		Long:  longExplain,
		Example: `  conformance explain RSZ-STATE-001
  conformance explain RSZ-JOB-003 --no-example     without running anything
  conformance explain RSZ-V1-001 --profile otc --json`,
		Args:              exactly(1),
		ValidArgsFunction: completeOneRequirement,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := explain(cmd.Context(), source, args[0], !noExample)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(e)
			} else {
				_, err = fmt.Fprint(cmd.OutOrStdout(), e.text(report.StyleFor(cmd.OutOrStdout(), os.Getenv)))
			}
			if err != nil {
				return &harnessError{err}
			}
			return nil
		},
	}
	bindSource(cmd, &source)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&noExample, "no-example", false, "make no exchanges: nothing is run")
	return cmd
}

// explain gathers what is known of a requirement, and makes an example of it.
func explain(ctx context.Context, source contract.Source, id string, example bool) (*explained, error) {
	c, err := contract.Load(ctx, source)
	if err != nil {
		return nil, err
	}
	r, known := c.Requirement(id)
	if !known {
		return nil, &runner.UsageError{Text: fmt.Sprintf("%s has no requirement %q%s", c.File, id, meant(c, id))}
	}
	pack, err := suites.New(c)
	if err != nil {
		return nil, &harnessError{err}
	}
	e := &explained{listed: row(r), Editions: []string{}, Without: []string{}, Defects: selftest.Killers(r.ID)}
	if r.Retired {
		e.Retired = cmp.Or(r.Reason, "no reason is given")
	}
	for _, s := range slices.Concat(pack.Scenarios(), pack.LeftOut()) {
		if s.Requirement.ID == r.ID {
			e.Scenarios = append(e.Scenarios, listedScenario{Title: s.Title, File: s.File, Line: s.Line, Labels: s.Labels()})
			e.Cases += len(s.Cases)
		}
	}
	e.Alone = alone(r, source)
	var all errgroup.Group
	all.Go(func() error { return e.inEditions(ctx, source) })
	if example && !r.Retired && r.Tested != contract.NotTested {
		all.Go(func() error { return e.demonstrate(ctx, source.Profile) })
	}
	return e, all.Wait()
}

// meant is the half-sentence of an error: which id is near, or else how to see all.
func meant(c *contract.Contract, id string) string {
	var families []string
	for _, f := range c.Families() {
		if f.Name == strings.ToUpper(id) {
			return fmt.Sprintf("; it is a family: `conformance list --requirement %s` shows its requirements", f.Name)
		}
		families = append(families, f.Name)
	}
	if hint := c.NearestRequirement(id); hint != "" {
		return hint
	}
	return nearest.Hint(journal.Family(id), families) + "; `conformance list` shows all of them"
}

// alone is the command that tests a requirement and nothing else; "" where nothing does.
func alone(r contract.Requirement, source contract.Source) string {
	if r.Retired || r.Tested == contract.NotTested {
		return ""
	}
	command := "conformance run"
	if r.Side == journal.Client {
		command += " --client ./my-driver"
	}
	if source.Profile != "" && source.Profile != contract.BaseProfile {
		command += " --profile " + shellWord(source.Profile)
	}
	if source.File != "" {
		command += " --spec " + shellWord(source.File)
	}
	if r.Tested == contract.ByScenario {
		command += " --requirement " + r.ID
	}
	return command
}

// inEditions asks every edition whether it makes the promise. Of a document of somebody's own only the one edition is known.
func (e *explained) inEditions(ctx context.Context, source contract.Source) error {
	if source.File != "" {
		return nil
	}
	profiles := contract.Profiles()
	makes := make([]bool, len(profiles))
	var all errgroup.Group
	all.SetLimit(4)
	for i, name := range profiles {
		all.Go(func() error {
			c, err := contract.Load(ctx, contract.Source{Profile: name})
			if err != nil {
				return err
			}
			r, known := c.Requirement(e.ID)
			makes[i] = known && r.Applies && !r.Retired
			return nil
		})
	}
	if err := all.Wait(); err != nil {
		return err
	}
	for i, name := range profiles {
		if makes[i] {
			e.Editions = append(e.Editions, name)
		} else {
			e.Without = append(e.Without, name)
		}
	}
	return nil
}

func (e *explained) demonstrate(ctx context.Context, profile string) error {
	d, err := selftest.Demonstrate(ctx, e.ID, profile)
	if err != nil {
		return &harnessError{fmt.Errorf("making an example: %w", err)}
	}
	if d == nil {
		return nil
	}
	e.Example = &explainedExample{Defect: d.By.Name, Reason: d.Found.Reason, Right: d.Right, Wrong: d.Wrong, found: d.Found}
	if f := d.Found.Finding; f != nil {
		e.Example.Wanted, e.Example.Got = f.Wanted, f.Got
	}
	return nil
}

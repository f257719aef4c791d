package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/report"
)

type diffFlags struct {
	failOn []string
	pin    string
	strict bool
	factor float64
	by     time.Duration
	all    bool
	shape  shapeFlags
}

const longDiff = `diff compares two runs: the directories of their reports, their journals, or their results.json. It says what has become of each result:

  newly-failing  it fails and did not: PASS, WARN or nothing before; or a server is left behind that was not
  newly-warning  a SHOULD is broken that was not
  newly-skipped  it was put to the test and is not any more: NOT_APPLICABLE, NOT_TESTABLE, or its setting up BLOCKED
  vanished       it was put to the test, and the newer run has no result for it
  changed        it passes in neither, and fails in another way (the signature that a baseline goes by) or has another verdict
  slower         at least --slower-factor times as long, and longer by --slower-by; beyond what the rest of the run became slower by
  newer          for a requirement that is newer than the pinned set: whatever its verdict, it is not newly failing
  fixed, newly-run, new

What a baseline accepts is compared by what was found: accepting a failure mends nothing. The pinned set is what --pin names; without it, where the suites or contracts of
the runs differ, what the older run has results for.

The exit code is 1 when there is anything of what --fail-on names, by default newly-failing, newly-skipped and vanished. Times never count unless they are named. Of
journals the calls of each operation are compared, too, by their medians; results.json has none.`

func newDiff() *cobra.Command {
	var flags diffFlags
	cmd := &cobra.Command{
		Use:   "diff OLD NEW",
		Short: "Compare two runs: what newly fails, what is fixed, what has vanished",
		Long:  longDiff,
		Example: `  conformance diff old reports
  conformance diff --fail-on newly-failing,vanished,slower old/journal.jsonl new/journal.jsonl
  conformance diff --format markdown old/results.json new/results.json
  conformance diff --format html --output diff.html old/ new/
  conformance diff --pin 0.1.0 old/ new/`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.diff(cmd, args[0], args[1]) },
	}
	f := cmd.Flags()
	f.StringSliceVar(&flags.failOn, "fail-on", gateNames(), `kinds of change that make the exit code 1; "none" for none`)
	f.StringVar(&flags.pin, "pin", "", "suite version whose requirements are compared; what is newer is shown and is not newly failing")
	f.BoolVar(&flags.strict, "strict", false, "count warnings as failures (default: as the newer run did)")
	f.Float64Var(&flags.factor, "slower-factor", comparison.DefaultFactor, "how many times as long something has to take to be slower; 0 looks at no times")
	f.DurationVar(&flags.by, "slower-by", 0, "and by how much it has to take longer (default: 1s for a scenario, 100ms for the median of an operation's calls)")
	f.BoolVar(&flags.all, "all", false, "show every change, not only one screen of them")
	flags.shape.bind(cmd, "terminal", "markdown", "html", "json")
	return cmd
}

func gateNames() []string {
	var names []string
	for _, k := range comparison.Gate() {
		names = append(names, string(k))
	}
	return names
}

func (flags *diffFlags) diff(cmd *cobra.Command, oldPath, newPath string) error {
	gate, err := comparison.ParseKinds(flags.failOn)
	if err != nil {
		return fmt.Errorf("--fail-on: %w", err)
	}
	if err := flags.shape.check(); err != nil {
		return err
	}
	if flags.factor != 0 && flags.factor <= 1 || flags.by < 0 {
		return errors.New("--slower-factor: wanted more than 1 (or 0 to look at no times), and --slower-by not less than 0")
	}
	o := comparison.Options{Strict: flags.strict, Speed: comparison.Speed{Factor: flags.factor, By: flags.by}, Since: contract.Since}
	if flags.factor == 0 {
		o.Speed.Factor = -1
	}
	if o.Pinned, err = pinnedSet(flags.pin); err != nil {
		return err
	}
	older, err := readRun(cmd, oldPath)
	if err != nil {
		return err
	}
	newer, err := readRun(cmd, newPath)
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("strict") {
		o.Strict = newer.Start.Strict
	}
	if o.Gone, err = retired(cmd); err != nil {
		return err
	}
	c := comparison.Of(older, newer, o)
	if err := flags.shape.write(cmd, func(out io.Writer, format string, style report.Style) error {
		shown := report.DiffOptions{Style: style, Gate: gate, All: flags.all}
		switch format {
		case "markdown":
			return report.DiffMarkdown(out, c, shown)
		case "html":
			return report.DiffHTML(out, c, shown)
		case "json":
			return report.DiffJSON(out, c, shown)
		}
		return report.Diff(out, c, shown)
	}); err != nil {
		return err
	}
	if len(c.Stopped(gate)) > 0 {
		return verdict(exitDeviates)
	}
	return nil
}

// pinnedSet is the set of requirements of a released version; nil when none is named.
func pinnedSet(pin string) (map[string]bool, error) {
	if pin == "" {
		return nil, nil
	}
	set, known := contract.Released(pin)
	if !known {
		return nil, fmt.Errorf("--pin %s: no such suite version was released%s; there are %s", pin, nearest.Hint(pin, contract.Releases()), strings.Join(contract.Releases(), ", "))
	}
	return set, nil
}

// retired says of a requirement that it is retired, and why, as the embedded contract has it.
func retired(cmd *cobra.Command) (func(string) string, error) {
	c, err := contract.Load(cmd.Context(), contract.Source{Profile: contract.BaseProfile})
	if err != nil {
		return nil, err
	}
	return func(id string) string {
		if r, known := c.Requirement(id); known && r.Retired {
			return "the requirement is retired: " + r.Reason
		}
		return ""
	}, nil
}

// readRun reads a run to be looked at, and says on stderr when its record is not whole.
func readRun(cmd *cobra.Command, path string) (*journal.Run, error) {
	run, err := report.ReadRun(path)
	if run == nil {
		return nil, err
	}
	if err != nil { // what is missing shows in what is made of it
		fmt.Fprintf(cmd.ErrOrStderr(), "conformance: %v\n", err)
	}
	return run, nil
}

// shapeFlags say in which form something is shown, and where.
type shapeFlags struct {
	format string
	output string
	known  []string
}

// bind adds --format, with the formats there are, the default first, and --output.
func (s *shapeFlags) bind(cmd *cobra.Command, formats ...string) {
	s.known = formats
	cmd.Flags().StringVar(&s.format, "format", formats[0], "one of "+strings.Join(formats, ", "))
	_ = cmd.RegisterFlagCompletionFunc("format", words(formats...)) // it cannot fail: the flag is there and nobody has said
	cmd.Flags().StringVarP(&s.output, "output", "o", "", "file to write to (default: what is shown goes to stdout)")
}

// check says what is wrong with the format that was asked for.
func (s *shapeFlags) check() error {
	if !slices.Contains(s.known, s.format) {
		return fmt.Errorf("--format %s: no such format%s; there are %s", s.format, nearest.Hint(s.format, s.known), strings.Join(s.known, ", "))
	}
	return nil
}

// write renders to the file that is asked for, or to stdout. A file appears whole or not at all.
func (s *shapeFlags) write(cmd *cobra.Command, render func(out io.Writer, format string, style report.Style) error) error {
	if err := s.check(); err != nil {
		return err
	}
	style := report.Style{}
	if s.output == "" {
		style = report.StyleFor(cmd.OutOrStdout(), os.Getenv)
	}
	var b bytes.Buffer
	err := render(&b, s.format, style)
	switch out := cmd.OutOrStdout(); {
	case err != nil:
	case s.output == "" && s.format == s.known[0]:
		err = guarded(out, func() error { _, err := out.Write(b.Bytes()); return err })
	case s.output == "":
		_, err = out.Write(b.Bytes())
	default:
		err = os.WriteFile(s.output, b.Bytes(), 0o644)
	}
	if err != nil {
		return &harnessError{err}
	}
	return nil
}

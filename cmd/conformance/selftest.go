package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"

	"github.com/spf13/cobra"

	"resize-conformance/harness/defect"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/report"
	"resize-conformance/harness/selftest"
)

// The files of a selftest, in the reports directory.
const (
	selftestJSON = "selftest.json"
	selftestHTML = "selftest.html"
)

type selftestFlags struct {
	only    []string
	list    bool
	dir     string
	workers int
	orders  int
	quiet   bool
}

func newSelftest() *cobra.Command {
	var flags selftestFlags
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Show that the suite finds what it claims and accuses nobody falsely",
		Long: `selftest puts every named defect into the embedded emulator, one at a time, and runs the whole pack against it; then every conforming
variant, and the emulator as it is, in several orders. It fails when a defect survives or is found only by a requirement that it does not break, when a
requirement does not see a defect that breaks it, when a requirement that can accuse finds no defect at all, when a variant is accused, and when a verdict depends
on the order. The matrix is in ` + selftestJSON + ` and, as a map to look at, in ` + selftestHTML + `.`,
		Example: `  conformance selftest
  conformance selftest --list
  conformance selftest --only missing-flavor-accepted --only gzip`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.list {
				return listDeviations(cmd.OutOrStdout())
			}
			return flags.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&flags.only, "only", nil, "only this defect or variant; may be given several times")
	f.BoolVar(&flags.list, "list", false, "list the defects and variants instead of trying them")
	f.StringVar(&flags.dir, "reports", "reports", "directory for "+selftestJSON+" and "+selftestHTML)
	f.IntVar(&flags.workers, "workers", 0, "servers tried at the same time; 0: two for each processor")
	f.IntVar(&flags.orders, "orders", 5, "in how many orders the emulator as it is is tried")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on the terminal but errors; the exit code and the reports tell")
	return cmd
}

// roomy is how much the heap of a selftest may grow, in percent, before it is cleared: hundreds of trials make short-lived things only, and a sixth of their time
// would go into looking for what can be thrown away.
const roomy = 800

func (flags *selftestFlags) run(cmd *cobra.Command) error {
	options := selftest.Options{Workers: flags.workers, Orders: flags.orders}
	if err := flags.narrow(&options); err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if flags.workers < 0 || flags.orders < 1 {
		return fmt.Errorf("--workers must not be negative and --orders must be at least 1; got %d and %d", flags.workers, flags.orders)
	}
	if err := os.MkdirAll(flags.dir, 0o755); err != nil {
		return &harnessError{err}
	}
	drawn := report.IsTerminal(out) && !flags.quiet
	if drawn {
		options.Tried = func(done, total int) { fmt.Fprintf(out, "\r%d/%d ", done, total) }
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(roomy)
	}
	matrix, err := selftest.Run(cmd.Context(), options)
	if drawn {
		fmt.Fprint(out, "\r\x1b[K")
	}
	if err != nil {
		return &harnessError{err}
	}
	err = errors.Join(
		writeTo(filepath.Join(flags.dir, selftestJSON), matrix.JSON),
		writeTo(filepath.Join(flags.dir, selftestHTML), matrix.HTML),
	)
	if !flags.quiet {
		err = errors.Join(err, matrix.Terminal(out, report.StyleFor(out, os.Getenv).Width))
		fmt.Fprintf(out, "\n%s  %s\n", filepath.Join(flags.dir, selftestHTML), filepath.Join(flags.dir, selftestJSON))
	}
	switch {
	case err != nil:
		return &harnessError{err}
	case slices.ContainsFunc(matrix.Problems, func(p selftest.Problem) bool { return p.Kind == selftest.OwnFault }):
		return verdict(exitHarness)
	case !matrix.Holds():
		return verdict(exitDeviates)
	}
	return nil
}

// narrow takes the deviations that were asked for by name.
func (flags *selftestFlags) narrow(o *selftest.Options) error {
	if len(flags.only) == 0 {
		return nil
	}
	o.Defects, o.Variants = []defect.Defect{}, []defect.Variant{}
	var names []string
	for _, d := range defect.Defects() {
		names = append(names, d.Name)
		if slices.Contains(flags.only, d.Name) {
			o.Defects = append(o.Defects, d)
		}
	}
	for _, v := range defect.Variants() {
		names = append(names, v.Name)
		if slices.Contains(flags.only, v.Name) {
			o.Variants = append(o.Variants, v)
		}
	}
	for _, name := range flags.only {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no defect and no variant %q%s; `conformance selftest --list` shows all of them", name, nearest.Hint(name, names))
		}
	}
	return nil
}

func listDeviations(w io.Writer) error {
	for _, d := range defect.Defects() {
		if _, err := fmt.Fprintf(w, "%-44s %s; breaks %v\n", d.Name, d.Title, d.Breaks); err != nil {
			return &harnessError{err}
		}
	}
	fmt.Fprintf(w, "\nconforming variants\n\n")
	for _, v := range defect.Variants() {
		if _, err := fmt.Fprintf(w, "%-44s %s (%s)\n", v.Name, v.Title, v.Freedom); err != nil {
			return &harnessError{err}
		}
	}
	return nil
}

// writeTo makes a file with what write says.
func writeTo(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

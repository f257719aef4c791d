package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
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
	side    string
	profile string
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
		Long: `selftest puts every named defect into the embedded emulator, one at a time, and runs the whole pack against it; and every named defect of a client into the
reference client, and puts that to the test. Then it does so with every conforming variant of both, and with both as they are, in several orders. It fails when a
defect survives or is found only by a requirement that it does not break, when a requirement does not see a defect that breaks it, when a requirement that can
accuse finds no defect at all, when a variant is accused, and when a verdict depends on the order. The matrix is in ` + selftestJSON + ` and, as a map to look at, in
` + selftestHTML + `.`,
		Example: `  conformance selftest
  conformance selftest --list
  conformance selftest --side client
  conformance selftest --only missing-flavor-accepted --only gzip`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if flags.list {
				return flags.listDeviations(cmd.OutOrStdout())
			}
			return flags.run(cmd)
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&flags.only, "only", nil, "only this defect or variant; may be given several times")
	f.StringVar(&flags.profile, "profile", "", "try everything in this vendor edition; 'conformance profiles' lists them (default: each deviation in the one it is made for)")
	f.StringVar(&flags.side, "side", "", "only the defects and variants of this side, server or client")
	f.BoolVar(&flags.list, "list", false, "list the defects and variants instead of trying them")
	f.StringVar(&flags.dir, "reports", "reports", "directory for "+selftestJSON+" and "+selftestHTML)
	f.IntVar(&flags.workers, "workers", 0, "servers tried at the same time; 0: two for each processor. Defects of clients are tried beside them, four for each")
	f.IntVar(&flags.orders, "orders", 5, "in how many orders the emulator and the reference client as they are are tried; in editions that are not the base, in two")
	f.BoolVarP(&flags.quiet, "quiet", "q", false, "say nothing on the terminal but errors; the exit code and the reports tell")
	return cmd
}

// roomy is from how many bytes on the heap of a selftest is searched more often: hundreds of trials make short-lived things only, several at a time, and below
// enoughMemory a sixth of their time would go into looking for what can be thrown away.
const roomy = 2 * enoughMemory

func (flags *selftestFlags) run(cmd *cobra.Command) error {
	options := selftest.Options{Workers: flags.workers, Orders: flags.orders, Profile: flags.profile}
	if known := contract.Profiles(); flags.profile != "" && !slices.Contains(known, flags.profile) {
		return fmt.Errorf("unknown profile %q; built in are %s%s", flags.profile, strings.Join(known, ", "), nearest.Hint(flags.profile, known))
	}
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
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(roomy)
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

// narrow takes the side and the deviations that were asked for by name. Where all of these are of one side, the other is not tried either.
func (flags *selftestFlags) narrow(o *selftest.Options) error {
	all, err := flags.ofSide()
	if err != nil {
		return err
	}
	o.Side = journal.Side(flags.side)
	if len(flags.only) == 0 {
		return nil
	}
	o.Defects, o.Variants = []defect.Defect{}, []defect.Variant{}
	o.ClientDefects, o.ClientVariants = []defect.ClientDefect{}, []defect.ClientVariant{}
	var names []string
	sides := map[journal.Side]bool{}
	for _, d := range all {
		names = append(names, d.name)
		if slices.Contains(flags.only, d.name) {
			d.take(o)
			sides[d.side] = true
		}
	}
	for _, name := range flags.only {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no defect and no variant %q%s; `conformance selftest --list` shows all of them", name, flags.hint(name, names))
		}
	}
	for side := range sides {
		if len(sides) == 1 {
			o.Side = side
		}
	}
	return nil
}

// hint says where a name may be found that --side leaves out, or else which one is meant.
func (flags *selftestFlags) hint(name string, names []string) string {
	for _, d := range deviations() {
		if d.name == name {
			return fmt.Sprintf(" of a %s; it is one of a %s", flags.side, d.side)
		}
	}
	return nearest.Hint(name, names)
}

// named is a defect or a variant, as it can be asked for.
type named struct {
	name, about string
	side        journal.Side
	variant     bool
	take        func(*selftest.Options)
}

// deviations lists all there are: the defects of servers and of clients, then the variants.
func deviations() []named {
	var out []named
	for _, d := range defect.Defects() {
		out = append(out, named{d.Name, fmt.Sprintf("%s; breaks %v", d.Title, d.Breaks), journal.Server, false, func(o *selftest.Options) { o.Defects = append(o.Defects, d) }})
	}
	for _, d := range defect.ClientDefects() {
		out = append(out, named{d.Name, fmt.Sprintf("%s; breaks %v", d.Title, d.Breaks), journal.Client, false, func(o *selftest.Options) { o.ClientDefects = append(o.ClientDefects, d) }})
	}
	for _, v := range defect.Variants() {
		out = append(out, named{v.Name, fmt.Sprintf("%s (%s)", v.Title, v.Freedom), journal.Server, true, func(o *selftest.Options) { o.Variants = append(o.Variants, v) }})
	}
	for _, v := range defect.ClientVariants() {
		out = append(out, named{v.Name, fmt.Sprintf("%s (%s)", v.Title, v.Freedom), journal.Client, true, func(o *selftest.Options) { o.ClientVariants = append(o.ClientVariants, v) }})
	}
	return out
}

// ofSide lists the deviations of the side that was asked for.
func (flags *selftestFlags) ofSide() ([]named, error) {
	sides := []string{string(journal.Server), string(journal.Client)}
	if flags.side != "" && !slices.Contains(sides, flags.side) {
		return nil, fmt.Errorf("--side %q: wanted server or client%s", flags.side, nearest.Hint(flags.side, sides))
	}
	return slices.DeleteFunc(deviations(), func(d named) bool { return flags.side != "" && string(d.side) != flags.side }), nil
}

func (flags *selftestFlags) listDeviations(w io.Writer) error {
	all, err := flags.ofSide()
	if err != nil {
		return err
	}
	heading := ""
	for _, d := range all {
		this := map[bool]string{false: "defects", true: "conforming variants"}[d.variant] + " of " + string(d.side) + "s"
		if this != heading {
			if heading != "" {
				fmt.Fprintln(w)
			}
			fmt.Fprintf(w, "%s\n\n", this)
			heading = this
		}
		if _, err := fmt.Fprintf(w, "%-44s %s\n", d.name, d.about); err != nil {
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

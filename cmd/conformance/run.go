package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/preflight"
	"resize-conformance/harness/report"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// runFlags are the flags of `conformance run` that are not settings of the target.
type runFlags struct {
	selection runner.Selection
	seed      int64
	explore   exploreFlag
	failFast  bool
	strict    bool
	timeout   time.Duration
	procs     procsFlag
	worker    int    // which worker of another run this is; 0: none
	record    string // file for the fixture of the run; "" for none
	output    outputFlags
}

// outputFlags say where a run is told, and how. They are shared with the commands that tell a recorded run again.
type outputFlags struct {
	dir     string
	format  []string // names of formats
	formats []report.Format
	dialect dialectFlag
	screens int
	quiet   bool
	json    bool
}

func (o *outputFlags) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	if f.Lookup("format") == nil { // where settings of a target are bound, it is one of them
		f.StringSliceVar(&o.format, "format", nil, "reports to write, several separated by commas: "+strings.Join(report.FormatNames(), ", "))
	}
	f.StringVar(&o.dir, "reports", "reports", "directory for the journal and the reports; it is made when it is not there")
	f.Var(&o.dialect, "junit-dialect", `"rich" (file, line and properties) or "xsd" (valid against Jenkins' junit-10 schema)`)
	f.IntVar(&o.screens, "screens", 10, "failures that are shown in full on the terminal; the others get a line each")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "say nothing on the terminal but errors; the exit code and the reports tell")
	f.BoolVar(&o.json, "json", false, "print the outcome as one JSON document on stdout and nothing else there: results.json without what passed or did not apply, by the same schema")
	cmd.MarkFlagsMutuallyExclusive("json", "quiet")
}

const longRun = `run carries the pack of scenarios out against a server, judges every exchange by the contract, and writes a journal, report.html,
results.json and junit.xml.

Without --server the server is the embedded emulator. With --server, an inventory says which ECS of the target is in which state; only those are touched,
and each is left as it was found. Against a real endpoint a run costs money: a resize changes what a server costs, and a yearly/monthly server is
resized by placing an order (with isAutoPay "true" only if --allow-orders is given).

`

func newRun() *cobra.Command {
	var flags runFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Run the scenarios against a server and report what it breaks",
		Long:  longRun + target.Precedence,
		Example: `  conformance run
  conformance run --server http://127.0.0.1:9000 --inventory servers.yaml
  conformance run --config huawei.yaml --requirement RSZ-JOB,RSZ-DRY --fail-fast
  conformance run --label "level:must && !needs:mode" --shard 1/3 --reports reports/1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := target.Resolve(cmd.Flags(), os.LookupEnv)
			if err := errors.Join(err, forgottenShard(flags.selection.Shard)); err != nil {
				return err
			}
			flags.output.format = config.Format
			err = flags.run(cmd, config)
			var said *verdictError
			if flags.record == "" || flags.worker > 0 || err != nil && !errors.As(err, &said) {
				return err
			}
			return errors.Join(record(cmd, flags.output.dir, flags.record), err)
		},
	}
	flags.bind(cmd)
	return cmd
}

// bind adds all flags of a run. doctor has them, too: what is to be looked at is the command line of the run.
func (flags *runFlags) bind(cmd *cobra.Command) {
	target.Bind(cmd.Flags())
	bindSelection(cmd, &flags.selection)
	f := cmd.Flags()
	f.Int64Var(&flags.seed, "seed", 0, "shuffle the scenarios with this number, and draw from it what is explored; 0 keeps the order of the pack and draws the same every time")
	f.Var(&flags.explore, "explore", "how many sequences of operations to explore, each on a server of its own; 0 explores none (default: 20 with the embedded emulator, none elsewhere, where each resizes a server several times)")
	f.BoolVar(&flags.failFast, "fail-fast", false, "begin no scenario after the first that failed")
	f.BoolVar(&flags.strict, "strict", false, "count warnings (a SHOULD that is broken) as failures")
	f.DurationVar(&flags.timeout, "timeout", 0, "how long the whole run may take; 0: an hour")
	f.Var(&flags.procs, "procs", "how many processes carry scenarios out at the same time, each on servers that no other holds")
	f.StringVar(&flags.record, "record", "", "file for a fixture of what the run has recorded, as 'conformance record' makes it")
	f.IntVar(&flags.worker, workerFlag, 0, "")
	_ = f.MarkHidden(workerFlag) // it cannot fail: the flag is there
	flags.output.bind(cmd)
}

// run opens the target, runs, and tells.
func (flags *runFlags) run(cmd *cobra.Command, config target.Config) error {
	terms, err := termsOf(config.Baseline, config.Pin)
	if err != nil {
		return err
	}
	if flags.worker > 0 {
		return flags.work(cmd, config, terms)
	}
	return flags.output.record(cmd, flags.strict, func(recorder *runner.Recorder, shown *shown) (journal.RunEnd, error) {
		return flags.perform(cmd.Context(), cmd, config, terms, recorder, shown)
	})
}

// record opens the journal, makes a run with it, and tells it: nothing leaves without the journal being closed and the reports being made from it, but for an
// error from before anything was run (notRecorded).
func (o *outputFlags) record(cmd *cobra.Command, strict bool, run func(*runner.Recorder, *shown) (journal.RunEnd, error)) error {
	if err := o.choose(); err != nil {
		return err
	}
	record, err := o.begin()
	if err != nil {
		return err
	}
	shown := o.progress(cmd)
	end, err := run(runner.NewRecorder(record, shown.watch), shown)
	shown.close()
	closeErr := record.Close()
	var unrecorded *notRecorded
	if errors.As(err, &unrecorded) {
		return unrecorded.err // nothing was run: there is nothing to report
	}
	if !record.Written() { // what lies in the directory is an earlier run's
		return cmp.Or(err, closeErr, error(&harnessError{errors.New("nothing was recorded")}))
	}
	told := o.tell(cmd, strict)
	switch {
	case err != nil:
		return err
	case closeErr != nil:
		return &harnessError{closeErr}
	case told != nil:
		return told
	}
	return verdict(end.ExitCode)
}

// notRecorded marks an error from before anything was run.
type notRecorded struct{ err error }

func (e *notRecorded) Error() string { return e.err.Error() }
func (e *notRecorded) Unwrap() error { return e.err }

func (flags *runFlags) perform(ctx context.Context, cmd *cobra.Command, config target.Config, terms runner.Terms, recorder *runner.Recorder, shown *shown) (end journal.RunEnd, err error) {
	t, err := target.Open(ctx, config, recorder, target.WithUserAgent("resize-conformance/"+version), target.WithLedger(flags.output.dir), target.WithShards(flags.selection.Shard.Total))
	if err != nil {
		return end, &notRecorded{err}
	}
	defer func() {
		// The target is closed after a signal as well, and that takes a moment that ctx no longer has.
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if closeErr := t.Close(closing); closeErr != nil && err == nil {
			err = &harnessError{fmt.Errorf("closing the target: %w", closeErr)}
		}
	}()
	o := flags.options(cmd, terms)
	o.Preflight = func(ctx context.Context, chosen []suites.Scenario) (notes []string, err error) {
		found, err := preflight.Check(ctx, t, t.Inventory, preflight.Options{Scenarios: chosen, Procs: int(flags.procs), Prefix: config.Prefix})
		for _, l := range found {
			if l.Grade != preflight.OK {
				notes = append(notes, "preflight: "+l.Note())
			}
		}
		return notes, errors.Join(err, preflight.Stopped(found))
	}
	expecting := flags.expect(ctx, t, shown)
	defer expecting()
	if flags.procs > 1 {
		end, err = runner.Lead(ctx, t, recorder, o, flags.crew(t, shown))
	} else {
		end, err = runner.Run(ctx, t, recorder, o)
	}
	var usage *runner.UsageError
	var stopped *preflight.StopError
	if errors.As(err, &usage) || errors.As(err, &stopped) {
		err = &notRecorded{err}
	}
	return end, err
}

// options are those of the run.
func (flags *runFlags) options(cmd *cobra.Command, terms runner.Terms) runner.Options {
	// Secrets come from the environment or a file when the command is given again.
	command := commandLine(cmd, os.Args, func(flag string) bool { return secretFlag(flag) || flag == "--"+workerFlag })
	narrowed := commandLine(cmd, os.Args, func(flag string) bool {
		return secretFlag(flag) || selecting(flag) || flag == "--procs" || flag == "--"+workerFlag
	})
	return runner.Options{
		Selection: flags.selection, Seed: flags.seed, Explore: flags.explore.number, FailFast: flags.failFast, Strict: flags.strict, Timeout: flags.timeout,
		Terms: terms, Version: version, Command: command,
		Rerun: func(requirement, _ string) string { return narrowed + " --requirement " + requirement },
	}
}

// begin opens the journal and takes the reports of an earlier run away, so that nobody mistakes them for this run's.
func (o *outputFlags) begin() (*journal.Writer, error) {
	record, err := journal.Create(o.dir, journal.WriterOptions{Sync: true, Replace: func() error { return report.Clear(o.dir) }})
	if err != nil {
		var inUse *journal.InUseError
		if errors.As(err, &inUse) {
			return nil, fmt.Errorf("%w; give this run a directory of its own with --reports", err)
		}
		return nil, &harnessError{err}
	}
	return record, nil
}

// tell renders every report from the journal that lies in the directory.
func (o *outputFlags) tell(cmd *cobra.Command, strict bool) error {
	run, err := journal.ReadFile(journalIn(o.dir))
	if run == nil {
		return &harnessError{err}
	}
	written := report.Write(o.dir, run, o.options(strict))
	written = errors.Join(written, o.show(cmd, run, strict))
	if written != nil {
		return &harnessError{written}
	}
	return nil
}

// commandLine is the command as it was given, but for flags that are to be left out together with their values.
func commandLine(cmd *cobra.Command, args []string, leaveOut func(flag string) bool) string {
	words := []string{"conformance"}
	rest := args[1:]
	for i := 0; i < len(rest); i++ {
		name, _, joined := strings.Cut(rest[i], "=")
		if leaveOut(name) {
			if !joined {
				i++
			}
			continue
		}
		words = append(words, shellWord(rest[i]))
	}
	if len(words) == 1 {
		words = append(words, cmd.Name())
	}
	return strings.Join(words, " ")
}

// selecting are the flags that choose scenarios: what runs one of them again must not choose others as well.
func selecting(flag string) bool {
	return slices.Contains([]string{"--requirement", "--focus", "--label", "--shard", "--shard-servers"}, flag)
}

// secretFlag tells whether a flag's value is a secret.
func secretFlag(flag string) bool {
	return slices.ContainsFunc(target.Describe(), func(f target.Field) bool { return f.Secret && "--"+f.Name == flag })
}

// shellWord quotes a word for a POSIX shell where it needs it.
func shellWord(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=@%+") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/target"
)

type replayFlags struct {
	asJSON bool
	all    bool
}

const longReplay = `replay sends what a run has recorded once more and shows the old answers beside the new ones, both judged by the contract.

RUN is the directory or the journal of a run. What is sent again is a scenario, named by the id of its requirement (and its title where an id has several), or one
exchange, named by its number. Of an exchange that needs what others have made, such as a job, those before it in its scenario are sent first.

The bytes are those of the record but for what belonged to that run. Credentials are the target's own; secrets are in no record. The ids of the project, of servers,
jobs and orders, and flavors that play another part there, are replaced by those of the target, which is told. Where the record has waited for a job or a server, it is
waited for again. What the record has not kept whole (a body that was too long, a secret within a body, a wrong signature) is not sent, and that is told.

Without --server the target is the embedded emulator, of the edition of the run, with servers in the states that the scenario was given. With --server everything is kept
back that a run keeps back as well (--read-only, --allow-orders, --budget); only servers of an inventory are changed, and they are given back as they were
found; none are made. Without an inventory only what reads is sent.

The exit code is 1 when an answer differs, or when nothing could be sent. Messages, ids, times and what a server is furnished with (tags, groups,
disks, addresses, metadata of one's own) do not count as differences, nor does how far something was that was still
under way.

`

func newReplay() *cobra.Command {
	var flags replayFlags
	cmd := &cobra.Command{
		Use:   "replay RUN SCENARIO|EXCHANGE",
		Short: "Send a recorded scenario or exchange again, and show the old and the new answers side by side",
		Long:  longReplay + target.Precedence,
		Example: `  conformance replay reports RSZ-STATE-001
  conformance replay reports/journal.jsonl 3
  conformance replay reports 'RSZ-STATE-001 a stopped server is resized' --json
  conformance replay old/journal.jsonl RSZ-URI-001 --inventory servers.yaml --read-only`,
		Args: exactly(2),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args[0], args[1]) },
	}
	target.Bind(cmd.Flags())
	cmd.Flags().BoolVar(&flags.asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&flags.all, "all", false, "show the messages of all exchanges, not only of those that differ")
	return cmd
}

func (flags *replayFlags) run(cmd *cobra.Command, path, what string) error {
	run, err := journal.ReadFile(path)
	if run == nil || run.Started.IsZero() {
		return err
	}
	unfinished(cmd, run, err)
	record := recording.FromRun(run)
	seq, only, err := chosen(run, record, what)
	if err != nil {
		return err
	}
	config, err := ofRecord(cmd, run.Start.Profile)
	if err != nil {
		return err
	}
	sink := &replay.Sink{}
	t, err := target.Open(cmd.Context(), config, sink, target.WithUserAgent("resize-conformance/"+version))
	if err != nil {
		return err
	}
	p := replay.Player{Target: t, Sink: sink, Record: record, AsFound: !t.Embedded && t.Inventory == nil}
	out, err := p.Play(cmd.Context(), seq)
	err = errors.Join(stopped(cmd.Context(), err), closeReplay(cmd.Context(), t, out))
	if err != nil {
		return &harnessError{err}
	}
	if err := flags.tell(cmd, run, t, out, only); err != nil {
		return &harnessError{err}
	}
	if len(out.Left) > 0 {
		return &harnessError{errors.New("not left as it was found: " + strings.Join(out.Left, "; "))}
	}
	pairs := shownPairs(out, only)
	differs := slices.ContainsFunc(pairs, func(p replay.Pair) bool { return len(p.Differences) > 0 })
	sent := slices.ContainsFunc(pairs, func(p replay.Pair) bool { return p.Now != nil })
	if differs || !sent {
		return verdict(exitDeviates)
	}
	return nil
}

// chosen finds what is to be sent again. only is the id of the exchange that is asked for, 0 when it is a scenario.
func chosen(run *journal.Run, record *recording.Record, what string) (seq *recording.Sequence, only int64, err error) {
	id, err := strconv.ParseInt(what, 10, 64)
	if err != nil {
		seq, err = recording.Find(record.Sequences, what)
		if err != nil && record.External > 0 {
			err = fmt.Errorf("%w. %d exchanges are a client's, which is not asked again; give one of them by its number", err, record.External)
		}
		return seq, 0, err
	}
	x := run.Exchange(id)
	if x == nil {
		return nil, 0, fmt.Errorf("the journal has no exchange %d; it has %d, and report.html shows their numbers", id, len(run.Exchanges))
	}
	for _, s := range record.Sequences {
		if s.Beside() || !slices.Contains(s.Exchanges, x) {
			continue
		}
		if needs := recording.Needs(s, x); len(needs) == 0 {
			part := *s
			part.Exchanges = []*journal.Exchange{x}
			return &part, id, nil
		}
		return s.UpTo(id), id, nil
	}
	return record.Alone(x), id, nil
}

// ofRecord is the configuration of a target that recorded requests are sent to: no client is put to the test, and no servers are made, which a configuration that is
// a run's may ask for. Where the command says nothing else, it is of the edition that the record is of.
func ofRecord(cmd *cobra.Command, profile string) (target.Config, error) {
	config, err := target.ResolveBare(cmd.Flags(), os.LookupEnv)
	switch {
	case err != nil:
		return config, err
	case config.Client != "":
		return config, errors.New("--client: recorded bytes are sent, and no client is put to the test")
	case cmd.Flags().Changed("provision"):
		return config, errors.New("--provision: recorded requests are sent to servers of an inventory, and none are made; list some in --inventory")
	}
	config.Provision = nil
	if !cmd.Flags().Changed("profile") && os.Getenv("CONFORMANCE_PROFILE") == "" && config.ConfigFile == "" && config.InventoryFile == "" && profile != "" {
		config.Profile = profile
	}
	return config, nil
}

// stopped says of an error that a signal is its cause.
func stopped(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("a signal ended it before all was sent; servers were given back (%w)", err)
	}
	return err
}

// unfinished says that a journal is not all of its run; what it has is used all the same.
func unfinished(cmd *cobra.Command, run *journal.Run, err error) {
	switch {
	case err != nil:
		fmt.Fprintf(cmd.ErrOrStderr(), "conformance: %v; what stands before it is used\n", err)
	case run.End == nil:
		fmt.Fprintln(cmd.ErrOrStderr(), "conformance: the run has not come to its end: it was killed, or is under way. What the journal has is used")
	}
}

// closeReplay gives back what is left to give back, and closes the target, also after a signal.
func closeReplay(ctx context.Context, t *target.Target, out *replay.Replayed) error {
	limits := t.Timeouts
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*limits.Job+2*limits.Power+time.Minute)
	defer cancel()
	if source, can := t.Servers.(fixture.Tidier); can && out != nil {
		for _, l := range source.Tidy(closing) {
			out.Left = append(out.Left, l.Text)
		}
	}
	if err := t.Close(closing); err != nil {
		return fmt.Errorf("closing the target: %w", err)
	}
	return nil
}

// shownPairs are those that were asked for.
func shownPairs(out *replay.Replayed, only int64) []replay.Pair {
	if only == 0 {
		return out.Pairs
	}
	return slices.DeleteFunc(slices.Clone(out.Pairs), func(p replay.Pair) bool {
		return p.Then.ID != only && !slices.ContainsFunc(p.Also, func(x *journal.Exchange) bool { return x.ID == only })
	})
}

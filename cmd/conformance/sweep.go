package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/report"
	"resize-conformance/harness/target"
)

const longSweep = `sweep finds the servers that a killed run has left, and removes them. A run names its servers with its prefix, which stands in its journal and at the beginning of
every name in servers.jsonl beside it.

It deletes a server only when both its name begins with the prefix and its tag ` + "`resize-conformance`" + ` does, lists first what it is going to delete, and asks, unless --yes is
given. Without a terminal to ask on it deletes nothing without --yes. Do not sweep the prefix of a run that is still going.

Exit codes: 0 nothing is left, 1 something is, 2 usage or configuration, 3 target unreachable, or it does not list its servers.

`

func newSweep() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Remove the servers that a killed run has left",
		Long:  longSweep,
		Example: `  conformance sweep --config huawei.yaml --prefix rsz-1f2e3d4c
  conformance sweep --config huawei.yaml --prefix rsz- --yes`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := target.ResolveBare(cmd.Flags(), os.LookupEnv)
			if err != nil {
				return err
			}
			switch {
			case config.Embedded():
				return errors.New("sweep needs a server: give --server, or a file with it by --config or --inventory")
			case config.Prefix == "":
				return errors.New("sweep needs the prefix of the run that left something: give --prefix; the run's journal has it, and the names in servers.jsonl begin with it")
			}
			return sweep(cmd, config, yes)
		},
	}
	target.Bind(cmd.Flags())
	cmd.Flags().BoolVar(&yes, "yes", false, "delete without asking")
	return cmd
}

func sweep(cmd *cobra.Command, config target.Config, yes bool) (err error) {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	t, err := target.Open(ctx, config, nil, target.WithUserAgent("resize-conformance/"+version))
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		err = errors.Join(err, t.Close(closing))
	}()
	found, err := t.FindLeft(ctx)
	if err != nil {
		return &target.UnreachableError{Endpoint: t.Endpoint, Err: fmt.Errorf("listing its servers: %w", err), Hint: "are project and credentials right?"}
	}
	for _, s := range found.Spared {
		fmt.Fprintf(out, "spared   %s  %s  (its name begins with %s, its tag does not)\n", s.ID, s.Name, config.Prefix)
	}
	if len(found.Left) == 0 {
		fmt.Fprintf(out, "nothing is left: no server of project %s has both a name and a tag that begin with %s\n", t.ProjectID, config.Prefix)
		return nil
	}
	for _, s := range found.Left {
		fmt.Fprintf(out, "left     %s  %s  %s  flavor %s\n", s.ID, s.Name, s.Status, s.FlavorID)
	}
	if !yes {
		if err := agreed(cmd.InOrStdin(), out, len(found.Left)); err != nil {
			return err
		}
	}
	left := t.RemoveLeft(ctx, found.Left)
	gone := len(found.Left) - len(left)
	fmt.Fprintf(out, "%d removed\n", gone)
	for _, l := range left {
		fmt.Fprintf(out, "LEFT BEHIND  %s\n", l.Text)
	}
	if len(left) > 0 {
		return verdict(exitDeviates)
	}
	return nil
}

// agreed asks, and is an error unless somebody says yes.
func agreed(in io.Reader, out io.Writer, n int) error {
	if f, ok := in.(*os.File); !ok || !report.IsTerminal(f) {
		return fmt.Errorf("%d left, and nobody to ask: there is no terminal; give --yes to delete without asking", n)
	}
	fmt.Fprintf(out, "Delete %d with their disks? [y/N] ", n)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return &harnessError{err}
	}
	if slices.Contains([]string{"y", "yes"}, strings.ToLower(strings.TrimSpace(answer))) {
		return nil
	}
	fmt.Fprintln(out, "nothing is deleted")
	return verdict(exitDeviates)
}

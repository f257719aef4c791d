package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/driver"
)

func newDriver() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "driver",
		Short: "For those who write the driver of a client: check it, show the protocol's schemas",
		Long: `A driver is a small program between this one and a client under test: it reads one request a line from its standard input, has the client carry it out, and
writes what the client's user would be told, one line each, to its standard output. suites/clients/examples has complete ones in Go, Python and JavaScript.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newDriverCheck(), newDriverSchema())
	return cmd
}

func newDriverCheck() *cobra.Command {
	var hello, patience time.Duration
	cmd := &cobra.Command{
		Use:   "check COMMAND",
		Short: "Try a driver against canned answers on loopback, and say what is wrong in it",
		Long: `check starts the driver, asks it for every operation and option of its hello, for an error, a refused connection and a time limit, and ends it. It judges
the driver and never the client: "breaks" is a breach of the protocol, "look" is something that may be the client's own way.

COMMAND is one argument, taken apart as a shell would, without one; a path is relative to the working directory.
The exit code is 0 when nothing breaks the protocol, 1 otherwise, 2 when there is no such program.`,
		Example: `  conformance driver check ./my-driver
  conformance driver check 'python3 suites/clients/examples/python/driver.py'`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			count := map[driver.Standing]int{}
			var failed error
			err := driver.Check(cmd.Context(), args[0], driver.Options{HelloWithin: hello, Patience: patience}, func(f driver.Finding) {
				count[f.Standing]++
				if err := printCheck(cmd.OutOrStdout(), f); err != nil {
					failed = err
				}
			})
			switch {
			case err != nil:
				return err
			case failed != nil:
				return &harnessError{failed}
			}
			word, code := "IN ORDER", exitConforms
			if count[driver.Breaks] > 0 {
				word, code = "NOT IN ORDER", exitDeviates
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s: %d ok, %d to look at, %d against the protocol, %d skipped\n", word, args[0],
				count[driver.Fine], count[driver.Look], count[driver.Breaks], count[driver.Skipped])
			if err != nil {
				return &harnessError{err}
			}
			return verdict(code)
		},
	}
	cmd.Flags().DurationVar(&hello, "hello-within", driver.DefaultHelloWithin, "how long the driver may take from its start to its first line")
	cmd.Flags().DurationVar(&patience, "patience", driver.DefaultPatience, "how long the driver may take for one request; a client that starts a program for each needs more")
	return cmd
}

// printCheck shows a finding on one line, and what to do on a second.
func printCheck(w io.Writer, f driver.Finding) error {
	detail := strings.ReplaceAll(f.Detail, "\n", " ")
	if f.Next != "" && f.Standing != driver.Fine {
		detail += "\n        next: " + f.Next
	}
	_, err := fmt.Fprintf(w, "%-6s  %s: %s\n", f.Standing, f.Name, detail)
	return err
}

func newDriverSchema() *cobra.Command {
	var names []string
	for _, s := range driver.Schemas() {
		names = append(names, s.Name)
	}
	return &cobra.Command{
		Use:       "schema [" + strings.Join(names, "|") + "]",
		Short:     "Print the JSON Schemas of the protocol's lines",
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		ValidArgs: names,
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, s := range driver.Schemas() {
				if len(args) > 0 && !slices.Contains(args, s.Name) {
					continue
				}
				if _, err := io.WriteString(cmd.OutOrStdout(), s.Text); err != nil {
					return &harnessError{err}
				}
			}
			return nil
		},
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/infer"
	"resize-conformance/harness/target"
)

func newInfer() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "infer",
		Short: "Find out which vendor edition an endpoint resembles, without changing anything there",
		Long: `infer asks an endpoint what editions differ in, and says which of them it resembles, with its evidence.

Nothing that it sends can change anything: it reads, it asks for resizes of a server that nobody has, and only where the endpoint has shown that it knows dry_run does
it ask by dry runs about servers of an inventory; those stop at once if one is answered like a resize. No server is leased, stopped or started. Without an
inventory it tells less.

` + target.Precedence,
		Example: `  conformance infer --server https://ecs.example.com --project-id 0123456789abcdef0123456789abcdef
  conformance infer --inventory servers.yaml --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := target.ResolveBare(cmd.Flags(), os.LookupEnv)
			if err != nil {
				return err
			}
			if config.Embedded() {
				return errors.New("which endpoint? give --server, or an inventory that names it")
			}
			found, err := inferred(cmd.Context(), config)
			if err != nil {
				return err
			}
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				err = enc.Encode(found)
			} else {
				err = printInferred(cmd.OutOrStdout(), config.Server, found)
			}
			if err != nil {
				return &harnessError{err}
			}
			if len(found.Editions) == 0 {
				return verdict(exitDeviates)
			}
			return nil
		},
	}
	target.Bind(cmd.Flags())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// inferred asks the endpoint.
func inferred(ctx context.Context, config target.Config) (found *infer.Result, err error) {
	t, err := target.Open(ctx, config, nil, target.WithUserAgent("resize-conformance/"+version), target.WithoutCurl())
	if err != nil {
		return nil, err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		if closeErr := t.Close(closing); err == nil {
			err = closeErr
		}
	}()
	var editions []*contract.Contract
	for _, name := range contract.Profiles() {
		c, err := contract.Load(ctx, contract.Source{Profile: name})
		if err != nil {
			return nil, err
		}
		editions = append(editions, c)
	}
	found, err = infer.Ask(ctx, infer.Config{Client: t.Client, Inventory: config.Inventory(), Editions: editions})
	if err != nil {
		return nil, &target.UnreachableError{Endpoint: config.Server, Err: err, Hint: "what has been asked until then has changed nothing"}
	}
	return found, nil
}

// printInferred tells the evidence, then what follows from it.
func printInferred(out io.Writer, server string, found *infer.Result) error {
	var b strings.Builder
	for _, p := range found.Probes {
		fmt.Fprintf(&b, "%s\n  answered  %s: %s\n", p.Asked, p.Answered, p.Says)
		switch {
		case !p.Tells:
			b.WriteString("  fits      every edition\n")
		case len(p.Fits) == 0:
			b.WriteString("  fits      no edition\n")
		default:
			fmt.Fprintf(&b, "  fits      %s\n", strings.Join(p.Fits, ", "))
		}
		if len(p.Open) > 0 {
			fmt.Fprintf(&b, "  open      %s\n", strings.Join(p.Open, ", "))
		}
	}
	for _, u := range found.Untried {
		fmt.Fprintf(&b, "not asked   %s\n", u)
	}
	b.WriteString("\n")
	switch {
	case len(found.Editions) == 0:
		fmt.Fprintf(&b, "NO EDITION  %s answers like none of them; the nearest is %s, but for this: %s\n", server, found.Nearest, strings.Join(found.Against, "; "))
	case len(found.Editions) == 1:
		fmt.Fprintf(&b, "RESEMBLES  %s answers like the edition %s\n", server, found.Editions[0])
	default:
		fmt.Fprintf(&b, "RESEMBLES  %s answers like the editions %s, which these questions cannot tell apart\n", server, strings.Join(found.Editions, ", "))
	}
	if len(found.NotRuledOut) > 0 {
		fmt.Fprintf(&b, "not ruled out, since too little is known of them: %s\n", strings.Join(found.NotRuledOut, ", "))
	}
	if len(found.Editions) > 0 {
		fmt.Fprintf(&b, "to judge it by that edition: conformance run --profile %s\n", found.Editions[0])
	}
	_, err := io.WriteString(out, b.String())
	return err
}

package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

func newMan() *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND]",
		Short: "Print the manual page of a command, or write those of all",
		Long: `man prints the manual page of the program or of one of its commands, made from the same texts as --help. With --dir it writes a page for each command,
conformance.1, conformance-run.1 and so on, into a directory for man to find.`,
		Example: `  conformance man run
  conformance man --dir share/man/man1`,
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
			at, _, err := cmd.Root().Find(args)
			if err != nil {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			for _, sub := range at.Commands() {
				if sub.IsAvailableCommand() {
					out = append(out, cobra.CompletionWithDesc(sub.Name(), sub.Short))
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if dir != "" && len(args) > 0 {
				return fmt.Errorf("--dir writes the pages of all commands; %q would be one of them", strings.Join(args, " "))
			}
			if dir != "" {
				return writeManual(cmd.Root(), dir)
			}
			about, left, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(left) > 0 {
				return fmt.Errorf("%s has no command %q", about.CommandPath(), left[0])
			}
			return manual(about, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", "", "directory to write the pages of all commands into; it is made when it is not there")
	_ = cmd.MarkFlagDirname("dir") // it cannot fail: the flag is there
	return cmd
}

// manual writes the page of one command. It has the date of the commit that the program is of, so that the same program writes the same page.
func manual(cmd *cobra.Command, out io.Writer) error {
	cmd.Root().DisableAutoGenTag = true
	header := &doc.GenManHeader{Section: "1", Source: "conformance " + version, Manual: "Conformance to the ECS resize API"}
	if when := builtFrom().time; !when.IsZero() {
		header.Date = &when
	}
	long := cmd.Long
	cmd.Long = asDocument(long)
	defer func() { cmd.Long = long }()
	if err := doc.GenMan(cmd, header, out); err != nil {
		return &harnessError{err}
	}
	return nil
}

// asDocument is a text of --help as the generator reads it, which takes it for Markdown: lines that are set in are a list, and keep their lines there as blocks of code.
func asDocument(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "  ") {
			b.WriteString("  ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// writeManual writes the pages of a command and of those below it.
func writeManual(cmd *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return &harnessError{err}
	}
	name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
	if err := writeTo(filepath.Join(dir, name), func(w io.Writer) error { return manual(cmd, w) }); err != nil {
		return &harnessError{err}
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() || sub.IsAdditionalHelpTopicCommand() {
			continue
		}
		if err := writeManual(sub, dir); err != nil {
			return err
		}
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// choose reads the names of the formats, before anything is run.
func (o *outputFlags) choose() (err error) {
	if o.formats, err = report.ParseFormats(o.format, os.Getenv); err != nil {
		return fmt.Errorf("--format: %w", err)
	}
	return nil
}

// options of the reports.
func (o *outputFlags) options(strict bool) report.Options {
	return report.Options{Formats: o.formats, Strict: strict, JUnit: o.dialect.dialect, Attachments: fromProject(o.dir)}
}

// fromProject is a directory as GitLab knows it: relative to the root of the project, which is the working directory where its variable does not say otherwise.
func fromProject(dir string) string {
	root := os.Getenv("CI_PROJECT_DIR")
	if root == "" {
		root = "."
	}
	absolute, err := filepath.Abs(root)
	if err != nil {
		return dir
	}
	there, err := filepath.Abs(dir)
	if err != nil {
		return dir
	}
	relative, err := filepath.Rel(absolute, there)
	if err != nil {
		return dir
	}
	return filepath.ToSlash(relative)
}

// show tells a run where it was asked for: to a person, to a program, or to nobody; and GitHub, where its runner listens.
func (o *outputFlags) show(cmd *cobra.Command, run *journal.Run, strict bool) error {
	out, commands := cmd.OutOrStdout(), cmd.OutOrStdout()
	onGitHub := os.Getenv("GITHUB_ACTIONS") == "true"
	tell := func() error {
		return report.Terminal(out, run, report.TerminalOptions{Style: report.StyleFor(out, os.Getenv), Strict: strict, Screens: o.screens, Reports: report.Paths(o.dir)})
	}
	var errs []error
	switch {
	case o.quiet:
	case o.json:
		errs = append(errs, report.Outcome(out, run, report.Options{Strict: strict}))
		commands = cmd.ErrOrStderr() // the runner reads both, and stdout is one document
	default:
		errs = append(errs, guarded(out, tell))
	}
	if onGitHub && slices.Contains(o.formats, report.GitHubAnnotations) {
		errs = append(errs, report.Annotations(commands, run, o.options(strict)))
	}
	if path := os.Getenv("GITHUB_STEP_SUMMARY"); path != "" && slices.Contains(o.formats, report.GitHubSummary) {
		errs = append(errs, report.AppendSummary(path, run, o.options(strict)))
	}
	return errors.Join(errs...)
}

// guarded lets tell show on out what a server may have sent. GitHub's runner would take some lines of that for commands.
func guarded(out io.Writer, tell func() error) error {
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		return report.Guard(out, tell)
	}
	return tell()
}

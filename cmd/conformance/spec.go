package main

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
)

func newSpec() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "spec",
		Short: "Work with the contract itself: check it, show it, compare two",
		Long:  `spec is for those who read or change the contract: an OpenAPI 3.0 document with a register of requirements, and an OpenAPI Overlay for each vendor edition.`,
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSpecLint(), newSpecShow(), newSpecDiff())
	return cmd
}

// fileArgument is the document that a command names, "" for the built-in one.
func fileArgument(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// profilesOf lists the profiles in which a document is checked when none is named: with the built-in one all built-in profiles; with a file the overlays in
// the folder profiles beside it; with a file that has none, but says that it is the base edition, the built-in ones; else itself alone.
func profilesOf(file string) ([]string, error) {
	if file == "" {
		return contract.Profiles(), nil
	}
	beside, err := filepath.Glob(filepath.Join(filepath.Dir(file), "profiles", "*.yaml"))
	if err != nil {
		return nil, err
	}
	if len(beside) > 0 {
		return append([]string{contract.BaseProfile}, beside...), nil
	}
	draft, err := readContract(contract.Source{File: file})
	if err != nil {
		return nil, err
	}
	if info := draft.Find("/info/x-profile"); info != nil && info.Value == contract.BaseProfile {
		return contract.Profiles(), nil
	}
	return []string{contract.BaseProfile}, nil
}

// readContract is contract.Read, and says what to do about a file that is not there.
func readContract(source contract.Source) (*contract.Draft, error) {
	draft, err := contract.Read(source)
	if errors.Is(err, fs.ErrNotExist) && slices.Contains(contract.Profiles(), source.File) {
		return nil, errors.New(source.File + " is a profile, not a file; want --profile " + source.File)
	}
	return draft, err
}

func plural(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + one + "s"
}

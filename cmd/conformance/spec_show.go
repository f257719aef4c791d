package main

import (
	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
)

func newSpecShow() *cobra.Command {
	var (
		source contract.Source
		asJSON bool
	)
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Print the contract as it is in force in a profile, with the overlay applied",
		Long: `show prints the effective contract: the document, with the overlay of the profile applied. What it prints is a contract by itself: as YAML it has the same
hash, and in both forms it judges alike.`,
		Example: `  conformance spec show --profile otc              the contract of one edition
  conformance spec show --profile cn --json        for programs
  conformance spec show my.yaml --profile my-overlay.yaml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source.File = fileArgument(args)
			draft, err := readContract(source)
			if err != nil {
				return err
			}
			if err := draft.OverlayError(); err != nil {
				return err
			}
			text := draft.Document()
			if asJSON {
				if text, err = draft.JSON(); err != nil {
					return err
				}
			}
			if _, err := cmd.OutOrStdout().Write(text); err != nil {
				return &harnessError{err}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&source.Profile, "profile", contract.BaseProfile, "vendor edition of the contract, or path of an overlay file; 'conformance profiles' lists them")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

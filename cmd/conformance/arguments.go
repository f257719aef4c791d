package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

// exactly wants so many arguments. What is wrong is said in the words of the command's own usage.
func exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != n {
			return wrongArguments(cmd, args)
		}
		return nil
	}
}

// atLeastOne wants an argument or more.
func atLeastOne(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return wrongArguments(cmd, args)
	}
	return nil
}

func wrongArguments(cmd *cobra.Command, args []string) error {
	_, wanted, _ := strings.Cut(cmd.Use, " ")
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	got := "no argument"
	if len(args) > 0 {
		got = strings.Join(args, " ")
	}
	return fmt.Errorf("%s: wanted %s, got %s; %s --help shows examples", name, wanted, got, cmd.CommandPath())
}

package main

import (
	"slices"

	"github.com/spf13/cobra"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/report"
)

// completer offers words for a shell, each with what it means behind a tab.
type completer = func(cmd *cobra.Command, args []string, toComplete string) ([]cobra.Completion, cobra.ShellCompDirective)

// completions says, by the name of a flag, what a shell can offer for it, in whichever command has the flag. A command whose flag of that name means something else
// says so itself, before complete is called.
func completions() map[string]completer {
	return map[string]completer{
		"requirement":   completeRequirements,
		"profile":       completeProfiles,
		"format":        words(report.FormatNames()...),
		"junit-dialect": words(string(report.Rich), string(report.XSD)),
		"side":          words("server", "client"),
		"operation":     completeOperations,
		"auth":          words(texts(emulator.AuthModes())...),
		"envelope":      words(texts(emulator.Envelopes())...),
		"flow-level":    words(texts(emulator.FlowLevels())...),
		"shard-servers": words("divided", "own"),
		"provision":     words("stopped", "running", "windows", "spot", "yearly-monthly"),
		"config":        files("yaml", "yml", "json"),
		"inventory":     files("yaml", "yml", "json"),
		"baseline":      files("yaml", "yml"),
		"spec":          files("yaml", "yml", "json"),
		"ca-file":       files("pem", "crt"),
		"client-cert":   files("pem", "crt"),
		"client-key":    files("pem", "key"),
		"then-now":      files("md", "json"),
		"pin":           words(contract.Releases()...),
		"fail-on":       words(append(texts(comparison.Kinds()), "none")...),
		"reports":       directories,
	}
}

// complete gives every flag of a command and of those below it what a shell can offer for it.
func complete(cmd *cobra.Command) {
	for name, offer := range completions() {
		if cmd.Flags().Lookup(name) == nil {
			continue
		}
		if _, said := cmd.GetFlagCompletionFunc(name); !said {
			_ = cmd.RegisterFlagCompletionFunc(name, offer) // it cannot fail: the flag is there and nobody has said
		}
	}
	for _, sub := range cmd.Commands() {
		complete(sub)
	}
}

func words(all ...string) completer {
	return cobra.FixedCompletions(all, cobra.ShellCompDirectiveNoFileComp)
}

func texts[T ~string](all []T) (out []string) {
	for _, one := range all {
		out = append(out, string(one))
	}
	return out
}

func files(ends ...string) completer {
	return cobra.FixedCompletions(ends, cobra.ShellCompDirectiveFilterFileExt)
}

func directories(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// built is the contract in the edition that the command line names so far, as far as it can be had: a shell shows no errors.
func built(cmd *cobra.Command) *contract.Contract {
	source := contract.Source{}
	if f := cmd.Flags().Lookup("profile"); f != nil && f.Changed {
		source.Profile = f.Value.String()
	}
	c, err := contract.Load(cmd.Context(), source)
	if err != nil {
		return nil
	}
	return c
}

// completeRequirements offers families and ids.
func completeRequirements(cmd *cobra.Command, args []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	c := built(cmd)
	if c == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, f := range c.Families() {
		out = append(out, cobra.CompletionWithDesc(f.Name, f.Title))
	}
	return append(out, requirementIDs(c)...), cobra.ShellCompDirectiveNoFileComp
}

// completeOneRequirement offers ids, for a command that takes one.
func completeOneRequirement(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	c := built(cmd)
	if c == nil || len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return requirementIDs(c), cobra.ShellCompDirectiveNoFileComp
}

func requirementIDs(c *contract.Contract) (out []cobra.Completion) {
	for _, r := range c.Requirements() {
		out = append(out, cobra.CompletionWithDesc(r.ID, r.Clause))
	}
	return out
}

func completeProfiles(*cobra.Command, []string, string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return contract.Profiles(), cobra.ShellCompDirectiveDefault // or the file of an overlay
}

// completeOtherProfiles is for commands that take several.
func completeOtherProfiles(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	return slices.DeleteFunc(slices.Clone(contract.Profiles()), func(name string) bool { return slices.Contains(args, name) }), cobra.ShellCompDirectiveDefault
}

func completeOperations(cmd *cobra.Command, _ []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	c := built(cmd)
	if c == nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	for _, op := range c.Operations() {
		out = append(out, op.ID)
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

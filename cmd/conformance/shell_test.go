package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"resize-conformance/harness/racedetector"
)

// What a shell offers: ids, families, editions, and what a flag can be.
func TestShellIsOffered(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"explain", ""}, "RSZ-STATE-001\tA resize of a stopped ECS"},
		{[]string{"run", "--requirement", ""}, "RSZ-DRY\tDry run\n"},
		{[]string{"list", "--requirement", "RSZ-"}, "RSZ-JOB-001\t"},
		{[]string{"run", "--profile", ""}, "otc\n"},
		{[]string{"profiles", "swiss", ""}, "otc\n"},
		{[]string{"run", "--junit-dialect", ""}, "xsd\n"},
		{[]string{"cases", "--operation", ""}, "showJob\n"},
		{[]string{"serve", "--auth", ""}, "aksk\n"},
		{[]string{"init", "--auth", ""}, "inventory\n"},
		{[]string{"serve", "--flow-level", ""}, "gateway\n"},
		{[]string{"man", ""}, "run\tRun the scenarios"},
		{[]string{"man", "spec", ""}, "lint\t"},
	} {
		got := call(t, append([]string{cobra.ShellCompRequestCmd}, c.args...)...)
		if got.code != 0 || !strings.Contains(got.stdout, c.want) {
			t.Errorf("%q: %q is not offered:\n%.2000s", c.args, c.want, got.stdout)
		}
	}
	if got := call(t, cobra.ShellCompRequestCmd, "profiles", "swiss", ""); strings.Contains(got.stdout, "swiss\n") {
		t.Error("an edition that is named already is offered once more")
	}
}

// The scripts are sound as far as their shells can say so without running them.
func TestCompletionScripts(t *testing.T) {
	for shell, look := range map[string][]string{"bash": {"-n"}, "zsh": {"-n"}, "fish": {"--no-execute"}, "powershell": nil} {
		t.Run(shell, func(t *testing.T) {
			got := call(t, "completion", shell)
			if got.code != 0 || !strings.Contains(got.stdout, "conformance") {
				t.Fatalf("exit code %d\n%s", got.code, got.stderr)
			}
			program, err := exec.LookPath(shell)
			if err != nil || look == nil {
				t.Skipf("%s is not here to look at its script", shell)
			}
			if out, err := exec.CommandContext(t.Context(), program, append(look, write(t, "completion", got.stdout))...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

// There is a page for every command, and each says what its help says.
func TestManual(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "man1")
	if got := call(t, "man", "--dir", dir); got.code != 0 {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	var look func(*cobra.Command)
	look = func(cmd *cobra.Command) {
		if cmd.Name() == "help" {
			return
		}
		data, err := os.ReadFile(filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1"))
		if err != nil {
			t.Error(err)
			return
		}
		for _, want := range []string{".TH", ".SH NAME", ".SH SYNOPSIS", "conformance " + version} {
			if !strings.Contains(string(data), want) {
				t.Errorf("the page of %s lacks %q", cmd.CommandPath(), want)
			}
		}
		if cmd.HasExample() && !strings.Contains(string(data), ".SH EXAMPLE") {
			t.Errorf("the page of %s has no examples", cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				look(sub)
			}
		}
	}
	look(newRoot(strings.NewReader(""), os.Stdout, os.Stderr))
	if got := call(t, "man", "run"); got.code != 0 || !strings.Contains(got.stdout, "CONFORMANCE-RUN") {
		t.Errorf("exit code %d\n%s", got.code, got.stderr)
	}
	// A list keeps its lines.
	for name, want := range map[string]string{"conformance-diff.1": "newly-warning  a SHOULD is broken that was not\n", "conformance.1": "conformance doctor --inventory servers.yaml"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		before, _, found := strings.Cut(string(data), strings.ReplaceAll(want, "-", `\-`))
		if !found {
			before, _, found = strings.Cut(string(data), want)
		}
		if err != nil || !found || strings.LastIndex(before, ".EX\n") <= strings.LastIndex(before, ".EE\n") {
			t.Errorf("%s: %v; %q is not in lines of its own", name, err, want)
		}
	}
	if got := call(t, "man", "rnu"); got.code != exitUsage {
		t.Errorf("a page of a command that there is not: exit code %d", got.code)
	}
	if groff, err := exec.LookPath("mandoc"); err == nil {
		if out, err := exec.CommandContext(t.Context(), groff, "-T", "lint", "-W", "error", filepath.Join(dir, "conformance-run.1")).CombinedOutput(); err != nil {
			t.Errorf("mandoc: %v\n%s", err, out)
		}
	}
}

package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/report"
	"resize-conformance/harness/target"
)

// initFlags are the answers, as far as flags give them, and where they go.
type initFlags struct {
	out   string
	auth  string
	force bool
	// settings are those of a run that init knows, checked as a run checks them.
	settings *pflag.FlagSet
}

// asked are the settings that init takes as flags; the others are for whoever edits the file.
func asked() []string {
	return []string{"server", "project-id", "region", "profile", "inventory", "provision", "provision-image", "provision-windows-image", "provision-vpc", "provision-subnet", "budget", "read-only", "user", "domain", "iam-endpoint", "ca-file"}
}

const longInit = `init asks five questions and writes a commented configuration file that run, doctor and sweep take (--config): where the server is, which edition it
keeps, how to sign in, where servers come from, and what may be spent. Every answer has a flag as well; where there is no terminal to ask on, flags and defaults are taken.

No secret is asked for or written: the file says which environment variables hold them. A file that is there already is replaced only when somebody says so.`

func newInit() *cobra.Command {
	flags := initFlags{settings: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Ask five questions and write a commented configuration",
		Long:  longInit,
		Example: `  conformance init
  conformance init --server https://ecs.eu-west-101.example.com --profile eu --auth aksk --inventory servers.yaml --budget orders=0,minutes=60 --out cloud.yaml
  conformance init --server https://ecs.example.com --auth token --provision stopped,running --budget servers=4,orders=0 --out provisioned.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return flags.run(cmd) },
	}
	target.Bind(flags.settings)
	f := cmd.Flags()
	for _, name := range asked() {
		f.AddFlag(flags.settings.Lookup(name))
	}
	f.StringVarP(&flags.out, "out", "o", "conformance.yaml", "file to write")
	f.StringVar(&flags.auth, "auth", "", "how to sign in: "+list(waysIn()))
	_ = cmd.RegisterFlagCompletionFunc("auth", words(waysIn()...)) // it cannot fail: the flag is there
	f.BoolVar(&flags.force, "force", false, "replace the file if it is there already")
	return cmd
}

// waysIn are the ways of signing in.
func waysIn() []string { return []string{"token", "aksk", "user", "inventory"} }

func (flags *initFlags) run(cmd *cobra.Command) error {
	var ask *questioner
	if in, is := cmd.InOrStdin().(*os.File); is && report.IsTerminal(in) {
		ask = &questioner{bufio.NewReader(in), cmd.OutOrStdout()}
	}
	text, err := answered(cmd.Context(), func() (string, error) { return flags.compose(ask) })
	if err != nil {
		return err
	}
	if ask == nil && !cmd.Flags().Changed("server") {
		fmt.Fprintln(cmd.ErrOrStderr(), "conformance: stdin is no terminal, so nothing was asked: what no flag says is the default (conformance init --help lists the flags)")
	}
	if err := flags.write(cmd.Context(), ask, text); err != nil {
		return err
	}
	config := shellWord(flags.out)
	next := "conformance run --config " + config
	if flags.value("server") != "" {
		next = "conformance doctor --config " + config
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is written. Next: %s\n", flags.out, next)
	return err
}

// answered is what f, which asks, comes to, unless a signal comes first: whoever asks sits in a read that no signal ends.
func answered(ctx context.Context, f func() (string, error)) (string, error) {
	type outcome struct {
		text string
		err  error
	}
	given := make(chan outcome, 1) // so that f can end although nobody waits any more
	go func() {
		text, err := f()
		given <- outcome{text, err}
	}()
	select {
	case o := <-given:
		return o.text, o.err
	case <-ctx.Done():
		return "", errUnanswered
	}
}

// errUnanswered is for one who does not want to be asked, by closing the terminal's input or by a signal.
var errUnanswered = errors.New("the questions were not answered; nothing is written")

// write replaces no file unasked.
func (flags *initFlags) write(ctx context.Context, ask *questioner, text string) error {
	how := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if flags.force {
		how = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(flags.out, how, 0o644)
	switch {
	case errors.Is(err, fs.ErrExist) && ask != nil:
		answer, err := answered(ctx, func() (string, error) {
			return ask.question(flags.out+" is there already. Replace it? [y/N]", "", func(string) error { return nil })
		})
		if err != nil {
			return err
		}
		if !slices.Contains([]string{"y", "yes"}, strings.ToLower(answer)) {
			return fmt.Errorf("%s is left as it was", flags.out)
		}
		flags.force = true
		return flags.write(ctx, nil, text)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("%s is there already and is left as it was: give another file with --out, or --force to replace it", flags.out)
	case err != nil:
		return err
	}
	_, err = io.WriteString(f, text)
	if err := errors.Join(err, f.Close()); err != nil {
		return &harnessError{err}
	}
	return nil
}

// questioner asks on a terminal.
type questioner struct {
	in  *bufio.Reader
	out io.Writer
}

// question asks until it is answered in a way that is good; "" is answered by the default.
func (q *questioner) question(text, standard string, good func(string) error) (string, error) {
	for {
		fmt.Fprint(q.out, text+" ")
		if standard != "" {
			fmt.Fprintf(q.out, "[%s] ", standard)
		}
		line, err := q.in.ReadString('\n')
		answer := strings.TrimSpace(line)
		if err != nil && answer == "" {
			fmt.Fprintln(q.out) // the question's line has no end
			return "", errUnanswered
		}
		if answer == "" {
			answer = standard
		}
		problem := good(answer)
		if problem == nil {
			return answer, nil
		}
		if err != nil {
			return "", problem
		}
		fmt.Fprintf(q.out, "  %v\n", problem)
	}
}

func (flags *initFlags) value(name string) string {
	if f := flags.settings.Lookup(name); f.Changed {
		return f.Value.String()
	}
	return ""
}

// baseURL refuses what is no base URL; none at all is good.
func baseURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
		return fmt.Errorf("server %q: wanted a base URL, such as https://ecs.example.com", text)
	}
	return nil
}

// knownProfile refuses what is neither a profile nor a file.
func knownProfile(name string) error {
	if known := contract.Profiles(); !slices.Contains(known, name) {
		if _, err := os.Stat(name); err != nil {
			return fmt.Errorf("unknown profile %q; built in are %s%s", name, strings.Join(known, ", "), nearest.Hint(name, known))
		}
	}
	return nil
}

func knownWay(name string) error {
	if !slices.Contains(waysIn(), name) {
		return fmt.Errorf("--auth %q: wanted one of %s%s", name, strings.Join(waysIn(), ", "), nearest.Hint(name, waysIn()))
	}
	return nil
}

// What is taken where nobody says.
const (
	usualInventory = "servers.yaml"
	usualBudget    = "orders=0,minutes=120"
)

// answer asks what no flag has answered.
func (flags *initFlags) answer(ask *questioner) error {
	one := func(name, text, standard string, good func(string) error) error {
		if given := flags.value(name); given != "" {
			return good(given)
		}
		answer, err := standard, error(nil)
		if ask == nil {
			err = good(answer)
		} else {
			answer, err = ask.question(text, standard, good)
		}
		if err != nil || answer == "nothing" || answer == "" {
			return err
		}
		return flags.settings.Set(name, answer)
	}
	if err := one("server", "1/5  Base URL of the server (none: the emulator that is built in):", "", baseURL); err != nil {
		return err
	}
	if err := one("profile", "2/5  Edition that it keeps (conformance profiles shows them):", contract.BaseProfile, knownProfile); err != nil {
		return err
	}
	if flags.value("server") == "" {
		return nil
	}
	if flags.auth == "" {
		flags.auth = "token"
		if ask != nil {
			var err error
			if flags.auth, err = ask.question("3/5  How to sign in: token, aksk (access key), user (name and password), inventory (the file of the servers says it); no secret is asked for:", "token", knownWay); err != nil {
				return err
			}
		}
	}
	if err := knownWay(flags.auth); err != nil {
		return err
	}
	if flags.value("inventory") == "" && flags.value("provision") == "" {
		answer := usualInventory
		if ask != nil {
			var err error
			if answer, err = ask.question("4/5  File that lists servers that may be resized, or \"make\" for the run to make its own:", usualInventory, func(string) error { return nil }); err != nil {
				return err
			}
		}
		name := "inventory"
		if answer == "make" {
			name, answer = "provision", "stopped,running"
		}
		if err := flags.settings.Set(name, answer); err != nil {
			return err
		}
	}
	if flags.value("read-only") != "" {
		return nil
	}
	return one("budget", "5/5  What a run may spend (servers=N,orders=N,requests=N,minutes=N), or \"nothing\" to change nothing:", usualBudget, func(answer string) error {
		if answer == "nothing" {
			return flags.settings.Set("read-only", "true")
		}
		return target.CheckBudget(strings.Split(answer, ","))
	})
}

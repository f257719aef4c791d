package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/runner"
	"resize-conformance/harness/target"
)

// watchFlags are the flags of the commands that judge what passes between a client and a server.
type watchFlags struct {
	contract contract.Source
	strict   bool
	baseline string
	pin      string
	output   outputFlags
	flaw     string // of a record that is judged again, what makes it less than whole
}

func (flags *watchFlags) bind(cmd *cobra.Command) {
	f := cmd.Flags()
	bindSource(cmd, &flags.contract)
	f.BoolVar(&flags.strict, "strict", false, "count warnings (a SHOULD that is broken) as failures")
	f.StringVar(&flags.baseline, "baseline", "", "file of accepted failures (YAML); see 'conformance baseline'")
	f.StringVar(&flags.pin, "pin", "", "suite version whose requirements decide on the exit code; newer ones are judged and shown, and do not count")
	flags.output.bind(cmd)
}

// traffic lets pass what is to be judged, and says why it was interrupted, if it was, and what a reader should know.
type traffic func(recorder *exchange.Recorder) (interrupted string, notes []string, err error)

// watch judges what passes and tells it. basePath is cut off the paths of requests.
func (flags *watchFlags) watch(cmd *cobra.Command, server, basePath, client string, settings map[string]string, pass traffic) error {
	c, err := contract.Load(cmd.Context(), flags.contract)
	if err != nil {
		return err
	}
	return flags.judge(cmd, c, target.SecretsIn(os.LookupEnv), server, basePath, client, settings, pass)
}

// judge does so by a contract that is there already; secrets are hidden wherever they stand.
func (flags *watchFlags) judge(cmd *cobra.Command, c *contract.Contract, secrets map[string]string, server, basePath, client string, settings map[string]string, pass traffic) error {
	terms, err := termsOf(flags.baseline, flags.pin)
	if err != nil {
		return err
	}
	return flags.output.record(cmd, flags.strict, func(rec *runner.Recorder, _ *shown) (journal.RunEnd, error) {
		recorder := exchange.NewRecorder(exchange.Options{
			Contract: c, Sink: rec, Redactor: exchange.NewRedactor(secrets), BasePath: basePath,
		})
		end, err := runner.Watch(rec, recorder, runner.WatchOptions{
			Contract: c, Target: server, Client: client, Settings: settings, Strict: flags.strict, Terms: terms, Version: version, Flaw: flags.flaw,
			Command: commandLine(cmd, beforeDashes(os.Args), secretFlag),
		}, func() (string, []string, error) { return pass(recorder) })
		var usage *runner.UsageError
		if errors.As(err, &usage) {
			err = &notRecorded{err}
		}
		return end, err
	})
}

// beforeDashes leaves out what follows "--": the words of another command, which may hold secrets of its own.
func beforeDashes(args []string) []string {
	for i, word := range args {
		if word == "--" {
			return args[:i]
		}
	}
	return args
}

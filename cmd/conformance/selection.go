package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/runner"
)

// bindSource declares the flags by which a command that runs nothing is told which contract to show.
func bindSource(cmd *cobra.Command, s *contract.Source) {
	f := cmd.Flags()
	f.StringVar(&s.Profile, "profile", contract.BaseProfile, "vendor edition of the contract, or path of an overlay file; 'conformance profiles' lists them")
	f.StringVar(&s.File, "spec", "", "another OpenAPI document as the contract")
}

// bindSelection adds the flags that choose scenarios.
func bindSelection(cmd *cobra.Command, s *runner.Selection) {
	f := cmd.Flags()
	f.StringArrayVar(&s.Focus, "focus", nil, `regular expression over "ID title"; may be given several times, any of them selects`)
	f.StringSliceVar(&s.Requirements, "requirement", nil, "requirement ids, families or cases, e.g. RSZ-JOB-003,RSZ-STATE,RSZ-BODY-012/enum")
	f.StringVar(&s.Labels, "label", "", `label filter, e.g. "level:must && !needs:mode"`)
	f.Var(&shardFlag{&s.Shard}, "shard", `only part i of n, e.g. 2/5; the union of all parts is the run. "auto": which part, says the CI system (CI_NODE_INDEX, JOB_COMPLETION_INDEX, `+runner.ShardVariable+` and others)`)
	f.Var(&serversFlag{&s.Shard.OwnServers}, "shard-servers", `whose are the servers of the inventory: "divided" among all shards, or this shard's "own" (default: divided)`)
}

// shardFlag reads i/n, or auto.
type shardFlag struct{ shard *runner.Shard }

func (f *shardFlag) String() string {
	if f.shard == nil {
		return ""
	}
	return f.shard.String()
}

func (f *shardFlag) Set(text string) error {
	read := runner.ParseShard
	if text == runner.ShardAuto {
		read = func(string) (runner.Shard, error) { return runner.DetectShard(os.LookupEnv) }
	}
	s, err := read(text)
	s.OwnServers = f.shard.OwnServers // which the other flag says
	*f.shard = s
	return err
}

func (f *shardFlag) Type() string { return "i/n" }

// serversFlag reads whether a shard's servers are its own.
type serversFlag struct{ own *bool }

func (f *serversFlag) String() string {
	if f.own != nil && *f.own {
		return "own"
	}
	return ""
}

func (f *serversFlag) Set(text string) error {
	if text != "own" && text != "divided" {
		return fmt.Errorf(`wanted "divided" or "own", got %q`, text)
	}
	*f.own = text == "own"
	return nil
}

func (f *serversFlag) Type() string { return "string" }

// forgottenShard is an error where our own variable names a shard and nobody asked for one: several machines that all make the whole run meet on the same servers.
func forgottenShard(s runner.Shard) error {
	if text := os.Getenv(runner.ShardVariable); text != "" && s.Total == 0 {
		return fmt.Errorf("%s is set (%s), but the run was not asked to be a shard: give --shard auto, or take the variable away", runner.ShardVariable, text)
	}
	if s.OwnServers && s.Total == 0 {
		return errors.New("--shard-servers says nothing without --shard")
	}
	return nil
}

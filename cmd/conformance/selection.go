package main

import (
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
	f.Var(&shardFlag{&s.Shard}, "shard", "only part i of n, e.g. 2/5; the union of all parts is the run")
}

// shardFlag reads i/n.
type shardFlag struct{ shard *runner.Shard }

func (f *shardFlag) String() string {
	if f.shard == nil {
		return ""
	}
	return f.shard.String()
}

func (f *shardFlag) Set(text string) (err error) {
	*f.shard, err = runner.ParseShard(text)
	return err
}

func (f *shardFlag) Type() string { return "i/n" }

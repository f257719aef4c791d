package runner

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/extensions/globals"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/onsi/ginkgo/v2/types"
	"github.com/onsi/gomega"
)

// tally stands in for *testing.T: all that RunSpecs asks of it is Fail.
type tally struct{ failed bool }

func (t *tally) Fail() { t.failed = true }

// HarnessError says that the run itself went wrong, whatever the target did: the exit code is 4.
type HarnessError struct{ Text string }

func (e *HarnessError) Error() string { return e.Text }

// ginkgoConfig is what a run asks of Ginkgo. Retries stay off: a scenario that fails once has failed.
func ginkgoConfig(o Options) (types.SuiteConfig, types.ReporterConfig) {
	suite, reporter := types.NewDefaultSuiteConfig(), types.NewDefaultReporterConfig()
	// The scenarios come in their order already, and keep it by their priorities: those count from spec to spec only when all specs are shuffled.
	suite.RandomSeed = 1
	suite.RandomizeAllSpecs = true
	suite.FailFast = o.FailFast
	suite.FailOnEmpty = true
	suite.FailOnPending = true
	if o.Timeout > 0 {
		suite.Timeout = o.Timeout
	}
	// GoJSONReport must never be set: where there is no go command it fails a passing run.
	reporter.NoColor = true
	reporter.Succinct = true
	return suite, reporter
}

// runGinkgo builds the tree with register and runs it. Ginkgo leaves the process in several situations; each is ruled out beforehand: the
// configuration is vetted, earlier trees are forgotten, and register is called only with scenarios that are known to be sound.
func runGinkgo(ctx context.Context, o Options, register func()) error {
	suite, reporter := ginkgoConfig(o)
	flags, err := types.NewGinkgoFlagSet(types.GinkgoFlags{}, map[string]any{}, types.GinkgoFlagSections{})
	if err != nil {
		return &HarnessError{fmt.Sprintf("preparing Ginkgo's configuration: %v", err)}
	}
	if errs := types.VetConfig(flags, suite, reporter); len(errs) > 0 {
		return &HarnessError{fmt.Sprintf("Ginkgo refuses the configuration: %v", errors.Join(errs...))}
	}
	globals.Reset()
	defer globals.Reset()
	gomega.RegisterFailHandler(ginkgo.Fail)
	defer silence()()
	if err := ctx.Err(); err != nil {
		return &HarnessError{fmt.Sprintf("the run was ended before it began: %v", context.Cause(ctx))}
	}
	register()
	ginkgo.RunSpecs(&tally{}, "conformance", suite, reporter)
	return nil
}

// silence takes Ginkgo's own console output away: what a run says is rendered from its journal, on one screen. It returns the function that gives it back.
func silence() func() {
	stdout := formatter.ColorableStdOut
	formatter.ColorableStdOut = io.Discard
	return func() { formatter.ColorableStdOut = stdout }
}

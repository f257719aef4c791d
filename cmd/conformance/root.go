package main

import (
	"io"

	"github.com/spf13/cobra"
)

const longRoot = `conformance judges servers and clients by the contract of one cloud API: "Modifying the Specifications of an ECS"
(POST /v1.1/{project_id}/cloudservers/{server_id}/resize), its v1 sibling, and the job that follows.

Without arguments to "run" the server is an emulator inside this program, so that you can see what a run is before you have a server of your own:

  conformance run                                          the whole pack against the embedded emulator
  conformance run --server http://127.0.0.1:9000 --inventory servers.yaml
                                                           a server of yours; the inventory says which ECS is in which state
  conformance init                                         ask five questions and write a configuration
  conformance doctor --inventory servers.yaml              can a run against that server prove something, and what would it do there
  conformance run --client ./my-driver                     a client of yours, through a driver of some fifty lines
  conformance serve                                        the emulator by itself, for clients; prints such an inventory
  conformance proxy --upstream http://127.0.0.1:9000       stand between a client and a server, and judge both
  conformance sweep --config FILE --prefix rsz-1f2e3d4c     remove the servers that a killed run has left
  conformance check session.har                            judge both by what was recorded
  conformance diff old/ reports                            what newly fails, what is fixed, what has vanished
  conformance replay reports RSZ-STATE-001                 send what was recorded again, old and new side by side
  conformance record reports --out real.fixture            keep an endpoint's behaviour; serve --from plays it
  conformance faithful real.fixture                        in what the emulator differs from it
  conformance baseline update --from reports               accept what is known to fail, until a day
  conformance list                                         what is promised, and how each promise is tested
  conformance explain RSZ-STATE-001                        all of one promise, with a right and a wrong exchange
  conformance cases                                        the requests that are derived from the contract
  conformance profiles                                     the vendor editions, and in what they differ
  conformance infer --server https://ecs.example.com       which edition an endpoint resembles; changes nothing there
  conformance spec lint                                    is the contract itself in order
  conformance driver check ./my-driver                     is the driver of a client in order
  conformance report --from reports --format sarif,har     write other reports of a run; conformance schema journal: the format of its record
  conformance man --dir share/man/man1                     the manual pages; conformance completion bash --help: the shell's completion

Exit codes: 0 conforms, 1 does not, 2 usage or configuration, 3 target unreachable or preflight failed, 4 harness error or a report could not be written.`

func newRoot(stdin io.Reader, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:           "conformance",
		Short:         "Judge servers and clients by the contract of the ECS resize API",
		Long:          longRoot,
		Args:          cobra.NoArgs,
		SilenceErrors: true, // exitCode prints them, once
		SilenceUsage:  true, // a page of flags behind an error hides the error
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(newRun(), newInit(), newDoctor(), newSweep(), newProxy(), newCheck(), newServe(), newList(), newExplain(), newCases(), newReport(), newSchema(), newMerge(), newDiff(), newReplay(), newRecord(), newFaithful(), newMatrix(), newBaseline(), newSelftest(), newCoverage(), newSpec(), newProfiles(), newInfer(), newDriver(), newMan(), newVersion())
	complete(root)
	return root
}

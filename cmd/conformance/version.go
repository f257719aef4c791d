package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
)

// version of the suite. It changes when a verdict may change: a requirement, a scenario, the judgement.
const version = "0.1.0"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the suite, its contract and its parts",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := contract.Load(cmd.Context(), contract.Source{})
			if err != nil {
				return &harnessError{err}
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "conformance %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
			fmt.Fprintf(out, "contract    %s, version %s, sha256 %s\n", c.Title, c.Version, c.Hash)
			if info, ok := debug.ReadBuildInfo(); ok {
				for _, dep := range info.Deps {
					switch dep.Path {
					case "github.com/onsi/ginkgo/v2", "github.com/onsi/gomega", "github.com/getkin/kin-openapi", "github.com/pb33f/libopenapi-validator":
						fmt.Fprintf(out, "%-38s %s\n", dep.Path, dep.Version)
					}
				}
			}
			return nil
		},
	}
}

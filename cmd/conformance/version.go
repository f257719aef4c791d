package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/contract"
)

// version of the suite. It changes when a verdict may change: a requirement, a scenario, the judgement.
const version = "0.1.0"

// What a release is built from, which the linker writes here (-X main.commit=…, see .ci/release): Go's own tool knows it only where it finds the repository.
var commit, committed string

// build is what the program was built from; what is not known is empty.
type build struct {
	commit  string
	time    time.Time // of the commit
	changed bool      // there were changes that no commit has
}

func builtFrom() (b build) {
	if commit != "" {
		b.commit = commit
		b.time, _ = time.Parse(time.RFC3339, committed) // as good as not there
		return b
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value
		case "vcs.time":
			b.time, _ = time.Parse(time.RFC3339, s.Value) // as good as not there
		case "vcs.modified":
			b.changed = s.Value == "true"
		}
	}
	return b
}

// versions is what `conformance version` tells.
type versions struct {
	Version  string          `json:"version"`
	Commit   string          `json:"commit,omitempty"`
	Changed  bool            `json:"changed,omitempty"` // the commit is not all of it
	Go       string          `json:"go"`
	Platform string          `json:"platform"`
	Contract contractVersion `json:"contract"`
}

type contractVersion struct {
	Title   string `json:"title"`
	Version string `json:"version"`
	SHA256  string `json:"sha256"`
}

func newVersion() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the suite, its contract and its parts",
		Example: `  conformance version
  conformance version --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := contract.Load(cmd.Context(), contract.Source{})
			if err != nil {
				return &harnessError{err}
			}
			out, from := cmd.OutOrStdout(), builtFrom()
			v := versions{version, from.commit, from.changed, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, contractVersion{c.Title, c.Version, c.Hash}}
			if asJSON {
				enc := json.NewEncoder(out)
				enc.SetIndent("", "  ")
				return enc.Encode(v)
			}
			fmt.Fprintf(out, "conformance %s (%s, %s)\n", v.Version, v.Go, v.Platform)
			commit := cmp.Or(v.Commit, "not known")
			if v.Changed {
				commit += ", with changes that it does not have"
			}
			fmt.Fprintf(out, "commit      %s\n", commit)
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
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

package main

import (
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

const longMatrix = `matrix sets runs side by side: a column for each, a row for each requirement, family by family. A RUN is the directory of its reports, its journal, or its results.json.
What was put to the test heads its column: the client of a run that had one under test, else the server; of each run it says by which contract and suite it was made, when, and how
long ago that is.

A cell has the worst of what a run says of a requirement. One without a result is no pass: the run may have been asked for less (a filter, a shard, recorded traffic), or its
contract has no such promise. Verdicts by another contract than that of most runs are marked, and so are passes of a run that tried only a part. What is broken is shown with what
was wanted and what was got; the page (--format html) links to report.html beside each run.

Requirements that nobody breaks are only counted, unless --all is given; the page and the JSON always have all. The exit code tells nothing of the verdicts: each run has its own.`

func newMatrix() *cobra.Command {
	var (
		o     report.MatrixOptions
		shape shapeFlags
	)
	cmd := &cobra.Command{
		Use:   "matrix RUN...",
		Short: "Set several runs side by side: clients, servers or versions against requirements",
		Long:  longMatrix,
		Example: `  conformance matrix reports/clients/*
  conformance matrix --format html --output compatibility.html eu-de/ eu-nl/
  conformance matrix --format markdown --all old/results.json new/results.json`,
		Args: atLeastOne,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := shape.check(); err != nil {
				return err
			}
			runs := make([]*journal.Run, 0, len(args))
			for _, path := range args {
				run, err := readRun(cmd, path)
				if err != nil {
					return err
				}
				runs = append(runs, run)
				o.Pages = append(o.Pages, pageOf(run, shape.output))
			}
			o.Now = time.Now()
			m := comparison.MatrixOf(runs, promisesOf(cmd))
			return shape.write(cmd, func(out io.Writer, format string, style report.Style) error {
				o.Style = style
				switch format {
				case "markdown":
					return report.MatrixMarkdown(out, m, o)
				case "html":
					return report.MatrixHTML(out, m, o)
				case "json":
					return report.MatrixJSON(out, m, o)
				}
				return report.Matrix(out, m, o)
			})
		},
	}
	shape.bind(cmd, "terminal", "markdown", "html", "json")
	cmd.Flags().BoolVar(&o.All, "all", false, "show the requirements that nobody breaks as well")
	return cmd
}

// pageOf is the page of a run as a link from a file, "" where there is none.
func pageOf(run *journal.Run, from string) string {
	page := filepath.Join(filepath.Dir(run.Files[0]), report.HTMLFile)
	if _, err := os.Stat(page); err != nil {
		return ""
	}
	base, err := filepath.Abs(filepath.Dir(from))
	if err != nil {
		return ""
	}
	if page, err = filepath.Abs(page); err != nil {
		return ""
	}
	link, err := filepath.Rel(base, page)
	if err != nil {
		return ""
	}
	return (&url.URL{Path: filepath.ToSlash(link)}).String()
}

// promisesOf knows what the contracts of this program promise. Of a run by another one nobody knows.
func promisesOf(cmd *cobra.Command) comparison.Promises {
	loaded := map[string]*contract.Contract{}
	return func(run *journal.Run, requirement string) (has, known bool) {
		profile := run.Start.Profile
		c, tried := loaded[profile]
		if !tried && slices.Contains(contract.Profiles(), profile) { // another may be the path of a file, and a record is not to say what is read
			c, _ = contract.Load(cmd.Context(), contract.Source{Profile: profile}) // one that cannot be read is not known
			loaded[profile] = c
		}
		if c == nil || c.Hash != run.Start.ContractHash {
			return false, false
		}
		r, known := c.Requirement(requirement)
		return known && r.Applies && !r.Retired, true
	}
}

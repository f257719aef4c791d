package browser_test

import (
	"io"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// compared are three runs: one that keeps everything by another contract, one that breaks a tenth, and a part of one.
func compared() []*journal.Run {
	const hostile = `<script>console.log("ran")</script>`
	good, bad, part := synthetic(60, hostile), synthetic(60, hostile), synthetic(60, hostile)
	for i := range good.Results {
		good.Results[i].Verdict, good.Results[i].Finding, good.Results[i].Reason = journal.Pass, nil, ""
	}
	good.Start.Profile, good.Start.ContractHash = "otc", strings.Repeat("fedcba9876543210", 4)
	part.Start.Planned, part.Results = part.Start.Planned[:20], part.Results[:20]
	part.Start.Filter = "requirement RSZ-F00"
	return []*journal.Run{good, bad, part}
}

func still(t *testing.T) map[string]string {
	t.Helper()
	runs := compared()
	m := comparison.MatrixOf(runs, nil)
	return map[string]string{
		"matrix": writeAs(t, "matrix.html", func(out io.Writer) error {
			return report.MatrixHTML(out, m, report.MatrixOptions{Now: noon().Add(50 * time.Hour), Pages: []string{"", "b/report.html", ""}})
		}),
		"diff": writeAs(t, "diff.html", func(out io.Writer) error {
			return report.DiffHTML(out, comparison.Of(runs[0], runs[1], comparison.Options{}), report.DiffOptions{Gate: comparison.Gate()})
		}),
	}
}

// The pages that compare runs are whole without scripts, ask for nothing, fit a narrow window, and can be read in light and in dark.
func TestComparedRuns(t *testing.T) {
	for name, address := range still(t) {
		for look, settings := range map[string][]setting{"light": {scriptsOff()}, "dark": {dark(), scriptsOff()}, "narrow": {size(390, 900), scriptsOff()}} {
			t.Run(name+"/"+look, func(t *testing.T) {
				p := open(t, address, settings...)
				p.shot(name + "-" + look)
				eval[bool](p, `(() => { document.querySelectorAll("details").forEach((d) => { d.open = true; }); return true; })()`)
				want(p, `document.documentElement.scrollWidth <= innerWidth`, true)
				want(p, `document.scripts.length`, 0)
				want(p, low, "")
				p.quiet()
			})
		}
	}
}

// A cell that says that something is broken leads to how, and from there to the run's own page.
func TestMatrixLeadsToTheEvidence(t *testing.T) {
	p := open(t, still(t)["matrix"])
	want(p, `document.querySelectorAll("#requirements ~ details a.fail").length`, 8)
	want(p, `[...document.querySelectorAll("a[href^='#']")].filter((a) => !document.getElementById(decodeURIComponent(a.hash.slice(1)))).map((a) => a.hash).join(" ")`, "")
	want(p, `document.querySelector("#B-RSZ-F00-000 a").getAttribute("href")`, "b/report.html#RSZ-F00-000")
	want(p, `document.querySelector("#B-RSZ-F00-000 del").textContent.startsWith("got the number 0")`, true)
	p.quiet()
}

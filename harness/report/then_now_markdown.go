package report

import (
	"bytes"
	"fmt"
	"io"

	"resize-conformance/harness/journal"
)

// ThenNowMarkdown writes what has changed as a table, and how much cannot be said.
func ThenNowMarkdown(out io.Writer, a Again) error {
	var b bytes.Buffer
	told := a.tell()
	fmt.Fprintf(&b, "Judged again by %s, was %s. %s.\n\n%s.\n\n", inline(byContract(a.Now.Start), 600), inline(byContract(a.Then.Start), 600), told.counts(), a.exchangeCounts())
	if len(told.changed) > 0 {
		b.WriteString("| requirement | | then | now | why |\n|---|---|---|---|---|\n")
		for _, p := range told.changed {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", inline(p.Now.Requirement, 600), inline(p.Now.Title, 300), inline(p.then(), 30), inline(string(p.Now.Verdict), 30), inline(p.Now.Reason, 600))
		}
		b.WriteByte('\n')
	}
	for _, reason := range told.reasons {
		fmt.Fprintf(&b, "- %d %s\n", len(told.untold[reason]), inline(reason, 600))
	}
	if loud := a.accused(); len(loud) > 0 {
		fmt.Fprintf(&b, "\n<details><summary>%s judged otherwise</summary>\n\n", counted(len(loud), "exchange"))
		for i, x := range loud {
			if b.Len() > markdownAgainLimit {
				fmt.Fprintf(&b, "- and %s\n", counted(len(loud)-i, "more exchange"))
				break
			}
			fmt.Fprintf(&b, "- %s\n", inline(exchangeLine(x), 600))
			for _, s := range []struct {
				sign string
				all  []journal.Violation
			}{{"now", x.Came}, {"no longer", x.Gone}, {"not known", x.Unknown}} {
				for _, v := range s.all {
					fmt.Fprintf(&b, "  - %s: %s\n", s.sign, inline(violationLine(v), 600))
				}
			}
		}
		b.WriteString("\n</details>\n")
	}
	_, err := out.Write(b.Bytes())
	return err
}

// markdownAgainLimit is how many bytes the list of exchanges may take: what is shown beside a pull request has a limit of 64 KiB.
const markdownAgainLimit = 48 << 10

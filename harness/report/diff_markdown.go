package report

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	"resize-conformance/harness/comparison"
)

// DiffMarkdown writes a comparison for a pull request or a step summary.
func DiffMarkdown(out io.Writer, c *comparison.Comparison, o DiffOptions) error {
	var b bytes.Buffer
	word, sentence, good := verdictOfDiff(c, o.Gate)
	mark := "❌"
	if good {
		mark = "✅"
	}
	fmt.Fprintf(&b, "### %s %s: %s\n\n", mark, word, sentence)
	if stopped := c.Stopped(o.Gate); len(stopped) > 0 {
		fmt.Fprintf(&b, "For the gate: %s.\n\n", kindNames(stopped))
	}
	fmt.Fprintf(&b, "| | |\n|---|---|\n| old | %s |\n| new | %s |\n", inline(sideLine(c.Old), 600), inline(sideLine(c.New), 600))
	for _, n := range c.Notes {
		fmt.Fprintf(&b, "| | %s |\n", inline(n, 600))
	}
	for _, k := range comparison.Kinds() {
		n := c.Count(k)
		if n == 0 {
			continue
		}
		name, _ := kindWord(k)
		open := ""
		if slices.Contains(o.Gate, k) {
			open = " open"
		}
		fmt.Fprintf(&b, "\n<details%s><summary>%d %s</summary>\n\n", open, n, name)
		changes := c.Of(k)
		for i, change := range changes {
			if i == markdownMost && !o.All || b.Len() > markdownDiffLimit {
				fmt.Fprintf(&b, "- and %d more\n", len(changes)-i)
				break
			}
			r := change.Result()
			fmt.Fprintf(&b, "- **%s** %s", inline(r.Requirement, 600), inline(r.Title, 300))
			if why := whyOf(change); why != "" {
				fmt.Fprintf(&b, ": %s", inline(why, 600))
			}
			b.WriteByte('\n')
			for _, way := range change.Gone {
				fmt.Fprintf(&b, "  - no longer: %s\n", inline(way, 600))
			}
			for _, way := range change.Came {
				fmt.Fprintf(&b, "  - now: %s\n", inline(way, 600))
			}
		}
		if k == comparison.Slower {
			for _, p := range c.Pace {
				fmt.Fprintf(&b, "- calls of %s: median %s, was %s\n", inline(p.Name, 60), millis(p.After), millis(p.Before))
			}
		}
		b.WriteString("\n</details>\n")
	}
	_, err := out.Write(b.Bytes())
	return err
}

// markdownMost bounds a list unless all of it is asked for: whoever reads a comment on a pull request reads no more.
const markdownMost = 100

// markdownDiffLimit is how many bytes a comparison may have before only counts follow, so that a step summary stays under its limit.
const markdownDiffLimit = SummaryLimit / 2

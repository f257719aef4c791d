package report

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// textLimit bounds one text of a report, in bytes; clauses and findings are a fraction of it, unless a server's answer got into one.
const textLimit = 10_000

// leastText is what a text is never cut under to make room for others: a sentence or two.
const leastText = 256

func (j *junit) testcase(c testcase) {
	row := c.row
	class := journal.Family(row.Requirement)
	if isCase(row) {
		class = row.Requirement // so that the cases of a scenario stand together
	}
	attributes := []attribute{{"classname", "conformance." + class}, {"name", c.name}}
	facts := factsOf(row)
	if j.dialect == Rich {
		if row.File != "" {
			attributes = append(attributes, attribute{"file", row.File})
		}
		if row.Line > 0 {
			attributes = append(attributes, attribute{"line", strconv.Itoa(row.Line)})
		}
	}
	attributes = append(attributes, attribute{"time", seconds(row.Duration)})
	j.open(2, "testcase", attributes...)
	if j.dialect == Rich {
		j.properties(3, facts)
	}
	if element := c.outcome.element(); element != "" {
		j.text(3, element, explanation(row, j.texts), attribute{"type", string(row.Verdict)}, attribute{"message", oneLine(message(row), 500)})
	}
	var output strings.Builder
	if j.dialect == XSD {
		for _, f := range facts {
			if f.value != "" {
				fmt.Fprintf(&output, "%s: %s\n", f.name, withoutAttachments(oneLine(f.value, min(1000, j.texts))))
			}
		}
	}
	switch file, attachable := j.o.attached[row.Name()]; {
	case file != "":
		fmt.Fprintf(&output, "[[ATTACHMENT|%s]]\n", path.Join(j.o.Attachments, AttachmentsDir, file))
	case attachable:
		fmt.Fprintf(&output, "(no attachment, to keep all of them under %d bytes; %s has its exchanges)\n", j.o.attachmentsLimit(), journal.FileName)
	}
	if showsScreen(row.Verdict) {
		if output.Len() > 0 {
			output.WriteByte('\n')
		}
		output.WriteString(withoutAttachments(j.screen(row)))
	}
	if output.Len() > 0 {
		j.text(3, "system-out", output.String())
	}
	j.close(2, "testcase")
}

// screen is the one-screen failure of a row, or a word on where it is when there is no room for it.
func (j *junit) screen(row journal.Result) string {
	if j.room > 0 {
		screen := Screen(j.run, row, Style{})
		var escaped xmlWriter
		escaped.escape(screen, false)
		if j.room -= escaped.Len(); j.room >= 0 {
			return screen
		}
		j.room = 0 // from here on none: which ones are there must not depend on their sizes
	}
	return fmt.Sprintf("(left out to keep this file under %d bytes; `conformance report` shows it, and %s has its exchanges)\n", j.limit, journal.FileName)
}

// showsScreen says which verdicts come with the exchange that explains them.
func showsScreen(v journal.Verdict) bool {
	return v != journal.Pass && v != journal.NotApplicable
}

// factsOf are the properties of a row, in the order of a reader's interest.
func factsOf(row journal.Result) []attribute {
	facts := []attribute{
		{"id", row.Requirement}, {"verdict", string(row.Verdict)}, {"level", string(row.Level)}, {"side", string(row.Side)}, {"kind", string(row.Kind)},
		{"clause", row.Clause}, {"source", row.Source}, {"operation", row.Operation},
	}
	if row.Verdict != journal.Pass || row.Reason != "" {
		facts = append(facts, attribute{"reason", row.Reason})
	}
	if row.Bearing > 0 {
		facts = append(facts, attribute{"bearing", strconv.Itoa(row.Bearing)})
	}
	if f := row.Finding; f != nil {
		facts = append(facts, attribute{"pointer", f.Pointer}, attribute{"spec_pointer", f.SpecPointer}, attribute{"spec_line", f.SpecLine})
		if f.Exchange != 0 {
			facts = append(facts, attribute{"exchange", strconv.FormatInt(f.Exchange, 10)})
		}
		if f.Count > 1 {
			facts = append(facts, attribute{"count", strconv.Itoa(f.Count)})
		}
	}
	for _, way := range row.Signature {
		facts = append(facts, attribute{"signature", way})
	}
	if l := row.Listed; l != nil {
		facts = append(facts, attribute{"baseline", l.Entry}, attribute{"standing", string(l.Standing)}, attribute{"owner", l.Owner},
			attribute{"accepted_because", l.Reason}, attribute{"link", l.Link}, attribute{"expires", l.Expires}, attribute{"found", string(l.Found)})
	}
	return append(facts, attribute{"newer", row.Newer}, attribute{"rerun", row.Rerun})
}

// message says in one sentence why a row is not a pass. It is never empty: some readers show nothing else.
func message(row journal.Result) string {
	switch f := row.Finding; {
	case row.Reason != "":
		return row.Reason
	case f != nil && (f.Wanted != "" || f.Got != ""):
		return "wanted " + f.Wanted + ", got " + f.Got
	}
	return string(row.Verdict)
}

// explanation is the text of failure, error and skipped: GitLab shows it and not the message. No part of it has more bytes than limit.
func explanation(row journal.Result, limit int) string {
	lines := []string{head(message(row), limit)}
	add := func(label, value string) {
		if value != "" {
			lines = append(lines, label+": "+head(value, limit))
		}
	}
	if n := row.Newer; row.Apart() {
		lines = append(lines, "newer: the requirement is there since "+n+"; it does not count for the pinned version")
	}
	if l := row.Listed; l != nil && l.Next != "" {
		lines = append(lines, "next: "+l.Next)
	}
	if outcomeOf(row.Verdict, true) != skipped {
		add("clause", row.Clause)
		add("source", row.Source)
		if f := row.Finding; f != nil {
			add("wanted", f.Wanted)
			add("got", f.Got)
			add("pointer", f.Pointer)
			for _, way := range row.Signature {
				add("signature", way)
			}
			add("contract", strings.TrimSpace(f.SpecLine+" "+f.SpecPointer))
		}
		add("rerun", row.Rerun)
		if row.File != "" {
			lines = append(lines, frame(row))
		}
	}
	return head(strings.Join(lines, "\n"), 6*limit)
}

// frame says where a scenario stands in the form of a Java stack frame, the one of which test reporters make a link: they look for a file of that name in folders
// that are named as the parts of the package are.
func frame(row journal.Result) string {
	dir, name := path.Split(row.File)
	folder := strings.ReplaceAll(strings.Trim(dir, "/"), "/", ".")
	if folder != "" {
		folder += "."
	}
	return fmt.Sprintf("at %s%s(%s:%d)", folder, row.Requirement, name, row.Line)
}

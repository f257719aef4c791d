package report

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// annotationsEach is how many annotations of a type GitHub keeps of one step (docs.github.com, "Workflow commands").
const annotationsEach = 10

// Annotations renders what a run found as GitHub's workflow commands, one line each: a step that prints them has them beside the file and line. Rows that failed in
// the same way are one annotation, and of a type there are no more than GitHub shows; the last then tells how many more there are. The verdict is a notice.
func Annotations(out io.Writer, run *journal.Run, o Options) error {
	rows, _ := shownRows(journal.Counting(run.Rows()))
	var b bytes.Buffer
	annotate := func(kind string, groups []group) {
		for i, g := range groups {
			if i == annotationsEach-1 && len(groups) > annotationsEach {
				more := 0
				for _, rest := range groups[i:] {
					more += len(rest)
				}
				command(&b, kind, fmt.Sprintf("%d more results", more), "", 0, fmt.Sprintf("GitHub shows %d annotations of a type; %d more results, of %d causes, are in %s", annotationsEach, more, len(groups)-i, HTMLFile))
				break
			}
			row := g[0]
			file, line := placeFor(row)
			text := message(row)
			if f := row.Finding; f != nil && f.Wanted != "" && !strings.Contains(text, f.Got) {
				text += "\nwanted " + head(f.Wanted, 1000) + "\ngot " + head(f.Got, 1000)
			}
			if row.Clause != "" {
				text += "\nclause: " + row.Clause
			}
			if len(g) > 1 {
				var others []string
				for _, other := range g[1:min(len(g), 10)] {
					others = append(others, other.Requirement)
				}
				text += fmt.Sprintf("\n%d more with the same finding: %s", len(g)-1, strings.Join(others, " "))
			}
			if row.Rerun != "" {
				text += "\nagain: " + row.Rerun
			}
			command(&b, kind, string(row.Verdict)+" "+row.Name(), file, line, head(text, 4000))
		}
	}
	annotate("error", grouped(rows, func(r journal.Result) bool {
		out := outcomeOfRow(r, o.Strict)
		return out == failure || out == errored
	}))
	annotate("warning", grouped(rows, func(r journal.Result) bool {
		out := outcomeOfRow(r, o.Strict)
		return out != failure && out != errored && (r.Verdict == journal.Warn || r.Verdict == journal.Blocked)
	}))
	word, sentence := verdictOf(run, journal.Counting(run.Rows()), o.Strict)
	command(&b, "notice", word, "", 0, sentence)
	_, err := out.Write(b.Bytes())
	return err
}

// placeFor is where a row is shown: at the line of the contract, else at the scenario.
func placeFor(row journal.Result) (file string, line int) {
	if f := row.Finding; f != nil {
		if i := strings.LastIndexByte(f.SpecLine, ':'); i > 0 {
			if n, err := strconv.Atoi(f.SpecLine[i+1:]); err == nil {
				return f.SpecLine[:i], n
			}
		}
	}
	return row.File, row.Line
}

// command is one workflow command. Neither a property nor the text can end it and begin another: what would is escaped, as the runner undoes it.
func command(b *bytes.Buffer, kind, title, file string, line int, text string) {
	properties := []string{}
	if file != "" {
		properties = append(properties, "file="+property(file))
		if line > 0 {
			properties = append(properties, "line="+strconv.Itoa(line))
		}
	}
	properties = append(properties, "title="+property(oneLine(title, 200)))
	fmt.Fprintf(b, "::%s %s::%s\n", kind, strings.Join(properties, ","), commandData(text))
}

func commandData(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(printable(s))
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(commandData(s))
}

// Guard lets tell write to out while GitHub's runner takes no workflow commands from it: what a server sent stands there, and could be one. The word that ends this
// is made up anew each time, so that no server knows it.
func Guard(out io.Writer, tell func() error) error {
	word := "conformance-" + rand.Text()
	if _, err := fmt.Fprintf(out, "::stop-commands::%s\n", word); err != nil {
		return err
	}
	err := tell()
	if _, endErr := fmt.Fprintf(out, "::%s::\n", word); err == nil {
		err = endErr
	}
	return err
}

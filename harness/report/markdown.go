package report

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// SummaryLimit is how many bytes GitHub takes for the summary of one step: 1 MiB (docs.github.com, "Workflow commands"); a longer one is refused whole.
const SummaryLimit = 1 << 20

// Summary renders a run as Markdown that GitHub shows at the page of a job. The verdict, the counts and the causes come first; the screens of failures are folded
// beneath, as many as there is room for.
func Summary(out io.Writer, run *journal.Run, o Options) error {
	limit := o.SummaryLimit
	if limit <= 0 {
		limit = SummaryLimit
	}
	m := &markdown{run: run, o: o, limit: limit}
	m.rows, m.cases = shownRows(journal.Counting(run.Rows()))
	m.verdict()
	m.causes()
	m.families()
	m.screens()
	_, err := out.Write(m.Bytes())
	return err
}

// leastSummary is the room in bytes that a summary needs to say more than where to look.
const leastSummary = 64 << 10

// AppendSummary adds the summary to the file that GitHub names in $GITHUB_STEP_SUMMARY. What the step wrote there before stays, and is counted.
func AppendSummary(path string, run *journal.Run, o Options) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return &WriteError{path, err}
	}
	defer func() {
		if closeErr := f.Close(); closeErr != nil && err == nil {
			err = &WriteError{path, closeErr}
		}
	}()
	info, err := f.Stat()
	if err != nil {
		return &WriteError{path, err}
	}
	var b bytes.Buffer
	switch o.SummaryLimit = SummaryLimit - int(min(info.Size(), SummaryLimit)) - 2; {
	case o.SummaryLimit >= leastSummary:
		b.WriteString("\n\n") // what stands before may have no end of line
		if err := Summary(&b, run, o); err != nil {
			return &WriteError{path, err}
		}
	default:
		return &WriteError{path, fmt.Errorf("%d of the %d bytes that GitHub takes for one step are used already: give the conformance run a step of its own", info.Size(), SummaryLimit)}
	}
	if _, err := f.Write(b.Bytes()); err != nil {
		return &WriteError{path, err}
	}
	return nil
}

type markdown struct {
	bytes.Buffer
	run         *journal.Run
	o           Options
	limit       int
	rows, cases []journal.Result
	groups      []group
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

func (m *markdown) verdict() {
	s := m.run.Start
	word, sentence := verdictOf(m.run, m.rows, m.o.Strict)
	mark := "❌"
	if journal.Conclude(m.run, m.o.Strict).Conforms() {
		mark = "✅"
	}
	m.line("## %s %s", mark, word)
	m.line("")
	m.line("%s", inline(sentence, 1000))
	const most = 3 // of either: the verdict and the causes are to be on one screen
	for _, text := range firstOf(leftBehind(m.run), most) {
		m.line("")
		m.line("> **Left behind:** %s", inline(text, 1000))
	}
	for _, text := range firstOf(s.Warnings, most) {
		m.line("")
		m.line("> **Warning:** %s", inline(text, 1000))
	}
	m.line("")
	facts := []string{inWords(countsOf(m.rows), columnsOf())}
	if len(m.cases) > 0 {
		facts = append(facts, counted(len(m.cases), "case"))
	}
	facts = append(facts, counted(len(m.run.Exchanges), "exchange"), millis(wall(m.run)), "profile "+s.Profile, "suite "+s.SuiteVersion)
	if len(s.ContractHash) >= 12 {
		facts = append(facts, "contract "+s.ContractHash[:12])
	}
	m.line("%s", inline(strings.Join(facts, " · "), 1000))
	m.line("")
}

// firstOf are the first so many texts, and how many more there are.
func firstOf(all []string, most int) []string {
	if len(all) <= most {
		return all
	}
	return append(slices.Clone(all[:most]), fmt.Sprintf("%d more, in %s", len(all)-most, ResultsFile))
}

// causes is a table of what went wrong, one row a cause.
func (m *markdown) causes() {
	m.groups = grouped(m.rows, func(r journal.Result) bool {
		out := outcomeOfRow(r, m.o.Strict)
		return out == failure || out == errored || r.Verdict == journal.Blocked || r.Verdict == journal.Warn
	})
	if len(m.groups) == 0 {
		return
	}
	const most = 20
	m.line("| | promise | what is wrong | where |")
	m.line("|---|---|---|---|")
	for i, g := range m.groups {
		if i == most {
			m.line("| | … | %s more, below or in %s | |", counted(len(m.groups)-most, "cause"), inline(HTMLFile, 40))
			break
		}
		row := g[0]
		name := "**" + inline(row.Requirement, 60) + "** " + inline(row.Title, 200)
		if len(g) > 1 {
			name += fmt.Sprintf(" (and %d more)", len(g)-1)
		}
		wrong := inline(message(row), 300)
		file, line := placeFor(row)
		where := ""
		if file != "" {
			where = inline(fmt.Sprintf("%s:%d", file, line), 100)
		}
		m.line("| %s | %s | %s | %s |", inline(string(row.Verdict), 30), name, wrong, where)
	}
	m.line("")
}

func (m *markdown) families() {
	columns := columnsOf()
	used := columns[:0:0]
	counts := countsOf(m.rows)
	for _, c := range columns {
		if counts[string(c.verdict)] > 0 {
			used = append(used, c)
		}
	}
	m.line("<details><summary>Families of promises</summary>")
	m.line("")
	head, rule := "| family |", "|---|"
	for _, c := range used {
		head += " " + c.word + " |"
		rule += "---:|"
	}
	m.line("%s |", head)
	m.line("%s---|", rule)
	for _, f := range byFamily(m.rows) {
		line, counts := "| "+inline(f.name, 40)+" |", countsOf(f.rows)
		for _, c := range used {
			line += fmt.Sprintf(" %d |", counts[string(c.verdict)])
		}
		m.line("%s %s |", line, inline(m.run.Start.Families[f.name], 200))
	}
	m.line("")
	m.line("</details>")
	m.line("")
}

// screens shows the causes in full, as long as there is room.
func (m *markdown) screens() {
	const spare = 500 // for the line that says what is left out
	for i, g := range m.groups {
		row := g[0]
		var b bytes.Buffer
		fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n%s\n</details>\n\n", markup(string(row.Verdict)+" "+oneLine(row.Name(), 300)), fenced(Screen(m.run, row, Style{})))
		if m.Len()+b.Len() > m.limit-spare {
			m.line("%s: the summary of a step holds %d bytes. They are in %s and %s.", inline(counted(len(m.groups)-i, "cause")+" left out here", 100), m.limit, inline(HTMLFile, 40), inline(JUnitFile, 40))
			return
		}
		m.Write(b.Bytes())
	}
}

// inline is text within a line of Markdown, a cell of a table among them: nothing in it is markup, a link, a mention or HTML.
func inline(s string, limit int) string {
	var b strings.Builder
	for _, r := range oneLine(s, limit) {
		switch {
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@':
			b.WriteString("@<!-- -->") // mentions are found after the escapes are undone
		case strings.ContainsRune("\\`*_{}[]()#+!|~$:", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	// Addresses become links without any mark; these are where GitHub looks for them.
	return strings.NewReplacer("www.", "www<!-- -->.", "WWW.", "WWW<!-- -->.").Replace(b.String())
}

// markup is text within HTML.
func markup(s string) string {
	var w xmlWriter
	w.escape(s, true)
	return strings.ReplaceAll(w.String(), "@", "@<!-- -->")
}

// fenced is a block of code whose fence is longer than any run of backticks in it.
func fenced(s string) string {
	s = printable(s)
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", max(3, longest+1))
	return fence + "text\n" + strings.TrimSuffix(s, "\n") + "\n" + fence + "\n"
}

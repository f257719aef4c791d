package report

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// TerminalOptions of what a terminal shows after a run.
type TerminalOptions struct {
	Style
	Strict  bool     // a WARN is a failure, and shown as one
	Screens int      // failures shown in full, the others in one line each; 0: 10
	Reports []string // where the reports are, see Paths
}

// Terminal writes what a person wants to know when a run is over: each failure on a screen (many that are the same on one), the warnings, a table by
// requirement family, the verdict, and where the reports are.
func Terminal(out io.Writer, run *journal.Run, o TerminalOptions) error {
	t := &terminal{screen: screen{Style: o.Style}, o: o, run: run}
	t.all = run.Rows()
	t.rows, t.cases = shownRows(journal.Counting(t.all))
	t.left()
	t.fallen()
	t.failures()
	t.oneLiners()
	t.accepted()
	t.newer()
	t.notes()
	t.table()
	t.warnings()
	t.verdict()
	t.reports()
	var b bytes.Buffer
	for _, line := range t.lines {
		b.WriteString(line)
		b.WriteByte('\n')
	}
	_, err := out.Write(b.Bytes())
	return err
}

type terminal struct {
	screen
	o    TerminalOptions
	run  *journal.Run
	all  []journal.Result // every row, cases and what does not count included
	rows []journal.Result

	cases []journal.Result // their scenarios' rows tell of them
}

// shownRows are those that a terminal shows. A case is among them only when it is worse than its scenario says, which no run of this suite leaves.
func shownRows(all []journal.Result) (rows, cases []journal.Result) {
	cases = onlyCases(all)
	told := map[string]bool{}
	for _, r := range withoutCases(all) {
		told[r.Requirement] = told[r.Requirement] || r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable
	}
	rows = slices.DeleteFunc(slices.Clone(all), func(r journal.Result) bool {
		return isCase(r) && (told[r.Requirement] || r.Verdict == journal.Pass || r.Verdict == journal.NotApplicable)
	})
	return rows, cases
}

// left says first what the run left behind or changed: somebody has to set it right, or pays for it.
func (t *terminal) left() {
	for _, text := range leftBehind(t.run) {
		lead := "LEFT BEHIND  "
		for _, line := range wrap(oneLine(text, 6*t.width()), t.width()-len(lead)) {
			t.add(t.paint(red, lead) + line)
			lead = strings.Repeat(" ", len(lead))
		}
	}
}

// leftBehind lists what a run left behind or changed.
func leftBehind(run *journal.Run) []string {
	var texts []string
	for _, n := range run.Notes {
		if n.Left {
			texts = append(texts, n.Text)
		}
	}
	return texts
}

// group is rows that failed in the same way; one cause, such as a server that is down, makes many of them.
type group []journal.Result

// failures shows what stands against the target, worst first.
func (t *terminal) failures() {
	screens := t.o.Screens
	if screens <= 0 {
		screens = 10
	}
	groups := grouped(t.rows, func(r journal.Result) bool {
		o := outcomeOfRow(r, t.o.Strict)
		return o == failure || o == errored
	})
	for i, g := range groups {
		if i >= screens {
			if i == screens {
				t.add("", t.paint(bold, fmt.Sprintf("%d more; the screens of all are in %s:", len(groups)-screens, JUnitFile)))
			}
			t.oneLine(g)
			continue
		}
		t.add("", t.paint(faint, strings.Repeat("─", t.width())))
		t.add(strings.Split(strings.TrimSuffix(Screen(t.run, g[0], t.Style), "\n"), "\n")...)
		if len(g) > 1 {
			t.add("")
			t.hanging(fmt.Sprintf("%d more with the same finding: ", len(g)-1), t.ids(g[1:], 3*t.width()))
		}
	}
}

// oneLiners lists what does not break the target's neck: warnings, and what was blocked.
func (t *terminal) oneLiners() {
	groups := grouped(t.rows, func(r journal.Result) bool {
		return r.Stands() && (r.Verdict == journal.Blocked || r.Verdict == journal.Warn && !t.o.Strict)
	})
	if len(groups) == 0 {
		return
	}
	t.add("")
	for _, g := range groups {
		t.oneLine(g)
	}
}

func (t *terminal) oneLine(g group) {
	row := g[0]
	lead := string(row.Verdict) + "  "
	text := oneLine(row.Name()+" — "+message(row), 3*t.width())
	if len(g) > 1 {
		text += fmt.Sprintf(" (and %d more: %s)", len(g)-1, t.ids(g[1:], t.width()))
	}
	lines := wrap(text, t.width()-len(lead))
	t.add(t.paint(verdictColor(row.Verdict), string(row.Verdict)) + "  " + lines[0])
	for _, line := range lines[1:] {
		t.add(strings.Repeat(" ", len(lead)) + line)
	}
}

// ids lists the requirements of a group, as many as fit.
func (t *terminal) ids(g group, room int) string {
	var ids []string
	used := 0
	for i, row := range g {
		if used += len(row.Requirement) + 1; used > room {
			ids = append(ids, fmt.Sprintf("… (%d more)", len(g)-i))
			break
		}
		if !slices.Contains(ids, row.Requirement) {
			ids = append(ids, row.Requirement)
		}
	}
	return oneLine(strings.Join(ids, " "), 2*room)
}

// hanging wraps a text under its first word.
func (t *terminal) hanging(lead, text string) {
	for i, line := range wrap(text, max(20, t.width()-len(lead))) {
		if i > 0 {
			lead = strings.Repeat(" ", len(lead))
		}
		t.add(lead + line)
	}
}

// incidental is what differs between two findings of one cause: ids, ports, how long or how often something was waited for, and which line of which scenario asked.
// Statuses and codes must stay.
var incidental = regexp.MustCompile(` \(suites/\w+\.go:[0-9]+\)|\b(?:[0-9]+m)?[0-9]+(?:\.[0-9]+)?(?:ns|µs|ms|s)\b|\b[0-9]+ polls?\b|[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}|[0-9a-fA-F]{16,}|:[0-9]{4,5}\b`)

// grouped collects rows of the wanted verdicts that failed in the same way, worst verdict first, each group in the order of the rows.
func grouped(rows []journal.Result, wanted func(journal.Result) bool) []group {
	var groups []group
	index := map[string]int{}
	for _, row := range rows {
		if !wanted(row) {
			continue
		}
		key := string(row.Verdict) + "\x00" + incidental.ReplaceAllString(head(message(row), textLimit), "#")
		if f := row.Finding; f != nil {
			key += "\x00" + incidental.ReplaceAllString(head(f.Wanted, textLimit)+"\x00"+head(f.Got, textLimit)+"\x00"+f.Pointer, "#") + "\x00" + f.SpecPointer
		}
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], row)
	}
	order := journal.Verdicts()
	slices.SortStableFunc(groups, func(a, b group) int { return slices.Index(order, a[0].Verdict) - slices.Index(order, b[0].Verdict) })
	return groups
}

// notes shows a few; all of them are in results.json.
func (t *terminal) notes() {
	const most = 8
	notes := slices.DeleteFunc(slices.Clone(t.run.Notes), func(n journal.Note) bool { return n.Left }) // those were told first
	for i, n := range notes {
		if i == 0 {
			t.add("")
		}
		if i == most {
			t.add(fmt.Sprintf("note  … %d more in %s", len(notes)-most, ResultsFile))
			break
		}
		text := n.Text
		if n.Scenario != "" {
			text = strings.SplitN(n.Scenario, " ", 2)[0] + ": " + text
		}
		t.hanging("note  ", oneLine(text, 3*t.width()))
	}
	unknown := 0
	for _, d := range t.run.Disagreements {
		if d.Known == "" {
			unknown++
		}
	}
	if unknown > 0 {
		t.hanging("note  ", fmt.Sprintf("the two schema oracles disagree over %s in a way that is not in the table of known differences; see oracle_disagreements in %s", counted(unknown, "message"), ResultsFile))
	}
}

// counted is "1 exchange", "2 exchanges".
func counted(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// The words for a whole run, as results.json has them.
const (
	conforms       = "conforms"
	doesNotConform = "does-not-conform"
	notShown       = "not-shown"
	noVerdict      = "no-verdict"
)

// wordFor is the verdict on a whole run. "Not shown" is exit code 1 without any broken promise: something was blocked, or nothing was tried.
func wordFor(c journal.Conclusion, rows []journal.Result, strict bool) string {
	switch c.ExitCode {
	case journal.ExitConforms:
		return conforms
	case journal.ExitNot:
		for _, row := range rows {
			if outcomeOfRow(row, strict) == failure {
				return doesNotConform
			}
		}
		return notShown
	}
	return noVerdict
}

// parties names who is to blame in a run in which a client and a server are put to the test: the one, the other, or both.
func parties(rows []journal.Result, asks, server string) (who, breaks, keeps string) {
	var client, other bool
	for _, row := range rows {
		if row.Verdict == journal.Fail {
			client = client || row.Side == journal.Client
			other = other || row.Side != journal.Client
		}
	}
	switch {
	case client && !other:
		return asks, "breaks", "keeps"
	case other && !client:
		return server, "breaks", "keeps"
	}
	return asks + " and " + server, "break", "keep"
}

// warnings say what a reader has to know before he trusts the verdict.
func (t *terminal) warnings() {
	for i, text := range t.run.Start.Warnings {
		if i == 0 {
			t.add("")
		}
		for j, line := range wrap("WARNING  "+printable(head(text, textLimit)), t.width()) {
			if j == 0 {
				line = t.paint(red, "WARNING") + strings.TrimPrefix(line, "WARNING")
			}
			t.add(line)
		}
	}
}

// retried counts the exchanges that repeat another.
func retried(run *journal.Run) (n int) {
	for _, x := range run.Exchanges {
		if x.Retry != nil {
			n++
		}
	}
	return n
}

// verdictOf is the verdict on a whole run in capitals, and a sentence that says on whom, by which contract, and why. The sentence may hold what a target said.
func verdictOf(run *journal.Run, rows []journal.Result, strict bool) (word, sentence string) {
	const longest = 100 // columns of a name
	c := journal.Conclude(run, strict)
	s := run.Start
	target := oneLine(s.Target, longest)
	switch {
	case target == "":
		target = "the target"
	case !strings.Contains(target, "://"):
		target = "the " + target
	}
	breaks, keeps := "breaks", "keeps"
	switch client := oneLine(s.Client, longest); {
	case s.Watched:
		target, breaks, keeps = parties(rows, "the client", target)
	case s.ClientUnderTest && !strings.Contains(target, "://"):
		target = client + " (with " + target + ")"
	case s.ClientUnderTest:
		target, breaks, keeps = parties(rows, client, target)
	}
	contract := "the contract"
	if s.Profile != "" {
		contract = oneLine(s.Profile, 60) + " contract"
	}
	if len(s.ContractHash) >= 12 {
		contract += " " + oneLine(s.ContractHash[:12], 12)
	}
	switch wordFor(c, rows, strict) {
	case conforms:
		word, sentence = "CONFORMS", fmt.Sprintf("%s %s the %s", target, keeps, strings.TrimPrefix(contract, "the "))
	case doesNotConform:
		word, sentence = "DOES NOT CONFORM", fmt.Sprintf("%s %s the %s", target, breaks, strings.TrimPrefix(contract, "the "))
	case notShown:
		word, sentence = "NOT SHOWN TO CONFORM", fmt.Sprintf("%s, %s", target, contract)
	default:
		word, sentence = "NO VERDICT", fmt.Sprintf("the run against %s failed", target)
	}
	if len(c.Reasons) > 0 {
		sentence += ": " + strings.Join(c.Reasons, ", ")
	}
	return word, sentence
}

func (t *terminal) verdict() {
	s := t.run.Start
	word, sentence := verdictOf(t.run, t.rows, t.o.Strict)
	paint := red
	if journal.Conclude(t.run, t.o.Strict).Conforms() {
		paint = green
	}
	facts := []string{inWords(countsOf(t.rows), columnsOf())}
	if len(t.cases) > 0 {
		facts = append(facts, counted(len(t.cases), "case")+": "+inWords(countsOf(t.cases), columnsOf()))
	}
	facts = append(facts, counted(len(t.run.Exchanges), "exchange"))
	if n := retried(t.run); n > 0 {
		facts = append(facts, fmt.Sprintf("%d of them repeated a look", n))
	}
	facts = append(facts, millis(wall(t.run)))
	if s.Shard != "" {
		shard := "shard " + s.Shard
		if s.ShardFrom != "" {
			shard += ", says " + s.ShardFrom
		}
		facts = append(facts, shard)
	}
	if t.run.End != nil && t.run.End.Interrupted != "" {
		facts = append(facts, "interrupted: "+t.run.End.Interrupted)
	}
	t.add("")
	for i, line := range wrap(word+" "+printable(sentence), t.width()-1) {
		if i == 0 {
			line = t.paint(paint, word) + " " + strings.TrimPrefix(line, word)
		}
		t.add(line)
	}
	t.add(wrap(oneLine(strings.Join(facts, "  ·  "), 1000), t.width())...)
}

func (t *terminal) reports() {
	for i, path := range t.o.Reports {
		lead := "reports  "
		if i > 0 {
			lead = "         "
		}
		t.add(t.paint(faint, lead) + printable(path))
	}
}

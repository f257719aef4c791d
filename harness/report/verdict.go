package report

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// wordFor is the verdict on a whole run. "Not shown" is exit code 1 without any broken promise: something was blocked or could not be tested (the budget may be
// spent), the baseline expects a failure that did not come, or nothing was tried.
func wordFor(c journal.Conclusion, rows []journal.Result, strict bool) string {
	switch c.ExitCode {
	case journal.ExitConforms:
		return conforms
	case journal.ExitNot:
		for _, row := range rows {
			if row.Verdict != journal.NotTestable && row.Verdict != journal.XPass && outcomeOfRow(row, strict) == failure {
				return doesNotConform
			}
		}
		return notShown
	}
	return noVerdict
}

// builtIn is what a run calls the suite's own client.
const builtIn = "built-in"

// blames says whether a promise of that side is found broken.
func blames(rows []journal.Result, side journal.Side) bool {
	return slices.ContainsFunc(rows, func(row journal.Result) bool { return row.Verdict == journal.Fail && row.Side == side })
}

// parties names who is to blame in a run in which a client and a server are put to the test: the one, the other, or both.
func parties(rows []journal.Result, asks, server string) (who, breaks, keeps string) {
	client := blames(rows, journal.Client)
	other := slices.ContainsFunc(rows, func(row journal.Result) bool { return row.Verdict == journal.Fail && row.Side != journal.Client })
	switch {
	case client && !other:
		return asks, "breaks", "keeps"
	case other && !client:
		return server, "breaks", "keeps"
	}
	return asks + " and " + server, "break", "keep"
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
	case s.Watched && s.Client == builtIn && !blames(rows, journal.Client):
		// A run that is judged again: its client was the suite's own, which nobody asks about.
	case s.Watched && s.Client == builtIn:
		target, breaks, keeps = parties(rows, "the suite's own client", target)
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
		if s.Watched {
			sentence += ", as far as the exchanges show"
		}
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

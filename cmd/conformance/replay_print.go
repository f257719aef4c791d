package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/report"
	"resize-conformance/harness/target"
)

func (flags *replayFlags) tell(cmd *cobra.Command, run *journal.Run, t *target.Target, out *replay.Replayed, only int64) error {
	pairs := shownPairs(out, only)
	if flags.asJSON {
		return replayJSON(cmd.OutOrStdout(), run, t, out, pairs)
	}
	w := cmd.OutOrStdout()
	style := report.StyleFor(w, os.Getenv)
	var b strings.Builder
	fmt.Fprintf(&b, "REPLAY  %s\n", cmp.Or(out.Sequence.Name(), "an exchange outside any scenario"))
	fmt.Fprintf(&b, "  then  %s, %s, profile %s\n", run.Started.UTC().Format("2006-01-02 15:04 UTC"), run.Start.Target, run.Start.Profile)
	fmt.Fprintf(&b, "  now   %s, profile %s\n", t.Endpoint, t.Contract.Profile)
	for _, m := range out.Mapped {
		fmt.Fprintf(&b, "  %s: %s in place of %s\n", m.What, m.Now, m.Then)
	}
	if before := len(out.Pairs) - len(pairs); before > 0 {
		fmt.Fprintf(&b, "  %d exchanges before it were sent first: it needs what they made\n", before)
	}
	for _, n := range out.Notes {
		fmt.Fprintf(&b, "  %s\n", n)
	}
	b.WriteByte('\n')
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	var whole func(*report.Beside) bool
	if flags.all || only != 0 {
		whole = func(*report.Beside) bool { return true }
	}
	if err := report.SideBySide(w, besides(pairs), report.SideBySideOptions{Style: style, Whole: whole}); err != nil {
		return err
	}
	same, differ, skipped, moot := 0, 0, 0, 0
	for _, p := range pairs {
		switch {
		case p.Now == nil:
			skipped++
		case p.Moot != "":
			moot++
		case len(p.Differences) > 0:
			differ++
		default:
			same++
		}
	}
	_, err := fmt.Fprintf(w, "\n%d the same, %d differ, %d not compared, %d not sent\n", same, differ, moot, skipped)
	return err
}

func besides(pairs []replay.Pair) []report.Beside {
	var all []report.Beside
	for _, p := range pairs {
		b := report.Beside{Then: p.Then, Also: len(p.Also), Now: p.Now, Skipped: p.Skipped, Moot: p.Moot, Looks: p.Looks, ThenBroke: p.ThenBroke}
		for _, d := range p.Differences {
			b.Differences = append(b.Differences, report.BesideDifference(d))
		}
		all = append(all, b)
	}
	return all
}

// replayDoc is what --json prints.
type replayDoc struct {
	Scenario string            `json:"scenario"`
	Then     replayRun         `json:"then"`
	Now      replayRun         `json:"now"`
	Mapped   []replayMapping   `json:"mapped"`
	Notes    []string          `json:"notes,omitempty"`
	Pairs    []replayedPairDoc `json:"exchanges"`
}

type replayRun struct {
	Target  string    `json:"target"`
	Profile string    `json:"profile"`
	Made    time.Time `json:"made"`
}

type replayMapping struct {
	What string `json:"what"`
	Then string `json:"then"`
	Now  string `json:"now"`
}

type replayedPairDoc struct {
	Result      string                    `json:"result"` // same, differs, not-compared, not-sent
	Why         string                    `json:"why,omitempty"`
	Looks       int                       `json:"looks,omitempty"`
	LooksThen   int                       `json:"looks_then"`
	Differences []report.BesideDifference `json:"differences,omitempty"`
	ThenBreaks  []journal.Violation       `json:"then_breaks,omitempty"`
	NowBreaks   []journal.Violation       `json:"now_breaks,omitempty"`
	Then        *journal.Exchange         `json:"then"`
	Now         *journal.Exchange         `json:"now,omitempty"`
}

func replayJSON(out io.Writer, run *journal.Run, t *target.Target, r *replay.Replayed, pairs []replay.Pair) error {
	doc := replayDoc{
		Scenario: r.Sequence.Name(), Then: replayRun{run.Start.Target, run.Start.Profile, run.Started}, Now: replayRun{t.Endpoint, t.Contract.Profile, time.Now().UTC()},
		Mapped: []replayMapping{}, Notes: r.Notes, Pairs: []replayedPairDoc{},
	}
	for _, m := range r.Mapped {
		doc.Mapped = append(doc.Mapped, replayMapping(m))
	}
	for _, b := range besides(pairs) {
		d := replayedPairDoc{Result: "same", Why: b.Skipped, Looks: b.Looks, LooksThen: b.Also + 1, Differences: b.Differences, ThenBreaks: b.ThenBroke, Then: b.Then, Now: b.Now}
		switch {
		case b.Now == nil:
			d.Result = "not-sent"
		case b.Moot != "":
			d.Result, d.Why = "not-compared", b.Moot
		case len(b.Differences) > 0:
			d.Result = "differs"
		}
		if b.Now != nil {
			d.NowBreaks = b.Now.Violations
		}
		doc.Pairs = append(doc.Pairs, d)
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"resize-conformance/harness/recording"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/report"
	"resize-conformance/harness/target"
)

const longFaithful = `faithful says how faithful the embedded emulator is to an endpoint, requirement by requirement. It sends everything that a fixture has ("conformance record")
to an emulator of the fixture's edition, with servers in the states that the scenarios were given, and compares the answers: status, error codes, media type, members and their
types, the words by which clients decide (of a status, a state, a kind of job), the form of ids and times, and what the contract makes of both. Messages, figures of
a catalogue and what a server is furnished with (tags, groups, disks, addresses, metadata of one's own) do not count, nor does how far something was that was still under way.

  same             all that was compared is answered alike
  differs          something is not; what was wanted is what the endpoint did
  not in evidence  the fixture has nothing that bears on it, or nothing that can be sent again

The exit code is 1 when anything differs, or when nothing could be compared. With --server another server is compared in the emulator's place; the guards of "conformance replay" hold.

`

func newFaithful() *cobra.Command {
	var flags faithfulFlags
	cmd := &cobra.Command{
		Use:   "faithful FIXTURE",
		Short: "Compare the emulator with recorded behaviour, requirement by requirement",
		Long:  longFaithful + target.Precedence,
		Example: `  conformance faithful real.fixture
  conformance faithful real.fixture --json`,
		Args: exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args[0]) },
	}
	target.Bind(cmd.Flags())
	cmd.Flags().BoolVar(&flags.asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&flags.all, "all", false, "show every difference, and every requirement that is not in evidence")
	return cmd
}

type faithfulFlags struct {
	asJSON bool
	all    bool
}

func (flags *faithfulFlags) run(cmd *cobra.Command, file string) error {
	f, err := recording.ReadFixture(file)
	if err != nil {
		return err
	}
	config, err := ofRecord(cmd, f.Head.Profile)
	if err != nil {
		return err
	}
	sink := &replay.Sink{}
	t, err := target.Open(cmd.Context(), config, sink, target.WithUserAgent("resize-conformance/"+version), target.WithoutCurl())
	if err != nil {
		return err
	}
	out, player := &replay.Replayed{}, &replay.Player{Target: t, Sink: sink}
	found, err := replay.Faithful(cmd.Context(), player, f)
	out.Left = player.Left
	if err := errors.Join(stopped(cmd.Context(), err), closeReplay(cmd.Context(), t, out)); err != nil {
		return &harnessError{err}
	}
	if len(out.Left) > 0 {
		return &harnessError{errors.New("not left as it was found: " + strings.Join(out.Left, "; "))}
	}
	tell := flags.print
	if flags.asJSON {
		tell = faithfulJSON
	}
	if err := tell(cmd.OutOrStdout(), f, t, found); err != nil {
		return &harnessError{err}
	}
	same := 0
	for _, one := range found {
		switch one.Word {
		case replay.Differs:
			return verdict(exitDeviates)
		case replay.Same:
			same++
		}
	}
	if same == 0 {
		return verdict(exitDeviates)
	}
	return nil
}

// shownDifferences of one requirement are shown where not all are asked for.
const shownDifferences = 3

func (flags *faithfulFlags) print(out io.Writer, f *recording.Fixture, t *target.Target, found []replay.Finding) error {
	var b strings.Builder
	style := report.StyleFor(out, os.Getenv)
	fmt.Fprintf(&b, "FAITHFUL  %s, profile %s, to what was %s (profile %s)\n", t.Endpoint, t.Contract.Profile, f.AgeText(time.Now()), f.Head.Profile)
	if f.Head.Embedded {
		b.WriteString("  the fixture was recorded of an emulator: it is no evidence of any service\n")
	}
	if t.Contract.Hash != f.Head.ContractHash {
		b.WriteString("  the contract has changed since: requirements that are newer are not in evidence\n")
	}
	b.WriteByte('\n')
	counts := map[replay.Faith]int{}
	lacking := map[string][]string{}
	var reasons []string
	for _, one := range found {
		counts[one.Word]++
		switch one.Word {
		case replay.Differs:
			fmt.Fprintf(&b, "differs  %s  %s\n", one.Requirement, report.OneLine(one.Clause, style.Columns()-20))
			for i, d := range one.Differences {
				if i == shownDifferences && !flags.all {
					fmt.Fprintf(&b, "           and %d more; --all shows them\n", len(one.Differences)-i)
					break
				}
				b.WriteString(report.Hanging("           ", deviationText(d), style))
			}
		case replay.NotInEvidence:
			if lacking[one.Why] == nil {
				reasons = append(reasons, one.Why)
			}
			lacking[one.Why] = append(lacking[one.Why], one.Requirement)
		}
	}
	for _, why := range reasons {
		ids := lacking[why]
		if len(ids) > 8 && !flags.all {
			ids = append(ids[:8:8], fmt.Sprintf("and %d more", len(ids)-8))
		}
		b.WriteString(report.Hanging("not in evidence  ", why+": "+strings.Join(ids, ", "), style))
	}
	var unsent []string
	for _, one := range found {
		if one.Word == replay.Same && one.Unsent > 0 {
			unsent = append(unsent, one.Requirement)
		}
	}
	judged := counts[replay.Same] + counts[replay.Differs]
	how := "nothing could be compared"
	if judged > 0 {
		how = fmt.Sprintf("faithful in %.1f %% of what there is evidence of", 100*float64(counts[replay.Same])/float64(judged))
	}
	fmt.Fprintf(&b, "\n%d same, %d differ, %d not in evidence: %s\n", counts[replay.Same], counts[replay.Differs], counts[replay.NotInEvidence], how)
	if len(unsent) > 0 {
		b.WriteString(report.Hanging("in part  ", "of some that are the same a part of the evidence could not be sent again, such as bodies that were not kept: "+strings.Join(unsent, ", "), style))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func deviationText(d replay.Deviation) string {
	at := d.Asked
	if d.Exchange > 0 {
		at = fmt.Sprintf("exchange %d, %s", d.Exchange, d.Asked)
	}
	return d.Difference.String() + "  (" + at + ")"
}

type faithfulDoc struct {
	Recorded     string                `json:"recorded"`
	AgeDays      int                   `json:"age_days"`
	OfEmulator   bool                  `json:"of_emulator"`
	Profile      string                `json:"profile"`
	Target       string                `json:"target"`
	Same         int                   `json:"same"`
	Differ       int                   `json:"differ"`
	Lacking      int                   `json:"not_in_evidence"`
	Requirements []faithfulRequirement `json:"requirements"`
}

type faithfulRequirement struct {
	Requirement string               `json:"requirement"`
	Level       string               `json:"level"`
	Result      replay.Faith         `json:"result"`
	Why         string               `json:"why,omitempty"`
	Then        string               `json:"verdict_then,omitempty"`
	Compared    int                  `json:"compared"`
	NotSent     int                  `json:"not_sent,omitempty"`
	Differences []faithfulDifference `json:"differences,omitempty"`
}

type faithfulDifference struct {
	Scenario string `json:"scenario"`
	Exchange int64  `json:"exchange,omitempty"`
	Asked    string `json:"asked"`
	replay.Difference
}

func faithfulJSON(out io.Writer, f *recording.Fixture, t *target.Target, found []replay.Finding) error {
	doc := faithfulDoc{Recorded: f.Head.Recorded, AgeDays: f.Age(time.Now()), OfEmulator: f.Head.Embedded, Profile: t.Contract.Profile, Target: t.Endpoint}
	for _, one := range found {
		switch one.Word {
		case replay.Same:
			doc.Same++
		case replay.Differs:
			doc.Differ++
		default:
			doc.Lacking++
		}
		r := faithfulRequirement{Requirement: one.Requirement, Level: string(one.Level), Result: one.Word, Why: one.Why, Then: one.Then, Compared: one.Sent, NotSent: one.Unsent}
		for _, d := range one.Differences {
			r.Differences = append(r.Differences, faithfulDifference{d.Scenario, d.Exchange, d.Asked, d.Difference})
		}
		doc.Requirements = append(doc.Requirements, r)
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

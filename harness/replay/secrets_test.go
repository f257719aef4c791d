package replay_test

import (
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/recording"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/target"
)

// A token that a policy denies is replaced by the target's own such token, not by the one that may do everything.
func TestEachTokenIsReplacedByItsLike(t *testing.T) {
	t.Parallel()
	c := load(t)
	record := recording.FromRun(runOf(t, c, []string{"RSZ-AUTH-015"}))
	seq, err := recording.Find(record.Sequences, "RSZ-AUTH-015")
	if err != nil {
		t.Fatal(err)
	}
	sink := &replay.Sink{}
	tg := open(t, target.Config{}, c, sink)
	p := &replay.Player{Target: tg, Sink: sink, Record: record}
	out, err := p.Play(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	if out.Differs() || out.Sent() == 0 {
		t.Errorf("wanted the refusals of a denied token again, got %+v", out.Pairs)
	}
	// What the target has no such token for is not sent with another.
	tg.DeniedToken = ""
	if out, err = p.Play(t.Context(), seq); err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(out.Pairs, func(p replay.Pair) bool { return p.Now == nil && p.Skipped != "" }) {
		t.Errorf("wanted requests without a token for them kept back, got %+v", out.Pairs)
	}
}

// A secret that was taken out of a body is neither made up nor sent as its placeholder.
func TestASecretInABodyIsNotMadeUp(t *testing.T) {
	t.Parallel()
	c := load(t)
	run := runOf(t, c, []string{"RSZ-STATE-001"})
	for _, x := range run.Exchanges {
		if x.Method == "POST" {
			x.RequestBody.Text = strings.Replace(x.RequestBody.Text, "{", `{"adminPass":"$CONFORMANCE_PASSWORD",`, 1)
			x.RequestBody.Size = int64(len(x.RequestBody.Text))
		}
	}
	record := recording.FromRun(run)
	seq, err := recording.Find(record.Sequences, "RSZ-STATE-001")
	if err != nil {
		t.Fatal(err)
	}
	sink := &replay.Sink{}
	out, err := (&replay.Player{Target: open(t, target.Config{}, c, sink), Sink: sink, Record: record}).Play(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	posts := 0
	for _, pair := range out.Pairs {
		if pair.Then.Method != "POST" {
			continue
		}
		posts++
		if pair.Now != nil || !strings.Contains(pair.Skipped, "a secret was taken out of its body") {
			t.Errorf("wanted it kept back for the secret that it lacks, got %q and %+v", pair.Skipped, pair.Now)
		}
	}
	if posts == 0 {
		t.Error("no request was recorded that has a body")
	}
}

// What is judged over exchanges is compared by what the contract makes of them.
func TestWhatTheContractSaysIsCompared(t *testing.T) {
	t.Parallel()
	c := load(t)
	found := faithful(t, c, fixtureOf(t, runOf(t, c, []string{"RSZ-STATE-001", "RSZ-FLAVOR-001"}, "request-id-missing")))
	i := slices.IndexFunc(found, func(f replay.Finding) bool { return f.Requirement == "RSZ-RSP-008" })
	if len(found[i].Differences) == 0 {
		t.Fatalf("RSZ-RSP-008: %s, want it to differ", found[i].Word)
	}
	if d := found[i].Differences[0]; d.Part != "contract" || d.Wanted != "broken" || d.Got != "kept" {
		t.Errorf("wanted broken then and kept now, got %+v", d)
	}
}

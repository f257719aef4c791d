package suites

import (
	"strings"
	"testing"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// A finding tells the steps that lead to it, each with its exchange, and the same seed tells the same.
func TestAFailingSequenceIsToldStepByStep(t *testing.T) {
	resized := map[string]bool{} // looked at with the emulator's world held still
	tg := open(t, "", target.WithEmulator(func(c *emulator.Config) {
		c.Seams.Rules = func(rules []emulator.Rule) []emulator.Rule {
			return append(rules, emulator.Rule{Name: "once", Check: func(q *emulator.ResizeRequest) *emulator.Refusal {
				if again := resized[q.ServerID]; again || q.DryRun {
					if again {
						return &emulator.Refusal{Status: 400, Code: "Ecs.0005", Message: "once is enough"}
					}
					return nil
				}
				resized[q.ServerID] = true
				return nil
			}})
		}
	}))
	s := pick(t, packOf(t, tg), "RSZ-SEQ-001")
	var first []string
	for range 2 {
		r := s.Perform(t.Context(), &Env{Target: tg, Seed: 3})[0]
		if r.Verdict != journal.Fail || r.Finding == nil || r.Finding.Exchange == 0 {
			t.Fatalf("wanted it to fail with an exchange, got %s %q %+v", r.Verdict, r.Reason, r.Finding)
		}
		var texts []string
		for _, step := range r.Finding.Steps {
			if step.Exchange == 0 {
				t.Errorf("a step without exchange: %+v", step)
			}
			texts = append(texts, step.Text)
		}
		if len(texts) != 2 || !strings.HasPrefix(texts[0], "resize to") || !strings.Contains(texts[1], "400 Ecs.0005") {
			t.Errorf("wanted a resize and one that is refused, got %q", texts)
		}
		if first == nil {
			first = texts
		} else if strings.Join(first, ";") != strings.Join(texts, ";") {
			t.Errorf("the same seed tells %q and %q", first, texts)
		}
	}
}

// What is not explored says why, and passes for nothing.
func TestExplorationsThatAreNotMadeSayWhy(t *testing.T) {
	tg := open(t, "")
	elsewhere := *tg
	elsewhere.Embedded = false
	for _, tc := range []struct {
		name string
		env  *Env
		want string
	}{
		{"nothing asked for", &Env{Target: tg, Explore: -1}, "--explore 0"},
		{"a server URL", &Env{Target: &elsewhere}, "--explore N"},
	} {
		for _, id := range []string{"RSZ-SEQ-001", "RSZ-SEQ-002"} {
			r := pick(t, packOf(t, tg), id).Perform(t.Context(), tc.env)[0]
			if r.Verdict != journal.NotApplicable || !strings.Contains(r.Reason, tc.want) || len(r.Exchanges) != 0 {
				t.Errorf("%s, %s: wanted NOT_APPLICABLE with %q, got %s %q", tc.name, id, tc.want, r.Verdict, r.Reason)
			}
		}
	}
	elsewhere.Servers = tg.Servers
	if r := pick(t, packOf(t, tg), "RSZ-SEQ-001").Perform(t.Context(), &Env{Target: &elsewhere, Explore: 3})[0]; r.Verdict != journal.Pass {
		t.Errorf("a server URL with --explore 3: wanted PASS, got %s %q", r.Verdict, r.Reason)
	}
}

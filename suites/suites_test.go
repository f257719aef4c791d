package suites

import (
	"context"
	"sync"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/target"
)

// open opens the embedded target, in memory only, and closes it with the test.
func open(t *testing.T, profile string, o ...target.Option) *target.Target {
	t.Helper()
	return openWith(t, target.Config{Profile: profile}, o...)
}

func openWith(t *testing.T, c target.Config, o ...target.Option) *target.Target {
	t.Helper()
	opened, err := target.Open(t.Context(), c, nil, o...)
	if err != nil {
		t.Fatalf("opening the embedded target: %v", err)
	}
	t.Cleanup(func() {
		if err := opened.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("closing the embedded target: %v", err)
		}
	})
	return opened
}

func packOf(t *testing.T, tg *target.Target) *Pack {
	t.Helper()
	pack, err := New(tg.Contract)
	if err != nil {
		t.Fatal(err)
	}
	return pack
}

// performAll carries the whole pack out, some scenarios at a time, and returns what came of it by requirement; cleanups are appended to the test's errors.
func performAll(t *testing.T, tg *target.Target, scenarios []Scenario) map[string]journal.Result {
	t.Helper()
	env := &Env{Target: tg}
	results := map[string]journal.Result{}
	var (
		mu      sync.Mutex
		workers sync.WaitGroup
	)
	next := make(chan Scenario)
	for range 8 {
		workers.Go(func() {
			for s := range next {
				rows := s.Perform(t.Context(), env)
				mu.Lock()
				results[s.Requirement.ID] = rows[0]
				for _, c := range rows[1:] {
					switch {
					case c.Kind == journal.KindCleanup:
						t.Errorf("%s: %s", s.Name(), c.Reason)
					case rows[0].Verdict == journal.Pass && c.Verdict != journal.Pass:
						t.Errorf("%s: wanted each case of a scenario that passed to have passed, got %s %s", c.Key(), c.Verdict, c.Reason)
					}
				}
				mu.Unlock()
			}
		})
	}
	for _, s := range scenarios {
		next <- s
	}
	close(next)
	workers.Wait()
	return results
}

func TestTheEmbeddedTargetKeepsEveryPromise(t *testing.T) {
	for _, profile := range []string{"intl", "cn", "otc", "ae-ad-1", "en-old", "hcs"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			tg := open(t, profile)
			pack := packOf(t, tg)
			for id, r := range performAll(t, tg, pack.Scenarios()) {
				switch {
				case r.Verdict == journal.Pass:
				case r.Verdict == journal.NotApplicable && r.Reason != "":
					t.Logf("%s: %s", id, r.Reason)
				default:
					t.Errorf("%s %s: %s\n%s:%d\n%s\n%+v", id, r.Title, r.Verdict, r.File, r.Line, r.Reason, r.Finding)
				}
				if len(r.Exchanges) == 0 && r.Verdict == journal.Pass {
					t.Errorf("%s passed without a single exchange", id)
				}
			}
		})
	}
}

package comparison_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/comparison"
	"resize-conformance/harness/journal"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// row is a scenario's result that took a second.
func row(id string, v journal.Verdict, ways ...string) journal.Result {
	r := journal.Result{Requirement: id, Title: "what " + id + " says", Kind: journal.KindScenario, Level: journal.Must, Side: journal.Server, Verdict: v, Signature: ways, Duration: time.Second}
	if v != journal.Pass {
		r.Reason = "reason of " + id
	}
	return r
}

// run is a whole run of these results.
func run(start journal.RunStart, results ...journal.Result) *journal.Run {
	start.JournalVersion = journal.Version
	events := []journal.Event{{Time: noon(), Start: &start}}
	for _, r := range results {
		events = append(events, journal.Event{Time: noon(), Result: &r})
	}
	return journal.NewRun(append(events, journal.Event{Time: noon(), End: &journal.RunEnd{}})...)
}

// told lists the changes, such as "newly-failing RSZ-A-001".
func told(c *comparison.Comparison) []string {
	var all []string
	for _, change := range c.Changes {
		all = append(all, string(change.Kind)+" "+change.Result().Requirement)
	}
	return all
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// What each pair of verdicts is taken for.
func TestKinds(t *testing.T) {
	accepted := row("RSZ-A-001", journal.XFail, "way")
	accepted.Listed = &journal.Listing{Found: journal.Fail, Standing: journal.Holds}
	unexpected := row("RSZ-A-001", journal.XPass)
	unexpected.Listed = &journal.Listing{Found: journal.Pass, Standing: journal.Passes}
	was := func(v journal.Verdict, ways ...string) *journal.Result { r := row("RSZ-A-001", v, ways...); return &r }
	lost := was(journal.HarnessError)
	lost.Reason = "no result: the run ended before it"
	for name, k := range map[string]struct {
		old, new *journal.Result
		strict   bool
		want     comparison.Kind // "": nothing has changed
	}{
		"pass, fail":                       {was(journal.Pass), was(journal.Fail, "way"), false, comparison.NewlyFailing},
		"pass, harness error":              {was(journal.Pass), was(journal.HarnessError), false, comparison.NewlyFailing},
		"warn, fail":                       {was(journal.Warn, "way"), was(journal.Fail, "way"), false, comparison.NewlyFailing},
		"not applicable, fail":             {was(journal.NotApplicable), was(journal.Fail, "way"), false, comparison.NewlyFailing},
		"nothing, fail":                    {nil, was(journal.Fail, "way"), false, comparison.NewlyFailing},
		"pass, accepted failure":           {was(journal.Pass), &accepted, false, comparison.NewlyFailing},
		"pass, warn":                       {was(journal.Pass), was(journal.Warn, "way"), false, comparison.NewlyWarning},
		"pass, warn, strictly":             {was(journal.Pass), was(journal.Warn, "way"), true, comparison.NewlyFailing},
		"pass, not applicable":             {was(journal.Pass), was(journal.NotApplicable), false, comparison.NewlySkipped},
		"fail, blocked":                    {was(journal.Fail, "way"), was(journal.Blocked), false, comparison.NewlySkipped},
		"pass, not testable":               {was(journal.Pass), was(journal.NotTestable, "way"), false, comparison.NewlySkipped},
		"pass, nothing":                    {was(journal.Pass), nil, false, comparison.Vanished},
		"fail, nothing":                    {was(journal.Fail, "way"), nil, false, comparison.Vanished},
		"pass, not come to":                {was(journal.Pass), lost, false, comparison.Vanished},
		"not applicable, nothing":          {was(journal.NotApplicable), nil, false, ""},
		"fail, pass":                       {was(journal.Fail, "way"), was(journal.Pass), false, comparison.Fixed},
		"fail, warn":                       {was(journal.Fail, "way"), was(journal.Warn, "way"), false, comparison.Fixed},
		"warn, pass":                       {was(journal.Warn, "way"), was(journal.Pass), false, comparison.Fixed},
		"accepted failure, pass":           {&accepted, &unexpected, false, comparison.Fixed},
		"not applicable, pass":             {was(journal.NotApplicable), was(journal.Pass), false, comparison.NewlyRun},
		"nothing, pass":                    {nil, was(journal.Pass), false, comparison.New},
		"fail, fails otherwise":            {was(journal.Fail, "way"), was(journal.Fail, "another"), false, comparison.Changed},
		"fail, harness error":              {was(journal.Fail, "way"), was(journal.HarnessError), false, comparison.Changed},
		"not applicable, blocked":          {was(journal.NotApplicable), was(journal.Blocked), false, comparison.Changed},
		"fail, fails alike":                {was(journal.Fail, "way"), was(journal.Fail, "way"), false, ""},
		"fail, accepted":                   {was(journal.Fail, "way"), &accepted, false, ""},
		"pass, pass as the list says not":  {was(journal.Pass), &unexpected, false, ""},
		"not applicable, not applicable":   {was(journal.NotApplicable), was(journal.NotApplicable), false, ""},
		"warn, warn in the very same ways": {was(journal.Warn, "b", "a"), was(journal.Warn, "a", "b"), false, ""},
	} {
		var olds, news []journal.Result
		if k.old != nil {
			olds = append(olds, *k.old)
		}
		if k.new != nil {
			news = append(news, *k.new)
		}
		c := comparison.Of(run(journal.RunStart{}, olds...), run(journal.RunStart{}, news...), comparison.Options{Strict: k.strict})
		got := comparison.Kind("")
		if len(c.Changes) == 1 {
			got = c.Changes[0].Kind
		}
		if got != k.want || len(c.Changes) > 1 || len(c.Changes)+c.Same != 1 {
			t.Errorf("%s: got %q (%d changes, %d the same), want %q", name, got, len(c.Changes), c.Same, k.want)
		}
	}
}

// Rows that are there only where something is wrong do not vanish when it is mended.
func TestMendedRows(t *testing.T) {
	cleanup := row("RSZ-A-001", journal.Fail)
	cleanup.Kind = journal.KindCleanup
	anywhere := row("RSZ-CLIENT-001", journal.Fail, "way")
	anywhere.Kind, anywhere.Side = journal.KindMonitor, journal.Client
	same(t, told(comparison.Of(run(journal.RunStart{}, row("RSZ-A-001", journal.Pass), cleanup, anywhere), run(journal.RunStart{}, row("RSZ-A-001", journal.Pass)), comparison.Options{})),
		"fixed RSZ-A-001", "fixed RSZ-CLIENT-001")
}

// Cleaning up that was blocked is no "as before": something is left behind that was not, or is not any more. Which server that is says nothing.
func TestLeftBehind(t *testing.T) {
	left := func(id, server string) journal.Result {
		r := row(id, journal.Blocked)
		r.Kind, r.Title = journal.KindCleanup, server+" is left as it was found"
		return r
	}
	kept := row("RSZ-A-001", journal.Pass)
	clean := run(journal.RunStart{}, kept)
	one := run(journal.RunStart{}, kept, left("RSZ-A-001", "what RSZ-A-001 says"), left(journal.CleanupRequirement, "server a"))
	two := run(journal.RunStart{}, kept, left("RSZ-A-001", "what RSZ-A-001 says"), left(journal.CleanupRequirement, "server b"), left(journal.CleanupRequirement, "server c"))
	same(t, told(comparison.Of(clean, one, comparison.Options{})), "newly-failing RSZ-A-001", "newly-failing HARNESS-CLEANUP")
	same(t, told(comparison.Of(one, clean, comparison.Options{})), "fixed RSZ-A-001", "fixed HARNESS-CLEANUP")
	same(t, told(comparison.Of(one, two, comparison.Options{})), "newly-failing HARNESS-CLEANUP")
	if c := comparison.Of(one, one, comparison.Options{}); len(c.Changes) != 0 || c.Same != 3 || c.Failing != 2 {
		t.Errorf("the same run: %v, %d as before, %d of them failing", told(c), c.Same, c.Failing)
	}
}

// A scenario with another title is the same when it is the only one of its requirement, and no other time.
func TestRenamed(t *testing.T) {
	again := row("RSZ-A-001", journal.Pass)
	again.Title = "in other words"
	same(t, told(comparison.Of(run(journal.RunStart{}, row("RSZ-A-001", journal.Pass)), run(journal.RunStart{}, again), comparison.Options{})))
	further := again
	further.Title = "in yet others"
	same(t, told(comparison.Of(run(journal.RunStart{}, row("RSZ-A-001", journal.Pass)), run(journal.RunStart{}, again, further), comparison.Options{})),
		"new RSZ-A-001", "new RSZ-A-001", "vanished RSZ-A-001")
}

// What is newer than the set that is compared with is never newly failing, whatever the gate.
func TestNewerRequirements(t *testing.T) {
	older := run(journal.RunStart{SuiteVersion: "1", ContractHash: "a"}, row("RSZ-A-001", journal.Pass), row("RSZ-B-001", journal.Pass))
	newer := run(journal.RunStart{SuiteVersion: "2", ContractHash: "b"}, row("RSZ-A-001", journal.Fail, "way"), row("RSZ-C-001", journal.Fail, "way"), row("RSZ-D-001", journal.Pass))
	since := func(string) string { return "2" }
	c := comparison.Of(older, newer, comparison.Options{Since: since, Gone: func(id string) string {
		if id == "RSZ-B-001" {
			return "it is retired: nobody kept it"
		}
		return ""
	}})
	same(t, told(c), "newly-failing RSZ-A-001", "newer RSZ-C-001", "newer RSZ-D-001", "vanished RSZ-B-001")
	same(t, c.NewRequirements(), "RSZ-C-001", "RSZ-D-001")
	if gone := c.Of(comparison.Vanished); len(gone) != 1 || !strings.Contains(gone[0].Why, "retired: nobody kept it") {
		t.Errorf("it is not told why the requirement is gone: %+v", gone)
	}
	// A pinned set counts whatever the versions say, also for what is gone.
	pinned := comparison.Of(older, newer, comparison.Options{Pinned: map[string]bool{"RSZ-C-001": true}})
	same(t, told(pinned), "newer RSZ-A-001", "newer RSZ-D-001", "newly-failing RSZ-C-001")
	// The same contract, and an older run of a part of the pack: what is not in it is not newer, and its failure counts.
	part := run(journal.RunStart{SuiteVersion: "1", ContractHash: "a", Filter: "RSZ-A"}, row("RSZ-A-001", journal.Pass))
	same(t, told(comparison.Of(part, newer, comparison.Options{})), "newly-failing RSZ-A-001", "newly-failing RSZ-C-001", "new RSZ-D-001")
}

// many are results of so many scenarios, each as long as length says.
func many(n int, length func(i int) time.Duration) []journal.Result {
	var rows []journal.Result
	for i := range n {
		r := row(fmt.Sprintf("RSZ-A-%03d", i), journal.Pass)
		r.Duration = length(i)
		rows = append(rows, r)
	}
	return rows
}

// Only what stands out of the rest is slower: not what is slower by little, or by as much as everything.
func TestSlower(t *testing.T) {
	seconds := func(f float64) time.Duration { return time.Duration(f * float64(time.Second)) }
	calm := func(i int) time.Duration { return seconds(2 + 0.1*float64(i%3)) }
	one := func(f float64) func(int) time.Duration {
		return func(i int) time.Duration {
			if i == 7 {
				return seconds(2.1 * f)
			}
			return calm((i + 1) % 3)
		}
	}
	for name, k := range map[string]struct {
		before, after func(int) time.Duration
		o             comparison.Speed
		want          []string
		overall       bool
	}{
		"one, by far":               {calm, one(4), comparison.Speed{}, []string{"slower RSZ-A-007"}, false},
		"one, by little":            {calm, one(1.7), comparison.Speed{}, nil, false},
		"one, and nobody looks":     {calm, one(4), comparison.Speed{Factor: -1}, nil, false},
		"one, by less than is told": {calm, one(4), comparison.Speed{By: time.Minute}, nil, false},
		"everything":                {calm, func(i int) time.Duration { return 5 * calm(i) }, comparison.Speed{}, nil, true},
		"milliseconds": {
			func(int) time.Duration { return 3 * time.Millisecond },
			func(i int) time.Duration { return time.Duration(3+40*(i%2)) * time.Millisecond }, comparison.Speed{}, nil, false,
		},
		"everything varies as much": {
			func(i int) time.Duration { return seconds(1 + float64(i%5)) }, func(i int) time.Duration { return seconds(1 + float64((i*i+3)%7)) }, comparison.Speed{}, nil, false,
		},
	} {
		c := comparison.Of(run(journal.RunStart{}, many(20, k.before)...), run(journal.RunStart{}, many(20, k.after)...), comparison.Options{Speed: k.o})
		if got := told(c); !slices.Equal(got, k.want) || (c.Overall != nil) != k.overall {
			t.Errorf("%s: got %q, overall %+v; want %q, %v", name, got, c.Overall, k.want, k.overall)
		}
	}
}

// The calls of an operation are slower by their median, and not for one slow call.
func TestSlowerCalls(t *testing.T) {
	calls := func(length func(i int) time.Duration) *journal.Run {
		r := run(journal.RunStart{})
		for i := range 20 {
			r.Exchanges = append(r.Exchanges, &journal.Exchange{ID: int64(i + 1), Operation: "showJob", Status: 200, Duration: length(i)})
		}
		return r
	}
	calm := calls(func(i int) time.Duration { return time.Duration(50+i) * time.Millisecond })
	c := comparison.Of(calm, calls(func(i int) time.Duration { return time.Duration(400+i) * time.Millisecond }), comparison.Options{})
	if len(c.Pace) != 1 || c.Pace[0].Name != "showJob" || c.Count(comparison.Slower) != 1 {
		t.Errorf("got %+v, want showJob to be slower", c.Pace)
	}
	c = comparison.Of(calm, calls(func(i int) time.Duration { return time.Duration(50+5000*(i/19)) * time.Millisecond }), comparison.Options{})
	if len(c.Pace) != 0 {
		t.Errorf("got %+v, want nothing for one slow call", c.Pace)
	}
}

func TestParseKinds(t *testing.T) {
	if kinds, err := comparison.ParseKinds([]string{"slower", "vanished"}); err != nil || len(kinds) != 2 {
		t.Errorf("got %v, %v", kinds, err)
	}
	if kinds, err := comparison.ParseKinds([]string{"none"}); err != nil || len(kinds) != 0 {
		t.Errorf("got %v, %v", kinds, err)
	}
	for name, want := range map[string]string{"newly-failin": `did you mean "newly-failing"?`, "none,slower": "stands alone"} {
		if _, err := comparison.ParseKinds(strings.Split(name, ",")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
}

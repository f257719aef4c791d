package comparison

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// distinct names what each run is about, and where that is not enough, what tells the runs apart.
func distinct(runs []*journal.Run) []string {
	names := make([]string, len(runs))
	for i, run := range runs {
		names[i] = run.Start.Target
		if run.Start.ClientUnderTest {
			names[i] = run.Start.Client
		}
	}
	for _, more := range []func(*journal.Run) string{
		func(r *journal.Run) string { return r.Start.Profile },
		func(r *journal.Run) string { return "suite " + r.Start.SuiteVersion },
		func(r *journal.Run) string { return "contract " + shortHash(r.Start.ContractHash) },
		func(r *journal.Run) string { return r.Started.UTC().Format("2006-01-02 15:04") },
		func(r *journal.Run) string {
			if len(r.Files) == 0 {
				return ""
			}
			return filepath.Base(filepath.Dir(r.Files[0]))
		},
		func(r *journal.Run) string { return strings.Join(r.Files, " ") },
	} {
		groups := map[string][]int{}
		for i, name := range names {
			groups[name] = append(groups[name], i)
		}
		for _, group := range groups {
			said := map[string]bool{}
			for _, i := range group {
				said[more(runs[i])] = true
			}
			if len(said) < 2 {
				continue
			}
			for _, i := range group {
				if what := more(runs[i]); what != "" {
					names[i] += ", " + what
				}
			}
		}
	}
	return names
}

// letter is A, B, … Z, AA, …
func letter(i int) string {
	if i < 26 {
		return string(rune('A' + i))
	}
	return letter(i/26-1) + letter(i%26)
}

// Age says in words how long before now something was; "" for what has no time.
func Age(then, now time.Time) string {
	if then.IsZero() {
		return ""
	}
	age := now.Sub(then)
	count := func(n int, what string) string {
		if n != 1 {
			what += "s"
		}
		return fmt.Sprintf("%d %s old", n, what)
	}
	switch {
	case age < 0:
		return "from the future"
	case age < time.Minute:
		return "just made"
	case age < time.Hour:
		return count(int(age/time.Minute), "minute")
	case age < 48*time.Hour:
		return count(int(age/time.Hour), "hour")
	}
	return count(int(age/(24*time.Hour)), "day")
}

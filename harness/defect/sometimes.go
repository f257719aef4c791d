package defect

import (
	"sync"

	"resize-conformance/harness/emulator"
)

// sometimesDefects are there only at times. What they count they count for each server by itself, so that what else is going on changes nothing.
func sometimesDefects() []Defect {
	return []Defect{
		{
			Name: "second-dry-run-500", Title: "fails at the second dry run for a server", Kind: Sometimes, Breaks: []string{"RSZ-BODY-019", "RSZ-BODY-020", "RSZ-BODY-021", "RSZ-AUTH-011"},
			Apply: failingDryRuns(func(nth int) bool { return nth == 2 }),
		},
		{
			Name: "one-dry-run-in-ten-500", Title: "fails at every tenth dry run for a server", Kind: Sometimes, Breaks: []string{"RSZ-FLAVOR-006"},
			Apply: failingDryRuns(func(nth int) bool { return nth%10 == 0 }),
		},
		{
			Name: "third-illegal-body-accepted", Title: "refuses an illegal hw:cpu_threads twice and gives in then", Kind: Sometimes, Breaks: []string{"RSZ-BODY-012"},
			Apply: counted("cpu_threads", func(nth int, f *emulator.Refusal) *emulator.Refusal {
				if nth > 2 {
					return nil
				}
				return f
			}),
		},
		{
			Name: "second-malformed-body-500", Title: "refuses malformed JSON once and fails at it then", Kind: Sometimes, Breaks: []string{"RSZ-BODY-014", "RSZ-BODY-015", "RSZ-BODY-022"},
			Apply: counted("json", func(nth int, f *emulator.Refusal) *emulator.Refusal {
				if nth > 1 {
					return systemError()
				}
				return f
			}),
		},
	}
}

// tally counts by server. It is safe for concurrent use.
type tally struct {
	mu    sync.Mutex
	times map[string]int
}

func (t *tally) next(server string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.times[server]++
	return t.times[server]
}

// failingDryRuns fails at those good dry runs that which picks out, told the how manieth each is for its server.
func failingDryRuns(which func(nth int) bool) func(*emulator.Config) {
	return func(c *emulator.Config) {
		t := &tally{times: map[string]int{}}
		atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
			if q.DryRun && which(t.next(q.ServerID)) {
				return systemError()
			}
			return nil
		})(c)
	}
}

// counted changes a rule's refusals, told how many it has given for the server.
func counted(rule string, change func(nth int, f *emulator.Refusal) *emulator.Refusal) func(*emulator.Config) {
	return func(c *emulator.Config) {
		t := &tally{times: map[string]int{}}
		changedRule(rule, func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
			if f == nil {
				return nil
			}
			return change(t.next(q.ServerID), f)
		})(c)
	}
}

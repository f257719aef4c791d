package monitor

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// states are the combinations of status, vm_state and task_state that servers were seen in, with the first exchange that shows each. They are compared with the
// table at the end: the first servers are seen before it is known which contract a run is about.
type states struct {
	seen  map[combination]int64
	looks int
}

type combination struct{ status, vmState, task string }

// keptCombinations bounds what is kept; the table has 37.
const keptCombinations = 512

func newStates() states { return states{seen: map[combination]int64{}} }

func (s *states) see(x *journal.Exchange, shown *shownServer) {
	s.looks++
	c := combination{shown.status, shown.vmState, shown.task}
	if _, known := s.seen[c]; !known && len(s.seen) < keptCombinations {
		s.seen[c] = x.ID
	}
}

// judge compares with the table (RSZ-STATE-020). A word that the table does not have may be one that is new, and is not judged.
func (s *states) judge(table []contract.ServerState) tally {
	t := tally{watched: s.looks}
	var vmStates, tasks []string
	for _, row := range table {
		vmStates, tasks = append(vmStates, row.VMStates...), append(tasks, row.TaskStates...)
	}
	for c, exchange := range s.seen {
		i := slices.IndexFunc(table, func(row contract.ServerState) bool { return row.Status == c.status })
		if i < 0 || !slices.Contains(vmStates, c.vmState) || !slices.Contains(tasks, c.task) {
			continue
		}
		row := table[i]
		if slices.Contains(row.VMStates, c.vmState) && slices.Contains(row.TaskStates, c.task) {
			continue
		}
		t.add(found{
			wanted: fmt.Sprintf("beside status %s the vm_state %s and the task_state %s", c.status, oneOf(row.VMStates), oneOf(row.TaskStates)),
			got:    fmt.Sprintf("vm_state %s, task_state %s", orNull(c.vmState), orNull(c.task)), pointer: "/server/status", exchange: exchange,
		})
	}
	return t
}

func oneOf(words []string) string {
	named := make([]string, len(words))
	for i, w := range words {
		named[i] = orNull(w)
	}
	return strings.Join(named, " or ")
}

func orNull(word string) string {
	if word == "" {
		return "null"
	}
	return word
}

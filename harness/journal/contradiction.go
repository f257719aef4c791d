package journal

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// MergeError lists everything that keeps journals from being one run. Each line names the files.
type MergeError struct{ Contradictions []string }

func (e *MergeError) Error() string {
	return "these journals are not the shards of one run:\n  " + strings.Join(e.Contradictions, "\n  ")
}

// merger collects what contradicts.
type merger struct{ contradictions []string }

func (m *merger) contradiction(format string, args ...any) {
	m.contradictions = append(m.contradictions, fmt.Sprintf(format, args...))
}

// file is what errors call a run.
func (r *Run) file() string {
	if len(r.Files) == 0 {
		return "(unnamed journal)"
	}
	return strings.Join(r.Files, "+")
}

// checkSame compares what the shards of one run have in common with the first journal.
func (m *merger) checkSame(runs []*Run) {
	facts := []struct {
		name string
		of   func(RunStart) string
	}{
		{"suite version", func(s RunStart) string { return s.SuiteVersion }},
		{"contract hash", func(s RunStart) string { return s.ContractHash }},
		{"profile", func(s RunStart) string { return s.Profile }},
		{"target", func(s RunStart) string { return s.Target }},
		{"client", func(s RunStart) string { return s.Client }},
		{"dealing of scenarios and servers (another inventory, or --shard-servers?)", func(s RunStart) string { return s.Dealing }},
		{"filter", func(s RunStart) string { return s.Filter }},
		{"baseline", func(s RunStart) string { return s.Baseline.identity() }},
		{"pinned version", func(s RunStart) string { return s.Pin }},
		{"strictness", func(s RunStart) string { return strconv.FormatBool(s.Strict) }},
		{"capabilities", func(s RunStart) string { return strings.Join(slices.Sorted(slices.Values(s.Capabilities)), " ") }},
	}
	for _, fact := range facts {
		wanted := fact.of(runs[0].Start)
		for _, r := range runs[1:] {
			if got := fact.of(r.Start); got != wanted {
				m.contradiction("%s: %s has %q, %s has %q", fact.name, runs[0].file(), wanted, r.file(), got)
			}
		}
	}
}

// checkShards wants each of 1/n to n/n once and returns the runs in that order.
func (m *merger) checkShards(runs []*Run) []*Run {
	total := 0
	holders := map[int]*Run{}
	for _, r := range runs {
		if r.Start.Shard == "" {
			if len(runs) > 1 {
				m.contradiction("%s is no shard but a whole run", r.file())
			}
			continue
		}
		var i, n int
		if _, err := fmt.Sscanf(r.Start.Shard, "%d/%d", &i, &n); err != nil || i < 1 || i > n {
			m.contradiction("%s: shard %q is not of the form i/n", r.file(), r.Start.Shard)
			continue
		}
		if total == 0 {
			total = n
		}
		if n != total {
			m.contradiction("%s is shard %s, others are shards of %d", r.file(), r.Start.Shard, total)
			continue
		}
		if twin := holders[i]; twin != nil {
			m.contradiction("shard %d/%d is there twice: %s and %s", i, n, twin.file(), r.file())
			continue
		}
		holders[i] = r
	}
	var missing []string
	for i := 1; i <= total; i++ {
		if holders[i] == nil {
			missing = append(missing, fmt.Sprintf("%d/%d", i, total))
		}
	}
	if len(missing) > 0 {
		var files []string
		for _, r := range runs {
			files = append(files, r.file())
		}
		m.contradiction("shard %s is missing among %s", strings.Join(missing, ", "), strings.Join(files, ", "))
	}
	if len(holders) != len(runs) {
		return runs
	}
	ordered := make([]*Run, 0, total)
	for _, i := range slices.Sorted(maps.Keys(holders)) {
		ordered = append(ordered, holders[i])
	}
	return ordered
}

// checkScenarios wants each scenario's result in one journal only.
func (m *merger) checkScenarios(runs []*Run) {
	holders := map[string]*Run{}
	for _, r := range runs {
		for _, res := range r.Results {
			if perShard(res.Kind) {
				continue
			}
			if twin := holders[res.Name()]; twin != nil && twin != r {
				m.contradiction("%s has a result in %s and in %s", res.Name(), twin.file(), r.file())
			}
			holders[res.Name()] = r
		}
	}
}

package runner

import (
	"fmt"
	"strconv"
	"strings"
)

// Shard is one of several static parts of a run. The zero value is the whole run.
type Shard struct {
	Index, Total int    // the index counts from 1
	From         string // where it was read, for the record: "CI_NODE_INDEX=2 and CI_NODE_TOTAL=5 (GitLab)"; "" when it was given as such
	// OwnServers says that no other shard uses the servers of this one's inventory, so that they are not divided.
	OwnServers bool
}

// ShardAuto is the word for a shard that is read from the environment.
const ShardAuto = "auto"

// ShardVariable is our own, for a CI system that has none: "2/5".
const ShardVariable = "CONFORMANCE_SHARD"

// ParseShard reads "2/5". The empty string is the whole run.
func ParseShard(s string) (Shard, error) {
	if s == "" {
		return Shard{}, nil
	}
	left, right, found := strings.Cut(s, "/")
	i, errI := strconv.Atoi(left)
	n, errN := strconv.Atoi(right)
	if !found || errI != nil || errN != nil || i < 1 || n < 1 || i > n {
		return Shard{}, &UsageError{fmt.Sprintf("shard %q: wanted i/n with 1 <= i <= n, for example 2/5", s)}
	}
	return Shard{Index: i, Total: n}, nil
}

func (s Shard) String() string {
	if s.Total == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Total)
}

// ShardPair are two variables by which a CI system tells a job which of several it is.
type ShardPair struct {
	Index, Total string
	First        int    // what the index of the first job is
	System       string // whose they are
	// alone says that a job which is not one of several has a total that says so, and perhaps no index.
	alone bool
}

// ShardPairs lists what --shard auto reads, beside ShardVariable. Sources: the variable references of the systems' documentation. GitLab gives every job CI_NODE_TOTAL, and the
// index to parallel ones only; Azure Pipelines counts 0 or 1 jobs where a job is not parallel; Kubernetes tells the index of an Indexed Job, not the number of completions.
func ShardPairs() []ShardPair {
	return []ShardPair{
		{Index: "CI_NODE_INDEX", Total: "CI_NODE_TOTAL", First: 1, System: "GitLab", alone: true},
		{Index: "CIRCLE_NODE_INDEX", Total: "CIRCLE_NODE_TOTAL", System: "CircleCI"},
		{Index: "BUILDKITE_PARALLEL_JOB", Total: "BUILDKITE_PARALLEL_JOB_COUNT", System: "Buildkite"},
		{Index: "SYSTEM_JOBPOSITIONINPHASE", Total: "SYSTEM_TOTALJOBSINPHASE", First: 1, System: "Azure Pipelines", alone: true},
		{Index: "BITBUCKET_PARALLEL_STEP", Total: "BITBUCKET_PARALLEL_STEP_COUNT", System: "Bitbucket Pipelines"},
		{Index: "SEMAPHORE_JOB_INDEX", Total: "SEMAPHORE_JOB_COUNT", First: 1, System: "Semaphore"},
		{Index: "JOB_COMPLETION_INDEX", Total: "CONFORMANCE_SHARDS", System: "Kubernetes Indexed Job"},
	}
}

// DetectShard finds out from the environment which shard this is. It is for who asks for it: a run is never a part because a variable happens to be there, and never the
// whole because one is missing. The error is a *UsageError.
func DetectShard(lookup func(string) (string, bool)) (Shard, error) {
	if text, given := lookup(ShardVariable); given && text != "" {
		s, err := ParseShard(text)
		if err != nil {
			return Shard{}, &UsageError{fmt.Sprintf("--shard auto: %s: %v", ShardVariable, err)}
		}
		s.From = fmt.Sprintf("%s=%s", ShardVariable, text)
		return s, nil
	}
	var found []Shard
	var names []string
	for _, p := range ShardPairs() {
		s, err := p.read(lookup)
		if err != nil {
			return Shard{}, err
		}
		if s.Total > 0 {
			found = append(found, s)
		}
		names = append(names, fmt.Sprintf("%s and %s (%s)", p.Index, p.Total, p.System))
	}
	if len(found) == 0 {
		return Shard{}, &UsageError{fmt.Sprintf("--shard auto: nothing in the environment says which shard this is; set %s to i/n, or give --shard i/n. Looked for: %s", ShardVariable, strings.Join(names, ", "))}
	}
	for _, other := range found[1:] {
		if other.String() != found[0].String() {
			return Shard{}, &UsageError{fmt.Sprintf("--shard auto: %s says shard %s, %s says %s; say which by --shard i/n or %s", found[0].From, found[0], other.From, other, ShardVariable)}
		}
	}
	return found[0], nil
}

// read gives the zero value where the system has set neither variable.
func (p ShardPair) read(lookup func(string) (string, bool)) (Shard, error) {
	index, _ := lookup(p.Index)
	total, _ := lookup(p.Total)
	fault := func(format string, args ...any) (Shard, error) {
		return Shard{}, &UsageError{fmt.Sprintf("--shard auto (%s): ", p.System) + fmt.Sprintf(format, args...)}
	}
	switch {
	case index == "" && total == "":
		return Shard{}, nil
	case p.alone && (total == "0" || total == "1" && index == ""):
		return Shard{Index: 1, Total: 1, From: fmt.Sprintf("%s=%s (%s: one job)", p.Total, total, p.System)}, nil
	case index == "":
		return fault("%s is %s, but %s is not set: which of them is this? Set it, or give --shard i/n", p.Total, total, p.Index)
	case total == "":
		return fault("%s is %s, but %s is not set: of how many? Set it, or give --shard i/n", p.Index, index, p.Total)
	}
	n, err := strconv.Atoi(total)
	if err != nil || n < 1 {
		return fault("%s: wanted a number from 1, got %q", p.Total, total)
	}
	i, err := strconv.Atoi(index)
	if last := p.First + n - 1; err != nil || i < p.First || i > last {
		return fault("%s: wanted a number from %d to %d, because %s is %s and counting begins with %d there; got %q", p.Index, p.First, last, p.Total, total, p.First, index)
	}
	return Shard{Index: i - p.First + 1, Total: n, From: fmt.Sprintf("%s=%s and %s=%s (%s)", p.Index, index, p.Total, total, p.System)}, nil
}

package runner

import (
	"errors"
	"strings"
	"testing"
)

func TestParseShard(t *testing.T) {
	t.Parallel()
	if s, err := ParseShard("2/5"); err != nil || s != (Shard{Index: 2, Total: 5}) || s.String() != "2/5" {
		t.Errorf("2/5: %v %v", s, err)
	}
	if s, err := ParseShard(""); err != nil || s.String() != "" {
		t.Errorf("empty: %v %v", s, err)
	}
	for _, bad := range []string{"0/5", "6/5", "x", "1/", "/2", "1/0", "-1/2", "1/2/3", "auto"} {
		if _, err := ParseShard(bad); err == nil {
			t.Errorf("%q: accepted", bad)
		}
	}
}

func variables(pairs []string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		for _, p := range pairs {
			if key, value, _ := strings.Cut(p, "="); key == name {
				return value, true
			}
		}
		return "", false
	}
}

func TestDetectShard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  string
		want string // shard, or the words of an error
		from string
	}{
		{"CI_NODE_INDEX=2 CI_NODE_TOTAL=5", "2/5", "CI_NODE_INDEX=2 and CI_NODE_TOTAL=5 (GitLab)"},
		{"CI_NODE_TOTAL=1", "1/1", "CI_NODE_TOTAL=1 (GitLab: one job)"},
		{"CI_NODE_INDEX=0 CI_NODE_TOTAL=5", "!CI_NODE_INDEX: wanted a number from 1 to 5", ""},
		{"CI_NODE_INDEX=6 CI_NODE_TOTAL=5", "!counting begins with 1 there", ""},
		{"CI_NODE_TOTAL=5", "!CI_NODE_TOTAL is 5, but CI_NODE_INDEX is not set", ""},
		{"CI_NODE_INDEX=5", "!CI_NODE_INDEX is 5, but CI_NODE_TOTAL is not set", ""},
		{"CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=4", "1/4", "CIRCLE_NODE_INDEX=0 and CIRCLE_NODE_TOTAL=4 (CircleCI)"},
		{"CIRCLE_NODE_INDEX=4 CIRCLE_NODE_TOTAL=4", "!wanted a number from 0 to 3", ""},
		{"BUILDKITE_PARALLEL_JOB=3 BUILDKITE_PARALLEL_JOB_COUNT=4", "4/4", ""},
		{"SYSTEM_JOBPOSITIONINPHASE=4 SYSTEM_TOTALJOBSINPHASE=4", "4/4", ""},
		{"SYSTEM_JOBPOSITIONINPHASE=1 SYSTEM_TOTALJOBSINPHASE=0", "1/1", ""},
		{"BITBUCKET_PARALLEL_STEP=1 BITBUCKET_PARALLEL_STEP_COUNT=2", "2/2", ""},
		{"SEMAPHORE_JOB_INDEX=1 SEMAPHORE_JOB_COUNT=2", "1/2", ""},
		{"JOB_COMPLETION_INDEX=0 CONFORMANCE_SHARDS=3", "1/3", ""},
		{"JOB_COMPLETION_INDEX=2 CONFORMANCE_SHARDS=3", "3/3", "JOB_COMPLETION_INDEX=2 and CONFORMANCE_SHARDS=3 (Kubernetes Indexed Job)"},
		{"JOB_COMPLETION_INDEX=2", "!JOB_COMPLETION_INDEX is 2, but CONFORMANCE_SHARDS is not set", ""},
		{"JOB_COMPLETION_INDEX=x CONFORMANCE_SHARDS=3", `!got "x"`, ""},
		{"JOB_COMPLETION_INDEX=1 CONFORMANCE_SHARDS=many", `!CONFORMANCE_SHARDS: wanted a number from 1, got "many"`, ""},
		{"CONFORMANCE_SHARD=2/3", "2/3", "CONFORMANCE_SHARD=2/3"},
		{"CONFORMANCE_SHARD=2/3 CI_NODE_INDEX=1 CI_NODE_TOTAL=5", "2/3", "CONFORMANCE_SHARD=2/3"},
		{"CONFORMANCE_SHARD=4/3", "!CONFORMANCE_SHARD: shard \"4/3\"", ""},
		{"BUILDKITE_PARALLEL_JOB=1 BUILDKITE_PARALLEL_JOB_COUNT=2 JOB_COMPLETION_INDEX=1 CONFORMANCE_SHARDS=2", "2/2", ""},
		{"BUILDKITE_PARALLEL_JOB=0 BUILDKITE_PARALLEL_JOB_COUNT=2 JOB_COMPLETION_INDEX=1 CONFORMANCE_SHARDS=2", "!say which by --shard i/n or CONFORMANCE_SHARD", ""},
		{"CI=true", "!nothing in the environment says which shard this is", ""},
		{"CI_NODE_INDEX= CI_NODE_TOTAL=", "!nothing in the environment", ""},
	} {
		got, err := DetectShard(variables(strings.Fields(c.env)))
		if words, isError := strings.CutPrefix(c.want, "!"); isError {
			var usage *UsageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), words) {
				t.Errorf("%s: got %v, %v; want a usage error with %q", c.env, got, err, words)
			}
			continue
		}
		if err != nil || got.String() != c.want || got.From == "" || c.from != "" && got.From != c.from {
			t.Errorf("%s: got %s from %q, %v; want %s from %q", c.env, got, got.From, err, c.want, c.from)
		}
	}
}

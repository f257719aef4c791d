package main

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
)

// shardsAtOnce makes all shards of a run at the same time, each in a process of its own, and merges them.
func shardsAtOnce(t *testing.T, n int, args ...string) (merged string, output outcome) {
	t.Helper()
	base, merged := t.TempDir(), t.TempDir()
	merge := []string{"merge", "--quiet", "--reports", merged}
	var all sync.WaitGroup
	for i := 1; i <= n; i++ {
		dir := filepath.Join(base, strconv.Itoa(i))
		merge = append(merge, dir)
		all.Go(func() {
			cmd := program(t.Context(), append([]string{"run", "--quiet", "--shard", strconv.Itoa(i) + "/" + strconv.Itoa(n), "--reports", dir}, args...)...)
			if got := outcomeOf(cmd); got.code != exitConforms && got.code != exitDeviates {
				t.Errorf("shard %d: exit code %d\n%s", i, got.code, got.stderr)
			}
		})
	}
	all.Wait()
	return merged, call(t, merge...)
}

// Shards on several machines know nothing of each other, and may be given the same inventory: all of them together say what one run says. With three servers in each
// state every shard has its own; with one, what needs it is for one shard alone.
func TestWholeRunsAreTheSumOfShardsAtTheSameTime(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, c := range []struct {
		stock string
		n     int
		args  []string
	}{
		{"6", 4, nil},
		{"1", 2, []string{"--requirement", "RSZ-STATE,RSZ-SPOT,RSZ-WIN,RSZ-DEH,RSZ-URI,RSZ-V1"}},
	} {
		whole := t.TempDir()
		got := call(t, append([]string{"run", "--quiet", "--inventory", serve(t, "--stock", c.stock), "--allow-orders", "--reports", whole}, c.args...)...)
		merged, all := shardsAtOnce(t, c.n, append([]string{"--inventory", serve(t, "--stock", c.stock), "--allow-orders"}, c.args...)...)
		if got.code != all.code || got.code > exitDeviates {
			t.Errorf("%s servers a state: one run ends with %d, %d shards with %d\n%s%s", c.stock, got.code, c.n, all.code, got.stderr, all.stderr)
		}
		one, several := results(t, whole), results(t, merged)
		for _, name := range slices.Sorted(maps.Keys(one)) {
			if one[name] != several[name] {
				t.Errorf("%s servers a state: %s: %s in one run, %s in shards", c.stock, name, one[name], several[name])
			}
		}
		if len(one) != len(several) {
			t.Errorf("%s servers a state: %d results in one run, %d in shards", c.stock, len(one), len(several))
		}
	}
}

// Where a shard was read stands in its record.
func TestShardAuto(t *testing.T) {
	racedetector.LeaveOut(t)
	t.Setenv("JOB_COMPLETION_INDEX", "1")
	if got := call(t, "run", "--shard", "auto"); got.code != exitUsage || !strings.Contains(got.stderr, "CONFORMANCE_SHARDS is not set") {
		t.Errorf("half of a pair: exit code %d, stderr %q; want 2 and what is missing", got.code, got.stderr)
	}
	t.Setenv("CONFORMANCE_SHARDS", "2")
	dir := t.TempDir()
	got := call(t, "run", "--shard", "auto", "--requirement", "RSZ-URI-001,RSZ-URI-002,RSZ-URI-003", "--reports", dir)
	if got.code != exitConforms || !strings.Contains(strings.Join(strings.Fields(got.stdout), " "), "shard 2/2, says JOB_COMPLETION_INDEX=1 and CONFORMANCE_SHARDS=2") {
		t.Errorf("exit code %d, stdout %s%s; want 0 and where the shard was read", got.code, got.stdout, got.stderr)
	}
	run, err := journal.ReadFile(dir)
	if err != nil || run.Start.Shard != "2/2" || !strings.Contains(run.Start.ShardFrom, "JOB_COMPLETION_INDEX=1") {
		t.Fatalf("shard %q from %q, %v", run.Start.Shard, run.Start.ShardFrom, err)
	}
	t.Run("not asked for", func(t *testing.T) {
		dir := t.TempDir()
		call(t, "run", "--quiet", "--requirement", "RSZ-URI-001,RSZ-URI-002", "--reports", dir)
		if run, err := journal.ReadFile(dir); err != nil || run.Start.Shard != "" {
			t.Errorf("shard %q, %v: a run is no part because a variable is there", run.Start.Shard, err)
		}
	})
	t.Run("our own variable, forgotten", func(t *testing.T) {
		t.Setenv("CONFORMANCE_SHARD", "1/2")
		if got := call(t, "run", "--reports", t.TempDir()); got.code != exitUsage || !strings.Contains(got.stderr, "--shard auto") {
			t.Errorf("exit code %d, stderr %q; want 2 and --shard auto", got.code, got.stderr)
		}
	})
}

// In an edition where a server cannot be made smaller again nobody can tell how far a part of the servers goes: it is said, and there is a way.
func TestShardsOfAnEditionWithoutAWayBack(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := serve(t, "--profile", "ae-ad-1")
	args := []string{"run", "--quiet", "--inventory", inventory, "--requirement", "RSZ-STATE-001,RSZ-STATE-002", "--shard", "1/2", "--reports", t.TempDir()}
	if got := call(t, args...); got.code != exitUsage || !strings.Contains(got.stderr, "--shard-servers own") {
		t.Errorf("exit code %d, stderr %q; want 2 and --shard-servers own", got.code, got.stderr)
	}
	if got := call(t, append(args, "--shard-servers", "own")...); got.code != exitConforms {
		t.Errorf("with servers of its own: exit code %d\n%s", got.code, got.stderr)
	}
}

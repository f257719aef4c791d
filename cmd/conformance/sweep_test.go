package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// cloud is a served emulator that can kill the process that asks it.
type cloud struct {
	*emulator.Emulator
	inventory string // file; it lists no server of a state that is made

	mu     sync.Mutex
	asked  int
	killAt int    // the number of a request; 0: none
	kill   func() // returns when the process is dead
	after  bool   // the request is carried out after that: nobody hears the answer
	killed chan struct{}
}

// newCloud serves one without the states that a run is to make servers in.
func newCloud(t *testing.T, c emulator.Config, without ...fixture.State) *cloud {
	t.Helper()
	e, err := emulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	k := &cloud{Emulator: e}
	server := httptest.NewServer(k)
	t.Cleanup(server.Close)
	inv, err := target.InventoryOf(e, server.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, state := range without {
		delete(inv.Servers, state)
	}
	inv.Poll = 2 * time.Millisecond
	text, err := inv.YAML()
	if err != nil {
		t.Fatal(err)
	}
	k.inventory = write(t, "servers.yaml", string(text))
	return k
}

func (k *cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	k.asked++
	now := k.killAt > 0 && k.asked == k.killAt
	kill, after := k.kill, k.after
	k.mu.Unlock()
	if !now {
		k.Emulator.ServeHTTP(w, r)
		return
	}
	defer close(k.killed)
	if after {
		kill()
		// The server has the request, whatever became of the one who sent it.
		k.Emulator.ServeHTTP(httptest.NewRecorder(), r)
		return
	}
	k.Emulator.ServeHTTP(w, r)
	kill()
}

// requests is how many were made since it was asked last.
func (k *cloud) requests() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.asked
	k.asked = 0
	return n
}

// settled counts what there is once all jobs have ended.
func (k *cloud) settled(t *testing.T) emulator.Counts {
	t.Helper()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for {
		c := k.Counts()
		if c.Unfinished == 0 {
			c.Jobs, c.SubJobs, c.ClientTokens = 0, 0, 0 // those that have ended are kept for a day
			return c
		}
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatalf("%d jobs do not end", c.Unfinished)
		}
	}
}

// The proof that nothing on the bill surprises anybody: a run that makes its servers is killed at twenty moments, some of them while the answer to a creation is on
// its way, and one sweep later the emulator has what it had before.
func TestWholeRunsThatAreKilledAreSweptUp(t *testing.T) {
	racedetector.LeaveOut(t)
	k := newCloud(t, emulator.Config{JobDuration: 8 * time.Millisecond}, fixture.Stopped, fixture.Running, fixture.Windows, fixture.Spot)
	before := k.settled(t)
	args := func(prefix, dir string) []string {
		return []string{"run", "--inventory", k.inventory, "--provision", "stopped,windows,spot", "--prefix", prefix, "--budget", "orders=0", "--reports", dir, "--quiet",
			"--requirement", "RSZ-STATE,RSZ-SETUP-001,RSZ-SETUP-002,RSZ-SETUP-003,RSZ-WIN,RSZ-SPOT,RSZ-CPU,RSZ-DEH"}
	}
	// One that is not killed tells how many requests there are to be killed at, and leaves nothing behind either.
	if got := call(t, args("rsz-whole", t.TempDir())...); got.code != exitConforms {
		t.Fatalf("a run that makes its own servers: exit code %d\n%s", got.code, got.stderr)
	}
	if after := k.settled(t); after != before {
		t.Fatalf("a run that came to its end left %+v, there was %+v", after, before)
	}
	all := k.requests()
	const seed, kills = 20261129, 20
	random := rand.New(rand.NewPCG(seed, 0))
	swept := 0
	for n := range kills {
		prefix, dir := "rsz-kill-"+strconv.Itoa(n)+"x", t.TempDir()
		at, after := 1+random.IntN(all), random.IntN(2) == 0
		cmd := program(t.Context(), args(prefix, dir)...)
		dead := make(chan struct{})
		k.mu.Lock()
		k.asked, k.killAt, k.after, k.killed = 0, at, after, make(chan struct{})
		k.kill = func() {
			_ = cmd.Process.Signal(syscall.SIGKILL)
			<-dead
		}
		k.mu.Unlock()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed, or came to its end: what is left is looked at
		close(dead)
		reached := k.requests() >= at
		if reached {
			<-k.killed
		}
		k.mu.Lock()
		k.killAt = 0
		k.mu.Unlock()
		left := k.Counts().Servers - before.Servers
		got := call(t, "sweep", "--inventory", k.inventory, "--prefix", prefix, "--yes")
		if got.code != exitConforms {
			t.Errorf("sweep after a kill at request %d: exit code %d\n%s%s", at, got.code, got.stdout, got.stderr)
		}
		if now := k.settled(t); now != before {
			t.Errorf("killed at request %d of %d (seed %d, answered: %t), swept: there is %+v, there was %+v\n%s", at, all, seed, !after, now, before, got.stdout)
		}
		if left > 0 {
			swept++
		}
		t.Logf("killed at request %4d of %d, answered %-5t reached %-5t left %d, swept: %s", at, all, !after, reached, left, strings.ReplaceAll(strings.TrimSpace(got.stdout), "\n", "; "))
	}
	if swept < kills/4 {
		t.Errorf("of %d kills %d left anything: that shows little of sweep", kills, swept)
	}
}

func TestSweepDeletesOnlyWhatBearsThePrefix(t *testing.T) {
	k := newCloud(t, emulator.Config{})
	name := func(name string) string {
		id, err := k.AddServer(emulator.ServerSpec{Name: name})
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	untagged, other := name("rsz-mine-stopped-1"), name("unrelated")
	got := call(t, "sweep", "--inventory", k.inventory, "--prefix", "rsz-mine", "--yes")
	if got.code != exitConforms || !strings.Contains(got.stdout, "spared   "+untagged) || !strings.Contains(got.stdout, "nothing is left") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	for _, id := range []string{untagged, other} {
		if _, there := k.Server(id); !there {
			t.Errorf("server %s is gone", id)
		}
	}
}

func TestSweepAsks(t *testing.T) {
	k := newCloud(t, emulator.Config{})
	for _, c := range []struct {
		name, want string
		code       int
		args       []string
	}{
		{"without a prefix", "give --prefix", exitUsage, []string{"--inventory", k.inventory}},
		{"without a server", "give --server", exitUsage, []string{"--prefix", "rsz-mine"}},
		{"with a short prefix", "3 to 35", exitUsage, []string{"--inventory", k.inventory, "--prefix", "r"}},
		{"where nothing listens", "cannot be reached", exitUnreachable, []string{"--inventory", k.inventory, "--server", "http://127.0.0.1:1", "--prefix", "rsz-mine"}},
		{"with a token that is not valid", "right?", exitUnreachable, []string{"--inventory", k.inventory, "--prefix", "rsz-mine", "--token", "no-token-of-anybody"}},
	} {
		if got := call(t, append([]string{"sweep"}, c.args...)...); got.code != c.code || !strings.Contains(got.stderr, c.want) {
			t.Errorf("%s: exit code %d, want %d with %q\n%s", c.name, got.code, c.code, c.want, got.stderr)
		}
	}
	var none bytes.Buffer
	if err := agreed(strings.NewReader("y\n"), &none, 1); err == nil || none.Len() > 0 {
		t.Errorf("a pipe was asked: %v %q", err, none.String())
	}
	// What is no terminal is a file all the same.
	file, err := os.Open(write(t, "answer", "y\n"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var said *verdictError
	if err := agreed(file, &none, 1); err == nil || errors.As(err, &said) {
		t.Errorf("a file was asked: %v", err)
	}
}

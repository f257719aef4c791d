package emulator

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// However long it runs and whatever it is asked, the emulator must not grow.
func TestMemoryIsBounded(t *testing.T) {
	const maxJobs, rounds = 300, 6_000
	l := newLab(t, Config{MaxJobs: maxJobs, JobDuration: time.Millisecond})
	id := l.add(ServerSpec{})
	prepaid := l.add(ServerSpec{Billing: PrePaid})
	flavors := []string{"s3.large.2", "s3.medium.4"}
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var early uint64
	for i := range rounds {
		l.accepted(l.resize(id, to(flavors[i%2])))
		switch i % 10 {
		case 0:
			l.accepted(l.do("POST", base+"action", action("os-stop", "ghost-1", "ghost-2", id)))
		case 1:
			got := l.resize(prepaid, `{"resize":{"flavorRef":"`+flavors[i/10%2]+`","extendparam":{"isAutoPay":"true"}}}`)
			l.accepted(got)
		case 2:
			other := l.add(ServerSpec{})
			l.accepted(l.resize(other, to("s3.large.2")))
			l.RemoveServer(other)
		case 3:
			token := fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
			got := l.create("", "X-Client-Token", token)
			l.accepted(got)
			l.RemoveServer(got.body["serverIds"].([]any)[0].(string))
		}
		l.pass(2 * time.Millisecond)
		if n := l.Counts(); n.SubJobs > maxJobs || n.Orders > maxJobs || n.Servers > 30 || n.Unfinished > 2 || n.ClientTokens > maxClientTokens {
			t.Fatalf("round %d: %+v", i, n)
		}
		if i == rounds/2 {
			early = heap()
		}
	}
	if late := heap(); late > early+2<<20 {
		t.Errorf("the heap grew from %d to %d bytes in the second half", early, late)
	}
	l.pass(25 * time.Hour)
	if n := l.Counts(); n.Jobs != 0 || n.Orders != 0 {
		t.Errorf("a day later: %+v", n)
	}
	if len(l.world.due) != 0 || len(l.world.ended) != 0 || len(l.world.waiting) != 0 {
		t.Errorf("left over: %d due, %d ended, %d waiting", len(l.world.due), len(l.world.ended), len(l.world.waiting))
	}
}

// When the limit is taken up by unfinished work, more is refused as flow control, not queued.
func TestUnfinishedWorkIsBounded(t *testing.T) {
	l := newLab(t, Config{MaxJobs: 3})
	for range 3 {
		l.accepted(l.resize(l.add(ServerSpec{}), to("s3.large.2")))
	}
	l.wantRefused(l.resize(l.add(ServerSpec{}), to("s3.large.2")), 503, "Common.1503")
	l.wantRefused(l.do("POST", base+"action", action("os-stop", "x")), 503, "Common.1503")
	l.wantRefused(l.create(""), 503, "Common.1503")
	l.pass(jobTook)
	l.accepted(l.resize(l.add(ServerSpec{}), to("s3.large.2")))
	if n := l.Counts(); n.SubJobs > 3 {
		t.Errorf("%+v", n)
	}
}

func TestServersAreBounded(t *testing.T) {
	l := newLab(t, Config{MaxServers: 25})
	for range 25 - l.Counts().Servers {
		l.add(ServerSpec{})
	}
	if _, err := l.AddServer(ServerSpec{}); err == nil {
		t.Error("one too many")
	}
	l.wantRefused(l.create(""), 400, "Ecs.0001")
}

package emulator

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"resize-conformance/harness/signature"
)

// Many clients at once, over the wire, with the real clock: everything that changes is touched from several sides.
func TestManyClients(t *testing.T) {
	const clients, rounds = 8, 15
	e, err := New(Config{JobDuration: 2 * time.Millisecond, LockAfter: 1000, Flow: FlowControl{Limit: 1 << 30}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(e)
	defer srv.Close()
	call := func(method, path, body string) int {
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Error(err)
			return 0
		}
		r.Header.Set("Content-Type", "application/json")
		if err := (signature.Signer{AccessKey: firstKey, SecretKey: firstSecret}).Sign(r, []byte(body), time.Now()); err != nil {
			t.Error(err)
		}
		answer, err := srv.Client().Do(r)
		if err != nil {
			t.Error(err)
			return 0
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	shared, err := e.AddServer(ServerSpec{})
	if err != nil {
		t.Fatal(err)
	}
	var won atomic.Int64
	var all sync.WaitGroup
	for c := range clients {
		all.Go(func() {
			for i := range rounds {
				id, err := e.AddServer(ServerSpec{})
				if err != nil {
					t.Error(err)
					return
				}
				if got := call("POST", base11+id+"/resize", to("s3.large.2")); got != 200 {
					t.Errorf("resize: %d", got)
				}
				if call("POST", base11+shared+"/resize", to([]string{"s3.large.2", "s3.large.4", "s3.xlarge.2"}[(c+i)%3])) == 200 {
					won.Add(1)
				}
				call("GET", base+shared, "")
				call("GET", base+"resize_flavors?instance_uuid="+shared, "")
				call("POST", base+"action", action("os-stop", shared, id))
				e.Servers()
				e.Counts()
				e.RemoveServer(id)
			}
		})
	}
	all.Wait()
	if won.Load() == 0 {
		t.Error("nobody ever resized the shared server")
	}
}

// Of clients that resize one server in the same moment exactly one is accepted.
func TestOneWinner(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	var wins, losses atomic.Int64
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			w := httptest.NewRecorder()
			l.ServeHTTP(w, l.request("POST", base11+id+"/resize", to("s3.large.2")))
			switch w.Code {
			case 200:
				wins.Add(1)
			case 501:
				losses.Add(1)
			}
		})
	}
	all.Wait()
	if wins.Load() != 1 || losses.Load() != 49 {
		t.Errorf("%d accepted, %d refused as busy", wins.Load(), losses.Load())
	}
}

func TestIDsAreNotRepeated(t *testing.T) {
	for _, kind := range []IDKind{RequestID, JobID, OrderID, ServerID} {
		seen := map[string]bool{}
		for range 10_000 {
			id := randomID(kind)
			if seen[id] {
				t.Fatalf("%s: %s twice", kind, id)
			}
			seen[id] = true
		}
	}
	if id := randomID(ServerID); len(id) != 36 || strings.Count(id, "-") != 4 || id[14] != '4' || !strings.Contains("89ab", id[19:20]) {
		t.Errorf("%s is no UUID of version 4", id)
	}
	if id := randomID(JobID); len(id) != 32 || fmt.Sprintf("%.6s", id) != "ff8080" {
		t.Errorf("%s", id)
	}
}

package monitor

import (
	"fmt"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// BenchmarkWrite is what watching costs an exchange, schemas' score included: of a job, of a server with all its details, and of a resize.
func BenchmarkWrite(b *testing.B) {
	details := inState(at{2, 3}, one, "a", "SHUTOFF", "stopped", "null")
	filler := `"metadata":{"charging_mode":"0","os_type":"Linux"},"addresses":{"v":[{"addr":"192.168.0.1","version":"4"}]},` + strings.Repeat(`"OS-EXT-SRV-ATTR:hostname":"ecs-resize-1",`, 40)
	details.ResponseBody.Text = strings.Replace(details.ResponseBody.Text, `"status"`, filler+`"status"`, 1)
	for _, kind := range []struct {
		name string
		x    *journal.Exchange
	}{
		{"showJob", told(at{0, 1}, "ff80808288d41e1b018990260955686a", "RUNNING")},
		{"showServer", details},
		{"resize", resize(at{4, 5}, one, "b", "ff80808288d41e1b018990260955686a")},
		{"dryRun", dryRun(at{4, 5}, one, "b")},
	} {
		b.Run(kind.name, func(b *testing.B) {
			w := New(nil)
			kind.x.ResponseHeader = []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "today"}, {Name: "X-Request-Id"}}
			ids := make([]string, 4096)
			for i := range ids {
				ids[i] = fmt.Sprintf("%032x", i)
			}
			b.SetBytes(int64(len(kind.x.ResponseBody.Text)))
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				x := *kind.x
				x.ID = int64(n + 1)
				x.ResponseHeader[2].Value = ids[n%len(ids)]
				_ = w.Write(journal.Event{Exchange: &x})
			}
		})
	}
}

// BenchmarkResults is what the end of a run costs that has met many servers and jobs.
func BenchmarkResults(b *testing.B) {
	w := New(nil)
	for i := range 1000 {
		server, job := fmt.Sprintf("server-%d", i), fmt.Sprintf("job-%d", i)
		for j, x := range []*journal.Exchange{shown(at{0, 1}, server, "a"), resize(at{2, 3}, server, "b", job), told(at{4, 5}, job, "RUNNING"), told(at{6, 7}, job, "SUCCESS"), shown(at{8, 9}, server, "b")} {
			x.ID = int64(5*i + j + 1)
			_ = w.Write(journal.Event{Exchange: x})
		}
	}
	for b.Loop() {
		w.history.judgeChanges()
		w.history.judgeStages()
	}
}

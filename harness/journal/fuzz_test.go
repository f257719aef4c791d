package journal_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// Whatever stands in a file, reading it ends, and a run that is green has all its planned results.
func FuzzRead(f *testing.F) {
	good := strings.Join([]string{
		`{"seq":1,"time":"2026-11-23T12:00:00Z","type":"run-start","start":{"journal_version":1,"planned":[{"requirement":"A-1","title":"t","kind":"scenario"}]}}`,
		`{"seq":2,"time":"2026-11-23T12:00:00Z","type":"exchange","exchange":{"id":1}}`,
		`{"seq":3,"time":"2026-11-23T12:00:00Z","type":"result","result":{"requirement":"A-1","title":"t","kind":"scenario","verdict":"PASS","exchanges":[1]}}`,
		`{"seq":4,"time":"2026-11-23T12:00:01Z","type":"run-end","end":{}}`, "",
	}, "\n")
	f.Add(good)
	f.Add(good + good)
	f.Add(good[:len(good)/2])
	f.Add(strings.Replace(good, "A-1", "A-2", 1))
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		run, err := journal.Read(strings.NewReader(text), "j")
		if err != nil && run.Whole() {
			t.Errorf("%v, and the run is whole", err)
		}
		if journal.ExitCode(run, false) == 0 && (err != nil || run.End == nil || len(run.Missing()) > 0 || len(run.Results) == 0) {
			t.Errorf("green: %v %+v", err, run)
		}
	})
}

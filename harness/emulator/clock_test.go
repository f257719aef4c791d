package emulator

import (
	"testing"
	"time"
)

func TestPatientClock(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	real := begin
	clock := patient(func() time.Time { return real }, 2*time.Millisecond)
	for _, step := range []struct {
		name         string
		passes, want time.Duration // want: since begin
	}{
		{"at once", 0, 0},
		{"less than counts at most", time.Millisecond, time.Millisecond},
		{"just what counts at most", 2 * time.Millisecond, 3 * time.Millisecond},
		{"a long wait", time.Minute, 5 * time.Millisecond},
		{"after the long wait", time.Millisecond, 6 * time.Millisecond},
		{"the machine's clock is set back", -time.Hour, 6 * time.Millisecond},
		{"and goes on from there", time.Millisecond, 7 * time.Millisecond},
	} {
		real = real.Add(step.passes)
		if got := clock().Sub(begin); got != step.want {
			t.Errorf("%s: wanted %s, got %s", step.name, step.want, got)
		}
	}
}

// However long its client is kept waiting between two requests, a job is seen running before it is seen ended.
func TestAJobLastsForSomeRequestsWithAPatientClock(t *testing.T) {
	t.Parallel()
	real := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	e, err := New(Config{JobDuration: 12 * time.Millisecond, Now: patient(func() time.Time {
		real = real.Add(time.Minute)
		return real
	}, 3*time.Millisecond)})
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{Emulator: e, t: t, token: "emulator-token-of-the-first-project"}
	job := l.do("POST", base11+serverOf(t, e)+"/resize", `{"resize":{"flavorRef":"s3.large.2"}}`).text("job_id")
	seen := map[string]int{}
	for range 10 {
		seen[l.do("GET", "/v1/"+defaultProject+"/jobs/"+job, "").text("status")]++
	}
	if seen["INIT"]+seen["RUNNING"] == 0 || seen["SUCCESS"] == 0 {
		t.Errorf("wanted the job running in some answers and then ended; got %v", seen)
	}
}

func serverOf(t *testing.T, e *Emulator) string {
	t.Helper()
	id, err := e.AddServer(ServerSpec{})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

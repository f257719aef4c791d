package emulator

import (
	"sync"
	"time"
)

// PatientClock tells a time that does not run on while nobody looks: what passes between two looks counts for at most longest. Given to an emulator
// (Config.Now), which looks at the time with every request, it makes a job last for a number of requests at least, however little of a busy machine its
// client gets; with an ordinary clock a job of some milliseconds ends before the client has asked for it once. It falls behind the real time by what it
// left out, never runs ahead of it, and never goes back. Safe for concurrent use.
func PatientClock(longest time.Duration) func() time.Time {
	return patient(time.Now, longest)
}

// patient is PatientClock over any clock.
func patient(now func() time.Time, longest time.Duration) func() time.Time {
	var (
		mu     sync.Mutex
		looked = now()
		told   = looked
	)
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		at := now()
		told = told.Add(max(0, min(at.Sub(looked), longest)))
		looked = at
		return told
	}
}

package explore

import (
	"flag"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// rapidly guards rapid's settings: they are flags of the process, and rapid reads them whenever it draws or checks. It is the one variable of this package,
// because what it guards is one of the process as well.
var rapidly sync.Mutex

// draw gives what a seed stands for.
func draw[V any](g *rapid.Generator[V], seed uint64) V {
	rapidly.Lock()
	defer rapidly.Unlock()
	return g.Example(int(seed)) // rapid turns it back into the same 64 bits
}

// shorten draws what a seed stands for once more and has rapid make it shorter as long as fails says that it still fails. fails is called from one goroutine
// and must give the same answer to the same value; the last value for which rapid calls it is the shortest. No other exploration of this process draws or
// shortens meanwhile, so fails has to see to it that this comes to an end soon.
func shorten[V any](g *rapid.Generator[V], seed uint64, most time.Duration, fails func(V) bool) error {
	rapidly.Lock()
	defer rapidly.Unlock()
	restore, err := settings(map[string]string{
		"rapid.seed":       strconv.FormatUint(seed, 10),
		"rapid.checks":     "5", // a fifth of it under go test -short; the first one is the one that failed
		"rapid.nofailfile": "true",
		"rapid.failfile":   "",
		"rapid.shrinktime": most.String(),
	})
	defer restore()
	if err != nil {
		return err
	}
	first, failed := true, false
	rapid.Check(&silentTest{}, func(t *rapid.T) {
		v := g.Draw(t, "it")
		// When the first is not the one that failed, or no longer fails, there is nothing to shorten.
		if !first && !failed {
			return
		}
		first = false
		if fails(v) {
			failed = true
			t.FailNow()
		}
	})
	return nil
}

// settings changes flags of the process, which must be a parsed test's or look like one, and returns what puts them back.
func settings(values map[string]string) (restore func(), err error) {
	testing.Init() // rapid asks testing.Short
	if !flag.Parsed() {
		if err := flag.CommandLine.Parse(nil); err != nil {
			return func() {}, err
		}
	}
	before := map[string]string{}
	restore = func() {
		for name, value := range before {
			_ = flag.Set(name, value) // it was a valid value before
		}
	}
	for name, value := range values {
		f := flag.Lookup(name)
		if f == nil {
			return restore, fmt.Errorf("rapid has no setting %s; it was written for another version", name)
		}
		before[name] = f.Value.String()
		if err := flag.Set(name, value); err != nil {
			return restore, fmt.Errorf("setting %s to %s: %w", name, value, err)
		}
	}
	return restore, nil
}

// silentTest stands in for a *testing.T, of which rapid asks that it can fail. What it would log is told by the report.
type silentTest struct{ failed bool }

func (*silentTest) Helper()                 {}
func (*silentTest) Name() string            { return "explore" }
func (*silentTest) Logf(string, ...any)     {}
func (*silentTest) Log(...any)              {}
func (*silentTest) Skipf(string, ...any)    {}
func (*silentTest) Skip(...any)             {}
func (*silentTest) SkipNow()                {}
func (t *silentTest) Errorf(string, ...any) { t.failed = true }
func (t *silentTest) Error(...any)          { t.failed = true }
func (t *silentTest) Fatalf(string, ...any) { t.failed = true }
func (t *silentTest) Fatal(...any)          { t.failed = true }
func (t *silentTest) FailNow()              { t.failed = true }
func (t *silentTest) Fail()                 { t.failed = true }
func (t *silentTest) Failed() bool          { return t.failed }

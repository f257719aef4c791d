package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
)

// TestMain lets the test binary be a worker, of the behaviour that it is told.
func TestMain(m *testing.M) {
	if behaviour := os.Getenv("WORKER_TEST_BEHAVIOUR"); behaviour != "" {
		behaviours()[behaviour](NewLink(os.Stdin, os.Stdout))
		return
	}
	os.Exit(m.Run())
}

func note(text string) journal.Event { return journal.Event{Note: &journal.Note{Text: text}} }

// behaviours are what a worker of the tests does. What it cannot do it says as a note, which the test looks for.
func behaviours() map[string]func(*Link) {
	ctx := context.Background() // of a process of its own
	return map[string]func(*Link){
		"works": func(l *Link) {
			for _, requirement := range []string{"A", "B", "C"} {
				if !l.Claim(ctx, requirement) {
					continue
				}
				id, release, err := l.Acquire(ctx, []string{"server-1", "server-2"})
				if err != nil {
					_ = l.Write(note("no lease: " + err.Error()))
					continue
				}
				_ = l.Write(note(requirement + " on " + id))
				release()
			}
			_ = l.Done(Done{})
		},
		"dies holding": func(l *Link) {
			id, _, err := l.Acquire(ctx, []string{"server-1"})
			_ = l.Write(note(fmt.Sprint("holds ", id, err)))
			fmt.Fprintln(os.Stderr, "the last words")
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		},
		"finds it gone": func(l *Link) {
			var out *fixture.OutOfUse
			_, _, err := l.Acquire(ctx, []string{"server-1"})
			_ = l.Write(note(fmt.Sprint("out of use: ", errors.As(err, &out))))
			_ = l.Done(Done{})
		},
		"retires": func(l *Link) {
			_, release, _ := l.Acquire(ctx, []string{"server-1"})
			l.Retire("server-1", "it is not what it was")
			release()
			_, _, ok := l.TryAcquire([]string{"server-1"})
			_ = l.Write(note(fmt.Sprint("free again: ", ok)))
			_ = l.Done(Done{})
		},
		"gives up": func(l *Link) {
			_, release, _ := l.Acquire(ctx, []string{"server-1"})
			short, cancel := context.WithTimeout(ctx, time.Millisecond)
			defer cancel()
			_, _, err := l.Acquire(short, []string{"server-1"})
			_ = l.Write(note(fmt.Sprint("waited: ", err)))
			release()
			_, again, err := l.Acquire(ctx, []string{"server-1"})
			_ = l.Write(note(fmt.Sprint("then: ", err)))
			again()
			_ = l.Done(Done{})
		},
		"speaks nonsense": func(*Link) { fmt.Println("hello") },
		"refuses":         func(l *Link) { _ = l.Done(Done{Error: "no such server"}) },
		"waits to be told": func(l *Link) {
			told := notified()
			_ = l.Write(note("waits"))
			<-told
			_ = l.Done(Done{Interrupted: "interrupted"})
		},
		"never ends": func(l *Link) {
			told := notified()
			_ = l.Write(note("waits"))
			<-told
			select {}
		},
	}
}

// crew has workers of these behaviours work, and gives what they noted and how they ended. each is told of every note; nil: nobody is.
func crew(t *testing.T, ctx context.Context, patience time.Duration, each func(string), behaviours ...string) (notes []string, ends []End) {
	t.Helper()
	var mu sync.Mutex
	claimed := map[string]bool{}
	c := Crew{
		Command: func(ctx context.Context, n int) *exec.Cmd {
			cmd := exec.CommandContext(ctx, os.Args[0])
			cmd.Env = append(os.Environ(), "WORKER_TEST_BEHAVIOUR="+behaviours[n-1])
			return cmd
		},
		Claim: func(_ int, requirement string) bool {
			mu.Lock()
			defer mu.Unlock()
			first := !claimed[requirement]
			claimed[requirement] = true
			return first
		},
		Event: func(_ int, e journal.Event) error {
			mu.Lock()
			defer mu.Unlock()
			notes = append(notes, e.Note.Text)
			if each != nil {
				each(e.Note.Text)
			}
			return nil
		},
		Patience: patience,
	}
	ends = c.Work(ctx, len(behaviours))
	return notes, ends
}

func TestWorkersShareTheWork(t *testing.T) {
	t.Parallel()
	notes, ends := crew(t, t.Context(), time.Minute, nil, "works", "works", "works")
	slices.Sort(notes)
	if len(notes) != 3 || !strings.HasPrefix(notes[0], "A on server-") || !strings.HasPrefix(notes[1], "B on server-") || !strings.HasPrefix(notes[2], "C on server-") {
		t.Errorf("wanted A, B and C once each; got %q", notes)
	}
	for _, e := range ends {
		if e.Lost != "" || e.Error != "" || e.Interrupted != "" {
			t.Errorf("a worker ended so: %+v", e)
		}
	}
}

// What a dead worker held is nobody's any more, is told, and is not given to others, who are not left waiting.
func TestADeadWorkerKeepsNothing(t *testing.T) {
	t.Parallel()
	notes, ends := crew(t, t.Context(), time.Minute, nil, "dies holding", "finds it gone")
	if !slices.Contains(notes, "out of use: true") && !slices.Contains(notes, "out of use: false") {
		t.Errorf("the other worker got no answer: %q", notes)
	}
	if e := ends[0]; !strings.Contains(e.Lost, "killed") || !strings.Contains(e.Lost, "the last words") || !slices.Equal(e.Held, []string{"server-1"}) && slices.Contains(notes, "holds server-1<nil>") {
		t.Errorf("the dead worker ended so: %+v", e)
	}
}

func TestARetiredServerIsNobodys(t *testing.T) {
	t.Parallel()
	notes, _ := crew(t, t.Context(), time.Minute, nil, "retires")
	if !slices.Equal(notes, []string{"free again: false"}) {
		t.Errorf("got %q", notes)
	}
}

// Who does not wait any more gets nothing later, and keeps it from nobody.
func TestALeaseThatIsGivenUp(t *testing.T) {
	t.Parallel()
	notes, _ := crew(t, t.Context(), time.Minute, nil, "gives up")
	if !slices.Equal(notes, []string{"waited: context deadline exceeded", "then: <nil>"}) {
		t.Errorf("got %q", notes)
	}
}

func TestWorkersThatCannotWork(t *testing.T) {
	t.Parallel()
	_, ends := crew(t, t.Context(), time.Minute, nil, "speaks nonsense", "refuses")
	if !strings.Contains(ends[0].Lost, "none of the protocol") {
		t.Errorf("nonsense: %+v", ends[0])
	}
	if ends[1].Error != "no such server" || ends[1].Lost != "" {
		t.Errorf("refuses: %+v", ends[1])
	}
	c := Crew{Command: func(ctx context.Context, _ int) *exec.Cmd { return exec.CommandContext(ctx, "./no-such-program") }}
	if e := c.Work(t.Context(), 1)[0]; !strings.Contains(e.Lost, "no-such-program") {
		t.Errorf("no such program: %+v", e)
	}
}

// A worker is told that the run is over, and given time; one that takes more is killed.
func TestWorkersAreTold(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	waiting := 0
	_, ends := crew(t, ctx, 2*time.Second, func(string) {
		if waiting++; waiting == 2 {
			cancel()
		}
	}, "waits to be told", "never ends")
	if ends[0].Interrupted != "interrupted" || ends[0].Lost != "" {
		t.Errorf("the worker that listens: %+v", ends[0])
	}
	if ends[1].Lost == "" {
		t.Errorf("the worker that does not: %+v", ends[1])
	}
}

// notified tells of the signal that ends a worker.
func notified() <-chan os.Signal {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	return told
}

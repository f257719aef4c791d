package driver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/exchange"
)

const runSecret = "s3cr3t-key-of-the-run"

var redacting = Options{Redactor: exchange.NewRedactor(map[string]string{runSecret: "$SECRET_KEY"}), MaxLine: 64 << 10}

func status(r Response) string {
	if r.Result == nil || r.Result.Job == nil || r.Result.Job.Status == nil {
		return fmt.Sprintf("%+v", r)
	}
	return *r.Result.Job.Status
}

func TestRequestsSideBySide(t *testing.T) {
	t.Parallel()
	p, err := start(t, "good", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if h := p.Hello(); h.String() != "c 1" || h.Concurrency() != 8 || !h.Has(ShowJob) || h.Has(ShowServer) || !h.Takes(WithToken) {
		t.Errorf("hello %+v", h)
	}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			id := "job-" + strconv.Itoa(i)
			r, err := p.Do(t.Context(), Request{Operation: ShowJob, JobID: id})
			if err != nil || status(r) != id {
				t.Errorf("%s: got %s, %v", id, status(r), err)
			}
		})
	}
	all.Wait()
	if err := p.Close(); err != nil {
		t.Errorf("the end: %v", err)
	}
	var f *Failure
	if _, err := p.Do(t.Context(), Request{Operation: ShowJob}); !errors.As(err, &f) || f.Cause != Closed {
		t.Errorf("after the end: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("the second end: %v", err)
	}
}

func TestResponsesInAnyOrder(t *testing.T) {
	t.Parallel()
	p, err := start(t, "backwards", Options{})
	if err != nil {
		t.Fatal(err)
	}
	ask := func(id, job string) <-chan string {
		told := make(chan string, 1)
		go func() {
			r, err := p.Do(t.Context(), Request{ID: id, Operation: ShowJob, JobID: job})
			switch {
			case err != nil:
				told <- err.Error()
			case r.Error != nil:
				told <- "error " + r.Error.Code
			default:
				told <- "status " + status(r)
			}
		}()
		return told
	}
	first := ask("x", "a")
	for p.Down() == nil { // until the first is on its way
		p.mu.Lock()
		sent := len(p.waiting) > 0
		p.mu.Unlock()
		if sent {
			break
		}
		runtime.Gosched()
	}
	if _, err := p.Do(t.Context(), Request{ID: "x", Operation: ShowJob}); err == nil || !strings.Contains(err.Error(), `a second request with the id "x"`) {
		t.Errorf("the same id again: %v", err)
	}
	second := ask("y", "b")
	// Which of the two lines the driver reads first is open. It answers the later one first, with an error; each must get what names its own job.
	if a, b := <-first, <-second; (a != "status a" || b != "error b") && (a != "error a" || b != "status b") {
		t.Errorf("got %q for a, %q for b", a, b)
	}
}

func TestHellos(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part  string
		cause Cause
		want  []string
	}{
		{"dies at once", NoHello, []string{"exit status 7", "cannot load its library"}},
		{"mute", NoHello, []string{"within 300ms", "flush"}},
		{"banner", NoHello, []string{"Welcome to the client", "standard error"}},
		{"hello of another kind", NoHello, []string{"protocol"}},
		{"long hello", TooLong, []string{"65536 bytes"}},
		{"bad hello", BadHello, []string{"protocol: wanted 1, got 2", "name: wanted", `"showjob" is none; did you mean "showJob"?`, `showServer has no option "dry_run"`,
			`"tokens" is none; did you mean "token"?`, "in_flight"}},
	} {
		o := redacting
		if c.part == "mute" {
			o.HelloWithin = 300 * time.Millisecond
		}
		_, err := start(t, c.part, o)
		var f *Failure
		if !errors.As(err, &f) || f.Cause != c.cause {
			t.Errorf("%s: got %v, want %q", c.part, err, c.cause)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %q lacks %q", c.part, err, want)
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, quoted(os.Args[0]), Options{Env: []string{actor + "=mute"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestDriversThatBreakTheProtocol(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part  string
		cause Cause
		want  []string
	}{
		{"crash", Exited, []string{"exit status 3", "first", "panic: with the secret $SECRET_KEY"}},
		{"garbage", Garbage, []string{"not one JSON object", "connected with $SECRET_KEY", "standard error"}},
		{"two values", Garbage, []string{"not one JSON object"}},
		{"half", HalfLine, []string{"within a line", `{\"id\":`, "exit status 0"}},
		{"too long", TooLong, []string{"longer than 65536"}},
		{"endless line", TooLong, []string{"longer than 65536"}},
		{"empty lines", Garbage, []string{"empty lines"}},
		{"flood", UnknownID, []string{`"flood-0"`}},
		{"unasked", UnknownID, []string{`"77"`}},
		{"number id", BadResponse, []string{"the id of the request, a string"}},
		{"closes output", ClosedOutput, []string{"goes on without"}},
	} {
		t.Run(c.part, func(t *testing.T) {
			t.Parallel()
			p, err := start(t, c.part, redacting)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			_, err = p.Do(ctx, Request{Operation: ShowJob, JobID: "j"})
			var f *Failure
			if !errors.As(err, &f) || f.Cause != c.cause {
				t.Fatalf("got %v, want %q", err, c.cause)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
			if strings.Contains(err.Error(), runSecret) || len(err.Error()) > 4000 {
				t.Errorf("%d bytes, or a secret: %v", len(err.Error()), err)
			}
			if _, again := p.Do(ctx, Request{Operation: ShowJob}); again == nil || again.Error() != err.Error() {
				t.Errorf("afterwards: %v, want the same failure", again)
			}
			if err := p.Close(); err != nil {
				t.Errorf("the end of a driver that broke down: %v", err)
			}
		})
	}
}

// What is wrong with one response says nothing about the others.
func TestResponsesThatAreWrong(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]string{"neither": "got neither", "wrong type": "status", "wrong kind": `"http" is none; wanted one of api, network`} {
		p, err := start(t, part, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			_, err = p.Do(t.Context(), Request{Operation: ShowJob})
			var f *Failure
			if !errors.As(err, &f) || f.Cause != BadResponse || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v, want %q", part, err, want)
			}
		}
		if p.Down() != nil {
			t.Errorf("%s: the driver is given up: %v", part, p.Down())
		}
	}
}

func TestSecondResponse(t *testing.T) {
	t.Parallel()
	p, err := start(t, "twice", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Do(t.Context(), Request{Operation: ShowJob}); err != nil {
		t.Fatal(err)
	}
	<-p.down
	var f *Failure
	if err := p.Down(); !errors.As(err, &f) || f.Cause != DuplicateID {
		t.Errorf("got %v", err)
	}
}

func TestDriverThatIsSilent(t *testing.T) {
	t.Parallel()
	within := func(d time.Duration) context.Context {
		ctx, cancel := context.WithTimeoutCause(t.Context(), d, errors.New("the limit of the test"))
		t.Cleanup(cancel)
		return ctx
	}
	p, err := start(t, "hang", Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Do(within(500*time.Millisecond), Request{Operation: ShowJob})
	var f *Failure
	if !errors.As(err, &f) || f.Cause != Silent || !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "the limit of the test") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("interrupted"))
	if _, err = p.Do(ctx, Request{Operation: ShowJob}); err == nil || err.Error() != "interrupted" {
		t.Errorf("cancelled: got %v", err)
	}

	// It is late with one response and good again afterwards.
	p, err = start(t, "hang at first", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.Do(within(500*time.Millisecond), Request{Operation: ShowJob, JobID: "late"}); !errors.As(err, &f) || f.Cause != Silent {
		t.Errorf("got %v", err)
	}
	for range 9 {
		if r, err := p.Do(within(10*time.Second), Request{Operation: ShowJob, JobID: "x"}); err != nil {
			t.Fatalf("after the late one: %+v, %v", r, err)
		}
	}

	p, err = start(t, "deaf", Options{EndWithin: 10 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.Do(within(50*time.Millisecond), Request{Operation: ShowJob, JobID: strings.Repeat("x", 1<<20)}); !errors.As(err, &f) || f.Cause != NotReading {
		t.Errorf("a driver that does not read: got %v", err)
	}
	if err := p.Close(); !errors.As(err, &f) || f.Cause != NotEnding {
		t.Errorf("a driver that does not end: got %v", err)
	}
}

// A driver that never comes back, and takes one request at a time, is ended, and told as silent: that it was ended is not what is wrong with it.
func TestDriverThatIsEndedForItsSilence(t *testing.T) {
	t.Parallel()
	for range 20 { // what is seen first of a program that is killed changes from one time to the next
		p, err := start(t, "in order", Options{EndWithin: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		p.slots <- struct{}{}
		p.mu.Lock()
		p.abandoned["gone"] = true
		p.mu.Unlock()
		var f *Failure
		if _, err = p.Do(t.Context(), Request{Operation: ShowJob}); !errors.As(err, &f) || f.Cause != Silent || p.Down() == nil {
			t.Fatalf("behind a request without end: got %v", err)
		}
	}
}

func TestNoiseOnStandardError(t *testing.T) {
	t.Parallel()
	var kept strings.Builder
	o := redacting
	o.Stderr = &kept
	p, err := start(t, "noise", o)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.Do(t.Context(), Request{Operation: ShowJob, JobID: "j"}); err != nil || status(r) != "j" {
		t.Errorf("got %+v, %v", r, err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if text := p.Stderr(); !strings.HasSuffix(text, "the end") || len(text) > 64<<10 || strings.Contains(text, runSecret) {
		t.Errorf("the last lines are %d bytes: %.300s", len(text), text)
	}
	if kept.Len() > loggedMost+100 || !strings.HasSuffix(kept.String(), "more than is kept\n") {
		t.Errorf("%d bytes were kept", kept.Len())
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	for part, want := range map[string]Cause{"stays": NotEnding, "ends badly": BadEnd, "says goodbye": LateOutput} {
		o := Options{}
		if part == "stays" {
			o.EndWithin = 20 * time.Millisecond
		}
		p, err := start(t, part, o)
		if err != nil {
			t.Fatal(err)
		}
		var f *Failure
		if err := p.Close(); !errors.As(err, &f) || f.Cause != want {
			t.Errorf("%s: got %v, want %q", part, err, want)
		}
	}
}

// What a driver started ends with it, also when it holds its output open.
func TestChildrenEndToo(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	p, err := start(t, "child", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Do(t.Context(), Request{Operation: ShowJob, JobID: listener.Addr().String()}); err != nil {
		t.Fatal(err)
	}
	child, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Close(); err != nil {
		t.Errorf("the end: %v", err)
	}
	_ = child.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := child.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("the child lives on")
	}
}

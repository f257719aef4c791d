package driver

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"
)

func TestCheckFindsWhatIsWrongInADriver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		part, name string
		standing   Standing
		want       string
	}{
		{"good", "showJob", Breaks, "a result is told, but no request came to http://127.0.0.1:"},
		{"good", "nothing listens", Breaks, "a result is told"},
		{"good", "side by side", Breaks, "not under way at a time, though in_flight is 8"},
		{"good", "time limit", Skipped, "declares no time limit"},
		{"good", "end", Fine, ""},
		{"crash", "showJob", Breaks, `exited: it ended before its input did (exit status 3); last on standard error: "panic`},
		{"crash", "ids", Skipped, "had broken down"},
		{"dies at once", "hello", Breaks, "exit status 7"},
		{"bad hello", "hello", Breaks, "did you mean"},
		{"wrong kind", "showJob", Breaks, `"http" is none`},
		{"neither", "ids", Breaks, "got neither"},
		{"ends badly", "end", Breaks, "exit status 5"},
		{"refuses", "showJob", Breaks, "the driver says unsupported: no jobs here"},
		{"is strict", "showJob", Look, "no request came"},
		{"is strict", "error of the API", Look, "validation: no"},
		{"tells secrets", "end", Look, "a secret"},
	} {
		found := map[string]Finding{}
		err := Check(t.Context(), quoted(os.Args[0]), Options{Env: []string{actor + "=" + c.part}}, func(f Finding) { found[f.Name] = f })
		if err != nil {
			t.Errorf("%s: %v", c.part, err)
		}
		if f := found[c.name]; f.Standing != c.standing || !strings.Contains(f.Detail, c.want) {
			t.Errorf("%s, %s: got %+v, want %s with %q", c.part, c.name, f, c.standing, c.want)
		}
	}
	var f *Failure
	if err := Check(t.Context(), "./no-such-driver", Options{}, func(Finding) {}); !errors.As(err, &f) || f.Cause != NotStarted {
		t.Errorf("no program: %v", err)
	}
}

func TestCommandLines(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`./d --x 1`:             `./d|--x|1`,
		`  d  'a b' "c \"d\"" `: `d|a b|c "d"`,
		`d a\ b "\n" ''`:        `d|a b|\n|`,
		`d '|'`:                 `d||`,
		`d x'y'"z"`:             `d|xyz`,
	} {
		if got, err := Split(line); err != nil || strings.Join(got, "|") != want {
			t.Errorf("%s: got %q, %v", line, got, err)
		}
	}
	for line, want := range map[string]string{
		``: "names no program", `'' a`: "names no program", `d 'a`: "no end", `d \`: "backslash", `a | b`: "no shell", `a && b`: "no shell",
	} {
		if got, err := Split(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %q, %v; want %q", line, got, err, want)
		}
	}
	for program, want := range map[string]string{"command.go": "did you mean ./command.go?", "no-such-program": "in PATH", "./testless": "no program"} {
		if got, err := find(program, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %s, %v; want %q", program, got, err, want)
		}
	}
}

// A driver that is slower than the patience is told to be silent, and what to do.
func TestCheckHasPatience(t *testing.T) {
	t.Parallel()
	var found []Finding
	o := Options{Env: []string{actor + "=hang"}, Patience: 200 * time.Millisecond}
	if err := Check(t.Context(), quoted(os.Args[0]), o, func(f Finding) { found = append(found, f) }); err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		if f.Name == "hello" {
			continue
		}
		if f.Standing != Breaks || !strings.Contains(f.Detail, "silent: no response") || !strings.Contains(f.Next, "--patience") {
			t.Errorf("got %+v, want that it is silent, and --patience as a way out", f)
		}
		return // what comes after it waits for the driver, too
	}
	t.Error("no check but the hello")
}

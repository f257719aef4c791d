package driver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// steadily starts a shell script as a driver. n is how often the script was started before.
func steadily(t *testing.T, script string) *Steady {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "driver")
	text := fmt.Sprintf(`#!/bin/sh
n=$(cat %[1]s/starts 2>/dev/null || echo 0)
echo $((n + 1)) >%[1]s/starts
hello() { echo '{"protocol":1,"name":"'"$1"'","version":"1","operations":{"showJob":[]},"credentials":["token"]}'; }
answer() { while read -r request; do id=${request#*'"id":"'}; echo '{"id":"'"${id%%%%'"'*}"'","result":{}}'; done; }
%[2]s
`, dir, script)
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := StartSteady(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func ask(t *testing.T, s *Steady) error {
	t.Helper()
	_, err := s.Do(t.Context(), Request{Operation: ShowJob, JobID: "j", Credentials: Credentials{Token: "t"}})
	return err
}

// A driver that breaks down spoils the call in which it did, and is there for the next one.
func TestSteadyStartsAgain(t *testing.T) {
	t.Parallel()
	s := steadily(t, `hello c; [ "$n" -gt 0 ] || { read -r request; exit 3; }; answer`)
	var failure *Failure
	if err := ask(t, s); !errors.As(err, &failure) || failure.Cause != Exited {
		t.Errorf("the first call: got %v, want that the driver exited", err)
	}
	for range 2 {
		if err := ask(t, s); err != nil {
			t.Errorf("a later call: %v", err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := ask(t, s); !errors.As(err, &failure) || failure.Cause != Closed {
		t.Errorf("after the end: got %v", err)
	}
}

// One that breaks down every time is given up, with what to do.
func TestSteadyGivesUp(t *testing.T) {
	t.Parallel()
	s := steadily(t, `hello c; read -r request; exit 3`)
	for range MostStarts {
		if err := ask(t, s); err == nil || strings.Contains(err.Error(), "not started again") {
			t.Fatalf("got %v, want the failure of each start", err)
		}
	}
	if err := ask(t, s); err == nil || !strings.Contains(err.Error(), "started 10 times") || !strings.Contains(err.Error(), "driver check") {
		t.Errorf("got %v", err)
	}
}

// A client is the same all the time.
func TestSteadyKeepsItsHello(t *testing.T) {
	t.Parallel()
	s := steadily(t, `hello c$n; read -r request; exit 3`)
	_ = ask(t, s) // it breaks down
	var failure *Failure
	for range 2 {
		if err := ask(t, s); !errors.As(err, &failure) || failure.Cause != BadHello {
			t.Errorf("got %v, want that it says something else about itself", err)
		}
	}
}

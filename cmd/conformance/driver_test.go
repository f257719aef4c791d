package main

import (
	"strings"
	"testing"
)

func TestDriverCommands(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		code int
		want string // on stdout, or on stderr with exit code 2
	}{
		{[]string{"driver", "schema", "hello"}, exitConforms, `"title": "Hello: the first line of a driver"`},
		{[]string{"driver", "schema", "goodbye"}, exitUsage, `"goodbye"`},
		{[]string{"driver", "check", "./no-such-driver"}, exitUsage, "not started: no program"},
		{[]string{"driver", "check", "true"}, exitDeviates, "NOT IN ORDER  true: 0 ok, 0 to look at, 1 against the protocol"},
		{[]string{"driver", "check", "a | b"}, exitUsage, "no shell runs it"},
		{[]string{"driver", "check"}, exitUsage, "wanted COMMAND, got no argument"},
	} {
		got := call(t, c.args...)
		out := got.stdout
		if c.code == exitUsage {
			out = got.stderr
		}
		if got.code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%v: exit code %d, want %d with %q\n%s%s", c.args, got.code, c.code, c.want, got.stdout, got.stderr)
		}
	}
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// TestMain lets the test binary stand in for the program, so that tests can kill a real process.
func TestMain(m *testing.M) {
	if os.Getenv("CONFORMANCE_TEST_AS_PROGRAM") == "1" {
		if status := os.Getenv("CONFORMANCE_TEST_STATUS"); status != "" {
			// What Linux says of the process in the end. Its resource usage will not do: there the peak of the parent counts, too.
			code := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
			if told, err := os.ReadFile("/proc/self/status"); err == nil {
				_ = os.WriteFile(status, told, 0o600) // that it is not there tells the test
			}
			os.Exit(code)
		}
		main()
		return
	}
	os.Exit(m.Run())
}

// program is a command that runs the program in a process of its own.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), "CONFORMANCE_TEST_AS_PROGRAM=1")
	return cmd
}

// outcome of a call of the program.
type outcome struct {
	code           int
	stdout, stderr string
}

// outcomeOf runs a program to its end, whichever that is: its exit code is part of what it says, -1 where it could not be started or was killed.
func outcomeOf(cmd *exec.Cmd) outcome {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		fmt.Fprintln(&stderr, err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// call runs the program within this process.
func call(t *testing.T, args ...string) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// results reads the verdicts of a run from results.json, by "requirement title".
func results(t *testing.T, dir string) map[string]journal.Verdict {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Results []struct {
			Requirement string          `json:"requirement"`
			Title       string          `json:"title"`
			Verdict     journal.Verdict `json:"verdict"`
		} `json:"results"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	verdicts := map[string]journal.Verdict{}
	for _, r := range file.Results {
		verdicts[r.Requirement+" "+r.Title] = r.Verdict
	}
	return verdicts
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

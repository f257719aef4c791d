package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v3"

	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// What init writes, run and doctor take: with an inventory, and with nothing named at all.
func TestInitWritesWhatRunTakes(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := serve(t)
	dir := t.TempDir()
	t.Chdir(dir)
	data, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := ""
	for line := range strings.Lines(string(data)) {
		if value, is := strings.CutPrefix(strings.TrimSpace(line), "endpoint: "); is {
			endpoint = strings.Trim(value, `"`)
		}
	}
	for name, args := range map[string][]string{
		"cloud.yaml":    {"--server", endpoint, "--auth", "inventory", "--inventory", inventory, "--budget", "orders=0,minutes=5"},
		"reading.yaml":  {"--server", endpoint, "--auth", "inventory", "--inventory", inventory, "--read-only"},
		"embedded.yaml": {"--profile", "cn"},
	} {
		if got := call(t, append([]string{"init", "--out", name}, args...)...); got.code != exitConforms || !strings.Contains(got.stdout, name+" is written") {
			t.Fatalf("init %v: exit code %d\n%s", args, got.code, got.stderr)
		}
		if got := call(t, "run", "--config", name, "--requirement", "RSZ-URI-001", "--reports", filepath.Join(dir, "reports")); got.code != exitConforms {
			text, _ := os.ReadFile(name)
			t.Errorf("run --config %s: exit code %d\n%s%s\n%s", name, got.code, got.stdout, got.stderr, text)
		}
	}
	if got := call(t, "doctor", "--config", "cloud.yaml", "--requirement", "RSZ-URI-001"); got.code != exitConforms {
		t.Errorf("doctor: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// Every way of signing in names variables, and none of them a secret.
func TestInitNamesVariables(t *testing.T) {
	t.Setenv("CONFORMANCE_TOKEN", "s3cret")
	t.Setenv("CONFORMANCE_SECRET_KEY", "s3cret")
	for auth, want := range map[string]string{"token": "CONFORMANCE_TOKEN", "aksk": "CONFORMANCE_SECRET_KEY", "user": "CONFORMANCE_PASSWORD", "inventory": "The inventory says it"} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		got := call(t, "init", "--server", "https://ecs.example.com", "--auth", auth, "--provision", "stopped,running", "--out", path)
		data, err := os.ReadFile(path)
		if got.code != exitConforms || err != nil {
			t.Fatalf("%s: exit code %d, %v\n%s", auth, got.code, err, got.stderr)
		}
		if text := string(data); !strings.Contains(text, want) || strings.Contains(text, "s3cret") {
			t.Errorf("%s:\n%s", auth, text)
		}
		var keys map[string]any
		if err := yaml.Unmarshal(data, &keys); err != nil {
			t.Fatalf("%s: %v", auth, err)
		}
		for key := range keys {
			if !slices.ContainsFunc(target.Describe(), func(f target.Field) bool { return f.Name == key && !f.Secret }) {
				t.Errorf("%s: the key %q is no setting, or one that is secret", auth, key)
			}
		}
	}
}

func TestInitReplacesNothingUnasked(t *testing.T) {
	path := write(t, "conformance.yaml", "mine\n")
	got := call(t, "init", "--out", path)
	if got.code != exitUsage || !strings.Contains(got.stderr, "--force") {
		t.Errorf("exit code %d, %s", got.code, got.stderr)
	}
	if data, _ := os.ReadFile(path); string(data) != "mine\n" {
		t.Errorf("it was replaced by %q", data)
	}
	if got := call(t, "init", "--out", path, "--force"); got.code != exitConforms || !strings.Contains(got.stderr, "nothing was asked") {
		t.Errorf("exit code %d, %s", got.code, got.stderr)
	}
	if data, _ := os.ReadFile(path); !strings.Contains(string(data), "profile: intl") {
		t.Errorf("%s", data)
	}
}

// On a terminal it asks, again where an answer will not do.
func TestInitAsks(t *testing.T) {
	flags := initFlags{out: "c.yaml", settings: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	target.Bind(flags.settings)
	var out bytes.Buffer
	text, err := flags.compose(&questioner{bufio.NewReader(strings.NewReader("ecs.example.com\nhttps://ecs.example.com\notcc\notc\nakks\naksk\nmake\nservers=many\nservers=2,orders=0\n")), &out})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"server: https://ecs.example.com\n", "profile: otc\n", "CONFORMANCE_ACCESS_KEY", "provision: [stopped, running]\n", "budget: [servers=2, orders=0]\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, want := range []string{"1/5", "wanted a base URL", "2/5", `did you mean "otc"?`, "3/5", `did you mean "aksk"?`, "4/5", "5/5"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q was not said:\n%s", want, out.String())
		}
	}
	// A signal ends it, although nobody answers.
	silent, closing := io.Pipe()
	defer closing.Close()
	given, stop := context.WithCancel(t.Context())
	stop()
	waiting := initFlags{settings: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	target.Bind(waiting.settings)
	ask := func() (string, error) { return waiting.compose(&questioner{bufio.NewReader(silent), io.Discard}) }
	if _, err := answered(given, ask); !errors.Is(err, errUnanswered) {
		t.Errorf("a signal while it asks: got %v", err)
	}
	unanswered := initFlags{settings: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	target.Bind(unanswered.settings)
	if _, err := unanswered.compose(&questioner{bufio.NewReader(strings.NewReader("")), &out}); err == nil {
		t.Error("a terminal that was closed answers nothing, and that passes")
	}
}

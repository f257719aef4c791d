package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"

	"resize-conformance/harness/racedetector"
)

// example is one line of a command's examples.
type example struct {
	command string // whose help has it
	line    string
}

// examplesOf collects the examples of a command and of those below it.
func examplesOf(cmd *cobra.Command) (all []example) {
	comment := regexp.MustCompile(`\s{2,}.*$|\s+#.*$|\s+&$`)
	for line := range strings.Lines(cmd.Example) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "conformance ") {
			all = append(all, example{cmd.CommandPath(), comment.ReplaceAllString(line, "")})
		}
	}
	for _, sub := range cmd.Commands() {
		all = append(all, examplesOf(sub)...)
	}
	return all
}

// narrowed are examples that would take long: flags are added that have them do less. Whole runs and selftests are made elsewhere.
func narrowed() map[string][]string {
	return map[string][]string{
		"conformance selftest":                                                                                                     {"--profile", "intl", "--orders", "1", "--only", "missing-flavor-accepted"},
		"conformance selftest --side client":                                                                                       {"--profile", "intl", "--orders", "1", "--only", "job-id-without-dashes"},
		"conformance selftest --only missing-flavor-accepted --only gzip":                                                          {"--profile", "intl", "--orders", "1"},
		"conformance run --server http://127.0.0.1:9000 --inventory servers.yaml":                                                  {"--requirement", "RSZ-URI", "--reports", "reports/url"},
		"conformance run --inventory servers.yaml":                                                                                 {"--requirement", "RSZ-URI-001", "--reports", "reports/served"},
		"conformance run --config huawei.yaml --requirement RSZ-JOB,RSZ-DRY --fail-fast":                                           {"--requirement", "RSZ-DRY", "--reports", "reports/config"},
		`conformance run --label "level:must && !needs:mode" --shard 1/3 --reports reports/1`:                                      {"--focus", "RSZ-URI"},
		"conformance doctor --config huawei.yaml":                                                                                  {"--requirement", "RSZ-URI"},
		"conformance doctor --inventory servers.yaml --requirement RSZ-JOB":                                                        {"--requirement", "RSZ-JOB-001"},
		"conformance merge shard-*/journal.jsonl --reports reports":                                                                {"--reports", "reports/merged"}, // others look at the whole run
		"conformance check session.har":                                                                                            {"--reports", "reports/session"},
		"conformance check --server ecs.eu-de.example.com before.har after.har":                                                    {"--reports", "reports/before"},
		"conformance proxy --upstream http://127.0.0.1:9000 -- go test ./...":                                                      {"--reports", "reports/proxy"},
		"conformance proxy --upstream https://ecs.eu-de.example.com --upstream-host ecs.eu-de.example.com --listen 127.0.0.1:8080": {"--reports", "reports/named"},
	}
}

// ending are the exit codes, beside 0, with which an example may end where it is aimed at what this test has for it.
func ending() map[string]int {
	return map[string]int{
		// Nothing comes to a proxy that is ended at once, and nothing that can be judged is asked by what stands for a client's tests.
		"conformance proxy --upstream http://127.0.0.1:9000 -- go test ./...":                                                      exitDeviates,
		"conformance proxy --upstream https://ecs.eu-de.example.com --upstream-host ecs.eu-de.example.com --listen 127.0.0.1:8080": exitDeviates,
		"conformance check --base-path /cloud --profile otc --reports reports/har session.har":                                     exitDeviates,
		"conformance check --profile otc reports/journal.jsonl":                                                                    exitDeviates, // it has not what intl has
		"conformance coverage --from a/journal.jsonl --from b":                                                                     exitDeviates, // of two runs of one promise
		"conformance spec diff intl otc":                                                                                           exitDeviates, "conformance spec diff intl cn --all": exitDeviates, "conformance spec diff intl cn --json": exitDeviates,
	}
}

// Every example in every help text is a command that works: it is run, in a folder with the files that it names, against the emulator.
func TestExamplesWork(t *testing.T) {
	racedetector.LeaveOut(t)
	inventory := workspace(t)
	all := examplesOf(newRoot(strings.NewReader(""), os.Stdout, os.Stderr))
	if len(all) < 50 {
		t.Errorf("only %d examples were found; is the way they are looked for still right?", len(all))
	}
	at := slices.IndexFunc(all, func(e example) bool { return e.line == "conformance run" }) // others look at its reports
	all[0], all[at] = all[at], all[0]
	for _, e := range all {
		t.Run(e.line, func(t *testing.T) {
			if err := os.WriteFile("servers.yaml", inventory, 0o600); err != nil {
				t.Fatal(err)
			}
			words := wordsOf(t, e.line)
			if strings.Contains(e.line, "driver.py") || strings.Contains(e.line, "./my-driver") {
				if _, err := exec.LookPath("python3"); err != nil {
					t.Skip("the driver of the example is in Python, which is not here")
				}
			}
			if strings.Contains(e.line, "--project-id") { // the others find a token in the inventory
				t.Setenv("CONFORMANCE_TOKEN", os.Getenv("EXAMPLE_TOKEN"))
			}
			dashes := slices.Index(words, "--")
			if dashes < 0 {
				dashes = len(words)
			}
			got := callUntilReady(t, slices.Insert(words, dashes, narrowed()[e.line]...))
			if got.code != exitConforms && got.code != ending()[e.line] {
				t.Errorf("%s: exit code %d\n%s%s", e.command, got.code, got.stdout, got.stderr)
			}
		})
	}
}

// workspace makes a folder with what the examples name, and goes there. The inventory of the server that is there is given back: an example writes another in its place.
func workspace(t *testing.T) (inventoryText []byte) {
	t.Helper()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	inventory := serve(t)
	served, err := os.ReadFile(inventory)
	if err != nil {
		t.Fatal(err)
	}
	endpoint := regexp.MustCompile(`(?m)^endpoint: "?(http[^"\s]*)`).FindSubmatch(served)
	if endpoint == nil {
		t.Fatalf("no endpoint in\n%s", served)
	}
	t.Setenv("EXAMPLE_ENDPOINT", string(endpoint[1]))
	t.Setenv("EXAMPLE_TOKEN", string(regexp.MustCompile(`(?m)^ +token: "?([^"\s]+)`).FindSubmatch(served)[1]))
	har, err := os.ReadFile(mitmproxyHAR)
	if err != nil {
		t.Fatal(err)
	}
	program, err := filepath.Abs(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	overlay, err := os.ReadFile(filepath.Join(repository, "spec/profiles/otc.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(filepath.Join(repository, "spec/openapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	elsewhere := bytes.ReplaceAll(har, []byte("127.0.0.1:19077"), []byte("ecs.eu-de.example.com"))
	for name, content := range map[string]string{
		"servers.yaml": string(served), "huawei.yaml": "inventory: servers.yaml\n", "world.yaml": worldIn(t),
		"session.har": string(har), "before.har": string(elsewhere), "after.har": string(elsewhere),
		"old.yaml": string(document), "new.yaml": string(document), "my.yaml": string(document), "my-overlay.yaml": string(overlay),
		"accepted.yaml": "accepted: []\n",
		"my-driver":     "#!/bin/sh\nexec python3 suites/clients/examples/python/driver.py\n",
		// What stands for the tests of a client that is sent through a proxy.
		"bin/go": "#!/bin/sh\nCONFORMANCE_TEST_AS_PROGRAM=1 exec '" + program + "' infer --server \"$CONFORMANCE_PROXY\" --inventory servers.yaml\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"spec", "suites"} {
		if err := os.Symlink(filepath.Join(repository, name), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"reports/clients/one", "reports/clients/other", "eu-de", "eu-nl", "a", "b", "old", "new"} {
		path := filepath.Join(dir, name)
		if got := call(t, "run", "--requirement", "RSZ-URI-001", "--quiet", "--reports", path); got.code != exitConforms {
			t.Fatalf("%s: %s", name, got.stderr)
		}
	}
	for _, part := range []string{"1", "2"} {
		if got := call(t, "run", "--requirement", "RSZ-URI-001,RSZ-URI-002", "--shard", part+"/2", "--quiet", "--reports", filepath.Join(dir, "shard-"+part)); got.code != exitConforms {
			t.Fatalf("shard %s: %s", part, got.stderr)
		}
	}
	if got := call(t, "record", filepath.Join(dir, "eu-de"), "--out", filepath.Join(dir, "real.fixture")); got.code != exitConforms {
		t.Fatalf("real.fixture: %s", got.stderr)
	}
	t.Setenv("PATH", filepath.Join(dir, "bin")+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Chdir(dir)
	return served
}

// worldIn is the state file that README.md shows.
func worldIn(t *testing.T) string {
	t.Helper()
	found := regexp.MustCompile("(?s)```yaml\n(# world\\.yaml.*?)```").FindStringSubmatch(readREADME(t))
	if found == nil {
		t.Fatal("README.md shows no world.yaml")
	}
	return found[1]
}

// wordsOf splits a line as a shell does, without the program's name, with the addresses in it replaced by what is there.
func wordsOf(t *testing.T, line string) (words []string) {
	t.Helper()
	for _, w := range regexp.MustCompile(`"[^"]*"|'[^']*'|\S+`).FindAllString(line, -1)[1:] {
		quoted := strings.ContainsAny(w[:1], `"'`)
		w = strings.Trim(w, `"'`)
		w = regexp.MustCompile(`^(http://127\.0\.0\.1:9000|https://ecs\..*example\.com)$`).ReplaceAllString(w, os.Getenv("EXAMPLE_ENDPOINT"))
		w = regexp.MustCompile(`^127\.0\.0\.1:(9000|8080)$`).ReplaceAllString(w, "127.0.0.1:0")
		if found, _ := filepath.Glob(w); !quoted && strings.Contains(w, "*") && len(found) > 0 {
			words = append(words, found...)
			continue
		}
		words = append(words, w)
	}
	return words
}

// callUntilReady runs the program, and ends it when it says that it serves.
func callUntilReady(t *testing.T, args []string) outcome {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	var stdout, stderr watchedBuffer
	for _, b := range []*watchedBuffer{&stdout, &stderr} {
		b.seen = func(text string) {
			if slices.Contains(args, "--") {
				return // it ends when the command behind the dashes does
			}
			if strings.HasPrefix(text, "serving ") || strings.HasPrefix(text, "playing ") || strings.HasPrefix(text, "endpoint: ") {
				end()
			}
		}
	}
	code := run(ctx, args, strings.NewReader(""), &stdout, &stderr)
	return outcome{code, stdout.String(), stderr.String()}
}

// watchedBuffer tells what it holds whenever something comes.
type watchedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen func(string)
}

func (b *watchedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, err := b.text.Write(p)
	b.seen(b.text.String())
	return n, err
}

func (b *watchedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

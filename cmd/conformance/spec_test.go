package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/racedetector"
	"resize-conformance/spec"
)

// changed is the built-in contract with one text in the place of another, as a file.
func changed(t *testing.T, old, now string) string {
	t.Helper()
	if !strings.Contains(string(spec.Contract), old) {
		t.Fatalf("the contract has no %q", old)
	}
	return write(t, "openapi.yaml", strings.Replace(string(spec.Contract), old, now, 1))
}

func TestSpecLint(t *testing.T) {
	racedetector.LeaveOut(t)
	good := call(t, "spec", "lint")
	if good.code != exitConforms || !strings.HasPrefix(good.stdout, "IN ORDER") || strings.Count(good.stdout, "\n") != 1 {
		t.Errorf("the built-in contract: exit code %d\n%s%s", good.code, good.stdout, good.stderr)
	}
	for _, p := range contract.Profiles() {
		if !strings.Contains(good.stdout, p) {
			t.Errorf("profile %s was not checked: %s", p, good.stdout)
		}
	}

	file := changed(t, "codes: [Ecs.0114, Ecs.0614]", "codes: [ECS.0114, Ecs.0614]")
	bad := call(t, "spec", "lint", file)
	if bad.code != exitDeviates {
		t.Errorf("exit code %d, want 1\n%s", bad.code, bad.stderr)
	}
	for _, want := range []string{file + ":", "requirement-code", "at ", "/codes/0", `"ECS.0114"`, "wanted  error codes are spelled", "next ", "NOT IN ORDER", fmt.Sprintf("%d profiles", len(contract.Profiles()))} {
		if !strings.Contains(bad.stdout, want) {
			t.Errorf("the screen lacks %q:\n%s", want, bad.stdout)
		}
	}
	var report struct {
		Profiles []string
		Findings []struct {
			Rule, File, Pointer, Found, Wanted, Next string
			Line, Column                             int
			Profiles                                 []string
		}
	}
	asJSON := call(t, "spec", "lint", file, "--json", "--profile", "intl,cn")
	if err := json.Unmarshal([]byte(asJSON.stdout), &report); err != nil || asJSON.code != exitDeviates {
		t.Fatalf("exit code %d, %v:\n%s", asJSON.code, err, asJSON.stdout)
	}
	if len(report.Findings) != 1 || len(report.Profiles) != 2 {
		t.Fatalf("%+v", report)
	}
	f := report.Findings[0]
	line := strings.Split(strings.Replace(string(spec.Contract), "codes: [Ecs.0114", "codes: [ECS.0114", 1), "\n")[f.Line-1]
	if f.File != file || !strings.HasPrefix(line[f.Column-1:], "ECS.0114") || len(f.Profiles) != 2 {
		t.Errorf("%+v, where the line is %q", f, line)
	}
}

// An edited overlay is checked as it is now, not as it was when the program was built.
func TestSpecLintTakesTheOverlaysBesideTheFile(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "profiles"), 0o755); err != nil {
		t.Fatal(err)
	}
	file, overlay := filepath.Join(dir, "openapi.yaml"), filepath.Join(dir, "profiles", "mine.yaml")
	for name, text := range map[string]string{file: string(spec.Contract), overlay: "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n  - target: $.nowhere\n    remove: true\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got := call(t, "spec", "lint", file)
	if got.code != exitDeviates || !strings.Contains(got.stdout, overlay+":4:5  overlay-action") || strings.Contains(got.stdout, "otc") {
		t.Errorf("exit code %d:\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// What is shown is a contract by itself, and the same one.
func TestSpecShowRoundTrips(t *testing.T) {
	racedetector.LeaveOut(t)
	for _, profile := range contract.Profiles() {
		t.Run(profile, func(t *testing.T) {
			want := contracttest.Profile(t, profile)
			for _, form := range []string{"yaml", "json"} {
				args := []string{"spec", "show", "--profile", profile}
				if form == "json" {
					args = append(args, "--json")
				}
				shown := call(t, args...)
				if again := call(t, args...); again.stdout != shown.stdout || shown.code != exitConforms {
					t.Fatalf("%s: exit code %d, or not the same twice\n%s", form, shown.code, shown.stderr)
				}
				if form == "json" && !json.Valid([]byte(shown.stdout)) {
					t.Fatal("not JSON")
				}
				got, err := contract.Load(t.Context(), contract.Source{File: write(t, "shown."+form, shown.stdout)})
				if err != nil {
					t.Fatalf("%s: what is shown does not load: %v", form, err)
				}
				if form == "yaml" && got.Hash != want.Hash {
					t.Errorf("hash %s, want %s", got.Hash, want.Hash)
				}
				if got.Profile != want.Profile || len(got.Requirements()) != len(want.Requirements()) {
					t.Errorf("%s: profile %s with %d requirements, want %s with %d", form, got.Profile, len(got.Requirements()), want.Profile, len(want.Requirements()))
				}
				judgesAlike(t, want, got)
			}
		})
	}
}

// judgesAlike compares what two contracts make of the same answers, good and bad.
func judgesAlike(t *testing.T, want, got *contract.Contract) {
	t.Helper()
	for _, op := range want.Operations() {
		path := strings.NewReplacer("{", "", "}", "").Replace(op.Path)
		for _, status := range []int{200, 202, 204, 400, 418, 503} {
			for _, body := range []string{`{}`, `{"job_id":"a"}`, `{"job_id":1}`, `{"error":{"code":"Ecs.0005","message":"m"}}`, `{"a":1,"a":2}`, `[`} {
				m := &contract.Message{Method: op.Method, Path: path, RequestHeader: map[string][]string{"Content-Type": {"application/json"}}, RequestBody: []byte(body),
					Status: status, ResponseHeader: map[string][]string{"Content-Type": {"application/json"}}, ResponseBody: []byte(body)}
				if a, b := verdictsOf(want.Judge(t.Context(), m)), verdictsOf(got.Judge(t.Context(), m)); a != b {
					t.Errorf("%s %d %s: judged\n%s\nwant\n%s", op.ID, status, body, b, a)
				}
			}
		}
	}
}

func verdictsOf(j contract.Judgement) string {
	var b strings.Builder
	for _, v := range append(j.Request, j.Response...) {
		b.WriteString(v.In + " " + v.Requirement + " " + v.Part + " " + v.Pointer + " " + v.Keyword + " " + v.Wanted + "\n")
	}
	return b.String()
}

func TestSpecDiff(t *testing.T) {
	racedetector.LeaveOut(t)
	same := call(t, "spec", "diff", "builtin", "intl")
	if same.code != exitConforms || !strings.HasPrefix(same.stdout, "BREAKS NOTHING") || !strings.Contains(same.stdout, "+0 -0 ~0 · cases +0 -0 ~0") {
		t.Errorf("the contract and itself: exit code %d\n%s%s", same.code, same.stdout, same.stderr)
	}
	narrowed := changed(t, "enum: ['true', 'false', '']", "enum: ['true', 'false']")
	clients := call(t, "spec", "diff", "builtin", narrowed)
	if clients.code != exitDeviates || !strings.Contains(clients.stdout, "BREAKS CLIENTS (1)\n  POST /v1.1/{project_id}/cloudservers/{server_id}/resize: ") || strings.Contains(clients.stdout, "BREAKS SERVERS") {
		t.Errorf("a request that is narrowed: exit code %d\n%s%s", clients.code, clients.stdout, clients.stderr)
	}
	servers := call(t, "spec", "diff", narrowed, "builtin")
	if servers.code != exitDeviates || !strings.Contains(servers.stdout, "BREAKS SERVERS (1)\n") || strings.Contains(servers.stdout, "BREAKS CLIENTS") || !strings.Contains(servers.stdout, "cases added") {
		t.Errorf("a request that is widened: exit code %d\n%s%s", servers.code, servers.stdout, servers.stderr)
	}
	editions := call(t, "spec", "diff", "intl", "otc")
	if editions.code != exitDeviates || strings.Count(editions.stdout, "\n") > 48 || strings.Contains(editions.stdout, "the reverse of") {
		t.Errorf("two editions: exit code %d, %d lines\n%s", editions.code, strings.Count(editions.stdout, "\n"), editions.stdout)
	}
	if every := call(t, "spec", "diff", "intl", "otc", "--all"); strings.Contains(every.stdout, "(--all)") || strings.Count(every.stdout, "\n") < 200 {
		t.Errorf("--all shows only %d lines", strings.Count(every.stdout, "\n"))
	}
	for range 2 {
		if again := call(t, "spec", "diff", "intl", "otc"); again.stdout != editions.stdout {
			t.Errorf("not the same twice:\n%s\n%s", editions.stdout, again.stdout)
		}
	}
	var report struct {
		Messages []struct{ Grade, Breaks, Operation, Rule, Text string }
		Cases    struct{ Added, Removed, Changed []struct{ ID string } }
	}
	asJSON := call(t, "spec", "diff", narrowed, "builtin", "--json")
	if err := json.Unmarshal([]byte(asJSON.stdout), &report); err != nil || asJSON.code != exitDeviates {
		t.Fatalf("exit code %d, %v", asJSON.code, err)
	}
	if len(report.Messages) != 1 || report.Messages[0].Breaks != "server" || report.Messages[0].Grade != "breaking" || len(report.Cases.Added) == 0 {
		t.Errorf("%+v", report)
	}
}

func TestSpecBadInput(t *testing.T) {
	racedetector.LeaveOut(t)
	badOverlay := write(t, "overlay.yaml", "overlay: 1.0.0\ninfo: {title: x, version: '1'}\nactions:\n  - target: $.paths['/nothing']\n    remove: true\n")
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"lint of a file that is missing", []string{"spec", "lint", "nowhere.yaml"}, "nowhere.yaml"},
		{"lint of a directory", []string{"spec", "lint", t.TempDir()}, "directory"},
		{"lint of what is no YAML", []string{"spec", "lint", write(t, "a.yaml", "openapi: [\n")}, "not YAML"},
		{"lint of what is no OpenAPI", []string{"spec", "lint", write(t, "a.yaml", "a: b\n")}, "want 3.0"},
		{"lint of OpenAPI 3.1", []string{"spec", "lint", write(t, "a.yaml", "openapi: 3.1.0\n")}, "want 3.0"},
		{"lint in an unknown profile", []string{"spec", "lint", "--profile", "ottc"}, `did you mean "otc"?`},
		{"lint of a profile's name", []string{"spec", "lint", "otc"}, "--profile otc"},
		{"lint of two files", []string{"spec", "lint", "a", "b"}, "at most 1"},
		{"show in an unknown profile", []string{"spec", "show", "--profile", "ottc"}, `did you mean "otc"?`},
		{"show of a file that is missing", []string{"spec", "show", "nowhere.yaml"}, "nowhere.yaml"},
		{"show of a profile's name", []string{"spec", "show", "otc"}, "--profile otc"},
		{"show with an overlay that does nothing", []string{"spec", "show", "--profile", badOverlay}, "matches nothing"},
		{"diff of one", []string{"spec", "diff", "intl"}, "wanted OLD NEW, got intl"},
		{"diff with what is missing", []string{"spec", "diff", "builtin", "nowhere.yaml"}, "nowhere.yaml"},
		{"diff with a misspelt profile", []string{"spec", "diff", "ottc", "builtin"}, `did you mean "otc"?`},
		{"diff with what is no contract", []string{"spec", "diff", "builtin", write(t, "a.yaml", "a: b\n")}, "want 3.0"},
		{"diff with a directory", []string{"spec", "diff", "builtin", t.TempDir()}, "directory"},
		{"diff with a contract that is not in order", []string{"spec", "diff", "builtin", changed(t, "level: SHOULD", "level: SHALL")}, "SHALL"},
		{"an unknown command", []string{"spec", "lnt"}, "lnt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := call(t, c.args...)
			if got.code != exitUsage || !strings.Contains(got.stderr, c.want) || got.stdout != "" {
				t.Errorf("exit code %d, want 2 and %q\nstdout: %s\nstderr: %s", got.code, c.want, got.stdout, got.stderr)
			}
		})
	}
}

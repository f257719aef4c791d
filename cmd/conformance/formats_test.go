package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/report"
)

// everyFile reads all files below a directory, by their path in it.
func everyFile(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		all[filepath.ToSlash(name)], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A red run writes all formats at once, and the same are made of its journal later; the lines that they point at are those of the contract.
func TestWholeRunsInEveryFormat(t *testing.T) {
	racedetector.LeaveOut(t)
	project := t.TempDir()
	t.Setenv("CI_PROJECT_DIR", project)
	t.Setenv("GITHUB_ACTIONS", "")
	dir, later := filepath.Join(project, "build", "reports"), filepath.Join(project, "later")
	red := defective(t, "resizes-running-server")
	if got := call(t, append(red, "--format", "all", "--reports", dir)...); got.code != exitDeviates || !strings.Contains(got.stdout, report.SARIFFile) {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if got := call(t, "report", "--from", dir, "--format", "html,json,junit,jenkins,gitlab", "--format", "har,sarif,ctrf,github-summary,github-annotations,badge", "--reports", later, "--quiet"); got.code != exitDeviates {
		t.Fatalf("later: exit code %d\n%s", got.code, got.stderr)
	}
	first, again := everyFile(t, dir), everyFile(t, later)
	delete(first, journal.FileName)
	for name, data := range first {
		if got := bytes.ReplaceAll(again[name], []byte("[[ATTACHMENT|later/"), []byte("[[ATTACHMENT|build/reports/")); !bytes.Equal(data, got) {
			t.Errorf("%s made later is another one", name)
		}
	}
	if len(first) != len(again) || len(first) < 13 {
		t.Errorf("%d files at once, %d later", len(first), len(again))
	}
	atTheContract(t, first)
	for _, attached := range []string{"[[ATTACHMENT|build/reports/junit-gitlab-attachments/"} {
		if !bytes.Contains(first[report.GitLabFile], []byte(attached)) {
			t.Errorf("%s lacks %s", report.GitLabFile, attached)
		}
	}
	keepsJournalSchema(t, filepath.Join(dir, journal.FileName))
}

// atTheContract wants SARIF and the annotations to point at the line of the contract that has the requirement.
func atTheContract(t *testing.T, files map[string][]byte) {
	t.Helper()
	contract, err := os.ReadFile("../../spec/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(contract), "\n")
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           struct{ StartLine int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(files[report.SARIFFile], &log); err != nil {
		t.Fatal(err)
	}
	if len(log.Runs) != 1 || len(log.Runs[0].Results) == 0 {
		t.Fatalf("no results: %s", files[report.SARIFFile])
	}
	for _, r := range log.Runs[0].Results {
		place := r.Locations[0].PhysicalLocation
		line := place.Region.StartLine
		if place.ArtifactLocation.URI != "spec/openapi.yaml" || line < 2 || !strings.Contains(strings.Join(lines[line-2:line+1], "\n"), r.RuleID) {
			t.Errorf("%s is at %s:%d, where the contract has %q", r.RuleID, place.ArtifactLocation.URI, line, lines[line-1])
		}
		if want := fmt.Sprintf("::error file=spec/openapi.yaml,line=%d,title=FAIL %s ", line, r.RuleID); !bytes.Contains(files[report.AnnotationsFile], []byte(want)) {
			t.Errorf("the annotations lack %s:\n%s", want, files[report.AnnotationsFile])
		}
	}
}

// keepsJournalSchema wants every line of a journal to be valid by the schema that the program prints.
func keepsJournalSchema(t *testing.T, path string) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(call(t, "schema", "journal").stdout))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///journal.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:///journal.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[any]int{}
	for line := range bytes.Lines(data) {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		kinds[instance.(map[string]any)["type"]]++
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%.200s: %v", line, err)
		}
	}
	if kinds["run-start"] != 1 || kinds["exchange"] < 10 || kinds["result"] < 10 || kinds["run-end"] != 1 {
		t.Errorf("%s has %v", path, kinds)
	}
}

// The recording that a run makes of itself is judged as the run was: what it asked wrongly on purpose accuses nobody, and what its server broke accuses the server.
func TestCheckJudgesARunByItsOwnHAR(t *testing.T) {
	racedetector.LeaveOut(t)
	for name, c := range map[string]struct {
		defects []string
		code    int
		want    journal.Verdict
	}{"green": {nil, exitConforms, journal.Pass}, "red": {[]string{"error-without-message"}, exitDeviates, journal.Fail}} {
		dir, checked := t.TempDir(), t.TempDir()
		args := append(defective(t, c.defects...), "--requirement", "RSZ-BODY-001,RSZ-BODY-004", "--format", "har,json", "--quiet", "--reports", dir)
		if got := call(t, args...); got.code != c.code {
			t.Fatalf("%s: exit code %d\n%s", name, got.code, got.stderr)
		}
		if got := call(t, "check", filepath.Join(dir, report.HARFile), "--reports", checked); got.code != c.code {
			t.Errorf("%s: its HAR has the exit code %d\n%s%s", name, got.code, got.stdout, got.stderr)
		}
		of, again := results(t, dir), results(t, checked)
		for _, key := range []string{"RSZ-ERR-001 every exchange of the run"} {
			if of[key] != c.want || again[key] != c.want {
				t.Errorf("%s: %s is %q in the run and %q by its HAR, want %s", name, key, of[key], again[key], c.want)
			}
		}
		for key, verdict := range again {
			if was, there := of[key]; there && was != verdict && was != journal.NotApplicable {
				t.Errorf("%s: %s is %s in the run and %s by its HAR", name, key, was, verdict)
			}
		}
	}
}

// Where GitHub's runner is around, it is told what it was asked to be told, and takes no command from what a server sent.
func TestWholeRunsTellGitHub(t *testing.T) {
	racedetector.LeaveOut(t)
	file := filepath.Join(t.TempDir(), "summary")
	t.Setenv("GITHUB_ACTIONS", "true")
	t.Setenv("GITHUB_STEP_SUMMARY", file)
	dir := t.TempDir()
	red := defective(t, "resizes-running-server")
	got := call(t, append(red, "--format", "auto", "--reports", dir)...)
	if got.code != exitDeviates {
		t.Fatalf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	begin, rest, guarded := strings.Cut(got.stdout, "::stop-commands::")
	word, rest, _ := strings.Cut(rest, "\n")
	told, commands, ended := strings.Cut(rest, "\n::"+word+"::\n")
	if begin != "" || !guarded || !ended || !strings.Contains(told, "DOES NOT CONFORM") || !strings.HasPrefix(commands, "::error file=spec/openapi.yaml,line=") || !strings.HasSuffix(commands, "\n") {
		t.Errorf("stdout is\n%s", got.stdout)
	}
	if data := everyFile(t, dir); string(data[report.AnnotationsFile]) != commands {
		t.Errorf("printed are\n%s\nkept are\n%s", commands, data[report.AnnotationsFile])
	}
	summary, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(summary), "DOES NOT CONFORM") {
		t.Errorf("the summary of the step is %q, %v", summary, err)
	}
	// Of one document on stdout nothing else stands there.
	if got := call(t, "report", "--from", dir, "--format", "github-annotations", "--json", "--reports", t.TempDir()); !json.Valid([]byte(got.stdout)) || !strings.HasPrefix(got.stderr, "::error file=") {
		t.Errorf("stdout %q, stderr %q", got.stdout, got.stderr)
	}
	// Who does not ask for it gets none, but the guard all the same.
	if got := call(t, "report", "--from", dir, "--format", "default", "--reports", t.TempDir()); strings.Contains(got.stdout, "::error") || !strings.HasPrefix(got.stdout, "::stop-commands::") {
		t.Errorf("stdout %q", got.stdout)
	}
	// A summary that GitHub would refuse is a report that could not be written.
	if err := os.WriteFile(file, make([]byte, report.SummaryLimit), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := call(t, "report", "--from", dir, "--format", "github-summary", "--quiet", "--reports", t.TempDir()); got.code != exitHarness || !strings.Contains(got.stderr, "a step of its own") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
}

package report_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// names lists a directory, temporary files included.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestWriteLeavesTheReportsAndNothingElse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on demand")
	for range 2 { // the second time over the first
		if err := report.Write(dir, everyVerdict(), report.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if got := names(t, dir); !slices.Equal(got, []string{"junit.xml", "report.html", "results.json"}) {
		t.Errorf("the directory has %v", got)
	}
	for _, path := range report.Paths(dir) {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o644 || info.Size() == 0 {
			t.Errorf("%s: %v %v", path, info, err)
		}
	}
	if got := report.Paths(dir); len(got) != 3 || filepath.Base(got[0]) != "report.html" {
		t.Errorf("paths %v", got)
	}
}

func TestAReportThatCannotBeWrittenDoesNotStopTheOthers(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, report.ResultsFile, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := report.Write(dir, everyVerdict(), report.Options{})
	var writeErr *report.WriteError
	if !errors.As(err, &writeErr) || writeErr.File != filepath.Join(dir, report.ResultsFile) {
		t.Fatalf("got %v, want a WriteError for %s", err, report.ResultsFile)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"junit.xml", "report.html", "results.json"}) {
		t.Errorf("the directory has %v", got)
	}
	if got := report.Paths(dir); len(got) != 2 || filepath.Base(got[0]) != report.HTMLFile || filepath.Base(got[1]) != report.JUnitFile {
		t.Errorf("paths %v: a directory is no report", got)
	}
}

func TestADirectoryThatCannotBeMadeIsAnError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	var writeErr *report.WriteError
	if err := report.Write(filepath.Join(file, "reports"), everyVerdict(), report.Options{}); !errors.As(err, &writeErr) {
		t.Errorf("got %v, want a WriteError", err)
	}
}

func TestADialectThatIsUnknownStopsOnlyJUnit(t *testing.T) {
	dir := t.TempDir()
	err := report.Write(dir, everyVerdict(), report.Options{JUnit: "ant"})
	if err == nil || !strings.Contains(err.Error(), `JUnit dialect "ant" is unknown`) {
		t.Errorf("%v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"report.html", "results.json"}) {
		t.Errorf("the directory has %v", got)
	}
}

func TestClearTakesTheReportsOfAnEarlierRun(t *testing.T) {
	dir := t.TempDir()
	if err := report.Write(dir, everyVerdict(), report.Options{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{journal.FileName, "README.md"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := report.Clear(dir); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"README.md", journal.FileName}) {
		t.Errorf("the directory has %v", got)
	}
	if err := report.Clear(filepath.Join(dir, "not there")); err != nil {
		t.Errorf("%v", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, report.JUnitFile, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := report.Clear(dir); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what cannot be removed is no error: %v", err)
	}
}

// From a killed run to all its reports, through files.
func TestReportsOfAKilledRun(t *testing.T) {
	dir := t.TempDir()
	if err := journal.Save(dir, everyVerdict()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, journal.FileName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, whole[:len(whole)*6/10], 0o644); err != nil {
		t.Fatal(err)
	}
	run, err := journal.ReadFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	if run.Torn == 0 {
		t.Fatal("the cut fell between two lines; choose another")
	}
	if err := report.Write(dir, run, report.Options{}); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, report.ResultsFile))
	if err != nil {
		t.Fatal(err)
	}
	validate(t, raw)
	var doc resultsDoc
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, r := range doc.Results {
		if r.Verdict == "HARNESS_ERROR" && r.Reason == "no result: the run ended before it" {
			missing++
		}
	}
	if missing == 0 || missing != len(run.Missing()) || len(doc.Results) != len(run.Start.Planned)+1 {
		t.Errorf("%d of %d missing results are told; %d results", missing, len(run.Missing()), len(doc.Results))
	}
	raw, err = os.ReadFile(filepath.Join(dir, report.JUnitFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(raw), "no result: the run ended before it</error>"); n != missing {
		t.Errorf("junit.xml tells %d missing results, want %d", n, missing)
	}
}

package main

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"resize-conformance/harness/racedetector"
)

// A page of runs says who breaks what, and its links lead to the place in the page of the run that tells of it.
func TestMatrixLeadsToThePagesOfTheRuns(t *testing.T) {
	racedetector.LeaveOut(t)
	dir := t.TempDir()
	for name, recording := range map[string]string{"good": mitmproxyHAR, "bad": recordingWith(t, `{\"error\":{\"message\":`, `{\"fault\":{\"message\":`)} {
		call(t, "check", "--quiet", "--reports", filepath.Join(dir, name), recording)
	}
	call(t, "check", "--quiet", "--profile", "otc", "--reports", filepath.Join(dir, "o t c"), mitmproxyHAR)
	runs := []string{filepath.Join(dir, "good"), filepath.Join(dir, "bad", "results.json"), filepath.Join(dir, "o t c", "journal.jsonl")}
	page := filepath.Join(dir, "matrix.html")
	said(t, "as a page", call(t, append([]string{"matrix", "--format", "html", "--output", page}, runs...)...), exitConforms)
	html, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	links := regexp.MustCompile(`href="([^"#]+)(#[^"]*)?"`).FindAllStringSubmatch(string(html), -1)
	anchors := 0
	for _, link := range links {
		u, err := url.Parse(link[1] + link[2])
		if err != nil || u.IsAbs() {
			t.Fatalf("%s: %v", link[0], err)
		}
		target, err := os.ReadFile(filepath.Join(dir, u.Path))
		if err != nil {
			t.Errorf("%s leads nowhere: %v", link[0], err)
		}
		if u.Fragment != "" {
			anchors++
			if !strings.Contains(string(target), `id="`+u.Fragment+`"`) {
				t.Errorf("%s: the page has no such place", link[0])
			}
		}
	}
	if len(links) != 3+anchors || anchors == 0 {
		t.Errorf("%d links, %d of them to a result", len(links), anchors)
	}

	// RSZ-RSP-010 is of v1.1, which otc has not.
	got := call(t, append([]string{"matrix", "--format", "json"}, runs...)...)
	var doc struct {
		Runs         []struct{ Name, Part string }
		Requirements []struct {
			Requirement string
			Cells       []struct{ Verdict, Absence, Why string }
		}
	}
	if err := json.Unmarshal([]byte(got.stdout), &doc); err != nil || len(doc.Runs) != 3 {
		t.Fatalf("%v\n%s%s", err, got.stdout, got.stderr)
	}
	cells := map[string]string{}
	for _, r := range doc.Requirements {
		for _, c := range r.Cells {
			cells[r.Requirement] += " " + c.Verdict + c.Absence
		}
	}
	if cells["RSZ-ERR-001"] != " PASS FAIL NOT_APPLICABLE" && cells["RSZ-ERR-001"] != " PASS FAIL PASS" || cells["RSZ-RSP-010"] != " PASS PASS no-promise" || !strings.Contains(doc.Runs[0].Part, "what passed") || !strings.Contains(doc.Runs[1].Part, "what passed") {
		t.Errorf("RSZ-ERR-001%s, RSZ-RSP-010%s, runs %+v", cells["RSZ-ERR-001"], cells["RSZ-RSP-010"], doc.Runs)
	}

	said(t, "on the screen", call(t, append([]string{"matrix"}, runs...)...), exitConforms, "RSZ-ERR-001 B wanted", "A http://127.0.0.1:19077, intl, good CONFORMS", "– no promise of its contract")
	said(t, "one that is torn", call(t, "matrix", runs[0], write(t, "journal.jsonl", head(t, runs[2]))), exitConforms, "the record of the run is not whole", "NO VERDICT")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"no run":                     {nil, "wanted RUN..., got no argument"},
		"a directory without a run":  {[]string{t.TempDir()}, "neither journal.jsonl nor results.json"},
		"a recording":                {[]string{mitmproxyHAR}, "got another JSON document"},
		"a format that there is not": {[]string{"--format", "pdf", runs[0]}, "no such format"},
	} {
		said(t, name, call(t, append([]string{"matrix"}, c.args...)...), exitUsage, c.want)
	}
}

// head is the first lines of a file.
func head(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.SplitAfterN(string(data), "\n", 6)[:5], "")
}

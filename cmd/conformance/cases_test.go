package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"resize-conformance/harness/racedetector"
)

// Without a selection the list is one screen, and each number of it is that of the cases that a program is told of.
func TestCasesOnOneScreen(t *testing.T) {
	racedetector.LeaveOut(t)
	shown := call(t, "cases")
	lines := strings.Split(strings.TrimSpace(shown.stdout), "\n")
	if shown.code != 0 || len(lines) > 50 {
		t.Fatalf("exit code %d, %d lines\n%s", shown.code, len(lines), shown.stdout+shown.stderr)
	}
	for _, l := range lines {
		if len([]rune(l)) > 140 {
			t.Errorf("a line of %d letters: %s", len([]rune(l)), l)
		}
	}
	list := casesAsJSON(t, "cases", "--json")
	if want := strings.Fields(lines[len(lines)-1])[0]; len(list) < 500 || want != strconv.Itoa(len(list)) {
		t.Errorf("%s cases on the screen, %d in JSON", want, len(list))
	}
	ids := map[string]bool{}
	for _, c := range list {
		if ids[c.ID] || !strings.HasPrefix(c.ID, c.Requirement+"/") || c.Operation == "" || c.Request.Method == "" || c.What == "" {
			t.Errorf("a case that is listed twice or without what it needs: %+v", c)
		}
		ids[c.ID] = true
		if !slices.Contains([]string{"reject", "accept", "sanity"}, string(c.Expect)) {
			t.Errorf("%s expects %q", c.ID, c.Expect)
		}
	}
}

func casesAsJSON(t *testing.T, args ...string) []listedCase {
	t.Helper()
	got := call(t, args...)
	var list []listedCase
	if err := json.Unmarshal([]byte(got.stdout), &list); err != nil || got.code != 0 {
		t.Fatalf("exit code %d, %v\n%s", got.code, err, got.stdout+got.stderr)
	}
	return list
}

func TestCasesAreSelected(t *testing.T) {
	racedetector.LeaveOut(t)
	all := casesAsJSON(t, "cases", "--requirement", "RSZ-BODY-012/enum", "--json")
	if len(all) < 5 || !slices.ContainsFunc(all, func(c listedCase) bool {
		return c.ID == "RSZ-BODY-012/enum/hw:cpu_threads/outside/3" && c.Expect == "reject" && c.Keyword == "enum" && c.Pointer == "/resize/cpu_options/hw:cpu_threads" &&
			slices.Contains(c.Statuses, 400) && c.Request.Body != nil && strings.Contains(*c.Request.Body, `"hw:cpu_threads":3`)
	}) {
		t.Errorf("%+v", all)
	}
	for _, c := range casesAsJSON(t, "cases", "--operation", "showJob", "--json") {
		if c.Operation != "showJob" {
			t.Errorf("%s is of %s", c.ID, c.Operation)
		}
	}
	table := call(t, "cases", "--requirement", "RSZ-BODY-012/enum")
	if !strings.Contains(strings.Join(strings.Fields(table.stdout), " "), "RSZ-BODY-012/enum/hw:cpu_threads/outside/3 resizeServer reject 400 /resize/cpu_options/hw:cpu_threads is 3") {
		t.Errorf("\n%s", table.stdout)
	}
	long := call(t, "cases", "--requirement", "RSZ-BODY-039", "--long")
	for _, want := range []string{`RSZ-BODY-039/utf-8/body/outside/lone-byte`, `\xff`, "POST /v1.1/${project}/cloudservers/${server}/resize", "bytes more"} {
		if !strings.Contains(long.stdout, want) {
			t.Errorf("no %q in\n%s", want, long.stdout)
		}
	}
}

// One case is run alone by its id, as the list shows it.
func TestOneCaseIsRunAlone(t *testing.T) {
	racedetector.LeaveOut(t)
	const id = "RSZ-BODY-012/enum/hw:cpu_threads/outside/3"
	dir := t.TempDir()
	got := call(t, "run", "--requirement", id, "--reports", dir)
	if got.code != 0 || !strings.Contains(got.stdout, "1 case: 1 pass") {
		t.Errorf("exit code %d\n%s", got.code, got.stdout+got.stderr)
	}
}

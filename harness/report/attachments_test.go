package report_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// gitlab writes the JUnit file for GitLab, and gives its cases with the attachments that GitLab would find, by case.
func gitlab(t *testing.T, run *journal.Run, o report.Options) (cases []tcase, attached map[string]string) {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "build", "reports")
	o.Formats, o.Attachments = []report.Format{report.GitLab}, "build/reports"
	if err := report.Write(dir, run, o); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(dir, report.GitLabFile))
	if err != nil {
		t.Fatal(err)
	}
	var parsed suites
	if err := xml.Unmarshal(raw, &parsed); err != nil {
		t.Fatal(err)
	}
	attached = map[string]string{}
	for _, s := range parsed.Suites {
		for _, c := range s.Cases {
			cases = append(cases, c)
			for _, m := range regexp.MustCompile(`\[\[ATTACHMENT\|(.*?)\]\]`).FindAllStringSubmatch(c.Out, -1) {
				if !filepath.IsLocal(m[1]) || attached[c.Name] != "" {
					t.Fatalf("%s has the attachment %s beside %q", c.Name, m[1], attached[c.Name])
				}
				text, err := os.ReadFile(filepath.Join(root, m[1]))
				if err != nil {
					t.Fatal(err)
				}
				attached[c.Name] = string(text)
			}
		}
	}
	return cases, attached
}

func TestAttachments(t *testing.T) {
	_, attached := gitlab(t, everyVerdict(), report.Options{})
	text := attached["RSZ-BODY-001 gives FAIL"]
	for _, want := range []string{"wanted  a string", "---- exchange 1 resizeServer ----", `"flavorRef":"s6.large.2"`, `{"job_id":17,`, "X-Auth-Token: $OS_AUTH_TOKEN", "curl -X POST"} {
		if !strings.Contains(text, want) {
			t.Errorf("the attachment lacks %q:\n%s", want, text)
		}
	}
	if len(attached) != 1 {
		t.Errorf("%d cases have attachments; one is explained by exchanges", len(attached))
	}
	if _, attached := gitlab(t, green(), report.Options{}); len(attached) != 0 {
		t.Errorf("a green run attaches %v", attached)
	}
	// A server chooses no file that GitLab opens.
	if _, attached := gitlab(t, hostile(), report.Options{}); len(attached) != 1 {
		t.Errorf("%d attachments, want that of the failure alone", len(attached))
	}
}

// What is too much of one case is left out of its attachment, what is too much of all cases is no longer attached; both say so.
func TestAttachmentsKeepTheirLimits(t *testing.T) {
	var results []journal.Result
	var more []journal.Event
	for i := range 10 {
		r := row(fmt.Sprintf("RSZ-URI-%03d", i), "title", journal.Fail)
		r.Finding = &journal.Finding{Wanted: "a", Got: "b", Exchange: int64(i*30 + 1)}
		for k := range 30 {
			x := wrongJobID(int64(i*30 + k + 1))
			x.ResponseBody.Text = strings.Repeat("0123456789", 5000)
			r.Exchanges, more = append(r.Exchanges, x.ID), append(more, journal.Event{Exchange: x})
		}
		results = append(results, r)
	}
	const limit = 4_000_000
	cases, attached := gitlab(t, runOf(results, more...), report.Options{AttachmentsLimit: limit})
	sum, without := 0, 0
	for _, c := range cases {
		text, there := attached[c.Name]
		if !there {
			without++
			if !strings.Contains(c.Out, fmt.Sprintf("(no attachment, to keep all of them under %d bytes; journal.jsonl has its exchanges)", limit)) {
				t.Errorf("%s does not say why nothing is attached: %s", c.Name, c.Out)
			}
			continue
		}
		if sum += len(text); without > 0 {
			t.Error("a later case has an attachment, an earlier one has none")
		}
		if len(text) > 1<<20+200 || !regexp.MustCompile(`\(\d+ more exchanges are left out to keep this file under 1048576 bytes; they are in journal.jsonl\)\n$`).MatchString(text) {
			t.Errorf("an attachment of %d bytes ends: %s", len(text), text[len(text)-200:])
		}
	}
	if sum > limit || len(attached) != 3 || without != 7 {
		t.Errorf("%d attachments of %d bytes, %d cases without", len(attached), sum, without)
	}
}

// Where the cases alone are too much, their texts are cut, and the file says so.
func TestJUnitCutsTextsThatAreTooMany(t *testing.T) {
	var results []journal.Result
	for i := range 20 {
		r := row("RSZ-URI-001", fmt.Sprintf("title %d", i), journal.Fail)
		r.Reason, r.Clause, r.Finding = strings.Repeat("a reason ", 1000), strings.Repeat("a clause ", 1000), &journal.Finding{Wanted: strings.Repeat("wanted ", 1000), Got: strings.Repeat("got ", 1000)}
		results = append(results, r)
	}
	for _, dialect := range []report.Dialect{report.Rich, report.XSD} {
		const limit = 200_000
		parsed, raw := junit(t, runOf(results), report.Options{JUnit: dialect, JUnitLimit: limit})
		if len(raw) > limit || parsed.Failures != 20 || !strings.Contains(raw, "bytes to keep this file under 200000 bytes; journal.jsonl has them whole") {
			t.Errorf("%s: %d bytes, %d failures", dialect, len(raw), parsed.Failures)
		}
		if dialect == report.XSD {
			if found := breaksJUnit10([]byte(raw)); len(found) > 0 {
				t.Errorf("%s", strings.Join(found, "\n"))
			}
		}
	}
}

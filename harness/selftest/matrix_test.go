package selftest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/journal"
)

// The rows of one trial, as "id VERDICT" words.
func rows(said ...string) []journal.Result {
	var out []journal.Result
	for _, s := range said {
		id, verdict, _ := strings.Cut(s, " ")
		out = append(out, journal.Result{Requirement: id, Kind: journal.KindScenario, Verdict: journal.Verdict(verdict), Reason: "as said"})
	}
	return out
}

// allPass is a run in which every tested requirement passes, but for what is said otherwise.
func allPass(c *contract.Contract, said ...string) []journal.Result {
	byID := map[string]string{}
	for _, s := range said {
		id, _, _ := strings.Cut(s, " ")
		byID[id] = s
	}
	var all []string
	for _, r := range c.Requirements() {
		switch s, otherwise := byID[r.ID]; {
		case r.Tested == contract.NotTested:
		case otherwise:
			all = append(all, s)
		default:
			all = append(all, r.ID+" PASS")
		}
	}
	return rows(all...)
}

func TestProblems(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	breaks := func(ids ...string) *defect.Defect {
		return &defect.Defect{Name: "d", Title: "does wrong", Breaks: ids}
	}
	for _, tc := range []struct {
		name    string
		trials  []trial
		kind    ProblemKind // "": none
		subject string
		text    string
	}{
		{
			name:   "a defect that is found by what it breaks",
			trials: []trial{{defect: breaks("RSZ-STATE-002"), rows: allPass(c, "RSZ-STATE-002 FAIL", "RSZ-JOB-001 FAIL")}},
		},
		{
			name:   "a SHOULD finds as well",
			trials: []trial{{defect: breaks("RSZ-RSP-001"), rows: allPass(c, "RSZ-RSP-001 WARN")}},
		},
		{
			name:   "nobody finds it",
			trials: []trial{{defect: breaks("RSZ-STATE-002"), rows: allPass(c, "RSZ-STATE-002 BLOCKED")}},
			kind:   Survivor, subject: "d", text: "RSZ-STATE-002",
		},
		{
			name:   "only another requirement finds it",
			trials: []trial{{defect: breaks("RSZ-STATE-002"), rows: allPass(c, "RSZ-JOB-001 FAIL")}},
			kind:   Misattributed, subject: "d", text: "only by RSZ-JOB-001",
		},
		{
			name:   "one of two that it breaks does not see it",
			trials: []trial{{defect: breaks("RSZ-STATE-002", "RSZ-JOB-001"), rows: allPass(c, "RSZ-JOB-001 FAIL")}},
			kind:   Unseen, subject: "d", text: "RSZ-STATE-002",
		},
		{
			name:   "a variant is accused",
			trials: []trial{{variant: &defect.Variant{Name: "v", Title: "is free to"}, rows: allPass(c, "RSZ-JOB-001 WARN")}},
			kind:   FalseAlarm, subject: "v", text: "RSZ-JOB-001 says WARN",
		},
		{
			name:   "a variant keeps something from being tested",
			trials: []trial{{variant: &defect.Variant{Name: "v", Title: "is free to"}, rows: allPass(c, "RSZ-JOB-001 BLOCKED")}},
			kind:   FalseAlarm, subject: "v", text: "BLOCKED",
		},
		{
			name:   "what does not apply to a variant is no accusation",
			trials: []trial{{variant: &defect.Variant{Name: "v", Title: "is free to"}, rows: allPass(c, "RSZ-JOB-001 NOT_APPLICABLE")}},
		},
		{
			name:   "the emulator as it is is accused",
			trials: []trial{{rows: allPass(c, "RSZ-JOB-001 FAIL")}},
			kind:   FalseAlarm, subject: "profile intl", text: "RSZ-JOB-001",
		},
		{
			name:   "the order decides",
			trials: []trial{{rows: allPass(c)}, {order: 3, rows: allPass(c, "RSZ-JOB-001 NOT_APPLICABLE")}},
			kind:   Unstable, subject: "RSZ-JOB-001", text: "PASS in the first order, NOT_APPLICABLE in order 3",
		},
		{
			name:   "the harness fails while it tries a defect that is found all the same",
			trials: []trial{{defect: breaks("RSZ-STATE-002"), rows: allPass(c, "RSZ-STATE-002 FAIL", "RSZ-JOB-001 HARNESS_ERROR")}},
			kind:   OwnFault, subject: "defect d", text: "RSZ-JOB-001",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			o := Options{Defects: []defect.Defect{}, Variants: []defect.Variant{}}
			for i := range tc.trials {
				tc.trials[i].contract = c
				if d := tc.trials[i].defect; d != nil {
					o.Defects = append(o.Defects, *d)
				}
				if v := tc.trials[i].variant; v != nil {
					o.Variants = append(o.Variants, *v)
				}
			}
			m := sumUp(&o, map[string]edition{"intl": {contract: c}}, tc.trials)
			if tc.kind == "" {
				if !m.Holds() {
					t.Errorf("wanted no problem, got %+v", m.Problems)
				}
				return
			}
			if len(m.Problems) != 1 {
				t.Fatalf("wanted one problem, got %+v", m.Problems)
			}
			p := m.Problems[0]
			if p.Kind != tc.kind || !strings.HasPrefix(p.Subject, tc.subject) || !strings.Contains(p.Text, tc.text) {
				t.Errorf("wanted %s %q with %q, got %+v", tc.kind, tc.subject, tc.text, p)
			}
		})
	}
}

// A requirement that no defect shows to find anything is a problem of a whole selftest, and of a part of one it is not.
func TestIdleRequirements(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	m := &Matrix{Requirements: columns(map[string]edition{"intl": {contract: c}})}
	m.addDefect(&trial{edition: edition{contract: c}, defect: &defect.Defect{Name: "d", Breaks: []string{"RSZ-STATE-002"}}, rows: allPass(c, "RSZ-STATE-002 FAIL")})
	m.idle()
	idle := map[string]bool{}
	for _, p := range m.Problems {
		if p.Kind != Idle {
			t.Errorf("unexpected %+v", p)
		}
		idle[p.Subject] = true
	}
	for _, r := range m.Requirements {
		if wanted := r.ID != "RSZ-STATE-002" && r.Level != journal.May && r.Tested != contract.BySchema; idle[r.ID] != wanted {
			t.Errorf("%s (%s): idle is %t, want %t", r.ID, r.Level, idle[r.ID], wanted)
		}
	}
}

// A server's own words get into the page; they must not become a part of it.
func TestReportsAreWellFormed(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	hostile := `</title><script>alert("x")</script>&`
	said := allPass(c, "RSZ-STATE-002 FAIL")
	for i := range said {
		said[i].Reason = hostile
	}
	d := defect.Defect{Name: "d", Title: hostile, Breaks: []string{"RSZ-STATE-002", "RSZ-STATE-001"}}
	o := Options{Defects: []defect.Defect{d}, Variants: []defect.Variant{}}
	m := sumUp(&o, map[string]edition{"intl": {contract: c}}, []trial{{edition: edition{contract: c}, defect: &d, rows: said}})

	var page bytes.Buffer
	if err := m.HTML(&page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") {
		t.Error("the page has a script that it was not given")
	}
	for _, wanted := range []string{`class="declared"`, `class="unseen"`, "RSZ-STATE-002 finds d"} {
		if !strings.Contains(page.String(), wanted) {
			t.Errorf("the page has no %q", wanted)
		}
	}
	svg := page.String()[strings.Index(page.String(), `<svg width="`):]
	decoder := xml.NewDecoder(strings.NewReader(svg[:strings.Index(svg, "</svg>")+len("</svg>")]))
	for {
		if _, err := decoder.Token(); err != nil {
			if err.Error() != "EOF" {
				t.Errorf("the map is not well-formed: %v", err)
			}
			break
		}
	}

	var text bytes.Buffer
	if err := m.JSON(&text); err != nil {
		t.Fatal(err)
	}
	var back facts
	if err := json.Unmarshal(text.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if back.Seeded != 1 || back.Found != 1 || back.Holds || len(back.Problems) == 0 || len(back.Defects) != 1 || len(back.Requirements) != len(m.Requirements) {
		t.Errorf("selftest.json: %+v", back)
	}
	var shown bytes.Buffer
	if err := m.Terminal(&shown, 80); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(shown.String(), "DOES NOT HOLD") || !strings.Contains(shown.String(), "UNSEEN d: ") {
		t.Errorf("the terminal says:\n%s", shown.String())
	}
}

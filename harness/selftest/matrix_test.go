package selftest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/reference"
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

// ofServer and ofClient are a deviation that breaks something; without anything it is a variant.
func ofServer(breaks ...string) *deviation {
	return &deviation{name: "d", title: "does wrong", profile: contract.BaseProfile, breaks: breaks, server: func(*emulator.Config) {}}
}

func ofClient(breaks ...string) *deviation {
	return &deviation{name: "d", title: "does wrong", profile: contract.BaseProfile, breaks: breaks, client: func(*reference.Config) {}}
}

// summed is the matrix of some trials, as if their deviations were all there are: they are planned as in a selftest, and give the rows that are there.
func summed(c *contract.Contract, trials ...trial) *Matrix {
	o := Options{}
	said := map[string][]journal.Result{}
	for i := range trials {
		t := &trials[i]
		d := t.deviation()
		said[d.name] = t.rows
		switch {
		case t.defect != nil && d.client != nil:
			o.ClientDefects = append(o.ClientDefects, defect.ClientDefect{Name: d.name, Title: d.title, Breaks: d.breaks, Apply: d.client})
		case t.defect != nil:
			o.Defects = append(o.Defects, defect.Defect{Name: d.name, Title: d.title, Breaks: d.breaks, Apply: d.server})
		case t.variant != nil && d.client != nil:
			o.ClientVariants = append(o.ClientVariants, defect.ClientVariant{Name: d.name, Title: d.title, Apply: d.client})
		case t.variant != nil:
			o.Variants = append(o.Variants, defect.Variant{Name: d.name, Title: d.title, Apply: d.server})
		}
	}
	editions := map[string]edition{contract.BaseProfile: {contract: c}}
	planned := plan(&o, editions)
	for i := range planned {
		planned[i].rows = said[planned[i].deviation().name]
	}
	return sumUp(&o, editions, planned)
}

// The same counts as a problem whoever is tried; and each of them can be seen.
func TestProblems(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	for _, side := range []struct {
		name       string
		deviation  func(breaks ...string) *deviation
		one, other string // requirements that are tested by scenario
	}{
		{"server", ofServer, "RSZ-STATE-002", "RSZ-STATE-001"},
		{"client", ofClient, "RSZ-CLIENT-101", "RSZ-STATE-001"},
	} {
		for _, tc := range []struct {
			name    string
			trials  []trial
			kind    ProblemKind // "": none
			subject string
			text    string
		}{
			{
				name:   "a defect that is found by what it breaks",
				trials: []trial{{defect: side.deviation(side.one), rows: allPass(c, side.one+" FAIL", side.other+" FAIL")}},
			},
			{
				name:   "a SHOULD finds as well",
				trials: []trial{{defect: side.deviation(side.one), rows: allPass(c, side.one+" WARN")}},
			},
			{
				name:   "nobody finds it",
				trials: []trial{{defect: side.deviation(side.one), rows: allPass(c, side.one+" BLOCKED")}},
				kind:   Survivor, subject: "d", text: side.one,
			},
			{
				name:   "only another requirement finds it",
				trials: []trial{{defect: side.deviation(side.one), rows: allPass(c, side.other+" FAIL")}},
				kind:   Misattributed, subject: "d", text: "only by " + side.other,
			},
			{
				name:   "only requests that no requirement names show it",
				trials: []trial{{defect: side.deviation(side.one), rows: append(allPass(c), rows("CONTRACT-REQUEST FAIL")...)}},
				kind:   Misattributed, subject: "d", text: "only by CONTRACT-REQUEST",
			},
			{
				name:   "only some call in passing shows it",
				trials: []trial{{defect: side.deviation(side.one), rows: append(allPass(c), inPassing(side.one))}},
				kind:   Misattributed, subject: "d", text: "in passing",
			},
			{
				name:   "one of two that it breaks does not see it",
				trials: []trial{{defect: side.deviation(side.one, side.other), rows: allPass(c, side.other+" FAIL")}},
				kind:   Unseen, subject: "d", text: side.one,
			},
			{
				name:   "one of two that it breaks is only seen in passing",
				trials: []trial{{defect: side.deviation(side.one, side.other), rows: append(allPass(c, side.other+" FAIL"), inPassing(side.one))}},
				kind:   Unseen, subject: "d", text: side.one,
			},
			{
				name:   "what it breaks besides is not tested, or never accuses",
				trials: []trial{{defect: side.deviation(untested(c), informing(c), side.one), rows: allPass(c, side.one+" FAIL")}},
			},
			{
				name:   "a variant is accused",
				trials: []trial{{variant: side.deviation(), rows: allPass(c, side.one+" WARN")}},
				kind:   FalseAlarm, subject: "d", text: side.one + " says WARN",
			},
			{
				name:   "a variant is accused in passing",
				trials: []trial{{variant: side.deviation(), rows: append(allPass(c), inPassing(side.one))}},
				kind:   FalseAlarm, subject: "d", text: side.one + " says FAIL",
			},
			{
				name:   "a variant is accused of requests that no requirement names",
				trials: []trial{{variant: side.deviation(), rows: append(allPass(c), rows("CONTRACT-REQUEST FAIL")...)}},
				kind:   FalseAlarm, subject: "d", text: "CONTRACT-REQUEST",
			},
			{
				name:   "a variant keeps something from being tested",
				trials: []trial{{variant: side.deviation(), rows: allPass(c, "RSZ-JOB-001 BLOCKED")}},
				kind:   FalseAlarm, subject: "d", text: "BLOCKED",
			},
			{
				name:   "what does not apply to a variant is no accusation",
				trials: []trial{{variant: side.deviation(), rows: allPass(c, side.one+" NOT_APPLICABLE")}},
			},
			{
				name:   "the harness fails while it tries a defect that is found all the same",
				trials: []trial{{defect: side.deviation(side.one), rows: allPass(c, side.one+" FAIL", side.other+" HARNESS_ERROR")}},
				kind:   OwnFault, subject: "defect d", text: side.other,
			},
		} {
			t.Run(side.name+"/"+tc.name, func(t *testing.T) {
				t.Parallel()
				wantProblem(t, summed(c, tc.trials...), tc.kind, tc.subject, tc.text)
			})
		}
	}
}

// Who is tried as it is may not be accused either, and gets the same in every order. A server and a client need not get the same.
func TestProblemsOfThoseAsTheyAre(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	for _, tc := range []struct {
		name    string
		trials  []trial
		kind    ProblemKind // "": none
		subject string
		text    string
	}{
		{
			name:   "the emulator is accused",
			trials: []trial{{side: journal.Server, rows: allPass(c, "RSZ-JOB-001 FAIL")}},
			kind:   FalseAlarm, subject: "profile intl", text: "RSZ-JOB-001",
		},
		{
			name:   "the reference client is accused",
			trials: []trial{{side: journal.Client, rows: allPass(c, "RSZ-CLIENT-101 FAIL")}},
			kind:   FalseAlarm, subject: "client as it is, profile intl", text: "RSZ-CLIENT-101",
		},
		{
			name:   "the reference client keeps a server from being tested",
			trials: []trial{{side: journal.Client, rows: allPass(c, "RSZ-JOB-001 BLOCKED")}},
			kind:   FalseAlarm, subject: "client as it is, profile intl", text: "RSZ-JOB-001",
		},
		{
			name:   "the order decides",
			trials: []trial{{side: journal.Server, rows: allPass(c)}, {side: journal.Server, order: 3, rows: allPass(c, "RSZ-JOB-001 NOT_APPLICABLE")}},
			kind:   Unstable, subject: "RSZ-JOB-001", text: "PASS in the first order, NOT_APPLICABLE in order 3 of profile intl (server)",
		},
		{
			name:   "the order decides over the client",
			trials: []trial{{side: journal.Client, rows: allPass(c)}, {side: journal.Client, order: 3, rows: allPass(c, "RSZ-CLIENT-101 NOT_APPLICABLE")}},
			kind:   Unstable, subject: "RSZ-CLIENT-101", text: "in order 3 of profile intl (client)",
		},
		{
			name:   "what does not apply to the client applies to the server",
			trials: []trial{{side: journal.Server, rows: allPass(c)}, {side: journal.Client, rows: allPass(c, "RSZ-JOB-001 NOT_APPLICABLE")}},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for i := range tc.trials {
				tc.trials[i].contract = c
			}
			wantProblem(t, sumUp(&Options{}, map[string]edition{contract.BaseProfile: {contract: c}}, tc.trials), tc.kind, tc.subject, tc.text)
		})
	}
}

// A defect that breaks nothing that is tested is not tried, and is no problem: it is named.
func TestUntestedDefects(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	o := Options{ClientDefects: []defect.ClientDefect{
		{Name: "nobody-looks", Breaks: []string{untested(c), informing(c)}, Apply: func(*reference.Config) {}},
		{Name: "one-looks", Breaks: []string{untested(c), "RSZ-CLIENT-101"}, Apply: func(*reference.Config) {}},
	}}
	editions := map[string]edition{contract.BaseProfile: {contract: c}}
	trials := plan(&o, editions)
	if len(trials) != 1 || trials[0].name() != "defect one-looks" || !slices.Equal(trials[0].defect.breaks, []string{"RSZ-CLIENT-101"}) {
		t.Fatalf("wanted one trial, of one-looks, got %+v", trials)
	}
	trials[0].rows = allPass(c, "RSZ-CLIENT-101 FAIL")
	m := sumUp(&o, editions, trials)
	if !m.Holds() || m.Found() != 1 || len(m.Defects) != 1 || !slices.Equal(m.Untested, []string{"nobody-looks"}) {
		t.Errorf("wanted one defect that is found and one that is not tested, got %+v", m)
	}
}

// wantProblem looks for one problem, or none.
func wantProblem(t *testing.T, m *Matrix, kind ProblemKind, subject, text string) {
	t.Helper()
	if kind == "" {
		if !m.Holds() {
			t.Errorf("wanted no problem, got %+v", m.Problems)
		}
		return
	}
	if len(m.Problems) != 1 {
		t.Fatalf("wanted one problem, got %+v", m.Problems)
	}
	p := m.Problems[0]
	if p.Kind != kind || !strings.HasPrefix(p.Subject, subject) || !strings.Contains(p.Text, text) {
		t.Errorf("wanted %s %q with %q, got %+v", kind, subject, text, p)
	}
}

// inPassing is the row of a promise that is broken in some call, where its own scenario does not say so.
func inPassing(id string) journal.Result {
	return journal.Result{Requirement: id, Kind: journal.KindMonitor, Verdict: journal.Fail, Reason: "as said"}
}

// untested is a requirement that nothing tests, and informing one that never accuses.
func untested(c *contract.Contract) string {
	return first(c, func(r contract.Requirement) bool { return r.Tested == contract.NotTested })
}

func informing(c *contract.Contract) string {
	return first(c, func(r contract.Requirement) bool { return r.Tested != contract.NotTested && r.Level == journal.May })
}

func first(c *contract.Contract, is func(contract.Requirement) bool) string {
	all := c.Requirements()
	return all[slices.IndexFunc(all, is)].ID
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
	d := ofServer("RSZ-STATE-002", "RSZ-STATE-001")
	d.title = hostile
	of := ofClient("RSZ-CLIENT-101")
	of.name = "of-a-client"
	m := summed(c, trial{defect: d, rows: said}, trial{defect: of, rows: append(allPass(c), inPassing("RSZ-CLIENT-101"))})
	m.Untested = []string{"not-tried"}

	var page bytes.Buffer
	if err := m.HTML(&page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(page.String(), "<script") {
		t.Error("the page has a script that it was not given")
	}
	for _, wanted := range []string{`class="declared"`, `class="unseen"`, "RSZ-STATE-002 finds d", "of-a-client breaks RSZ-CLIENT-101, which does not see it", "<td>client</td>", "not-tried"} {
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
	if back.Seeded != 2 || back.Found != 1 || back.Holds || len(back.Problems) == 0 || len(back.Defects) != 2 || back.Defects[0].Side != journal.Server ||
		back.Defects[1].Side != journal.Client || !back.Defects[1].Accusers[0].InPassing || !slices.Equal(back.Untested, m.Untested) || len(back.Requirements) != len(m.Requirements) {
		t.Errorf("selftest.json: %+v", back)
	}
	var shown bytes.Buffer
	if err := m.Terminal(&shown, 80); err != nil {
		t.Fatal(err)
	}
	for _, wanted := range []string{
		"DOES NOT HOLD", "UNSEEN d: ", "MISATTRIBUTED of-a-client: ", "1 of 1 defects of servers found", "0 of 1 defects of clients found", "1 defects not tried", "not-tried",
	} {
		if !strings.Contains(shown.String(), wanted) {
			t.Errorf("wanted %q, the terminal says:\n%s", wanted, shown.String())
		}
	}
}

package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// webpage renders a run and parses it, as a browser without scripts would.
func webpage(t testing.TB, run *journal.Run, o report.Options) (*html.Node, string) {
	t.Helper()
	var b bytes.Buffer
	if err := report.HTML(&b, run, o); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return doc, b.String()
}

// elements lists what fits.
func elements(n *html.Node, fits func(*html.Node) bool) []*html.Node {
	var all []*html.Node
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && fits(d) {
			all = append(all, d)
		}
	}
	return all
}

func classed(class string) func(*html.Node) bool {
	return func(n *html.Node) bool { return slices.Contains(strings.Fields(attr(n, "class")), class) }
}

func named(a atom.Atom) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.DataAtom == a }
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// content is the text of a node.
func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// result is the row of the page with an id.
func result(t testing.TB, doc *html.Node, id string) *html.Node {
	t.Helper()
	for _, row := range elements(doc, classed("row")) {
		if len(elements(row, func(n *html.Node) bool { return attr(n, "id") == id })) == 1 {
			return row
		}
	}
	t.Fatalf("the page has no row %s", id)
	return nil
}

func says(t testing.TB, n *html.Node, wanted ...string) {
	t.Helper()
	got := content(n)
	for _, w := range wanted {
		if !strings.Contains(got, w) {
			t.Errorf("it does not say %q:\n%s", w, got)
		}
	}
}

func TestThePageSaysWhatTheRunWas(t *testing.T) {
	run := everyVerdict()
	run.Start.Warnings = []string{"the server's certificate was not checked"}
	run.Start.Command = "conformance run --server http://127.0.0.1:9000"
	run.Notes = append(run.Notes, journal.Note{Text: "server 5 is still there", Left: true})
	doc, _ := webpage(t, run, report.Options{})
	says(t, elements(doc, named(atom.H1))[0], "NO VERDICT", "the run against http://127.0.0.1:9000 failed", "1 failure")
	main := elements(doc, named(atom.Main))[0]
	says(t, main, "http://127.0.0.1:9000", "built-in", "intl", "0123456789abcdef0123456789abcdef", "1.2.3", "2026-11-23 12:00:00 UTC", "1.53 s", "the server's certificate was not checked",
		"server 5 is still there", "conformance run --server http://127.0.0.1:9000", "The request line", "server 5 was started again")
	if boxes := elements(doc, classed("box")); len(boxes) != 2 || !strings.HasPrefix(content(boxes[0]), "Left behind") {
		t.Errorf("%d boxes", len(boxes))
	}
}

// The rows and the matrix are those of results.json.
func TestThePageSaysWhatResultsSay(t *testing.T) {
	run := everyVerdict()
	doc, _ := webpage(t, run, report.Options{})
	wanted := resultsOf(t, run, report.Options{})
	rows := elements(doc, classed("row"))
	if len(rows) != len(wanted.Results) {
		t.Errorf("%d rows, results.json has %d", len(rows), len(wanted.Results))
	}
	told := map[string]int{}
	for _, row := range rows {
		told[attr(row, "data-v")]++
	}
	for verdict, n := range wanted.Counts {
		if told[verdict] != n {
			t.Errorf("%d rows are %s, results.json counts %d", told[verdict], verdict, n)
		}
	}
	cells := map[string]string{}
	for _, a := range elements(doc, func(n *html.Node) bool { return n.DataAtom == atom.A && attr(n, "data-f") != "" }) {
		cells[attr(a, "data-f")+" "+attr(a, "data-v")] = content(a)
	}
	n := 0
	for _, f := range wanted.Families {
		for verdict, count := range f.Counts {
			if count == 0 {
				continue
			}
			n++
			if got := cells[f.Family+" "+verdict]; got != fmt.Sprint(count) {
				t.Errorf("the matrix has %q for %s in %s, want %d", got, verdict, f.Family, count)
			}
		}
	}
	if n != len(cells) {
		t.Errorf("the matrix has %d cells that count, want %d", len(cells), n)
	}
}

func TestAFailureExplainsItself(t *testing.T) {
	run := everyVerdict()
	run.Results[1].Finding.SpecText = "job_id: {type: string}"
	doc, _ := webpage(t, run, report.Options{})
	row := result(t, doc, "RSZ-BODY-001")
	says(t, row, "FAIL", "gives FAIL", "clause of RSZ-BODY-001", "seed, Constraints, bullet 1", "MUST", "server", "suites/state.go:42", "a string", "17", "/job_id",
		"spec/openapi.yaml:123", "job_id: {type: string}", "in 3 exchanges", "conformance run --requirement RSZ-BODY-001", "curl -X POST", "X-Auth-Token: $OS_AUTH_TOKEN", `2.50,`)
	marks := elements(row, named(atom.Mark))
	if len(marks) != 1 || content(marks[0]) != `  "job_id": 17,   <-- /job_id` {
		t.Errorf("marked: %v", marks)
	}
	if pass := result(t, doc, "RSZ-JOB-008"); strings.Contains(content(pass), "Wanted") {
		t.Error("a pass has something wanted")
	} else {
		says(t, pass, "25 exchanges could have broken it")
	}
}

// Everything a link leads to is there once, and nothing is loaded from elsewhere.
func TestThePageNeedsNothingElse(t *testing.T) {
	for name, run := range map[string]*journal.Run{"every verdict": everyVerdict(), "resizes": resizes(), "hostile": hostileRun()} {
		doc, raw := webpage(t, run, report.Options{})
		ids := map[string]bool{}
		for _, n := range elements(doc, func(n *html.Node) bool { return attr(n, "id") != "" }) {
			id := attr(n, "id")
			if ids[id] {
				t.Errorf("%s: id %q is there twice", name, id)
			}
			if strings.ContainsAny(id, " \n\t") {
				t.Errorf("%s: id %q has space in it", name, id)
			}
			ids[id] = true
		}
		links := 0
		for _, n := range elements(doc, func(*html.Node) bool { return true }) {
			for _, a := range n.Attr {
				switch {
				case a.Key == "href":
					links++
					if id, local := strings.CutPrefix(a.Val, "#"); !local || !ids[unescape(t, id)] {
						t.Errorf("%s: a link leads to %q", name, a.Val)
					}
				case slices.Contains([]string{"src", "srcset", "action", "formaction", "data", "poster", "background", "style", "ping", "xlink:href"}, a.Key), strings.HasPrefix(a.Key, "on"):
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
		}
		if links < 5 {
			t.Errorf("%s: only %d links", name, links)
		}
		if strings.Contains(raw, "ZgotmplZ") || strings.Contains(raw, "@import") || strings.Contains(raw, "url(") {
			t.Errorf("%s: the page has something that html/template refused, or that would be loaded", name)
		}
	}
}

// The one script is the one that the policy names.
func TestThePolicyNamesTheScript(t *testing.T) {
	doc, _ := webpage(t, hostileRun(), report.Options{})
	scripts := elements(doc, named(atom.Script))
	if len(scripts) != 1 {
		t.Fatalf("%d scripts", len(scripts))
	}
	hash := sha256.Sum256([]byte(content(scripts[0])))
	wanted := "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'"
	metas := elements(doc, func(n *html.Node) bool { return attr(n, "http-equiv") == "Content-Security-Policy" })
	if len(metas) != 1 || attr(metas[0], "content") != wanted {
		t.Errorf("the policy is %q, want %q", attr(metas[0], "content"), wanted)
	}
}

// hostileText tries to get out of wherever it is put.
const hostileText = `</script></style></title></pre></details>--><script>pwned()</script><img src=x onerror=pwned()><svg onload=pwned()>"' onclick="pwned()" style="x" javascript:pwned() {{.}} ` +
	"\x00\x1b[2J\u202e\u2028`${pwned()}`\xff"

// hostileRun has it in every text that a journal holds.
func hostileRun() *journal.Run {
	h := hostileText
	r := row("RSZ-URI-001", "title "+h, journal.Fail)
	r.Reason, r.Clause, r.Source, r.Rerun, r.File, r.Operation, r.Level, r.Side = h, h, h, h, h, h, journal.Level(h), journal.Side(h)
	r.Finding = &journal.Finding{Wanted: h, Got: `{"a":` + "\"" + `</script>` + "\"}", Pointer: h, In: h, SpecLine: h, SpecPointer: h, SpecText: h, Exchange: 1, Steps: []journal.Step{{Text: h, Exchange: 1}, {Text: h, Exchange: 99}}}
	r.Exchanges, r.Signature = []int64{1, 2, 3}, []string{h}
	r.Listed = &journal.Listing{Entry: h, Owner: h, Reason: h, Link: h, Expires: h, Standing: journal.Standing(h), Next: h, Found: journal.Fail}
	c := row("RSZ-URI-001", "case "+h, journal.Fail)
	c.Kind = journal.KindCase
	odd := row("X"+h, h, journal.Verdict(h))
	var events []journal.Event
	for id := range int64(3) {
		x := wrongJobID(id + 1)
		x.Operation, x.Status = []string{"showJob", "showServer", h}[id], 200
		x.ResponseBody.Text = []string{`{"job_id":"` + strings.Repeat("<svg onload=pwned()>", 3) + `","status":"<b>"}`, `{"server":{"id":"</svg><script>","status":"\"><script>pwned()"}}`, h}[id]
		x.Curl, x.URL, x.Method, x.Malformed, x.Error, x.Recording, x.Proto = h, h, h, h, h, h, h
		x.RequestHeader = append(x.RequestHeader, journal.Header{Name: h, Value: h})
		x.Violations[0].Wanted, x.Violations[0].SpecText = h, h
		x.Start = x.Start.Add(time.Duration(id) * time.Millisecond)
		events = append(events, journal.Event{Exchange: x})
	}
	events = append(events, journal.Event{Note: &journal.Note{Scenario: h, Text: h}}, journal.Event{Note: &journal.Note{Text: h, Left: true}}, journal.Event{Disagreement: &journal.Disagreement{In: h, Kin: h, Lib: h}})
	run := runOf([]journal.Result{r, c, odd}, events...)
	s := &run.Start
	s.Target, s.Client, s.Profile, s.ContractFile, s.ContractHash, s.SuiteVersion, s.Shard, s.Filter, s.Pin, s.Command = h, h, h, h, h, h, h, h, h, h
	s.Warnings, s.Capabilities, s.Config, s.Families = []string{h}, []string{h}, map[string]string{h: h}, map[string]string{"RSZ-URI": h}
	s.Baseline = &journal.Baseline{File: h, Hash: h}
	run.Problems = append(run.Problems, h)
	return run
}

// What a server answers is text on the page, whatever it is.
func TestNothingAServerSendsGetsOut(t *testing.T) {
	doc, raw := webpage(t, hostileRun(), report.Options{})
	harmless := strings.Fields(`html head meta title style body a header p h1 h2 h3 h4 h5 span b main section div dl dt dd time code details summary ul ol li table thead tbody tfoot tr th td form input select
		option button output dialog kbd label footer script pre mark figure svg text path rect figcaption del ins br`)
	for _, n := range elements(doc, func(n *html.Node) bool {
		return !slices.Contains(harmless, n.Data) && !(n.Namespace == "svg" && n.Data == "title")
	}) {
		t.Errorf("there is a <%s>", n.Data)
	}
	if strings.ContainsAny(raw, "\x00\x1b\u202e\u2028") || !strings.Contains(raw, `\u202e`) || !strings.Contains(raw, `\x1b[2J`) {
		t.Error("characters that are not to be seen are in the page, or are not told")
	}
	says(t, elements(doc, named(atom.Body))[0], "<script>pwned()</script><img src=x onerror=pwned()>", "{{.}}")
}

// resizes is a run with jobs and servers to be seen: one resize that went well, and one whose job went back.
func resizes() *journal.Run {
	var events []journal.Event
	id := int64(0)
	add := func(scenario, operation, method, body string, status int, at time.Duration) int64 {
		id++
		x := wrongJobID(id)
		x.Scenario, x.Operation, x.Method, x.Status, x.Violations = scenario, operation, method, status, nil
		x.URL = "http://127.0.0.1:9000/v1/p/" + operation
		x.RequestBody = journal.Body{}
		x.ResponseBody = journal.Body{Text: body, Size: int64(len(body))}
		x.Start, x.Duration = noon().Add(at), time.Millisecond
		events = append(events, journal.Event{Exchange: x})
		return id
	}
	server := func(flavor string) string {
		return `{"server":{"id":"s-1","status":"SHUTOFF","OS-EXT-STS:task_state":null,"flavor":{"id":"` + flavor + `"},"ram":12345678901234567890}}`
	}
	job := func(status string) string { return `{"job_id":"j-1","status":"` + status + `"}` }
	good := row("RSZ-STATE-001", "a stopped server is resized", journal.Pass)
	for i, state := range []string{"INIT", "RUNNING", "RUNNING", "SUCCESS"} {
		if i == 0 {
			good.Exchanges = append(good.Exchanges, add(good.Key(), "showServer", "GET", server("s6.small"), 200, 0), add(good.Key(), "resizeServer", "POST", `{"job_id":"j-1"}`, 200, 2*time.Millisecond))
		}
		good.Exchanges = append(good.Exchanges, add(good.Key(), "showJob", "GET", job(state), 200, time.Duration(4+2*i)*time.Millisecond))
	}
	good.Exchanges = append(good.Exchanges, add(good.Key(), "showServer", "GET", server("s6.large"), 200, 20*time.Millisecond))
	bad := row("RSZ-JOB-003", "every exchange of the run", journal.Fail)
	bad.Kind = journal.KindMonitor
	for i, state := range []string{"RUNNING", "SUCCESS", "RUNNING"} {
		last := add("RSZ-JOB-001 another", "showJob", "GET", job(state), 200, time.Duration(40+5*i)*time.Millisecond)
		bad.Finding = &journal.Finding{Wanted: `{"status":"SUCCESS","n":1}`, Got: `{"status":"RUNNING","n":1}`, Pointer: "/status", Exchange: last}
	}
	bad.Exchanges = []int64{bad.Finding.Exchange}
	return runOf([]journal.Result{good, bad}, events...)
}

func TestStatesAreDrawnAndSaid(t *testing.T) {
	doc, _ := webpage(t, resizes(), report.Options{})
	good := result(t, doc, "RSZ-STATE-001")
	says(t, good, "server s-1 SHUTOFF s6.small +1.0 ms → SHUTOFF s6.large +21.0 ms", "job j-1 INIT +5.0 ms → RUNNING +7.0 ms → SUCCESS +11.0 ms", "resizeServer +2.0 ms, 200 (exchange 2)")
	bars := elements(good, func(n *html.Node) bool { return n.Data == "rect" })
	var classes []string
	for _, b := range bars {
		classes = append(classes, attr(b, "class"))
	}
	if got := strings.Join(classes, ", "); got != "rest, rest last, busy, busy, rest last" {
		t.Errorf("bars: %s", got)
	}
	// Bars stand in the order of time, and within the picture.
	var x, width float64
	for i, b := range bars[2:] {
		last := x + width
		if _, err := fmt.Sscan(attr(b, "x")+" "+attr(b, "width"), &x, &width); err != nil {
			t.Fatal(err)
		}
		if i > 0 && (x < last-0.2 || x > last+0.2) || x+width > 640 {
			t.Errorf("a bar is at %g, %g wide; the one before ends at %g", x, width, last)
		}
	}
	if svg := elements(good, func(n *html.Node) bool { return n.Data == "svg" }); len(svg) != 1 || !strings.Contains(attr(svg[0], "aria-label"), "RUNNING +7.0 ms → SUCCESS") {
		t.Errorf("%d pictures", len(svg))
	}
	// A promise that is judged over all exchanges shows the scenario in which it was broken.
	says(t, result(t, doc, "RSZ-JOB-003"), "job j-1 RUNNING +1.0 ms → SUCCESS +6.0 ms → RUNNING +11.0 ms")
}

func TestDifferencesOfJSONAreShown(t *testing.T) {
	doc, _ := webpage(t, resizes(), report.Options{})
	diffs := elements(result(t, doc, "RSZ-STATE-001"), classed("diff"))
	if len(diffs) != 1 || content(diffs[0]) != "Pointerexchange 1exchange 7/server/flavor/id\"s6.small\"\"s6.large\"" {
		t.Errorf("what the server was changed in: %v", content(diffs[0]))
	}
	diffs = elements(result(t, doc, "RSZ-JOB-003"), classed("diff"))
	if len(diffs) != 1 || content(diffs[0]) != `Pointerwantedgot/status"SUCCESS""RUNNING"` {
		t.Errorf("what was wanted against what was got: %v", content(diffs[0]))
	}
}

func TestTheCasesOfAScenarioStandWithIt(t *testing.T) {
	scenario := row("RSZ-BODY-012", "values that are not allowed are refused", journal.Fail)
	results := []journal.Result{scenario}
	for i, v := range []journal.Verdict{journal.Pass, journal.Fail, journal.NotApplicable} {
		c := row("RSZ-BODY-012", fmt.Sprintf("enum/flavorRef/%d", i), v)
		c.Kind = journal.KindCase
		results = append(results, c)
	}
	orphan := row("RSZ-BODY-013", "enum/alone", journal.Fail)
	orphan.Kind = journal.KindCase
	doc, _ := webpage(t, runOf(append(results, orphan)), report.Options{})
	if rows := elements(doc, classed("row")); len(rows) != 2 {
		t.Errorf("%d rows, want the scenario and the case without one", len(rows))
	}
	row := result(t, doc, "RSZ-BODY-012")
	says(t, row, "3 cases: 1 pass, 1 fail, 1 n/a", "enum/flavorRef/0", "enum/flavorRef/2  (NOT_APPLICABLE)")
	if cases := elements(row, classed("case")); len(cases) != 1 || !strings.Contains(content(cases[0]), "enum/flavorRef/1") {
		t.Errorf("%d cases are shown by themselves", len(cases))
	}
	result(t, doc, "RSZ-BODY-012/enum/flavorRef/1") // it can be linked to
}

// What is too much is folded, and the page says so.
func TestThePageStaysSmallAndSaysSo(t *testing.T) {
	run := big()
	_, whole := webpage(t, run, report.Options{})
	doc, raw := webpage(t, run, report.Options{HTMLLimit: 100_000})
	if len(raw) > len(whole)*2/3 {
		t.Errorf("%d bytes with little room, %d with much", len(raw), len(whole))
	}
	if n := len(elements(doc, classed("row"))); n != 2000 {
		t.Errorf("%d rows: results are never folded", n)
	}
	footer := elements(doc, named(atom.Footer))[0]
	says(t, footer, "shown as a line each, without bytes", "without bytes and without a picture of states, because the page would get too big", journal.FileName)
	if len(whole) > 15<<20 {
		t.Errorf("20,000 exchanges take %d bytes", len(whole))
	}
	long := everyVerdict()
	long.Exchanges[0].ResponseBody.Text = "[" + strings.Repeat("\"a line of some length that is not put into one with the next\",\n", 5000) + "1]"
	long.Results[1].Finding.Pointer = "/4000"
	doc, raw = webpage(t, long, report.Options{})
	if len(raw) > 200_000 {
		t.Errorf("a large body makes the page %d bytes", len(raw))
	}
	says(t, elements(doc, named(atom.Footer))[0], "1 heads and bodies shown in part")
	if marks := elements(doc, named(atom.Mark)); len(marks) != 1 || !strings.Contains(content(marks[0]), "/4000") {
		t.Error("what is marked was folded away")
	}
}

func TestThePageOfAKilledRun(t *testing.T) {
	run := everyVerdict()
	doc, _ := webpage(t, journal.NewRun(run.Events[:len(run.Events)-4]...), report.Options{})
	says(t, elements(doc, named(atom.H1))[0], "NO VERDICT", "planned result")
	says(t, result(t, doc, journal.RecordRequirement), "the run did not come to its end")
	doc, _ = webpage(t, journal.NewRun(), report.Options{})
	says(t, elements(doc, named(atom.H1))[0], "NO VERDICT")
}

func TestThePageShowsTheBaseline(t *testing.T) {
	fallen, held := row("RSZ-JOB-001", "fell", journal.XPass), row("RSZ-JOB-002", "held", journal.XFail)
	fallen.Listed = &journal.Listing{Entry: "accepted.yaml:3", Owner: "ecs-team", Expires: "2026-12-31", Standing: journal.Passes, Next: "take the entry out", Found: journal.Pass}
	held.Listed = &journal.Listing{Entry: "accepted.yaml:9", Owner: "api-team", Expires: "2027-01-31", Standing: journal.Holds, Reason: "known since May", Found: journal.Fail}
	run := runOf([]journal.Result{fallen, held})
	run.Start.Baseline = &journal.Baseline{File: "accepted.yaml", Hash: "feed", Entries: make([]journal.Accepted, 2)}
	doc, _ := webpage(t, run, report.Options{})
	boxes := elements(doc, classed("box"))
	if len(boxes) != 1 {
		t.Fatalf("%d boxes", len(boxes))
	}
	says(t, boxes[0], "PASSES", "RSZ-JOB-001", "accepted.yaml:3, ecs-team", "2026-12-31", "take the entry out")
	says(t, elements(doc, named(atom.Main))[0], "accepted.yaml (2 entries, sha256 feed)", "accepted.yaml:9, api-team", "known since May")
	says(t, result(t, doc, "RSZ-JOB-002"), "accepted.yaml:9, api-team, until 2027-01-31: known since May")
}

func unescape(t testing.TB, fragment string) string {
	t.Helper()
	id, err := url.PathUnescape(fragment)
	if err != nil {
		t.Errorf("%q: %v", fragment, err)
	}
	return id
}

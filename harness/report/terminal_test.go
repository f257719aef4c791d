package report_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// broken is the row that wrongJobID proves.
func broken() journal.Result {
	r := row("RSZ-BODY-001", "the job id is an opaque string", journal.Fail)
	r.Clause = "The answer to an accepted resize of a pay-per-use server carries job_id, an opaque and not empty string, by which showJob knows the job."
	r.Source = "International edition, Modifying the Specifications of an ECS, response table, row job_id"
	r.Reason = "job_id is a number"
	r.Finding = &journal.Finding{
		Wanted: "a string", Got: "17, a number", Pointer: "/job_id", SpecPointer: "#/components/schemas/ResizeAccepted/properties/job_id/type", SpecLine: "spec/openapi.yaml:1234", Exchange: 1, Count: 12,
	}
	return r
}

func screen(r journal.Result, x *journal.Exchange, s report.Style) string {
	var more []journal.Event
	if x != nil {
		more = append(more, journal.Event{Exchange: x})
	}
	return report.Screen(runOf([]journal.Result{r}, more...), r, s)
}

func terminal(t *testing.T, run *journal.Run, o report.TerminalOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Terminal(&b, run, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestAFailureOnOneScreen(t *testing.T) {
	golden(t, "screen.txt", screen(broken(), wrongJobID(1), report.Style{}))
	golden(t, "screen-60.txt", screen(broken(), wrongJobID(1), report.Style{Width: 60}))
	golden(t, "screen-color.txt", screen(broken(), wrongJobID(1), report.Style{Color: true}))
}

// The last steps are what the finding is about, so they are the ones that stay.
func TestStepsOnAScreen(t *testing.T) {
	r := broken()
	for i := range 11 {
		r.Finding.Steps = append(r.Finding.Steps, journal.Step{Text: fmt.Sprintf("step of number %d", i+1), Exchange: int64(100 + i)})
	}
	got := screen(r, wrongJobID(1), report.Style{})
	for _, want := range []string{"3 before these", "4. step of number 4 · exchange 103", "11. step of number 11 · exchange 110"} {
		if !strings.Contains(got, want) {
			t.Errorf("wanted %q on the screen:\n%s", want, got)
		}
	}
	if strings.Contains(got, "number 3 ") {
		t.Errorf("wanted only the last steps:\n%s", got)
	}
}

func TestTheOrderOfAScreen(t *testing.T) {
	got := screen(broken(), wrongJobID(1), report.Style{})
	at := 0
	for _, part := range []string{
		"RSZ-BODY-001", "the job id is an opaque string", "clause", "The answer to an accepted", "source", "International edition", "wanted", "a string", "got", "17, a number",
		"/job_id in the response", "spec/openapi.yaml:1234", "12 exchanges", "exchange 1", "12:00:00.012 UTC", "first byte 2.1 ms", "3.4 ms", "POST http", "flavorRef", "HTTP/1.1 200",
		`"job_id": 17,   <-- /job_id`, "curl -X POST", "again:", "conformance run --requirement RSZ-BODY-001",
	} {
		i := strings.Index(got[at:], part)
		if i < 0 {
			t.Fatalf("%q does not come after what is before it:\n%s", part, got)
		}
		at += i
	}
}

// Whatever comes, a screen is a screen: about forty lines of the style's width. The curl line and the command are there to be copied and are never cut.
func TestAScreenStaysAScreen(t *testing.T) {
	long := strings.Repeat("long words and 语言 ", 2000)
	var object strings.Builder
	object.WriteString("{")
	for i := range 3000 {
		fmt.Fprintf(&object, `"key%d":{"a":[1,2,3]},`, i)
	}
	object.WriteString(`"job_id":17}`)
	r := broken()
	r.Clause, r.Source, r.Title, r.Reason, r.Finding.Got, r.Finding.Wanted = long, long, long, long, long, long
	x := wrongJobID(1)
	x.RequestBody.Text, x.ResponseBody.Text, x.URL = object.String(), object.String(), "http://127.0.0.1/"+strings.Repeat("x", 5000)
	for i := range 100 {
		x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: fmt.Sprintf("X-Header-%d", i), Value: long})
	}
	for _, width := range []int{0, 20, 40, 80, 100, 200} {
		got := screen(r, x, report.Style{Width: width})
		limit := map[int]int{0: 100, 20: 40, 200: 120}[width]
		if limit == 0 {
			limit = width
		}
		lines := strings.Split(strings.TrimSuffix(got, "\n"), "\n")
		high := 0
		for _, line := range lines {
			high += max(1, (utf8.RuneCountInString(line)+limit-1)/limit)
			if utf8.RuneCountInString(line) > limit && !strings.HasPrefix(line, "curl ") && !strings.HasPrefix(line, "again:") {
				t.Errorf("width %d: a line of %d characters: %s", width, utf8.RuneCountInString(line), line)
			}
		}
		if most := map[bool]int{true: 50, false: 54}[limit >= 60]; high > most {
			t.Errorf("width %d: %d lines\n%s", width, high, got)
		}
		if !strings.Contains(got, `"job_id": 17   <-- /job_id`) {
			t.Errorf("width %d: what the finding is about is folded away:\n%s", width, got)
		}
		if !strings.Contains(got, x.Curl) || !strings.Contains(got, r.Rerun) {
			t.Errorf("width %d: curl or command are cut", width)
		}
	}
}

func TestBodiesOnAScreen(t *testing.T) {
	for _, c := range []struct {
		name    string
		body    journal.Body
		pointer string
		want    []string
		not     []string
	}{
		{"a missing member", journal.Body{Text: `{"a":{"b":1}}`}, "/a/c", []string{`"a": {"b": 1}   <-- /a/c is not here`}, nil},
		{"missing in the root", journal.Body{Text: `{"b":1}`}, "/job_id", []string{`< {"b": 1}   <-- /job_id is not here`}, nil},
		{"an element", journal.Body{Text: `[[1],[2,3]]`}, "/1/1", []string{"    3   <-- /1/1"}, nil},
		{"escaped names", journal.Body{Text: `{"a/b~c":{"":1}}`}, "/a~1b~0c/", []string{`"": 1   <-- /a~1b~0c/`}, nil},
		{"a name that begins alike", journal.Body{Text: `{"job":1,"job_id":2}`}, "/job_id", []string{`"job": 1,` + "\n", `"job_id": 2   <-- /job_id`}, nil},
		{"as on the wire", journal.Body{Text: `{"b":1.50,"a":1e400,"b":"\u00e9\/"}`}, "", []string{`{"b": 1.50, "a": 1e400, "b": "\u00e9\/"}`}, []string{"<--"}},
		{"short values on one line", journal.Body{Text: `{"a":[1,{"b":[]}],"c":"` + strings.Repeat("x", 50) + `"}`}, "", []string{"<   \"a\": [1, {\"b\": []}],\n"}, nil},
		{"but not around a mark", journal.Body{Text: `{"a":[1,{"b":2}]}`}, "/a/1/b", []string{"\"b\": 2   <-- /a/1/b\n"}, nil},
		{"empty things", journal.Body{Text: `{"a":{},"b":[ ]}`}, "/b", []string{`"a": {},`, `"b": []   <-- /b`}, nil},
		{"no JSON", journal.Body{Text: `{"job_id":1,}`}, "/job_id", []string{`< {"job_id":1,}`}, []string{"<--"}},
		{"two values", journal.Body{Text: `{} {}`}, "", []string{`< {} {}`}, nil},
		{"HTML", journal.Body{Text: "<html>\r\n\t<b>502</b>\n</html>"}, "", []string{"< <html>\n", "<     <b>502</b>"}, nil},
		{"bytes", journal.Body{Base64: base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 'x'}), Size: 3}, "", []string{"(3 bytes that are no UTF-8 text)", `\x1f\x8bx`}, []string{"\x1f"}},
		{"broken off", journal.Body{Text: `{"a":`, Size: 70, Truncated: true}, "", []string{`< {"a":`, "(broken off: 70 bytes were seen)"}, nil},
		{"not kept", journal.Body{Size: 70}, "", []string{"(70 bytes, not kept)"}, nil},
		{"terminal escapes", journal.Body{Text: "{\"a\":\"\u009b\u202e\"}\x1b[2J"}, "", []string{`\u009b\u202e`, `\x1b[2J`}, []string{"\x1b", "\u202e", "\u009b"}},
		{"many lines", journal.Body{Text: strings.Repeat("line\n", 5000)}, "", []string{"more lines"}, nil},
		{"a long line", journal.Body{Text: strings.Repeat("x", 98) + strings.Repeat("y", 98) + "z"}, "", []string{"xx\n< yy", "yy\n< z\n"}, nil},
		{"one endless line", journal.Body{Text: strings.Repeat("x", 1<<20)}, "", []string{"xxxx…"}, nil},
		{"deep", journal.Body{Text: strings.Repeat("[", 9000) + strings.Repeat("]", 9000)}, "", []string{"more lines"}, nil},
		{"too deep", journal.Body{Text: strings.Repeat("[", 50000)}, "", []string{"[[[["}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, x := broken(), wrongJobID(1)
			r.Finding.Pointer = c.pointer
			x.Violations, x.ResponseBody = nil, c.body
			got := screen(r, x, report.Style{})
			_, answer, _ := strings.Cut(got, "< HTTP/1.1 200")
			answer, _, _ = strings.Cut(answer, "curl")
			for _, want := range c.want {
				if !strings.Contains(answer, want) {
					t.Errorf("%q is not in\n%s", want, answer)
				}
			}
			for _, not := range c.not {
				if strings.Contains(answer, not) {
					t.Errorf("%q is in\n%s", not, answer)
				}
			}
		})
	}
}

func TestWhereAFindingIs(t *testing.T) {
	for _, c := range []struct {
		name      string
		violation journal.Violation
		want      []string
	}{
		{"request body", journal.Violation{In: "request", Part: "body", Pointer: "/resize/dry_run"}, []string{"/resize/dry_run in the request", `"dry_run": false   <-- /resize/dry_run`}},
		{"a header that is there", journal.Violation{In: "response", Part: "header", Pointer: "x-request-id"}, []string{"header x-request-id of the response", "X-Request-Id: 0123456789abcdef   <--"}},
		{"a header that is not", journal.Violation{In: "response", Part: "header", Pointer: "Location"}, []string{"(no Location)   <--"}},
		{"the media type", journal.Violation{In: "response", Part: "media-type"}, []string{"media-type of the response", "Content-Type: application/json   <--"}},
		{"a path parameter", journal.Violation{In: "request", Part: "path", Pointer: "server_id"}, []string{"path server_id of the request"}},
		{"the status", journal.Violation{In: "response", Part: "status"}, []string{"status of the response"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, x := broken(), wrongJobID(1)
			c.violation.Requirement = r.Requirement
			r.Finding.Pointer = c.violation.Pointer
			x.Violations = []journal.Violation{c.violation}
			got := screen(r, x, report.Style{})
			for _, want := range c.want {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			if c.violation.Part == "path" && strings.Contains(got, "(no ") {
				t.Errorf("a path parameter is looked for among the headers:\n%s", got)
			}
		})
	}
}

func TestAnExchangeWithoutAnswer(t *testing.T) {
	r, x := broken(), wrongJobID(1)
	x.Status, x.Proto, x.ResponseHeader, x.ResponseBody, x.FirstByte, x.Error = 0, "", nil, journal.Body{}, 0, "dial tcp 127.0.0.1:9000: connection refused"
	x.Malformed = "dry_run is a string"
	r.Finding, r.Exchanges = nil, []int64{5, 1}
	got := screen(r, x, report.Style{})
	for _, want := range []string{"(no answer: dial tcp 127.0.0.1:9000: connection refused)", "the last of 2", "the request is wrong on purpose: dry_run is a string", "reason  job_id is a number"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	x.Status, x.Error = 200, "unexpected EOF"
	if got := screen(r, x, report.Style{}); !strings.Contains(got, "200 (broken off: unexpected EOF)") {
		t.Errorf("%s", got)
	}
	r.Exchanges = []int64{99} // lost with the end of a torn journal
	if got := screen(r, x, report.Style{}); !strings.Contains(got, "again:") {
		t.Errorf("%s", got)
	}
}

func TestACurlLineThatNobodyCopiesIsNotShown(t *testing.T) {
	x := wrongJobID(1)
	x.Curl = "curl " + strings.Repeat("x", 1<<20)
	if got := screen(broken(), x, report.Style{}); len(got) > 10_000 || !strings.Contains(got, "(the curl line has 1048581 bytes: it is exchange 1 in journal.jsonl)") {
		t.Errorf("%d bytes: %.3000s", len(got), got)
	}
}

func TestTerminalGolden(t *testing.T) {
	run := everyVerdict()
	golden(t, "terminal.txt", terminal(t, run, report.TerminalOptions{Reports: []string{"reports/junit.xml", "reports/results.json"}}))
	golden(t, "terminal-50.txt", terminal(t, run, report.TerminalOptions{Style: report.Style{Width: 50}, Strict: true}))
	killed := journal.NewRun(append(run.Events[:5:5], journal.Event{Scenario: &journal.ScenarioStart{Requirement: "RSZ-JOB-008", Title: "gives PASS"}})...)
	golden(t, "terminal-killed.txt", terminal(t, killed, report.TerminalOptions{}))
	green := runOf([]journal.Result{row("RSZ-URI-001", "one", journal.Pass), row("RSZ-BODY-001", "two", journal.NotApplicable)})
	golden(t, "terminal-green.txt", terminal(t, green, report.TerminalOptions{Style: report.Style{Color: true}}))
}

// One cause, one screen: a server that is down fails everything in the same way, but for ports, ids and times.
func TestManyIdenticalFindingsAreFolded(t *testing.T) {
	var results []journal.Result
	for i := range 40 {
		r := row(fmt.Sprintf("RSZ-URI-%03d", i), "title", journal.Fail)
		r.Reason = fmt.Sprintf("no answer from 127.0.0.1:%d for server %032x: waited %d.%02dms, 1m%d.5s, %d polls", 40000+i, i, i+1, i, i, i+1)
		results = append(results, r)
	}
	other := row("RSZ-URI-040", "title", journal.Fail)
	other.Reason = "status 404, wanted 400"
	another := row("RSZ-URI-041", "title", journal.Fail)
	another.Reason = "status 500, wanted 400"
	got := terminal(t, runOf(append(results, other, another)), report.TerminalOptions{})
	if n := strings.Count(got, "clause of"); n != 3 {
		t.Errorf("%d screens, want 3:\n%s", n, got)
	}
	if !strings.Contains(got, "39 more with the same finding: RSZ-URI-001 RSZ-URI-002") {
		t.Errorf("the folded ones are not named:\n%s", got)
	}
}

func TestFailuresBeyondTheFirstAreOneLineEach(t *testing.T) {
	var results []journal.Result
	for i := range 15 {
		r := row(fmt.Sprintf("RSZ-URI-%03d", i), "title", journal.Fail)
		r.Reason = "reason " + strings.Repeat("i", i)
		results = append(results, r)
	}
	results = append(results, row("RSZ-URI-099", "own fault", journal.HarnessError))
	got := terminal(t, runOf(results), report.TerminalOptions{Screens: 4})
	if n := strings.Count(got, "clause of"); n != 4 {
		t.Errorf("%d screens, want 4", n)
	}
	for i := range 15 {
		if id := fmt.Sprintf("RSZ-URI-%03d", i); !strings.Contains(got, id) {
			t.Errorf("%s is nowhere", id)
		}
	}
	if !strings.Contains(got, "12 more; the screens of all are in junit.xml") {
		t.Errorf("%s", got)
	}
	if strings.Index(got, "RSZ-URI-099") > strings.Index(got, "RSZ-URI-000") {
		t.Error("the worst does not come first")
	}
}

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	run := everyVerdict()
	run.Start.Target = "http://" + strings.Repeat("a-long-host-name.", 20)
	run.Start.Families = map[string]string{"RSZ-URI": strings.Repeat("title ", 50)}
	for width := 40; width <= 120; width++ {
		for _, line := range strings.Split(terminal(t, run, report.TerminalOptions{Style: report.Style{Width: width}}), "\n") {
			if n := utf8.RuneCountInString(line); n > width && !strings.HasPrefix(line, "curl ") && !strings.HasPrefix(line, "again:") {
				t.Fatalf("width %d: a line of %d: %q", width, n, line)
			}
		}
	}
}

type noTerminal struct{}

func (noTerminal) Write([]byte) (int, error) { return 0, errors.New("gone") }

func TestATerminalThatIsGoneIsAnError(t *testing.T) {
	if err := report.Terminal(noTerminal{}, everyVerdict(), report.TerminalOptions{}); err == nil {
		t.Error("no error")
	}
}

func TestStyleFor(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if report.IsTerminal(&bytes.Buffer{}) || report.IsTerminal(null) {
		t.Error("a buffer and the null device are no terminals")
	}
	if s := report.StyleFor(null, env()); s != (report.Style{}) {
		t.Errorf("%+v", s)
	}
	if s := report.StyleFor(null, env("COLUMNS", "72")); s.Width != 72 || s.Color {
		t.Errorf("%+v", s)
	}
	if s := report.StyleFor(null, env("COLUMNS", "wide")); s.Width != 0 {
		t.Errorf("%+v", s)
	}
	for _, c := range []struct {
		env  []string
		want bool
	}{
		{[]string{"CLICOLOR_FORCE", "1"}, true},
		{[]string{"CLICOLOR_FORCE", "1", "TERM", "dumb"}, true},
		{[]string{"CLICOLOR_FORCE", "0"}, false},
		{[]string{"CLICOLOR_FORCE", "1", "NO_COLOR", "1"}, false},
	} {
		if s := report.StyleFor(null, env(c.env...)); s.Color != c.want {
			t.Errorf("%v: colour %v", c.env, s.Color)
		}
	}
}

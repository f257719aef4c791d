package report_test

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/net/html/atom"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// Whatever a server answers and wherever a finding points, every report can be made, and JUnit is XML, and HTML is the page that it was.
func FuzzAnAnswer(f *testing.F) {
	for _, body := range []string{"", "{}", `{"a":[1,{"b":null}]}`, `{"a":1,"a":2}`, "[[[[", "<html>", "\x00\xff\x1b[2J", `{"\u0000":"\ud800"}`, strings.Repeat("语", 300)} {
		f.Add(body, "/a/1/b", "X-Header", 100)
		f.Add(body, "X-Header", body, 40)
	}
	f.Fuzz(func(t *testing.T, body, pointer, header string, width int) {
		r, x := broken(), wrongJobID(1)
		r.Finding.Pointer, r.Finding.Got, r.Reason = pointer, body, header
		x.RequestBody.Text, x.ResponseBody.Text, x.Curl = body, body, body
		x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: header, Value: body})
		run := runOf([]journal.Result{r}, journal.Event{Exchange: x})
		parsed, _ := junit(t, run, report.Options{JUnit: report.XSD})
		if len(cases(parsed)) != 1 || parsed.Failures != 1 {
			t.Errorf("%+v", parsed)
		}
		if doc, _ := webpage(t, run, report.Options{}); len(elements(doc, classed("row"))) != 1 || len(elements(doc, named(atom.Script))) != 1 {
			t.Error("what a server sent changes the page")
		}
		if err := report.Results(io.Discard, run, report.Options{}); err != nil {
			t.Error(err)
		}
		text := terminal(t, run, report.TerminalOptions{Style: report.Style{Width: width}})
		if strings.ContainsAny(text, "\x1b\x00\r\a") {
			t.Errorf("what a server sent drives the terminal: %q", text)
		}
	})
}

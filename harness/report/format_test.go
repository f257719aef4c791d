package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// green is a run in which every promise was kept.
func green() *journal.Run {
	run := runOf([]journal.Result{row("RSZ-URI-001", "kept", journal.Pass), row("RSZ-JOB-001", "kept too", journal.Pass), row("RSZ-DEH-001", "not there", journal.NotApplicable)})
	run.End.ExitCode = 0
	return run
}

// anyBytes has every byte, and what formats take for their own.
func anyBytes() string {
	var all strings.Builder
	for b := range 256 {
		all.WriteByte(byte(b))
	}
	for _, r := range []rune{0x85, 0x200b, 0x2028, 0x202e, 0xd7ff, 0xe000, 0xfeff, 0xfffd, 0xfffe, 0xffff, 0x10ffff} {
		all.WriteRune(r)
	}
	return all.String() + "]]><![CDATA[ &amp; </system-out> <!-- \r\n::error file=a::forged\n::stop-commands::x\n[[ATTACHMENT|/etc/passwd]] [a](http://evil.example) {0} @somebody ````\n```\n<script>alert(1)</script> | www.evil.example\n# head\n"
}

// hostile is a run in which that stands wherever a server has a say, and in some places where it has none.
func hostile() *journal.Run {
	text := anyBytes()
	r := row("RSZ-URI-001", "title "+text, journal.Fail)
	r.Reason, r.Clause, r.Source, r.Rerun, r.File, r.Operation = text, text, text, text, text, text
	r.Finding = &journal.Finding{Wanted: text, Got: text, Pointer: text, SpecLine: text, SpecPointer: text, Exchange: 1}
	r.Exchanges = []int64{1}
	accepted := row("RSZ-URI-002", "accepted", journal.XFail)
	accepted.Listed = &journal.Listing{Entry: text, Owner: text, Reason: text, Link: text, Expires: text, Standing: journal.Holds, Found: journal.Fail, Because: text}
	x := wrongJobID(1)
	x.Scenario, x.Method, x.Error, x.Malformed = text, text, text, text
	x.RequestBody.Text, x.ResponseBody.Text, x.Curl, x.URL = text, text, text, text
	x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: text, Value: text})
	run := runOf([]journal.Result{r, accepted}, journal.Event{Time: noon(), Exchange: x}, journal.Event{Time: noon(), Note: &journal.Note{Text: text, Left: true}})
	run.Start.Target, run.Start.Client, run.Start.Profile, run.Start.SuiteVersion, run.Start.Command = text, text, text, text, text
	run.Start.Warnings, run.Start.Families = []string{text}, map[string]string{"RSZ-URI": text}
	return run
}

// kindsOfRun are runs that every format has to be able to tell.
func kindsOfRun() map[string]*journal.Run {
	return map[string]*journal.Run{
		"green": green(), "every verdict": everyVerdict(), "killed": journal.NewRun(everyVerdict().Events[:8]...), "nothing": journal.NewRun(), "hostile": hostile(),
		"a verdict nobody knows": runOf([]journal.Result{row("RSZ-URI-001", "title", "OK")}),
	}
}

// vendored compiles a schema of others that is kept in testdata/schemas.
func vendored(t testing.TB, name string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("mem:///"+name, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("mem:///" + name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// renderer is a format's function.
type renderer func(io.Writer, *journal.Run, report.Options) error

func rendered(t testing.TB, render renderer, run *journal.Run, o report.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := render(&b, run, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// keeps wants a format to be valid by its published schema, whatever the run; and that the schema can say no.
func keeps(t *testing.T, schemaFile string, render renderer, spoil func(doc map[string]any)) {
	t.Helper()
	schema := vendored(t, schemaFile)
	for name, run := range kindsOfRun() {
		for _, strict := range []bool{false, true} {
			raw := rendered(t, render, run, report.Options{Strict: strict})
			instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := schema.Validate(instance); err != nil {
				t.Errorf("%s, strict %v: %v", name, strict, err)
			}
		}
	}
	var doc map[string]any
	if err := json.Unmarshal(rendered(t, render, everyVerdict(), report.Options{}), &doc); err != nil {
		t.Fatal(err)
	}
	spoil(doc)
	if schema.Validate(doc) == nil {
		t.Error("the schema lets pass what it has to refuse")
	}
}

// Every format can be made of every run: it is UTF-8 without characters that drive a terminal, and JSON and XML are what they say they are.
func TestEveryFormatOfEveryRun(t *testing.T) {
	for name, run := range kindsOfRun() {
		dir := t.TempDir()
		if err := report.Write(dir, run, report.Options{Formats: report.Formats(), Attachments: "reports"}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		looked := 0
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			looked++
			raw, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if !utf8.Valid(raw) {
				t.Errorf("%s: %s is not UTF-8", name, e.Name())
			}
			asItIs := e.Name() == report.HARFile || e.Name() == report.ResultsFile // what was sent and said, for programs
			if i := bytes.IndexFunc(raw, func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7f || r == 0x9b || r == 0x202e }); i >= 0 && !asItIs {
				t.Errorf("%s: %s holds %q", name, e.Name(), raw[i:min(len(raw), i+20)])
			}
			switch filepath.Ext(path) {
			case ".json", ".sarif", ".har":
				if !json.Valid(raw) {
					t.Errorf("%s: %s is no JSON", name, e.Name())
				}
			case ".xml", ".svg":
				if err := xml.Unmarshal(raw, new(struct{})); err != nil {
					t.Errorf("%s: %s is no XML: %v", name, e.Name(), err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if paths := report.Paths(dir); looked < 12 || len(paths) != 12 || filepath.Base(paths[0]) != report.HTMLFile {
			t.Errorf("%s: %d files, told are %v", name, looked, paths)
		}
		if err := report.Clear(dir); err != nil {
			t.Error(err)
		}
		if left := names(t, dir); len(left) > 0 {
			t.Errorf("%s: %v stay when the reports of an earlier run are taken away", name, left)
		}
	}
}

func TestFormatsByName(t *testing.T) {
	for _, c := range []struct {
		names []string
		env   map[string]string
		want  []report.Format
	}{
		{nil, nil, []report.Format{"html", "json", "junit"}},
		{[]string{"", " "}, nil, []report.Format{"html", "json", "junit"}},
		{[]string{"har, sarif", "har"}, nil, []report.Format{"har", "sarif"}},
		{[]string{"default", "ctrf"}, nil, []report.Format{"html", "json", "junit", "ctrf"}},
		{[]string{"auto"}, nil, []report.Format{"html", "json", "junit"}},
		{[]string{"auto"}, map[string]string{"GITHUB_ACTIONS": "true"}, []report.Format{"html", "json", "junit", "github-summary", "github-annotations"}},
		{[]string{"auto"}, map[string]string{"GITLAB_CI": "true"}, []report.Format{"html", "json", "junit", "gitlab"}},
		{[]string{"auto", "badge"}, map[string]string{"JENKINS_URL": "http://j"}, []report.Format{"html", "json", "junit", "jenkins", "badge"}},
		{[]string{"all"}, nil, report.Formats()},
	} {
		got, err := report.ParseFormats(c.names, func(name string) string { return c.env[name] })
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q with %v: got %v, %v; want %v", c.names, c.env, got, err, c.want)
		}
	}
	if _, err := report.ParseFormats([]string{"json,sarf"}, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), `did you mean "sarif"`) {
		t.Errorf("an unknown format: %v", err)
	}
}

// What cannot be written is an error that names the file, and takes no other with it.
func TestAFormatThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, report.SARIFFile, "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	err := report.Write(dir, everyVerdict(), report.Options{Formats: []report.Format{report.SARIFLog, report.CTRFJSON}})
	var told *report.WriteError
	if !errors.As(err, &told) || told.File != filepath.Join(dir, report.SARIFFile) {
		t.Errorf("got %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{report.SARIFFile, report.CTRFFile}) {
		t.Errorf("the directory has %v", got)
	}
}

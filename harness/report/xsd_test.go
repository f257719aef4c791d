package report_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// element is what junit-10.xsd of Jenkins' xUnit plugin allows of one element (jenkinsci/xunit-plugin at 031e285e,
// src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd, read 2026-11-23). Only the elements that we write are here; any other is
// an error of ours. The schema sets no order among the children that are listed.
type element struct {
	required []string
	optional []string
	children []string
	text     bool
}

func junit10() map[string]element {
	return map[string]element{
		"testsuites": {optional: []string{"name", "time", "tests", "failures", "errors"}, children: []string{"testsuite"}},
		"testsuite": {
			required: []string{"name", "tests", "failures", "errors"},
			optional: []string{"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
			children: []string{"testsuite", "properties", "testcase", "system-out", "system-err"},
		},
		"properties": {children: []string{"property"}},
		"property":   {required: []string{"name", "value"}},
		"testcase": {
			required: []string{"name"}, optional: []string{"time", "classname", "group"}, children: []string{"skipped", "error", "failure", "system-out", "system-err"},
		},
		"failure":    {optional: []string{"type", "message"}, text: true},
		"error":      {optional: []string{"type", "message"}, text: true},
		"skipped":    {optional: []string{"type", "message"}, text: true},
		"system-out": {text: true},
		"system-err": {text: true},
	}
}

// surefireTime is the pattern that the schema sets for the time of suites; a case's time is any string there.
var surefireTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// breaksJUnit10 lists what the schema would refuse.
func breaksJUnit10(document []byte) []string {
	rules := junit10()
	var found []string
	breaks := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	dec := xml.NewDecoder(bytes.NewReader(document))
	var path []string
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return found
		}
		if err != nil {
			breaks("no XML: %v", err)
			return found
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			rule, known := rules[name]
			if !known {
				breaks("<%s> is unknown", name)
			}
			if len(path) == 0 && name != "testsuites" {
				breaks("<%s> is the root", name)
			}
			if len(path) > 0 && !slices.Contains(rules[path[len(path)-1]].children, name) {
				breaks("<%s> in <%s>", name, path[len(path)-1])
			}
			var has []string
			for _, a := range e.Attr {
				has = append(has, a.Name.Local)
				if !slices.Contains(rule.required, a.Name.Local) && !slices.Contains(rule.optional, a.Name.Local) {
					breaks("<%s %s>", name, a.Name.Local)
				}
				if strings.HasPrefix(name, "testsuite") && a.Name.Local == "time" && !surefireTime.MatchString(a.Value) {
					breaks("<%s time=%q>", name, a.Value)
				}
			}
			for _, required := range rule.required {
				if !slices.Contains(has, required) {
					breaks("<%s> without %s", name, required)
				}
			}
			path = append(path, name)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(bytes.TrimSpace(e)) > 0 && (len(path) == 0 || !rules[path[len(path)-1]].text) {
				breaks("text in %v", path)
			}
		}
	}
}

func TestTheXSDDialectKeepsJUnit10(t *testing.T) {
	for name, run := range map[string]*journal.Run{"every verdict": everyVerdict(), "killed": journal.NewRun(everyVerdict().Events[:4]...), "nothing": journal.NewRun()} {
		_, raw := junit(t, run, report.Options{JUnit: report.XSD})
		if found := breaksJUnit10([]byte(raw)); len(found) > 0 {
			t.Errorf("%s: %s", name, strings.Join(found, "\n"))
		}
	}
}

// The check must be able to say no: it refuses what the schema's authors refuse, our own rich dialect among it.
func TestTheJUnit10CheckRefuses(t *testing.T) {
	_, rich := junit(t, everyVerdict(), report.Options{})
	for document, want := range map[string]string{
		rich: "<testcase file>",
		`<testsuites><testsuite name="" tests="" failures="" errors="" disabled=""/></testsuites>`:                                          "<testsuite disabled>",
		`<testsuites><testsuite name="" tests="" failures=""/></testsuites>`:                                                                "<testsuite> without errors",
		`<testsuites><testcase name=""/></testsuites>`:                                                                                      "<testcase> in <testsuites>",
		`<testsuites time="7.6407e-05"/>`:                                                                                                   `<testsuites time="7.6407e-05">`,
		`<testsuites>text</testsuites>`:                                                                                                     "text in [testsuites]",
		`<testsuites><testsuite name="" tests="" failures="" errors=""><testcase name="" status=""/></testsuite></testsuites>`:              "<testcase status>",
		`<testsuites><testsuite name="" tests="" failures="" errors=""><testcase name=""><properties/></testcase></testsuite></testsuites>`: "<properties> in <testcase>",
		`<testsuite name="" tests="" failures="" errors=""/>`:                                                                               "<testsuite> is the root",
		`<testsuites>`: "no XML",
	} {
		if got := strings.Join(breaksJUnit10([]byte(document)), "\n"); !strings.Contains(got, want) {
			t.Errorf("%.100s: got %q, want %s", document, got, want)
		}
	}
}

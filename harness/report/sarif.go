package report

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/journal"
)

// SARIFSchema is the address of the schema that sarif.json names (SARIF 2.1.0, Errata 01, OASIS).
const SARIFSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// DefaultSARIFLimit is how many results are written: GitHub shows no more of one upload (docs.github.com, "SARIF results exceed one or more limits").
const DefaultSARIFLimit = 5000

// sourceRoot stands for the root of this suite's sources, in which the contract and the scenarios are.
const sourceRoot = "%SRCROOT%"

// SARIF renders what a run found as SARIF 2.1.0: a rule is a requirement, a result what breaks it, at the line of the contract that says so. What is as it should be
// is no result, since some readers take every result for a finding.
func SARIF(out io.Writer, run *journal.Run, o Options) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	return enc.Encode(sarifOf(run, o))
}

func sarifOf(run *journal.Run, o Options) sarifLog {
	s := run.Start
	word, sentence := verdictOf(run, journal.Counting(run.Rows()), o.Strict)
	conclusion := journal.Conclude(run, o.Strict)
	r := sarifRun{
		Tool:       sarifTool{sarifDriver{Name: "resize-conformance", Version: printable(s.SuiteVersion), Full: "Conformance to the ECS resize API", Rules: []sarifRule{}}},
		Automation: sarifAutomation{"conformance/" + printable(s.Profile) + "/"}, ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Bases:      map[string]sarifLocation{sourceRoot: {Description: &sarifText{"The root of the sources of resize-conformance."}}},
		Properties: map[string]any{"target": printable(s.Target), "client": printable(s.Client), "profile": printable(s.Profile), "contractHash": s.ContractHash, "verdict": word},
	}
	invocation := sarifInvocation{Successful: conclusion.ExitCode <= journal.ExitNot, ExitCode: conclusion.ExitCode, Command: printable(s.Command)}
	if !run.Started.IsZero() {
		invocation.Start = run.Started.UTC().Format("2006-01-02T15:04:05.000Z")
		invocation.End = run.Started.Add(wall(run)).UTC().Format("2006-01-02T15:04:05.000Z")
	}
	tell := func(level, text string) {
		invocation.Notifications = append(invocation.Notifications, sarifNotification{level, sarifSaid(text)})
	}
	tell("note", word+": "+sentence)
	for _, text := range leftBehind(run) {
		tell("warning", text)
	}
	for _, text := range s.Warnings {
		tell("warning", text)
	}
	rows, _ := shownRows(run.Rows())
	rules := map[string]int{}
	left, limit := 0, o.SARIFLimit
	if limit <= 0 {
		limit = DefaultSARIFLimit
	}
	for _, row := range rows {
		i, known := rules[row.Requirement]
		if !known {
			i = len(r.Tool.Driver.Rules)
			rules[row.Requirement] = i
			r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, sarifRuleOf(row, run))
		}
		level := sarifLevel(row, o.Strict)
		switch {
		case level == "":
		case len(r.Results) == limit:
			left++
		default:
			r.Results = append(r.Results, sarifResultOf(run, row, i, level))
		}
	}
	if left > 0 {
		tell("warning", fmt.Sprintf("%d further results are left out: readers show no more than %d; they are in %s", left, limit, ResultsFile))
	}
	r.Invocations = []sarifInvocation{invocation}
	return sarifLog{SARIFSchema, "2.1.0", []sarifRun{r}}
}

// sarifLevel is how grave a row is; "" when there is nothing to be found in it.
func sarifLevel(row journal.Result, strict bool) string {
	switch o := outcomeOfRow(row, strict); {
	case row.Verdict == journal.NotApplicable, row.Verdict == journal.Pass && o == passed:
		return ""
	case row.Apart():
		return "note"
	case o == failure, o == errored, row.Verdict == journal.XFail:
		return "error"
	}
	return "warning"
}

func sarifRuleOf(row journal.Result, run *journal.Run) sarifRule {
	clause := oneLine(row.Clause, 1000)
	if clause == "" {
		clause = oneLine(row.Name(), 1000)
	}
	level := map[journal.Level]string{journal.Must: "error", journal.Should: "warning", journal.May: "note"}[row.Level]
	if level == "" {
		level = "error"
	}
	help := clause
	if row.Source != "" {
		help += "\nSource: " + oneLine(row.Source, 1000)
	}
	help += "\nTo see it in whole: conformance run --requirement " + row.Requirement
	family := journal.Family(row.Requirement)
	tags := slices.DeleteFunc([]string{family, string(row.Level), string(row.Side)}, func(s string) bool { return s == "" })
	return sarifRule{
		ID: printable(row.Requirement), Short: sarifSaid(clause), Full: sarifSaid(clause), Help: sarifSaid(help), Default: sarifDefault{level},
		Properties: map[string]any{"tags": tags, "level": row.Level, "side": row.Side, "source": printable(row.Source), "family": family, "familyTitle": printable(run.Start.Families[family])},
	}
}

func sarifResultOf(run *journal.Run, row journal.Result, rule int, level string) sarifResult {
	text := message(row)
	properties := map[string]any{"verdict": row.Verdict, "scenario": printable(row.Title), "kind": row.Kind, "side": row.Side}
	r := sarifResult{Rule: printable(row.Requirement), Index: rule, Level: level}
	place := contractPlace(run.Start.ContractFile, "")
	if f := row.Finding; f != nil {
		if f.Wanted != "" && !strings.Contains(text, f.Got) {
			text += "\nwanted " + f.Wanted + "\ngot " + f.Got
		}
		evidence, _ := evidenceOf(run, row)
		if where := whereOf(evidence, row); where != "" {
			text += "\n" + where
		}
		place = contractPlace(run.Start.ContractFile, f.SpecLine)
		for name, value := range map[string]string{"pointer": f.Pointer, "specPointer": f.SpecPointer} {
			if value != "" {
				properties[name] = printable(value)
			}
		}
		if f.Exchange != 0 {
			properties["exchange"] = f.Exchange
		}
	}
	if row.Operation != "" {
		place.Logical = []sarifLogical{{printable(row.Operation), "function"}}
	}
	r.Locations = []sarifPlace{place}
	if row.File != "" {
		scenario := placeOf(row.File, row.Line)
		scenario.ID, scenario.Message = 1, &sarifText{"the scenario that found it"}
		r.Related = []sarifPlace{scenario}
	}
	if row.Rerun != "" {
		properties["rerun"] = printable(row.Rerun)
		text += "\nagain: " + row.Rerun
	}
	r.Message = sarifSaid(head(text, textLimit))
	r.Fingerprints = map[string]string{"conformanceFinding/v1": fingerprint(row)}
	if l := row.Listed; l != nil && row.Verdict == journal.XFail {
		r.Suppressions = []sarifSuppression{{"external", "accepted", printable(fmt.Sprintf("%s: %s, until %s (%s)", l.Owner, l.Reason, l.Expires, l.Link))}}
	}
	r.Properties = properties
	return r
}

// fingerprint is the same in every run in which the same promise is broken in the same way.
func fingerprint(row journal.Result) string {
	h := sha256.New()
	for _, part := range append([]string{row.Name()}, row.Signed().Signature...) {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// contractPlace is a line of the contract, "spec/openapi.yaml:123"; without one the contract as a whole.
func contractPlace(file, at string) sarifPlace {
	if i := strings.LastIndexByte(at, ':'); i > 0 {
		if line, err := strconv.Atoi(at[i+1:]); err == nil && line > 0 {
			return placeOf(at[:i], line)
		}
	}
	if file == "" {
		file = "spec/openapi.yaml"
	}
	return placeOf(file, 1)
}

// placeOf is a line of a file. One that is not below the root of the sources has no base.
func placeOf(file string, line int) sarifPlace {
	uri, base := uriOf(file), sourceRoot
	if strings.HasPrefix(uri, "/") {
		uri, base = "file://"+uri, ""
	}
	return sarifPlace{Physical: sarifPhysical{sarifLocation{URI: uri, Base: base}, &sarifRegion{max(line, 1)}}}
}

// uriOf escapes a path for a URI reference.
func uriOf(path string) string {
	const hexDigits = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(strings.ReplaceAll(path, `\`, "/")) {
		if c == '/' || c == '-' || c == '.' || c == '_' || c == '~' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hexDigits[c>>4], hexDigits[c&15]})
	}
	return b.String()
}

// sarifPlaceholder is what a viewer would put an argument in place of.
var sarifPlaceholder = regexp.MustCompile(`\{([0-9]+)\}`)

// sarifSaid is plain text of a message: what a server sent must neither become a link nor a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
func sarifSaid(s string) sarifText {
	s = printable(s)
	s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	return sarifText{sarifPlaceholder.ReplaceAllString(s, "{{$1}}")}
}

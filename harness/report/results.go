package report

import (
	_ "embed" // for the schema
	"encoding/json"
	"io"
	"slices"
	"time"

	"resize-conformance/harness/journal"
)

// ResultsVersion is the version of results.json; it changes when a reader of the old form would misread the new. A field more is no such change.
const ResultsVersion = 1

//go:embed results.schema.json
var resultsSchema string

// ResultsSchema is the JSON Schema (draft 2020-12) of results.json.
func ResultsSchema() string { return resultsSchema }

// results is results.json.
type results struct {
	SchemaVersion int             `json:"schema_version"`
	Left          []string        `json:"left_behind,omitempty"`
	Verdict       string          `json:"verdict"`
	ExitCode      int             `json:"exit_code"`
	Because       []string        `json:"because"`
	Counts        map[string]int  `json:"counts"`
	Cases         map[string]int  `json:"cases"`
	Newer         map[string]int  `json:"newer,omitempty"`
	Baseline      *baselineFacts  `json:"baseline,omitempty"`
	Run           runFacts        `json:"run"`
	Families      []familyFacts   `json:"families"`
	Results       []resultFacts   `json:"results"`
	Evidence      []evidenceFacts `json:"evidence"`
	Disagreements []disagreement  `json:"oracle_disagreements"`
	Notes         []journal.Note  `json:"notes"`
}

type runFacts struct {
	Started      time.Time         `json:"started"`
	DurationMS   float64           `json:"duration_ms"`
	Whole        bool              `json:"whole"`
	Problems     []string          `json:"problems"`
	Interrupted  string            `json:"interrupted,omitempty"`
	UnderWay     []string          `json:"under_way"`
	Target       string            `json:"target"`
	Client       string            `json:"client"`
	Profile      string            `json:"profile"`
	ContractFile string            `json:"contract_file"`
	ContractHash string            `json:"contract_hash"`
	SuiteVersion string            `json:"suite_version"`
	GoVersion    string            `json:"go_version"`
	Capabilities []string          `json:"capabilities"`
	Config       map[string]string `json:"config"`
	Seed         int64             `json:"seed"`
	Shard        string            `json:"shard,omitempty"`
	ShardFrom    string            `json:"shard_from,omitempty"`
	Filter       string            `json:"filter,omitempty"`
	Strict       bool              `json:"strict"`
	Pin          string            `json:"pin,omitempty"`
	Command      string            `json:"command,omitempty"`
	Exchanges    int               `json:"exchanges"`
	Retries      int               `json:"retries,omitempty"`
	Warnings     []string          `json:"warnings,omitempty"`
	Journals     []string          `json:"journals"`
}

type familyFacts struct {
	Family string         `json:"family"`
	Title  string         `json:"title,omitempty"`
	Counts map[string]int `json:"counts"`
}

type resultFacts struct {
	Requirement string        `json:"requirement"`
	Title       string        `json:"title"`
	Family      string        `json:"family"`
	Kind        journal.Kind  `json:"kind"`
	Verdict     string        `json:"verdict"`
	Reason      string        `json:"reason,omitempty"`
	Level       journal.Level `json:"level,omitempty"`
	Side        journal.Side  `json:"side,omitempty"`
	Clause      string        `json:"clause,omitempty"`
	Source      string        `json:"source,omitempty"`
	Operation   string        `json:"operation,omitempty"`
	File        string        `json:"file,omitempty"`
	Line        int           `json:"line,omitempty"`
	Finding     *findingFacts `json:"finding,omitempty"`
	Exchanges   []int64       `json:"exchanges"`
	Bearing     int           `json:"bearing,omitempty"`
	Start       time.Time     `json:"start"`
	DurationMS  float64       `json:"duration_ms"`
	Rerun       string        `json:"rerun,omitempty"`
	Signature   []string      `json:"signature,omitempty"`
	Listed      *listedFacts  `json:"listed,omitempty"`
	Newer       string        `json:"newer,omitempty"`
}

type findingFacts struct {
	Wanted      string         `json:"wanted"`
	Got         string         `json:"got"`
	Pointer     string         `json:"pointer,omitempty"`
	SpecPointer string         `json:"spec_pointer,omitempty"`
	SpecLine    string         `json:"spec_line,omitempty"`
	Exchange    int64          `json:"exchange,omitempty"`
	Count       int            `json:"count"`
	Steps       []journal.Step `json:"steps,omitempty"`
}

// evidenceFacts is an exchange that a finding rests on, without headers and bodies: those are in the journal.
type evidenceFacts struct {
	Exchange   int64     `json:"exchange"`
	Scenario   string    `json:"scenario,omitempty"`
	Operation  string    `json:"operation,omitempty"`
	Method     string    `json:"method"`
	URL        string    `json:"url"`
	Status     int       `json:"status"`
	Error      string    `json:"error,omitempty"`
	Malformed  string    `json:"malformed,omitempty"`
	Recording  string    `json:"recording,omitempty"`
	Start      time.Time `json:"start"`
	DurationMS float64   `json:"duration_ms"`
	Curl       string    `json:"curl,omitempty"`
}

type disagreement struct {
	Exchange   int64  `json:"exchange"`
	In         string `json:"in"`
	Kin        string `json:"kin"`
	Libopenapi string `json:"libopenapi"`
	Known      string `json:"known,omitempty"`
}

// Results renders a run as results.json, which ResultsSchema describes.
func Results(out io.Writer, run *journal.Run, o Options) error {
	return encode(out, resultsOf(run, o))
}

// Outcome renders what a program that has just made a run wants to know of it: results.json, by the same schema, without the results that passed or did not apply, of
// which the counts tell.
func Outcome(out io.Writer, run *journal.Run, o Options) error {
	doc := resultsOf(run, o)
	doc.Results = slices.DeleteFunc(doc.Results, func(r resultFacts) bool {
		return r.Verdict == string(journal.Pass) || r.Verdict == string(journal.NotApplicable)
	})
	return encode(out, doc)
}

func encode(out io.Writer, doc any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func resultsOf(run *journal.Run, o Options) results {
	rows := run.Rows()
	conclusion := journal.Conclude(run, o.Strict)
	s := run.Start
	doc := results{
		SchemaVersion: ResultsVersion, Verdict: wordFor(conclusion, rows, o.Strict), ExitCode: conclusion.ExitCode, Because: listed(conclusion.Reasons),
		Counts: countsOf(journal.Counting(withoutCases(rows))), Cases: countsOf(journal.Counting(onlyCases(rows))), Newer: newerCounts(run, rows), Baseline: baselineFactsOf(run, rows),
		Run: runFacts{
			Started: run.Started, DurationMS: ms(wall(run)), Whole: run.Whole(), Problems: listed(run.Problems), UnderWay: []string{}, Target: s.Target, Client: s.Client,
			Profile: s.Profile, ContractFile: s.ContractFile, ContractHash: s.ContractHash, SuiteVersion: s.SuiteVersion, GoVersion: s.GoVersion,
			Capabilities: listed(s.Capabilities), Config: s.Config, Seed: s.Seed, Shard: s.Shard, ShardFrom: s.ShardFrom, Filter: s.Filter, Strict: o.Strict, Pin: s.Pin, Command: s.Command,
			Exchanges: len(run.Exchanges), Retries: retried(run), Warnings: s.Warnings, Journals: listed(run.Files),
		},
		Families: []familyFacts{}, Results: make([]resultFacts, 0, len(rows)), Evidence: []evidenceFacts{}, Disagreements: []disagreement{}, Notes: listed(run.Notes),
	}
	if doc.Run.Config == nil {
		doc.Run.Config = map[string]string{}
	}
	if run.End != nil {
		doc.Run.Interrupted = run.End.Interrupted
	}
	doc.Left = leftBehind(run)
	for _, u := range run.UnderWay() {
		doc.Run.UnderWay = append(doc.Run.UnderWay, u.Key())
	}
	for _, f := range byFamily(withoutCases(rows)) {
		doc.Families = append(doc.Families, familyFacts{Family: f.name, Title: s.Families[f.name], Counts: countsOf(journal.Counting(f.rows))})
	}
	proven := map[int64]bool{}
	for _, row := range rows {
		doc.Results = append(doc.Results, resultFactsOf(row))
		if row.Finding == nil || proven[row.Finding.Exchange] {
			continue
		}
		if x := run.Exchange(row.Finding.Exchange); x != nil {
			proven[x.ID] = true
			doc.Evidence = append(doc.Evidence, evidenceFacts{
				Exchange: x.ID, Scenario: x.Scenario, Operation: x.Operation, Method: x.Method, URL: x.URL, Status: x.Status, Error: x.Error, Malformed: x.Malformed, Recording: x.Recording,
				Start: x.Start, DurationMS: ms(x.Duration), Curl: head(x.Curl, textLimit),
			})
		}
	}
	for _, d := range run.Disagreements {
		doc.Disagreements = append(doc.Disagreements, disagreement{d.Exchange, d.In, d.Kin, d.Lib, d.Known})
	}
	return doc
}

func resultFactsOf(row journal.Result) resultFacts {
	facts := resultFacts{
		Requirement: row.Requirement, Title: row.Title, Family: journal.Family(row.Requirement), Kind: row.Kind, Verdict: string(row.Verdict), Reason: row.Reason,
		Level: row.Level, Side: row.Side, Clause: row.Clause, Source: row.Source, Operation: row.Operation, File: row.File, Line: row.Line,
		Exchanges: listed(row.Exchanges), Bearing: row.Bearing, Start: row.Start, DurationMS: ms(row.Duration), Rerun: row.Rerun,
		Signature: row.Signature, Listed: listedFactsOf(row.Listed), Newer: row.Newer,
	}
	if outcomeOf(row.Verdict, true) == errored {
		facts.Verdict = string(journal.HarnessError) // also for a verdict that nobody knows
	}
	if row.Verdict != journal.Pass {
		facts.Reason = head(message(row), textLimit)
	}
	if f := row.Finding; f != nil {
		facts.Finding = &findingFacts{
			Wanted: head(f.Wanted, textLimit), Got: head(f.Got, textLimit), Pointer: f.Pointer, SpecPointer: f.SpecPointer, SpecLine: f.SpecLine, Exchange: f.Exchange, Count: max(f.Count, 1), Steps: f.Steps,
		}
	}
	return facts
}

// countsOf counts every verdict, those that did not occur too: a reader need not ask whether a name is missing or zero.
func countsOf(rows []journal.Result) map[string]int {
	counts := map[string]int{}
	for _, v := range journal.Verdicts() {
		counts[string(v)] = 0
	}
	for _, row := range rows {
		verdict := string(row.Verdict)
		if _, known := counts[verdict]; !known {
			verdict = string(journal.HarnessError)
		}
		counts[verdict]++
	}
	return counts
}

// withoutCases are the rows that count: of a scenario with cases its own, which tells of all of them.
func withoutCases(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(slices.Clone(rows), isCase)
}

// onlyCases are the rows of cases.
func onlyCases(rows []journal.Result) []journal.Result {
	return slices.DeleteFunc(slices.Clone(rows), func(r journal.Result) bool { return !isCase(r) })
}

func isCase(r journal.Result) bool { return r.Kind == journal.KindCase }

// family is the rows of one requirement family.
type family struct {
	name string
	rows []journal.Result
}

// byFamily groups rows by family, in the order in which the families first appear.
func byFamily(rows []journal.Result) []family {
	var families []family
	index := map[string]int{}
	for _, row := range rows {
		name := journal.Family(row.Requirement)
		i, known := index[name]
		if !known {
			i = len(families)
			index[name] = i
			families = append(families, family{name: name})
		}
		families[i].rows = append(families[i].rows, row)
	}
	return families
}

// listed makes an empty list of none: null is no list to many readers.
func listed[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func ms(d time.Duration) float64 { return float64(max(d, 0).Microseconds()) / 1000 }

package journal

import (
	"strings"
	"time"
)

// Version is the version of the journal's line format; it changes when a reader of the old format would misread the new.
// A new event type is such a change (a reader refuses types it does not know, because one of them could hold a verdict); a new field is not.
const Version = 1

// Event is one line of journal.jsonl. Exactly one of the pointer fields is set, the one that Type names.
type Event struct {
	Seq  int64     `json:"seq"`
	Time time.Time `json:"time"`
	Type EventType `json:"type"`

	Start        *RunStart      `json:"start,omitempty"`
	Scenario     *ScenarioStart `json:"scenario,omitempty"`
	Exchange     *Exchange      `json:"exchange,omitempty"`
	Disagreement *Disagreement  `json:"disagreement,omitempty"`
	Note         *Note          `json:"note,omitempty"`
	Result       *Result        `json:"result,omitempty"`
	End          *RunEnd        `json:"end,omitempty"`
}

// RequestRequirement stands in the place of a requirement's id where a request of a client under test breaks the contract and no requirement of the register says
// so itself.
const RequestRequirement = "CONTRACT-REQUEST"

// CleanupRequirement stands in the place of a requirement's id where a run, when its scenarios were over, could not set right what it had made or changed.
const CleanupRequirement = "HARNESS-CLEANUP"

// EventType names what a line of the journal records.
type EventType string

// The kinds of line a journal holds.
const (
	RunStarted       EventType = "run-start"
	ScenarioStarted  EventType = "scenario-start"
	ExchangeRecorded EventType = "exchange"
	OraclesDisagreed EventType = "oracle-disagreement"
	Noted            EventType = "note"
	ResultGiven      EventType = "result"
	RunEnded         EventType = "run-end"
)

// RunStart says what is run against what. All values are redacted before they get here.
type RunStart struct {
	JournalVersion  int               `json:"journal_version"`
	SuiteVersion    string            `json:"suite_version"`
	GoVersion       string            `json:"go_version"`
	ContractHash    string            `json:"contract_hash"` // sha256 of the effective contract, hex
	ContractFile    string            `json:"contract_file"`
	Profile         string            `json:"profile"`
	Target          string            `json:"target"`                      // "embedded emulator" or the URL
	Client          string            `json:"client"`                      // "built-in" or the driver
	ClientUnderTest bool              `json:"client_under_test,omitempty"` // Client is put to the test, and not the suite's own
	Config          map[string]string `json:"config"`                      // effective configuration, redacted
	Capabilities    []string          `json:"capabilities"`
	Seed            int64             `json:"seed"`
	Explore         int               `json:"explore,omitempty"`    // how many sequences were asked for; 0: as many as suit the target; below 0: none
	Shard           string            `json:"shard,omitempty"`      // "2/5"
	ShardFrom       string            `json:"shard_from,omitempty"` // where it was read, with --shard auto
	Dealing         string            `json:"dealing,omitempty"`    // digest of what all shards were dealt, scenarios and servers; hex
	Filter          string            `json:"filter,omitempty"`
	Warnings        []string          `json:"warnings,omitempty"` // what every report has to say about how the run was made
	// Planned lists every scenario and every exchange-judged requirement that this run (this shard of it) is to give a result for,
	// so that a reader of a torn journal can say what is missing.
	Planned []Planned `json:"planned"`
	// Strict says that the run counts WARN as a failure (--strict); reports made from the journal afterwards do the same unless told otherwise.
	Strict bool `json:"strict,omitempty"`
	// Baseline is the list of accepted failures that the run goes by; its effect stands in the results. Nil: none.
	Baseline *Baseline `json:"baseline,omitempty"`
	// Pin is the suite version whose requirements decide on the exit code; what is newer is shown and does not count. Empty: all of them do.
	Pin string `json:"pin,omitempty"`
	// Watched says that the run has no scenarios: what passed between a client and a server was judged.
	Watched bool `json:"watched,omitempty"`
	// Families gives the title of each requirement family, "RSZ-URI" -> "The request line"; reports head their groups with it. May be empty.
	Families map[string]string `json:"families,omitempty"`
	// Command is the command line that repeats the run, secrets left out.
	Command string `json:"command,omitempty"`
}

// Planned names one result that a run is to give.
type Planned struct {
	Requirement string `json:"requirement"`
	Title       string `json:"title"`
	Kind        Kind   `json:"kind"`
	Place       int    `json:"place,omitempty"` // of a shard's scenario among those of all shards, from 1
}

// Kind says how a result was come by.
type Kind string

// The kinds of result.
const (
	KindScenario Kind = "scenario" // one Ginkgo It
	KindCase     Kind = "case"     // one request of a scenario that sends many; its scenario's result tells of all of them
	KindSchema   Kind = "schema"   // the contract's judgement of every exchange of the run
	KindMonitor  Kind = "monitor"  // what a watcher over all exchanges found
	KindCleanup  Kind = "cleanup"  // leaving a server as it was found
	KindRecord   Kind = "record"   // the journal itself: given by Run.Rows to a run whose record is not whole, and written only where such a record is judged again
)

// ScenarioStart is written when a scenario begins, so that a torn journal tells which one was under way.
type ScenarioStart struct {
	Requirement string `json:"requirement"`
	Title       string `json:"title"`
}

// Exchange is one recorded HTTP exchange, redacted.
type Exchange struct {
	ID             int64         `json:"id"`                   // unique in the run, from 1
	Scenario       string        `json:"scenario"`             // "RSZ-STATE-001 title", or "" outside any scenario
	Operation      string        `json:"operation,omitempty"`  // operationId, "" when the request matches none
	Malformed      string        `json:"malformed,omitempty"`  // why the request is invalid on purpose
	External       bool          `json:"external,omitempty"`   // the request is a client's under test: what it breaks is that client's fault
	Outside        bool          `json:"outside,omitempty"`    // of something that the contract does not describe: recorded and not judged
	Substitute     string        `json:"substitute,omitempty"` // who answered in the server's place; such an answer is no promise of the server's
	Method         string        `json:"method"`
	URL            string        `json:"url"`
	Proto          string        `json:"proto,omitempty"`
	RequestHeader  []Header      `json:"request_header"`
	RequestBody    Body          `json:"request_body"`
	Status         int           `json:"status,omitempty"` // 0 when no answer came
	ResponseHeader []Header      `json:"response_header,omitempty"`
	ResponseBody   Body          `json:"response_body"`
	Error          string        `json:"error,omitempty"` // transport error, when no whole answer came
	Start          time.Time     `json:"start"`
	FirstByte      time.Duration `json:"first_byte_ns,omitempty"` // since Start
	Duration       time.Duration `json:"duration_ns"`
	Blur           time.Duration `json:"blur_ns,omitempty"`   // how far Start, and the end as well, may be off: recordings have coarse clocks
	Recording      string        `json:"recording,omitempty"` // where it was read from, "entries[11] of login.har"; "" when it passed by
	Lost           []Lost        `json:"lost,omitempty"`      // what the recording has not kept
	Curl           string        `json:"curl"`
	Retry          *Retry        `json:"retry,omitempty"` // what it repeats; nil when it repeats nothing
	Violations     []Violation   `json:"violations,omitempty"`
}

// Retry marks an exchange that repeats one which told nothing, because the target was busy. Only what reads is repeated.
type Retry struct {
	Of      int64         `json:"of"`      // id of the exchange that was made first
	Attempt int           `json:"attempt"` // from 2
	Why     string        `json:"why"`     // what the one before was answered: "429 APIGW.0308"
	Pause   time.Duration `json:"pause_ns,omitempty"`
}

// Header is one header line; order and case as on the wire where they are known.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Body is a message body as it was on the wire (redacted), or as much of it as was kept.
type Body struct {
	Text   string `json:"text,omitempty"`   // when the bytes are valid UTF-8
	Base64 string `json:"base64,omitempty"` // otherwise
	Size   int64  `json:"size"`             // bytes seen on the wire
	// Truncated is true when fewer bytes were kept or read than the peer sent.
	Truncated bool `json:"truncated,omitempty"`
}

// Violation is what the contract says an exchange breaks.
type Violation struct {
	Requirement string   `json:"requirement"`
	Level       Level    `json:"level"`
	Blame       Side     `json:"blame"`
	In          string   `json:"in"`                // "request" or "response"
	Part        string   `json:"part"`              // path, query, header, media-type, body, status
	Pointer     string   `json:"pointer,omitempty"` // JSON pointer into the body, or the name of the header or parameter
	Keyword     string   `json:"keyword,omitempty"` // JSON Schema keyword or the name of the strict-layer rule
	SpecPointer string   `json:"spec_pointer,omitempty"`
	SpecLine    string   `json:"spec_line,omitempty"` // "spec/openapi.yaml:123"
	SpecText    string   `json:"spec_text,omitempty"` // what stands in that line
	Wanted      string   `json:"wanted"`
	Got         string   `json:"got"`
	Oracles     []string `json:"oracles,omitempty"` // which layers said so: strict, kin, libopenapi, undeclared
}

// Disagreement records that the two schema oracles judged one message differently.
type Disagreement struct {
	Exchange int64  `json:"exchange"`
	In       string `json:"in"`
	Kin      string `json:"kin"`             // its message, or "valid"
	Lib      string `json:"libopenapi"`      // its message, or "valid"
	Known    string `json:"known,omitempty"` // name of the known difference; empty when it is a new one
}

// Note is something a reader of the run should know that is no verdict (a restored server, a declined capability).
type Note struct {
	Scenario string `json:"scenario,omitempty"`
	Text     string `json:"text"`
	// Left says that the run left something behind or changed, which reports say first.
	Left bool `json:"left,omitempty"`
}

// Result is one verdict with its evidence.
type Result struct {
	Requirement string        `json:"requirement"`
	Title       string        `json:"title"`
	Kind        Kind          `json:"kind"`
	Level       Level         `json:"level"`
	Side        Side          `json:"side"`
	Clause      string        `json:"clause"`
	Source      string        `json:"source"`
	Operation   string        `json:"operation"`
	File        string        `json:"file,omitempty"` // repository-relative source file of the scenario
	Line        int           `json:"line,omitempty"`
	Verdict     Verdict       `json:"verdict"`
	Reason      string        `json:"reason,omitempty"` // for every verdict that is not PASS: one sentence; of a PASS of a MAY, what it informs of
	Finding     *Finding      `json:"finding,omitempty"`
	Exchanges   []int64       `json:"exchanges,omitempty"` // ids of the exchanges that were made for it
	Bearing     int           `json:"bearing,omitempty"`   // for a PASS over all exchanges: how many could have broken it
	Start       time.Time     `json:"start"`
	Duration    time.Duration `json:"duration_ns"`
	Rerun       string        `json:"rerun,omitempty"` // command that runs only this again
	// Servers are those that a scenario was given, as it was given them: what it sent can only be sent again where there are others like them.
	Servers []Leased `json:"servers,omitempty"`
	// Signature lists the ways in which it fails, the same in every run that fails alike (see Way); empty where it does not fail, or in no way that can be accepted.
	Signature []string `json:"signature,omitempty"`
	Listed    *Listing `json:"listed,omitempty"` // what the baseline says of it; Verdict and Reason say so already
	// Newer says since when there is the requirement, where that is later than the version the run is pinned to: the result does not count.
	Newer string `json:"newer,omitempty"`
}

// Leased is a server that a scenario was given.
type Leased struct {
	ID      string            `json:"id"`
	State   string            `json:"state"`            // as an inventory names it: "stopped", "yearly-monthly"
	Flavor  string            `json:"flavor,omitempty"` // when it was given; "" when that was not looked at
	Host    string            `json:"dedicated_host_id,omitempty"`
	Flavors map[string]string `json:"flavors,omitempty"` // which flavor plays which part for it, by the names of an inventory: "target", "sold-out"
}

// Key names a result in a run: the requirement's id and the scenario's title.
func (r Result) Key() string { return r.Requirement + " " + r.Title }

// Name is Key, and tells the cleanup after a scenario from the scenario itself, which has the same key. No two results of a run share a name.
func (r Result) Name() string {
	if r.Kind == KindCleanup {
		return r.Key() + " (cleanup)"
	}
	return r.Key()
}

// Key names the result that is planned, as Result.Key does.
func (p Planned) Key() string { return p.Requirement + " " + p.Title }

// Key names the scenario that began, as Result.Key does.
func (s ScenarioStart) Key() string { return s.Requirement + " " + s.Title }

// Family is the group that a requirement id belongs to: "RSZ-URI" of "RSZ-URI-003". An id without a dash is its own family.
func Family(requirement string) string {
	if cut := strings.LastIndexByte(requirement, '-'); cut > 0 {
		return requirement[:cut]
	}
	return requirement
}

// Finding is what a failed result rests on.
type Finding struct {
	Wanted      string `json:"wanted"`
	Got         string `json:"got"`
	Pointer     string `json:"pointer,omitempty"`      // JSON pointer into the answer (or request)
	In          string `json:"in,omitempty"`           // "request" where Pointer is into the request and no violation of the exchange says so
	SpecPointer string `json:"spec_pointer,omitempty"` // pointer into the contract
	SpecLine    string `json:"spec_line,omitempty"`    // "spec/openapi.yaml:123"
	SpecText    string `json:"spec_text,omitempty"`    // what stands in that line, where it is not the clause of the result
	Exchange    int64  `json:"exchange,omitempty"`     // the exchange that proves it
	Count       int    `json:"count,omitempty"`        // how many exchanges show the same, when more than one
	Steps       []Step `json:"steps,omitempty"`        // that lead there, where it takes several
	Way         string `json:"way,omitempty"`          // in which it fails, where what was seen of that is a matter of moments (see Way); "": what Wanted and Got say
}

// Step is one of several steps that lead to what was found.
type Step struct {
	Text     string `json:"text"` // what was done, and what came of it
	Exchange int64  `json:"exchange,omitempty"`
}

// RunEnd closes a journal.
type RunEnd struct {
	Duration    time.Duration   `json:"duration_ns"`
	Counts      map[Verdict]int `json:"counts"`          // without cases
	Cases       map[Verdict]int `json:"cases,omitempty"` // of cases
	Exchanges   int64           `json:"exchanges"`
	Interrupted string          `json:"interrupted,omitempty"` // the signal or reason, when the run did not come to its end
	ExitCode    int             `json:"exit_code"`
}

package recording

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// FixtureVersion is the version of the fixture's format; it changes when a reader of the old one would misread the new.
const FixtureVersion = 1

// Fixture is a record without what belonged to its run alone: ids, names and addresses are replaced by stable ones, times are relative. It is a file of JSON lines: the
// head first, then for each sequence a line that names it, followed by its exchanges.
type Fixture struct {
	Head      Head
	Sequences []*Sequence // with placeholders; the URLs begin with Endpoint, the times count from Epoch
}

// Head is the first line of a fixture.
type Head struct {
	Version      int               `json:"fixture_version"`
	Recorded     string            `json:"recorded"` // the day of the run, UTC: how old the evidence is
	Suite        string            `json:"suite_version"`
	Profile      string            `json:"profile"`
	ContractHash string            `json:"contract_hash"`
	Embedded     bool              `json:"embedded,omitempty"` // of the emulator, and no evidence of any service
	Capabilities []string          `json:"capabilities"`
	Project      string            `json:"project"`
	Foreign      string            `json:"foreign_project,omitempty"`
	Verdicts     map[string]string `json:"verdicts"`          // of every requirement that the run had a result for, the worst of them
	Reasons      map[string]string `json:"reasons,omitempty"` // why a requirement was not put to the test
}

// Endpoint is the base URL in a fixture, in place of the real one.
const Endpoint = "http://endpoint.example"

// epoch is the time at which a run begins in a fixture.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// line is one line of a fixture after the first. Exactly one field is set.
type line struct {
	Sequence *sequenceLine `json:"sequence,omitempty"`
	Exchange *exchangeLine `json:"exchange,omitempty"`
}

type sequenceLine struct {
	Requirement string          `json:"requirement"`
	Title       string          `json:"title"`
	Verdict     journal.Verdict `json:"verdict,omitempty"`
	Servers     []Server        `json:"servers,omitempty"`
}

type exchangeLine struct {
	ID        int64               `json:"id"`    // from 1
	At        float64             `json:"at_ms"` // since the run began
	Took      float64             `json:"took_ms"`
	Operation string              `json:"operation,omitempty"`
	Malformed string              `json:"malformed,omitempty"`
	Outside   bool                `json:"outside,omitempty"`
	Method    string              `json:"method"`
	Target    string              `json:"target"`
	Sent      []journal.Header    `json:"sent,omitempty"`
	Body      *journal.Body       `json:"body,omitempty"`
	Status    int                 `json:"status,omitempty"`
	Answered  []journal.Header    `json:"answered,omitempty"`
	Answer    *journal.Body       `json:"answer,omitempty"`
	Error     string              `json:"error,omitempty"`
	Breaks    []journal.Violation `json:"breaks,omitempty"` // what the exchange breaks by the contract of the run
}

// Write writes the fixture.
func (f *Fixture) Write(out io.Writer) error {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f.Head); err != nil {
		return err
	}
	for _, s := range f.Sequences {
		if err := enc.Encode(line{Sequence: &sequenceLine{s.Requirement, s.Title, s.Verdict, s.Servers}}); err != nil {
			return err
		}
		for _, x := range s.Exchanges {
			if err := enc.Encode(line{Exchange: lineOf(x)}); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func lineOf(x *journal.Exchange) *exchangeLine {
	l := &exchangeLine{
		ID: x.ID, At: millis(x.Start.Sub(epoch)), Took: millis(x.Duration), Operation: x.Operation, Malformed: x.Malformed, Outside: x.Outside, Method: x.Method,
		Target: strings.TrimPrefix(x.URL, Endpoint), Sent: x.RequestHeader, Status: x.Status, Answered: x.ResponseHeader, Error: x.Error, Breaks: x.Violations,
	}
	if x.RequestBody.Size > 0 {
		l.Body = &x.RequestBody
	}
	if x.ResponseBody.Size > 0 {
		l.Answer = &x.ResponseBody
	}
	return l
}

// millis are milliseconds to the microsecond.
func millis(d time.Duration) float64 { return float64(d.Round(time.Microsecond).Microseconds()) / 1000 }

func duration(ms float64) time.Duration {
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Microsecond)
}

// Record is the fixture as what it was made of.
func (f *Fixture) Record() *Record {
	made, _ := time.Parse(time.DateOnly, f.Head.Recorded) // checked when it was read
	return &Record{
		Profile: f.Head.Profile, Hash: f.Head.ContractHash, Version: f.Head.Suite, Made: made, Embedded: f.Head.Embedded, Target: Endpoint,
		Project: f.Head.Project, Foreign: f.Head.Foreign, Sequences: f.Sequences,
	}
}

// Age is how many days old the evidence is; 0 also where the fixture is of a day that has not come yet.
func (f *Fixture) Age(now time.Time) int {
	made, err := time.Parse(time.DateOnly, f.Head.Recorded)
	if err != nil {
		return 0
	}
	return max(0, int(now.UTC().Sub(made)/(24*time.Hour)))
}

// AgeText says so in words.
func (f *Fixture) AgeText(now time.Time) string {
	switch days := f.Age(now); {
	case f.Head.Recorded > now.UTC().Format(time.DateOnly):
		return "recorded " + f.Head.Recorded + ", a day that has not come yet by the clock of this machine"
	case days == 0:
		return "recorded " + f.Head.Recorded + ", today"
	case days == 1:
		return "recorded " + f.Head.Recorded + ", a day ago"
	default:
		return fmt.Sprintf("recorded %s, %d days ago", f.Head.Recorded, days)
	}
}

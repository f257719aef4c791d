package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"resize-conformance/harness/journal"
)

// again says what to do about a file that is no whole fixture.
const again = "`conformance record RUN --out FILE` makes one from the journal of a run"

// ReadFixture reads a fixture from a file. An error says where, and what to do.
func ReadFixture(file string) (*Fixture, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, fmt.Errorf("fixture: %s is a directory, and a fixture is a file; %s", file, again)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("fixture: %w; %s", err, again)
	}
	f, err := ParseFixture(data)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	return f, nil
}

// ParseFixture reads a fixture; an error begins with the number of the line.
func ParseFixture(data []byte) (*Fixture, error) {
	f := &Fixture{}
	lines := bytes.Split(bytes.TrimRight(data, "\r\n"), []byte("\n"))
	for i, text := range lines {
		err := f.read(i, text)
		switch {
		case err == nil:
		case len(bytes.TrimSpace(data)) == 0:
			return nil, errors.New("1: not a line of a fixture: the file is empty; " + again)
		case i > 0 && i == len(lines)-1 && errors.Is(err, io.ErrUnexpectedEOF):
			return nil, fmt.Errorf("%d: not a line of a fixture: the file ends in the middle of the line; copy it again, or record it again: %s", i+1, again)
		default:
			return nil, fmt.Errorf("%d: not a line of a fixture: %w", i+1, err)
		}
	}
	for _, s := range f.Sequences {
		if !s.Beside() {
			return f, nil
		}
	}
	return nil, fmt.Errorf("%d: the fixture ends without an exchange of a scenario: there is no behaviour in it; %s", len(lines), again)
}

func (f *Fixture) read(i int, text []byte) error {
	if i == 0 {
		return f.readHead(text)
	}
	var l line
	if err := only(text, &l); err != nil {
		return err
	}
	switch {
	case (l.Sequence == nil) == (l.Exchange == nil):
		return errors.New("wanted a sequence or an exchange, and one of them only")
	case l.Sequence != nil:
		s := l.Sequence
		f.Sequences = append(f.Sequences, &Sequence{Requirement: s.Requirement, Title: s.Title, Verdict: s.Verdict, Servers: s.Servers})
	case len(f.Sequences) == 0:
		return errors.New("an exchange stands before the first sequence")
	case l.Exchange.Status != 0 && (l.Exchange.Status < 100 || l.Exchange.Status > 999):
		return fmt.Errorf("status: wanted one of HTTP, of three digits, or none where no answer came; got %d", l.Exchange.Status)
	default:
		s := f.Sequences[len(f.Sequences)-1]
		s.Exchanges = append(s.Exchanges, l.Exchange.exchange(s.Name()))
	}
	return nil
}

func (f *Fixture) readHead(text []byte) error {
	var version struct {
		Version int `json:"fixture_version"`
	}
	if err := json.Unmarshal(text, &version); err != nil {
		return err
	}
	switch {
	case version.Version == 0:
		return errors.New("a fixture begins with its fixture_version; " + again)
	case version.Version != FixtureVersion:
		return fmt.Errorf("fixture_version is %d, this program reads %d; record it again with this program", version.Version, FixtureVersion)
	}
	if err := only(text, &f.Head); err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, f.Head.Recorded); err != nil {
		return fmt.Errorf("recorded: wanted a day such as 2026-11-29, got %q", f.Head.Recorded)
	}
	return nil
}

// only reads a line that holds one value and nothing beside it.
func only(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something stands after the end of the object")
	}
	return nil
}

func (l *exchangeLine) exchange(scenario string) *journal.Exchange {
	x := &journal.Exchange{
		ID: l.ID, Scenario: scenario, Operation: l.Operation, Malformed: l.Malformed, Outside: l.Outside, Method: l.Method, URL: Endpoint + l.Target, RequestHeader: l.Sent,
		Status: l.Status, ResponseHeader: l.Answered, Error: l.Error, Start: epoch.Add(duration(l.At)), Duration: duration(l.Took), Violations: l.Breaks,
	}
	if l.Body != nil {
		x.RequestBody = *l.Body
	}
	if l.Answer != nil {
		x.ResponseBody = *l.Answer
	}
	return x
}

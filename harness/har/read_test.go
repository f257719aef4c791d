package har_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
)

func TestWhatIsNoRecording(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, wants string }{
		"nothing":               {"", "got an empty one"},
		"white space":           {" \n", "holds no JSON value"},
		"no JSON":               {"<html>", "this is not JSON"},
		"a list":                {"[]", "wanted a HAR file: an object with the member log"},
		"another object":        {`{"openapi": "3.0.3"}`, `wanted a HAR file: {"log": {"entries": [...]}}`},
		"a log that is none":    {`{"log": 7}`, "line 1, column 7 (byte 6), at /log: wanted an object with the member entries"},
		"no entries":            {`{"log": {"version": "1.2"}}`, `wanted a HAR file`},
		"entries of a map":      {`{"log": {"entries": {}}}`, "at /log/entries: wanted the list of entries"},
		"cut off":               {"{\"log\":\n{\"entries\": [{\"time\": 1", "line 2, column 24 (byte 31), at /log/entries/0: the file ends here"},
		"two of them":           {`{"log": {"entries": []}} {}`, "more after the HAR object"},
		"a comma too many":      {`{"log": {"entries": [{},]}}`, "this is not JSON"},
		"packed by gzip":        {"\x1f\x8b\x08\x00", "unpack it"},
		"packed by zip":         {"PK\x03\x04", "unpack it"},
		"UTF-16":                {"\xff\xfe{\x00", "UTF-16"},
		"nested without end":    {`{"log": {"entries": [{"x": ` + strings.Repeat("[", 20000), "max depth"},
		"nested where it skips": {`{"log": {"pages": ` + strings.Repeat("[", 20000), "max depth"},
	} {
		path := filepath.Join(t.TempDir(), "x.har")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := har.Read(strings.NewReader(c.text), path)
		var at *har.SyntaxError
		if errors.As(err, &at) {
			at.Locate()
		}
		if err == nil || !strings.Contains(err.Error(), c.wants) || !strings.HasPrefix(err.Error(), path) {
			t.Errorf("%s: got %v, want %q", name, err, c.wants)
		}
	}
}

func TestOddRecordingsAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text    string
		entries int
	}{
		"an empty log":              {`{"log": {"entries": []}}`, 0},
		"a byte order mark":         {"\xef\xbb\xbf" + `{"log": {"entries": [{}]}}`, 1},
		"version 1.1":               {`{"log": {"version": "1.1", "entries": [{}]}}`, 1},
		"version 1.3, a number":     {`{"log": {"version": 1.3, "entries": [{}]}}`, 1},
		"the creator after":         {`{"log": {"entries": [{}], "creator": {"name": "x"}, "browser": null}}`, 1},
		"other members":             {`{"_x": [1], "log": {"_y": {"z": []}, "entries": [{}, {}]}, "more": 1}`, 2},
		"a name twice":              {`{"log": {"entries": [{"time": 1, "time": 2}]}}`, 1},
		"half of a surrogate":       {`{"log": {"entries": [{"comment": "\ud800"}]}}`, 1},
		"bytes that are no UTF-8":   {"{\"log\": {\"entries\": [{\"comment\": \"\xff\"}]}}", 1},
		"entries of all kinds":      {`{"log": {"entries": [null, 7, "x", [], {}, true]}}`, 6},
		"members of wrong types":    {`{"log": {"entries": [{"startedDateTime": 7, "time": [], "request": {"method": {}, "url": 3, "headers": {"a": "b"}}, "response": "no", "timings": []}]}}`, 1},
		"header lines of all kinds": {`{"log": {"entries": [{"request": {"method": "GET", "url": "http://h/", "headers": [null, 7, {}, {"name": 1}, {"name": "a", "value": 2}]}}]}}`, 1},
	} {
		f, err := har.Read(strings.NewReader(c.text), "x.har")
		if err != nil || len(f.Entries) != c.entries {
			t.Errorf("%s: got %+v, %v; want %d entries", name, f, err, c.entries)
			continue
		}
		for _, e := range f.Entries {
			if e.NotRead == "" && name != "header lines of all kinds" {
				t.Errorf("%s: an entry without a request passes as one", name)
			}
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is on fire") }

func TestAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, r := range []io.Reader{failing{}, io.MultiReader(strings.NewReader(`{"log": {"ent`), failing{})} {
		if _, err := har.Read(r, "x.har"); err == nil || !strings.Contains(err.Error(), "on fire") {
			t.Errorf("got %v", err)
		}
	}
}

// discard takes the record of what is fuzzed.
type discard struct{}

func (discard) Write(journal.Event) error { return nil }

// Whatever is read: no panic, and what passes as a recording can be recorded. The contract has fuzz tests of its own, and would make this one slow.
func FuzzHAR(f *testing.F) {
	for _, name := range recordings() {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	for _, e := range recorded(f)[:4] {
		f.Add(file(f, "some tool", []object{e}))
		chrome(f, e)
		f.Add(file(f, "WebInspector", []object{e}))
	}
	f.Add([]byte(`{"log": {"entries": [{"startedDateTime": "2026-01-01T00:00:00Z", "time": 1e308, "request": {"method": "GET", "url": "http://h/%zz?a=%"}, "response": {"status": 999}}]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		read, err := har.Read(bytes.NewReader(data), "a.har")
		if err != nil {
			if !strings.HasPrefix(err.Error(), "a.har: ") {
				t.Errorf("an error without the file: %v", err)
			}
			return
		}
		rec, err := har.Select([]*har.File{read, read}, har.Choice{Describes: func(_, path string) string { return path[:min(1, len(path))] }})
		if err != nil {
			return
		}
		recorder := exchange.NewRecorder(exchange.Options{Sink: discard{}})
		for _, e := range rec.Entries {
			if x := recorder.Observe(t.Context(), &e.Observed); x.Duration < 0 || x.FirstByte > x.Duration || x.Status < 0 || x.Status > 999 {
				t.Errorf("status %d, %s of %s", x.Status, x.FirstByte, x.Duration)
			}
		}
	})
}

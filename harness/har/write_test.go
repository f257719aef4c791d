package har_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
)

// published compiles the schemas of HAR 1.2.
func published(t testing.TB) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "har-1.2.schemas.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, text := range all {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		// Its ids are relative and end in "#"; the names are the same.
		delete(doc.(map[string]any), "$id")
		if err := c.AddResource("mem:///"+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	s, err := c.Compile("mem:///har.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wrote(t testing.TB, run *journal.Run) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := har.Write(&b, run); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sent is an exchange in which nothing is odd.
func sent(id int64, change func(*journal.Exchange)) *journal.Exchange {
	x := &journal.Exchange{
		ID: id, Scenario: "RSZ-URI-001 title", Operation: "resizeServer", Method: "POST", URL: "http://127.0.0.1:9000/v1.1/p/cloudservers/s/resize?a=1&a=%7E&b", Proto: "HTTP/1.1",
		RequestHeader: []journal.Header{{Name: "Host", Value: "127.0.0.1:9000"}, {Name: "content-TYPE", Value: "application/json"}, {Name: "X-Auth-Token", Value: "$CONFORMANCE_TOKEN"}},
		RequestBody:   journal.Body{Text: `{"resize":{"flavorRef":"s6.large.2"}}`, Size: 37}, Status: 200,
		ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Set-Cookie", Value: "a=b"}, {Name: "Set-Cookie", Value: "c=d"}},
		ResponseBody:   journal.Body{Text: `{"job_id":"17"}`, Size: 15},
		Start:          time.Date(2026, 11, 23, 12, 0, 0, int(id)*1_000_000, time.UTC), FirstByte: 2 * time.Millisecond, Duration: 3 * time.Millisecond,
	}
	if change != nil {
		change(x)
	}
	return x
}

func everyByte() string {
	var b strings.Builder
	for i := range 256 {
		b.WriteByte(byte(i))
	}
	return b.String() + "\u2028\u202e\ufeff</script>"
}

// odd are exchanges in which something is, by what it is.
func odd() map[string]*journal.Exchange {
	all := map[string]*journal.Exchange{}
	for name, change := range map[string]func(*journal.Exchange){
		"as usual":    nil,
		"no scenario": func(x *journal.Exchange) { x.Scenario = "" },
		"no body": func(x *journal.Exchange) {
			x.Method, x.RequestBody, x.RequestHeader = "GET", journal.Body{}, x.RequestHeader[:1]
		},
		"an empty answer":    func(x *journal.Exchange) { x.Status, x.ResponseBody = 204, journal.Body{} },
		"an empty 200":       func(x *journal.Exchange) { x.ResponseBody = journal.Body{} },
		"no UTF-8":           func(x *journal.Exchange) { x.ResponseBody = binary("\xff\x00\xfe") },
		"a request in bytes": func(x *journal.Exchange) { x.RequestBody = binary("{\"a\":\"\xff\"}") },
		"hidden secret": func(x *journal.Exchange) {
			x.ResponseBody = journal.Body{Text: `{"adminPass":"$SECRET"}`, Size: 400}
			x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: "Content-Length", Value: "400"})
		},
		"cut": func(x *journal.Exchange) {
			x.ResponseBody = journal.Body{Text: `{"job_id":"1`, Size: 99, Truncated: true}
		},
		"request cut": func(x *journal.Exchange) { x.RequestBody.Truncated, x.RequestBody.Size = true, 99 },
		"refused":     func(x *journal.Exchange) { noAnswer(x); x.Error = "connection refused" },
		"wrong on purpose": func(x *journal.Exchange) {
			x.Malformed, x.RequestBody = "no JSON", journal.Body{Text: "{", Size: 1}
			x.Violations = []journal.Violation{{Requirement: "RSZ-BODY-001", Level: journal.Must, Blame: journal.Client, In: "request", Wanted: "JSON", Got: "{"}}
		},
		"another answered":       func(x *journal.Exchange) { x.Substitute = "a proxy" },
		"times that were lost":   func(x *journal.Exchange) { x.Lost, x.Duration = []journal.Lost{journal.LostTimes}, 0 },
		"a header that was lost": func(x *journal.Exchange) { x.Lost = []journal.Lost{journal.LostRequestHeader} },
		"a coarse clock":         func(x *journal.Exchange) { x.Blur = 7 * time.Millisecond },
		"repeated":               func(x *journal.Exchange) { x.Retry = &journal.Retry{Of: 1, Attempt: 2, Why: "429"} },
		"no duration":            func(x *journal.Exchange) { x.Duration, x.FirstByte = 0, 0 },
		"every byte": func(x *journal.Exchange) {
			x.Scenario, x.Error, x.Malformed, x.Operation, x.ResponseBody = everyByte(), "", everyByte(), everyByte(), binary(everyByte())
			x.ResponseHeader = append(x.ResponseHeader, journal.Header{Name: everyByte(), Value: everyByte()})
		},
	} {
		all[name] = sent(int64(len(all)+1), change)
	}
	return all
}

func binary(s string) journal.Body {
	return journal.Body{Base64: base64.StdEncoding.EncodeToString([]byte(s)), Size: int64(len(s))}
}

func noAnswer(x *journal.Exchange) {
	x.Status, x.Proto, x.ResponseHeader, x.ResponseBody, x.FirstByte = 0, "", nil, journal.Body{}, 0
}

func recordOf(exchanges ...*journal.Exchange) *journal.Run {
	events := []journal.Event{{Time: exchanges[0].Start, Start: &journal.RunStart{SuiteVersion: "1.2.3", Target: "http://127.0.0.1:9000", Profile: "intl"}}}
	for _, x := range exchanges {
		events = append(events, journal.Event{Time: x.Start, Exchange: x})
	}
	return journal.NewRun(events...)
}

func TestWhatIsWrittenKeepsTheSchema(t *testing.T) {
	t.Parallel()
	schema := published(t)
	holds := func(name string, run *journal.Run) {
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(wrote(t, run)))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	holds("nothing", journal.NewRun())
	var all []*journal.Exchange
	for name, x := range odd() {
		holds(name, recordOf(x))
		all = append(all, x)
	}
	holds("all", recordOf(all...))
	// The schema can say no.
	for _, spoil := range [][2]string{{`"version":"1.2",`, ``}, {`"status":200`, `"status":"200"`}, {`"startedDateTime":"2026`, `"startedDateTime":"noon`}, {`"headersSize":-1,`, ``}} {
		raw := strings.Replace(string(wrote(t, recordOf(sent(1, nil)))), spoil[0], spoil[1], 1)
		instance, err := jsonschema.UnmarshalJSON(strings.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if schema.Validate(instance) == nil {
			t.Errorf("the schema lets pass %q", spoil[1])
		}
	}
}

// What is written is read back as it was: the bytes, the times, what was lost, and what was wrong on purpose.
func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	for name, x := range odd() {
		if name == "every byte" {
			continue // JSON has no bytes that are no UTF-8 but in base64; see TestBytesThatAreNoTextStayJSON
		}
		f, err := har.Read(bytes.NewReader(wrote(t, recordOf(x))), "a.har")
		if err != nil || len(f.Entries) != 1 {
			t.Fatalf("%s: %v", name, err)
		}
		e := f.Entries[0]
		if e.NotRead != "" || e.Skipped != "" {
			t.Errorf("%s: not read: %s%s", name, e.NotRead, e.Skipped)
			continue
		}
		o := e.Observed
		got := sent(x.ID, func(g *journal.Exchange) {
			g.Scenario, g.Operation, g.Violations, g.Retry = x.Scenario, x.Operation, x.Violations, x.Retry // not of the wire
			g.Method, g.URL, g.Proto, g.Status = o.Method, o.Server+o.Target, o.Proto, o.Status
			g.RequestHeader, g.ResponseHeader, g.Malformed, g.Substitute, g.Lost = o.Sent, o.Received, o.Malformed, o.Substitute, o.Lost
			g.RequestBody, g.ResponseBody, g.Start, g.FirstByte, g.Duration, g.Blur = kept(x.RequestBody, o.Body), kept(x.ResponseBody, o.Answer), o.Start, o.FirstByte, o.Duration, o.Blur
			if o.Broken != nil {
				g.Error = strings.TrimPrefix(o.Broken.Error(), "the recording has no answer: ")
			}
		})
		want := *x
		switch name { // what the file cannot have
		case "cut":
			want.Lost = []journal.Lost{journal.LostAnswerBody}
		case "request cut":
			want.Lost = []journal.Lost{journal.LostRequestBody}
		case "times that were lost", "no duration":
			want.Lost, got.Start, got.FirstByte = []journal.Lost{journal.LostTimes}, want.Start, want.FirstByte
		case "refused":
			got.FirstByte = 0
		}
		if got.Blur < want.Blur {
			t.Errorf("%s: times may be off by %v, read as %v", name, want.Blur, got.Blur)
		}
		got.Blur = want.Blur
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
}

// kept is a body as it was read, in the form in which it was written.
func kept(was journal.Body, body []byte) journal.Body {
	got := was
	if was.Base64 != "" {
		got.Base64 = base64.StdEncoding.EncodeToString(body)
	} else {
		got.Text = string(body)
	}
	return got
}

func TestBytesThatAreNoTextStayJSON(t *testing.T) {
	t.Parallel()
	raw := wrote(t, recordOf(odd()["every byte"]))
	f, err := har.Read(bytes.NewReader(raw), "a.har")
	if err != nil || !json.Valid(raw) || len(f.Entries) != 1 || string(f.Entries[0].Observed.Answer) != everyByte() {
		t.Errorf("%v: %q", err, raw)
	}
}

// The run of a real recording, written down by us, is judged as the recording was.
func TestWhatIsWrittenIsJudgedAlike(t *testing.T) {
	t.Parallel()
	for _, name := range recordings() {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		first, err := judge(t, har.Choice{}, data)
		if err != nil {
			t.Fatal(err)
		}
		var exchanges []*journal.Exchange
		for i, e := range first.rec.Entries {
			o := e.Observed
			exchanges = append(exchanges, &journal.Exchange{
				ID: int64(i + 1), Method: o.Method, URL: o.Server + o.Target, Proto: o.Proto, RequestHeader: o.Sent, RequestBody: journal.Body{Text: string(o.Body), Size: int64(len(o.Body))},
				Status: o.Status, ResponseHeader: o.Received, ResponseBody: journal.Body{Text: string(o.Answer), Size: int64(len(o.Answer))}, Start: o.Start, FirstByte: o.FirstByte, Duration: o.Duration,
				Lost: o.Lost, Blur: o.Blur,
			})
		}
		again, err := judge(t, har.Choice{}, wrote(t, recordOf(exchanges...)))
		if err != nil {
			t.Fatal(err)
		}
		verdicts := func(j *judgement) map[string]string {
			all := map[string]string{}
			for id, r := range j.rows {
				all[id] = fmt.Sprintf("%s of %d exchanges", r.Verdict, r.Bearing)
			}
			return all
		}
		if diff := cmp.Diff(verdicts(first), verdicts(again)); diff != "" {
			t.Errorf("%s (-as recorded +as written by us):\n%s", name, diff)
		}
	}
}

// An exchange is on the page of its scenario, in the order of time.
func TestPagesAreScenarios(t *testing.T) {
	t.Parallel()
	b := sent(2, func(x *journal.Exchange) { x.Scenario = "RSZ-URI-002 other" })
	var file struct {
		Log struct {
			Pages   []struct{ ID, Title string }
			Entries []struct {
				Pageref string
				Comment string
			}
		}
	}
	if err := json.Unmarshal(wrote(t, recordOf(sent(3, nil), b, sent(1, nil))), &file); err != nil {
		t.Fatal(err)
	}
	var got []string
	titles := map[string]string{}
	for _, p := range file.Log.Pages {
		titles[p.ID] = p.Title
	}
	for _, e := range file.Log.Entries {
		first, _, _ := strings.Cut(e.Comment, ";")
		got = append(got, first+" of "+titles[e.Pageref])
	}
	if diff := cmp.Diff([]string{"exchange 1 of RSZ-URI-001 title", "exchange 2 of RSZ-URI-002 other", "exchange 3 of RSZ-URI-001 title"}, got); diff != "" {
		t.Error(diff)
	}
}

// fullDisk takes so many bytes.
type fullDisk struct{ left int }

var errFull = errors.New("full")

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	t.Parallel()
	run := recordOf(sent(1, nil), sent(2, func(x *journal.Exchange) { x.ResponseBody.Text = strings.Repeat("x", 1<<16) }))
	for _, room := range []int{0, 100, 5000} {
		if err := har.Write(&fullDisk{room}, run); !errors.Is(err, errFull) {
			t.Errorf("%d bytes: %v", room, err)
		}
	}
}

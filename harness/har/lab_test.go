package har_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/monitor"
)

// The recordings in testdata are real ones of runs against the emulator: of mitmproxy 11.0.2 between it and a client, and of Playwright 1.55.0 with Chromium 156.
func recordings() []string {
	return []string{filepath.Join("testdata", "mitmproxy.har"), filepath.Join("testdata", "playwright.har")}
}

// object is a JSON object of a recording.
type object = map[string]any

// recorded gives the entries of the first recording, to be changed.
func recorded(t testing.TB) []object {
	t.Helper()
	data, err := os.ReadFile(recordings()[0])
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Log struct {
			Entries []object `json:"entries"`
		} `json:"log"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Log.Entries
}

// part is an object within an object.
func part(o object, names ...string) object {
	for _, name := range names {
		o = o[name].(object)
	}
	return o
}

func isResize(e object) bool {
	return strings.HasSuffix(part(e, "request")["url"].(string), "/resize")
}

// headers changes the header lines of a message: change gives what is to stand in a line's place.
func headers(message object, change func(name, value string) (string, string, bool)) {
	out := []any{}
	for _, line := range message["headers"].([]any) {
		l := line.(object)
		if name, value, keep := change(l["name"].(string), l["value"].(string)); keep {
			out = append(out, object{"name": name, "value": value})
		}
	}
	message["headers"] = out
}

func without(names ...string) func(name, value string) (string, string, bool) {
	return func(name, value string) (string, string, bool) {
		for _, n := range names {
			if strings.EqualFold(n, name) {
				return "", "", false
			}
		}
		return name, value, true
	}
}

func with(message object, name, value string) {
	message["headers"] = append(message["headers"].([]any), object{"name": name, "value": value})
}

// file is a recording with these entries.
func file(t testing.TB, creator string, entries []object) []byte {
	t.Helper()
	data, err := json.Marshal(object{"log": object{"version": "1.2", "creator": object{"name": creator, "version": "1"}, "entries": entries}})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// chrome writes an entry as Chrome's network panel does: HTTP/2 with its pseudo headers, names in lower case, no postData where there is none, the length of what
// was decoded, its own members.
func chrome(t testing.TB, e object) {
	request, response := part(e, "request"), part(e, "response")
	request["httpVersion"], response["httpVersion"] = "h2", "h2"
	lower := func(name, value string) (string, string, bool) {
		name = strings.ToLower(name)
		return name, value, name != "host" && name != "connection"
	}
	headers(request, lower)
	headers(response, lower)
	with(request, ":method", request["method"].(string))
	with(request, ":path", "/anything")
	with(response, ":status", "200")
	if post, ok := request["postData"].(object); ok {
		delete(post, "params")
		if post["text"] == "" {
			delete(request, "postData")
		}
	}
	e["startedDateTime"] = started(t, e).Format("2006-01-02T15:04:05.000Z")
	e["timings"] = object{"blocked": 1.5, "dns": -1, "ssl": -1, "connect": -1, "send": 0.1, "wait": 2.3, "receive": 0.4, "_blocked_queueing": 1.1}
	e["time"] = 4.300000000000001
	e["_resourceType"], e["_priority"], e["_initiator"] = "fetch", "High", object{"type": "script"}
	e["connection"] = "443"
	request["headersSize"], response["headersSize"], response["_transferSize"], response["_error"] = -1, -1, 120, nil
	response["bodySize"] = -1
	part(response, "content")["mimeType"] = "application/json"
}

// firefox writes an entry as Firefox does: whole milliseconds, a local zone, sizes that count the header.
func firefox(t testing.TB, e object) {
	request, response := part(e, "request"), part(e, "response")
	e["startedDateTime"] = started(t, e).In(time.FixedZone("", 2*60*60)).Format("2006-01-02T15:04:05.000-07:00")
	e["time"] = 3
	e["timings"] = object{"blocked": 0, "dns": 0, "connect": 0, "ssl": 0, "send": 0, "wait": 3, "receive": 0}
	request["headersSize"], response["headersSize"] = 300, 200
	response["bodySize"] = 200 + response["bodySize"].(float64)
	if post, ok := request["postData"].(object); ok {
		post["params"] = []any{}
	}
	delete(e, "_resourceType")
	e["cache"], e["pageref"] = object{}, "page_1"
}

func started(t testing.TB, e object) time.Time {
	at, err := time.Parse(time.RFC3339Nano, e["startedDateTime"].(string))
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

func compress(message object) { with(message, "Content-Encoding", "gzip") }

func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// judgement is what is made of recordings.
type judgement struct {
	rec   *har.Recording
	rows  map[string]journal.Result
	notes string
	all   []*exchange.Exchange
}

// accused lists what is held against anybody.
func (j *judgement) accused() (list []string) {
	for _, r := range j.rows {
		if r.Verdict != journal.Pass && r.Verdict != journal.NotApplicable {
			list = append(list, fmt.Sprintf("%s %s: %s", r.Verdict, r.Requirement, r.Reason))
		}
	}
	for _, e := range j.all {
		for _, v := range append(e.Judgement.Request, e.Judgement.Response...) {
			if v.Level != journal.May {
				list = append(list, fmt.Sprintf("exchange %d: %s %s %s: wanted %s; got %s", e.ID, v.In, v.Part, v.Pointer, v.Wanted, v.Got))
			}
		}
	}
	return list
}

func judge(t testing.TB, c har.Choice, files ...[]byte) (*judgement, error) {
	t.Helper()
	base := contracttest.Base(t)
	c.Describes = func(method, path string) string {
		operation, _ := base.Describes(method, path)
		return operation
	}
	var read []*har.File
	for i, data := range files {
		f, err := har.Read(bytes.NewReader(data), fmt.Sprintf("%c.har", 'a'+i))
		if err != nil {
			t.Fatal(err)
		}
		read = append(read, f)
	}
	rec, err := har.Select(read, c)
	if err != nil {
		return nil, err
	}
	w := monitor.New(base)
	w.WatchClient()
	recorder := exchange.NewRecorder(exchange.Options{Contract: base, Sink: w, BasePath: c.BasePath})
	j := &judgement{rec: rec, rows: map[string]journal.Result{}, notes: strings.Join(rec.Notes, "\n")}
	for _, e := range rec.Entries {
		j.all = append(j.all, recorder.Observe(t.Context(), &e.Observed))
	}
	for _, r := range w.Results(false) {
		j.rows[r.Requirement] = r
	}
	return j, nil
}

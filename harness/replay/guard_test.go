package replay_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
	"resize-conformance/harness/replay"
	"resize-conformance/harness/target"
)

// At a real endpoint nothing is sent that a run would keep back.
func TestARealEndpointIsGuarded(t *testing.T) {
	t.Parallel()
	c := load(t)
	record := recording.FromRun(runOf(t, c, []string{"RSZ-STATE-001", "RSZ-BILL-006", "RSZ-SETUP-003"}))
	e, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := target.Stock(e, 2); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var changed []string
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if r.Method != http.MethodGet && !bytes.Contains(body, []byte(`"dry_run":true`)) {
			mu.Lock()
			changed = append(changed, r.Method+" "+r.URL.Path+" "+string(body))
			mu.Unlock()
		}
		e.ServeHTTP(w, r)
	}))
	defer served.Close()
	own := e.Describe().Projects[0]
	for name, config := range map[string]target.Config{
		"no inventory": {Server: served.URL, ProjectID: own.ID, Token: own.Token},
		"read-only":    {Server: served.URL, ProjectID: own.ID, Token: own.Token, ReadOnly: true},
	} {
		sink := &replay.Sink{}
		p := &replay.Player{Target: open(t, target.Bare(config), c, sink), Sink: sink, Record: record, AsFound: true}
		for _, seq := range record.Sequences {
			out, err := p.Play(t.Context(), seq)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for _, pair := range out.Pairs {
				if pair.Now != nil && pair.Then.Method != "GET" && !strings.Contains(pair.Then.RequestBody.Text, `"dry_run":true`) {
					t.Errorf("%s: %s: sent %s %s %s", name, seq.Name(), pair.Then.Method, pair.Then.URL, pair.Then.RequestBody.Text)
				}
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(changed) > 0 {
		t.Errorf("the endpoint was sent %q", changed)
	}
}

// exchanged is an exchange of a journal, from its parts.
func exchanged(id int64, scenario, operation, method, url, body string, status int, answer string) *journal.Exchange {
	x := &journal.Exchange{
		ID: id, Scenario: scenario, Operation: operation, Method: method, URL: url, Status: status, Start: time.Unix(1700000000+id, 0), Duration: time.Millisecond,
		RequestHeader: []journal.Header{{Name: "X-Auth-Token", Value: "$CONFORMANCE_TOKEN"}}, ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}},
		RequestBody: journal.Body{Text: body, Size: int64(len(body))}, ResponseBody: journal.Body{Text: answer, Size: int64(len(answer))},
	}
	if body != "" {
		x.RequestHeader = append(x.RequestHeader, journal.Header{Name: "Content-Type", Value: "application/json"})
	}
	return x
}

// What would be sent decides, and not what an answer has named: a server that is no server of an inventory is not changed, however a request writes its id, and no request of a
// client is sent that nobody can tell what it changes.
func TestWhatAnAnswerNamesIsNotLent(t *testing.T) {
	t.Parallel()
	const project, server, job = "0123456789abcdef0123456789abcdef", "7c9e6679-7425-40de-944b-e07fc1f90ae7", "ff8080814dbd65d7014dbe0d84db0013"
	var mu sync.Mutex
	var changed []string
	shown := fmt.Sprintf(`{"job_id":%q,"job_type":"resizeServer","status":"SUCCESS","entities":{"server_id":%q}}`, job, server)
	served := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if r.Method != http.MethodGet {
			mu.Lock()
			changed = append(changed, r.Method+" "+r.RequestURI)
			mu.Unlock()
		}
		_, _ = io.WriteString(w, shown)
	}))
	defer served.Close()
	const scenario, flavor = "RSZ-STATE-001 a stopped server is resized", `{"resize":{"flavorRef":"s3.large.2"}}`
	at := func(path string) string { return served.URL + "/v1/" + project + path }
	resize := func(id string) string { return at("/cloudservers/" + id + "/resize") }
	run := journal.NewRun(
		journal.Event{Type: journal.RunStarted, Time: time.Unix(1700000000, 0), Start: &journal.RunStart{Target: served.URL, Config: map[string]string{"project-id": project}}},
		journal.Event{Exchange: exchanged(1, scenario, "showJob", "GET", at("/jobs/"+job), "", 200, shown)},
		journal.Event{Exchange: exchanged(2, scenario, "resizeServer", "POST", resize(server), flavor, 200, `{"job_id":"`+job+`"}`)},
		journal.Event{Exchange: exchanged(3, scenario, "resizeServer", "POST", resize(strings.ToUpper(server)), flavor, 200, `{"job_id":"`+job+`"}`)},
		journal.Event{Exchange: exchanged(4, scenario, "resizeServer", "POST", resize("%37"+server[1:]), flavor, 200, `{"job_id":"`+job+`"}`)},
		journal.Event{Exchange: exchanged(5, scenario, "resizeServer", "POST", resize(strings.ReplaceAll(server, "-", "")), flavor, 200, `{"job_id":"`+job+`"}`)},
		journal.Event{Exchange: exchanged(6, "", "", "POST", at("/os-keypairs"), `{"keypair":{"name":"x"}}`, 200, `{}`)},
	)
	run.Exchanges[5].External = true
	record := recording.FromRun(run)
	config := target.Config{Server: served.URL, ProjectID: project, Token: "a-token"}
	for _, seq := range append([]*recording.Sequence{record.Alone(run.Exchanges[5])}, record.Sequences...) {
		sink := &replay.Sink{}
		p := &replay.Player{Target: open(t, target.Bare(config), load(t), sink), Sink: sink, Record: record, AsFound: true}
		out, err := p.Play(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range out.Pairs {
			switch {
			case pair.Then.Method == "GET" && pair.Now == nil:
				t.Errorf("%s was not sent: %s", pair.Then.URL, pair.Skipped)
			case pair.Then.Method != "GET" && !strings.HasPrefix(pair.Skipped, "not sent: it may change "):
				t.Errorf("%s: got %q", pair.Then.URL, pair.Skipped)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(changed) > 0 {
		t.Errorf("the endpoint was sent %q", changed)
	}
}

// What stands outside any scenario is asked of a server in the state that the record shows; what nothing can stand in for is not sent, and nobody is accused.
func TestExchangesOutsideScenarios(t *testing.T) {
	t.Parallel()
	c := load(t)
	run := runOf(t, c, []string{"RSZ-STATE-001"})
	var look, job *journal.Exchange
	for _, x := range run.Exchanges {
		switch x.Operation {
		case "showServer":
			if look == nil {
				look = x
			}
		case "showJob":
			job = x
		}
		x.Scenario, x.External = "", true
	}
	unknown := *look
	unknown.ID, unknown.URL = 9001, strings.Replace(look.URL, recording.ServersNamed(look)[0], "616fb98f-46ca-475e-917e-2563e5a8cd19", 1)
	run.Results = nil
	record := recording.FromRun(run)
	if len(record.Sequences) != 0 || record.External != len(run.Exchanges) {
		t.Fatalf("got %d sequences and %d exchanges of a client, want none and %d", len(record.Sequences), record.External, len(run.Exchanges))
	}
	for _, one := range []struct {
		x       *journal.Exchange
		skipped string
	}{{look, ""}, {job, "nothing stands in for job "}, {&unknown, "nothing stands in for server 616fb98f"}} {
		sink := &replay.Sink{}
		p := &replay.Player{Target: open(t, target.Config{}, c, sink), Sink: sink, Record: record}
		out, err := p.Play(t.Context(), record.Alone(one.x))
		if err != nil {
			t.Fatal(err)
		}
		pair := out.Pairs[0]
		if out.Differs() || (pair.Now == nil) != (one.skipped != "") || !strings.HasPrefix(pair.Skipped, one.skipped) {
			t.Errorf("%s: got %q, %v; want %q", one.x.URL, pair.Skipped, pair.Differences, one.skipped)
		}
	}
}

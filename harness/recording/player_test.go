package recording_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// client asks a Player.
type client struct {
	t     *testing.T
	url   string
	agent string
	token string
	http  *http.Client // nil: http.DefaultClient
}

func (c client) ask(method, path, body string) (status int, from, answer string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("X-Auth-Token", c.token)
	req.Header.Set("User-Agent", c.agent)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := cmp.Or(c.http, http.DefaultClient).Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return resp.StatusCode, resp.Header.Get(recording.EvidenceHeader), string(got)
}

func member(t *testing.T, body string, path ...string) string {
	t.Helper()
	return recording.ParseDocument([]byte(body)).At(path...).Text()
}

// A Player answers in the order of the record: a look shows what the changes that were asked for have done, each look one thing more; and it has nothing to say about
// what was not recorded.
func TestAPlayerAnswersAsWasRecorded(t *testing.T) {
	t.Parallel()
	f := recording.Normalise(runOf())
	for _, agent := range []string{"curl", "suite (RSZ-STATE-001)"} {
		player := recording.NewPlayer(f, recording.PlayerOptions{})
		served := httptest.NewServer(player)
		c := client{t: t, url: served.URL, agent: agent, token: recording.Credentials()["$CONFORMANCE_TOKEN"]}
		id := f.Sequences[0].Servers[0].ID
		show, resize := "/v1/"+f.Head.Project+"/cloudservers/"+id, "/v1.1/"+f.Head.Project+"/cloudservers/"+id+"/resize"
		flavor := func(want string) {
			t.Helper()
			status, from, body := c.ask("GET", show, "")
			if got := member(t, body, "server", "flavor", "id"); status != 200 || got != want || !strings.HasPrefix(from, "2026-03-04; RSZ-STATE-001; exchange ") {
				t.Fatalf("%s: got %d with flavor %q from %q, want %q", agent, status, got, from, want)
			}
			if !strings.Contains(body, served.URL) {
				t.Errorf("its own address is not in %s", body)
			}
		}
		flavor("s3.medium.4")
		flavor("s3.medium.4")
		if status, _, body := c.ask("POST", resize, `{ "resize": {"flavorRef": ""} }`); status != 400 || !strings.Contains(body, "Ecs.0005") {
			t.Errorf("an empty flavorRef: got %d %s", status, body)
		}
		flavor("s3.medium.4")
		status, _, body := c.ask("POST", resize, `{"resize":{"flavorRef":"s3.large.2"}}`)
		first := member(t, body, "job_id")
		if status != 200 || len(first) != 32 {
			t.Fatalf("the resize: got %d %s", status, body)
		}
		for _, want := range []string{"RUNNING", "SUCCESS", "SUCCESS"} {
			_, _, body := c.ask("GET", "/v1/"+f.Head.Project+"/jobs/"+first, "")
			if got := member(t, body, "status"); got != want || member(t, body, "job_id") != first {
				t.Errorf("the job: got %s, want %s", body, want)
			}
			if at, err := time.Parse(time.RFC3339, member(t, body, "begin_time")); err != nil || time.Since(at).Abs() > time.Minute {
				t.Errorf("the job began at %s (%v), want now", at, err)
			}
		}
		flavor("s3.large.2")
		// The same once more is another job.
		if _, _, body := c.ask("POST", resize, `{"resize":{"flavorRef":"s3.large.2"}}`); member(t, body, "job_id") == "" || member(t, body, "job_id") == first {
			t.Errorf("a second resize: got %s, and the first job was %s", body, first)
		}
		for _, strange := range [][2]string{{"DELETE", show}, {"GET", "/v1/" + f.Head.Project + "/cloudservers/616fb98f-46ca-475e-917e-2563e5a8cd19"}} {
			if status, from, body := c.ask(strange[0], strange[1], ""); status != 501 || from != "none" || !strings.Contains(body, recording.NoEvidence) {
				t.Errorf("%s %s: got %d from %q: %s", strange[0], strange[1], status, from, body)
			}
		}
		c.token = "somebody-else"
		if status, from, _ := c.ask("GET", show, ""); status != 501 || from != "none" {
			t.Errorf("another token: got %d from %q, want no evidence", status, from)
		}
		if tally := player.Tally(); tally.None != 3 || tally.Exact == 0 {
			t.Errorf("got %+v", tally)
		}
		served.Close()
	}
}

// A second run is told that it is one, and is answered as the first was once the Player was told to begin anew.
func TestAPlayerBeginsAnew(t *testing.T) {
	t.Parallel()
	run := runOf()
	for i := range 7 {
		x := *run.Exchanges[i]
		x.ID, x.Scenario = x.ID+7, "RSZ-STATE-002 another"
		run.Exchanges = append(run.Exchanges, &x)
	}
	run.Results = append(run.Results, run.Results[0])
	run.Results[1].Requirement, run.Results[1].Title = "RSZ-STATE-002", "another"
	f := recording.Normalise(run)
	var said bytes.Buffer
	player := recording.NewPlayer(f, recording.PlayerOptions{Log: log.New(&said, "", 0)})
	served := httptest.NewTLSServer(player)
	defer served.Close()
	told := func() string {
		player.Tally() // waits for who answers, and so for what he says
		return said.String()
	}
	id, token := f.Sequences[0].Servers[0].ID, recording.Credentials()["$CONFORMANCE_TOKEN"]
	ask := func(scenario, method, path, body string) (int, string) {
		t.Helper()
		c := client{t: t, url: served.URL, agent: "suite (" + scenario + ")", token: token, http: served.Client()}
		status, _, answer := c.ask(method, path, body)
		return status, answer
	}
	whole := func() string {
		var all strings.Builder
		for _, scenario := range []string{"RSZ-STATE-001", "RSZ-STATE-002"} {
			_, shown := ask(scenario, "GET", "/v1/"+f.Head.Project+"/cloudservers/"+id, "")
			if !strings.Contains(shown, served.URL) {
				t.Errorf("its own address %s is not in %s", served.URL, shown)
			}
			_, answer := ask(scenario, "POST", "/v1.1/"+f.Head.Project+"/cloudservers/"+id+"/resize", `{"resize":{"flavorRef":"s3.large.2"}}`)
			fmt.Fprintln(&all, member(t, shown, "server", "flavor", "id"), answer)
		}
		return all.String()
	}
	first := whole()
	if got := told(); got != "" {
		t.Errorf("the first run was told %q", got)
	}
	if second := whole(); second == first {
		t.Error("a second run gets the same jobs as the first: the test tells nothing")
	}
	if got := told(); !strings.Contains(got, "POST to "+recording.RestartPath) {
		t.Errorf("the second run was told %q", got)
	}
	if status, _ := ask("", "POST", recording.RestartPath, ""); status != http.StatusNoContent {
		t.Fatalf("got %d", status)
	}
	if third := whole(); third != first {
		t.Errorf("after it began anew it answers\n%s, and before\n%s", third, first)
	}
}

// What a server cannot answer is no recorded answer: no status of 1xx ends an exchange.
func TestAnAnswerThatCannotBeGiven(t *testing.T) {
	t.Parallel()
	run := runOf()
	for _, x := range run.Exchanges {
		x.Status = 100
	}
	f := recording.Normalise(run)
	served := httptest.NewServer(recording.NewPlayer(f, recording.PlayerOptions{}))
	defer served.Close()
	c := client{t: t, url: served.URL, agent: "curl", token: recording.Credentials()["$CONFORMANCE_TOKEN"]}
	if status, from, _ := c.ask("GET", "/v1/"+f.Head.Project+"/cloudservers/"+f.Sequences[0].Servers[0].ID, ""); status != http.StatusNotImplemented || from != "none" {
		t.Errorf("got %d from %q, want no evidence", status, from)
	}
}

// Of ids that nobody has each run draws others: they are answered alike, in the words of the request.
func TestIdsThatNobodyHas(t *testing.T) {
	t.Parallel()
	run := runOf()
	const drawn, later = "00000000-0000-4000-8000-cc40dd1e23ee", "00000000-0000-4000-8000-441fe3cf6fe9"
	x := run.Exchanges[1]
	x.Method, x.Operation, x.URL, x.RequestBody, x.Status = "GET", "showServer", strings.Replace(run.Exchanges[0].URL, server, drawn, 1), journal.Body{}, 404
	x.RequestHeader = run.Exchanges[0].RequestHeader
	x.ResponseBody = journal.Body{Text: `{"error":{"code":"Ecs.0114","message":"` + drawn + ` is not there"}}`, Size: 1}
	f := recording.Normalise(run)
	served := httptest.NewServer(recording.NewPlayer(f, recording.PlayerOptions{}))
	defer served.Close()
	c := client{t: t, url: served.URL, agent: "suite (RSZ-STATE-001)", token: recording.Credentials()["$CONFORMANCE_TOKEN"]}
	status, from, answer := c.ask("GET", "/v1/"+f.Head.Project+"/cloudservers/"+later, "")
	if got := member(t, answer, "error", "message"); status != http.StatusNotFound || got != later+" is not there" {
		t.Errorf("got %d from %q: %s", status, from, answer)
	}
}

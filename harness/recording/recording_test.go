package recording_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

const (
	project = "5f8d2c6b9a7e4d31b0c2e4f6a8d0c1b3"
	server  = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	job     = "ff8080814dbd65d7014dbe0d84db0013"
	origin  = "https://ecs.eu-west-9.cloud.internal:8443"
)

var began = time.Date(2026, 3, 4, 10, 20, 30, 0, time.UTC)

// exchangeOf makes an exchange of the scenario, some milliseconds after the run began.
func exchangeOf(id int64, method, path, body string, status int, answer string) journal.Event {
	x := &journal.Exchange{
		ID: id, Scenario: "RSZ-STATE-001 a stopped server is resized", Method: method, URL: origin + path, Status: status, Start: began.Add(time.Duration(id) * 10 * time.Millisecond), Duration: time.Millisecond,
		RequestHeader:  []journal.Header{{Name: "Host", Value: "ecs.eu-west-9.cloud.internal:8443"}, {Name: "User-Agent", Value: "x"}, {Name: "X-Auth-Token", Value: "$CONFORMANCE_TOKEN"}},
		ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Request-Id", Value: "0123456789abcdef0123456789abcd0" + fmt.Sprint(id%10)}, {Name: "Date", Value: "Wed, 04 Mar 2026 10:20:30 GMT"}},
		RequestBody:    journal.Body{Text: body, Size: int64(len(body))}, ResponseBody: journal.Body{Text: answer, Size: int64(len(answer))},
	}
	switch {
	case strings.Contains(path, "/jobs/"):
		x.Operation = "showJob"
	case method == "GET":
		x.Operation = "showServer"
	default:
		x.Operation = "resizeServer"
	}
	if body != "" {
		x.RequestHeader = append(x.RequestHeader, journal.Header{Name: "Content-Type", Value: "application/json"})
	}
	return journal.Event{Type: journal.ExchangeRecorded, Exchange: x}
}

func showing(flavor string) string {
	return `{"server":{"id":"` + server + `","name":"shop-frontend-3","status":"SHUTOFF","tenant_id":"` + project + `","user_id":"jane.doe","key_name":"jane-laptop","flavor":{"id":"` + flavor + `","name":"` + flavor + `"},` +
		`"OS-EXT-SRV-ATTR:hostname":"shop-frontend-3.corp","addresses":{"9d2f3a44-1b1c-4a52-8d5e-0a4f5b6c7d8e":[{"addr":"10.20.30.40","OS-EXT-IPS-MAC:mac_addr":"fa:16:3e:aa:bb:cc"},{"addr":"fd00:1:2::3"}]},` +
		`"created":"2024-01-02T03:04:05Z","tags":["owner=jane","cost=42"],"metadata":{"charging_mode":"0","os_type":"Linux","team":"checkout","agency_name":"janes-agency"},"links":[{"href":"` + origin + `/v1/` + project + `/cloudservers/` + server + `"}]}}`
}

func jobIs(status, end string) string {
	return `{"status":"` + status + `","job_id":"` + job + `","job_type":"resizeServer","begin_time":"2026-03-04T10:20:30.020Z","end_time":"` + end + `","entities":{"server_id":"` + server + `"}}`
}

func runOf() *journal.Run {
	in := "/v1/" + project
	start := journal.RunStart{JournalVersion: 1, Target: origin, Profile: "intl", Config: map[string]string{"project-id": project}, Capabilities: []string{"token"}}
	return journal.NewRun(
		journal.Event{Type: journal.RunStarted, Time: began, Start: &start},
		exchangeOf(1, "GET", in+"/cloudservers/"+server, "", 200, showing("s3.medium.4")),
		exchangeOf(2, "POST", "/v1.1/"+project+"/cloudservers/"+server+"/resize", `{"resize":{"flavorRef":""}}`, 400, `{"error":{"code":"Ecs.0005","message":"flavorRef of `+server+` is empty"}}`),
		exchangeOf(3, "POST", "/v1.1/"+project+"/cloudservers/"+server+"/resize", `{"resize":{"flavorRef":"s3.large.2"}}`, 200, `{"job_id":"`+job+`"}`),
		exchangeOf(4, "GET", in+"/jobs/"+job, "", 200, jobIs("RUNNING", "")),
		exchangeOf(5, "GET", in+"/jobs/"+job, "", 200, jobIs("RUNNING", "")),
		exchangeOf(6, "GET", in+"/jobs/"+job, "", 200, jobIs("SUCCESS", "2026-03-04T10:20:30.060Z")),
		exchangeOf(7, "GET", in+"/cloudservers/"+server, "", 200, showing("s3.large.2")),
		journal.Event{Type: journal.ResultGiven, Result: &journal.Result{
			Requirement: "RSZ-STATE-001", Title: "a stopped server is resized", Kind: journal.KindScenario, Verdict: journal.Pass,
			Servers: []journal.Leased{{ID: server, State: "stopped", Flavor: "s3.medium.4", Flavors: map[string]string{"target": "s3.large.2"}}},
		}},
	)
}

func text(t *testing.T, f *recording.Fixture) string {
	t.Helper()
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Nothing of the account is in a fixture, what is in it has its old form, and the same run gives the same file.
func TestAFixtureTellsNothingOfTheAccount(t *testing.T) {
	t.Parallel()
	written := text(t, recording.Normalise(runOf()))
	for _, secret := range []string{
		project, server, job, "cloud.internal", "shop-frontend", "jane", "10.20.30.40", "fd00:1:2", "fa:16:3e", "9d2f3a44", "cost=42", "checkout", "agency\":\"jane", "2026-03-04T", "2024-01-02", "0123456789abcdef0123456789abcd0",
	} {
		if strings.Contains(written, secret) {
			t.Errorf("%q is in the fixture:\n%s", secret, written)
		}
	}
	for _, kept := range []string{"s3.medium.4", "s3.large.2", `\"charging_mode\":\"0\"`, `"recorded":"2026-03-04"`, `\"begin_time\":\"2000-01-01T00:00:00.020Z\"`, `\"created\":\"1997-`, "$CONFORMANCE_TOKEN", "Ecs.0005"} {
		if !strings.Contains(written, kept) {
			t.Errorf("%q is not in the fixture:\n%s", kept, written)
		}
	}
	if again := text(t, recording.Normalise(runOf())); again != written {
		t.Errorf("the same run gives another fixture:\n%s\n%s", written, again)
	}
	read, err := recording.ParseFixture([]byte(written))
	if err != nil {
		t.Fatal(err)
	}
	if again := text(t, read); again != written {
		t.Errorf("what is read is not what was written:\n%s\n%s", written, again)
	}
	s := read.Sequences[0]
	x := s.Exchanges[2]
	if !strings.HasPrefix(x.URL, recording.Endpoint+"/v1.1/"+read.Head.Project+"/cloudservers/"+s.Servers[0].ID+"/resize") || x.Start.Sub(s.Exchanges[0].Start) != 20*time.Millisecond {
		t.Errorf("the exchange is not the one that was recorded: %s, %s after the first", x.URL, x.Start.Sub(s.Exchanges[0].Start))
	}
}

// The same id has the same placeholder wherever it stands and however it is written, and so have orders and hosts; what stood before the contract's paths is gone, and a
// signature is as old as it was.
func TestTheSameIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	const order = "CS2409101234ABCD1"
	run := runOf()
	run.Start.Target = origin + "/gateway"
	for _, x := range run.Exchanges {
		x.URL = strings.Replace(x.URL, origin, origin+"/gateway", 1)
	}
	x := run.Exchanges[2]
	x.URL += "?instance_uuid=" + server
	x.RequestHeader = append(x.RequestHeader, journal.Header{Name: "X-Sdk-Date", Value: "20260304T102030Z"})
	x.ResponseHeader = append(x.ResponseHeader,
		journal.Header{Name: "Location", Value: origin + "/gateway/v1/" + project + "/jobs/" + job}, journal.Header{Name: "X-Openstack-Request-Id", Value: "req-" + server})
	body := `{"job_id":"` + job + `","order_id":"` + order + `","error":{"message":"` + order + ` of ` + strings.ToUpper(server) + ` or ` + strings.ReplaceAll(server, "-", "") + ` at ecs.eu-west-9.cloud.internal:8443 and http:\/\/other.corp:80\/x"}}`
	x.ResponseBody = journal.Body{Text: body, Size: int64(len(body))}
	f := recording.Normalise(run)
	s := f.Sequences[0]
	got := s.Exchanges[2]
	id := s.Servers[0].ID
	placedJob := member(t, got.ResponseBody.Text, "job_id")
	if want := recording.Endpoint + "/v1.1/" + f.Head.Project + "/cloudservers/" + id + "/resize?instance_uuid=" + id; got.URL != want {
		t.Errorf("the URL is %s, want %s", got.URL, want)
	}
	if at := recording.Sent(got, "X-Sdk-Date"); at != "20000101T000000Z" {
		t.Errorf("signed at %s", at)
	}
	if at, want := recording.Answered(got, "Location"), recording.Endpoint+"/v1/"+f.Head.Project+"/jobs/"+placedJob; at != want {
		t.Errorf("Location is %s, want %s", at, want)
	}
	if got := recording.Answered(got, "X-Openstack-Request-Id"); got != "req-"+id {
		t.Errorf("the id of the request is %s, want req-%s", got, id)
	}
	placedOrder := member(t, got.ResponseBody.Text, "order_id")
	want := placedOrder + " of " + strings.ToUpper(id) + " or " + strings.ReplaceAll(id, "-", "") + " at endpoint.example and http://host-1.example/x"
	if got := member(t, got.ResponseBody.Text, "error", "message"); got != want || placedOrder == order {
		t.Errorf("the message is %q, want %q", got, want)
	}
	if look := s.Exchanges[3]; recording.JobNamed(look) != placedJob {
		t.Errorf("the look at the job is at %s, want %s", look.URL, placedJob)
	}
}

// What was asked again because the target was busy has told nothing.
func TestWhatWasRepeatedIsLeftOut(t *testing.T) {
	t.Parallel()
	run := runOf()
	run.Exchanges[4].Retry = &journal.Retry{Of: 4, Attempt: 2}
	run.Exchanges[5].Retry = &journal.Retry{Of: 4, Attempt: 3}
	var left []int64
	for _, x := range recording.Sequences(run)[0].Exchanges {
		left = append(left, x.ID)
	}
	if !slices.Equal(left, []int64{1, 2, 3, 6, 7}) {
		t.Errorf("left are %d", left)
	}
}

// What is no text, and what the suite told of an exchange, holds what was replaced as well.
func TestWhatIsQuotedIsReplaced(t *testing.T) {
	t.Parallel()
	run := runOf()
	x := run.Exchanges[1]
	odd := []byte("\xff" + server + "\xfe")
	x.ResponseBody = journal.Body{Base64: base64.StdEncoding.EncodeToString(odd), Size: int64(len(odd))}
	x.Violations = []journal.Violation{{Requirement: "RSZ-RSP-001", Wanted: "no name", Got: `"shop-frontend-3" of jane-laptop`}}
	run.Results = append(run.Results, journal.Result{Requirement: "RSZ-BILL-001", Kind: journal.KindScenario, Verdict: journal.NotTestable, Reason: "server shop-frontend-3 is not for sale"})
	f := recording.Normalise(run)
	s := f.Sequences[0]
	if got, _ := s.Exchanges[1].ResponseBody.Bytes(); string(got) != "\xff"+s.Servers[0].ID+"\xfe" {
		t.Errorf("a body that is no text is %q, want the placeholder %s in it", got, s.Servers[0].ID)
	}
	name := member(t, s.Exchanges[0].ResponseBody.Text, "server", "name")
	if got, want := s.Exchanges[1].Violations[0].Got, `"`+name+`" of `; !strings.HasPrefix(got, want) {
		t.Errorf("what was got is %q, want %q", got, want)
	}
	if got, want := f.Head.Reasons["RSZ-BILL-001"], "server "+name+" is not for sale"; got != want {
		t.Errorf("the reason is %q, want %q", got, want)
	}
	for _, secret := range []string{"shop-frontend", "jane-laptop", base64.StdEncoding.EncodeToString(odd)} {
		if written := text(t, f); strings.Contains(written, secret) {
			t.Errorf("%q is in the fixture:\n%s", secret, written)
		}
	}
}

// An answer that was given in the server's place is no behaviour of the server, and what a client sent is not the suite's to send again.
func TestWhatIsNoBehaviourIsLeftOut(t *testing.T) {
	t.Parallel()
	run := runOf()
	run.Exchanges[4].Substitute = "somebody else"
	run.Exchanges[6].External = true
	s := recording.Sequences(run)[0]
	if len(s.Exchanges) != 5 || slices.Contains(s.Exchanges, run.Exchanges[4]) || slices.Contains(s.Exchanges, run.Exchanges[6]) {
		t.Errorf("got %d exchanges, want 5 without those", len(s.Exchanges))
	}
}

// A run of a suite that did not say which servers a scenario was given shows them itself.
func TestServersAreInferred(t *testing.T) {
	t.Parallel()
	run := runOf()
	run.Results[0].Servers = nil
	s := recording.Sequences(run)[0]
	if len(s.Servers) != 1 || s.Servers[0].ID != server || s.Servers[0].State != "stopped" || s.Servers[0].Flavor != "s3.medium.4" || !s.Servers[0].Inferred {
		t.Errorf("got %+v", s.Servers)
	}
}

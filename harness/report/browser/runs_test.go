package browser_test

import (
	"fmt"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

// server is an answer to showServer of the size that real ones have.
func server(flavor string) string {
	return `{"server":{"id":"0bbe4858-0ef6-4a4e-ace6-e78f4b9e30b9","status":"SHUTOFF","OS-EXT-STS:task_state":null,"flavor":{"id":"` + flavor + `","vcpus":"1","ram":"4096"},"metadata":{` +
		strings.Repeat(`"metering.a_key_of_usual_length":"a value of usual length","metering.image_id":"bd52dc46-93c4-4b9f-96f1-53562829b7bb",`, 18) + `"os_bit":"64"}}}`
}

func exchange(id int64, scenario, operation, method, body string, status int, start time.Time) *journal.Exchange {
	path := map[string]string{
		"showServer": "/v1/0123456789abcdef0123456789abcdef/cloudservers/0bbe4858-0ef6-4a4e-ace6-e78f4b9e30b9", "showJob": "/v1/0123456789abcdef0123456789abcdef/jobs/ff8080f598538fec7b0b6a18268cbee2",
		"resizeServer": "/v1.1/0123456789abcdef0123456789abcdef/cloudservers/0bbe4858-0ef6-4a4e-ace6-e78f4b9e30b9/resize",
	}[operation]
	x := &journal.Exchange{
		ID: id, Scenario: scenario, Operation: operation, Method: method, URL: "http://127.0.0.1:9000" + path, Proto: "HTTP/1.1", Status: status,
		RequestHeader: []journal.Header{
			{Name: "Host", Value: "127.0.0.1:9000"}, {Name: "User-Agent", Value: "resize-conformance/1.2.3"}, {Name: "Accept", Value: "application/json"},
			{Name: "Traceparent", Value: "00-ecb09ac712bcfb6e1e7bb61eff03ea1a-af7c2288cbf459dd-01"}, {Name: "X-Auth-Token", Value: "$CONFORMANCE_TOKEN"},
		},
		ResponseHeader: []journal.Header{{Name: "Content-Type", Value: "application/json"}, {Name: "Date", Value: "Mon, 23 Nov 2026 12:00:00 GMT"}, {Name: "X-Request-Id", Value: fmt.Sprintf("%032x", id)}},
		ResponseBody:   journal.Body{Text: body, Size: int64(len(body))}, Start: start, FirstByte: 2 * time.Millisecond, Duration: 3 * time.Millisecond,
		Curl: "curl -sS -i -g --path-as-is -X " + method + " -H 'Accept: application/json' -H 'X-Auth-Token: '\"$CONFORMANCE_TOKEN\" http://127.0.0.1:9000" + path,
	}
	if method == "POST" {
		x.RequestBody = journal.Body{Text: `{"resize":{"flavorRef":"s6.large.2"},"dry_run":false}`, Size: 53}
	}
	return x
}

// synthetic is a run of so many scenarios with ten exchanges each, of which every tenth fails: a resize whose job ends with a status that is a number.
func synthetic(scenarios int, hostile string) *journal.Run {
	start := &journal.RunStart{
		JournalVersion: journal.Version, SuiteVersion: "1.2.3", GoVersion: "go1.26", ContractHash: strings.Repeat("0123456789abcdef", 4), ContractFile: "spec/openapi.yaml", Profile: "intl",
		Target: "http://127.0.0.1:9000", Client: "built-in", Config: map[string]string{"server": "http://127.0.0.1:9000"}, Families: map[string]string{}, Command: "conformance run --server http://127.0.0.1:9000",
		Warnings: []string{"the server's certificate was not checked" + hostile},
	}
	var events []journal.Event
	events = append(events, journal.Event{Time: noon(), Start: start})
	var results []journal.Result
	for i := range scenarios {
		family := fmt.Sprintf("RSZ-F%02d", i%20)
		start.Families[family] = "What family " + family + " is about"
		r := journal.Result{
			Requirement: fmt.Sprintf("%s-%03d", family, i/20), Title: "a scenario of usual length that says what is to be seen", Kind: journal.KindScenario,
			Level: []journal.Level{journal.Must, journal.Must, journal.Should}[i%3], Side: []journal.Side{journal.Server, journal.Server, journal.Server, journal.Client}[i%4],
			Clause: "A promise of usual length: what the server answers, in which state, and what it leaves as it was." + hostile, Source: "seed, Constraints, bullet 1", Operation: "resizeServer",
			File: "suites/state.go", Line: 42, Verdict: journal.Pass, Start: noon(), Duration: 120 * time.Millisecond, Rerun: fmt.Sprintf("conformance run --requirement %s-%03d", family, i/20),
		}
		at := noon().Add(time.Duration(i) * 100 * time.Millisecond)
		first := int64(i*10 + 1)
		add := func(operation, method, body string, status int) *journal.Exchange {
			x := exchange(first+int64(len(r.Exchanges)), r.Key(), operation, method, body, status, at.Add(time.Duration(len(r.Exchanges))*10*time.Millisecond))
			r.Exchanges = append(r.Exchanges, x.ID)
			events = append(events, journal.Event{Time: at, Exchange: x})
			return x
		}
		add("showServer", "GET", server("s3.medium.4"), 200)
		add("resizeServer", "POST", `{"job_id":"ff8080f598538fec7b0b6a18268cbee2"}`, 200)
		for _, status := range []string{"INIT", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "RUNNING", "SUCCESS"} {
			add("showJob", "GET", `{"job_id":"ff8080f598538fec7b0b6a18268cbee2","status":"`+status+`","begin_time":"2026-11-29T01:07:57.015Z","end_time":"","error_code":null,"fail_reason":null}`, 200)
		}
		last := add("showServer", "GET", server("s3.large.2"), 200)
		if i%10 == 0 {
			r.Verdict, r.Reason = journal.Fail, fmt.Sprintf("wanted a string; got the number %d", i)
			r.Finding = &journal.Finding{
				Wanted: "a string", Got: fmt.Sprintf("the number %d", i) + hostile, Pointer: "/server/status", SpecPointer: "/components/schemas/Server/properties/status/type", SpecLine: "spec/openapi.yaml:1234",
				SpecText: "status: {type: string}", Exchange: last.ID,
			}
			last.ResponseBody.Text = strings.Replace(last.ResponseBody.Text, `"status":"SHUTOFF"`, `"status":17,"note":"`+strings.NewReplacer(`"`, `\"`).Replace(hostile)+`"`, 1)
		}
		start.Planned = append(start.Planned, journal.Planned{Requirement: r.Requirement, Title: r.Title, Kind: r.Kind})
		results = append(results, r)
	}
	for _, r := range results {
		events = append(events, journal.Event{Time: noon(), Result: &r})
	}
	events = append(events, journal.Event{Time: noon().Add(time.Minute), End: &journal.RunEnd{Duration: time.Minute}})
	return journal.NewRun(events...)
}

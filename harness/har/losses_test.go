package har_test

import (
	"os"
	"strings"
	"testing"

	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
)

// What tools really write of a run in which nobody broke anything accuses nobody, and they note no loss.
func TestRealRecordingsConform(t *testing.T) {
	t.Parallel()
	for _, name := range recordings() {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		j, err := judge(t, har.Choice{}, data)
		if err != nil {
			t.Fatal(err)
		}
		passes := 0
		for _, r := range j.rows {
			if r.Verdict == journal.Pass {
				passes++
			}
		}
		if accused := j.accused(); len(accused) > 0 || j.notes != "" || passes < 25 || len(j.all) < 8 {
			t.Errorf("%s: %d exchanges, %d passes, notes %q, accused %q", name, len(j.all), passes, j.notes, accused)
		}
	}
}

// Each is a way in which a recording is not the wire. A run in which nobody broke anything still accuses nobody, and what is not judged is told.
func TestLossesAccuseNobody(t *testing.T) {
	t.Parallel()
	content := func(e object) object { return part(e, "response", "content") }
	post := func(e object) object { return part(e, "request", "postData") }
	answerHeader := func(name, value string) func(object) {
		return func(e object) { with(part(e, "response"), name, value) }
	}
	for name, c := range map[string]struct {
		change func(e object)
		notes  string // "": none
		passes int    // that are still given, at least
	}{
		"as Chrome writes":              {func(e object) { chrome(t, e) }, "", 25},
		"as Firefox writes":             {func(e object) { firefox(t, e) }, "", 25},
		"header names in lower case":    {func(e object) { headers(part(e, "request"), lowered); headers(part(e, "response"), lowered) }, "", 25},
		"an answer that was compressed": {func(e object) { compress(part(e, "response")); part(e, "response")["bodySize"] = 21.0 }, "", 25},
		"compressed, by the wire's length": {func(e object) {
			compress(part(e, "response"))
			lengthOf(part(e, "response"), "23")
			content(e)["size"] = 23.0
		}, "", 25},
		"an answer in base64": {func(e object) { c := content(e); c["text"], c["encoding"] = inBase64(c["text"].(string)), "base64" }, "", 25},
		"broken base64":       {func(e object) { content(e)["encoding"] = "base64" }, "its base64 is broken", 5},
		"still compressed, not by gzip": {func(e object) {
			answerHeader("Content-Encoding", "br")(e)
			content(e)["text"], content(e)["encoding"] = inBase64("\x8b\xff\xfe"), "base64"
		}, "still compressed", 5},
		"answers without their bodies": {func(e object) { delete(content(e), "text") }, "body of the answer not judged, because it is not there, although its length is", 5},
		"of no size either": {func(e object) {
			delete(content(e), "text")
			content(e)["size"] = 0
			headers(part(e, "response"), without("Content-Length"))
		}, "nothing says that it was empty", 5},
		"of no size and empty": {func(e object) {
			content(e)["text"], content(e)["size"] = "", 0
			headers(part(e, "response"), without("Content-Length"))
		}, "nothing says that it was empty", 5},
		"no content at all":           {func(e object) { delete(part(e, "response"), "content") }, "body of the answer not judged", 5},
		"content of a wrong type":     {func(e object) { part(e, "response")["content"] = "none" }, "body of the answer not judged", 5},
		"bodies beside the recording": {func(e object) { delete(content(e), "text"); content(e)["_file"] = "0a.json" }, "kept in another file", 5},
		"answers that were cut":       {func(e object) { content(e)["text"] = content(e)["text"].(string)[:1] }, "its text was cut", 5},
		"cut, and only a comment says so": {func(e object) {
			content(e)["text"] = `{"job`
			content(e)["size"] = -1
			content(e)["comment"] = "Truncated"
			headers(part(e, "response"), without("Content-Length"))
		}, "its text was cut", 5},
		"edited answers": {func(e object) {
			content(e)["text"] = `{"job_id": "[REDACTED]"}`
			content(e)["size"] = 0
			headers(part(e, "response"), without("Content-Length"))
		}, "it was edited", 5},
		"requests without their bodies": {func(e object) { delete(part(e, "request"), "postData") }, "body of the request not judged, because it is not there, although its length is", 20},
		"and without their length": {func(e object) {
			delete(part(e, "request"), "postData")
			part(e, "request")["bodySize"] = 0
			headers(part(e, "request"), without("Content-Length"))
		}, "body of the request not judged", 20},
		"and without anything about them": {func(e object) {
			delete(part(e, "request"), "postData")
			part(e, "request")["bodySize"] = -1
			headers(part(e, "request"), without("Content-Length", "Content-Type"))
		}, "body of the request not judged", 20},
		"requests that were cut": {func(e object) {
			if isResize(e) {
				post(e)["text"] = post(e)["text"].(string)[:9]
			}
		}, "body of the request not judged, because its text was cut", 20},
		"fields of a form only": {func(e object) {
			if isResize(e) {
				post(e)["text"] = ""
				post(e)["params"] = []any{object{"name": "a", "value": "b"}}
			}
		}, "only the fields of its form", 20},
		"a request that was compressed": {func(e object) {
			if isResize(e) {
				compress(part(e, "request"))
				post(e)["text"] = "\x1f\u008b\x08"
			}
		}, "it was compressed", 20},
		"requests without a header": {func(e object) { part(e, "request")["headers"] = []any{} }, "header lines of the request not judged, because it has no header", 20},
		"answers without a header":  {func(e object) { delete(part(e, "response"), "headers") }, "header lines of the answer not judged, because it has no header", 20},
		"headers that are no list":  {func(e object) { part(e, "response")["headers"] = object{"Content-Type": "application/json"} }, "header lines of the answer not judged", 20},
		"a blanked request id":      {func(e object) { headers(part(e, "response"), blank("X-Request-Id")) }, "lines of its header were blanked", 20},
		"a blanked media type":      {func(e object) { headers(part(e, "request"), blank("Content-Type")) }, "its media type was blanked", 20},
		"a blanked date of signing": {func(e object) { with(part(e, "request"), "X-Sdk-Date", "REDACTED") }, "", 25},
		"credentials taken out":     {func(e object) { headers(part(e, "request"), without("X-Auth-Token", "Cookie")) }, "carry no credentials", 25},
		"credentials blanked":       {func(e object) { headers(part(e, "request"), blank("X-Auth-Token")) }, "", 25},
		"no start":                  {func(e object) { delete(e, "startedDateTime") }, "in no order with other exchanges, because it has no start", 20},
		"a start that is none":      {func(e object) { e["startedDateTime"] = "yesterday" }, "in no order", 20},
		"no duration":               {func(e object) { delete(e, "timings"); e["time"] = -1 }, "because it has no duration", 20},
		"a duration of nonsense":    {func(e object) { delete(e, "timings"); e["time"] = 1e300 }, "because it has no duration", 20},
		"numbers that are strings": {func(e object) {
			part(e, "response")["status"] = fmtNumber(part(e, "response")["status"])
			e["time"] = "12.5"
		}, "", 25},
		"a query that is not in the URL": {func(e object) { r := part(e, "request"); r["url"], _, _ = strings.Cut(r["url"].(string), "?") }, "", 25},
		"a method in lower case":         {func(e object) { r := part(e, "request"); r["method"] = strings.ToLower(r["method"].(string)) }, "", 25},
		"no answer: blocked or aborted": {func(e object) {
			e["response"] = object{"status": 0, "headers": []any{}, "content": object{}, "_error": "net::ERR_ABORTED"}
		}, "", 1},
		"no answer at all": {func(e object) { delete(e, "response") }, "", 1},
		"no answer, as Playwright says it": {func(e object) {
			e["response"] = object{"status": -1, "headers": []any{}, "content": object{"size": -1}, "_failureText": "net::ERR_FAILED"}
		}, "", 1},
		"values of a line joined in one": {func(e object) { with(part(e, "response"), "set-cookie", "a=b\nc=d") }, "", 25},
		"answers of the test itself":     {func(e object) { e["_wasFulfilled"] = true; content(e)["text"] = strings.Repeat("nonsense", 10000) }, "", 1},
		"answers of a service worker": {func(e object) {
			part(e, "response")["_fetchedViaServiceWorker"] = true
			content(e)["text"] = strings.Repeat("nonsense", 10000)
		}, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			entries := recorded(t)
			for _, e := range entries {
				c.change(e)
			}
			j, err := judge(t, har.Choice{}, file(t, "some tool", entries))
			if err != nil {
				t.Fatal(err)
			}
			passes := 0
			for _, r := range j.rows {
				if r.Verdict == journal.Pass {
					passes++
				}
			}
			if accused := j.accused(); len(accused) > 0 {
				t.Errorf("accused: %s", strings.Join(accused, "\n"))
			}
			if passes < c.passes {
				t.Errorf("%d promises were kept, want %d: too little was judged", passes, c.passes)
			}
			if (c.notes == "") != (j.notes == "") || !strings.Contains(j.notes, c.notes) {
				t.Errorf("wanted %q in the notes, got %q", c.notes, j.notes)
			}
		})
	}
}

func lowered(name, value string) (string, string, bool) { return strings.ToLower(name), value, true }

func blank(name string) func(name, value string) (string, string, bool) {
	return func(n, value string) (string, string, bool) {
		if strings.EqualFold(n, name) {
			value = "[REDACTED]"
		}
		return n, value, true
	}
}

func lengthOf(message object, text string) {
	headers(message, without("Content-Length"))
	with(message, "Content-Length", text)
}

func fmtNumber(n any) string {
	if n.(float64) == 200 {
		return "200"
	}
	return map[float64]string{202: "202", 400: "400", 404: "404"}[n.(float64)]
}

// A promise that nothing in a recording bears on is not one that was kept.
func TestLostBodiesKeepNoPromise(t *testing.T) {
	t.Parallel()
	entries := recorded(t)
	whole, err := judge(t, har.Choice{}, file(t, "some tool", recorded(t)))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		delete(part(e, "response", "content"), "text")
	}
	j, err := judge(t, har.Choice{}, file(t, "some tool", entries))
	if err != nil {
		t.Fatal(err)
	}
	const ofBodies, ofStatus = "RSZ-RSP-018", "RSZ-RSP-007"
	if got := whole.rows[ofBodies].Verdict; got != journal.Pass {
		t.Errorf("with bodies %s has %s, want PASS", ofBodies, got)
	}
	if got := j.rows[ofBodies].Verdict; got != journal.NotApplicable {
		t.Errorf("without bodies %s has %s, want NOT_APPLICABLE", ofBodies, got)
	}
	if got := j.rows[ofStatus].Verdict; got != journal.Pass {
		t.Errorf("without bodies %s has %s, want PASS: the media type is in the header", ofStatus, got)
	}
}

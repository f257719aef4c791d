package har_test

import (
	"errors"
	"strings"
	"testing"

	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
)

// resizes are the entries of the first recording by what they show.
func byKind(t *testing.T) (looks, resizes, jobs []object) {
	t.Helper()
	for _, e := range recorded(t) {
		switch url := part(e, "request")["url"].(string); {
		case isResize(e):
			resizes = append(resizes, e)
		case strings.Contains(url, "/jobs/"):
			jobs = append(jobs, e)
		case strings.Contains(url, "/cloudservers/") && !strings.Contains(url, "resize_flavors"):
			looks = append(looks, e)
		}
	}
	if len(looks) != 2 || len(resizes) != 3 || len(jobs) < 2 {
		t.Fatalf("the recording has %d looks, %d resizes, %d jobs", len(looks), len(resizes), len(jobs))
	}
	return looks, resizes, jobs
}

func TestWhatIsBrokenIsFound(t *testing.T) {
	t.Parallel()
	setBody := func(message object, text string) {
		if post, ok := message["postData"].(object); ok {
			post["text"], message["bodySize"] = text, len(text)
		} else {
			part(message, "content")["text"], part(message, "content")["size"], message["bodySize"] = text, len(text), len(text)
		}
		headers(message, without("Content-Length"))
	}
	for name, c := range map[string]struct {
		change      func(resize object)
		requirement string
	}{
		"isAutoPay is a boolean": {func(e object) {
			setBody(part(e, "request"), `{"resize": {"flavorRef": "s3.large.2", "extendparam": {"isAutoPay": true}}}`)
		}, journal.RequestRequirement},
		"a request that is no JSON": {func(e object) { setBody(part(e, "request"), `{"resize": `) }, journal.RequestRequirement},
		"a request that is empty": {func(e object) {
			setBody(part(e, "request"), "")
			with(part(e, "request"), "Content-Length", "0")
		}, journal.RequestRequirement},
		"a slash too many": {func(e object) {
			r := part(e, "request")
			r["url"] = strings.Replace(r["url"].(string), "/resize", "//resize", 1)
		}, journal.RequestRequirement},
		"an answer without job_id":     {func(e object) { setBody(part(e, "response"), `{"job": 1}`) }, "RSZ-RSP-010"},
		"an answer that is no JSON":    {func(e object) { setBody(part(e, "response"), `{"job_id": "ff80800a69caedb4620269c0a8114f16"`) }, "RSZ-RSP-018"},
		"an error without an envelope": {func(e object) { part(e, "response")["status"] = 400; setBody(part(e, "response"), `{"oops": 1}`) }, "RSZ-ERR-001"},
		"an error of another media type": {func(e object) {
			part(e, "response")["status"] = 400
			headers(part(e, "response"), mediaType("text/html"))
		}, "RSZ-ERR-002"},
		"a success of another media type": {func(e object) { headers(part(e, "response"), mediaType("text/plain")) }, "RSZ-RSP-007"},
		"no request id":                   {func(e object) { headers(part(e, "response"), without("X-Request-Id")) }, "RSZ-RSP-008"},
	} {
		for _, style := range []string{"mitmproxy", "Chrome", "Firefox"} {
			_, resizes, _ := byKind(t)
			e := resizes[2]
			switch style {
			case "Chrome":
				chrome(t, e)
			case "Firefox":
				firefox(t, e)
			}
			c.change(e)
			j, err := judge(t, har.Choice{Servers: []string{"127.0.0.1"}}, file(t, "some tool", []object{e}))
			if err != nil {
				t.Fatal(err)
			}
			if r := j.rows[c.requirement]; r.Verdict != journal.Fail && r.Verdict != journal.Warn {
				t.Errorf("%s, as %s writes: %s has %s; accused %q, notes %q", name, style, c.requirement, r.Verdict, j.accused(), j.notes)
			}
		}
	}
}

func mediaType(kind string) func(name, value string) (string, string, bool) {
	return func(name, value string) (string, string, bool) {
		if strings.EqualFold(name, "Content-Type") {
			value = kind
		}
		return name, value, true
	}
}

// Two looks at a server that differ, and nothing in between: an order proves a change that nobody asked for. Without times there is no order.
func TestOrderNeedsTimes(t *testing.T) {
	t.Parallel()
	const unasked = "RSZ-STATE-021"
	for name, c := range map[string]struct {
		change  func(first, second object)
		accused bool
	}{
		"as recorded":                    {func(_, _ object) {}, true},
		"the first without times":        {func(a, _ object) { delete(a, "startedDateTime") }, false},
		"the second without times":       {func(_, b object) { delete(b, "startedDateTime") }, false},
		"the first without end":          {func(a, _ object) { a["time"] = 0; delete(a, "timings") }, false},
		"no more than the clock's step":  {func(a, b object) { at(a, "2026-01-01T00:00:00.000Z", 2.5); at(b, "2026-01-01T00:00:00.004Z", 2.5) }, false},
		"more than the clock's step":     {func(a, b object) { at(a, "2026-01-01T00:00:00.000Z", 2.5); at(b, "2026-01-01T00:00:00.100Z", 2.5) }, true},
		"a clock of seconds":             {func(a, b object) { at(a, "2026-01-01T00:00:00Z", 2.5); at(b, "2026-01-01T00:00:01Z", 2.5) }, false},
		"a clock of seconds, long after": {func(a, b object) { at(a, "2026-01-01T00:00:00Z", 2.5); at(b, "2026-01-01T00:00:09Z", 2.5) }, true},
		"zones": {func(a, b object) {
			at(a, "2026-01-01T02:00:00.000+02:00", 2.5)
			at(b, "2025-12-31T22:00:09.000-0200", 2.5)
		}, true},
	} {
		looks, _, _ := byKind(t)
		c.change(looks[0], looks[1])
		j, err := judge(t, har.Choice{}, file(t, "some tool", looks))
		if err != nil {
			t.Fatal(err)
		}
		if got := j.rows[unasked].Verdict == journal.Warn; got != c.accused {
			t.Errorf("%s: %s has %s (%s), want an accusation: %v", name, unasked, j.rows[unasked].Verdict, j.rows[unasked].Reason, c.accused)
		}
	}
}

func at(e object, start string, total float64) {
	e["startedDateTime"], e["time"] = start, total
	delete(e, "timings")
}

// An exchange that is recorded twice is no second one: else its ids would have been given twice.
func TestCopiesAreJudgedOnce(t *testing.T) {
	t.Parallel()
	later := func(entries []object) []object {
		for _, e := range entries {
			chrome(t, e)
			e["startedDateTime"] = started(t, e).Add(90000000).Format("2006-01-02T15:04:05.000Z")
		}
		return entries
	}
	for name, files := range map[string][][]byte{
		"in one file":              {file(t, "a", append(recorded(t), recorded(t)...))},
		"in two files":             {file(t, "a", recorded(t)), file(t, "a", recorded(t))},
		"by two tools":             {file(t, "a", recorded(t)), file(t, "WebInspector", later(recorded(t)))},
		"by two tools, one barely": {file(t, "a", recorded(t)), file(t, "WebInspector", later(barely(recorded(t))))},
	} {
		j, err := judge(t, har.Choice{Servers: []string{"127.0.0.1"}}, files...)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, e := range recorded(t) {
			if !strings.HasSuffix(part(e, "request")["url"].(string), "/something/else") {
				want++
			}
		}
		described := 0
		for _, x := range j.all {
			if !x.Outside {
				described++
			}
		}
		if accused := j.accused(); len(accused) > 0 || described != want || !strings.Contains(j.notes, "judged once") {
			t.Errorf("%s: %d exchanges, want %d; accused %q; notes %q", name, described, want, accused, j.notes)
		}
	}
	// The same twice in one file at two times is two exchanges, and then the server gives ids twice.
	twice := recorded(t)
	for _, e := range recorded(t) {
		e["startedDateTime"] = started(t, e).Add(60000000000).Format("2006-01-02T15:04:05.000000Z")
		twice = append(twice, e)
	}
	j, err := judge(t, har.Choice{}, file(t, "a", twice))
	if err != nil || j.rows["RSZ-JOB-035"].Verdict != journal.Fail {
		t.Errorf("a job id that is given twice: %v, %s", err, j.rows["RSZ-JOB-035"].Verdict)
	}
}

func barely(entries []object) []object {
	for _, e := range entries {
		delete(part(e, "response", "content"), "text")
		delete(part(e, "request"), "postData")
	}
	return entries
}

func TestWhichEntriesAreJudged(t *testing.T) {
	t.Parallel()
	to := func(origin, prefix string) func(object) {
		return func(e object) {
			r := part(e, "request")
			r["url"] = strings.Replace(r["url"].(string), "http://127.0.0.1:19077", origin+prefix, 1)
		}
	}
	some := func(change func(object)) []object {
		looks, _, _ := byKind(t)
		for _, e := range looks {
			change(e)
		}
		return looks
	}
	none := func(object) {}
	const ours, theirs = "https://ecs.example.com", "https://evs.example.com"
	for name, c := range map[string]struct {
		entries []object
		choice  har.Choice
		judged  int
		says    string // in the notes, or the error
		fails   bool
	}{
		"one server":                   {some(to(ours, "")), har.Choice{}, 2, "", false},
		"by its URL":                   {append(some(to(ours, "")), some(to(theirs, ""))...), har.Choice{Servers: []string{ours + "/"}}, 2, "2 entries are requests to other servers", false},
		"by its URL with a port":       {some(to(ours, "")), har.Choice{Servers: []string{ours + ":443"}}, 2, "", false},
		"by its host":                  {append(some(to(ours, "")), some(to(theirs, ""))...), har.Choice{Servers: []string{"ECS.example.com"}}, 2, "other servers", false},
		"by two names":                 {append(some(to(ours, "")), some(to(theirs, ""))...), har.Choice{Servers: []string{"ecs.example.com", theirs}}, 4, "", false},
		"several servers, none chosen": {append(some(to(ours, "")), some(to(theirs, ""))...), har.Choice{}, 0, ours + " (2 showServer), " + theirs + " (2 showServer); choose one with --server", true},
		"a server that nobody asked":   {some(to(ours, "")), har.Choice{Servers: []string{"nowhere"}}, 0, "--server nowhere: the recordings have no request to it; they have requests to " + ours, true},
		"below a base path":            {some(to(ours, "/cloud/x")), har.Choice{BasePath: "/cloud/x/"}, 2, "", false},
		"below one that is not given":  {some(to(ours, "/cloud/x")), har.Choice{}, 0, "with --base-path /cloud/x some would", false},
		"nothing of the contract":      {some(to(ours, "/y")), har.Choice{BasePath: "/z"}, 0, "no request asks for an operation of the contract; the recordings have GET " + ours + "/y/v1/", false},
		"no entries":                   {[]object{}, har.Choice{}, 0, "no request to any server", false},
		"from a cache":                 {some(func(e object) { e["_fromCache"] = "disk" }), har.Choice{}, 0, "because it was answered from a cache: 2 entries, the first entries[0] of a.har", false},
		"from Safari's cache":          {some(func(e object) { e["_fetchType"] = "Memory Cache" }), har.Choice{}, 0, "from a cache", false},
		"WebSockets":                   {some(func(e object) { e["_resourceType"] = "websocket" }), har.Choice{}, 0, "WebSocket", false},
		"WebSockets by their scheme":   {some(to("wss://ecs.example.com", "")), har.Choice{}, 0, "WebSocket", false},
		"tunnels":                      {some(func(e object) { part(e, "request")["method"] = "CONNECT" }), har.Choice{}, 0, "a tunnel through a proxy", false},
		"edited URLs":                  {some(to(ours, "/[REDACTED]")), har.Choice{}, 0, "its URL was edited", false},
		"no URL":                       {some(func(e object) { part(e, "request")["url"] = "" }), har.Choice{}, 0, "it cannot be read (its request has no URL)", false},
		"no method":                    {some(func(e object) { delete(part(e, "request"), "method") }), har.Choice{}, 0, "its request has no method", false},
		"a path alone": {some(func(e object) {
			r := part(e, "request")
			r["url"] = strings.TrimPrefix(r["url"].(string), "http://127.0.0.1:19077")
		}), har.Choice{}, 2, "", false},
		"as recorded":               {some(none), har.Choice{}, 2, "", false},
		"a preflight is none of it": {append(some(none), some(func(e object) { part(e, "request")["method"] = "OPTIONS" })...), har.Choice{}, 2, "", false},
		"a fragment, a user, odd bytes": {some(func(e object) {
			r := part(e, "request")
			r["url"] = strings.Replace(r["url"].(string), "http://", "http://u:p@", 1) + "?a=ü b#x"
		}), har.Choice{}, 2, "", false},
		"one that cannot be told from any": {[]object{{}}, har.Choice{}, 0, "it has no request", false},
	} {
		j, err := judge(t, c.choice, file(t, "some tool", c.entries))
		if c.fails {
			var ambiguous *har.AmbiguousError
			var unknown *har.NoSuchServerError
			if err == nil || !strings.Contains(err.Error(), c.says) || !errors.As(err, &ambiguous) && !errors.As(err, &unknown) {
				t.Errorf("%s: got %v, want %q", name, err, c.says)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		judged := 0
		for _, x := range j.all {
			if !x.Outside {
				judged++
			}
		}
		if judged != c.judged || (c.says == "") != (j.notes == "") || !strings.Contains(j.notes, c.says) {
			t.Errorf("%s: %d judged, want %d; notes %q, want %q", name, judged, c.judged, j.notes, c.says)
		}
		for _, x := range j.all {
			if len(x.Judgement.Request)+len(x.Judgement.Response) > 0 {
				t.Errorf("%s: %s: accused of %v %v", name, x.Request.URL, x.Judgement.Request, x.Judgement.Response)
			}
		}
	}
}

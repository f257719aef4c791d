package conduct

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// came is an answer of an operation; header holds name and value by turns.
func came(operation string, status int, body string, header ...string) *exchange.Exchange {
	e := &exchange.Exchange{ID: 7, Status: status, Header: http.Header{}, Body: []byte(body), Judgement: contract.Judgement{Operation: operation}}
	e.Request = &http.Request{Method: http.MethodPost, URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1", Path: "/"}, Header: http.Header{}}
	if strings.HasPrefix(body, "{") {
		e.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		e.Header.Set(header[i], header[i+1])
	}
	return e
}

func changed(e *exchange.Exchange, change func(*exchange.Exchange)) *exchange.Exchange {
	change(e)
	return e
}

func text(s string) *string { return &s }

func succeeds(r driver.Result) *driver.Response { return &driver.Response{Result: &r} }

func fails(e driver.Error) *driver.Response { return &driver.Response{Error: &e} }

func toldJob(status, code, reason *string) driver.Result {
	return driver.Result{Job: &driver.Job{Status: status, ErrorCode: code, FailReason: reason}}
}

func toldServer(status, flavor string) driver.Result {
	return driver.Result{Server: &driver.Server{Status: &status, Flavor: &flavor}}
}

func TestWhatIsToldOfWhatCame(t *testing.T) {
	t.Parallel()
	const (
		resize, start, show, look, list = driver.ResizeServer, driver.StartServers, driver.ShowServer, driver.ShowJob, driver.ListResizeFlavors
		both                            = `{"order_id":"o","job_id":"j"}`
		stopped                         = `{"server":{"id":"s","status":"SHUTOFF","flavor":{"id":"f"}}}`
		failed                          = `{"status":"FAIL","error_code":"Ecs.0207","fail_reason":"full"}`
		flavors                         = `{"flavors":[{"id":"a"},{"id":"b"}]}`
	)
	sent := func(all ...*exchange.Exchange) []*exchange.Exchange { return all }
	resized := func(status int, body string, header ...string) []*exchange.Exchange {
		return sent(came("resizeServer", status, body, header...))
	}
	started := sent(came("batchStartOrStopServers", 200, `{"job_id":"j"}`))
	nothing := driver.Result{}
	begun := time.Unix(0, 0)
	overlapping := sent(
		changed(came("resizeServer", 200, `{"job_id":"i"}`), func(e *exchange.Exchange) { e.Start, e.Duration = begun, time.Second }),
		changed(came("resizeServer", 200, `{"job_id":"j"}`), func(e *exchange.Exchange) { e.Start = begun.Add(time.Millisecond) }),
	)
	for _, c := range []struct {
		name string
		op   driver.Operation
		dry  bool
		sent []*exchange.Exchange
		told *driver.Response
		want string // ids, by blanks
	}{
		{"the job", resize, false, resized(200, `{"job_id":"j"}`), succeeds(driver.Result{JobID: text("j")}), ""},
		{"another job", resize, false, resized(200, `{"job_id":"j-1"}`), succeeds(driver.Result{JobID: text("j1")}), "RSZ-CLIENT-101"},
		{"no job", resize, false, resized(200, `{"job_id":"j"}`), succeeds(nothing), "RSZ-CLIENT-101"},
		{"the job as a job", resize, false, resized(200, `{"job_id":"j"}`), succeeds(driver.Result{Job: &driver.Job{ID: text("j")}}), ""},
		{"a job that is no text", resize, false, resized(200, `{"job_id":5}`), succeeds(driver.Result{JobID: text("5")}), ""},
		{"a member twice", resize, false, resized(200, `{"job_id":"i","job_id":"j"}`), succeeds(driver.Result{JobID: text("i")}), ""},
		{"no whole answer", resize, false, sent(changed(came("resizeServer", 200, `{"job_id":"i"}`), func(e *exchange.Exchange) { e.Truncated = true })), succeeds(nothing), ""},
		{"a broken answer", resize, false, sent(changed(came("resizeServer", 200, `{"job_id":"i"}`), func(e *exchange.Exchange) { e.Err = http.ErrHandlerTimeout })), succeeds(nothing), ""},
		{"no answer of the operation", resize, false, sent(came("", 200, `{"job_id":"i"}`)), succeeds(nothing), ""},
		{"answers at once", resize, false, overlapping, succeeds(driver.Result{JobID: text("i")}), ""},
		{"the last of two", resize, false, sent(came("resizeServer", 503, ``), came("resizeServer", 200, `{"job_id":"j"}`)), succeeds(driver.Result{JobID: text("j")}), ""},
		{"job and order", resize, false, resized(200, both), succeeds(driver.Result{JobID: text("j"), OrderID: text("o")}), ""},
		{"only the order", resize, false, resized(200, both), succeeds(driver.Result{OrderID: text("o")}), "RSZ-CLIENT-102"},
		{"only the job", resize, false, resized(200, both), succeeds(driver.Result{JobID: text("j")}), "RSZ-CLIENT-102"},
		{"another order", resize, false, resized(200, both), succeeds(driver.Result{JobID: text("j"), OrderID: text("j")}), "RSZ-CLIENT-102"},
		{"an order alone", resize, false, resized(200, `{"order_id":"o"}`), succeeds(driver.Result{OrderID: text("o")}), ""},
		{"an order as a job", resize, false, resized(200, `{"order_id":"o"}`), succeeds(driver.Result{OrderID: text("o"), JobID: text("o")}), "RSZ-CLIENT-103"},
		{"an order untold", resize, false, resized(200, `{"order_id":"o"}`), succeeds(nothing), "RSZ-CLIENT-103"},
		{"an order of v1, where there is none", driver.ResizePostPaidServer, false, sent(came("resizePostPaidServer", 200, both)), succeeds(driver.Result{JobID: text("j")}), ""},
		{"done", resize, false, resized(200, `{"job_id":"j"}`), succeeds(driver.Result{JobID: text("j"), Job: &driver.Job{Status: text("SUCCESS")}}), "RSZ-CLIENT-104"},
		{"done, and looked at", resize, false, append(resized(200, `{"job_id":"j"}`), came("showJob", 200, `{"status":"SUCCESS"}`)), succeeds(driver.Result{Job: &driver.Job{Status: text("SUCCESS")}}), ""},
		{"redirected", resize, false, resized(302, ``), succeeds(nothing), "RSZ-CLIENT-107"},
		{"redirected, and told", resize, false, resized(302, ``), fails(driver.Error{Kind: driver.APIError, Status: 302}), ""},
		{"redirected somewhere", resize, false, resized(307, ``, "Location", "/x"), succeeds(nothing), ""},
		{"known already", show, false, sent(came("showServer", 304, ``)), succeeds(toldServer("ACTIVE", "f")), ""},
		{"empty", resize, false, resized(200, ``), succeeds(nothing), "RSZ-CLIENT-108"},
		{"null", resize, false, resized(200, `null`), succeeds(nothing), "RSZ-CLIENT-108"},
		{"no member", resize, false, resized(200, `{}`), succeeds(driver.Result{JobID: text("")}), "RSZ-CLIENT-108"},
		{"no id", resize, false, resized(200, `{"x":1}`), succeeds(nothing), "RSZ-CLIENT-108"},
		{"nothing to say", resize, false, resized(204, ``), succeeds(nothing), ""},
		{"a dry run", resize, true, resized(202, ``), succeeds(nothing), ""},
		{"a dry run with a job", resize, true, resized(202, `{"job_id":"j"}`), succeeds(nothing), ""},
		{"a page", resize, false, resized(200, `<html>`, "Content-Type", "text/html"), succeeds(nothing), "RSZ-CLIENT-111"},
		{"a page for a server", show, false, sent(came("showServer", 200, `<html>`, "Content-Type", "text/html")), succeeds(nothing), "RSZ-CLIENT-111"},
		{"an error", resize, false, resized(202, `{"error":{"code":"Common.0024","message":"m"}}`), succeeds(nothing), "RSZ-CLIENT-113"},
		{"an error of the gateway", start, false, sent(came("batchStartOrStopServers", 200, `{"error_code":"APIGW.0308","error_msg":"m"}`)), succeeds(nothing), "RSZ-CLIENT-113"},
		{"an error and a job", resize, false, resized(200, `{"error":{"code":"0","message":"ok"},"job_id":"j"}`), succeeds(driver.Result{JobID: text("j")}), ""},
		{"refused", resize, false, resized(400, `{}`), fails(driver.Error{Kind: driver.APIError, Status: 400}), ""},
		{"refused, and success", resize, false, resized(400, `{}`), succeeds(nothing), "RSZ-CLIENT-123"},
		{"refused, without the status", resize, false, resized(502, `<html>`), fails(driver.Error{Kind: driver.APIError}), "RSZ-CLIENT-123"},
		{"refused, with the status in the text", resize, false, resized(502, `<html>`), fails(driver.Error{Kind: driver.APIError, Message: "HTTP 502"}), ""},
		{"refused, with another status", resize, false, resized(502, `<html>`), fails(driver.Error{Kind: driver.APIError, Status: 500}), "RSZ-CLIENT-123"},
		{"refused, unreadable", resize, false, resized(502, `<html>`), fails(driver.Error{Kind: driver.DecodeError, Message: "<"}), "RSZ-CLIENT-123"},
		{"refused, something else happened", resize, false, resized(502, `<html>`), fails(driver.Error{Kind: driver.TimeoutError}), ""},
		{"refused twice, and told of the first", show, false, sent(came("showServer", 500, ``), came("showServer", 502, ``)), fails(driver.Error{Kind: driver.APIError, Status: 500}), ""},
		{"not there, told as nothing", show, false, sent(came("showServer", 404, `{}`)), succeeds(nothing), ""},
		{"not there, told as something", show, false, sent(came("showServer", 404, `{}`)), succeeds(toldServer("DELETED", "f")), "RSZ-CLIENT-123"},
		{"a server", show, false, sent(came("showServer", 200, stopped)), succeeds(toldServer("SHUTOFF", "f")), ""},
		{"another status", show, false, sent(came("showServer", 200, stopped)), succeeds(toldServer("ACTIVE", "f")), "RSZ-CLIENT-135"},
		{"another flavor", show, false, sent(came("showServer", 200, stopped)), succeeds(toldServer("SHUTOFF", "g")), "RSZ-CLIENT-135"},
		{"no server", show, false, sent(came("showServer", 200, stopped)), succeeds(nothing), "RSZ-CLIENT-135"},
		{"a server that cannot be read", show, false, sent(came("showServer", 200, stopped)), fails(driver.Error{Kind: driver.DecodeError}), "RSZ-CLIENT-135"},
		{"a server given up", show, false, sent(came("showServer", 200, stopped)), fails(driver.Error{Kind: driver.NetworkError}), ""},
		{"a server of a script", show, false, sent(changed(came("showServer", 200, stopped), func(e *exchange.Exchange) { e.Substitute = "director" })), fails(driver.Error{Kind: driver.DecodeError}), ""},
		{"a server that came late", show, false, sent(changed(came("showServer", 200, stopped), func(e *exchange.Exchange) { e.Duration = time.Minute })), fails(driver.Error{Kind: driver.DecodeError}), ""},
		{"flavors", list, false, sent(came("listResizeFlavors", 200, flavors)), succeeds(driver.Result{Flavors: []driver.Flavor{{ID: "b"}, {ID: "a"}, {ID: "c"}}}), ""},
		{"some flavors", list, false, sent(came("listResizeFlavors", 200, flavors)), succeeds(driver.Result{Flavors: []driver.Flavor{{ID: "a"}}}), "RSZ-CLIENT-136"},
		{"no flavors", list, false, sent(came("listResizeFlavors", 200, `{"flavors":[]}`)), succeeds(nothing), ""},
		{"no flavors, and an error", list, false, sent(came("listResizeFlavors", 200, `{"flavors":[]}`)), fails(driver.Error{Kind: driver.APIError, Status: 200}), "RSZ-CLIENT-136"},
		{"a start", start, false, started, succeeds(driver.Result{JobID: text("j")}), ""},
		{"a start without its job", start, false, started, succeeds(nothing), "RSZ-CLIENT-138"},
		{"a start with another job", start, false, started, succeeds(driver.Result{JobID: text("i")}), "RSZ-CLIENT-101"},
		{"a job", look, false, sent(came("showJob", 200, failed)), succeeds(toldJob(text("FAIL"), text("Ecs.0207"), text("full"))), ""},
		{"a job's other status", look, false, sent(came("showJob", 200, failed)), succeeds(toldJob(text("SUCCESS"), text("Ecs.0207"), text("full"))), "RSZ-CLIENT-142"},
		{"a job without its reason", look, false, sent(came("showJob", 200, failed)), succeeds(toldJob(text("FAIL"), text("Ecs.0207"), nil)), "RSZ-CLIENT-142"},
		{"a job told as an error", look, false, sent(came("showJob", 200, failed)), fails(driver.Error{Kind: driver.JobError}), ""},
		{"a wait", driver.WaitForJob, false, sent(came("showJob", 200, failed)), succeeds(nothing), ""},
		{"not asked for", resize, false, resized(400, ``), fails(driver.Error{Kind: driver.Unsupported}), ""},
		{"the driver broke down", resize, false, resized(400, ``), nil, ""},
	} {
		call := Call{Asked: driver.Request{Operation: c.op, TimeoutMS: 10_000}, Sent: c.sent, Told: c.told}
		if c.dry {
			call.Asked.Params.DryRun = new(true)
		}
		var got []string
		var found breaches
		found.told(call)
		for _, b := range found.sorted() {
			got = append(got, b.Requirement)
			if b.Wanted == "" || b.Got == "" || b.Distorts {
				t.Errorf("%s: wanted what was wanted and got, and nothing about the server: %+v", c.name, b)
			}
		}
		if want := strings.Fields(c.want); !slices.Equal(got, want) {
			t.Errorf("%s: wanted %v, got %v", c.name, want, got)
		}
	}
}

func TestSecretsThatAreTold(t *testing.T) {
	t.Parallel()
	k := driver.Credentials{Token: "the-token-of-a-test", AccessKey: "AKEXAMPLE", SecretKey: "the-key-of-a-test"}
	signed := came("resizeServer", 401, `{"error_msg":"echo the-token-of-a-test","error_code":"APIGW.0301"}`)
	hexed := strings.Repeat("0123456789abcdef", 4)
	signed.Request.Header.Set("Authorization", "SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=host, Signature="+hexed)
	for _, c := range []struct {
		message string
		secret  string
	}{
		{"refused", ""}, {"refused AKEXAMPLE", ""}, {"key the-key-of-a-test", "secret key"}, {"Signature=" + hexed, "signature"}, {"echo the-token-of-a-test", ""}, // the server sent that back
	} {
		var all breaches
		all.told(Call{Asked: driver.Request{Operation: driver.ResizeServer, Credentials: k}, Sent: []*exchange.Exchange{signed}, Told: fails(driver.Error{Kind: driver.APIError, Status: 401, Message: c.message})})
		found := all.sorted()
		i := slices.IndexFunc(found, func(b Breach) bool { return b.Requirement == "RSZ-CLIENT-139" })
		if (i >= 0) != (c.secret != "") {
			t.Errorf("%s: %+v", c.message, found)
		}
		if i >= 0 && (!strings.Contains(found[i].Got, c.secret) || strings.Contains(found[i].Got, "of-a-test") || strings.Contains(found[i].Got, hexed)) {
			t.Errorf("%s: wanted the secret to be named and not shown, got %s", c.message, found[i].Got)
		}
	}
}

// Whatever a server answers and a client tells, judging does not break.
func FuzzTold(f *testing.F) {
	for _, body := range []string{``, `null`, `{`, `{"job_id":"j"}`, `{"server":{"status":"A","flavor":{"id":"f"}}}`, `{"flavors":[{"id":1},null]}`, `{"error":{"code":1}}`, `<html>`, `{"status":"FAIL"}`} {
		f.Add(uint8(0), 200, body, "j", false)
		f.Add(uint8(4), 404, body, "", true)
	}
	f.Fuzz(func(t *testing.T, op uint8, status int, body, said string, failing bool) {
		o := driver.Operations()[int(op)%len(driver.Operations())]
		for _, told := range []*driver.Response{
			succeeds(driver.Result{JobID: &said, OrderID: &said}), succeeds(driver.Result{}), succeeds(toldServer(said, said)), succeeds(driver.Result{Server: &driver.Server{}}), succeeds(toldJob(&said, nil, nil)),
			succeeds(driver.Result{Job: &driver.Job{}, Flavors: []driver.Flavor{{ID: said}}}), {}, nil,
			fails(driver.Error{Kind: driver.APIError, Status: status, Message: said}), fails(driver.Error{Kind: driver.DecodeError, Code: said}),
		} {
			e := came(contractName(o), status, body, "Content-Type", said)
			if failing {
				e.Header = nil
			}
			for _, b := range Judge(Call{Asked: driver.Request{Operation: o, Credentials: driver.Credentials{Token: said}}, Sent: []*exchange.Exchange{e}, Told: told}) {
				if b.Requirement == "" || b.Wanted == "" || b.Got == "" {
					t.Errorf("a breach without words: %+v", b)
				}
			}
		}
	})
}

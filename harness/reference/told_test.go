package reference

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"resize-conformance/harness/driver"
)

// What the user is told of each kind of answer.
func TestTold(t *testing.T) {
	t.Parallel()
	yes := true
	resize := driver.Request{Operation: driver.ResizeServer, Params: driver.Params{FlavorRef: "s3.large.2"}}
	dry := driver.Request{Operation: driver.ResizeServer, Params: driver.Params{FlavorRef: "s3.large.2", DryRun: &yes}}
	show := driver.Request{Operation: driver.ShowJob}
	details := driver.Request{Operation: driver.ShowServer}
	flavors := driver.Request{Operation: driver.ListResizeFlavors}
	html := func(status int) http.HandlerFunc {
		return says(status, "<html>busy</html>", "Content-Type", "text/html")
	}
	for _, k := range []struct {
		name   string
		ask    driver.Request
		answer http.HandlerFunc
		want   string
	}{
		{"job", resize, says(200, `{"job_id":"a"}`), "ok job a"},
		{"order and job", resize, says(200, `{"order_id":"CS1","job_id":"a"}`), "ok job a order CS1"},
		{"order alone", resize, says(200, `{"order_id":"CS1"}`), "ok order CS1"},
		{"more members", resize, says(200, `{"job_id":"a","new":{"x":[1,null]}}`), "ok job a"},
		{"escapes", resize, says(200, "{ \"job_id\" :\n\"\\u0061\" }"), "ok job a"},
		{"201", resize, says(201, `{"job_id":"a"}`), "ok job a"},
		{"202", resize, says(202, `{"job_id":"a"}`), "ok job a"},
		{"204", resize, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, "ok"},
		{"charset", resize, says(200, `{"job_id":"a"}`, "Content-Type", "application/json; charset=UTF-8"), "ok job a"},
		{"dry run", dry, says(202, `{}`), "ok"},
		{"dry run without body", dry, says(202, ``), "ok"},
		{"dry run refused", dry, says(400, `{"error":{"code":"Ecs.0005","message":"m"}}`), `api 400 "Ecs.0005"`},

		{"nothing in it", resize, says(200, `{}`), `decode 200 ""`},
		{"null ids", resize, says(200, `{"job_id":null,"order_id":null}`), `decode 200 ""`},
		{"empty id", resize, says(200, `{"job_id":""}`), `decode 200 ""`},
		{"id as number", resize, says(200, `{"job_id":7}`), `decode 200 ""`},
		{"null", resize, says(200, `null`), `decode 200 ""`},
		{"array", resize, says(200, `[{"job_id":"a"}]`), `decode 200 ""`},
		{"empty", resize, says(200, ``), `decode 200 ""`},
		{"cut off", resize, says(200, `{"job_id":"a"`), `decode 200 ""`},
		{"trailing", resize, says(200, `{"job_id":"a"}{}`), `decode 200 ""`},
		{"no UTF-8", resize, says(200, "{\"job_id\":\"\xff\"}"), `decode 200 ""`},
		{"HTML", resize, html(200), `decode 200 ""`},
		{"JSON as HTML", resize, says(200, `{"job_id":"a"}`, "Content-Type", "text/html"), `decode 200 ""`},
		{"error in 202", resize, says(202, `{"error":{"code":"Common.0024","message":"m"}}`), `api 202 "Common.0024" again`},
		{"error in 200", resize, says(200, `{"error_code":"APIGW.0201","error_msg":"m"}`), `api 200 "APIGW.0201"`},

		{"redirect", resize, says(307, ``, "Location", "http://127.0.0.1:1/"), `api 307 ""`},
		{"300", resize, says(300, `{"job_id":"a"}`), `api 300 ""`},
		{"304", resize, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, `api 304 ""`},
		{"service", resize, says(400, `{"error":{"message":"m","code":"Ecs.0005"}}`), `api 400 "Ecs.0005"`},
		{"gateway", resize, says(401, `{"error_msg":"m","error_code":"APIGW.0301","request_id":"r"}`), `api 401 "APIGW.0301"`},
		{"bare", show, says(400, `{"code":"Common.0011","message":"m"}`), `api 400 "Common.0011"`},
		{"IAM", resize, says(401, `{"error":{"message":"m","code":401,"title":"Unauthorized"}}`), `api 401 "401"`},
		{"details", resize, says(400, `{"error":{"message":"m","code":"Ecs.0005","details":[{"code":"Ecs.0057","message":"d"}]}}`), `api 400 "Ecs.0005"`},
		{"Nova", resize, says(400, `{"badRequest":{"code":400,"message":"m"}}`), `api 400 "400"`},
		{"no code", resize, says(401, `{"message":"m","request_id":"r"}`), `api 401 ""`},
		{"nothing known", resize, says(418, `{"a":1}`), `api 418 ""`},
		{"HTML 502", resize, html(502), `api 502 ""`},
		{"404", resize, says(404, `{"error":{"message":"m","code":"Ecs.0114"}}`), `api 404 "Ecs.0114"`},
		{"409", resize, says(409, `{"error":{"message":"m","code":"Ecs.0001"}}`), `api 409 "Ecs.0001"`},
		{"429", resize, says(429, `{"error_msg":"m","error_code":"APIGW.0308"}`), `api 429 "APIGW.0308" again`},
		{"501", resize, says(501, `{"error":{"message":"m","code":"Ecs.0603"}}`), `api 501 "Ecs.0603" again`},
		{"503", resize, says(503, `{"error":{"message":"m","code":"Common.1503"}}`), `api 503 "Common.1503" again`},
		{"500", resize, says(500, `{"error":{"message":"m","code":"Ecs.0000"}}`), `api 500 "Ecs.0000"`},

		{"job running", show, says(200, `{"status":"RUNNING","error_code":null,"fail_reason":null,"end_time":"","entities":{"server_id":"s"}}`), `ok RUNNING "" "s"`},
		{"job failed", show, says(200, `{"status":"FAIL","error_code":"Ecs.0207","fail_reason":"r"}`), `ok FAIL "Ecs.0207" ""`},
		{"job with code and message", show, says(200, `{"status":"FAIL","error_code":"Ecs.0207","error_msg":"r"}`), `ok FAIL "Ecs.0207" ""`},
		{"job of a batch", show, says(200, `{"status":"SUCCESS","entities":{"sub_jobs":[{"entities":{}},{"entities":{"server_id":"s"}}]}}`), `ok SUCCESS "" "s"`},
		{"job without entities", show, says(200, `{"status":"SUCCESS","entities":null}`), `ok SUCCESS "" ""`},
		{"job without status", show, says(200, `{"job_id":"a"}`), `decode 200 ""`},
		{"server", details, says(200, `{"server":{"id":"s","status":"SHUTOFF","OS-EXT-STS:task_state":null,"flavor":{"id":"f","ram":"2048"}}}`), `ok SHUTOFF "f" ""`},
		{"no server", details, says(200, `{"servers":[]}`), `decode 200 ""`},
		{"flavors", flavors, says(200, `{"flavors":[{"id":"f","vcpus":"2","ram":4096},{"id":"g","vcpus":4}]}`), `ok f "2" g "4"`},
		{"no flavors", flavors, says(200, `{"flavors":[]}`), `ok`},
		{"null flavors", flavors, says(200, `{"flavors":null}`), `decode 200 ""`},

		{"interim answers", resize, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			says(200, `{"job_id":"a"}`)(w, r)
		}, "ok job a"},
		{"broken off", resize, breaksOff, `network 0 ""`},
		{"shorter than announced", resize, says(200, `{"job_id":"a"}`, "Content-Length", "99"), `network 0 ""`},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, Config{}, k.answer)
			if got := brief(s.ask(k.ask)); got != k.want {
				t.Errorf("told %s, want %s", got, k.want)
			}
			if n := len(s.seen()); k.ask.Operation == driver.ResizeServer && n != 1 {
				t.Errorf("the resize was sent %d times", n)
			}
		})
	}
}

// A refusal is told with everything that may help, and with nothing that is secret.
func TestMessages(t *testing.T) {
	t.Parallel()
	s := newStage(t, Config{}, says(403, `{"error":{"code":"Ecs.0304","message":"m a-token","details":[{"code":"Ecs.1520","message":"d"}]},"encoded_authorization_message":"e"}`))
	e := s.ask(driver.Request{Operation: driver.ShowServer}).Error
	for _, want := range []string{"Ecs.1520", "encoded authorization message: e", "m ***"} {
		if !strings.Contains(e.Message, want) {
			t.Errorf("wanted %q in %q", want, e.Message)
		}
	}
	s = newStage(t, Config{}, says(500, `{"error":{"code":"Ecs.1000","message":"{\"badRequest\":{\"code\":400,\"message\":\"Image is too big\"}}"}}`))
	e = s.ask(driver.Request{Operation: driver.ShowServer}).Error
	if e.Code != "Ecs.1000" || !strings.Contains(e.Message, "; 400 Image is too big") {
		t.Errorf("the error within the message is lost: %+v", e)
	}
}

// Nothing that a server sends makes the client give up its senses.
func FuzzTold(f *testing.F) {
	f.Add(200, `{"job_id":"a"}`)
	f.Add(400, `{"error":{"code":"a","message":"{\"b\":1}","details":[null,{"code":1}]}}`)
	f.Add(200, `{"flavors":[{"id":"f","ram":1e400}],"server":{"id":"s","status":"A"},"status":"FAIL","entities":{"sub_jobs":[1]}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		read := reader(readFault)
		for _, o := range driver.Operations() {
			told := read(driver.Request{Operation: o}, &Answer{Status: status, Header: http.Header{}, Body: []byte(body)})
			if (told.Result == nil) == (told.Error == nil) {
				t.Errorf("%s %d %s: told %+v", o, status, body, told)
			}
			if told.Result != nil && (status < 200 || status > 299) {
				t.Errorf("%s: %d is told as a success", o, status)
			}
		}
	})
}

// An answer without end is given up.
func TestAnswerWithoutEnd(t *testing.T) {
	t.Parallel()
	block := strings.Repeat(" ", 1<<20)
	s := newStage(t, Config{Repetitions: -1}, func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, block); err != nil {
				return
			}
		}
	})
	if got := brief(s.ask(driver.Request{Operation: driver.ShowServer})); got != `network 0 ""` {
		t.Errorf("told %s", got)
	}
}

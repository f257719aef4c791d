package defect

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
	"resize-conformance/harness/signature"
)

// clientProbe is a call and what it meets, by which one client can be told from another.
type clientProbe struct {
	name    string
	before  *driver.Request // a call that is made before, which meets the same answers
	ask     driver.Request
	answers []http.HandlerFunc // one after the other, the last one for good
	tls     bool               // with a certificate that nobody vouches for
	loose   bool               // how often it asks depends on the machine
}

const (
	probeProject = "0123456789abcdef0123456789abcdef"
	probeServer  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
)

// outcome is what a client did and said.
type outcome struct {
	requests []string // as the server saw them
	seen     []*http.Request
	bodies   [][]byte
	pauses   []time.Duration
	told     string
}

func (o outcome) String() string {
	return fmt.Sprintf("sent:\n%s\npauses: %v\ntold: %s", strings.Join(o.requests, "\n"), o.pauses, o.told)
}

// probeClock is when everything happens, so that dates can be compared.
func probeClock() time.Time { return time.Now().Truncate(time.Hour) }

// run lets a client with a change make the call.
func (p clientProbe) run(t *testing.T, apply func(*reference.Config), at time.Time) outcome {
	t.Helper()
	var (
		mu  sync.Mutex
		out outcome
	)
	host := httptest.NewUnstartedServer(nil)
	host.Config.ErrorLog = log.New(io.Discard, "", 0)
	host.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		header := r.Header.Clone()
		if signed := header.Get("Authorization"); signed != "" { // it is another one for each port
			named, _, _ := strings.Cut(signed, "Signature=")
			_, err := verified(r, body, at)
			header.Set("Authorization", fmt.Sprintf("%s %v", named, err))
		}
		var head bytes.Buffer
		_ = header.WriteSubset(&head, nil)
		line := fmt.Sprintf("%s %s %v\n%s\n%s", r.Method, r.RequestURI, r.TransferEncoding, head.String(), body)
		mu.Lock()
		n := min(len(out.seen), len(p.answers)-1)
		if !p.loose || !slices.Contains(out.requests, line) {
			out.requests = append(out.requests, line)
		}
		out.seen, out.bodies = append(out.seen, r), append(out.bodies, body)
		mu.Unlock()
		p.answers[n](w, r)
	})
	if p.tls {
		host.StartTLS()
	} else {
		host.Start()
	}
	defer host.Close()
	c := reference.Config{Now: func() time.Time { return at }, Pause: func(ctx context.Context, d time.Duration) error {
		mu.Lock()
		if !p.loose || !slices.Contains(out.pauses, d) {
			out.pauses = append(out.pauses, d)
		}
		mu.Unlock()
		select { // long enough for a wait without end not to fill the memory
		case <-time.After(min(d, 2*time.Millisecond)):
		case <-ctx.Done():
		}
		return ctx.Err()
	}}
	if apply != nil {
		apply(&c)
	}
	client := reference.New(c)
	defer func() { _ = client.Close() }()
	r := asked(p.ask, host.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	if r.TimeoutMS < 1000 {
		cancel()
		ctx, cancel = context.WithTimeout(t.Context(), time.Duration(r.TimeoutMS)*time.Millisecond*3)
	}
	defer cancel()
	if p.before != nil {
		if _, err := client.Do(ctx, asked(*p.before, host.URL)); err != nil {
			t.Fatal(err)
		}
	}
	var told []string
	for range 2 { // a client that a fault has broken shows it at the next call
		answer, err := client.Do(ctx, r)
		if err != nil {
			told = append(told, "driver: "+err.Error())
			break
		}
		if answer.Error != nil {
			answer.Error.Message = strings.ReplaceAll(answer.Error.Message, host.URL, "http://server")
			if answer.Error.Kind == driver.NetworkError {
				answer.Error.Message = "" // it names the ports
			}
		}
		text, _ := json.Marshal(answer)
		told = append(told, string(text))
		if answer.Error == nil || answer.Error.Kind != driver.NetworkError {
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	out.told = strings.ReplaceAll(strings.Join(told, "\n"), host.URL, "http://server")
	for i, line := range out.requests {
		out.requests[i] = strings.ReplaceAll(line, host.Listener.Addr().String(), "server")
	}
	return out
}

// asked fills in what a probe leaves open.
func asked(r driver.Request, endpoint string) driver.Request {
	r.Endpoint, r.ProjectID = endpoint, probeProject
	if r.ServerID == "" {
		r.ServerID = probeServer
	}
	if r.JobID == "" {
		r.JobID = "ff808081-4dbd-65d7-014d-be0d84db0013"
	}
	if r.Credentials == (driver.Credentials{}) {
		r.Credentials.Token = "the-token"
	}
	if r.TimeoutMS == 0 {
		r.TimeoutMS = 10_000
	}
	return r
}

func verified(r *http.Request, body []byte, at time.Time) (string, error) {
	who, err := signature.Verify(r, body, func(string) (string, bool) { return "SK-secret", true }, at)
	var wrong *signature.Error
	if errors.As(err, &wrong) {
		return who, errors.New(string(wrong.Cause))
	}
	return who, err
}

func answers(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// raw answers with these bytes and ends the connection.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, text)
		_ = conn.Close()
	}
}

func breaks(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

func stalls(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func after(d time.Duration, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(d):
			next(w, r)
		case <-r.Context().Done():
		}
	}
}

func zipped(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = io.WriteString(w, body)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
	}
}

// probes are the calls, cheap ones first.
func clientProbes() []clientProbe {
	yes, no := true, false
	flavor := driver.Params{FlavorRef: "s3.large.2"}
	keys := driver.Credentials{AccessKey: "AK", SecretKey: "SK-secret"}
	temporary := driver.Credentials{AccessKey: "AK", SecretKey: "SK-secret", SecurityToken: "ST"}
	resize := func(name string, p driver.Params, k driver.Credentials, answers ...http.HandlerFunc) clientProbe {
		return clientProbe{name: name, ask: driver.Request{Operation: driver.ResizeServer, Params: p, Credentials: k}, answers: answers}
	}
	told := func(name string, answers ...http.HandlerFunc) clientProbe {
		return resize(name, flavor, driver.Credentials{}, answers...)
	}
	read := func(name string, o driver.Operation, p driver.Params, k driver.Credentials, answers ...http.HandlerFunc) clientProbe {
		return clientProbe{name: name, ask: driver.Request{Operation: o, Params: p, Credentials: k}, answers: answers}
	}
	wait := func(name string, answers ...http.HandlerFunc) clientProbe {
		return read(name, driver.WaitForJob, driver.Params{IntervalMS: 5}, driver.Credentials{}, answers...)
	}
	job := func(status string) http.HandlerFunc {
		return answers(200, `{"status":"`+status+`","error_code":null,"fail_reason":null,"entities":{"server_id":"s"}}`)
	}
	ok := answers(200, `{"job_id":"ff808081-4dbd"}`)
	running, success := job("RUNNING"), job("SUCCESS")
	busy := answers(429, `{"error_code":"APIGW.0308","error_msg":"m"}`, "Retry-After", "1")
	full := driver.Params{FlavorRef: "s3.large.2", DedicatedHostID: "h", AutoPay: &yes, CPUThreads: 2, DryRun: &yes}
	out := []clientProbe{
		told("resize", ok), resize("everything", full, driver.Credentials{}, answers(202, `{}`)), resize("signed", flavor, keys, ok),
		resize("said no", driver.Params{FlavorRef: "s3.large.2", AutoPay: &no, DryRun: &no}, driver.Credentials{}, ok), resize("temporary", flavor, temporary, ok),
		read("v1", driver.ResizePostPaidServer, flavor, driver.Credentials{}, ok),
		read("list", driver.ListResizeFlavors, driver.Params{InstanceUUID: probeServer, Limit: 5}, keys, answers(200, `{"flavors":[{"id":"a","vcpus":"2"},{"id":"b","vcpus":4}]}`)),
		read("empty list", driver.ListResizeFlavors, driver.Params{InstanceUUID: probeServer}, keys, answers(200, `{"flavors":[]}`)),
		read("stop", driver.StopServers, driver.Params{ServerIDs: []string{"a", "b"}}, driver.Credentials{}, ok),
		read("show", driver.ShowServer, driver.Params{}, driver.Credentials{}, answers(200, `{"server":{"id":"i","name":"n","status":"SHUTOFF","flavor":{"id":"f"}}}`)),
		read("show job", driver.ShowJob, driver.Params{}, keys, running),
		read("show failed job", driver.ShowJob, driver.Params{}, keys, answers(200, `{"status":"FAIL","error_code":"Ecs.0207","fail_reason":"r"}`)),
		{name: "odd id", ask: driver.Request{Operation: driver.ShowServer, ServerID: "a/b c"}, answers: []http.HandlerFunc{answers(404, ``)}},
		told("order and job", answers(200, `{"order_id":"CS1","job_id":"a"}`)), told("order alone", answers(200, `{"order_id":"CS1"}`)),
		told("201", answers(201, `{"job_id":"a"}`)), told("no ids", answers(200, `{}`)), told("empty", answers(200, ``)), told("trailing", answers(200, `{"job_id":"a"} {}`)), told("plain text", answers(200, `{"job_id":"a"}`, "Content-Type", "text/plain")), told("cut off", answers(200, `{"job_id":"a"`)),
		told("HTML", answers(200, `<html>`, "Content-Type", "text/html")), told("error in 202", answers(202, `{"error":{"code":"Common.0024","message":"m"}}`)),
		told("new members", answers(200, `{"job_id":"a","x":1}`)), told("zipped", zipped(`{"job_id":"a"}`)),
		told("307", answers(307, ``, "Location", "/elsewhere")),
		told("service", answers(400, `{"error":{"code":"Ecs.0005","message":"m","details":[{"code":"Ecs.0057","message":"d"}]}}`)),
		resize("gateway", flavor, keys, answers(401, `{"error_code":"APIGW.0301","error_msg":"m"}`)), told("bare", answers(400, `{"code":"Common.0011","message":"m"}`)),
		told("IAM", answers(401, `{"error":{"code":401,"message":"m"}}`)), told("Nova", answers(400, `{"error":{"code":"Ecs.1000","message":"{\"badRequest\":{\"code\":400,\"message\":\"m\"}}"}}`)),
		told("policy", answers(403, `{"error":{"code":"Ecs.0000","message":"m"},"encoded_authorization_message":"e"}`)), told("502", answers(502, `<html>`, "Content-Type", "text/html")),
		told("429", busy), told("interim", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(103); ok(w, r) }),
		wait("success", job("INIT"), running, success), wait("fail", running, answers(200, `{"status":"FAIL","error_code":"Ecs.0207","fail_reason":"r"}`)),
		wait("unknown status", job("MIGRATING"), success), wait("vanished", running, answers(400, `{"code":"Common.0011","message":"m"}`), success), wait("throttled", running, busy, busy, busy, success),
		wait("unpaid", job("PENDING_PAYMENT"), success),
		told("reset", breaks), told("short", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"job_id\":\"a\"}")),
		told("long", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"job_id\":\"a\"}{}")),
		told("chunks", raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"job_id\":\"a\"}\r\n")),
		read("502 for good", driver.ShowServer, driver.Params{}, driver.Credentials{}, answers(502, ``)),
		read("busy once", driver.ShowServer, driver.Params{}, driver.Credentials{}, busy, answers(200, `{"server":{"id":"i","status":"ACTIVE"}}`)),
	}
	timed := func(p clientProbe, ms int64) clientProbe {
		p.ask.TimeoutMS = ms
		return p
	}
	forever := timed(wait("without end", running), 60)
	forever.loose = true
	unchanged := read("not resized after all", driver.ShowServer, driver.Params{}, driver.Credentials{}, ok, answers(200, `{"server":{"id":"i","status":"SHUTOFF","flavor":{"id":"s3.medium.2"}}}`))
	unchanged.before = &driver.Request{Operation: driver.ResizeServer, Params: flavor}
	secure := told("unknown certificate", ok)
	secure.tls = true
	return append(out, unchanged, secure, forever, timed(told("stall", stalls), 60), timed(told("slow", after(40*time.Millisecond, ok)), 250))
}

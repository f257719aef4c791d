package ecs

import (
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/signature"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	server  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
)

// heard is a request as a server heard it.
type heard struct {
	*http.Request
	body []byte
}

// fixed is the clock of the tests.
var fixed = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// against makes a client of a server that keeps what it hears and answers 200 {}.
func against(t *testing.T, c Config) (*Client, <-chan heard) {
	t.Helper()
	requests := make(chan heard, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		requests <- heard{r, body}
		_, _ = io.WriteString(w, "{}")
	}))
	base := exchange.Transport(nil)
	t.Cleanup(func() { base.CloseIdleConnections(); s.Close() })
	c.Endpoint, c.ProjectID = s.URL+c.Endpoint, project
	c.Now = func() time.Time { return fixed }
	c.Recorder = exchange.NewRecorder(exchange.Options{Base: base})
	return New(c), requests
}

func yes(b bool) *bool { return &b }

func TestOperationsOnTheWire(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(context.Context, *Client) (*Answer, error)
		line string
		body string
	}{
		{"resize", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, server, Resize{FlavorRef: "s3.large.2"})
		}, "POST /v1.1/" + project + "/cloudservers/" + server + "/resize", `{"resize":{"flavorRef":"s3.large.2"}}`},
		{"resize with everything", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, server, Resize{FlavorRef: "<s3>&", DedicatedHostID: "deh", AutoPay: "false", Mode: "withStopServer", CPUThreads: 2, DryRun: yes(false)})
		}, "POST /v1.1/" + project + "/cloudservers/" + server + "/resize",
			`{"resize":{"flavorRef":"<s3>&","dedicated_host_id":"deh","extendparam":{"isAutoPay":"false"},"mode":"withStopServer","cpu_options":{"hw:cpu_threads":2}},"dry_run":false}`},
		{"resize by v1", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, server, Resize{FlavorRef: "2"}, V1())
		}, "POST /v1/" + project + "/cloudservers/" + server + "/resize", `{"resize":{"flavorRef":"2"}}`},
		{"a server id that is none", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Resize(ctx, "a b/c%?ü", Resize{FlavorRef: "2"})
		}, "POST /v1.1/" + project + "/cloudservers/a%20b%2Fc%25%3F%C3%BC/resize", `{"resize":{"flavorRef":"2"}}`},
		{"job", func(ctx context.Context, c *Client) (*Answer, error) { return c.ShowJob(ctx, "j1") }, "GET /v1/" + project + "/jobs/j1", ""},
		{"flavors", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.ListResizeFlavors(ctx, FlavorQuery{InstanceUUID: server, SourceFlavorID: "a", SourceFlavorName: "b c", SortKey: "vcpus", SortDir: "desc", Limit: 5, Marker: "m"})
		}, "GET /v1/" + project + "/cloudservers/resize_flavors?instance_uuid=" + server + "&limit=5&marker=m&sort_dir=desc&sort_key=vcpus&source_flavor_id=a&source_flavor_name=b+c", ""},
		{"flavors without a selector", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.ListResizeFlavors(ctx, FlavorQuery{})
		}, "GET /v1/" + project + "/cloudservers/resize_flavors", ""},
		{"server", func(ctx context.Context, c *Client) (*Answer, error) { return c.ShowServer(ctx, server) }, "GET /v1/" + project + "/cloudservers/" + server, ""},
		{"stop", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.StopServers(ctx, []string{"a", "b"})
		}, "POST /v1/" + project + "/cloudservers/action", `{"os-stop":{"servers":[{"id":"a"},{"id":"b"}],"type":"SOFT"}}`},
		{"start", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.StartServers(ctx, []string{"a"})
		}, "POST /v1/" + project + "/cloudservers/action", `{"os-start":{"servers":[{"id":"a"}]}}`},
		{"create", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.CreateServers(ctx, Create{Name: "n", ImageRef: "i", FlavorRef: "f", VPCID: "v", SubnetID: "s", RootVolumeType: "SSD", ChargingMode: "prePaid", PeriodType: "month", PeriodNum: 1, AutoPay: "false", DedicatedHostID: "d", CPUThreads: 1, DryRun: yes(true), ClientToken: "t"})
		}, "POST /v1.1/" + project + "/cloudservers", `{"server":{"name":"n","imageRef":"i","flavorRef":"f","vpcid":"v","nics":[{"subnet_id":"s"}],"root_volume":{"volumetype":"SSD"},` +
			`"extendparam":{"chargingMode":"prePaid","periodType":"month","periodNum":1,"isAutoPay":"false"},"os:scheduler_hints":{"tenancy":"dedicated","dedicated_host_id":"d"},"cpu_options":{"hw:cpu_threads":1}},"dry_run":true}`},
		{"delete", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.DeleteServers(ctx, Delete{Servers: []string{"a"}, Volumes: true})
		}, "POST /v1/" + project + "/cloudservers/delete", `{"servers":[{"id":"a"}],"delete_publicip":false,"delete_volume":true}`},
		{"raw", func(ctx context.Context, c *Client) (*Answer, error) {
			return c.Raw(ctx, "PATCH", "/v9/x?", Body([]byte("{")))
		}, "PATCH /v9/x?", "{"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client, requests := against(t, Config{Credentials: Credentials{Token: "token"}})
			a, err := c.do(t.Context(), client)
			if err != nil || a.Status != 200 {
				t.Fatalf("got %v, %v", a.Summary(), err)
			}
			got := <-requests
			if line := got.Method + " " + got.RequestURI; line != c.line {
				t.Errorf("wanted %s\ngot    %s", c.line, line)
			}
			if string(got.body) != c.body {
				t.Errorf("wanted %s\ngot    %s", c.body, got.body)
			}
			wantType := ""
			if c.body != "" {
				wantType = "application/json"
			}
			if got.Header.Get("Content-Type") != wantType || got.Header.Get("X-Auth-Token") != "token" {
				t.Errorf("headers: %v", got.Header)
			}
		})
	}
}

func TestOptionsOnTheWire(t *testing.T) {
	t.Parallel()
	good := `{"resize":{"flavorRef":"2"}}`
	for _, c := range []struct {
		name    string
		options []Option
		body    string
		check   func(heard) bool
	}{
		{"nothing special", nil, good, func(r heard) bool {
			return r.Header.Get("User-Agent") == "resize-conformance (RSZ-X-001)" && r.Header.Get("Accept") == "application/json" && r.Header.Get("Accept-Encoding") == ""
		}},
		{"body", []Option{Body([]byte("{\xff"))}, "{\xff", func(r heard) bool { return r.ContentLength == 2 }},
		{"empty body", []Option{Body(nil)}, "", func(r heard) bool { return r.ContentLength == 0 && r.Header.Get("Content-Type") == "application/json" }},
		{"suffix", []Option{Suffix([]byte("\n"))}, good + "\n", nil},
		{"suffix after a body", []Option{Body([]byte("{}")), Suffix([]byte("{}"))}, "{}{}", nil},
		{"chunked", []Option{Chunked()}, good, func(r heard) bool { return slices.Equal(r.TransferEncoding, []string{"chunked"}) }},
		{"media type", []Option{ContentType("text/plain")}, good, func(r heard) bool { return r.Header.Get("Content-Type") == "text/plain" }},
		{"no media type", []Option{WithoutHeader("content-type")}, good, func(r heard) bool { return r.Header["Content-Type"] == nil }},
		{"two media types", []Option{AddHeader("Content-Type", "text/plain")}, good, func(r heard) bool { return len(r.Header["Content-Type"]) == 2 }},
		{"no user agent", []Option{WithoutHeader("User-Agent")}, good, func(r heard) bool { return r.Header["User-Agent"] == nil }},
		{"another host", []Option{Header("Host", "ecs.example.com")}, good, func(r heard) bool { return r.Host == "ecs.example.com" }},
		{"another token", []Option{As(Credentials{Token: "other"})}, good, func(r heard) bool { return r.Header.Get("X-Auth-Token") == "other" }},
		{"nobody", []Option{Anonymous()}, good, func(r heard) bool { return r.Header["X-Auth-Token"] == nil && r.Header["Authorization"] == nil }},
		{"another project", []Option{InProject("p2")}, good, func(r heard) bool { return strings.HasPrefix(r.RequestURI, "/v1.1/p2/cloudservers/") }},
		{"another method", []Option{Method("PUT")}, good, func(r heard) bool { return r.Method == "PUT" }},
		{"another path", []Option{RawPath("//x/../%2f/;a")}, good, func(r heard) bool { return r.RequestURI == "//x/../%2f/;a" }},
		{"query", []Option{RawQuery("a=1&a=2&b")}, good, func(r heard) bool { return r.URL.RawQuery == "a=1&a=2&b" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client, requests := against(t, Config{Credentials: Credentials{Token: "token"}})
			ctx := exchange.WithScope(t.Context(), &exchange.Scope{Scenario: "RSZ-X-001 options"})
			if _, err := client.Resize(ctx, server, Resize{FlavorRef: "2"}, c.options...); err != nil {
				t.Fatal(err)
			}
			got := <-requests
			if string(got.body) != c.body {
				t.Errorf("wanted body %q, got %q", c.body, got.body)
			}
			if c.check != nil && !c.check(got) {
				t.Errorf("got %s %s %v %v", got.Method, got.RequestURI, got.Header, got.TransferEncoding)
			}
		})
	}
}

// lastRequest is a transport that keeps the request line.
type lastRequest struct{ uri string }

func (l *lastRequest) RoundTrip(r *http.Request) (*http.Response, error) {
	l.uri = r.URL.RequestURI()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
}

func TestPathsAreSentAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/", "//", "/x%zz/{y}", "/a b", "/a%2Fb", "/a/./b/../c", "/ü", "/%", "/a;b=c,d"} {
		var base lastRequest
		c := New(Config{Endpoint: "http://h/base", ProjectID: project, Recorder: exchange.NewRecorder(exchange.Options{Base: &base, BasePath: "/base", Contract: judge(func(m *contract.Message) {
			if m.Path != path {
				t.Errorf("%s: judged as %s", path, m.Path)
			}
		})})})
		if _, err := c.Raw(t.Context(), "GET", path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		if base.uri != "/base"+path {
			t.Errorf("%s: sent as %s", path, base.uri)
		}
	}
}

// judge is a contract that finds nothing.
type judge func(*contract.Message)

func (j judge) Judge(_ context.Context, m *contract.Message) contract.Judgement {
	j(m)
	return contract.Judgement{}
}

func TestCallsThatCannotBeMade(t *testing.T) {
	t.Parallel()
	c := New(Config{Endpoint: "http://h", Recorder: exchange.NewRecorder(exchange.Options{Base: &lastRequest{}})})
	for want, do := range map[string]func() (*Answer, error){
		"resizeServer needs a project id": func() (*Answer, error) { return c.Resize(t.Context(), server, Resize{}) },
		"resizeServer needs a server id":  func() (*Answer, error) { return c.Resize(t.Context(), "", Resize{}, InProject("p")) },
		"showJob needs a job id":          func() (*Answer, error) { return c.ShowJob(t.Context(), "", InProject("p")) },
		"a path that begins with a slash": func() (*Answer, error) { return c.Raw(t.Context(), "GET", "x") },
		"needs both an access key": func() (*Answer, error) {
			return c.ShowJob(t.Context(), "j", InProject("p"), As(Credentials{AccessKey: "a"}))
		},
		`no operation "rezise"`: func() (*Answer, error) { return c.Do(t.Context(), Call{Operation: "rezise"}) },
	} {
		if _, err := do(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("wanted %q, got %v", want, err)
		}
	}
}

func TestMalformedIsDeclaredToTheRecorder(t *testing.T) {
	t.Parallel()
	bad := exchange.NewRecorder(exchange.Options{Base: &lastRequest{}, Contract: judgement{Request: []journal.Violation{{Requirement: "RSZ-BODY-003"}}}})
	c := New(Config{Endpoint: "http://h", ProjectID: project, Recorder: bad})
	scope := &exchange.Scope{Scenario: "RSZ-BODY-003 x"}
	ctx := exchange.WithScope(t.Context(), scope)
	if a, err := c.Resize(ctx, server, Resize{}, Malformed("flavorRef is missing")); err != nil || a.Malformed != "flavorRef is missing" || len(scope.Undeclared()) != 0 {
		t.Errorf("declared: got %v, %v", scope.Undeclared(), err)
	}
	if _, err := c.Resize(ctx, server, Resize{}); err != nil || len(scope.Undeclared()) != 1 {
		t.Errorf("undeclared: got %v, %v", scope.Undeclared(), err)
	}
}

type judgement contract.Judgement

func (j judgement) Judge(context.Context, *contract.Message) contract.Judgement {
	return contract.Judgement(j)
}

func TestSignaturesAreMadeOverWhatIsSent(t *testing.T) {
	t.Parallel()
	const sk = "SKEXAMPLE"
	known := func(ak string) (string, bool) { return sk, ak == "AKEXAMPLE" }
	for _, c := range []struct {
		name    string
		creds   Credentials
		options []Option
		cause   signature.Cause
		check   func(heard) bool
	}{
		{name: "plain", check: func(r heard) bool {
			return r.Header.Get("X-Project-Id") == project && r.Header.Get("X-Sdk-Date") == "20260101T000000Z" && strings.Contains(r.Header.Get("Authorization"), "Access=AKEXAMPLE,")
		}},
		{name: "raw bytes", options: []Option{Body([]byte("{\xff")), Suffix([]byte("\n"))}},
		{name: "query and odd path", options: []Option{RawPath("/v1/a%2Fb//c"), RawQuery("b=2&a=%20&a=1")}},
		{name: "temporary", creds: Credentials{AccessKey: "AKEXAMPLE", SecretKey: sk, SecurityToken: "st"}, check: func(r heard) bool {
			return r.Header.Get("X-Security-Token") == "st"
		}},
		{name: "scoped", options: []Option{ScopedCredential("eu-de", "ecs")}, check: func(r heard) bool {
			return strings.Contains(r.Header.Get("Authorization"), "Credential=AKEXAMPLE/20260101/eu-de/ecs/sdk_request,")
		}},
		{name: "host not signed", options: []Option{Signing("X-Sdk-Date")}, check: func(r heard) bool {
			return strings.Contains(r.Header.Get("Authorization"), "SignedHeaders=x-sdk-date,")
		}},
		{name: "another header signed", options: []Option{Header("X-Mine", "1"), Signing("X-Sdk-Date", "X-Mine", "Host")}},
		{name: "wrong key", creds: Credentials{AccessKey: "AKEXAMPLE", SecretKey: "other", MadeUp: true}, cause: signature.Mismatch},
		{name: "unknown key", creds: Credentials{AccessKey: "AKNOBODY", SecretKey: sk, MadeUp: true}, cause: signature.UnknownKey},
		{name: "tampered", options: []Option{TamperAfterSigning([]byte(`{"resize":{"flavorRef":"3"}}`))}, cause: signature.Mismatch, check: func(r heard) bool {
			return string(r.body) == `{"resize":{"flavorRef":"3"}}`
		}},
		{name: "late", options: []Option{SignedAt(fixed.Add(-16 * time.Minute))}, cause: signature.Skewed},
		{name: "without date", options: []Option{WithoutHeader("X-Sdk-Date")}, cause: signature.BadDate},
		{name: "own authorization", options: []Option{Header("Authorization", "garbage")}, cause: signature.BadHeader},
		{name: "no authorization", options: []Option{WithoutHeader("Authorization")}, cause: signature.BadHeader},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			creds := Credentials{AccessKey: "AKEXAMPLE", SecretKey: sk}
			client, requests := against(t, Config{Credentials: creds})
			options := c.options
			if c.creds != (Credentials{}) {
				options = append(options, As(c.creds))
			}
			if _, err := client.Resize(t.Context(), server, Resize{FlavorRef: "2"}, options...); err != nil {
				t.Fatal(err)
			}
			got := <-requests
			_, err := signature.Verify(got.Request, got.body, known, fixed)
			var refused *signature.Error
			if c.cause == "" && err != nil || c.cause != "" && (!errors.As(err, &refused) || refused.Cause != c.cause) {
				t.Errorf("wanted cause %q, got %v", c.cause, err)
			}
			if c.check != nil && !c.check(got) {
				t.Errorf("got %v %q", got.Header, got.body)
			}
		})
	}
}

// The vector was computed by hand and checked against the vendor's Go SDK.
func TestTheVendorsVector(t *testing.T) {
	t.Parallel()
	client, requests := against(t, Config{Credentials: Credentials{AccessKey: "AKEXAMPLE", SecretKey: "SKEXAMPLE"}})
	if _, err := client.Resize(t.Context(), server, Resize{FlavorRef: "s3.large.2"}, Signing("X-Project-Id", "X-Sdk-Date")); err != nil {
		t.Fatal(err)
	}
	const want = "SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=x-project-id;x-sdk-date, Signature=634a17e179bef35660f7f805c70532f933bb80698bcebe8786178d97da5831e2"
	if got := (<-requests).Header.Get("Authorization"); got != want {
		t.Errorf("wanted %s\ngot    %s", want, got)
	}
}

// A server that refuses a large body early closes the connection; its answer must not be lost to that.
func TestALargeBodyIsAskedForFirst(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > 12<<20 {
			w.Header().Set("Connection", "close")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
	}))
	base := exchange.Transport(nil)
	t.Cleanup(func() { base.CloseIdleConnections(); s.Close() })
	c := New(Config{Endpoint: s.URL, ProjectID: project, Recorder: exchange.NewRecorder(exchange.Options{Base: base})})
	for range 5 {
		a, err := c.Resize(t.Context(), server, Resize{FlavorRef: "2"}, Suffix(make([]byte, 13<<20)))
		if err != nil || a.Status != http.StatusRequestEntityTooLarge {
			t.Errorf("wanted 413, got %s, %v", a.Summary(), err)
		}
	}
}

func TestASilentServerIsGivenUp(t *testing.T) {
	t.Parallel()
	c := New(Config{Endpoint: "http://h", ProjectID: project, Recorder: exchange.NewRecorder(exchange.Options{Base: silent{}})})
	_, err := c.ShowServer(t.Context(), server, Timeout(5*time.Millisecond))
	if err == nil || !strings.Contains(err.Error(), "no whole answer within 5ms (Timeouts.Request)") || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

type silent struct{}

func (silent) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, context.Cause(r.Context())
}

// limited is somebody else's client: it can do operations, but no tricks.
type limited struct{ calls []Call }

func (l *limited) Perform(_ context.Context, c Call) (*Answer, error) {
	if wishes := c.Wishes(); len(wishes) > 0 {
		return nil, &NotExpressible{c.Operation, wishes}
	}
	l.calls = append(l.calls, c)
	return &Answer{Exchange: &exchange.Exchange{Status: 200, Body: []byte(`{"job_id":"1"}`)}, Operation: c.Operation}, nil
}

func TestAnotherPerformerGetsCallsAsData(t *testing.T) {
	t.Parallel()
	other := &limited{}
	c := NewWith(Config{ProjectID: project, Credentials: Credentials{Token: "t"}}, other)
	a, err := c.Resize(t.Context(), server, Resize{FlavorRef: "2"}, V1(), As(Credentials{Token: "u"}), InProject("p"))
	if id, ok := a.JobID(); err != nil || !ok || id != "1" {
		t.Errorf("got %q, %v", id, err)
	}
	want := Call{Operation: ResizePostPaidServer, ProjectID: "p", ServerID: server, Credentials: Credentials{Token: "u"}}
	if got := other.calls[0]; got.Operation != want.Operation || got.ProjectID != want.ProjectID || got.ServerID != want.ServerID || got.Credentials != want.Credentials || got.Params != (Resize{FlavorRef: "2"}) {
		t.Errorf("wanted %+v, got %+v", want, got)
	}
	tricks := map[string]Option{
		"another method": Method("PUT"), "another path": RawPath("/"), "a raw query": RawQuery(""), "a raw body": Body(nil), "chunked transfer": Chunked(),
		"headers of its own": AddHeader("a", "b"), "a header left out": WithoutHeader("a"), "another time of signing": SignedAt(fixed),
		"the Credential= form of Authorization": ScopedCredential("", ""), "a choice of signed headers": Signing(), "a body changed after signing": TamperAfterSigning(nil),
	}
	for _, what := range slices.Sorted(maps.Keys(tricks)) {
		_, err := c.Resize(t.Context(), server, Resize{FlavorRef: "2"}, tricks[what])
		var cannot *NotExpressible
		if !errors.As(err, &cannot) || !slices.Equal(cannot.What, []string{what}) || err.Error() != "this client cannot send resizeServer with "+what {
			t.Errorf("%s: got %v", what, err)
		}
	}
	if _, err := c.Raw(t.Context(), "GET", "/"); err == nil || err.Error() != "this client cannot send a raw request with a request that is no operation of the contract" {
		t.Errorf("got %v", err)
	}
}

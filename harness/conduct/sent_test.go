package conduct

import (
	"bufio"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/signature"
)

const (
	project = "0123456789abcdef0123456789abcdef"
	server  = "616fb98f-46ca-475e-917e-2563e5a8cd19"
	job     = "ff80808288d41e1b018990260955686a"
	token   = "the-token-of-the-user"
	secret  = "the-secret-key-of-the-user"
)

// message is a request as a client writes it, and what it was answered.
type message struct {
	line   string   // "POST /v1/…"
	header []string // "Name: value"
	body   string
	status int
	answer string
	broken error
	cut    bool
	start  time.Duration // since the first one
	took   time.Duration
}

// observed is the exchange as a recorder makes it.
func observed(t testing.TB, r *exchange.Recorder, m message, at time.Time) *exchange.Exchange {
	t.Helper()
	method, target, _ := strings.Cut(m.line, " ")
	o := &exchange.Observed{
		Server: "http://127.0.0.1:9000", Method: method, Target: target, Body: []byte(m.body), BodyCut: m.cut, Proto: "HTTP/1.1", Status: m.status, Answer: []byte(m.answer),
		Start: at.Add(m.start), Duration: m.took, Broken: m.broken, Substitute: "the test",
	}
	if method == "" {
		o.Opaque = "its first line is none"
	}
	for _, line := range m.header {
		name, value, _ := strings.Cut(line, ": ")
		o.Sent = append(o.Sent, journal.Header{Name: name, Value: value})
	}
	return r.Observe(t.Context(), o)
}

func recorder(t testing.TB) *exchange.Recorder {
	return exchange.NewRecorder(exchange.Options{Contract: contracttest.Base(t)})
}

// Paths of the operations.
const (
	resizeLine = "POST /v1.1/" + project + "/cloudservers/" + server + "/resize"
	v1Line     = "POST /v1/" + project + "/cloudservers/" + server + "/resize"
	serverLine = "GET /v1/" + project + "/cloudservers/" + server
	jobLine    = "GET /v1/" + project + "/jobs/" + job
	listLine   = "GET /v1/" + project + "/cloudservers/resize_flavors"
	actionLine = "POST /v1/" + project + "/cloudservers/action"
)

// headers are those of a client that does everything right, with changes: a name without a value leaves it out.
func headers(changes ...string) []string {
	all := []string{"Host: 127.0.0.1:40001", "User-Agent: golangsdk/2.0.0", "Accept: application/json", "Content-Type: application/json", "X-Auth-Token: " + token, "Accept-Encoding: gzip"}
	for _, change := range changes {
		name, value, _ := strings.Cut(change, ": ")
		all = slices.DeleteFunc(all, func(line string) bool { return strings.HasPrefix(line, name+":") })
		if value != "" {
			all = append(all, change)
		}
	}
	return all
}

func resizeOf(p driver.Params) driver.Request {
	p.FlavorRef = "s3.large.2"
	return driver.Request{Operation: driver.ResizeServer, Params: p}
}

// body is the resize's with this in place of what stands behind the flavor, and this behind resize.
func body(inside, beside string) string {
	return `{"resize":{"flavorRef":"s3.large.2"` + inside + `}` + beside + `}`
}

// said is what a case wants: the ids without their prefix; with ! where the server cannot be judged.
func said(found []Breach) string {
	var all []string
	for _, b := range found {
		id := strings.TrimPrefix(b.Requirement, "RSZ-CLIENT-")
		if b.Distorts {
			id += "!"
		}
		all = append(all, id)
	}
	return strings.Join(all, " ")
}

type sentCase struct {
	name  string
	asked driver.Request
	sent  []message
	want  string
}

func resizeCase(name string, p driver.Params, body, want string) sentCase {
	return sentCase{name, resizeOf(p), []message{{line: resizeLine, header: headers(), body: body, status: 200, answer: `{"job_id":"j"}`}}, want}
}

func TestResizeBodies(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	full := driver.Params{DedicatedHostID: "h", AutoPay: &yes, Mode: "withStopServer", CPUThreads: 2, DryRun: &yes}
	all := `,"dedicated_host_id":"h","extendparam":{"isAutoPay":"true"},"mode":"withStopServer","cpu_options":{"hw:cpu_threads":2}`
	judgeAll(t, []sentCase{
		resizeCase("bare", driver.Params{}, body("", ""), ""),
		resizeCase("with a newline", driver.Params{}, body("", "")+"\n", ""),
		resizeCase("escaped", driver.Params{}, `{"resize":{"flavorRef":"s3\u002elarge.2"}}`, ""),
		resizeCase("everything", full, body(all, `,"dry_run":true`), ""),
		resizeCase("dry_run first", full, `{"dry_run":true,"resize":{"cpu_options":{"hw:cpu_threads":2.0},"extendparam":{"isAutoPay":"true"},"mode":"withStopServer","dedicated_host_id":"h","flavorRef":"s3.large.2"}}`, ""),
		resizeCase("empty objects", driver.Params{}, body(`,"extendparam":{},"cpu_options":{}`, `,"dry_run":false`), ""),
		resizeCase("blank isAutoPay", driver.Params{}, body(`,"extendparam":{"isAutoPay":""}`, ""), ""),
		resizeCase("defaults said", driver.Params{}, body(`,"extendparam":{"isAutoPay":"false"}`, `,"dry_run":false`), ""),
		resizeCase("false left out", driver.Params{AutoPay: &no, DryRun: &no}, body("", ""), ""),
		resizeCase("dry_run inside", driver.Params{DryRun: &yes}, body(`,"dry_run":true`, ""), "003!"),
		resizeCase("dry_run inside, unasked", driver.Params{}, body(`,"dry_run":false`, ""), "003"),
		resizeCase("dry_run a string", driver.Params{DryRun: &yes}, body("", `,"dry_run":"true"`), "004!"),
		resizeCase("dry_run a number", driver.Params{DryRun: &no}, body("", `,"dry_run":0`), "004!"),
		resizeCase("dry_run lost", driver.Params{DryRun: &yes}, body("", ""), "007!"),
		resizeCase("dry_run turned round", driver.Params{DryRun: &yes}, body("", `,"dry_run":false`), "007!"),
		resizeCase("dry_run unasked", driver.Params{}, body("", `,"dry_run":true`), "008!"),
		resizeCase("dry_run null", driver.Params{}, body("", `,"dry_run":null`), "008!"),
		resizeCase("isAutoPay a boolean", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":true}`, ""), "005!"),
		resizeCase("isAutoPay True", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":"True"}`, ""), "005!"),
		resizeCase("isAutoPay 1, unasked", driver.Params{}, body(`,"extendparam":{"isAutoPay":1}`, ""), "005! 009!"),
		resizeCase("isAutoPay null", driver.Params{}, body(`,"extendparam":{"isAutoPay":null}`, ""), "008!"),
		resizeCase("pays unasked", driver.Params{}, body(`,"extendparam":{"isAutoPay":"true"}`, ""), "009!"),
		resizeCase("pays although it must not", driver.Params{AutoPay: &no}, body(`,"extendparam":{"isAutoPay":"true"}`, ""), "009!"),
		resizeCase("does not pay", driver.Params{AutoPay: &yes}, body(`,"extendparam":{"isAutoPay":"false"}`, ""), "007!"),
		resizeCase("extendparam lost", driver.Params{AutoPay: &yes}, body(`,"extendparam":null`, ""), "007!"),
		resizeCase("extendparam an array", driver.Params{}, body(`,"extendparam":[]`, ""), "008!"),
		resizeCase("threads a string", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"hw:cpu_threads":"2"}`, ""), "006!"),
		resizeCase("other threads", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"hw:cpu_threads":1}`, ""), "007!"),
		resizeCase("no threads", driver.Params{}, body(`,"cpu_options":{"hw:cpu_threads":0}`, ""), "008!"),
		resizeCase("threads misnamed", driver.Params{CPUThreads: 2}, body(`,"cpu_options":{"cpu_threads":2}`, ""), "007! 011"),
		resizeCase("other flavor", driver.Params{}, `{"resize":{"flavorRef":"S3.LARGE.2"}}`, "007!"),
		resizeCase("host empty", driver.Params{}, body(`,"dedicated_host_id":""`, ""), "008!"),
		resizeCase("mode unasked", driver.Params{}, body(`,"mode":"withStopServer"`, ""), "010"),
		resizeCase("mode null", driver.Params{}, body(`,"mode":null`, ""), "008!"),
		resizeCase("unknown member", driver.Params{}, body(`,"flavor/ref":1`, ""), "011"),
		resizeCase("force", driver.Params{}, body(`,"force":true`, ""), ""),
		resizeCase("resize null", driver.Params{}, `{"resize":null}`, "007!"),
		resizeCase("null", driver.Params{}, `null`, "007!"),
		resizeCase("a list", driver.Params{}, `[{}]`, "007!"),
		resizeCase("nothing", driver.Params{}, ``, "012!"),
		resizeCase("twice the name", driver.Params{}, `{"resize":{"flavorRef":"a"},"resize":{"flavorRef":"s3.large.2"}}`, "012!"),
		resizeCase("twice the name, and more", driver.Params{}, `{"resize":{"flavorRef":"s3.large.2"},"resize":{}} {}`, "012!"),
		resizeCase("twice the value", driver.Params{}, body("", "")+body("", ""), "012!"),
		resizeCase("comma", driver.Params{}, `{"resize":{"flavorRef":"s3.large.2"},}`, "012!"),
		resizeCase("Latin-1", driver.Params{}, body(",\"dedicated_host_id\":\"\xe4\"", ""), "008! 012!"),
		resizeCase("half a surrogate", driver.Params{DedicatedHostID: "\ufffd"}, body(`,"dedicated_host_id":"\ud800"`, ""), ""),
		resizeCase("a mark of the order of bytes", driver.Params{}, "\xef\xbb\xbf"+body("", ""), "012!"),
		{"cut off", resizeOf(driver.Params{}), []message{{line: resizeLine, header: headers(), body: `{"resize":{"fla`, cut: true}}, ""},
		{"packed", resizeOf(driver.Params{}), []message{{line: resizeLine, header: headers("Content-Encoding: gzip"), body: "\x1f\x8b", status: 400}}, ""},
	})
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	good := body("", "")
	post := func(line string) message { return message{line: line, header: headers(), body: good} }
	get := func(line string) message { return message{line: line, header: headers()} }
	show := driver.Request{Operation: driver.ShowServer}
	odd := func(id string) driver.Request { return driver.Request{Operation: driver.ShowServer, ServerID: id} }
	based := resizeOf(driver.Params{})
	based.Endpoint = "http://127.0.0.1:40001/base"
	v1 := resizeOf(driver.Params{})
	v1.Operation = driver.ResizePostPaidServer
	judgeAll(t, []sentCase{
		{"right", resizeOf(driver.Params{}), []message{post(resizeLine)}, ""},
		{"v1", v1, []message{post(v1Line)}, ""},
		{"an escape that need not be", show, []message{get(strings.Replace(serverLine, "616f", "%36%31%36f", 1))}, ""},
		{"a whole URL", show, []message{get("GET http://127.0.0.1:40001" + strings.TrimPrefix(serverLine, "GET "))}, ""},
		{"looks before and after", resizeOf(driver.Params{}), []message{get(serverLine), get("GET /v2/" + project + "/cloudimages?id=1"), post(resizeLine), get(jobLine), get(serverLine)}, ""},
		{"nothing sent", resizeOf(driver.Params{}), nil, ""},
		{"only looked", resizeOf(driver.Params{}), []message{get(serverLine)}, "!"},
		{"other version", resizeOf(driver.Params{}), []message{post(v1Line)}, "001!"},
		{"other method", resizeOf(driver.Params{}), []message{post(strings.Replace(resizeLine, "POST", "PUT", 1))}, "001!"},
		{"a slash too many", show, []message{get(serverLine + "/")}, "001!"},
		{"doubled slash", show, []message{get(strings.Replace(serverLine, "/v1", "//v1", 1))}, "001!"},
		{"through Nova", resizeOf(driver.Params{}), []message{post("POST /v2.1/" + project + "/servers/" + server + "/action")}, "001!"},
		{"other project", show, []message{get(strings.Replace(serverLine, project, "other", 1))}, "001!"},
		{"with the base", based, []message{post("POST /base" + strings.TrimPrefix(resizeLine, "POST "))}, ""},
		{"without the base", based, []message{post(resizeLine)}, "001!"},
		{"escaped", odd("1/2 ?#%"), []message{get("GET /v1/" + project + "/cloudservers/1%2F2%20%3F%23%25")}, ""},
		{"what needs no escape", odd("a:b@c"), []message{get("GET /v1/" + project + "/cloudservers/a:b@c")}, ""},
		{"slash as it is", odd("1/2"), []message{get("GET /v1/" + project + "/cloudservers/1/2")}, "002!"},
		{"question mark as it is", odd("1?2"), []message{get("GET /v1/" + project + "/cloudservers/1?2")}, "002!"},
		{"escaped twice", odd("1/2"), []message{get("GET /v1/" + project + "/cloudservers/1%252F2")}, "002!"},
		{"a blank in the line", odd("1 2"), []message{{line: ""}}, "002!"},
		{"odd, and the wrong way", odd("1/2"), []message{get("PUT /v1/" + project + "/cloudservers/1%2F2")}, "001!"},
		{"no HTTP", show, []message{{line: ""}}, "!"},
		{"an id that is a word", driver.Request{Operation: driver.ShowJob, JobID: "word"}, []message{get("GET /v1/" + project + "/jobs/word")}, ""},
	})
}

func TestHeads(t *testing.T) {
	t.Parallel()
	with := func(changes ...string) []message {
		return []message{{line: resizeLine, header: headers(changes...), body: body("", ""), status: 200}}
	}
	ask := resizeOf(driver.Params{})
	show := driver.Request{Operation: driver.ShowServer}
	judgeAll(t, []sentCase{
		{"charset", ask, with("Content-Type: Application/JSON;charset=UTF-8"), ""},
		{"no media type", ask, with("Content-Type"), "013"},
		{"a form", ask, with("Content-Type: application/x-www-form-urlencoded"), "013"},
		{"refused for it", ask, []message{{line: resizeLine, header: headers("Content-Type"), body: body("", ""), status: 415}}, "013!"},
		{"no accept", ask, with("Accept"), ""}, {"anything", ask, with("Accept: */*"), ""}, {"some application", ask, with("Accept: text/html, application/*;q=0.8"), ""},
		{"as Java does", ask, with("Accept: text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"), ""},
		{"XML", ask, with("Accept: application/xml"), "024"}, {"JSON not", ask, with("Accept: application/json;q=0"), "024"},
		{"nobody", ask, with("User-Agent"), "025"},
		{"a query with a body", show, []message{{line: serverLine, header: headers("Content-Type"), body: "{}", status: 200}}, "014"},
		{"a query with a media type", show, []message{{line: serverLine, header: headers()}}, ""},
		{"others' requests", show, []message{{line: serverLine, header: headers()}, {line: "GET /v2/x/cloudvolumes", header: []string{"Host: x"}, body: "?"}}, ""},
	})
}

func TestSelectorsAndPower(t *testing.T) {
	t.Parallel()
	list := func(p driver.Params) driver.Request {
		return driver.Request{Operation: driver.ListResizeFlavors, Params: p}
	}
	get := func(query ...string) (all []message) {
		for _, q := range query {
			all = append(all, message{line: listLine + q, header: headers()})
		}
		return all
	}
	stop := func(how, body string) sentCase {
		return sentCase{how + body, driver.Request{Operation: driver.StopServers, Params: driver.Params{ServerIDs: []string{"a", "b"}, Type: how}}, []message{{line: actionLine, header: headers(), body: body}}, ""}
	}
	wants := func(c sentCase, want string) sentCase { c.want = want; return c }
	servers := `{"os-stop":{"servers":[{"id":"b"},{"id":"a"}]`
	judgeAll(t, []sentCase{
		{"all", list(driver.Params{InstanceUUID: "i", SortKey: "vcpus", Limit: 5}), get("?limit=5&instance_uuid=i&sort_key=%76cpus"), ""},
		{"none", list(driver.Params{}), get(""), ""},
		{"escaped in two ways", list(driver.Params{SourceFlavorName: "a b&c+d"}), get("?source_flavor_name=a+b%26c%2bd", "?source_flavor_name=a%20b%26c%2Bd"), ""},
		{"not escaped", list(driver.Params{SourceFlavorName: "a&b+c"}), get("?source_flavor_name=a&b+c"), "022!"},
		{"plus as it is", list(driver.Params{SourceFlavorName: "a+b"}), get("?source_flavor_name=a+b"), "022!"},
		{"misnamed", list(driver.Params{InstanceUUID: "i"}), get("?instance_id=i"), "022!"},
		{"lost", list(driver.Params{InstanceUUID: "i"}), get(""), "022!"},
		{"twice", list(driver.Params{InstanceUUID: "i"}), get("?instance_uuid=i&instance_uuid=i"), "022!"},
		{"empty", list(driver.Params{}), get("?marker="), "022!"},
		{"the next page", list(driver.Params{InstanceUUID: "i"}), get("?instance_uuid=i", "?instance_uuid=i&marker=m&limit=100"), ""},
		wants(stop("", servers+`}}`), ""), wants(stop("", servers+`,"type":"SOFT"}}`), ""), wants(stop("SOFT", servers+`}}`), ""), wants(stop("HARD", servers+`,"type":"HARD"}}`), ""),
		wants(stop("HARD", servers+`}}`), "023!"), wants(stop("", servers+`,"type":"HARD"}}`), "023!"), wants(stop("HARD", servers+`,"type":"hard"}}`), "023!"),
		wants(stop("", `{"os-stop":{"servers":[{"id":"a"}]}}`), "023!"), wants(stop("", `{"os-stop":{"servers":[{"id":"a"},{"id":"b"},{"id":"c"}]}}`), "023!"),
		wants(stop("", `{"os-start":{"servers":[{"id":"a"},{"id":"b"}]}}`), "023!"), wants(stop("", `{"os-stop":{"servers":["a","b"]}}`), "023!"),
		wants(stop("", servers+`},"os-start":{}}`), "023!"), wants(stop("", `{"os-stop":{}}`), "023!"),
	})
}

func TestSentAgain(t *testing.T) {
	t.Parallel()
	try := func(start, took time.Duration, status int, answer string, broken error) message {
		return message{line: resizeLine, header: headers(), body: body("", ""), status: status, answer: answer, broken: broken, start: start, took: took}
	}
	ask := resizeOf(driver.Params{})
	const ok = `{"job_id":"j"}`
	judgeAll(t, []sentCase{
		{"after success", ask, []message{try(0, 5, 200, ok, nil), try(6, 5, 200, ok, nil)}, "020!"},
		{"in the other version", ask, []message{try(0, 5, 200, ok, nil), {line: v1Line, header: headers(), body: body("", ""), start: 6}}, "020!"},
		{"before the answer was there", ask, []message{try(0, 5, 200, ok, nil), try(3, 5, 200, ok, nil)}, ""},
		{"after a break", ask, []message{try(0, 5, 0, "", http.ErrAbortHandler), try(6, 5, 200, ok, nil)}, ""},
		{"after half an answer", ask, []message{try(0, 5, 200, ok, http.ErrAbortHandler), try(6, 5, 200, ok, nil)}, ""},
		{"after 500", ask, []message{try(0, 5, 500, ok, nil), try(6, 5, 200, ok, nil)}, ""},
		{"after a redirect", ask, []message{try(0, 5, 307, "", nil), try(6, 5, 200, ok, nil)}, ""},
		{"after an error in 202", ask, []message{try(0, 5, 202, `{"error":{"code":"Common.0024","message":"busy"}}`, nil), try(6, 5, 200, ok, nil)}, ""},
		{"after nothing that can be read", ask, []message{try(0, 5, 200, `<html>`, nil), try(6, 5, 200, ok, nil)}, ""},
	})
}

// judgeAll fills in what all cases have in common, and judges each.
func judgeAll(t *testing.T, cases []sentCase) {
	t.Helper()
	r := recorder(t)
	at := time.Now()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			judged := completed(c.asked)
			call := Call{Asked: judged}
			for _, m := range c.sent {
				call.Sent = append(call.Sent, observed(t, r, m, at))
			}
			found := Judge(call)
			if got := said(found); got != c.want {
				t.Errorf("wanted %q, got %q: %+v", c.want, got, found)
			}
			for _, b := range found {
				if b.Wanted == "" || b.Got == "" {
					t.Errorf("%+v: wanted words for what was wanted and got", b)
				}
			}
		})
	}
}

func completed(r driver.Request) driver.Request {
	if r.Endpoint == "" {
		r.Endpoint = "http://127.0.0.1:40001"
	}
	if r.Credentials == (driver.Credentials{}) {
		r.Credentials.Token = token
	}
	r.ProjectID = project
	if r.ServerID == "" {
		r.ServerID = server
	}
	if r.JobID == "" {
		r.JobID = job
	}
	return r
}

// signedLines are header lines as a client sends them that signs these.
func signedLines(t *testing.T, s signature.Signer, m message, at time.Time) []string {
	t.Helper()
	text := m.line + " HTTP/1.1\r\n" + strings.Join(m.header, "\r\n") + "\r\n\r\n"
	req, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	s.AccessKey, s.SecretKey = "AK", secret
	if err := s.Sign(req, []byte(m.body), at); err != nil {
		t.Fatal(err)
	}
	lines := []string{"Host: " + req.Host}
	for name, values := range req.Header {
		lines = append(lines, name+": "+values[0])
	}
	return lines
}

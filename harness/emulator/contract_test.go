package emulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/racedetector"
)

// The emulator against the contract, edition by edition.
func TestContract(t *testing.T) {
	racedetector.LeaveOut(t)
	if diff := cmp.Diff(slices.Sorted(slices.Values(contract.Profiles())), slices.Sorted(slices.Values(Profiles()))); diff != "" {
		t.Errorf("profiles: contract -, emulator +\n%s", diff)
	}
	for _, profile := range Profiles() {
		t.Run(profile, func(t *testing.T) {
			c := contracttest.Profile(t, profile)
			compareBehaviour(t, c.Behaviour(), profile)
			tour(t, c.Document(), profile)
		})
	}
}

// compareBehaviour: the emulator's table of editions and the contract's must say the same. must_be_stopped is not in the
// emulator's: an edition that does not say it has mode instead, and without mode a running server is refused everywhere.
func compareBehaviour(t *testing.T, b contract.Behaviour, profile string) {
	t.Helper()
	want, err := BehaviourOf(profile)
	if err != nil {
		t.Fatal(err)
	}
	set := func(versions []string) string { return strings.Join(slices.Sorted(slices.Values(versions)), " ") }
	for name, pair := range map[string][2]any{
		"versions": {set(b.Versions), set(want.Versions)}, "mode": {b.ModeSupported, want.Mode}, "dedicated hosts": {b.DeH, want.DedicatedHosts},
		"prepaid": {b.Prepaid, want.Prepaid}, "cpu_options": {set(b.CPUOptions), set(want.CPUOptions)},
		"dry_run": {set(b.DryRun), set(want.DryRun)}, "error table": {b.ErrorTable, want.ErrorTable},
		"downgrade": {set(b.DowngradeBanned), set(want.DowngradeBanned)}, "spot": {set(b.SpotBanned), set(want.SpotBanned)},
		"windows": {set(b.WindowsBanned), set(want.WindowsBanned)}, "flow control": {b.FlowControlStatus, want.FlowControlStatus},
		"pending": {b.JobPendingPayment, want.PendingPayment}, "list": {b.ResizeFlavorsPath, want.ResizeFlavorsPath},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: the contract says %v, the emulator %v", name, pair[0], pair[1])
		}
	}
}

// inspector judges every answer of an emulator by the contract's document.
type inspector struct {
	*lab
	router  routers.Router
	visited map[string]bool // operation and status
}

func newInspector(t *testing.T, document []byte, c Config) *inspector {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(document)
	if err != nil {
		t.Fatal(err)
	}
	doc.Servers = nil // any target
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	return &inspector{lab: newLab(t, c), router: router, visited: map[string]bool{}}
}

func (i *inspector) send(r *http.Request) reply {
	i.t.Helper()
	sent, err := io.ReadAll(r.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(sent))
	w := httptest.NewRecorder()
	i.ServeHTTP(w, r)
	got := reply{status: w.Code, header: w.Header(), raw: w.Body.String()}
	route, params, err := i.router.FindRoute(r)
	if err != nil {
		i.t.Fatalf("%s %s is not in the contract: %v", r.Method, r.URL, err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route, Options: options},
		Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())), Options: options,
	})
	if err != nil {
		i.t.Errorf("%s %s: %d %s\n%v", r.Method, r.URL, w.Code, w.Body, err)
	}
	i.visited[fmt.Sprint(route.Operation.OperationID, " ", w.Code)] = true
	if got.status < 300 || got.status >= 400 {
		got.body = decode(i.t, w.Body.Bytes())
	}
	return got
}

func decode(t testing.TB, raw []byte) map[string]any {
	v, err := decodeJSON(raw)
	m, isObject := v.(map[string]any)
	if err != nil || !isObject {
		t.Errorf("no JSON object: %s", raw)
	}
	return m
}

func (i *inspector) call(method, path, body string, headers ...string) reply {
	i.t.Helper()
	return i.send(i.request(method, path, body, headers...))
}

// tour visits all operations and has every answer that they can give judged by the contract's document.
func tour(t *testing.T, document []byte, profile string) {
	t.Helper()
	i := newInspector(t, document, Config{Profile: profile, Flow: FlowControl{Limit: 1000}})
	d := i.Describe()
	version := "/" + d.Behaviour.Versions[0] + "/" + defaultProject + "/cloudservers"
	jobs := "/v1/" + defaultProject + "/jobs/"
	list := strings.Replace(d.Behaviour.ResizeFlavorsPath, "{project_id}", defaultProject, 1)
	for _, spec := range []ServerSpec{
		{}, {Status: StatusActive}, {Billing: PrePaid}, {Billing: Spot}, {OSType: "Windows"}, {DedicatedHostID: defaultHost}, {Locked: true}, {Frozen: true},
		{Status: StatusError}, {Status: "SHELVED"}, {CPUThreads: 2}, {Project: foreignProject},
	} {
		id := i.add(spec)
		i.call("GET", base+id, "")
		i.call("GET", list+"?instance_uuid="+id, "")
		for _, v := range d.Behaviour.Versions {
			path := "/" + v + "/" + defaultProject + "/cloudservers/" + id + "/resize"
			for _, body := range []string{"", "{", "[]", "{}", to(""), to("nothing"), to("s3.medium.4"), to("m3.large.8"), to("s1.xlarge"), to("s2.xlarge.2"),
				`{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}`, to("s3.xlarge.8"), to("s3.large.2")} {
				i.walk(jobs, base+id, i.call("POST", path, body))
			}
			i.call("POST", path, to("s3.large.2"), "Content-Type", "text/plain")
			i.call("POST", path, to("s3.large.2"), "X-Auth-Token", "")
		}
		i.walk(jobs, base+id, i.call("POST", base+"action", action("os-stop", id)))
		i.walk(jobs, base+id, i.call("POST", base+"action", action("os-start", id, "ghost")))
		i.call("POST", base+"delete", `{"servers":[{"id":"`+id+`"}],"delete_volume":"yes"}`)
		i.walk(jobs, base+id, i.call("POST", base+"delete", `{"servers":[{"id":"`+id+`"}]}`))
	}
	i.call("POST", version+"/ghost/resize", strings.Repeat(" ", maxBody+1))
	i.call("GET", base+"ghost", "")
	i.call("GET", jobs+"ghost", "")
	i.call("GET", list, "")
	i.call("GET", list+"?source_flavor_id=s3.medium.4&limit=2&sort_key=vcpus", "")
	i.call("POST", version, "{}")
	i.call("POST", version, strings.TrimSuffix(creationBody(""), "}")+`,"dry_run":true}`)
	got := i.call("POST", version, creationBody(`,"count":2`))
	i.walk(jobs, base+"ghost", got)
	i.call("GET", list+"?"+strings.Repeat("x", maxURI), "")
	i.call("GET", jobs+"x", "", "X-Long", strings.Repeat("x", maxHeaders))
	for range 1000 {
		i.do("GET", jobs+"x", "")
	}
	i.call("GET", jobs+"x", "")

	statuses := []string{"200", "400", "401", "404", "413", "415"}
	if len(d.Behaviour.DryRun) > 0 {
		statuses = append(statuses, "202")
	}
	for _, want := range statuses {
		if op := operationOf(d.Behaviour.Versions[0]); !i.visited[op+" "+want] {
			t.Errorf("the tour saw no %s of %s", want, op)
		}
	}
	for _, want := range []string{"showJob 200", "showJob 400", "showJob 429", "showJob 494", "showServer 200", "showServer 404", "listResizeFlavors 200",
		"listResizeFlavors 400", "listResizeFlavors 404", "listResizeFlavors 414", "batchStartOrStopServers 200", "deleteServers 200", "deleteServers 400",
		"createServers 200", "createServers 202", "createServers 400"} {
		if !i.visited[want] {
			t.Errorf("the tour saw no %s", want)
		}
	}
}

func operationOf(version string) string {
	return map[string]string{"v1.1": "resizeServer", "v1": "resizePostPaidServer"}[version]
}

// walk follows an accepted job to its end, with a look at the server on the way.
func (i *inspector) walk(jobs, server string, got reply) {
	i.t.Helper()
	job := got.text("job_id")
	if job == "" {
		return
	}
	for range 6 {
		i.call("GET", jobs+job, "")
		i.call("GET", server, "")
		i.pass(jobTook / 4)
	}
	if order := got.text("order_id"); order != "" && i.PayOrder(order) == nil {
		i.pass(2 * jobTook)
		i.call("GET", jobs+job, "")
	}
}

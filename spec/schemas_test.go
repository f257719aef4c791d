package spec_test

import (
	"maps"
	"slices"
	"strings"
)

const (
	resizePath   = "/v1.1/{project_id}/cloudservers/{server_id}/resize"
	resizeV1Path = "/v1/{project_id}/cloudservers/{server_id}/resize"
)

// verdict is a message and whether the schemas must take it for good; both libraries must agree.
type verdict struct {
	profile string
	what    string
	good    bool
	message
}

func resize(what string, good bool, body string) verdict {
	return verdict{profile: base, what: what, good: good, message: message{method: "post", path: resizePath, body: body}}
}

func resizeV1(profile, what string, good bool, body string) verdict {
	return verdict{profile: profile, what: what, good: good, message: message{method: "post", path: resizeV1Path, body: body}}
}

func resized(what string, good bool, status int, answer string) verdict {
	v := resize(what, good, `{"resize":{"flavorRef":"s3.large.2"}}`)
	v.status, v.answer = status, answer
	return v
}

func resizedWith(what string, good bool, name, value string) verdict {
	v := resized(what, good, 200, `{"job_id":"a"}`)
	v.answerHeader = map[string]string{name: value}
	return v
}

func job(what string, good bool, change func(map[string]string)) verdict {
	members := map[string]string{
		"status": `"RUNNING"`, "entities": `{}`, "job_id": `"1"`, "job_type": `"resizeServer"`, "begin_time": `"2026-01-01T00:00:00.000Z"`,
	}
	change(members)
	return verdict{profile: base, what: what, good: good, message: message{method: "get", path: "/v1/{project_id}/jobs/{job_id}", status: 200, answer: object(members)}}
}

func server(what string, good bool, change func(map[string]string)) verdict {
	members := map[string]string{
		"id": `"1"`, "name": `"a"`, "tenant_id": `"1"`, "status": `"SHUTOFF"`, "flavor": `{"id":"s3.large.2"}`, "metadata": `{}`,
		"created": `"2026-01-01T00:00:00Z"`, "updated": `"2026-01-01T00:00:00Z"`, "OS-EXT-STS:vm_state": `"stopped"`,
		"OS-EXT-AZ:availability_zone": `"az1"`,
	}
	change(members)
	return verdict{profile: base, what: what, good: good, message: message{
		method: "get", path: "/v1/{project_id}/cloudservers/{server_id}", status: 200, answer: `{"server":` + object(members) + `}`,
	}}
}

func flavor(what string, good bool, change func(map[string]string)) verdict {
	members := map[string]string{"id": `"f"`, "name": `"f"`, "vcpus": `"2"`, "ram": `4096`, "disk": `"0"`}
	change(members)
	return verdict{profile: base, what: what, good: good, message: message{
		method: "get", path: "/v1/{project_id}/cloudservers/resize_flavors", status: 200, answer: `{"flavors":[` + object(members) + `]}`,
	}}
}

func query(what string, good bool, query string) verdict {
	return verdict{profile: base, what: what, good: good, message: message{method: "get", path: "/v1/{project_id}/cloudservers/resize_flavors", query: query}}
}

func power(what string, good bool, body string) verdict {
	return verdict{profile: base, what: what, good: good, message: message{method: "post", path: "/v1/{project_id}/cloudservers/action", body: body}}
}

// set changes one member to a JSON value; drop removes it.
func set(name, value string) func(map[string]string) {
	return func(m map[string]string) { m[name] = value }
}

func drop(name string) func(map[string]string) { return func(m map[string]string) { delete(m, name) } }

func object(members map[string]string) string {
	var text []string
	for _, name := range slices.Sorted(maps.Keys(members)) {
		text = append(text, `"`+name+`":`+members[name])
	}
	return "{" + strings.Join(text, ",") + "}"
}

// verdicts lists what the schemas must tell apart.
func verdicts() []verdict {
	date := resize("a date that is no basic UTC time", false, `{"resize":{"flavorRef":"a"}}`)
	date.header = map[string]string{"X-Sdk-Date": "2026-01-01"}
	return append(editions(), []verdict{
		// Requests of v1.1.
		resize("resize missing", false, `{}`),
		resize("resize misspelt", false, `{"Resize":{"flavorRef":"a"}}`),
		resize("resize null", false, `{"resize":null}`),
		resize("resize an array", false, `{"resize":[]}`),
		resize("flavorRef missing", false, `{"resize":{}}`),
		resize("flavorRef a number", false, `{"resize":{"flavorRef":2}}`),
		resize("flavorRef null", false, `{"resize":{"flavorRef":null}}`),
		resize("flavorRef empty", false, `{"resize":{"flavorRef":""}}`),
		resize("flavorRef of one character", true, `{"resize":{"flavorRef":"2"}}`),
		resize("dry_run a string", false, `{"resize":{"flavorRef":"a"},"dry_run":"true"}`),
		resize("dry_run a number", false, `{"resize":{"flavorRef":"a"},"dry_run":1}`),
		resize("dry_run null", false, `{"resize":{"flavorRef":"a"},"dry_run":null}`),
		resize("dry_run false", true, `{"resize":{"flavorRef":"a"},"dry_run":false}`),
		resize("dry_run inside resize is an unknown member", true, `{"resize":{"flavorRef":"a","dry_run":"x"}}`),
		resize("dedicated_host_id a number", false, `{"resize":{"flavorRef":"a","dedicated_host_id":1}}`),
		resize("extendparam an array", false, `{"resize":{"flavorRef":"a","extendparam":[]}}`),
		resize("extendparam a string", false, `{"resize":{"flavorRef":"a","extendparam":"true"}}`),
		resize("isAutoPay true as a string", true, `{"resize":{"flavorRef":"a","extendparam":{"isAutoPay":"true"}}}`),
		resize("isAutoPay blank", true, `{"resize":{"flavorRef":"a","extendparam":{"isAutoPay":""}}}`),
		resize("isAutoPay a boolean", false, `{"resize":{"flavorRef":"a","extendparam":{"isAutoPay":true}}}`),
		resize("isAutoPay another word", false, `{"resize":{"flavorRef":"a","extendparam":{"isAutoPay":"yes"}}}`),
		resize("cpu_options a number", false, `{"resize":{"flavorRef":"a","cpu_options":2}}`),
		resize("threads 1", true, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":1}}}`),
		resize("threads 2", true, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":2}}}`),
		resize("threads 0", false, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":0}}}`),
		resize("threads 3", false, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":3}}}`),
		resize("threads 1.5", false, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":1.5}}}`),
		resize("threads a string", false, `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":"1"}}}`),
		resize("unknown members", true, `{"resize":{"flavorRef":"a","force":true,"mode":"withStopServer"},"trace":1}`),
		resize("an array instead of an object", false, `[]`),
		resize("null instead of an object", false, `null`),
		resize("no body", false, ``),
		date,

		// Requests of v1, and what editions change.
		resizeV1(base, "flavorRef missing", false, `{"resize":{}}`),
		resizeV1(base, "what v1.1 alone has is unknown here", true, `{"resize":{"flavorRef":"a","dedicated_host_id":1,"cpu_options":2}}`),
		resizeV1("cn", "cpu_options a number", false, `{"resize":{"flavorRef":"a","cpu_options":2}}`),
		resizeV1("cn", "mode a number", false, `{"resize":{"flavorRef":"a","mode":1}}`),
		resizeV1("cn", "mode", true, `{"resize":{"flavorRef":"a","mode":"withStopServer"}}`),
		resizeV1("otc", "dry_run a string", false, `{"resize":{"flavorRef":"a"},"dry_run":"true"}`),

		// Answers to a resize.
		resized("a job", true, 200, `{"job_id":"a"}`),
		resized("an order", true, 200, `{"order_id":"a"}`),
		resized("more than the reference names", true, 200, `{"job_id":"a","trace":{}}`),
		resized("neither job nor order", false, 200, `{}`),
		resized("an empty job id", false, 200, `{"job_id":""}`),
		resized("a job id that is a number", false, 200, `{"job_id":1}`),
		resized("a job id that is null", false, 200, `{"job_id":null,"order_id":"a"}`),
		resized("an order id that is empty", false, 200, `{"job_id":"a","order_id":""}`),
		resized("an error with 200", false, 200, `{"error":{"code":"Ecs.0005","message":"a"}}`),
		resized("a passed dry run", true, 202, `{}`),
		resized("a delayed resize", true, 202, `{"job_id":"a"}`),
		resized("a delayed resize with an empty job id", false, 202, `{"job_id":""}`),
		resized("flow control", true, 202, `{"error":{"code":"Common.0024","message":"a"}}`),
		resized("flow control without a code", false, 202, `{"error":{"message":"a"}}`),
		resized("a status that is not documented", false, 204, ``),
		resized("another status that is not documented", false, 418, `{"error":{"code":"Ecs.0005","message":"a"}}`),

		resizedWith("no request id", false, "X-Request-Id", ""),
		resizedWith("a request id of another form", true, "X-Request-Id", "req-1"),
		resizedWith("no media type", false, "Content-Type", ""),
		resizedWith("another media type", false, "Content-Type", "text/plain"),
		resizedWith("a charset", true, "Content-Type", "application/json;charset=UTF-8"),

		// Errors: every envelope, and nothing else.
		resized("the service's error", true, 400, `{"error":{"code":"Ecs.0005","message":"a"}}`),
		resized("with details", true, 400, `{"error":{"code":"Ecs.0005","message":"a","details":[{"code":"Ecs.0057"}]}}`),
		resized("with the errors of a batch", true, 400, `{"error":{"code":"Ecs.0611","message":"a"},"internalError":[{"id":"1","error_code":"Ecs.0100","error_message":"a"}]}`),
		resized("denied by a policy", true, 403, `{"error":{"code":"Pdp.0001","message":"a"},"encoded_authorization_message":"a"}`),
		resized("the gateway's error", true, 401, `{"error_code":"APIGW.0301","error_msg":"a","request_id":"a"}`),
		resized("the gateway's error without request_id", true, 401, `{"error_code":"APIGW.0301","error_msg":"a"}`),
		resized("the identity service's error", true, 401, `{"error":{"code":401,"message":"a","title":"Unauthorized"}}`),
		resized("a bare error", true, 400, `{"code":"Common.0011","message":"a"}`),
		resized("an empty code", false, 400, `{"error":{"code":"","message":"a"}}`),
		resized("an empty message", false, 400, `{"error":{"code":"Ecs.0005","message":""}}`),
		resized("no code", false, 400, `{"error":{"message":"a"}}`),
		resized("a code of the gateway with a message of the service", false, 401, `{"error_code":"APIGW.0301","message":"a"}`),
		resized("an error that is a string", false, 400, `{"error":"a"}`),
		resized("an empty object", false, 500, `{}`),
		resized("an array", false, 500, `[]`),
		resized("the old gateway's error, which another edition has", false, 401, `{"message":"a","request_id":"a"}`),
		{profile: "otc", what: "the old gateway's error", good: true, message: message{
			method: "post", path: resizeV1Path, body: `{"resize":{"flavorRef":"a"}}`, status: 401, answer: `{"message":"a","request_id":"a"}`,
		}},

		// Jobs.
		job("the least a job says", true, func(map[string]string) {}),
		job("a status that is not documented", false, set("status", `"DONE"`)),
		job("a status in lower case", false, set("status", `"success"`)),
		job("waiting for payment", true, set("status", `"PENDING_PAYMENT"`)),
		job("no status", false, drop("status")),
		job("no entities", false, drop("entities")),
		job("no job_id", false, drop("job_id")),
		job("entities an array", false, set("entities", `[]`)),
		job("a server id that is a number", false, set("entities", `{"server_id":1}`)),
		job("an empty end_time", true, set("end_time", `""`)),
		job("end_time null", true, set("end_time", `null`)),
		job("end_time without milliseconds", false, set("end_time", `"2026-01-01T00:00:38Z"`)),
		job("end_time in another zone", false, set("end_time", `"2026-01-01T00:00:38.000+08:00"`)),
		job("end_time of a 13th month", false, set("end_time", `"2026-13-01T00:00:38.000Z"`)),
		job("begin_time null", false, set("begin_time", `null`)),
		job("an error code that is null", true, set("error_code", `null`)),
		job("an error code that is a number", false, set("error_code", `207`)),
		job("a child that waits for payment", false, set("entities", `{"sub_jobs":[{"status":"PENDING_PAYMENT"}]}`)),

		// Servers.
		server("the least a server says", true, func(map[string]string) {}),
		server("no flavor", false, drop("flavor")),
		server("a flavor without id", false, set("flavor", `{}`)),
		server("a flavor whose ram is a number", false, set("flavor", `{"id":"a","ram":2048}`)),
		server("a status that is not documented", false, set("status", `"STOPPED"`)),
		server("task_state null", true, set("OS-EXT-STS:task_state", `null`)),
		server("task_state a number", false, set("OS-EXT-STS:task_state", `0`)),
		server("threads null", true, set("cpu_options", `{"hw:cpu_threads":null}`)),
		server("threads a string", false, set("cpu_options", `{"hw:cpu_threads":"1"}`)),
		server("a billing mode that is not documented", false, set("metadata", `{"charging_mode":"3"}`)),
		server("metadata that is no string", false, set("metadata", `{"a":1}`)),
		server("a dedicated host as a string", false, set("os:scheduler_hints", `{"dedicated_host_id":"a"}`)),
		server("locked as a string", false, set("locked", `"false"`)),

		// Flavors.
		flavor("vcpus and disk as strings", true, func(map[string]string) {}),
		flavor("vcpus as a number", true, set("vcpus", `2`)),
		flavor("vcpus as a fraction", false, set("vcpus", `2.5`)),
		flavor("vcpus null", false, set("vcpus", `null`)),
		flavor("ram as a string", false, set("ram", `"4096"`)),
		flavor("extra_specs an array", false, set("extra_specs", `[]`)),
		flavor("extra_specs with a number", false, set("extra_specs", `{"hw:cpu_threads":2}`)),
		flavor("extra_specs with an unknown key", true, set("extra_specs", `{"quota:gpu":"1"}`)),
		query("all selectors", true, "?instance_uuid=a&source_flavor_id=b&source_flavor_name=c"),
		query("an unknown sort_key", false, "?instance_uuid=a&sort_key=price"),
		query("an unknown sort_dir", false, "?instance_uuid=a&sort_dir=up"),
		query("limit a word", false, "?instance_uuid=a&limit=all"),
		query("limit 1", true, "?instance_uuid=a&limit=1"),

		// Starting and stopping.
		power("neither start nor stop", false, `{}`),
		power("start and stop", false, `{"os-start":{"servers":[{"id":"1"}]},"os-stop":{"servers":[{"id":"1"}]}}`),
		power("stop without servers", false, `{"os-stop":{}}`),
		power("stop nobody", false, `{"os-stop":{"servers":[]}}`),
		power("stop softly", true, `{"os-stop":{"servers":[{"id":"1"}],"type":"SOFT"}}`),
		power("stop in an unknown way", false, `{"os-stop":{"servers":[{"id":"1"}],"type":"KILL"}}`),
	}...)
}

// editions try, in each edition that is not the base, whether a job can wait for payment, and a member that not all of them have.
func editions() []verdict {
	var all []verdict
	for _, e := range []struct {
		profile          string
		pending          bool
		path, what, body string
		good             bool
	}{
		{"ae-ad-1", false, resizePath, "threads that nobody knows", `{"resize":{"flavorRef":"a","cpu_options":7}}`, true},
		{"cloud-ru", true, resizePath, "a host that is a number", `{"resize":{"flavorRef":"a","dedicated_host_id":7}}`, false},
		{"cn", true, resizeV1Path, "threads beyond the range", `{"resize":{"flavorRef":"a","cpu_options":{"hw:cpu_threads":3}}}`, false},
		{"en-old", true, resizePath, "a dry run that nobody knows", `{"resize":{"flavorRef":"a"},"dry_run":"x"}`, true},
		{"eu", true, resizePath, "a dry run that is a string", `{"resize":{"flavorRef":"a"},"dry_run":"x"}`, false},
		{"flexible-engine", false, resizeV1Path, "a mode that nobody knows", `{"resize":{"flavorRef":"a","mode":7}}`, true},
		{"hcs", true, resizePath, "a host that nobody knows", `{"resize":{"flavorRef":"a","dedicated_host_id":7}}`, true},
		{"intl-2022", true, resizePath, "threads that nobody knows", `{"resize":{"flavorRef":"a","cpu_options":7}}`, true},
		{"my-kualalumpur-1", false, resizePath, "a payment that is a boolean", `{"resize":{"flavorRef":"a","extendparam":{"isAutoPay":true}}}`, false},
		{"otc", false, resizeV1Path, "a mode that nobody knows", `{"resize":{"flavorRef":"a","mode":7}}`, true},
		{"swiss", false, resizeV1Path, "a mode that is a number", `{"resize":{"flavorRef":"a","mode":7}}`, false},
		{"tr-central-201", false, resizeV1Path, "a mode that is a number", `{"resize":{"flavorRef":"a","mode":7}}`, false},
	} {
		all = append(all, verdict{profile: e.profile, what: "a job that waits for payment", good: e.pending, message: message{
			method: "get", path: "/v1/{project_id}/jobs/{job_id}", status: 200,
			answer: `{"status":"PENDING_PAYMENT","entities":{},"job_id":"1","job_type":"a","begin_time":""}`,
		}}, verdict{profile: e.profile, what: e.what, good: e.good, message: message{method: "post", path: e.path, body: e.body}})
	}
	return all
}

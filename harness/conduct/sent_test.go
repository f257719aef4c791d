package conduct

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"resize-conformance/harness/driver"
)

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
		{"escaped, and a slash too many", odd("1/2"), []message{get("GET /v1/" + project + "/cloudservers/1%2F2/")}, "001!"},
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

// Command go is a complete driver, standard library only. It offers two operations, one request after the other; a client of yours takes the place of perform.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

type object = map[string]any

func text(v any) string { return strings.TrimPrefix(fmt.Sprint(v), "<nil>") }

// perform is what the user's program would do with the client, and what it would be told.
func perform(r object) (string, any) {
	in := func(version, what, id string) string {
		return text(r["endpoint"]) + "/" + version + "/" + url.PathEscape(text(r["project_id"])) + "/" + what + "/" + url.PathEscape(text(r[id]))
	}
	method, at, body := "GET", in("v1", "jobs", "job_id"), []byte(nil)
	if r["op"] == "resizeServer" {
		params := r["params"].(object)
		sent := object{"resize": object{"flavorRef": params["flavor_ref"]}}
		if dry, asked := params["dry_run"]; asked {
			sent["dry_run"] = dry
		}
		method, at = "POST", in("v1.1", "cloudservers", "server_id")+"/resize"
		body, _ = json.Marshal(sent)
	}
	req, err := http.NewRequest(method, at, bytes.NewReader(body))
	if err != nil {
		return "error", object{"kind": "validation", "message": err.Error()}
	}
	req.Header = http.Header{"Content-Type": {"application/json"}, "X-Auth-Token": {text(r["credentials"].(object)["token"])}}
	limit, _ := r["timeout_ms"].(float64)
	resp, err := (&http.Client{Timeout: time.Duration(limit) * time.Millisecond, CheckRedirect: stay}).Do(req)
	var answer []byte
	if err == nil {
		defer resp.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	}
	if err != nil {
		return "error", object{"kind": map[bool]string{true: "timeout", false: "network"}[os.IsTimeout(err)], "message": err.Error()}
	}
	var told object
	err = json.Unmarshal(answer, &told)
	failure, failed := told["error"].(object) // the service's; 202 may come with one, too
	if !failed {
		failure = object{"code": told["error_code"], "message": told["error_msg"]} // a gateway's
	}
	switch {
	case resp.StatusCode/100 != 2 || failed:
		return "error", object{"kind": "api", "status": resp.StatusCode,
			"code": cmp.Or(text(failure["code"]), text(told["code"])), "message": cmp.Or(text(failure["message"]), text(told["message"]))}
	case len(answer) == 0 && resp.StatusCode != 200: // accepted, and nothing more to say
		return "result", object{}
	case err != nil || told == nil:
		return "error", object{"kind": "decode", "message": fmt.Sprintf("wanted an object: %v", err)}
	case r["op"] == "showJob":
		return "result", object{"job": object{"id": told["job_id"], "status": told["status"], "error_code": told["error_code"], "fail_reason": told["fail_reason"]}}
	}
	return "result", object{"job_id": told["job_id"], "order_id": told["order_id"]}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func main() {
	fmt.Println(`{"protocol":1,"name":"example-go","version":"1","operations":{"resizeServer":["dry_run"],"showJob":[]},"credentials":["token"],"timeout":true}`)
	for in, r := json.NewDecoder(os.Stdin), (object{}); in.Decode(&r) == nil; r = (object{}) { // until the input ends
		kind, told := perform(r)
		_ = json.NewEncoder(os.Stdout).Encode(object{"id": r["id"], kind: told})
	}
}

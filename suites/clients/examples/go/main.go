// Command go is a complete driver, standard library only. It offers two operations, one request after the other; a client of yours takes the place of perform.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"time"
)

type request struct {
	ID, Op, Endpoint string
	Credentials      struct{ Token string }
	ProjectID        string `json:"project_id"`
	ServerID         string `json:"server_id"`
	JobID            string `json:"job_id"`
	TimeoutMS        int64  `json:"timeout_ms"`
	Params           object
}

type object = map[string]any

// perform is what the user's program would do with the client, and what it would be told.
func perform(r request) (string, any) {
	method, path, body := "GET", "/v1/"+url.PathEscape(r.ProjectID)+"/jobs/"+url.PathEscape(r.JobID), []byte(nil)
	if r.Op == "resizeServer" {
		method, path = "POST", "/v1.1/"+url.PathEscape(r.ProjectID)+"/cloudservers/"+url.PathEscape(r.ServerID)+"/resize"
		sent := object{"resize": object{"flavorRef": r.Params["flavor_ref"]}}
		if dry, asked := r.Params["dry_run"]; asked {
			sent["dry_run"] = dry
		}
		body, _ = json.Marshal(sent)
	}
	req, err := http.NewRequest(method, r.Endpoint+path, bytes.NewReader(body))
	if err != nil {
		return "error", object{"kind": "validation", "message": err.Error()}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Auth-Token", r.Credentials.Token)
	client := http.Client{Timeout: time.Duration(r.TimeoutMS) * time.Millisecond,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	var answer []byte
	if err == nil {
		defer resp.Body.Close()
		answer, err = io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	}
	if err != nil {
		return "error", object{"kind": map[bool]string{true: "timeout", false: "network"}[os.IsTimeout(err)], "message": err.Error()}
	}
	var told struct {
		JobID   *string `json:"job_id"`
		OrderID *string `json:"order_id"`
		Status  *string
		Error   struct{ Code, Message string }
	}
	err = json.Unmarshal(answer, &told)
	switch {
	case resp.StatusCode < 200 || resp.StatusCode > 299:
		return "error", object{"kind": "api", "status": resp.StatusCode, "code": told.Error.Code, "message": told.Error.Message}
	case err != nil:
		return "error", object{"kind": "decode", "message": err.Error()}
	case r.Op == "showJob":
		return "result", object{"job": object{"id": told.JobID, "status": told.Status}}
	}
	return "result", object{"job_id": told.JobID, "order_id": told.OrderID}
}

func main() {
	fmt.Println(`{"protocol":1,"name":"example-go","version":"1","operations":{"resizeServer":["dry_run"],"showJob":[]},"credentials":["token"],"timeout":true}`)
	for in, r := json.NewDecoder(os.Stdin), (request{}); in.Decode(&r) == nil; r = (request{}) { // until the input ends
		kind, told := perform(r)
		_ = json.NewEncoder(os.Stdout).Encode(object{"id": r.ID, kind: told})
	}
}

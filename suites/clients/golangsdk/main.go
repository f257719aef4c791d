// Command golangsdk is the driver of github.com/chnsz/golangsdk, the SDK of the vendor's Terraform provider. It hands each request to the SDK as a program of a
// user's would, with the SDK's defaults, and tells what the SDK told; see suites/clients/examples for the protocol.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

const hello = `{"protocol":1,"name":"golangsdk","version":"0.0.0-20260514121205-83ad1d270e52","operations":{` +
	`"resizeServer":["auto_pay","mode"],"resizePostPaidServer":["auto_pay","mode"],"showJob":[],"waitForJob":[],"showServer":[],` +
	`"batchStartServers":["type","several"],"batchStopServers":["type","several"]},` +
	`"credentials":["token","access_key","security_token","none"],"timeout":true,"in_flight":16}`

// request is one line of input. What is absent is empty, which is how the SDK's own options say that they are not given.
type request struct {
	ID          string `json:"id"`
	Op          string `json:"op"`
	Endpoint    string `json:"endpoint"`
	Credentials struct {
		Token         string `json:"token"`
		AccessKey     string `json:"access_key"`
		SecretKey     string `json:"secret_key"`
		SecurityToken string `json:"security_token"`
	} `json:"credentials"`
	ProjectID string `json:"project_id"`
	ServerID  string `json:"server_id"`
	JobID     string `json:"job_id"`
	TimeoutMS int64  `json:"timeout_ms"`
	Params    struct {
		FlavorRef string   `json:"flavor_ref"`
		AutoPay   *bool    `json:"auto_pay"`
		Mode      string   `json:"mode"`
		ServerIDs []string `json:"server_ids"`
		Type      string   `json:"type"`
	} `json:"params"`
}

type object = map[string]any

func main() {
	work := serve
	if len(os.Args) > 1 && os.Args[1] == apart {
		work = serveOne
	}
	if err := work(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve answers requests as they come, each in its own time, until the input ends.
func serve(in io.Reader, out io.Writer) error {
	os.Stdout = os.Stderr // what the SDK prints is no part of the protocol
	if _, err := fmt.Fprintln(out, hello); err != nil {
		return err
	}
	var writing sync.Mutex
	var underWay sync.WaitGroup
	defer underWay.Wait()
	for lines := json.NewDecoder(in); ; {
		var r request
		if err := lines.Decode(&r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("a request: %w", err)
		}
		underWay.Go(func() {
			line := object{}
			if r.Op == "waitForJob" {
				line = performApart(r)
			} else {
				line = perform(r, call)
			}
			line["id"] = r.ID
			writing.Lock()
			defer writing.Unlock()
			if err := json.NewEncoder(out).Encode(line); err != nil {
				fmt.Fprintln(os.Stderr, "a response:", err)
			}
		})
	}
}

// perform makes a call of the SDK. Where the SDK panics, its user's program ends there; the driver goes on.
func perform(r request, call func(request) (object, error)) (line object) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(os.Stderr, "panic: %v\n%s", p, debug.Stack())
			line = object{"error": object{"kind": "other", "message": fmt.Sprintf("panic: %v", p)}}
		}
	}()
	result, err := call(r)
	if err != nil {
		return object{"error": told(err)}
	}
	return object{"result": result}
}

// Command huaweicloud-sdk-go-v3 is the driver of the SDK of that name. It hands each request to the SDK as a program of a user's would, with the SDK's defaults,
// and tells what the SDK told; see suites/clients/examples for the protocol.
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

const hello = `{"protocol":1,"name":"huaweicloud-sdk-go-v3","version":"0.1.207","operations":{` +
	`"resizeServer":["dedicated_host_id","auto_pay","mode","cpu_threads","dry_run"],"resizePostPaidServer":["mode","cpu_threads","dry_run"],` +
	`"showJob":[],"showServer":[],` +
	`"listResizeFlavors":["instance_uuid","source_flavor_id","source_flavor_name","sort_key","sort_dir","limit","marker"],` +
	`"batchStartServers":["several"],"batchStopServers":["type","several"]},` +
	`"credentials":["access_key","security_token"],"timeout":true,"in_flight":16}`

// request is one line of input. What is absent is nil, and is not given to the SDK.
type request struct {
	ID, Op, Endpoint string
	Credentials      struct {
		AccessKey     string `json:"access_key"`
		SecretKey     string `json:"secret_key"`
		SecurityToken string `json:"security_token"`
	}
	ProjectID string `json:"project_id"`
	ServerID  string `json:"server_id"`
	JobID     string `json:"job_id"`
	TimeoutMS int64  `json:"timeout_ms"`
	Params    struct {
		FlavorRef        string   `json:"flavor_ref"`
		DedicatedHostID  *string  `json:"dedicated_host_id"`
		AutoPay          *bool    `json:"auto_pay"`
		Mode             *string  `json:"mode"`
		CPUThreads       *int64   `json:"cpu_threads"`
		DryRun           *bool    `json:"dry_run"`
		ServerIDs        []string `json:"server_ids"`
		Type             *string  `json:"type"`
		InstanceUUID     *string  `json:"instance_uuid"`
		SourceFlavorID   *string  `json:"source_flavor_id"`
		SourceFlavorName *string  `json:"source_flavor_name"`
		SortKey          *string  `json:"sort_key"`
		SortDir          *string  `json:"sort_dir"`
		Limit            *int64   `json:"limit"`
		Marker           *string  `json:"marker"`
	}
}

type object = map[string]any

func main() {
	// The SDK writes ~/.huaweicloud/application_id when it is first used; that is not to be in the home of whoever runs this.
	home, err := os.MkdirTemp("", "huaweicloud-sdk-go-v3-")
	if err == nil {
		err = os.Setenv("HOME", home)
	}
	if err == nil {
		err = serve(os.Stdin, os.Stdout)
	}
	if err := errors.Join(err, os.RemoveAll(home)); err != nil {
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
			line := perform(r, call)
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

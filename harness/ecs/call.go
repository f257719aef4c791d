package ecs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Operation names an operation by its operationId. Start and stop share one path and one operation of the contract (batchStartOrStopServers); a client
// has two, as the vendor's SDKs do.
type Operation string

// The operations.
const (
	ResizeServer         Operation = "resizeServer"         // POST /v1.1/{project_id}/cloudservers/{server_id}/resize
	ResizePostPaidServer Operation = "resizePostPaidServer" // POST /v1/{project_id}/cloudservers/{server_id}/resize
	ShowJob              Operation = "showJob"              // GET /v1/{project_id}/jobs/{job_id}
	ListResizeFlavors    Operation = "listResizeFlavors"    // GET /v1/{project_id}/cloudservers/resize_flavors
	ShowServer           Operation = "showServer"           // GET /v1/{project_id}/cloudservers/{server_id}
	StartServers         Operation = "batchStartServers"    // POST /v1/{project_id}/cloudservers/action, os-start
	StopServers          Operation = "batchStopServers"     // POST /v1/{project_id}/cloudservers/action, os-stop
	CreateServers        Operation = "createServers"        // POST /v1.1/{project_id}/cloudservers
	DeleteServers        Operation = "deleteServers"        // POST /v1/{project_id}/cloudservers/delete
	WaitForJob           Operation = "waitForJob"           // showJob until the job is over, in the client's own way: only a client under test has it
	ListServers          Operation = "listServersDetails"   // GET /v1/{project_id}/cloudservers/detail; no contract describes it
	ListFlavors          Operation = "listFlavors"          // GET /v1/{project_id}/cloudservers/flavors; no contract describes it
	Unnamed              Operation = ""                     // Raw.Method and Raw.Path say it all
)

// Performer carries out calls: the built-in client, or the driver of an external one.
type Performer interface {
	// Perform gives the answer, or the answer as far as it came and an error. *NotExpressible: this client cannot make that call.
	Perform(ctx context.Context, c Call) (*Answer, error)
}

// Call is one operation to perform, as data.
type Call struct {
	Operation   Operation
	ProjectID   string
	ServerID    string
	JobID       string
	Query       url.Values // the selectors of a list
	Params      any        // the request in its typed form: Resize, Power, Create, Delete; nil when the operation has no body
	Credentials Credentials
	Anonymous   bool          // send no credentials
	Malformed   string        // why the request breaks the contract on purpose
	Timeout     time.Duration // of this exchange; 0: Timeouts.Request
	Given       time.Duration // how long a client under test may take when Timeout is 0, whether or not it can be told
	Grace       time.Duration // how much longer a client under test is waited for; 0: External.Grace
	Interval    time.Duration // of WaitForJob: the pause between two looks; 0: the client's own
	Patient     bool          // a read that is repeated while the target is busy; see Patient
	Outside     bool          // of something that the contract does not describe
	Raw         Raw
}

// Raw is what only a client that composes its own bytes can do. The zero value changes nothing.
type Raw struct {
	Method   string
	Path     string // escaped, below the endpoint
	Query    string // raw, without "?"
	HasQuery bool   // Query is meant, even when empty
	Body     []byte
	HasBody  bool   // Body is meant, even when empty
	Suffix   []byte // sent after the body, e.g. a newline
	Chunked  bool   // send the body without Content-Length

	Set     http.Header // headers that replace those of the client; "Host" too
	Add     http.Header // headers sent in addition, duplicates included
	Without []string    // headers not sent

	SignedAt      time.Time // X-Sdk-Date
	Scope         *Scope    // the Credential= form of Authorization
	SignedHeaders []string  // exactly these headers are signed; nil: the usual ones
	SignedBody    []byte    // the body that is signed, when another is sent
	HasSignedBody bool
}

// Scope is the region and service of the Credential= form; either may be empty.
type Scope struct{ Region, Service string }

// Wishes lists what a call asks for that goes beyond the operation and its parameters, in words. A performer that cannot grant one of them answers
// *NotExpressible with the list.
func (c Call) Wishes() []string {
	var all []string
	add := func(wanted bool, what string) {
		if wanted {
			all = append(all, what)
		}
	}
	r := c.Raw
	add(c.Operation == Unnamed, "a request that is no operation of the contract")
	add(r.Method != "" && c.Operation != Unnamed, "another method")
	add(r.Path != "" && c.Operation != Unnamed, "another path")
	add(r.HasQuery, "a raw query")
	add(r.HasBody || len(r.Suffix) > 0, "a raw body")
	add(r.Chunked, "chunked transfer")
	add(len(r.Set)+len(r.Add) > 0, "headers of its own")
	add(len(r.Without) > 0, "a header left out")
	add(!r.SignedAt.IsZero(), "another time of signing")
	add(r.Scope != nil, "the Credential= form of Authorization")
	add(r.SignedHeaders != nil, "a choice of signed headers")
	add(r.HasSignedBody, "a body changed after signing")
	return all
}

// NotExpressible says that a client cannot make a call: the scenario does not apply to it.
type NotExpressible struct {
	Operation Operation
	What      []string
}

func (e *NotExpressible) Error() string {
	name := string(e.Operation)
	if name == "" {
		name = "a raw request"
	}
	return fmt.Sprintf("this client cannot send %s with %s", name, strings.Join(e.What, " and "))
}

// Package driver is how a client under test is driven: an external program that performs one call after the other and says what its user would be told.
//
// The protocol is lines of JSON. When a driver starts, it writes one line about itself (Hello). From then on it reads one Request a line from its standard
// input and writes one Response a line to its standard output, until its input ends; then it ends too. What it writes to standard error is kept as evidence.
//
// A driver decides nothing: it hands the request to its client and tells what the client told. Whether that is right is judged elsewhere, by what the client
// sent and by what its user was told. What is wrong with the driver itself (no hello, garbage, silence, an end before its time) is a *Failure and never a
// verdict on the client.
package driver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/nearest"
)

// Protocol is the version of the protocol that is spoken here. A driver learns it from the environment variable ProtocolVariable too.
const Protocol = 1

// ProtocolVariable names the environment variable in which a driver finds the version of the protocol.
const ProtocolVariable = "CONFORMANCE_DRIVER_PROTOCOL"

// Client is a client under test: the driver of an external one, or one in process. It is safe for concurrent use.
type Client interface {
	// Hello is what the client says it can do. It is the same all the time.
	Hello() Hello
	// Do performs one request and gives what the user of the client would be told, be it a result or an error. More requests at a time than
	// Hello().InFlight wait for each other. An error of Do itself is about the driver: a *Failure when it did not keep the protocol, the cause of ctx when
	// that ended first. The response is then empty.
	Do(ctx context.Context, r Request) (Response, error)
	// Close ends the client and everything it started. It may be called more than once.
	Close() error
}

// Operation names what a client is asked to do: the operationId of the contract, or waitForJob. Start and stop are two, as in the published SDKs.
type Operation string

// The operations.
const (
	ResizeServer         Operation = "resizeServer"         // resize, v1.1
	ResizePostPaidServer Operation = "resizePostPaidServer" // resize, v1
	ShowJob              Operation = "showJob"              // ask once how a job is doing
	WaitForJob           Operation = "waitForJob"           // ask until the job is over, in the client's own way
	ShowServer           Operation = "showServer"
	ListResizeFlavors    Operation = "listResizeFlavors"
	StartServers         Operation = "batchStartServers"
	StopServers          Operation = "batchStopServers"
)

// Operations lists all operations, the resize first.
func Operations() []Operation {
	return []Operation{ResizeServer, ResizePostPaidServer, ShowJob, WaitForJob, ShowServer, ListResizeFlavors, StartServers, StopServers}
}

// Option names what a client can be asked for beyond the bare operation: a member of Params, or Several.
type Option string

// The options. Which of them an operation has is told by OptionsOf.
const (
	OptionDedicatedHost    Option = "dedicated_host_id"
	OptionAutoPay          Option = "auto_pay"
	OptionMode             Option = "mode"
	OptionCPUThreads       Option = "cpu_threads"
	OptionDryRun           Option = "dry_run"
	OptionType             Option = "type"
	OptionSeveral          Option = "several" // more than one id in server_ids
	OptionInstance         Option = "instance_uuid"
	OptionSourceFlavorID   Option = "source_flavor_id"
	OptionSourceFlavorName Option = "source_flavor_name"
	OptionSortKey          Option = "sort_key"
	OptionSortDir          Option = "sort_dir"
	OptionLimit            Option = "limit"
	OptionMarker           Option = "marker"
	OptionInterval         Option = "interval_ms"
)

// OptionsOf lists the options that an operation may have, nil for an unknown operation.
func OptionsOf(o Operation) []Option {
	switch o {
	case ResizeServer, ResizePostPaidServer:
		return []Option{OptionDedicatedHost, OptionAutoPay, OptionMode, OptionCPUThreads, OptionDryRun}
	case StartServers, StopServers:
		return []Option{OptionType, OptionSeveral}
	case ListResizeFlavors:
		return []Option{OptionInstance, OptionSourceFlavorID, OptionSourceFlavorName, OptionSortKey, OptionSortDir, OptionLimit, OptionMarker}
	case WaitForJob:
		return []Option{OptionInterval}
	case ShowJob, ShowServer:
		return []Option{}
	}
	return nil
}

// CredentialKind names a way in which a client can be given credentials.
type CredentialKind string

// The kinds of credentials.
const (
	WithToken         CredentialKind = "token"          // a token, sent as X-Auth-Token
	WithAccessKey     CredentialKind = "access_key"     // an access key and its secret key
	WithSecurityToken CredentialKind = "security_token" // a temporary access key, its secret key and its security token
	WithNone          CredentialKind = "none"           // the client can be made to send none
)

// CredentialKinds lists the kinds.
func CredentialKinds() []CredentialKind {
	return []CredentialKind{WithToken, WithAccessKey, WithSecurityToken, WithNone}
}

// Hello is the first line of a driver.
type Hello struct {
	Protocol int    `json:"protocol"` // Protocol
	Name     string `json:"name"`     // of the client, not of the driver: "huaweicloud-sdk-go-v3"
	Version  string `json:"version"`  // of the client
	// Operations are those that the client has, each with the options it can be asked for. What is not here is not asked of it, and not held against it.
	Operations map[Operation][]Option `json:"operations"`
	// Credentials are the kinds that it can be given; at least one.
	Credentials []CredentialKind `json:"credentials"`
	// Timeout says that the client has a time limit of its own, which is set from each request's timeout_ms.
	Timeout bool `json:"timeout,omitzero"`
	// Whole says that a resize of this client is the whole change, as a tool makes it that is told how a server shall be: it looks at the server first, and comes back
	// when the job is over. Its user is told of no job and no order.
	Whole bool `json:"whole,omitzero"`
	// InFlight is how many requests it can perform at a time; 0 means 1.
	InFlight int `json:"in_flight,omitzero"`
}

// MaxInFlight bounds Hello.InFlight.
const MaxInFlight = 1024

// Concurrency is InFlight, at least 1.
func (h Hello) Concurrency() int { return max(1, h.InFlight) }

// Has says whether the client has the operation with all these options.
func (h Hello) Has(o Operation, options ...Option) bool {
	declared, ok := h.Operations[o]
	for _, option := range options {
		ok = ok && slices.Contains(declared, option)
	}
	return ok
}

// Takes says whether the client can be given such credentials.
func (h Hello) Takes(k CredentialKind) bool { return slices.Contains(h.Credentials, k) }

// String is the client in a few words: "huaweicloud-sdk-go-v3 0.1.207".
func (h Hello) String() string { return strings.TrimSpace(h.Name + " " + h.Version) }

// Problems lists what is wrong with a hello, nil when nothing is. Operations, options and kinds of credentials that are not known here are among it.
func (h Hello) Problems() []string {
	var all []string
	add := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if h.Protocol != Protocol {
		add("protocol: wanted %d, got %d", Protocol, h.Protocol)
	}
	if strings.TrimSpace(h.Name) == "" {
		add("name: wanted the client's name, got nothing")
	}
	if strings.TrimSpace(h.Version) == "" {
		add("version: wanted the client's version, got nothing")
	}
	if len(h.Operations) == 0 {
		add("operations: wanted at least one of %s, got none", join(Operations()))
	}
	for _, o := range sorted(h.Operations) {
		known := OptionsOf(o)
		if known == nil {
			add("operations: %q is none%s", o, meant(o, Operations()))
			continue
		}
		for _, option := range h.Operations[o] {
			if !slices.Contains(known, option) {
				add("operations: %s has no option %q%s", o, option, meant(option, known))
			}
		}
	}
	if len(h.Credentials) == 0 {
		add("credentials: wanted at least one of %s, got none", join(CredentialKinds()))
	}
	for _, k := range h.Credentials {
		if !slices.Contains(CredentialKinds(), k) {
			add("credentials: %q is none%s", k, meant(k, CredentialKinds()))
		}
	}
	if h.InFlight < 0 || h.InFlight > MaxInFlight {
		add("in_flight: wanted 0 to %d, got %d", MaxInFlight, h.InFlight)
	}
	return all
}

// meant is the name that was probably meant, or all there are.
func meant[T ~string](got T, known []T) string {
	names := make([]string, len(known))
	for i, k := range known {
		names[i] = string(k)
	}
	return cmp.Or(nearest.Hint(string(got), names), "; there are "+join(known))
}

func join[T ~string](names []T) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}

func sorted[V any](m map[Operation]V) []Operation {
	keys := make([]Operation, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

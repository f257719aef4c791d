package interop

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestEnvelopes serves errors in each envelope that `conformance serve` knows and says what comes out of the SDKs. What huaweicloud-sdk-go-v3 gives is its
// own decoding. golangsdk hands on the body; there it says that all of it arrives.
func TestEnvelopes(t *testing.T) {
	const (
		nowhere = "00000000-0000-4000-8000-000000000000"
		missing = "Instance[" + nowhere + "] could not be found."
		stopped = "The ECS must be stopped for this operation."
	)
	unknownServer := func(t *testing.T, c *cloud, connect connector) error {
		_, err := connect(t, c, c.accessKey()).resize("v1.1", nowhere, c.Flavors.Target, options{})
		return err
	}
	runningServer := func(t *testing.T, c *cloud, connect connector) error {
		_, err := connect(t, c, c.accessKey()).resize("v1.1", c.server(t, "running"), c.Flavors.Target, options{})
		return err
	}
	unknownKey := func(t *testing.T, c *cloud, connect connector) error {
		_, err := connect(t, c, credentials{projectID: c.ProjectID, accessKey: "UNKNOWNACCESSKEY", secretKey: "any"}).server(nowhere)
		return err
	}
	deniedKey := func(t *testing.T, c *cloud, connect connector) error {
		_, err := connect(t, c, c.accessKey()).resize("v1.1", c.server(t, "stopped"), c.Flavors.Target, options{})
		return err
	}
	for _, test := range []struct {
		envelope string
		state    string // file of testdata
		provoke  func(*testing.T, *cloud, connector) error
		status   int
		code     string
		message  string // "": any
		details  []string
		denial   bool
		// undecoded says that huaweicloud-sdk-go-v3 finds no code, and gives the whole body for a message. That is its behaviour, and not asserted to be right.
		undecoded bool
	}{
		{envelope: "service", provoke: unknownServer, status: 404, code: "Ecs.0114", message: missing},
		{envelope: "service", state: "denied-key.yaml", provoke: deniedKey, status: 403, code: "Pdp.0001", denial: true},
		// The reason is in the details only: who looks at the code alone takes it for a request that is malformed.
		{envelope: "details", provoke: unknownServer, status: 404, code: "Ecs.0005", details: []string{"Ecs.0114"}},
		{envelope: "details", provoke: runningServer, status: 400, code: "Ecs.0005", details: []string{"Ecs.0100"}},
		// Nova's reason is JSON in the message, which neither SDK looks into.
		{envelope: "nested", provoke: runningServer, status: 400, code: "Ecs.1000", message: `{"badRequest":{"message":"` + stopped + `","code":400}}`},
		{envelope: "nested", provoke: unknownServer, status: 404, code: "Ecs.0114", message: missing},
		{envelope: "flat", provoke: unknownServer, status: 404, code: "Ecs.0114", message: missing},
		{envelope: "bare", provoke: unknownServer, status: 404, code: "Ecs.0114", message: missing},
		{envelope: "iam", provoke: unknownKey, status: 401, code: "401", undecoded: true},
		{envelope: "iam", provoke: unknownServer, status: 404, code: "Ecs.0114", message: missing},
		{envelope: "encoded", state: "denied-key.yaml", provoke: deniedKey, status: 403, code: "Pdp.0001", denial: true},
	} {
		t.Run(fmt.Sprint(test.envelope, "/", test.status), func(t *testing.T) {
			eachClient(t, func(t *testing.T, connect connector) {
				args := []string{"--envelope", test.envelope}
				if test.state != "" {
					args = append(args, "--state", "testdata/"+test.state, "--stock", "0")
				}
				err := test.provoke(t, serve(t, args...), connect)
				var r *refusal
				if !errors.As(err, &r) {
					t.Fatalf("wanted a refusal with status %d and code %q, got %v", test.status, test.code, err)
				}
				if test.undecoded && strings.HasSuffix(t.Name(), "/huaweicloud-sdk-go-v3") {
					if r.code != "" || !json.Valid([]byte(r.message)) || !strings.Contains(r.message, `"code":`+test.code) {
						t.Errorf("wanted no code and the body for a message, as this SDK does it, got %v", r)
					}
					return
				}
				refused(t, err, test.status, test.code)
				if test.message != "" && r.message != test.message {
					t.Errorf("wanted the message %q, got %q", test.message, r.message)
				}
				if !slices.Equal(r.details, test.details) {
					t.Errorf("wanted the details %q, got %q", test.details, r.details)
				}
				if (r.denial != "") != test.denial {
					t.Errorf("encoded_authorization_message: wanted one: %t, got %q", test.denial, r.denial)
				}
			})
		})
	}
}

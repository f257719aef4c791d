package contract_test

import (
	"testing"

	"resize-conformance/harness/contract/contracttest"
)

// Only what cannot be anything but an operation of the contract is taken for one.
func TestDescribes(t *testing.T) {
	t.Parallel()
	c := contracttest.Base(t)
	const p, s = "0123456789abcdef0123456789abcdef", "616fb98f-46ca-475e-917e-2563e5a8cd19"
	for request, want := range map[[2]string]struct {
		operation string
		ok        bool
	}{
		{"POST", "/v1.1/" + p + "/cloudservers/" + s + "/resize"}:         {"resizeServer", true},
		{"POST", "/v1.1/" + p + "/cloudservers/undefined/resize"}:         {"resizeServer", true},
		{"GET", "/v1/" + p + "/cloudservers/" + s}:                        {"showServer", true},
		{"GET", "/v1/" + p + "/cloudservers/detail"}:                      {"", false}, // the list of servers
		{"GET", "/v1/" + p + "/cloudservers/resize_flavors"}:              {"listResizeFlavors", true},
		{"GET", "/v1/" + p + "/cloudservers/" + s + "/"}:                  {"", true}, // misspelled
		{"GET", "/v1/" + p + "/cloudservers//" + s}:                       {"", true},
		{"GET", "/v1/" + p + "/cloudservers/detail/"}:                     {"", false},
		{"PUT", "/v1/" + p + "/cloudservers/" + s}:                        {"", false}, // another operation of the service
		{"GET", "/v1/" + p + "/cloudservers/" + s + "/block_device/" + s}: {"", false},
		{"GET", "/v2/cloudimages"}:                                        {"", false},
		{"GET", ""}:                                                       {"", false},
	} {
		operation, ok := c.Describes(request[0], request[1])
		if operation != want.operation || ok != want.ok {
			t.Errorf("%v: got %q, %v; want %q, %v", request, operation, ok, want.operation, want.ok)
		}
	}
}

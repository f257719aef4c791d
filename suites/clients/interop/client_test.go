package interop

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// client is what both SDKs can do. An answer that the SDK took for an error comes back as *refusal.
type client interface {
	resize(version, serverID, flavor string, o options) (accepted, error) // version is "v1.1" or "v1"
	job(id string) (job, error)
	server(id string) (server, error)
	resizeFlavors(selector, value string) ([]string, error) // selector is the name of a query parameter
	unpublished() error                                     // calls an operation of the SDK that the emulator does not publish
}

// connector makes a client of one of the SDKs for a cloud.
type connector func(t *testing.T, c *cloud, k credentials) client

// credentials are of one project: an access key, or a token.
type credentials struct{ projectID, accessKey, secretKey, securityToken, token string }

// accessKey gives the credentials that the inventory names.
func (c *cloud) accessKey() credentials {
	k := c.Credentials
	return credentials{projectID: c.ProjectID, accessKey: k.AccessKey, secretKey: k.SecretKey, securityToken: k.SecurityToken}
}

// options are the parts of a resize that both SDKs know; those left empty are not sent.
type options struct{ mode, autoPay string }

type (
	accepted struct{ jobID, orderID string }
	job      struct{ id, kind, status, begin, end, errorCode, failReason string }
	server   struct{ id, status, flavor, chargingMode string }
)

// refusal is what an SDK made of an error answer.
type refusal struct {
	status                   int
	code, message, requestID string
	details                  []string // codes of the details
	denial                   string   // encoded_authorization_message
}

func (r *refusal) Error() string {
	return fmt.Sprintf("status %d, code %q, message %q, request id %q", r.status, r.code, r.message, r.requestID)
}

// eachClient runs a test with either SDK.
func eachClient(t *testing.T, test func(t *testing.T, connect connector)) {
	for name, connect := range map[string]connector{"huaweicloud-sdk-go-v3": connectHuaweiSDK, "golangsdk": connectGolangSDK} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, connect)
		})
	}
}

// refused wants a refusal with the status and one of the codes, or any code when none is named, decoded in full.
func refused(t *testing.T, err error, status int, codes ...string) {
	t.Helper()
	var r *refusal
	if !errors.As(err, &r) {
		t.Fatalf("wanted a refusal with status %d and code %q, got %v", status, codes, err)
	}
	known := slices.Contains(codes, r.code) || len(codes) == 0
	if r.status != status || r.code == "" || !known || r.message == "" || r.requestID == "" {
		t.Errorf("wanted status %d, a code of %q, a message and a request id, got %v", status, codes, r)
	}
}

// await asks for the job until it has ended. The emulator's jobs take some tens of milliseconds.
func await(t *testing.T, c client, id string) job {
	t.Helper()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	var last job
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-ticker.C {
		var err error
		if last, err = c.job(id); err != nil {
			t.Fatalf("job %s: %v", id, err)
		}
		if last.status == "SUCCESS" || last.status == "FAIL" {
			return last
		}
	}
	t.Fatalf("job %s has not ended after %v; the last that was seen of it: %+v", id, patience, last)
	return last
}

// mustShow gives a server as the client sees it.
func mustShow(t *testing.T, c client, id string) server {
	t.Helper()
	s, err := c.server(id)
	if err != nil {
		t.Fatalf("server %s: %v", id, err)
	}
	return s
}

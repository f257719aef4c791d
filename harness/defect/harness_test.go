package defect

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"resize-conformance/harness/emulator"
)

const goodDryRun = `{"resize":{"flavorRef":"s3.large.2"},"dry_run":true}`

// probe is an emulator with one stopped server to be asked about.
type probe struct {
	*emulator.Emulator
	project, token, server string
}

func newEmulator(t *testing.T, c emulator.Config) probe {
	t.Helper()
	e, err := emulator.New(c)
	if err != nil {
		t.Fatal(err)
	}
	id, err := e.AddServer(emulator.ServerSpec{})
	if err != nil {
		t.Fatal(err)
	}
	own := e.Describe().Projects[0]
	return probe{e, own.ID, own.Token, id}
}

func (p probe) resize(t *testing.T, version, body string) *httptest.ResponseRecorder {
	t.Helper()
	return p.send(t, http.MethodPost, "/"+version+"/"+p.project+"/cloudservers/"+p.server+"/resize", body)
}

func (p probe) send(t *testing.T, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("X-Auth-Token", p.token)
	r.Header.Set("Content-Type", "application/json")
	a := httptest.NewRecorder()
	p.ServeHTTP(a, r)
	return a
}

// ids lists the flavors that the server can be changed to.
func (p probe) ids(t *testing.T, query string) []string {
	t.Helper()
	a := p.send(t, http.MethodGet, "/v1/"+p.project+"/cloudservers/resize_flavors?instance_uuid="+p.server+query, "")
	var body struct {
		Flavors []struct {
			ID string `json:"id"`
		} `json:"flavors"`
	}
	if err := json.Unmarshal(a.Body.Bytes(), &body); err != nil || a.Code != http.StatusOK {
		t.Fatalf("the list of flavors: %d %s", a.Code, a.Body)
	}
	out := make([]string, len(body.Flavors))
	for i, f := range body.Flavors {
		out[i] = f.ID
	}
	return out
}

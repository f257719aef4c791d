package target

import (
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/go-json-experiment/json/jsontext"

	"resize-conformance/harness/exchange"
)

// readGuard stands on the way to a server URL and lets nothing out that could change anything: reads pass, and dry runs of the operations that have them.
type readGuard struct {
	http.RoundTripper
}

func (g readGuard) RoundTrip(req *http.Request) (*http.Response, error) {
	if !changes(req) {
		return g.RoundTripper.RoundTrip(req)
	}
	again, body, err := withBody(req)
	if err != nil {
		return nil, err
	}
	last := lastSegment(req.URL.Path)
	if req.Method != http.MethodPost || last != "resize" && last != "cloudservers" || !dryRun(body) {
		return nil, &exchange.Withheld{Why: "a request that may change something is not sent: the run is --read-only"}
	}
	return g.RoundTripper.RoundTrip(again)
}

// dryRun says that a body is one JSON object that asks for a dry run and for nothing else: dry_run stands in it once, and is true. Names that stand twice, and text
// that is no JSON, a server may read otherwise than we do.
func dryRun(body []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(body)) // refuses names that stand twice
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return false
	}
	dry := false
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return false
		}
		if name.String() != "dry_run" {
			if d.SkipValue() != nil {
				return false
			}
			continue
		}
		value, err := d.ReadToken()
		if err != nil {
			return false
		}
		dry = value.Kind() == 't'
	}
	if _, err := d.ReadToken(); err != nil {
		return false
	}
	_, err := d.ReadToken()
	return dry && errors.Is(err, io.EOF)
}

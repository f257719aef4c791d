package ecs

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"resize-conformance/harness/exchange"
)

// traceParent is the header of W3C Trace Context (level 1, section 3.2), by which the traces of a target are found again.
const traceParent = "Traceparent"

// TraceID is the trace id of a scenario ("" for what is sent outside of any) in the run that is named: 16 bytes in hex. It is the same for all requests of the scenario.
func TraceID(run, scenario string) string {
	sum := sha256.Sum256([]byte(run + "\n" + scenario))
	return hex.EncodeToString(sum[:16])
}

// trace adds the header last of all, so that no signature covers it. A request that chooses its own headers is left as it was composed: there one more could be
// what the answer depends on.
func (w *wire) trace(req *http.Request, c Call) {
	if w.config.Trace == "" || len(c.Raw.Set)+len(c.Raw.Add)+len(c.Raw.Without) > 0 || c.Raw.SignedHeaders != nil {
		return
	}
	scenario := ""
	if s := exchange.ScopeOf(req.Context()); s != nil {
		scenario = s.Scenario
	}
	id := TraceID(w.config.Trace, scenario)
	span := sha256.Sum256([]byte(id + req.Method + req.URL.RequestURI() + strconv.FormatInt(time.Now().UnixNano(), 10)))
	req.Header.Set(traceParent, "00-"+id+"-"+hex.EncodeToString(span[:8])+"-01")
}

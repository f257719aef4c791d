package conduct

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"resize-conformance/harness/exchange"
)

// jsonType is the media type of every body of the contract.
const jsonType = "application/json"

// head judges what a request says of itself in its header.
func (b *breaches) head(e *exchange.Exchange) {
	h := e.Request.Header
	reads := e.Request.Method == http.MethodGet || e.Request.Method == http.MethodHead
	switch sent := h.Get("Content-Type"); {
	case len(e.RequestBody) == 0:
	case reads:
		b.add(Breach{Requirement: "RSZ-CLIENT-014", Wanted: "a query without a body", Got: strconv.Itoa(len(e.RequestBody)) + " bytes", Exchange: e.ID, Distorts: refused(e)})
	case mediaType(sent) != jsonType:
		b.add(Breach{Requirement: "RSZ-CLIENT-013", Wanted: jsonType, Got: orNone(sent), Pointer: "Content-Type", Exchange: e.ID, Distorts: refused(e)})
	}
	if accept := strings.Join(h.Values("Accept"), ", "); strings.TrimSpace(accept) != "" && !acceptsJSON(accept) {
		b.add(Breach{Requirement: "RSZ-CLIENT-024", Wanted: jsonType + ", or anything", Got: accept, Pointer: "Accept", Exchange: e.ID, Distorts: refused(e)})
	}
	if strings.TrimSpace(h.Get("User-Agent")) == "" {
		b.add(Breach{Requirement: "RSZ-CLIENT-025", Wanted: "a User-Agent", Got: "none", Pointer: "User-Agent", Exchange: e.ID})
	}
}

// mediaType is a media type without its parameters.
func mediaType(header string) string {
	base, _, _ := strings.Cut(header, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// acceptsJSON says whether one of the media ranges has JSON in it and is not weighed as nothing.
func acceptsJSON(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		switch mediaType(part) {
		case "*/*", "*", "application/*", jsonType: // "*" is what java.net sends and means everything
		default:
			continue
		}
		_, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if q, bad := strconv.ParseFloat(params["q"], 64); err != nil || bad != nil || q > 0 {
			return true
		}
	}
	return false
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}

package replay

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"resize-conformance/harness/fixture"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// forbidden says why a request is not sent to a server that is not the embedded one; "" when it may be. What a run may not send, the target itself keeps back as well.
func (p *play) forbidden(x *journal.Exchange) string {
	if p.Target.Embedded {
		return ""
	}
	if p.Target.Over != nil {
		if why := p.Target.Over(); why != "" {
			return "not sent: " + why
		}
	}
	if !recording.Changes(x) {
		return ""
	}
	if strings.HasSuffix(strings.TrimRight(plain(recording.PathOf(x.URL)), "/"), "/cloudservers") && !strings.Contains(x.RequestBody.Text, `"dry_run":true`) {
		return "not sent: it may make a server, which nobody would remove; a run makes its own and removes them"
	}
	// What counts is what would be sent: an id that was written in another way than the record names it by has nothing in its place.
	body, _ := x.RequestBody.Bytes()
	path, text := plain(p.ids.apply(recording.TargetOf(x.URL))), p.ids.apply(string(body))
	lent := false
	for _, id := range anID.FindAllString(path+" "+text, -1) {
		switch {
		case strings.HasPrefix(id, madeUp), id == p.Target.ProjectID, id == p.Target.Foreign.ID:
		case p.lent(id):
			lent = true
		case changes(path, text, id):
			return fmt.Sprintf("not sent: it may change server %s, and only servers that an inventory lists are touched; %s", id, p.listing())
		}
	}
	// A scenario's other requests are the suite's own, which a run sends as well. What a client sent may be anything.
	if !lent && (x.External || p.seq.Beside()) {
		return "not sent: it may change something, stands outside any scenario, and names no server that an inventory lists; " + p.listing()
	}
	return ""
}

// listing says what to do for a server to be touched.
func (p *play) listing() string {
	if p.AsFound {
		return "give --inventory"
	}
	return "none of the inventory stands in for it, because the record does not tell in which state it was"
}

// lent says that the target has lent a server. That an answer has named one lends nothing.
func (p *play) lent(id string) bool {
	return slices.ContainsFunc(p.leased, func(s *fixture.Server) bool { return s.ID == id })
}

// plain is a text as a server reads it that decodes it; the text itself where it cannot be decoded.
func plain(text string) string {
	if decoded, err := url.PathUnescape(text); err == nil {
		return decoded
	}
	return text
}

// madeUp begins the ids that nobody has and that the suite asks for.
const madeUp = "00000000-0000-4000-8000-"

// anID finds ids of servers, also where somebody has left the dashes out.
var anID = regexp.MustCompile(`\b[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}\b`)

// changes says that an id stands where that of a server to be changed does.
func changes(path, body, id string) bool {
	path, _, _ = strings.Cut(path, "?")
	return strings.Contains(path, id) || strings.HasSuffix(path, "/action") || strings.HasSuffix(path, "/delete") ||
		strings.Contains(body, `"`+id+`"`) && strings.Contains(path, "cloudservers") && !strings.Contains(path, "/resize")
}

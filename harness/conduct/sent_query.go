package conduct

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// selectors judges the query of listResizeFlavors. A client that goes on to the next page by itself says where it goes on: that is not held against it.
func (b *breaches) selectors(p driver.Params, e *exchange.Exchange, next bool) {
	_, query := target(e)
	got := map[string][]string{}
	var names []string
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, value = unescaped(name), unescaped(value)
		got[name] = append(got[name], value)
		names = append(names, name)
	}
	limit := ""
	if p.Limit != 0 {
		limit = strconv.Itoa(p.Limit)
	}
	for _, s := range []struct {
		name, value string
		pages       bool
	}{
		{"instance_uuid", p.InstanceUUID, false}, {"source_flavor_id", p.SourceFlavorID, false}, {"source_flavor_name", p.SourceFlavorName, false},
		{"sort_key", p.SortKey, false}, {"sort_dir", p.SortDir, false}, {"limit", limit, true}, {"marker", p.Marker, true},
	} {
		values := got[s.name]
		breach := Breach{Requirement: "RSZ-CLIENT-022", Pointer: s.name, Exchange: e.ID, Distorts: true}
		switch {
		case s.pages && next, s.value == "" && len(values) == 0, len(values) == 1 && s.value != "" && values[0] == s.value:
			continue
		case s.value == "":
			breach.Wanted, breach.Got = "no "+s.name+", which was not asked for", s.name+"="+strings.Join(values, ", ")
		case len(values) == 0 && len(names) > 0:
			breach.Wanted, breach.Got = s.name+"="+s.value, "no "+s.name+" among "+strings.Join(names, ", ")
		case len(values) == 0:
			breach.Wanted, breach.Got = s.name+"="+s.value, "no query"
		case len(values) > 1:
			breach.Wanted, breach.Got = s.name+" once", fmt.Sprintf("%d times: %s", len(values), strings.Join(values, ", "))
		default:
			breach.Wanted, breach.Got = fmt.Sprintf("%s=%s, read as %q", s.name, url.QueryEscape(s.value), s.value), fmt.Sprintf("what is read as %q", values[0])
		}
		b.add(breach)
		return
	}
}

// unescaped reads a name or value of a query. What cannot be read stays as it is.
func unescaped(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

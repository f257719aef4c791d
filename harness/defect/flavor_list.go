package defect

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/emulator"
)

// flavorListDefects are about the query for the flavors that a server can be changed to.
func flavorListDefects() []Defect {
	return []Defect{
		{
			Name: "lists-unreachable-flavors", Title: "lists flavors that the server cannot be changed to", Kind: Pretence, Breaks: []string{"RSZ-FLAVOR-006"},
			Apply: listed(func(_ url.Values, flavors []any) []any { return withAnother(flavors, "m3.large.8") }),
		},
		{
			Name: "lists-unknown-flavors", Title: "lists flavors that do not exist", Kind: Pretence, Breaks: []string{"RSZ-FLAVOR-006"},
			Apply: listed(func(_ url.Values, flavors []any) []any { return withAnother(flavors, "zz.gone.2") }),
		},
		{
			Name: "lists-sold-out-flavors-as-normal", Title: "lists a flavor that is sold out and says that it is on sale", Kind: Pretence, Breaks: []string{"RSZ-FLAVOR-006"},
			Apply: listed(func(_ url.Values, flavors []any) []any { return withAnother(flavors, "s2.xlarge.2") }),
		},
		{
			Name: "lists-ids-that-no-resize-takes", Title: "lists flavors under ids that a resize does not know", Kind: Pretence, Breaks: []string{"RSZ-FLAVOR-006", "RSZ-FLAVOR-015"},
			Apply: eachListed(func(flavor map[string]any) {
				id, _ := flavor["id"].(string)
				flavor["id"] = "flavor:" + id
			}),
		},
		{
			Name: "dry-run-passes-and-resize-does-not", Title: "passes a resize as a dry run and refuses it otherwise", Kind: Pretence,
			Breaks: []string{"RSZ-FLAVOR-015", "RSZ-STATE-001"},
			Apply: withRule(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.Version == "v1.1" && !q.DryRun && q.Server != nil && q.Server.Billing == emulator.PostPaid && q.Server.Host == "" && q.Target != nil && q.CPUThreads == 0 {
					return says(http.StatusBadRequest, "Ecs.0804")
				}
				return nil
			}),
		},
		{
			Name: "limit-ignored", Title: "does not look at limit", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-007"},
			Apply: query(func(q url.Values) { q.Del("limit") }),
		},
		{
			Name: "limit-off-by-one", Title: "lists one flavor more than limit allows", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-007"},
			Apply: query(func(q url.Values) {
				if n, err := strconv.Atoi(q.Get("limit")); err == nil {
					q.Set("limit", strconv.Itoa(n+1))
				}
			}),
		},
		{
			Name: "marker-ignored", Title: "does not look at marker", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-008"},
			Apply: query(func(q url.Values) { q.Del("marker") }),
		},
		{
			Name: "marker-repeated", Title: "begins a page with the last flavor of the one before", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-008"},
			Apply: listed(func(q url.Values, flavors []any) []any {
				if marker := q.Get("marker"); marker != "" && len(flavors) > 0 {
					return append([]any{renamed(flavors[0], marker)}, flavors...)
				}
				return flavors
			}),
		},
		{
			Name: "marker-skips-one", Title: "leaves out the first flavor of every page but the first", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-008"},
			Apply: listed(func(q url.Values, flavors []any) []any {
				if q.Get("marker") != "" && len(flavors) > 0 {
					return flavors[1:]
				}
				return flavors
			}),
		},
		{
			Name: "no-selector-200", Title: "answers a query that does not say for what with an empty list", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-009"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if q := r.URL.Query(); isList(r) && a.Code == http.StatusBadRequest && !q.Has("instance_uuid") && !q.Has("source_flavor_id") && !q.Has("source_flavor_name") {
					a.Code = http.StatusOK
					rewrite(a, `{"flavors":[]}`)
				}
			}),
		},
		{
			Name: "no-selector-500", Title: "fails at the queries that it is to refuse", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-009"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isList(r) && a.Code == http.StatusBadRequest {
					a.Code = http.StatusInternalServerError
				}
			}),
		},
		{
			Name: "sort-key-ignored", Title: "does not look at sort_key", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-010"},
			Apply: query(func(q url.Values) { q.Del("sort_key") }),
		},
		{
			Name: "sort-dir-ignored", Title: "does not look at sort_dir", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-010"},
			Apply: query(func(q url.Values) { q.Del("sort_dir") }),
		},
		{
			Name: "memory-sorted-as-text", Title: "sorts memory by its digits", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-010"},
			Apply: listed(func(q url.Values, flavors []any) []any {
				if q.Get("sort_key") != "memory_mb" || q.Get("sort_dir") != "asc" {
					return flavors
				}
				return slices.SortedStableFunc(slices.Values(flavors), func(a, b any) int { return cmp.Compare(memory(a), memory(b)) })
			}),
		},
		{
			Name: "unsorted-without-key", Title: "lists flavors in no order when none is asked for", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-010"},
			Apply: listed(func(q url.Values, flavors []any) []any {
				if !q.Has("sort_key") && !q.Has("marker") && !q.Has("limit") {
					slices.Reverse(flavors)
				}
				return flavors
			}),
		},
		{
			Name: "flavor-id-before-server", Title: "lets source_flavor_id count before instance_uuid", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-011"},
			Apply: query(func(q url.Values) {
				if q.Has("source_flavor_id") {
					q.Del("instance_uuid")
				}
			}),
		},
		{
			Name: "flavor-name-before-id", Title: "lets source_flavor_name count before source_flavor_id", Kind: Answer, Breaks: []string{"RSZ-FLAVOR-011"},
			Apply: query(func(q url.Values) {
				if q.Has("source_flavor_name") {
					q.Del("source_flavor_id")
				}
			}),
		},
	}
}

// query changes what the service sees of the query for flavors. Whoever signed it has been looked at by then.
func query(change func(url.Values)) func(*emulator.Config) {
	return inOperation("listResizeFlavors", func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
		return func(r *emulator.Request) emulator.Answer {
			seen := *r
			seen.HTTP = r.HTTP.Clone(r.HTTP.Context())
			q := seen.HTTP.URL.Query()
			change(q)
			seen.HTTP.URL.RawQuery = q.Encode()
			return handle(&seen)
		}
	})
}

// listed changes which flavors are listed, and in which order, by what the query asks for.
func listed(change func(q url.Values, flavors []any) []any) func(*emulator.Config) {
	return inBodies(func(r *http.Request, a *httptest.ResponseRecorder, body map[string]any) {
		if flavors, ok := body["flavors"].([]any); ok && isList(r) && a.Code == http.StatusOK {
			body["flavors"] = change(r.URL.Query(), flavors)
		}
	})
}

// withAnother puts a flavor into a whole list where it belongs by its id; pages stay as they are.
func withAnother(flavors []any, id string) []any {
	if len(flavors) < 2 {
		return flavors
	}
	at := slices.IndexFunc(flavors, func(f any) bool { return idOf(f) > id })
	if at < 0 {
		at = len(flavors)
	}
	return slices.Insert(slices.Clone(flavors), at, renamed(flavors[0], id))
}

// renamed is a flavor under another id and name.
func renamed(flavor any, id string) any {
	f, _ := flavor.(map[string]any)
	out := maps.Clone(f)
	out["id"], out["name"] = id, id
	return out
}

func idOf(flavor any) string {
	f, _ := flavor.(map[string]any)
	id, _ := f["id"].(string)
	return id
}

// memory is a flavor's memory as it is written, in MiB.
func memory(flavor any) string {
	f, _ := flavor.(map[string]any)
	ram, _ := f["ram"].(json.Number)
	return strings.TrimSpace(ram.String())
}

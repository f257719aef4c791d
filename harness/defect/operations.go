package defect

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/emulator"
)

// operationDefects are deviations of what holds for all operations alike, each at an operation that is not the resize where there is a choice.
func operationDefects() []Defect {
	return []Defect{
		{
			Name: "details-shown-to-anybody", Title: "shows servers to callers without credentials", Kind: Credential, Breaks: []string{"RSZ-AUTH-016"},
			Apply: passing("authentication", func(r *emulator.Request) bool {
				if r.Route.Operation != "showServer" || token(r.HTTP) != "" || signed(r.HTTP) {
					return false
				}
				r.Caller = emulator.Caller{Project: r.Project}
				return true
			}),
		},
		{
			Name: "flavors-listed-across-projects", Title: "lists target flavors to callers of other projects", Kind: Leak, Breaks: []string{"RSZ-AUTH-017"},
			Apply: passing("project", func(r *emulator.Request) bool { return r.Route.Operation == "listResizeFlavors" }),
		},
		{
			Name: "policy-on-resize-ignored", Title: "resizes for callers whom a policy denies it", Kind: Credential, Breaks: []string{"RSZ-AUTH-015"},
			Apply: passing("policy", func(r *emulator.Request) bool { return strings.HasPrefix(r.Route.Operation, "resize") }),
		},
		{
			Name: "policy-on-deletion-ignored", Title: "deletes servers for callers whom a policy denies it", Kind: Credential, Breaks: []string{"RSZ-AUTH-018"},
			Apply: passing("policy", func(r *emulator.Request) bool { return r.Route.Operation == "deleteServers" }),
		},
		{
			Name: "signed-power-refused", Title: "does not know signatures where servers are started and stopped", Kind: Strict, Breaks: []string{"RSZ-AUTH-019"},
			Apply: inAuthentication(func(faithful emulator.Authenticator) emulator.Authenticator {
				return func(r *http.Request, body []byte, now time.Time) (emulator.Caller, *emulator.Refusal) {
					if signed(r) && strings.HasSuffix(r.URL.Path, "/cloudservers/action") {
						r = r.Clone(r.Context())
						r.Header.Del("Authorization")
					}
					return faithful(r, body, now)
				}
			}),
		},
		{
			Name: "long-uri-400", Title: "answers a URI that is too long with 400", Kind: Answer, Breaks: []string{"RSZ-URI-011"},
			Apply: withStatus(http.StatusBadRequest, http.StatusRequestURITooLong),
		},
		{
			Name: "large-headers-400", Title: "answers headers that are too large with 400", Kind: Answer, Breaks: []string{"RSZ-URI-012"},
			Apply: withStatus(http.StatusBadRequest, 494),
		},
		{
			Name: "large-deletion-400", Title: "answers the body of a deletion that is too large with 400", Kind: Answer, Breaks: []string{"RSZ-BODY-025"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if a.Code == http.StatusRequestEntityTooLarge && strings.HasSuffix(r.URL.Path, "/delete") {
					a.Code = http.StatusBadRequest
				}
			}),
		},
		{
			Name: "failure-hidden", Title: "says that all is well when the service has failed", Kind: Pretence, Breaks: []string{"RSZ-ERR-006"},
			Apply: withStatus(http.StatusOK, http.StatusInternalServerError),
		},
		{
			Name: "throttled-403", Title: "tells a caller who sends too much that he may not", Kind: Answer, Breaks: []string{"RSZ-FLOW-001"},
			Apply: withStatus(http.StatusForbidden, http.StatusTooManyRequests),
		},
		{
			Name: "nobody-stopped", Title: "says that it has stopped a server that nobody has", Kind: Pretence, Breaks: []string{"RSZ-SETUP-011"},
			Apply: inPlans(func(o emulator.Order, p emulator.Plan) emulator.Plan {
				if o.Kind != emulator.OrderStop || o.Server != nil || len(p) == 0 {
					return p
				}
				p = slices.Clone(p)
				p[len(p)-1].Job, p[len(p)-1].Failure = emulator.JobSuccess, nil
				return p
			}),
		},
		{
			Name: "list-for-nobody", Title: "gives an empty list of flavors for a server that nobody has", Kind: Lenient, Breaks: []string{"RSZ-FLAVOR-018"},
			Apply: inOperation("listResizeFlavors", func(handle func(*emulator.Request) emulator.Answer) func(*emulator.Request) emulator.Answer {
				return func(r *emulator.Request) emulator.Answer {
					a := handle(r)
					if a.Status == http.StatusNotFound {
						return emulator.Answer{Status: http.StatusOK, Body: map[string]any{"flavors": []any{}}}
					}
					return a
				}
			}),
		},
		{
			Name: "v1-unknown-server-400", Title: "v1 answers an unknown server with 400", Kind: Answer, Breaks: []string{"RSZ-V1-011"},
			Apply: changedRule("server-exists", func(q *emulator.ResizeRequest, f *emulator.Refusal) *emulator.Refusal {
				if f == nil || q.Version != "v1" {
					return f
				}
				changed := *f
				changed.Status = http.StatusBadRequest
				return &changed
			}),
		},
	}
}

// passing lets the requests that it picks out pass one layer of the gateway.
func passing(layer string, which func(*emulator.Request) bool) func(*emulator.Config) {
	return inLayer(layer, func(faithful func(http.Handler) http.Handler) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			checked := faithful(next)
			return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
				if which(emulator.RequestOf(hr.Context())) {
					next.ServeHTTP(w, hr)
					return
				}
				checked.ServeHTTP(w, hr)
			})
		}
	})
}

// withStatus answers with one status what has another.
func withStatus(wrong, right int) func(*emulator.Config) {
	return inAnswers(func(_ *http.Request, a *httptest.ResponseRecorder) {
		if a.Code == right {
			a.Code = wrong
		}
	})
}

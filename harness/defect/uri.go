package defect

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"

	"resize-conformance/harness/emulator"
)

// uriDefects are about where the operation is and whose server it means.
func uriDefects() []Defect {
	uuid := regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	return []Defect{
		{
			Name: "resize-at-another-version", Title: "serves the v1.1 operation at /v2", Kind: Strict, Breaks: []string{"RSZ-URI-001"},
			Apply: inRoutes(func(routes []emulator.Route) []emulator.Route {
				for i, r := range routes {
					if r.Operation == v11 {
						routes[i].Pattern = strings.Replace(r.Pattern, "/v1.1/", "/v2/", 1)
					}
				}
				return routes
			}),
		},
		{
			Name: "unknown-server-400", Title: "answers 400 for a server that does not exist", Kind: Answer, Breaks: []string{"RSZ-URI-002", "RSZ-URI-007"},
			Apply: otherwise("server-exists", http.StatusBadRequest, ""),
		},
		{
			Name: "unknown-server-other-code", Title: "calls the body illegal when the server does not exist", Kind: Reason, Breaks: []string{"RSZ-URI-002", "RSZ-URI-007"},
			Apply: otherwise("server-exists", http.StatusNotFound, "Ecs.0005"),
		},
		{
			Name: "unknown-server-accepted", Title: "takes a resize of a server that does not exist and lets the job fail", Kind: Lenient,
			Breaks: []string{"RSZ-URI-002", "RSZ-URI-003", "RSZ-URI-007"}, Apply: withoutRule("server-exists"),
		},
		{
			Name: "server-id-by-prefix", Title: "looks at the first 36 characters of a server's id only", Kind: Lenient, Breaks: []string{"RSZ-URI-003"},
			Apply: handling(func(handle handler) handler {
				return func(r *emulator.Request) emulator.Answer {
					read := *r
					read.ServerID = r.ServerID[:min(36, len(r.ServerID))]
					return handle(&read)
				}
			}),
		},
		{
			Name: "malformed-server-id-500", Title: "fails at a server id that is no UUID", Kind: Answer, Breaks: []string{"RSZ-URI-003"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool { return !uuid.MatchString(r.ServerID) }),
		},
		{
			Name: "project-in-path-ignored", Title: "takes the project from the credentials, whatever the path says", Kind: Lenient, Breaks: []string{"RSZ-URI-004", "RSZ-AUTH-006"},
			Apply: inLayer("project", func(func(http.Handler) http.Handler) func(http.Handler) http.Handler {
				return func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
						r := emulator.RequestOf(hr.Context())
						r.Project = r.Caller.Project
						next.ServeHTTP(w, hr)
					})
				}
			}),
		},
		{
			Name: "serves-below-the-path", Title: "serves whatever begins with the path and goes on after a slash", Kind: Lenient, Breaks: []string{"RSZ-URI-005"},
			Apply: atPath(regexp.MustCompile(`/resize/.*$`), "/resize"),
		},
		{
			Name: "serves-longer-words", Title: "compares the beginning of the path's last word only", Kind: Lenient, Breaks: []string{"RSZ-URI-005"},
			Apply: atPath(regexp.MustCompile(`(/cloudservers/[^/]+/resize)[a-z]+$`), "$1"),
		},
		{
			Name: "serves-any-version", Title: "takes any version for v1.1", Kind: Lenient, Breaks: []string{"RSZ-URI-005"},
			Apply: atPath(regexp.MustCompile(`^/v[2-9](/[^/]+/cloudservers/[^/]+/resize)$`), "/v1.1$1"),
		},
		{
			Name: "unknown-path-200", Title: "answers 200 and an empty object at paths that it does not know", Kind: Answer, Breaks: []string{"RSZ-URI-005"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if unpublished(a) && !isOperation(r) {
					a.Code = http.StatusOK
					rewrite(a, "{}")
				}
			}),
		},
		{
			Name: "unknown-path-500", Title: "fails at paths that it does not know", Kind: Answer, Breaks: []string{"RSZ-URI-005"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if unpublished(a) && !isOperation(r) {
					a.Code = http.StatusInternalServerError
				}
			}),
		},
		{
			Name: "put-taken-for-post", Title: "resizes on PUT as on POST", Kind: Lenient, Breaks: []string{"RSZ-URI-006"},
			Apply: inFront(func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if isOperation(r) && r.Method == http.MethodPut {
						r = r.Clone(r.Context())
						r.Method = http.MethodPost
					}
					next.ServeHTTP(w, r)
				})
			}),
		},
		{
			Name: "get-answered-200", Title: "answers GET at the path of the resize with 200 and an empty object", Kind: Answer, Breaks: []string{"RSZ-URI-006"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isOperation(r) && r.Method == http.MethodGet {
					a.Code = http.StatusOK
					rewrite(a, "{}")
				}
			}),
		},
		{
			Name: "unknown-method-500", Title: "fails at methods that it does not know", Kind: Answer, Breaks: []string{"RSZ-URI-006"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isOperation(r) && r.Method != http.MethodPost {
					a.Code = http.StatusInternalServerError
				}
			}),
		},
		{
			Name: "foreign-server-resized", Title: "resizes another project's server for whoever names it", Kind: Leak, Breaks: []string{"RSZ-URI-007"},
			Apply: knowing(func(s *emulator.State) func(*emulator.Config) {
				return handling(func(handle handler) handler {
					return func(r *emulator.Request) emulator.Answer {
						a := handle(r)
						for _, p := range s.Projects {
							if a.Status != http.StatusNotFound {
								break
							}
							elsewhere := *r
							elsewhere.Project = p.ID
							a = handle(&elsewhere)
						}
						return a
					}
				})
			}),
		},
		{
			Name: "foreign-server-403", Title: "tells a server of another project from one that does not exist", Kind: Leak, Breaks: []string{"RSZ-URI-007"},
			Apply: knowing(existenceTold),
		},
		{
			Name: "shows-id-in-capitals", Title: "shows a server's id in capitals and does not know it so", Kind: Answer, Breaks: []string{"RSZ-URI-008"},
			Apply: inBodies(func(_ *http.Request, _ *httptest.ResponseRecorder, body map[string]any) {
				if server, ok := body["server"].(map[string]any); ok {
					id, _ := server["id"].(string)
					server["id"] = strings.ToUpper(id)
				}
			}),
		},
	}
}

// existenceTold answers 403 for a server that lives in another project.
func existenceTold(s *emulator.State) func(*emulator.Config) {
	return inRoutes(func(routes []emulator.Route) []emulator.Route {
		var show handler
		for _, r := range routes {
			if r.Operation == "showServer" {
				show = r.Handle
			}
		}
		for i, r := range routes {
			if r.Operation != v11 {
				continue
			}
			routes[i].Handle = func(hr *emulator.Request) emulator.Answer {
				for _, p := range s.Projects {
					elsewhere := *hr
					elsewhere.Project = p.ID
					if p.ID != hr.Project && show(&elsewhere).Status == http.StatusOK {
						f := says(http.StatusForbidden, "Pdp.0001")
						return emulator.Answer{Status: f.Status, Refusal: f}
					}
				}
				return r.Handle(hr)
			}
		}
		return routes
	})
}

// isOperation says whether a path is the v1.1 operation's, whatever the method.
func isOperation(r *http.Request) bool { return isResize(r) && strings.HasPrefix(r.URL.Path, "/v1.1/") }

// unpublished says whether the gateway answered that it knows no such path.
func unpublished(a *httptest.ResponseRecorder) bool {
	return a.Code == http.StatusNotFound && strings.Contains(a.Body.String(), "APIGW.0101")
}

// rewrite puts another body into an answer.
func rewrite(a *httptest.ResponseRecorder, body string) {
	a.Body.Reset()
	_, _ = a.Body.WriteString(body)
}

// atPath serves paths that match a pattern as if they were others.
func atPath(pattern *regexp.Regexp, other string) func(*emulator.Config) {
	return inFront(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && pattern.MatchString(r.URL.Path) {
				r = r.Clone(r.Context())
				r.URL.Path = pattern.ReplaceAllString(r.URL.Path, other)
				r.URL.RawPath = ""
			}
			next.ServeHTTP(w, r)
		})
	})
}

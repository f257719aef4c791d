package suites

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/emulator"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/target"
)

// pick finds one scenario.
func pick(t *testing.T, p *Pack, id string) Scenario {
	t.Helper()
	for _, s := range p.Scenarios() {
		if s.id == id {
			return s
		}
	}
	t.Fatalf("no scenario %s", id)
	return Scenario{}
}

func slowJobs(c *emulator.Config) { c.JobDuration = time.Minute }

// fault is what stands in front of the emulator and makes it a wrong server.
type fault func(next http.Handler) http.Handler

// faulty opens a target whose fault can be changed between scenarios, so that a hundred faults cost one contract and one emulator.
func faulty(t *testing.T) (tg *target.Target, become func(fault)) {
	var current atomic.Pointer[fault]
	none := fault(func(next http.Handler) http.Handler { return next })
	current.Store(&none)
	tg = open(t, "intl", target.WithEmulator(func(c *emulator.Config) {
		c.Seams.Layers = func(layers []emulator.Layer) []emulator.Layer {
			return append([]emulator.Layer{{Name: "fault", Wrap: func(next http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*current.Load())(next).ServeHTTP(w, r) })
			}}}, layers...)
		}
	}))
	return tg, func(f fault) { current.Store(&f) }
}

// always answers every request alike.
func always(status int, body string) fault {
	return func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("X-Request-Id", strings.Repeat("0", 32))
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
}

func isResize(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/resize") }

// resizesAlways answers every resize alike and leaves the rest to the emulator.
func resizesAlways(status int, body string) fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isResize(r) {
				next.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
}

// rejects says whether a requirement is about a refusal.
func rejects(s Scenario) bool {
	return len(s.Requirement.Statuses) > 0 && s.Requirement.Statuses[0] >= 400
}

// expects says whether a scenario has cases that are to be answered so.
func expects(s Scenario, e cases.Expectation) bool {
	return slices.ContainsFunc(s.Cases, func(c cases.Case) bool { return c.Expect == e })
}

// refusesOnServer says whether a scenario has cases that a leased server must refuse.
func refusesOnServer(s Scenario) bool {
	return slices.ContainsFunc(s.Cases, func(c cases.Case) bool { return c.Expect == cases.Reject && c.OnServer() })
}

// TestWrongServersAreFound: a target that is wrong through and through fails wherever it can, for a reason that is told, and it is never the harness's fault.
func TestWrongServersAreFound(t *testing.T) {
	racedetector.LeaveOut(t)
	tg, become := faulty(t)
	pack := packOf(t, tg)
	for _, tc := range []struct {
		name  string
		how   fault
		want  func(Scenario) bool // must not pass
		wrong journal.Verdict     // what those get; "" is FAIL, or WARN by level
	}{
		{"accepts every resize and does nothing", resizesAlways(200, `{"job_id":"ff808082000000000000000000000000"}`), func(s Scenario) bool {
			// Those of the flavor list and of power ask for no resize, or only for dry runs; STATE-005 may be refused.
			return rejects(s) && !slices.Contains([]string{"RSZ-STATE-005", "RSZ-FLAVOR-009", "RSZ-FLAVOR-018", "RSZ-SETUP-011"}, s.id) && (s.Cases == nil || refusesOnServer(s))
		}, ""},
		{"answers 200 {} to everything", always(200, `{}`), func(s Scenario) bool {
			return !slices.Contains([]string{"RSZ-ERR-003", "RSZ-ERR-004"}, s.id) && !onlyUnderstood(s) && (s.Cases == nil || expects(s, cases.Reject))
		}, ""},
		{"refuses everything", always(400, `{"error":{"code":"Ecs.0005","message":"no"}}`), func(s Scenario) bool {
			// To refuse what no server is named for, what nobody has, or what no source speaks of, is no fault.
			return !slices.Contains([]string{"RSZ-ERR-003", "RSZ-ERR-004", "RSZ-SETUP-011"}, s.id) && (s.Cases == nil || refusesOnServer(s) || expects(s, cases.Accept))
		}, ""},
		{"fails at everything", always(500, `{"error":{"code":"Common.0001","message":"oh"}}`), func(s Scenario) bool {
			return !slices.Contains([]string{"RSZ-ERR-003", "RSZ-ERR-004"}, s.id)
		}, ""},
		{"hangs up on every resize", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if isResize(r) {
					panic(http.ErrAbortHandler)
				}
				next.ServeHTTP(w, r)
			})
		}, func(s Scenario) bool {
			return (strings.HasPrefix(s.id, "RSZ-BODY") || strings.HasPrefix(s.id, "RSZ-JOB")) && s.id != "RSZ-JOB-019"
		}, ""},
		{"throttles every resize", resizesAlways(429, `{"error_code":"APIGW.0308","error_msg":"slow down","request_id":"0"}`), func(s Scenario) bool {
			return (strings.HasPrefix(s.id, "RSZ-BODY") || strings.HasPrefix(s.id, "RSZ-JOB")) && s.id != "RSZ-JOB-019"
		}, journal.Blocked},
	} {
		t.Run(tc.name, func(t *testing.T) {
			become(tc.how)
			results := performAll(t, tg, pack.Scenarios())
			for _, s := range pack.Scenarios() {
				r := results[s.id]
				if r.Verdict == journal.HarnessError {
					t.Errorf("%s: HARNESS_ERROR: %s %+v", s.Name(), r.Reason, r.Finding)
				}
				wrong := tc.wrong
				if wrong == "" && s.Requirement.Level == journal.Must {
					wrong = journal.Fail
				} else if wrong == "" {
					wrong = journal.Warn
				}
				if tc.want(s) && r.Verdict != wrong && r.Verdict != journal.NotApplicable {
					if r.Verdict == journal.Blocked && tc.wrong == "" && strings.Contains(r.Reason, "stopping the server") {
						continue
					}
					t.Errorf("%s: wanted %s, got %s %s", s.Name(), wrong, r.Verdict, r.Reason)
				}
				if r.Verdict == journal.Fail && (r.Finding == nil || r.Finding.Wanted == "" || r.Finding.Got == "" || r.Finding.SpecLine == "") {
					t.Errorf("%s: a failure without a whole finding: %+v", s.Name(), r.Finding)
				}
			}
		})
	}
}

// onlyUnderstood names the scenarios that ask no more than that a dry run is accepted, which 200 {} does.
func onlyUnderstood(s Scenario) bool {
	return slices.Contains([]string{
		"RSZ-URI-001", "RSZ-BODY-009", "RSZ-BODY-011", "RSZ-BODY-019", "RSZ-BODY-020", "RSZ-BODY-021", "RSZ-AUTH-008", "RSZ-AUTH-009", "RSZ-AUTH-011", "RSZ-AUTH-012",
	}, s.id)
}

// TestSmallFaultsAreFoundByTheirOwnScenario breaks one thing each and sees which scenario tells.
func TestSmallFaultsAreFoundByTheirOwnScenario(t *testing.T) {
	tg, become := faulty(t)
	pack := packOf(t, tg)
	edit := func(path string, change func(body map[string]any)) fault {
		return answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
			var body map[string]any
			if !strings.Contains(r.URL.Path, path) || json.Unmarshal(a.Body.Bytes(), &body) != nil {
				return
			}
			change(body)
			a.Body.Reset()
			_ = json.NewEncoder(a.Body).Encode(body)
		})
	}
	refusedAs := func(code string) fault {
		return answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
			if isResize(r) && a.Code == 400 {
				a.Body.Reset()
				_, _ = a.Body.WriteString(`{"error":{"code":"` + code + `","message":"no"}}`)
			}
		})
	}
	for _, tc := range []struct {
		name, id string
		how      fault
		got      string // in the finding
	}{
		{"refused, but for another reason", "RSZ-FLAVOR-001", refusedAs("Ecs.0605"), "400 Ecs.0605"},
		{"refused, but with another status", "RSZ-URI-002", answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
			if isResize(r) && a.Code == 404 {
				a.Code = 400
			}
		}), "400 Ecs.0114"},
		{"an accepted resize has an order", "RSZ-RSP-002", edit("/resize", func(b map[string]any) {
			if b["job_id"] != nil {
				b["order_id"] = "CS1"
			}
		}), `"CS1"`},
		{"a valid dry run is answered 200", "RSZ-DRY-001", answersEdited(func(r *http.Request, a *httptest.ResponseRecorder) {
			if isResize(r) && a.Code == 202 {
				a.Code = 200
			}
		}), "200"},
		{"the job names another server", "RSZ-JOB-006", edit("/jobs/", func(b map[string]any) { b["entities"] = map[string]any{"server_id": nobody} }), nobody},
		{"the job names no server", "RSZ-JOB-016", edit("/jobs/", func(b map[string]any) { b["entities"] = map[string]any{} }), "nothing there"},
		{"the job echoes another id", "RSZ-JOB-005", edit("/jobs/", func(b map[string]any) { b["job_id"] = "x" }), `"x"`},
		{"a job that runs has an end", "RSZ-JOB-008", edit("/jobs/", func(b map[string]any) { b["end_time"] = "2000-01-01T00:00:00.000Z" }), "2000-01-01"},
		{"a job that succeeded tells an error", "RSZ-JOB-018", edit("/jobs/", func(b map[string]any) { b["error_code"] = "Ecs.0000" }), "Ecs.0000"},
		{"success comes before the flavor", "RSZ-JOB-010", edit("/jobs/", func(b map[string]any) { b["status"] = "SUCCESS" }), "s3.medium.4"},
		{"a status of a server outside the table", "RSZ-STATE-011", edit("/cloudservers/", func(b map[string]any) {
			if s, ok := b["server"].(map[string]any); ok {
				s["OS-EXT-STS:vm_state"] = "paused"
			}
		}), "paused"},
		{"limit is ignored", "RSZ-FLAVOR-007", withoutQuery("limit"), "flavors"},
		{"marker is ignored", "RSZ-FLAVOR-008", withoutQuery("marker"), "again after marker"},
		{"sort_dir is ignored", "RSZ-FLAVOR-010", withoutQuery("sort_dir"), "before"},
		{"instance_uuid counts last", "RSZ-FLAVOR-011", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if q := r.URL.Query(); q.Has("source_flavor_id") {
					q.Del("instance_uuid")
					r.URL.RawQuery = q.Encode()
				}
				next.ServeHTTP(w, r)
			})
		}, "a list of"}, // with a flavor too many or one too few, as the server stands at the moment
		{"the request_id is another one", "RSZ-ERR-003", edit("/resize", func(b map[string]any) { b["request_id"] = "0" }), `"0"`},
		{"a code in capitals", "RSZ-ERR-004", edit("/resize", func(b map[string]any) {
			if e, ok := b["error"].(map[string]any); ok {
				e["code"] = strings.ToUpper(e["code"].(string))
			}
		}), "ECS."},
	} {
		t.Run(tc.name, func(t *testing.T) {
			become(tc.how)
			s := pick(t, pack, tc.id)
			r := s.Perform(t.Context(), &Env{Target: tg})[0]
			if (r.Verdict != journal.Fail && r.Verdict != journal.Warn) || r.Finding == nil || !strings.Contains(r.Finding.Got, tc.got) {
				t.Errorf("%s: wanted it to find %q, got %s %q %+v", s.Name(), tc.got, r.Verdict, r.Reason, r.Finding)
			}
			if r.Finding != nil && r.Finding.Exchange == 0 {
				t.Errorf("%s: no exchange proves the finding: %+v", s.Name(), r.Finding)
			}
		})
	}
}

// A target that refuses and begins the work all the same is found also when its job takes its time to show on the server.
func TestWorkBegunInSpiteOfARefusalIsFoundLater(t *testing.T) {
	tg, err := target.Open(t.Context(), target.Config{JobDuration: 400 * time.Millisecond}, nil, target.WithEmulator(func(c *emulator.Config) {
		c.Seams.Rules = func(rules []emulator.Rule) []emulator.Rule {
			for i, r := range rules {
				if r.Name != "locked" {
					continue
				}
				rules[i].Check = func(q *emulator.ResizeRequest) *emulator.Refusal {
					refusal := r.Check(q)
					if refusal != nil {
						q.Accept()
					}
					return refusal
				}
			}
			return rules
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tg.Close(context.WithoutCancel(t.Context())) })
	r := pick(t, packOf(t, tg), "RSZ-STATE-007").Perform(t.Context(), &Env{Target: tg})[0]
	if r.Verdict != journal.Fail || r.Finding == nil || !strings.Contains(r.Finding.Wanted, "unchanged") && !strings.Contains(r.Finding.Wanted, "nothing under way") {
		t.Errorf("wanted the change to be seen, got %s %q %+v", r.Verdict, r.Reason, r.Finding)
	}
}

// answersEdited lets a function change the emulator's answer before it is sent.
func answersEdited(change func(*http.Request, *httptest.ResponseRecorder)) fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a := httptest.NewRecorder()
			next.ServeHTTP(a, r)
			change(r, a)
			for name, values := range a.Header() {
				if name != "Content-Length" {
					w.Header()[name] = values
				}
			}
			w.WriteHeader(a.Code)
			_, _ = w.Write(a.Body.Bytes())
		})
	}
}

// withoutQuery hides a query parameter from the emulator. Authentication is by token here, so no signature breaks.
func withoutQuery(name string) fault {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			q.Del(name)
			r.URL.RawQuery = q.Encode()
			next.ServeHTTP(w, r)
		})
	}
}

package emulator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// Each seam, used the way a named deviation would: wrap the faithful part, change one thing.
func TestSeams(t *testing.T) {
	for name, c := range map[string]struct {
		seams  Seams
		server ServerSpec
		body   string
		check  func(l *lab, got reply, id string) bool
	}{
		"a layer that swallows the request id": {
			seams: Seams{Layers: func(layers []Layer) []Layer {
				return append([]Layer{{"strip", func(next http.Handler) http.Handler {
					return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(withoutRequestID{w}, r) })
				}}}, layers...)
			}},
			check: func(_ *lab, got reply, _ string) bool { return got.header.Get("X-Request-Id") == "" },
		},
		"a missing layer": {
			seams: Seams{Layers: func(layers []Layer) []Layer {
				return slices.DeleteFunc(layers, func(l Layer) bool { return l.Name == "project" })
			}},
			check: func(l *lab, _ reply, id string) bool {
				return l.do("POST", "/v1.1/"+foreignProject+"/cloudservers/"+id+"/resize", to("s3.large.2")).status == 404
			},
		},
		"an authenticator that lets everybody in": {
			seams: Seams{Authenticate: func(Authenticator) Authenticator {
				return func(*http.Request, []byte, time.Time) (Caller, *Refusal) { return Caller{Project: defaultProject}, nil }
			}},
			check: func(l *lab, _ reply, id string) bool {
				return l.do("GET", base+id, "", "X-Auth-Token", "").status == 200
			},
		},
		"a route that shows what is others'": {
			seams: Seams{Routes: func(rs []Route) []Route {
				for i := range rs {
					if faithful := rs[i].Handle; rs[i].Operation == "showServer" {
						rs[i].Handle = func(r *Request) Answer { r.Project = foreignProject; return faithful(r) }
					}
				}
				return rs
			}},
			check: func(l *lab, _ reply, _ string) bool {
				return l.do("GET", base+l.add(ServerSpec{Project: foreignProject}), "").status == 200
			},
		},
		"a rule left out": {
			seams: Seams{Rules: func(rules []Rule) []Rule {
				return slices.DeleteFunc(rules, func(r Rule) bool { return r.Name == "locked" })
			}},
			server: ServerSpec{Locked: true},
			check:  func(_ *lab, got reply, _ string) bool { return got.status == 200 },
		},
		"all rules left out, nothing exists": {
			seams: Seams{Rules: func([]Rule) []Rule { return nil }},
			body:  "nonsense",
			check: func(l *lab, got reply, _ string) bool {
				l.pass(jobTook)
				return l.wantJob(got.text("job_id"), JobFail).text("error_code") == "Ecs.0029" &&
					l.resize("ghost", "").status == 200
			},
		},
		"a refusal that is carried out": {
			seams: Seams{Rules: func(rules []Rule) []Rule {
				for i, r := range rules {
					rules[i].Check = func(q *ResizeRequest) *Refusal {
						refusal := r.Check(q)
						if refusal != nil {
							q.Accept()
						}
						return refusal
					}
				}
				return rules
			}},
			server: ServerSpec{Frozen: true},
			check: func(l *lab, got reply, id string) bool {
				l.pass(jobTook)
				return got.code() == "Ecs.0030" && l.flavor(id) == "s3.large.2"
			},
		},
		"an accepter that answers another status": {
			seams: Seams{Accept: func(faithful Accepter) Accepter {
				return func(q *ResizeRequest) Answer {
					a := faithful(q)
					a.Status = http.StatusCreated
					return a
				}
			}},
			check: func(_ *lab, got reply, _ string) bool { return got.status == 201 },
		},
		"a plan without its effect": {
			seams: Seams{Plan: func(faithful Planner) Planner {
				return func(o Order) Plan {
					p := faithful(o)
					for i := range p {
						p[i].Effect = NoEffect
					}
					return p
				}
			}},
			check: func(l *lab, got reply, id string) bool {
				l.pass(jobTook)
				return l.wantJob(got.text("job_id"), JobSuccess).status == 200 && l.flavor(id) == "s3.medium.4"
			},
		},
		"a plan that never ends": {
			seams: Seams{Plan: func(Planner) Planner { return func(Order) Plan { return nil } }},
			check: func(l *lab, got reply, id string) bool {
				l.pass(time.Hour)
				l.RemoveServer(id)
				return l.wantJob(got.text("job_id"), JobInit).status == 200
			},
		},
		"a plan that goes on after its end": {
			seams: Seams{Plan: func(faithful Planner) Planner {
				return func(o Order) Plan {
					return append(faithful(o), Step{After: 2 * o.Duration, Job: JobRunning}, Step{After: 3 * o.Duration, Job: JobSuccess})
				}
			}},
			check: func(l *lab, got reply, _ string) bool {
				l.pass(jobTook)
				l.wantJob(got.text("job_id"), JobSuccess)
				l.pass(jobTook)
				return l.wantJob(got.text("job_id"), JobRunning).status == 200
			},
		},
		"another envelope": {
			seams: Seams{Render: func(faithful Renderer) Renderer {
				return func(w http.ResponseWriter, r *Request, a Answer) {
					if a.Refusal != nil {
						a.Body, a.Refusal = map[string]string{"code": a.Refusal.Code, "message": a.Refusal.Message}, nil
					}
					faithful(w, r, a)
				}
			}},
			body:  "{}",
			check: func(_ *lab, got reply, _ string) bool { return got.text("code") == "Ecs.0005" },
		},
		"dashed job ids": {
			seams: Seams{NewID: func(faithful IDMaker) IDMaker {
				return func(k IDKind) string {
					if k == JobID {
						k = ServerID
					}
					return faithful(k)
				}
			}},
			check: func(_ *lab, got reply, _ string) bool { return strings.Count(got.text("job_id"), "-") == 4 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t, Config{Seams: c.seams})
			id := l.add(c.server)
			body := to("s3.large.2")
			if c.body != "" {
				body = c.body
			}
			got := l.resize(id, body)
			if !c.check(l, got, id) {
				t.Errorf("the seam has no effect: %d %s", got.status, got.raw)
			}
		})
	}
}

type withoutRequestID struct{ http.ResponseWriter }

func (w withoutRequestID) WriteHeader(status int) {
	w.Header().Del("X-Request-Id")
	w.ResponseWriter.WriteHeader(status)
}

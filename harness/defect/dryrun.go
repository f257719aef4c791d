package defect

import (
	"net/http"
	"net/http/httptest"

	"resize-conformance/harness/emulator"
)

// dryRunDefects take a check for the real thing, or the other way round.
func dryRunDefects() []Defect {
	return []Defect{
		{
			Name: "dry-run-executes", Title: "carries a dry run out", Kind: Pretence, Breaks: []string{"RSZ-DRY-002", "RSZ-V1-005"},
			Apply: atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.DryRun {
					q.Accept()
				}
				return nil
			}),
		},
		{
			Name: "v1-dry-run-executes", Title: "carries a dry run out, but only in v1", Kind: Sometimes, Breaks: []string{"RSZ-V1-005"},
			Apply: atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if q.DryRun && q.Version == "v1" {
					q.Accept()
				}
				return nil
			}),
		},
		{
			Name: "dry-run-answers-200", Title: "answers a passed dry run 200", Kind: Answer, Breaks: []string{"RSZ-DRY-001", "RSZ-V1-005"},
			Apply: inAnswers(func(r *http.Request, a *httptest.ResponseRecorder) {
				if isResize(r) && a.Code == http.StatusAccepted {
					a.Code = http.StatusOK
					a.Body.Reset()
					a.Body.WriteString(`{"job_id":"ff808082000000000000000000000001"}`)
				}
			}),
		},
		{
			Name: "dry-run-passes-anything", Title: "passes a dry run without a look at the request", Kind: Lenient, Breaks: []string{"RSZ-DRY-003"},
			Apply: inRules(func(rules []emulator.Rule) []emulator.Rule {
				out := make([]emulator.Rule, len(rules))
				for i, r := range rules {
					out[i] = emulator.Rule{Name: r.Name, Check: func(q *emulator.ResizeRequest) *emulator.Refusal {
						if q.DryRun {
							return nil
						}
						return r.Check(q)
					}}
				}
				return out
			}),
		},
		{
			Name: "dry-run-false-is-dry", Title: "takes any dry_run that is there for true", Kind: Pretence, Breaks: []string{"RSZ-DRY-004"},
			Apply: atTheEnd(func(q *emulator.ResizeRequest) *emulator.Refusal {
				if hasMember(q, "dry_run") {
					q.DryRun = true
				}
				return nil
			}),
		},
		{
			Name: "dry-run-false-is-unchecked", Title: "does not check a request that says dry_run false", Kind: Lenient, Breaks: []string{"RSZ-DRY-005"},
			Apply: inRules(func(rules []emulator.Rule) []emulator.Rule {
				out := make([]emulator.Rule, len(rules))
				for i, r := range rules {
					out[i] = emulator.Rule{Name: r.Name, Check: func(q *emulator.ResizeRequest) *emulator.Refusal {
						if !q.DryRun && hasMember(q, "dry_run") {
							return nil
						}
						return r.Check(q)
					}}
				}
				return out
			}),
		},
	}
}

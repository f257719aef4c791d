package defect

import (
	"encoding/json"
	"net/http"
	"strings"

	"resize-conformance/harness/emulator"
)

// bodyShapeDefects are about which members a body has and of which types they are.
func bodyShapeDefects() []Defect {
	return []Defect{
		{
			Name: "flavor-one-level-up", Title: "finds flavorRef beside resize, too", Kind: Lenient, Breaks: []string{"RSZ-BODY-001"},
			Apply: readingObject(func(body, _ map[string]any) {
				if flavor, ok := body["flavorRef"]; ok && body["resize"] == nil {
					body["resize"] = map[string]any{"flavorRef": flavor}
				}
			}),
		},
		{
			Name: "missing-resize-500", Title: "fails at a body without resize", Kind: Answer, Breaks: []string{"RSZ-BODY-001"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				body, _, isObject := objects(r.Body)
				_, given := body["resize"]
				return isObject && !given
			}),
		},
		{
			Name: "resize-as-string", Title: "takes a resize that is a string for the flavor", Kind: Lenient, Breaks: []string{"RSZ-BODY-002"},
			Apply: readingObject(func(body, _ map[string]any) {
				if flavor, ok := body["resize"].(string); ok {
					body["resize"] = map[string]any{"flavorRef": flavor}
				}
			}),
		},
		{
			Name: "resize-as-array", Title: "takes the only entry of an array for resize", Kind: Lenient, Breaks: []string{"RSZ-BODY-002"},
			Apply: readingObject(func(body, _ map[string]any) {
				if list, ok := body["resize"].([]any); ok && len(list) == 1 {
					body["resize"] = list[0]
				}
			}),
		},
		{
			Name: "null-resize-500", Title: "fails at a resize that is null", Kind: Answer, Breaks: []string{"RSZ-BODY-002"},
			Apply: refusing(systemError(), func(r *emulator.Request) bool {
				body, _, _ := objects(r.Body)
				resize, given := body["resize"]
				return given && resize == nil
			}),
		},
		{
			Name: "missing-flavor-accepted", Title: "takes a resize that names no flavor and lets the job fail", Kind: Lenient, Breaks: []string{"RSZ-BODY-003"},
			Apply: acceptsFlavor(func(resize map[string]any) bool { _, given := resize["flavorRef"]; return !given }),
		},
		{
			Name: "member-names-by-any-case", Title: "does not tell small letters from capitals in the names of members", Kind: Lenient, Breaks: []string{"RSZ-BODY-003"},
			Apply: readingObject(func(_, resize map[string]any) {
				for name, value := range resize {
					if strings.EqualFold(name, "flavorRef") {
						delete(resize, name)
						resize["flavorRef"] = value
						return
					}
				}
			}),
		},
		{
			Name: "missing-flavor-other-code", Title: "says that the flavor is unknown when none is named", Kind: Reason, Breaks: []string{"RSZ-BODY-003"},
			Apply: refusing(says(http.StatusBadRequest, "Ecs.0029"), func(r *emulator.Request) bool {
				_, resize, _ := objects(r.Body)
				_, given := resize["flavorRef"]
				return resize != nil && !given
			}),
		},
		{
			Name: "flavor-as-number", Title: "takes a flavorRef that is a number for a name", Kind: Lenient, Breaks: []string{"RSZ-BODY-004"},
			Apply: readingObject(func(_, resize map[string]any) {
				if n, ok := resize["flavorRef"].(json.Number); ok {
					resize["flavorRef"] = n.String()
				}
			}),
		},
		{
			Name: "flavor-as-object", Title: "takes a flavorRef that is an object with an id", Kind: Lenient, Breaks: []string{"RSZ-BODY-004"},
			Apply: readingObject(func(_, resize map[string]any) {
				if o, ok := resize["flavorRef"].(map[string]any); ok && o["id"] != nil {
					resize["flavorRef"] = o["id"]
				}
			}),
		},
		{
			Name: "null-flavor-accepted", Title: "takes a flavorRef that is null and lets the job fail", Kind: Lenient, Breaks: []string{"RSZ-BODY-004"},
			Apply: acceptsFlavor(func(resize map[string]any) bool { flavor, given := resize["flavorRef"]; return given && flavor == nil }),
		},
		{
			Name: "empty-flavor-accepted", Title: "takes an empty flavorRef and lets the job fail", Kind: Lenient, Breaks: []string{"RSZ-BODY-005"},
			Apply: acceptsFlavor(func(resize map[string]any) bool { return resize["flavorRef"] == "" }),
		},
		{
			Name: "dry-run-as-string", Title: `takes a dry_run of "true" for true`, Kind: Lenient, Breaks: []string{"RSZ-BODY-006"},
			Apply: readingObject(func(body, _ map[string]any) {
				if text, ok := body["dry_run"].(string); ok {
					body["dry_run"] = text == "true"
				}
			}),
		},
		{
			Name: "dry-run-as-number", Title: "takes a dry_run of 1 for true", Kind: Lenient, Breaks: []string{"RSZ-BODY-006"},
			Apply: readingObject(func(body, _ map[string]any) {
				if n, ok := body["dry_run"].(json.Number); ok {
					body["dry_run"] = n.String() != "0"
				}
			}),
		},
		{
			Name: "illegible-dry-run-ignored", Title: "resizes when it cannot read dry_run", Kind: Lenient, Breaks: []string{"RSZ-BODY-006"},
			Apply: withoutRule("dry_run"),
		},
		{
			Name: "illegible-dry-run-carried-out", Title: "refuses a dry_run that is no boolean and resizes all the same", Kind: Pretence, Breaks: []string{"RSZ-BODY-006"},
			Apply: refusesYetDoes("dry_run"),
		},
		{
			Name: "illegible-host-ignored", Title: "ignores a dedicated_host_id that is no string", Kind: Lenient, Breaks: []string{"RSZ-BODY-007"},
			Apply: withoutRule("dedicated_host_id"),
		},
		{
			Name: "illegible-host-500", Title: "fails at a dedicated_host_id that is no string", Kind: Answer, Breaks: []string{"RSZ-BODY-007"},
			Apply: otherwise("dedicated_host_id", http.StatusInternalServerError, "Common.0001"),
		},
		{
			Name: "illegible-extendparam-ignored", Title: "ignores an extendparam that is no object", Kind: Lenient, Breaks: []string{"RSZ-BODY-008"},
			Apply: withoutRule("extendparam"),
		},
		{
			Name: "extendparam-as-array", Title: "takes the only entry of an array for extendparam", Kind: Lenient, Breaks: []string{"RSZ-BODY-008"},
			Apply: readingObject(func(_, resize map[string]any) {
				if list, ok := resize["extendparam"].([]any); ok && len(list) == 1 {
					resize["extendparam"] = list[0]
				}
			}),
		},
		{
			Name: "empty-extendparam-refused", Title: "refuses an extendparam that is empty", Kind: Strict, Breaks: []string{"RSZ-BODY-009"},
			Apply: refusing(illegal(), emptyMember("extendparam")),
		},
		{
			Name: "illegible-cpu-options-ignored", Title: "ignores cpu_options that are no object", Kind: Lenient, Breaks: []string{"RSZ-BODY-010"},
			Apply: withoutRule("cpu_options"),
		},
		{
			Name: "empty-cpu-options-refused", Title: "refuses cpu_options that are empty", Kind: Strict, Breaks: []string{"RSZ-BODY-011"},
			Apply: refusing(illegal(), emptyMember("cpu_options")),
		},
		{
			Name: "zero-threads-taken-for-none", Title: "takes hw:cpu_threads 0 for none given", Kind: Lenient, Breaks: []string{"RSZ-BODY-012"},
			Apply: readingThreads(func(v any) any { return v }, func(v any) bool { return v == json.Number("0") }),
		},
		{
			Name: "many-threads-cut", Title: "takes any hw:cpu_threads above 2 for 2", Kind: Lenient, Breaks: []string{"RSZ-BODY-012"},
			Apply: readingThreads(func(v any) any {
				if v == json.Number("3") {
					return 2
				}
				return v
			}, nil),
		},
		{
			Name: "threads-as-string", Title: "takes hw:cpu_threads from a string", Kind: Lenient, Breaks: []string{"RSZ-BODY-012"},
			Apply: readingThreads(func(v any) any {
				if text, ok := v.(string); ok {
					return json.Number(text)
				}
				return v
			}, nil),
		},
		{
			Name: "threads-rounded", Title: "takes hw:cpu_threads 1.5 for 1", Kind: Lenient, Breaks: []string{"RSZ-BODY-012"},
			Apply: readingThreads(func(v any) any {
				if v == json.Number("1.5") {
					return 1
				}
				return v
			}, nil),
		},
	}
}

// acceptsFlavor accepts a resize whose flavor is of no use, when it is so in the way that useless says. Its job fails.
func acceptsFlavor(useless func(resize map[string]any) bool) func(*emulator.Config) {
	return inRules(func(rules []emulator.Rule) []emulator.Rule {
		out := make([]emulator.Rule, len(rules))
		for i, r := range rules {
			out[i] = r
			if r.Name != "flavorRef" && r.Name != "flavor-exists" {
				continue
			}
			out[i].Check = func(q *emulator.ResizeRequest) *emulator.Refusal {
				if _, resize, _ := objects(q.Body); q.Version == "v1.1" && resize != nil && useless(resize) {
					return nil
				}
				return r.Check(q)
			}
		}
		return out
	})
}

// readingThreads changes the hw:cpu_threads that a v1.1 resize reads, or drops them where drop says so; nil never does.
func readingThreads(change func(any) any, drop func(any) bool) func(*emulator.Config) {
	const name = "hw:cpu_threads"
	return readingObject(func(_, resize map[string]any) {
		options, _ := resize["cpu_options"].(map[string]any)
		v, given := options[name]
		switch {
		case !given:
		case drop != nil && drop(v):
			delete(options, name)
		default:
			options[name] = change(v)
		}
	})
}

// emptyMember picks out the resizes that have an empty object of a name.
func emptyMember(name string) func(*emulator.Request) bool {
	return func(r *emulator.Request) bool {
		_, resize, _ := objects(r.Body)
		o, isObject := resize[name].(map[string]any)
		return isObject && len(o) == 0
	}
}

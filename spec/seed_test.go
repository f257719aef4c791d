package spec_test

import (
	"slices"
	"strings"
	"testing"
)

// seedPromises lists what the seed page says, sentence by sentence and cell by cell, in its order. What the page has lost (the
// items of a list, of which only the heading is left) is recovered from other editions and cited under the heading's name.
func seedPromises() []string {
	return []string{
		"Function, sentence 1", "Function, sentence 2", "Function, sentence 3", "Function, sentence 4", "Function, sentence 5",
		"Function, sentence 6", "Function, sentence 7", "Function, sentence 8", "Function, sentence 9", "Function, sentence 10",

		"Constraints, bullet 1", "Constraints, bullet 2",

		"URI, request line",
		"Table 1, project_id, mandatory", "Table 1, project_id, how to obtain",
		"Table 1, server_id, mandatory", "Table 1, server_id, how to obtain",

		"Table 2, resize, mandatory", "Table 2, resize, type", "Table 2, resize, definition",
		"Table 2, resize, constraints", "Table 2, resize, range", "Table 2, resize, default",
		"Table 2, dry_run, mandatory", "Table 2, dry_run, type", "Table 2, dry_run, definition",
		"Table 2, dry_run, constraints", "Table 2, dry_run, range", "Table 2, dry_run, default",

		"Table 3, flavorRef, mandatory", "Table 3, flavorRef, type",
		"Table 3, flavorRef, definition, sentence 1", "Table 3, flavorRef, definition, sentence 2",
		"Table 3, flavorRef, constraints", "Table 3, flavorRef, range", "Table 3, flavorRef, default",
		"Table 3, dedicated_host_id, mandatory", "Table 3, dedicated_host_id, type", "Table 3, dedicated_host_id, definition",
		"Table 3, dedicated_host_id, constraints, first", "Table 3, dedicated_host_id, constraints, second",
		"Table 3, dedicated_host_id, range", "Table 3, dedicated_host_id, default",
		"Table 3, extendparam, mandatory", "Table 3, extendparam, type", "Table 3, extendparam, definition",
		"Table 3, extendparam, constraints", "Table 3, extendparam, range", "Table 3, extendparam, default",
		"Table 3, cpu_options, mandatory", "Table 3, cpu_options, type", "Table 3, cpu_options, definition",
		"Table 3, cpu_options, constraints", "Table 3, cpu_options, range", "Table 3, cpu_options, default",

		"Table 4, isAutoPay, mandatory", "Table 4, isAutoPay, type", "Table 4, isAutoPay, definition",
		"Table 4, isAutoPay, constraints", "Table 4, isAutoPay, range", "Table 4, isAutoPay, default",

		"Table 5, hw:cpu_threads, mandatory", "Table 5, hw:cpu_threads, type", "Table 5, hw:cpu_threads, definition",
		"Table 5, hw:cpu_threads, constraints", "Table 5, hw:cpu_threads, range", "Table 5, hw:cpu_threads, default",

		"Table 6, job_id, mandatory", "Table 6, job_id, type", "Table 6, job_id, definition, returned for pay-per-use",
		"Table 6, job_id, definition, statuses", "Table 6, job_id, range",
		"Table 6, order_id, mandatory", "Table 6, order_id, type", "Table 6, order_id, definition", "Table 6, order_id, range",

		"Example Request, caption, flavor on a DeH", "Example Request, caption, automatic payment",
		"Example Request, caption, running ECS", "Example Request, request line", "Example Request, body",
		"Example Response 1", "Example Response 2", "Example Response 3",
		"Returned Values", "Error Codes",
	}
}

func TestEveryPromiseOfTheSeedHasARow(t *testing.T) {
	cited := map[string][]string{}
	for _, r := range read(t, base).requirements(t) {
		for _, item := range r.sources() {
			if promise, ok := strings.CutPrefix(item, "seed: "); ok {
				cited[promise] = append(cited[promise], r.ID)
			}
		}
	}
	promises := seedPromises()
	for _, promise := range promises {
		if len(cited[promise]) == 0 {
			t.Errorf("no row cites %q of the seed page", promise)
		}
	}
	for promise, rows := range cited {
		if !slices.Contains(promises, promise) {
			t.Errorf("%v cite %q, which is no place of the seed page", rows, promise)
		}
	}
}

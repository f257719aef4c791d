package explore

import (
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
)

func unique(all []string) []string {
	slices.Sort(all)
	return slices.Compact(all)
}

// answer says what an answer is, without its free text: "200 with job_id", "400 Ecs.0009".
func answer(a *ecs.Answer) string {
	if codes := a.ErrorCodes(); len(codes) > 0 {
		return fmt.Sprintf("%d %s", a.Status, strings.Join(codes, ", "))
	}
	var ids []string
	if id, _ := a.JobID(); id != "" {
		ids = append(ids, "job_id")
	}
	if id, _ := a.OrderID(); id != "" {
		ids = append(ids, "order_id")
	}
	if len(ids) > 0 {
		return fmt.Sprintf("%d with %s", a.Status, strings.Join(ids, " and "))
	}
	return fmt.Sprintf("%d with %d bytes and no error code", a.Status, len(a.Body))
}

// busy says whether the server is told to be busy with another command.
func busy(a *ecs.Answer) bool { return a.HasCode("Ecs.0603") }

package recording

import (
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// ServersNamed lists the ids in a request that stand where a server's does.
func ServersNamed(x *journal.Exchange) []string {
	var ids []string
	segments := strings.Split(PathOf(x.URL), "/")
	for i, segment := range segments {
		if i > 0 && segments[i-1] == "cloudservers" && uuid.MatchString(segment) {
			ids = append(ids, segment)
		}
	}
	if u, err := url.Parse(x.URL); err == nil {
		if id := u.Query().Get("instance_uuid"); uuid.MatchString(id) {
			ids = append(ids, id)
		}
	}
	if x.Operation == "batchStartOrStopServers" || x.Operation == "deleteServers" {
		ids = append(ids, uuid.FindAllString(x.RequestBody.Text, -1)...)
	}
	return ids
}

// TargetOf is the path and query of a recorded URL as they were written.
func TargetOf(recorded string) string {
	_, rest, ok := strings.Cut(recorded, "://")
	if !ok {
		rest = recorded
	}
	if i := strings.IndexAny(rest, "/?"); i >= 0 {
		if rest[i] == '?' {
			return "/" + rest[i:]
		}
		return rest[i:]
	}
	return "/"
}

// PathOf is the path of a recorded URL as it was written.
func PathOf(recorded string) string {
	path, _, _ := strings.Cut(TargetOf(recorded), "?")
	return path
}

// Needs lists the ids in a request that earlier exchanges of its sequence have handed out, of jobs, orders and servers that were made: it can only be sent after those. A
// request that only reads a server needs what was changed before as well.
func Needs(s *Sequence, x *journal.Exchange) []string {
	var ids []string
	for _, before := range s.Exchanges {
		if before == x || before.ID > x.ID {
			break
		}
		if !Changes(before) {
			continue
		}
		doc := Document(before.ResponseBody)
		for _, id := range append(doc.At("serverIds").Strings(), doc.At("job_id").Text(), doc.At("order_id").Text()) {
			if id != "" && (strings.Contains(x.URL, id) || strings.Contains(x.RequestBody.Text, id)) {
				ids = append(ids, id)
			}
		}
		for _, id := range ServersNamed(x) {
			if before.Status/100 == 2 && slices.Contains(ServersNamed(before), id) && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// IDs lists the servers that a request names, the job that it asks for, and what its answer hands out.
func IDs(x *journal.Exchange) []string {
	ids := ServersNamed(x)
	if job := JobNamed(x); job != "" {
		ids = append(ids, job)
	}
	if Changes(x) {
		doc := Document(x.ResponseBody)
		for _, id := range append(doc.At("serverIds").Strings(), doc.At("job_id").Text(), doc.At("order_id").Text()) {
			if id != "" {
				ids = append(ids, id)
			}
		}
	}
	return ids
}

// JobNamed is the job that a request asks for; "" when it asks for none.
func JobNamed(x *journal.Exchange) string {
	_, job, _ := strings.Cut(PathOf(x.URL), "/jobs/")
	return job
}

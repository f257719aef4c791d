package monitor

import (
	"net/url"
	"strings"

	"resize-conformance/harness/journal"
)

// The operations of the contract whose exchanges are read.
const (
	opResize      = "resizeServer"
	opResizeV1    = "resizePostPaidServer"
	opShowJob     = "showJob"
	opShowServer  = "showServer"
	opAction      = "batchStartOrStopServers"
	opCreate      = "createServers"
	opDelete      = "deleteServers"
	jobTypeResize = "resizeServer"
	requestID     = "X-Request-Id"
	clientToken   = "X-Client-Token"
)

// shownJob is what an answer tells of a job or of a child of one. What is null, absent or no string is "".
type shownJob struct {
	id, kind, status, begin, end, server string
	children                             []shownJob
	total                                string // sub_jobs_total as it was written
	parts                                int    // the elements of sub_jobs, whatever they are
	parted                               bool   // there is a whole list sub_jobs
}

// readJob reads the answer to a job query.
func readJob(text string) (shownJob, bool) { return jobAt(text, 0) }

// childDepth bounds how deep children of children are looked for; one level is documented.
const childDepth = 3

func jobAt(text string, depth int) (j shownJob, ok bool) {
	ok = members(text, func(name, value string) {
		switch name {
		case "job_id":
			j.id = word(value)
		case "job_type":
			j.kind = word(value)
		case "status":
			j.status = word(value)
		case "begin_time":
			j.begin = word(value)
		case "end_time":
			j.end = word(value)
		case "entities":
			members(value, func(name, value string) {
				switch {
				case name == "server_id":
					j.server = word(value)
				case name == "sub_jobs_total":
					j.total = value
				case name == "sub_jobs" && depth < childDepth:
					j.parted = elements(value, func(value string) {
						j.parts++
						if child, ok := jobAt(value, depth+1); ok {
							j.children = append(j.children, child)
						}
					})
				}
			})
		}
	})
	return j, ok
}

// servers lists the servers that a job and its children name.
func (j *shownJob) servers(yield func(id, at string) bool) bool {
	if j.server != "" && !yield(j.server, "/entities/server_id") {
		return false
	}
	for i := range j.children {
		if !j.children[i].servers(func(id, _ string) bool { return yield(id, "/entities/sub_jobs") }) {
			return false
		}
	}
	return true
}

// shownServer is what an answer tells of a server. States are in lower case, and that of an idle one is "" (position 40).
type shownServer struct{ id, status, vmState, task, flavor string }

func readServer(text string) (s shownServer, ok bool) {
	ok = members(text, func(name, value string) {
		if name != "server" {
			return
		}
		members(value, func(name, value string) {
			switch name {
			case "id":
				s.id = word(value)
			case "status":
				s.status = word(value)
			case "OS-EXT-STS:vm_state":
				s.vmState = strings.ToLower(word(value))
			case "OS-EXT-STS:task_state":
				s.task = strings.ToLower(word(value))
			case "flavor":
				members(value, func(name, value string) {
					if name == "id" {
						s.flavor = word(value)
					}
				})
			}
		})
	})
	return s, ok && s.id != "" && s.status != "" && s.flavor != ""
}

// resting says that the server is one of the two things that it stays, and that nothing is being done to it.
func (s *shownServer) resting() bool {
	return s.task == "" && (s.status == "ACTIVE" && s.vmState == "active" || s.status == "SHUTOFF" && s.vmState == "stopped")
}

// askedResize is what a resize request asks for.
type askedResize struct {
	flavor string // "" when the body does not say
	dry    bool
	mode   bool // mode was given
}

func readResize(text string) (r askedResize, ok bool) {
	ok = members(text, func(name, value string) {
		switch name {
		case "dry_run":
			r.dry = value == "true"
		case "resize":
			members(value, func(name, value string) {
				switch name {
				case "flavorRef":
					r.flavor = word(value)
				case "mode":
					r.mode = true
				}
			})
		}
	})
	return r, ok
}

// readTargets lists the servers of a start, a stop or a deletion.
func readTargets(text string) (ids []string, ok bool) {
	list := func(value string) {
		elements(value, func(value string) {
			members(value, func(name, value string) {
				if id := word(value); name == "id" && id != "" {
					ids = append(ids, strings.ToLower(id))
				}
			})
		})
	}
	ok = members(text, func(name, value string) {
		switch name {
		case "servers":
			list(value)
		case "os-start", "os-stop":
			members(value, func(name, value string) {
				if name == "servers" {
					list(value)
				}
			})
		}
	})
	return ids, ok
}

// acceptance is what an answer of success tells.
type acceptance struct {
	job, order string // ids; "" for none
	erroneous  bool   // it carries an error all the same (a 202 may: Common.0024)
}

func readAccepted(text string) (a acceptance) {
	members(text, func(name, value string) {
		switch name {
		case "job_id":
			a.job = word(value)
		case "order_id":
			a.order = word(value)
		case "error", "error_code", "code":
			a.erroneous = a.erroneous || value != "null" && value != `""`
		}
	})
	return a
}

// body is a message body if all of it was kept as text.
func body(b journal.Body) (string, bool) { return b.Text, !b.Truncated && b.Base64 == "" }

// pathID is the segment of a path that is so many from its end, as it was meant.
func pathID(rawURL string, fromEnd int) string {
	path, _, _ := strings.Cut(rawURL, "?")
	for ; fromEnd > 0; fromEnd-- {
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
	}
	id := path[strings.LastIndexByte(path, '/')+1:]
	if plain, err := url.PathUnescape(id); err == nil {
		id = plain
	}
	return id
}

// serverID is pathID of a server: UUIDs are the same in capitals.
func serverID(rawURL string, fromEnd int) string { return strings.ToLower(pathID(rawURL, fromEnd)) }

// header is a header line's value.
func header(lines []journal.Header, name string) string {
	for i := range lines {
		if strings.EqualFold(lines[i].Name, name) {
			return lines[i].Value
		}
	}
	return ""
}

// malformed says that a request breaks the contract, by intention or not, so that what it may have set going is unknown.
func malformed(x *journal.Exchange) bool {
	if x.Malformed != "" {
		return true
	}
	for i := range x.Violations {
		if x.Violations[i].In == "request" {
			return true
		}
	}
	return false
}

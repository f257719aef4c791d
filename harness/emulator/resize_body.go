package emulator

import "slices"

// ResizeRequest is a resize as far as it could be understood. It is filled in completely before the first rule looks at
// it, so that any rule can be left out: what could not be read has its zero value, what does not exist is nil.
type ResizeRequest struct {
	*Request
	Version string // "v1.1" or "v1"

	FlavorRef  string
	HostID     string
	AutoPay    string // extendparam.isAutoPay
	Mode       string
	CPUThreads int // 0: not given
	DryRun     bool

	Server *Server // the server of the path; nil when the project has none with that id
	Target *Flavor // the flavor of FlavorRef; nil when there is none

	e        *Emulator
	document any
	syntax   error
	reader
}

const withStopServer = "withStopServer"

// readResize reads body and world for a resize.
func (e *Emulator) readResize(r *Request, version string) *ResizeRequest {
	q := &ResizeRequest{Request: r, Version: version, e: e}
	q.Server = e.world.server(r.Project, r.ServerID)
	if q.document, q.syntax = decodeJSON(r.Body); q.syntax != nil {
		return q
	}
	body, isObject := q.document.(map[string]any)
	if !isObject {
		return q
	}
	if slices.Contains(e.behaviour.DryRun, version) {
		q.DryRun, _ = field[bool](&q.reader, body, "", "dry_run", false)
	}
	if resize, got := field[map[string]any](&q.reader, body, "", "resize", true); got {
		q.readFields(resize)
	}
	q.Target = e.world.flavors[q.FlavorRef]
	return q
}

// readFields reads what stands in "resize". Fields that the version or the edition does not have are unknown properties
// to it: not looked at, whatever they hold.
func (q *ResizeRequest) readFields(resize map[string]any) {
	const base = "/resize"
	b := q.e.behaviour
	var got bool
	if q.FlavorRef, got = field[string](&q.reader, resize, base, "flavorRef", true); got && q.FlavorRef == "" {
		q.complain(base+"/flavorRef", "/resize/flavorRef must not be empty")
	}
	if q.Version != "v1" && b.DedicatedHosts {
		q.HostID, _ = field[string](&q.reader, resize, base, "dedicated_host_id", false)
	}
	if q.Version != "v1" && b.Prepaid {
		if extend, got := field[map[string]any](&q.reader, resize, base, "extendparam", false); got {
			q.AutoPay, _ = field[string](&q.reader, extend, base+"/extendparam", "isAutoPay", false)
			if q.AutoPay != "" && q.AutoPay != "true" && q.AutoPay != "false" { // blank means manual payment
				q.complain(base+"/extendparam/isAutoPay", `/resize/extendparam/isAutoPay must be "true" or "false", got %q`, q.AutoPay)
			}
		}
	}
	if q.e.mode {
		if q.Mode, got = field[string](&q.reader, resize, base, "mode", false); got && q.Mode != withStopServer {
			q.complain(base+"/mode", "/resize/mode must be %q, got %q", withStopServer, q.Mode)
		}
	}
	if slices.Contains(b.CPUOptions, q.Version) {
		if options, got := field[map[string]any](&q.reader, resize, base, "cpu_options", false); got {
			q.readThreads(options)
		}
	}
}

func (q *ResizeRequest) readThreads(options map[string]any) {
	const base, name = "/resize/cpu_options", "hw:cpu_threads"
	n, got := field[number](&q.reader, options, base, name, false)
	if !got {
		return
	}
	threads, whole := n.whole()
	if !whole || threads != 1 && threads != 2 {
		q.complain(base+"/"+name, "%s/%s must be 1 or 2, got %s", base, name, string(n))
		return
	}
	q.CPUThreads = threads
}

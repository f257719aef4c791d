package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Route is one operation of the API.
type Route struct {
	Operation string // the contract's operationId; of the lists and the fringe, a name of its own
	Method    string
	Pattern   string // "{project_id}", "{server_id}", "{job_id}" and the fringe's "{thing_id}" stand for one segment each
	Action    string // what IAM policies call it
	// Handle answers. It runs with the world held still, so that every request sees one moment.
	Handle func(*Request) Answer
}

// IAM actions of the operations. Those of resize and listResizeFlavors are documented on their pages.
const (
	actionResize = "ecs:cloudServers:resize"
	actionList   = "ecs:cloudServers:listResizeFlavors"
	actionShow   = "ecs:cloudServers:showServer"
	actionPower  = "ecs:cloudServers:startAndStop"
	actionCreate = "ecs:cloudServers:createServers"
	actionDelete = "ecs:cloudServers:deleteServers"

	actionServers = "ecs:cloudServers:listServersDetails"
	actionFlavors = "ecs:cloudServerFlavors:get"
)

func actions() []string {
	return []string{actionResize, actionList, actionShow, actionPower, actionCreate, actionDelete, actionServers, actionFlavors}
}

// routes is the faithful table: what the profile serves and nothing else.
func (e *Emulator) routes() []Route {
	var rs []Route
	for _, v := range e.behaviour.Versions {
		operation := map[string]string{"v1.1": "resizeServer", "v1": "resizePostPaidServer"}[v]
		rs = append(rs, Route{operation, http.MethodPost, "/" + v + "/{project_id}/cloudservers/{server_id}/resize", actionResize,
			func(r *Request) Answer { return e.resize(r, v) }})
	}
	return append(rs,
		Route{"showJob", http.MethodGet, "/v1/{project_id}/jobs/{job_id}", "", e.showJob},
		Route{"listResizeFlavors", http.MethodGet, e.behaviour.ResizeFlavorsPath, actionList, e.listResizeFlavors},
		Route{"showServer", http.MethodGet, "/v1/{project_id}/cloudservers/{server_id}", actionShow, e.showServer},
		Route{"batchStartOrStopServers", http.MethodPost, "/v1/{project_id}/cloudservers/action", actionPower, e.startOrStop},
		Route{"createServers", http.MethodPost, "/" + e.behaviour.Versions[0] + "/{project_id}/cloudservers", actionCreate, e.createServers},
		Route{"deleteServers", http.MethodPost, "/v1/{project_id}/cloudservers/delete", actionDelete, e.deleteServers},
	)
}

// match finds the route of a request and takes the ids out of its path. Paths are compared segment by segment as they
// were sent: no trailing slash, no empty segment and no dot segment is forgiven, and an encoded slash belongs to an id.
func match(routes []Route, r *Request) bool {
	path := strings.Split(r.HTTP.URL.EscapedPath(), "/")
	// Literal segments win over placeholders: resize_flavors is not a server id.
	best := -1
	for i, route := range routes {
		pattern := strings.Split(route.Pattern, "/")
		if route.Method != r.HTTP.Method || len(pattern) != len(path) || !matches(pattern, path) {
			continue
		}
		if best < 0 || strings.Count(route.Pattern, "{") < strings.Count(routes[best].Pattern, "{") {
			best = i
		}
	}
	if best < 0 {
		return false
	}
	r.Route = routes[best]
	for i, p := range strings.Split(r.Route.Pattern, "/") {
		value, err := url.PathUnescape(path[i])
		if err != nil {
			return false
		}
		switch p {
		case "{project_id}":
			r.Project = value
		case "{server_id}":
			r.ServerID = value
		case "{job_id}":
			r.JobID = value
		case "{thing_id}":
			r.ThingID = value
		}
	}
	return true
}

func matches(pattern, path []string) bool {
	return slices.EqualFunc(pattern, path, func(want, got string) bool {
		return want == got || strings.HasPrefix(want, "{") && got != "" && got != "." && got != ".."
	})
}

package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// The lists are three reads beside the contract's operations that whoever makes servers needs: the servers of the project, to find again what was made, the flavors
// that there are, to choose from, and the zones that a server can be in. They are served always, apart from the contract's table, so that no seam changes them, and are in no contract: nothing
// about them is judged. Source: cn reference 2024-04-18, "querying details about ECSs" (paged by number, from 1) and "querying details about flavors", "querying AZs".
func (e *Emulator) listRoutes() []Route {
	return []Route{
		{"list servers", http.MethodGet, "/v1/{project_id}/cloudservers/detail", actionServers, e.listServers},
		{"list flavors", http.MethodGet, "/v1/{project_id}/cloudservers/flavors", actionFlavors, e.listFlavors},
		{"list zones", http.MethodGet, "/v2.1/{project_id}/os-availability-zone", actionFlavors, e.listZones},
	}
}

// Of listServers.
const (
	defaultPage = 25
	largestPage = 1000
)

// listServers answers GET /v1/{project_id}/cloudservers/detail?name=&limit=&offset=. offset is the number of the page, count that of all servers that fit.
func (e *Emulator) listServers(r *Request) Answer {
	query := r.HTTP.URL.Query()
	numbers := map[string]int{"limit": defaultPage, "offset": 1}
	for name := range numbers {
		text := query.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || name == "limit" && n > largestPage {
			return refuse(http.StatusBadRequest, "Ecs.0005", "%s: %q is out of range.", name, text).answer()
		}
		numbers[name] = n
	}
	fitting := slices.DeleteFunc(e.world.serversOf(r.Project), func(s *Server) bool { return !strings.Contains(s.Name, query.Get("name")) })
	limit := numbers["limit"]
	begin := min((numbers["offset"]-1)*limit, len(fitting))
	views := []object{}
	for _, s := range fitting[begin:min(begin+limit, len(fitting))] {
		views = append(views, e.serverView(s))
	}
	return ok(object{"count": len(fitting), "servers": views})
}

// listFlavors answers GET /v1/{project_id}/cloudservers/flavors?availability_zone=: what is sold, with its sales states.
func (e *Emulator) listFlavors(r *Request) Answer {
	list := []listedFlavor{}
	for _, id := range e.world.order {
		if f := e.world.flavors[id]; !f.Unlisted {
			list = append(list, viewOf(f, r))
		}
	}
	return ok(object{"flavors": list})
}

// listZones answers GET /v2.1/{project_id}/os-availability-zone: the zones of the region, all of them in use.
func (e *Emulator) listZones(*Request) Answer {
	list := []object{}
	for _, zone := range e.state.Zones {
		list = append(list, object{"zoneName": zone, "zoneState": object{"available": true}, "hosts": nil})
	}
	return ok(object{"availabilityZoneInfo": list})
}

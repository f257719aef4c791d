package emulator

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// listedFlavor is a flavor as listResizeFlavors shows it: vCPUs and disk as strings, memory as a number.
type listedFlavor struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	VCPUs       string            `json:"vcpus"`
	RAM         int               `json:"ram"`
	Disk        string            `json:"disk"`
	Swap        string            `json:"swap"`
	Ephemeral   int               `json:"OS-FLV-EXT-DATA:ephemeral"`
	Disabled    bool              `json:"OS-FLV-DISABLED:disabled"`
	RxTxFactor  float64           `json:"rxtx_factor"`
	RxTxQuota   *string           `json:"rxtx_quota"`
	RxTxCap     *string           `json:"rxtx_cap"`
	Public      bool              `json:"os-flavor-access:is_public"`
	Links       []link            `json:"links"`
	ExtraSpecs  map[string]string `json:"extra_specs"`
	InstanceMax object            `json:"instance_quota"` // reserved
}

type link struct {
	Rel  string  `json:"rel"`
	Href string  `json:"href"`
	Type *string `json:"type"`
}

const defaultLimit = 1000

// listResizeFlavors answers GET …/resize_flavors: what the flavor of a server, or a flavor named directly, can be changed to now.
func (e *Emulator) listResizeFlavors(r *Request) Answer {
	query := r.HTTP.URL.Query()
	from, server, refusal := e.source(r, query)
	if refusal != nil {
		return refusal.answer()
	}
	var found []*Flavor
	for _, id := range e.world.order {
		if f := e.world.flavors[id]; e.offered(from, f, server) {
			found = append(found, f)
		}
	}
	found, refusal = page(found, query)
	if refusal != nil {
		return refusal.answer()
	}
	list := make([]listedFlavor, len(found))
	for i, f := range found {
		list[i] = viewOf(f, r)
	}
	return ok(object{"flavors": list})
}

func viewOf(f *Flavor, r *Request) listedFlavor {
	v := listedFlavor{ID: f.ID, Name: f.ID, VCPUs: strconv.Itoa(f.VCPUs), RAM: f.RAM, Disk: "0", RxTxFactor: 1, Public: true,
		Links:      []link{{Rel: "self", Href: "http://" + r.HTTP.Host + "/v2.1/" + r.Project + "/flavors/" + url.PathEscape(f.ID)}},
		ExtraSpecs: f.ExtraSpecs, InstanceMax: object{}}
	if v.ExtraSpecs == nil {
		v.ExtraSpecs = map[string]string{}
	}
	return v
}

// source finds out which flavor the list starts from: instance_uuid goes before source_flavor_id goes before source_flavor_name.
func (e *Emulator) source(r *Request, query url.Values) (*Flavor, *Server, *Refusal) {
	if id := query.Get("instance_uuid"); id != "" {
		s := e.world.server(r.Project, id)
		if s == nil {
			return nil, nil, refuse(http.StatusNotFound, "Ecs.0114", "Instance[%s] could not be found.", id)
		}
		return e.world.flavors[s.Flavor], s, nil
	}
	for _, name := range []string{"source_flavor_id", "source_flavor_name"} { // a flavor's name is its id
		if id := query.Get(name); id != "" {
			f := e.world.flavors[id]
			if f == nil {
				return nil, nil, refuse(http.StatusBadRequest, "Ecs.0029", "The flavor %s does not exist.", id)
			}
			return f, nil, nil
		}
	}
	refusal := refuse(http.StatusBadRequest, generalCode, "One of instance_uuid, source_flavor_id and source_flavor_name must be given.")
	refusal.Envelope = DetailsEnvelope // what is wrong stands in the details, as has been seen of the general code
	return nil, nil, refusal
}

// offered says whether a flavor belongs into the list: exactly those to which a resize of the stopped server would be
// accepted. Without a server the region's sales state counts.
func (e *Emulator) offered(from, to *Flavor, s *Server) bool {
	zone, billing := "", PostPaid
	if s != nil {
		zone, billing = s.Zone, s.Billing
		if s.Host == "" && !e.world.room(to, zone) {
			return false
		}
	}
	return !to.Unlisted && to.onSale(zone) && to.sellsTo(billing) && e.world.reachable(from.ID, to.ID) &&
		(len(e.behaviour.DowngradeBanned) == 0 || !to.smallerThan(from))
}

// page sorts and cuts the list. The marker is the last id of the page before.
func page(found []*Flavor, query url.Values) ([]*Flavor, *Refusal) {
	keys := map[string]func(a, b *Flavor) int{
		"flavorid":  func(a, b *Flavor) int { return strings.Compare(a.ID, b.ID) },
		"name":      func(a, b *Flavor) int { return strings.Compare(a.ID, b.ID) },
		"memory_mb": func(a, b *Flavor) int { return cmp.Compare(a.RAM, b.RAM) },
		"vcpus":     func(a, b *Flavor) int { return cmp.Compare(a.VCPUs, b.VCPUs) },
		"root_gb":   func(a, b *Flavor) int { return 0 }, // all have "0"
	}
	key, direction := query.Get("sort_key"), query.Get("sort_dir")
	defaultTo(&key, []string{"flavorid"})
	defaultTo(&direction, []string{"asc"})
	compare, known := keys[key]
	if !known {
		return nil, refuse(http.StatusBadRequest, "Ecs.0005", "sort_key must be flavorid, name, memory_mb, vcpus or root_gb, got %q.", key)
	}
	if direction != "asc" && direction != "desc" {
		return nil, refuse(http.StatusBadRequest, "Ecs.0005", "sort_dir must be asc or desc, got %q.", direction)
	}
	slices.SortFunc(found, func(a, b *Flavor) int {
		c := cmp.Or(compare(a, b), strings.Compare(a.ID, b.ID)) // the id makes the order total, so that pages fit together
		if direction == "desc" {
			return -c
		}
		return c
	})
	if marker := query.Get("marker"); marker != "" {
		i := slices.IndexFunc(found, func(f *Flavor) bool { return f.ID == marker })
		if i < 0 {
			return nil, refuse(http.StatusBadRequest, "Ecs.0005", "marker: the flavor %q is not in the list.", marker)
		}
		found = found[i+1:]
	}
	limit := defaultLimit
	if text := query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return nil, refuse(http.StatusBadRequest, "Ecs.0005", "limit must be a whole number that is not negative, got %q.", text)
		}
		limit = n
	}
	return found[:min(limit, len(found))], nil
}

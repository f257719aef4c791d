package emulator

import (
	"fmt"
	"slices"
	"strings"
)

// Keys of a flavor's extra_specs that decide something here; all others are only shown.
const (
	keyStatus     = "cond:operation:status"
	keyZones      = "cond:operation:az"
	keyCharge     = "cond:operation:charge"
	keyCPUPolicy  = "hw:cpu_policy"
	keyCPUThreads = "hw:cpu_threads"
)

// Sales states of a flavor, region-wide or in one zone. Absent means normal.
const (
	saleNormal     = "normal"
	salePromotion  = "promotion" // like normal, recommended
	saleAbandoned  = "abandon"
	saleSoldOut    = "sellout"
	saleOBT        = "obt" // open beta: only for those who applied
	saleOBTSoldOut = "obt_sellout"
)

func saleStates() []string {
	return []string{saleNormal, salePromotion, saleAbandoned, saleSoldOut, saleOBT, saleOBTSoldOut}
}

// SaleState is the sales state in a zone: the zone's own where cond:operation:az lists it, else the region's.
func (f *Flavor) SaleState(zone string) string {
	if zones, err := parseZoneStates(f.ExtraSpecs[keyZones]); err == nil {
		if state, listed := zones[zone]; listed {
			return state
		}
	}
	if state := f.ExtraSpecs[keyStatus]; state != "" {
		return state
	}
	return saleNormal
}

// parseZoneStates reads "az0(normal), az1(sellout)".
func parseZoneStates(text string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		zone, rest, ok := strings.Cut(part, "(")
		state, closed := strings.CutSuffix(rest, ")")
		if !ok || !closed || !slices.Contains(saleStates(), state) {
			return nil, fmt.Errorf("wanted zone(state) with state one of %s, got %q", strings.Join(saleStates(), ", "), part)
		}
		out[strings.TrimSpace(zone)] = state
	}
	return out, nil
}

// onSale says whether everybody can have it in a zone.
func (f *Flavor) onSale(zone string) bool {
	state := f.SaleState(zone)
	return state == saleNormal || state == salePromotion
}

// smallerThan is what "downgrade" means: less memory or fewer vCPUs.
func (f *Flavor) smallerThan(g *Flavor) bool { return f.RAM < g.RAM || f.VCPUs < g.VCPUs }

// allowsThreads says whether hw:cpu_threads may be n: 1, which turns hyper-threading off, needs a flavor with dedicated
// CPUs and two threads (documentation of resize, table of cpu_options); and n may not be above the flavor's own value.
func (f *Flavor) allowsThreads(n int) bool {
	own := f.ExtraSpecs[keyCPUThreads]
	if n == 1 {
		return f.ExtraSpecs[keyCPUPolicy] == "dedicated" && own == "2"
	}
	return own != "1"
}

// sellsTo says whether a billing mode can have it.
func (f *Flavor) sellsTo(billing string) bool {
	switch f.ExtraSpecs[keyCharge] {
	case "period":
		return billing == PrePaid
	case "demand":
		return billing != PrePaid
	}
	return true
}

// catalogue is what the region sells; it never changes after the start.
type catalogue struct {
	flavors map[string]*Flavor
	order   []string
	reach   map[string]map[string]bool
}

func newCatalogue(s *State) catalogue {
	c := catalogue{flavors: map[string]*Flavor{}, reach: map[string]map[string]bool{}}
	for i := range s.Flavors {
		c.flavors[s.Flavors[i].ID] = &s.Flavors[i]
		c.order = append(c.order, s.Flavors[i].ID)
	}
	for _, r := range s.Reachable {
		for _, from := range r.From {
			if c.reach[from] == nil {
				c.reach[from] = map[string]bool{}
			}
			for _, to := range r.To {
				c.reach[from][to] = from != to
			}
		}
	}
	return c
}

func (c *catalogue) reachable(from, to string) bool { return c.reach[from][to] }

// room says whether one more server of a flavor fits into a zone. Servers on their way to it count.
func (w *world) room(f *Flavor, zone string) bool {
	limit, limited := f.Capacity[zone]
	if !limited {
		return true
	}
	used := 0
	for _, s := range w.servers {
		if s.Zone == zone && (s.Flavor == f.ID || s.task != nil && s.task.order.target() == f.ID) {
			used++
		}
	}
	return used < limit
}

// hostRoom says whether a server of a flavor fits on a dedicated host, apart from the server itself.
func (w *world) hostRoom(h *Host, f *Flavor, except string) bool {
	vcpus, ram := f.VCPUs, f.RAM
	for _, s := range w.servers {
		if s.Host != h.ID || s.ID == except {
			continue
		}
		if g := w.flavors[s.Flavor]; g != nil {
			vcpus, ram = vcpus+g.VCPUs, ram+g.RAM
		}
	}
	return (h.VCPUs == 0 || vcpus <= h.VCPUs) && (h.RAM == 0 || ram <= h.RAM)
}

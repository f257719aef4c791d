package emulator

import "fmt"

// FlavorParts says which flavor can play which part for one server; an empty string means there is none.
type FlavorParts struct {
	Target       string // reachable, on sale, not smaller, without dedicated CPUs
	Other        string // a second one like Target
	Unreachable  string // on sale, but not reachable
	SoldOut      string // reachable otherwise, as all that follow
	Abandoned    string
	OpenBeta     string
	Smaller      string // less memory or fewer vCPUs
	DedicatedCPU string // allows hw:cpu_threads 1; empty where the edition has no cpu_options
	Failing      string // accepted, but the job fails
}

// Parts finds the flavors for a server.
func (e *Emulator) Parts(serverID string) (FlavorParts, error) {
	w, unlock := e.lookNow()
	defer unlock()
	s := w.servers[serverID]
	if s == nil {
		return FlavorParts{}, fmt.Errorf("there is no server %q", serverID)
	}
	from := w.flavors[s.Flavor]
	var p FlavorParts
	// Where downgrading is banned, targets of the same size go first: from them there is a way back.
	sameSizeFirst := []func(*Flavor) bool{func(*Flavor) bool { return true }}
	if len(e.behaviour.DowngradeBanned) > 0 {
		sameSizeFirst = append([]func(*Flavor) bool{func(f *Flavor) bool { return f.VCPUs == from.VCPUs && f.RAM == from.RAM }}, sameSizeFirst...)
	}
	for _, fits := range sameSizeFirst {
		for _, id := range w.order {
			f := w.flavors[id]
			if !fits(f) || !e.offered(from, f, s) || f.JobError != "" || f.smallerThan(from) || f.allowsThreads(1) || id == p.Target {
				continue
			}
			if p.Target == "" {
				p.Target = id
			} else {
				defaultTo(&p.Other, []string{id})
			}
		}
	}
	for _, id := range w.order {
		e.assign(&p, s, from, w.flavors[id])
	}
	return p, nil
}

// assign gives a flavor every part that it can play and nobody plays yet.
func (e *Emulator) assign(p *FlavorParts, s *Server, from, f *Flavor) {
	reachable, room := e.world.reachable(from.ID, f.ID), e.world.room(f, s.Zone)
	state := f.SaleState(s.Zone)
	play := func(part *string, can bool) {
		if can && f.ID != from.ID {
			defaultTo(part, []string{f.ID})
		}
	}
	play(&p.Unreachable, !reachable && f.onSale(s.Zone) && room && !f.smallerThan(from))
	if !reachable || !f.sellsTo(s.Billing) {
		return
	}
	play(&p.Smaller, f.onSale(s.Zone) && room && f.JobError == "" && f.smallerThan(from))
	if f.smallerThan(from) {
		return
	}
	play(&p.SoldOut, state == saleSoldOut)
	play(&p.Abandoned, state == saleAbandoned)
	play(&p.OpenBeta, state == saleOBT)
	play(&p.Failing, f.JobError != "" && f.onSale(s.Zone) && room)
	play(&p.DedicatedCPU, len(e.behaviour.CPUOptions) > 0 && e.offered(from, f, s) && f.JobError == "" && f.allowsThreads(1))
}

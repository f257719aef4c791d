package emulator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"resize-conformance/harness/strictfile"
)

// Description is what somebody who drives an emulator from within the same process needs to know about it.
type Description struct {
	Profile   string
	Behaviour Behaviour
	Mode      bool // resize.mode is understood
	Region    string
	Zones     []string
	Projects  []ProjectInfo // the first is the default; all others are foreign to it
	// Images are the images that the emulator knows, by their operating system; any other is taken for a Linux one.
	Images map[string]string
}

// ProjectInfo is a project with the first of its credentials of each kind; empty where it has none.
type ProjectInfo struct {
	ID, Name             string
	Token, ExpiredToken  string
	AccessKey, SecretKey string
	SecurityToken        string   // to be sent with the access key, if it is a temporary one
	DeniedToken          string   // whose bearer a policy denies something
	ThrottledToken       string   // whose bearer meets troubles of flow control
	FailingToken         string   // whose bearer meets a service that is not well
	Hosts                []string // ids of its dedicated hosts
}

// Describe tells what the emulator was made of.
func (e *Emulator) Describe() Description {
	d := Description{Profile: e.profile, Behaviour: e.behaviour, Mode: e.mode, Region: e.state.Region, Zones: slices.Clone(e.state.Zones),
		Images: map[string]string{"Linux": imageOf("Linux"), "Windows": imageOf("Windows")}}
	d.Behaviour.Versions = slices.Clone(d.Behaviour.Versions)
	for _, p := range e.state.Projects {
		info := ProjectInfo{ID: p.ID, Name: p.Name}
		for _, t := range p.Tokens {
			expired := !t.expires.IsZero() && !e.gatewayNow().Before(t.expires)
			meets := func(troubles []Trouble) bool { return len(t.Meets) > 0 && slices.Contains(troubles, t.Meets[0]) }
			switch {
			case expired:
				defaultTo(&info.ExpiredToken, []string{t.Token})
			case len(t.Deny) > 0:
				defaultTo(&info.DeniedToken, []string{t.Token})
			case meets(FlowTroubles()):
				defaultTo(&info.ThrottledToken, []string{t.Token})
			case meets(FailureTroubles()):
				defaultTo(&info.FailingToken, []string{t.Token})
			default:
				defaultTo(&info.Token, []string{t.Token})
			}
		}
		if len(p.Keys) > 0 {
			info.AccessKey, info.SecretKey, info.SecurityToken = p.Keys[0].Access, p.Keys[0].Secret, p.Keys[0].SecurityToken
		}
		for _, h := range e.state.Hosts {
			if h.Project == p.ID {
				info.Hosts = append(info.Hosts, h.ID)
			}
		}
		d.Projects = append(d.Projects, info)
	}
	return d
}

// imageOf is the id of the image of an operating system.
func imageOf(system string) string { return derivedUUID("image", system) }

// Counts are how much there is of everything that can grow.
type Counts struct {
	Servers, Jobs, SubJobs, Orders int // SubJobs counts the work on single servers, of every job at least one
	Unfinished                     int // jobs that have not ended
	ClientTokens                   int
}

// Counts counts.
func (e *Emulator) Counts() Counts {
	w, unlock := e.lookNow()
	defer unlock()
	return Counts{Servers: len(w.servers), Jobs: len(w.jobs), SubJobs: w.tasks, Orders: len(w.orders),
		Unfinished: len(w.jobs) - len(w.ended), ClientTokens: len(w.created.byToken)}
}

// lookNow holds the world still at the present moment until unlock is called.
func (e *Emulator) lookNow() (w *world, unlock func()) {
	e.world.mu.Lock()
	e.world.catchUp(e.now())
	return e.world, e.world.mu.Unlock
}

// Servers lists all servers as they are now, ordered by project and id.
func (e *Emulator) Servers() []Server {
	w, unlock := e.lookNow()
	defer unlock()
	out := make([]Server, 0, len(w.servers))
	for _, s := range w.servers {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Server) int {
		if a.Project != b.Project {
			return e.projectIndex(a.Project) - e.projectIndex(b.Project)
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return out
}

func (e *Emulator) projectIndex(id string) int {
	return slices.IndexFunc(e.state.Projects, func(p Project) bool { return p.ID == id })
}

// Server finds a server of any project as it is now.
func (e *Emulator) Server(id string) (Server, bool) {
	w, unlock := e.lookNow()
	defer unlock()
	if s := w.servers[id]; s != nil {
		return *s, true
	}
	return Server{}, false
}

// AddServer makes a server at once, without HTTP, and returns its id.
func (e *Emulator) AddServer(s ServerSpec) (string, error) {
	if err := e.checkSpec(&s); err != nil {
		return "", fmt.Errorf("the server cannot be made: %w", err)
	}
	w, unlock := e.lookNow()
	defer unlock()
	if s.ID != "" && w.servers[s.ID] != nil {
		return "", fmt.Errorf("the server cannot be made: there is one with id %s already", s.ID)
	}
	if len(w.servers) >= e.maxServers {
		return "", fmt.Errorf("the server cannot be made: there are %d already, which is the limit", e.maxServers)
	}
	return e.newServer(s, e.now()).ID, nil
}

// checkSpec fills in defaults and checks a server against the state, the same way as a state file's.
func (e *Emulator) checkSpec(s *ServerSpec) error {
	c := checker{s: e.state}
	for _, p := range e.state.Projects {
		c.projectIDs = append(c.projectIDs, p.ID)
	}
	for _, h := range e.state.Hosts {
		c.hostIDs = append(c.hostIDs, h.ID)
	}
	c.flavorIDs = e.world.order
	c.server(s)
	err := strictfile.ErrorOf(c.found)
	if listed := new(strictfile.Error); errors.As(err, &listed) {
		return errors.New(listed.Problems[0].Text)
	}
	return err
}

// newServer makes a server of a checked spec. The world must be held still, or nobody know of it yet.
func (e *Emulator) newServer(s ServerSpec, now time.Time) *Server {
	if s.ID == "" {
		s.ID = e.newID(ServerID)
	}
	defaultTo(&s.Name, []string{"ecs-" + s.ID[:min(8, len(s.ID))]})
	phase, _ := PhaseOf(s.Status)
	server := &Server{
		Phase: phase, ID: s.ID, Project: s.Project, Name: s.Name, Flavor: s.Flavor, Zone: s.Zone, Billing: s.Billing, OS: s.OSType,
		Image: imageOf(s.OSType), Host: s.DedicatedHostID, CPUThreads: s.CPUThreads, Locked: s.Locked, Frozen: s.Frozen,
		Created: now, Updated: now,
	}
	e.world.servers[server.ID] = server
	return server
}

// RemoveServer forgets a server at once, whatever state it is in. Its unfinished job fails, its unpaid order is gone.
// An unknown id is nothing to worry about.
func (e *Emulator) RemoveServer(id string) {
	w, unlock := e.lookNow()
	defer unlock()
	s := w.servers[id]
	if s == nil {
		return
	}
	delete(w.servers, id)
	if s.task != nil {
		w.abandon(s.task, e.now())
	}
	if s.unpaid != nil {
		w.forget(s.unpaid.job)
	}
}

// PayOrder settles a pending order; its job begins.
func (e *Emulator) PayOrder(orderID string) error {
	_, unlock := e.lookNow()
	defer unlock()
	return e.pay(orderID, e.now())
}

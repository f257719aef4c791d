package recording

import (
	"fmt"
	"regexp"
	"slices"
)

// place is an exchange of a thread.
type place struct {
	thread *thread
	index  int
}

var placedJob = regexp.MustCompile(`\bff80800[0-9a-f]-?[0-9a-f]{4}-?0000-?0000-?000000[0-9]{6}\b`)

// find finds the answer to a request, and why there is none.
func (p *Player) find(a asked) (*found, string) {
	p.requests++
	request := fmt.Sprintf("0e000000000040008000%012d", p.requests)
	give := func(s *session, at int, how string) *found {
		x := s.thread.seq.Exchanges[at]
		s.passed(at)
		for _, id := range placedJob.FindAllString(s.live(x.ResponseBody.Text), -1) {
			p.bound[id] = s
		}
		for _, id := range idsAt(x.ResponseBody, "serverIds") {
			if s.servers[id] == "" {
				s.servers[id] = numberedServer(id, s.number)
			}
			p.bound[s.servers[id]] = s
		}
		switch how {
		case "exact":
			p.tally.Exact++
		case "again":
			p.tally.Again++
		case "shape":
			p.tally.Shape++
		default:
			p.tally.Elsewhere++
		}
		return &found{x: x, session: s, how: how, request: request, nobody: a.invented}
	}
	// The very request first; by its form only what nothing else fits.
	sessions := p.sessions(a)
	for _, s := range sessions {
		if at, how := s.find(a.in(s)); at >= 0 && how != "shape" {
			return give(s, at, how), ""
		}
	}
	// It may be the beginning of a sequence, also of one that was played before.
	for _, t := range p.candidates(a) {
		s := p.start(t, a)
		if at, how := s.find(a.in(s)); at >= 0 && how == "exact" {
			p.keep(s)
			return give(s, at, how), ""
		}
	}
	for _, s := range sessions {
		if at, how := s.find(a.in(s)); at >= 0 {
			return give(s, at, how), ""
		}
	}
	// What somebody was given before he named another scenario is still his: servers are removed at the end of a run.
	for _, s := range p.owners(a) {
		if at, how := s.find(a.in(s)); at >= 0 {
			return give(s, at, how), ""
		}
	}
	// What was refused, or only read, in another sequence is refused alike here.
	for _, at := range p.alike[a.masked()] {
		x := at.thread.seq.Exchanges[at.index]
		if !hasAnswer(x) || x.Status < 400 && p.namesServer(a) {
			continue
		}
		s := p.start(at.thread, a)
		if words := a.in(s); sameLine(at.thread.asked[at.index], words) && sameBody(at.thread.asked[at.index], words) {
			s.cursor = at.index
			return give(s, at.index, "elsewhere"), ""
		}
	}
	return nil, "nothing like it was recorded, or not in this order"
}

func (p *Player) namesServer(a asked) bool {
	return slices.ContainsFunc(uuid.FindAllString(a.path+" "+a.query+" "+a.body, -1), func(id string) bool { _, known := p.states[id]; return known })
}

// numberedServer is the id of a server that was made in a session.
func numberedServer(id string, session int) string {
	if session <= 1 {
		return id
	}
	return id[:9] + fmt.Sprintf("%04x", session%0x10000) + id[13:]
}

// sessions are those that a request may belong to: of the scenario that it names, then those that have handed out what it names.
func (p *Player) sessions(a asked) []*session {
	var all []*session
	add := func(s *session) {
		if s != nil && !slices.Contains(all, s) && (a.scenario == "" || s.thread.seq.Requirement == a.scenario) {
			all = append(all, s)
		}
	}
	ids := a.ids()
	for _, s := range p.owners(a) {
		add(s)
	}
	for _, s := range slices.Backward(p.active[a.scenario]) {
		if a.scenario != "" && (p.binds(s, ids) || len(ids) == 0) {
			add(s)
		}
	}
	return all
}

// ids are those of servers and jobs that a request names.
func (a asked) ids() []string {
	return append(uuid.FindAllString(a.path+" "+a.query+" "+a.body, -1), placedJob.FindAllString(a.path, -1)...)
}

// owners are the sessions that were last given what a request names.
func (p *Player) owners(a asked) (all []*session) {
	for _, id := range a.ids() {
		if s := p.bound[id]; s != nil && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return all
}

// binds has servers that a request names stand in for those of a session, where it has some that nobody stands in for; false when it has none.
func (p *Player) binds(s *session, ids []string) bool {
	for _, id := range ids {
		server, known := p.states[id]
		if !known || slices.ContainsFunc(s.thread.seq.Servers, func(o Server) bool { return s.servers[o.ID] == id }) {
			continue
		}
		own := s.serverFor(server)
		if own == "" {
			return false
		}
		s.bind(own, server)
		p.bound[id] = s
	}
	return true
}

// candidates are the sequences that a request may begin: of the scenario that it names, least played first; else those of the servers that it names, then those outside
// any scenario.
func (p *Player) candidates(a asked) []*thread {
	var all []*thread
	if a.scenario != "" {
		for _, t := range p.threads {
			if t.seq.Requirement == a.scenario {
				all = append(all, t)
			}
		}
		slices.SortStableFunc(all, func(x, y *thread) int { return x.plays - y.plays })
		return all
	}
	for _, id := range uuid.FindAllString(a.path+" "+a.query+" "+a.body, -1) {
		for _, t := range p.threads {
			if slices.ContainsFunc(t.seq.Servers, func(s Server) bool { return s.ID == id }) && !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	for _, t := range p.threads {
		if t.seq.Requirement == "" {
			all = append(all, t)
		}
	}
	return all
}

// start makes a session that nobody knows of yet.
func (p *Player) start(t *thread, a asked) *session {
	s := &session{thread: t, began: p.now(), number: p.plays + 1, servers: map[string]string{}}
	for _, id := range uuid.FindAllString(a.path+" "+a.query+" "+a.body, -1) {
		if server, known := p.states[id]; known {
			if own := s.serverFor(server); own != "" {
				s.bind(own, server)
			}
		}
	}
	return s
}

// keep begins a session.
func (p *Player) keep(s *session) {
	p.plays++
	s.thread.plays++
	p.warn()
	p.active[s.thread.seq.Requirement] = append(p.active[s.thread.seq.Requirement], s)
	for _, live := range s.servers {
		p.bound[live] = s
	}
}

// warn tells once when most of what has been begun was begun more than once, as another run does. Within one run only few scenarios begin several times.
func (p *Player) warn() {
	begun, more := 0, 0
	for _, t := range p.threads {
		if t.seq.Beside() || t.plays == 0 {
			continue
		}
		begun++
		if t.plays > 1 {
			more++
		}
	}
	if p.warned || more < 2 || 2*more <= begun {
		return
	}
	p.warned = true
	p.log.Printf("most scenarios were begun once more, and their servers are as they were left: if this is another run, its verdicts tell nothing of the endpoint. Before another run POST to %s, or begin the server anew", RestartPath)
}

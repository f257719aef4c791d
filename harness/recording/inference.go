package recording

import (
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// Alone is an exchange of the run by itself: one that stands in no sequence, because it is a client's, or repeats or tidies up. Its servers are those that it names, in the
// state in which they were last shown by then; one that was never shown is not among them.
func (r *Record) Alone(x *journal.Exchange) *Sequence {
	alone := &Sequence{Exchanges: []*journal.Exchange{x}}
	alone.Requirement, alone.Title, _ = strings.Cut(x.Scenario, " ")
	for _, id := range ServersNamed(x) {
		if server, known := r.lent[id]; known {
			alone.Servers = append(alone.Servers, server)
			continue
		}
		server := Server{Leased: journal.Leased{ID: id}, Inferred: true}
		for _, look := range r.looks[id] {
			if server.State == "" || look.ID <= x.ID {
				server.State, server.Flavor = shownAs(look)
			}
		}
		if server.State != "" {
			alone.Servers = append(alone.Servers, server)
		}
	}
	return alone
}

// remember keeps what Alone needs of a run: the servers that scenarios were given, and the looks at any.
func (r *Record) remember(run *journal.Run) {
	r.lent, r.looks = map[string]Server{}, map[string][]*journal.Exchange{}
	for _, result := range run.Results {
		for _, l := range result.Servers {
			r.lent[l.ID] = Server{Leased: l}
		}
	}
	for _, x := range run.Exchanges {
		if x.External {
			r.External++
		}
		if x.Operation != "showServer" || x.Status != 200 || x.Substitute != "" {
			continue
		}
		for _, id := range ServersNamed(x) {
			r.looks[id] = append(r.looks[id], x)
		}
	}
}

// infer finds out which servers the sequence was given where the record does not tell: all that it names and did not make, in the state in which they were first shown.
func (s *Sequence) infer() {
	if len(s.Servers) > 0 || s.Beside() {
		return
	}
	made := map[string]bool{}
	seen := map[string]bool{}
	for _, x := range s.Exchanges {
		for _, id := range ServersNamed(x) {
			if made[id] || seen[id] {
				continue
			}
			seen[id] = true
			if state, flavor := s.firstShown(id); state != "" {
				s.Servers = append(s.Servers, Server{Leased: journal.Leased{ID: id, State: state, Flavor: flavor}, Inferred: true})
			}
		}
		for _, id := range idsAt(x.ResponseBody, "serverIds") {
			made[id] = true
		}
	}
}

// firstShown is the state in which a server was shown first; "" when it was not shown.
func (s *Sequence) firstShown(id string) (state, flavor string) {
	changed := false
	defer func() {
		if changed {
			flavor = "" // perhaps not the one that it began with
		}
	}()
	for _, x := range s.Exchanges {
		changed = changed || Changes(x) && x.Status/100 == 2 && slices.Contains(ServersNamed(x), id)
		if x.Operation != "showServer" || x.Status != 200 || !slices.Contains(ServersNamed(x), id) {
			continue
		}
		return shownAs(x)
	}
	return "", ""
}

// shownAs is the state that a look at a server shows, by the names that an inventory has for them, and its flavor.
func shownAs(x *journal.Exchange) (state, flavor string) {
	doc := Document(x.ResponseBody)
	flavor = doc.At("server", "flavor", "id").Text()
	metadata := doc.At("server", "metadata")
	switch {
	case metadata.At("charging_mode").Text() == "1":
		return "yearly-monthly", flavor
	case metadata.At("charging_mode").Text() == "2":
		return "spot", flavor
	case strings.EqualFold(metadata.At("os_type").Text(), "windows"):
		return "windows", flavor
	case doc.At("server", "status").Text() == "ACTIVE":
		return "running", flavor
	}
	return "stopped", flavor
}

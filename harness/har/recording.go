package har

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// Choice says which entries of recordings are judged.
type Choice struct {
	// Describes says which operation a request asks for, "" for none, by the path below the base path.
	Describes func(method, path string) string
	Servers   []string // names of the one server, URLs or hosts; none: the only one that was asked for something the contract describes
	BasePath  string   // of the server, cut off before its paths are looked at
}

// Recording is what several files have of the traffic with one server.
type Recording struct {
	Server  string   // as reports name it
	Entries []*Entry // in the order of their ends
	Notes   []string // what a reader should know of what is not judged
}

// AmbiguousError says that the files hold traffic with several servers.
type AmbiguousError struct{ Servers []string }

func (e *AmbiguousError) Error() string {
	return "the recordings have requests that the contract describes to several servers: " + strings.Join(e.Servers, ", ") +
		"; choose one with --server, or name several that are one and the same"
}

// NoSuchServerError says that nothing was sent to a server that was named.
type NoSuchServerError struct {
	Name  string
	Known []string
}

func (e *NoSuchServerError) Error() string {
	seen := "no entry could be read"
	if len(e.Known) > 0 {
		seen = "they have requests to " + strings.Join(e.Known, ", ")
	}
	return fmt.Sprintf("--server %s: the recordings have no request to it; %s", e.Name, seen)
}

// Select chooses what is judged. The files are one run: their times are compared.
func Select(files []*File, c Choice) (*Recording, error) {
	s := &selection{Choice: c, rec: &Recording{}, tally: tally{}}
	s.BasePath = strings.TrimSuffix(c.BasePath, "/")
	for _, f := range files {
		for _, e := range f.Entries {
			s.sort(e)
		}
	}
	if err := s.choose(); err != nil {
		return nil, err
	}
	s.gather()
	return s.rec, nil
}

type selection struct {
	Choice
	rec     *Recording
	entries []*Entry
	chosen  []string // origins
	tally   tally
}

// sort puts an entry aside that is no request to a server.
func (s *selection) sort(e *Entry) {
	switch {
	case e.NotRead != "":
		s.tally.add("not judged, because it cannot be read ("+e.NotRead+")", e)
	case e.Skipped != "":
		s.tally.add("not judged, because "+e.Skipped, e)
	default:
		s.entries = append(s.entries, e)
	}
}

// operation is what an entry asks for.
func (s *selection) operation(e *Entry) string {
	path, _, _ := strings.Cut(e.Observed.Target, "?")
	rest, ok := strings.CutPrefix(path, s.BasePath)
	if !ok || rest != "" && rest[0] != '/' {
		return ""
	}
	return s.Describes(e.Observed.Method, rest)
}

// choose finds the server that is judged.
func (s *selection) choose() error {
	if len(s.Servers) > 0 {
		for _, name := range s.Servers {
			found := false
			for _, e := range s.entries {
				if goesTo(e, name) {
					found = true
					if !slices.Contains(s.chosen, e.Origin) {
						s.chosen = append(s.chosen, e.Origin)
					}
				}
			}
			if !found {
				return &NoSuchServerError{name, s.origins()}
			}
		}
		s.rec.Server = strings.Join(s.Servers, ", ")
		return nil
	}
	asked := map[string]map[string]int{}
	for _, e := range s.entries {
		if operation := s.operation(e); operation != "" {
			if asked[e.Origin] == nil {
				asked[e.Origin] = map[string]int{}
			}
			asked[e.Origin][operation]++
		}
	}
	switch len(asked) {
	case 0:
		s.rec.Server = "no server"
	case 1:
		for origin := range asked {
			s.chosen, s.rec.Server = []string{origin}, origin
		}
	default:
		all := &AmbiguousError{}
		for _, origin := range slices.Sorted(maps.Keys(asked)) {
			var operations []string
			for _, operation := range slices.Sorted(maps.Keys(asked[origin])) {
				operations = append(operations, fmt.Sprintf("%d %s", asked[origin][operation], operation))
			}
			all.Servers = append(all.Servers, origin+" ("+strings.Join(operations, ", ")+")")
		}
		return all
	}
	return nil
}

// goesTo says whether an entry is a request to a server, given as a URL or a host, with a port or without.
func goesTo(e *Entry, server string) bool {
	if strings.Contains(server, "://") {
		u, err := url.Parse(server)
		return err == nil && originOf(u) == e.Origin
	}
	u, err := url.Parse(e.Origin)
	if err != nil {
		return false
	}
	server = strings.ToLower(server)
	return server == u.Host || server == u.Hostname()
}

// mostNamed is how many servers or paths are named in a text.
const mostNamed = 10

func (s *selection) origins() []string {
	var out []string
	for _, e := range s.entries {
		if !slices.Contains(out, e.Origin) {
			if len(out) == mostNamed {
				return append(out, "and others")
			}
			out = append(out, e.Origin)
		}
	}
	return out
}

// gather takes the chosen entries, each exchange once, and says what is missing in them.
func (s *selection) gather() {
	copies, elsewhere, bare, described := newCopies(), 0, 0, 0
	for _, e := range s.entries {
		switch {
		case !slices.Contains(s.chosen, e.Origin):
			elsewhere++
			continue
		case copies.seen(e):
			s.tally.add("judged once, because it is in the recordings a second time", e)
			continue
		}
		s.rec.Entries = append(s.rec.Entries, e)
		if s.operation(e) == "" {
			e.thin()
			continue
		}
		described++
		if !e.Credentials {
			bare++
		}
		for _, l := range e.Losses {
			s.tally.add(lossText(l), e)
		}
	}
	slices.SortStableFunc(s.rec.Entries, func(a, b *Entry) int { return cmp.Compare(a.end(), b.end()) })
	if elsewhere > 0 && len(s.chosen) > 0 {
		s.rec.Notes = append(s.rec.Notes, counted(elsewhere, "entry is a request to another server, and was not judged", "entries are requests to other servers, and were not judged"))
	}
	s.rec.Notes = append(s.rec.Notes, s.tally.tell()...)
	if bare > 0 {
		s.rec.Notes = append(s.rec.Notes, counted(bare, "request carries", "requests carry")+
			" no credentials in the recording; tools leave them out of what is to be shared, so that this is held against nobody")
	}
	if described == 0 {
		s.rec.Notes = append(s.rec.Notes, s.nothing())
	}
}

// end orders entries as their answers came; those without times come first, in the order of the files.
func (e *Entry) end() int64 {
	if e.lost(journal.LostTimes) {
		return 0
	}
	return e.Observed.Start.Add(e.Observed.Duration).UnixNano()
}

func lossText(l Loss) string {
	switch l.Part {
	case journal.LostRequestHeader:
		return "header lines of the request not judged, because " + l.Why
	case journal.LostRequestBody:
		return "body of the request not judged, because " + l.Why
	case journal.LostAnswerHeader:
		return "header lines of the answer not judged, because " + l.Why
	case journal.LostAnswerBody:
		return "body of the answer not judged, because " + l.Why
	}
	return "in no order with other exchanges, because " + l.Why
}

// nothing says what there was when none of it could be judged.
func (s *selection) nothing() string {
	if len(s.entries) == 0 {
		return "the recordings have no request to any server"
	}
	var seen []string
	hint := ""
	for _, e := range s.entries {
		path, _, _ := strings.Cut(e.Observed.Target, "?")
		if hint == "" {
			hint = s.prefix(e.Observed.Method, path)
		}
		if what := e.Observed.Method + " " + e.Observed.Server + path; !slices.Contains(seen, what) && len(seen) < mostNamed {
			seen = append(seen, what)
		}
	}
	text := "no request asks for an operation of the contract; the recordings have " + strings.Join(seen, ", ")
	if len(seen) == mostNamed {
		text += " and others"
	}
	if hint != "" {
		text += "; with --base-path " + hint + " some would"
	}
	return text
}

// prefix is a base path with which a request would ask for an operation, "" if there is none.
func (s *selection) prefix(method, path string) string {
	for i := 1; i < len(path); i++ {
		if path[i] == '/' && path[:i] != s.BasePath && s.Describes(method, path[i:]) != "" {
			return path[:i]
		}
	}
	return ""
}

// mostSecrets bounds how many tokens are looked for everywhere.
const mostSecrets = 32

// Secrets lists tokens that the files carry, for a redactor: a token of one entry may stand in another, where no name tells that it is one.
func Secrets(files []*File) []string {
	var out []string
	for _, f := range files {
		for _, e := range f.Entries {
			for _, s := range e.secrets {
				if !slices.Contains(out, s) && len(out) < mostSecrets {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// Agents names the clients of a recording, each once.
func (r *Recording) Agents() []string {
	var out []string
	for _, e := range r.Entries {
		if e.Agent != "" && !slices.Contains(out, e.Agent) && len(out) < mostNamed {
			out = append(out, e.Agent)
		}
	}
	return out
}

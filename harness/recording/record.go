package recording

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"resize-conformance/harness/journal"
)

// Record is what a run has sent and was answered, with what is needed to understand it.
type Record struct {
	Profile  string
	Hash     string // of the contract that it was judged by
	Version  string // of the suite
	Made     time.Time
	Embedded bool   // the server was the embedded emulator
	Target   string // as the run names it
	BasePath string // what stands before the contract's paths
	Project  string // that the servers are in; "" when no request tells
	Foreign  string // id of a project that the run had no right to; "" when no request tells

	Sequences []*Sequence
	External  int // exchanges of a client under test: they are in no sequence

	lent  map[string]Server              // by id: servers that scenarios were given
	looks map[string][]*journal.Exchange // by id: answers that showed the server
}

// embeddedTarget is how a run names the emulator in its own process.
const embeddedTarget = "embedded emulator"

var projectSegment = regexp.MustCompile(`^[0-9a-fA-F]{32}$`)

// FromRun reads what can be played again from a run.
func FromRun(run *journal.Run) *Record {
	r := &Record{
		Profile: run.Start.Profile, Hash: run.Start.ContractHash, Version: run.Start.SuiteVersion, Made: run.Started, Target: run.Start.Target,
		Embedded: run.Start.Target == embeddedTarget, Sequences: Sequences(run),
		Project: run.Start.Config["project-id"], Foreign: run.Start.Config["foreign-project-id"],
	}
	if u, err := url.Parse(run.Start.Target); err == nil && u.Host != "" {
		r.BasePath = strings.TrimSuffix(u.EscapedPath(), "/")
	}
	r.remember(run)
	r.findProjects(run)
	return r
}

// findProjects takes the project from the paths where the run does not tell it: it is the one that most requests name. The foreign one is that of requests with foreign
// credentials.
func (r *Record) findProjects(run *journal.Run) {
	named, foreign := map[string]int{}, map[string]int{}
	for _, x := range run.Exchanges {
		project := r.projectIn(x.URL)
		if project == "" {
			continue
		}
		if named[project]++; strings.Contains(Sent(x, "X-Auth-Token")+Sent(x, "Authorization"), "_FOREIGN_") {
			foreign[project]++
		}
	}
	if r.Project == "" {
		r.Project = mostNamed(named, "")
	}
	if r.Foreign == "" {
		r.Foreign = mostNamed(foreign, r.Project)
	}
	if r.Foreign == "" {
		r.Foreign = mostNamed(named, r.Project)
	}
}

func mostNamed(counts map[string]int, but string) string {
	best := ""
	for id, n := range counts {
		if id != but && (best == "" || n > counts[best] || n == counts[best] && id < best) {
			best = id
		}
	}
	return best
}

// projectIn is the project in the path of a request, where it has the form of one.
func (r *Record) projectIn(recorded string) string {
	segments := strings.Split(strings.TrimPrefix(PathOf(recorded), r.BasePath), "/")
	if len(segments) > 2 && projectSegment.MatchString(segments[2]) {
		return segments[2]
	}
	return ""
}

// Sent is the value of a header of a request; "" when it had none.
func Sent(x *journal.Exchange, name string) string { return headerIn(x.RequestHeader, name) }

// Answered is the value of a header of an answer; "" when it had none.
func Answered(x *journal.Exchange, name string) string { return headerIn(x.ResponseHeader, name) }

func headerIn(lines []journal.Header, name string) string {
	for _, l := range lines {
		if strings.EqualFold(l.Name, name) {
			return l.Value
		}
	}
	return ""
}

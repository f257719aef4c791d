// Package preflight finds out, before a run changes anything, whether it can prove something: is the way to the server open, are clock, credentials and project right,
// are there servers and flavors as the inventory says, can what is
// declared be had, can the run's own servers be made. It only reads, and asks by dry runs about a server that nobody has.
//
// A target is stopped only where no scenario could come to a verdict about it. Whatever else is unusual is a warning at most: what a server breaks is for the run to say.
package preflight

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
	"resize-conformance/suites"
)

// Grade says what a line means for the run.
type Grade string

// The grades.
const (
	OK      Grade = "ok"
	Warning Grade = "warning" // something cannot be tested, or will not be what it seems
	Stop    Grade = "stop"    // the run would prove nothing
)

// Line is what was found out about one thing.
type Line struct {
	Grade Grade
	About string // "credentials"
	Text  string // what was found
	Next  string // what to do; "" when there is nothing to be done
}

// Note is the line as a sentence.
func (l Line) Note() string {
	text := l.About + ": " + l.Text
	if l.Next != "" {
		text += "; " + l.Next
	}
	return text
}

// StopError says why a run is not made: the caller ends with exit code 3. Nothing has been changed.
type StopError struct{ Lines []Line }

func (e *StopError) Error() string {
	var all []string
	for _, l := range e.Lines {
		all = append(all, l.Note())
	}
	return "the run would prove nothing, and was not begun:\n" + strings.Join(all, "\n")
}

// Stopped is the error of lines with a stop among them; nil when there is none.
func Stopped(lines []Line) error {
	stops := slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return l.Grade != Stop })
	if len(stops) == 0 {
		return nil
	}
	return &StopError{stops}
}

// Options of a check.
type Options struct {
	// Thorough looks at every server of the inventory, and not only at as many as it takes to find one in each state.
	Thorough bool
	// Scenarios are those that were chosen, for how many servers are made; nil: not known.
	Scenarios []suites.Scenario
	// Procs is how many processes carry them out, each with servers of its own; 0 is 1.
	Procs int
	// Prefix is that of the run's own servers, where it is given; "": each run makes one up.
	Prefix string
}

// Check looks at a target that is given by its URL; for the embedded emulator there is nothing to look at, and no request is made. The error is that of ctx.
func Check(ctx context.Context, t *target.Target, inventory *fixture.Inventory, o Options) ([]Line, error) {
	if t.Embedded || inventory == nil && len(t.Makes) == 0 {
		return nil, nil
	}
	if inventory == nil {
		inventory = &fixture.Inventory{}
	}
	c := &check{t: t, inventory: inventory, o: o, seen: map[string]*ecs.Server{}}
	for _, step := range []func(context.Context){
		c.caller, c.servers, c.otherCallers, c.region, c.specialTokens, c.offered, c.wellTold, c.flavors, c.planned, c.quota, c.creates,
	} {
		step(ctx)
		if ctx.Err() != nil {
			return c.lines, context.Cause(ctx)
		}
		if c.mute || Stopped(c.lines) != nil {
			break // what follows would be told on top of a cause that is known
		}
	}
	return c.lines, nil
}

// check is one check under way.
type check struct {
	t         *target.Target
	inventory *fixture.Inventory
	o         Options
	lines     []Line
	seen      map[string]*ecs.Server // servers that were shown, by id
	usable    []*fixture.Listed      // one at most of each state, fit for it
	mute      bool                   // the server gives no answers
	room      []ecs.Flavor           // that servers are to be changed to

	asListed    []string              // servers by state, that are as they should be
	well        []string              // what is as it should be, of capabilities
	listedZones []string              // of the target, where it lists them
	made        map[fixture.State]int // servers of the run's own, by group of states (making)
	plan        *fixture.Plan         // what they are made of; nil: none, or not known
}

func (c *check) say(g Grade, about, next, format string, args ...any) {
	c.lines = append(c.lines, Line{Grade: g, About: about, Text: fmt.Sprintf(format, args...), Next: next})
}

// own lists the servers that the run's credentials may look at, those that every run needs first.
func (c *check) own() (all []*fixture.Listed) {
	for _, state := range fixture.States() {
		if state == fixture.Foreign {
			continue
		}
		list := c.inventory.Servers[state]
		for i := range list {
			all = append(all, &list[i])
		}
	}
	return all
}

// caller asks for one server with the credentials of the run: that shows the way, the clock, the credentials and the project.
func (c *check) caller(ctx context.Context) {
	listed := c.own()
	if len(listed) == 0 && len(c.t.Makes) == 0 {
		c.say(Stop, "servers", "list at least one under servers.stopped or servers.running", "the inventory lists no server that the run may use")
		return
	}
	look := func() (*ecs.Answer, error) { return c.t.Client.ListServers(ctx, 1, ecs.Patient()) } // for who makes all of its servers
	if len(listed) > 0 {
		look = func() (*ecs.Answer, error) { return c.t.Client.ShowServer(ctx, listed[0].ID, ecs.Patient()) }
	}
	a, err := look()
	if err != nil {
		if ctx.Err() == nil {
			c.mute = true // the run will say what is wrong with what comes
			c.say(Warning, "connection", "is the service up, and is --server its address?", "no whole answer to the first request, and nothing more was looked at: %v", err)
		}
		return
	}
	c.clock(a)
	kind, setting := "the token", "--token"
	if c.t.Client.Credentials().Token == "" {
		kind, setting = "the access key", "--access-key and --secret-key"
	}
	codes := strings.Join(a.ErrorCodes(), ", ")
	has := func(some ...string) bool {
		return slices.ContainsFunc(a.ErrorCodes(), func(code string) bool { return slices.Contains(some, code) })
	}
	switch {
	case has("Common.0018", "Ecs.0023"):
		c.say(Stop, "project", "give the project id of the credentials (--project-id), or credentials of that project", "%s is not of project %s (%d %s)", kind, c.t.ProjectID, a.Status, codes)
	case a.Status == http.StatusUnauthorized && c.t.Client.Credentials() == (ecs.Credentials{}):
		c.say(Stop, "credentials", "give --token, or --access-key and --secret-key, or a user", "the service asks for credentials, and there are none (%d %s)", a.Status, codes)
	case a.Status == http.StatusUnauthorized:
		c.say(Stop, "credentials", "get a new one (tokens end after 24 hours), or mend "+setting, "%s is refused (%d %s)", kind, a.Status, codes)
	case a.Status == http.StatusForbidden:
		c.say(Stop, "credentials", "grant ecs:cloudServers:showServer, without which no server can be seen, and what the run asks for", "the bearer of %s may not look at servers (%d %s)", kind, a.Status, codes)
	case a.Status == http.StatusNotFound && has("APIGW.0101", "APIG.0101"):
		c.say(Stop, "endpoint", "is --server the endpoint of ECS in the region of the project?", "the gateway knows no such operation as showServer (%d %s)", a.Status, codes)
	case c.t.Client.Credentials() == (ecs.Credentials{}):
		c.say(OK, "credentials", "", "none are given, and none were asked for, in project %s", c.t.ProjectID)
	default:
		c.say(OK, "credentials", "", "%s is taken, in project %s", kind, c.t.ProjectID)
	}
}

// The clock may be this far off before signatures are refused (X-Sdk-Date), and this far before it is worth a word.
const (
	signatureSkew = 15 * time.Minute
	notableSkew   = 2 * time.Minute
)

// clock compares the server's clock with ours. A server that does not say what time it is keeps the contract.
func (c *check) clock(a *ecs.Answer) {
	date, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		c.say(OK, "clock", "", "the server does not say what time it is (no Date): not compared")
		return
	}
	skew := date.Sub(a.Start.Add(a.Duration / 2)).Round(time.Second)
	switch signs := c.t.Keys != (ecs.Credentials{}); {
	case skew.Abs() > signatureSkew && signs && c.t.Client.Credentials().Token == "":
		c.say(Stop, "clock", "set this machine's clock", "it is off by %s, and signatures are refused that are off by more than %s", skew.Abs(), signatureSkew)
	case skew.Abs() > signatureSkew && signs:
		c.say(Warning, "clock", "set this machine's clock", "it is off by %s: what is signed with the access key will be refused, which allows %s", skew.Abs(), signatureSkew)
	case skew.Abs() > notableSkew:
		c.say(Warning, "clock", "set this machine's clock", "it is off by %s; a signature may be off by %s", skew.Abs(), signatureSkew)
	default:
		c.say(OK, "clock", "", "off by less than %s", notableSkew)
	}
}

// otherCallers looks whether the other credentials are taken at all. Those that are meant to be refused are not tried.
func (c *check) otherCallers(ctx context.Context) {
	listed := c.own()
	if len(listed) == 0 { // nothing to look at
		return
	}
	own := listed[0]
	if keys := c.t.Keys; keys != (ecs.Credentials{}) && c.t.Client.Credentials() != keys {
		a, err := c.t.Client.ShowServer(ctx, own.ID, ecs.As(keys), ecs.Patient())
		c.taken(a, err, "the access key", "mend --access-key, --secret-key and --security-token (a temporary key needs it), or leave them out")
	}
	if other := c.t.Foreign; other.ID != "" && other.Credentials != (ecs.Credentials{}) {
		list := c.inventory.Servers[fixture.Foreign]
		if len(list) == 0 {
			c.say(Warning, "capabilities", "list one of its servers under servers.foreign", "a foreign project is given, but none of its servers: what wants one is not testable")
			return
		}
		a, err := c.t.Client.ShowServer(ctx, list[0].ID, ecs.As(other.Credentials), ecs.InProject(other.ID), ecs.Patient())
		c.taken(a, err, "the foreign project's credential", "mend the foreign credentials, or leave --foreign-project-id out")
	}
}

func (c *check) taken(a *ecs.Answer, err error, what, next string) {
	switch {
	case err != nil:
		c.say(Warning, "credentials", "", "no whole answer to a request with %s: %v", what, err)
	case a.Status == http.StatusUnauthorized || a.Status == http.StatusForbidden:
		c.say(Warning, "credentials", next, "%s is refused (%s): what is tested with it will fail", what, a.Summary())
	default:
		c.say(OK, "credentials", "", "%s is taken", what)
	}
}

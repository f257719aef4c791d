package director

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Request is a request that came to the port, whether the script had something for it or not.
type Request struct {
	Operation  string // "" for none of the contract
	Nth        int    // among those of the operation, from 1
	Connection int
	Method     string
	At         time.Time
	Planned    bool // a step was for it
}

// Planned is what became of a step.
type Planned struct {
	Name  string // of the act: "reset after the request was read"
	Where string // "resizeServer, request 1"
	Met   int    // how often a client met it
	Spare bool   // it need not be met
}

// Account is what became of a script.
type Account struct {
	Steps    []Planned // in the order of the script
	Requests []Request // in the order in which they came
}

// Account gives what has happened so far.
func (d *Director) Account() Account {
	d.mu.Lock()
	defer d.mu.Unlock()
	a := Account{Requests: slices.Clone(d.requests)}
	for i, s := range d.steps {
		a.Steps = append(a.Steps, Planned{Name: s.Act.Name, Where: s.where(), Met: d.met[i], Spare: s.Spare})
	}
	return a
}

// Unmet lists what was planned to be met and never was.
func (a Account) Unmet() []Planned {
	var out []Planned
	for _, p := range a.Steps {
		if p.Met == 0 && !p.Spare {
			out = append(out, p)
		}
	}
	return out
}

// NotMet says in a sentence what the client never met, "" when it met all: then the scenario can be judged.
func (a Account) NotMet() string {
	unmet := a.Unmet()
	if len(unmet) == 0 {
		return ""
	}
	texts := make([]string, len(unmet))
	for i, p := range unmet {
		texts[i] = p.Name + " (" + p.Where + ")"
	}
	return fmt.Sprintf("the client never met %s; %d requests came", strings.Join(texts, " and "), len(a.Requests))
}

// Of lists the requests of an operation.
func (a Account) Of(operation string) []Request {
	return slices.DeleteFunc(slices.Clone(a.Requests), func(r Request) bool { return r.Operation != operation })
}

// Surplus counts the requests of an operation beyond those that were wanted.
func (a Account) Surplus(operation string, wanted int) int {
	return max(0, len(a.Of(operation))-wanted)
}

// Pauses are the times between the requests of an operation: from each to the next.
func (a Account) Pauses(operation string) []time.Duration {
	var out []time.Duration
	requests := a.Of(operation)
	for i := 1; i < len(requests); i++ {
		out = append(out, requests[i].At.Sub(requests[i-1].At))
	}
	return out
}

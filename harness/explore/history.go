package explore

import (
	"slices"
	"time"

	"github.com/anishathalye/porcupine"
)

// Event is something in a history of one server: an accepted operation with its end, or a look at the server. Call and Return bound the moment in which an
// operation takes effect, or in which a look sees: the effect of a resize lies between the last look at its job that did not show SUCCESS and the first that did
// (RSZ-JOB-012, RSZ-JOB-010).
type Event struct {
	Kind   EventKind
	Done   bool   // of an operation: its job succeeded. One that failed has no effect.
	Flavor string // asked for, or seen
	Mode   bool   // of a resize: withStopServer
	Status string // seen
	Call   time.Duration
	Return time.Duration
}

// EventKind is the kind of an event.
type EventKind string

// The kinds.
const (
	Resized EventKind = "resize"
	Stops   EventKind = "stop"
	Starts  EventKind = "start"
	Looked  EventKind = "look"
)

// condition is a server as a history sees it.
type condition struct {
	flavor string
	power  Power
}

// explained says whether some order of the events, each at a moment within its bounds, leads to all that was seen. runningBanned: a resize without mode takes
// no effect on a running server. unsure is true when the search was given up, which takes a history far longer than those made here.
func explained(first condition, runningBanned bool, events []Event) (ok, unsure bool) {
	starts := []any{first}
	if first.power == Unsure {
		starts = []any{condition{first.flavor, Stopped}, condition{first.flavor, Running}}
	}
	// While a resize with mode is under way the server is stopped for a while, on its way.
	passing := slices.ContainsFunc(events, func(e Event) bool { return e.Kind == Resized && e.Mode })
	model := porcupine.NondeterministicModel{
		Init: func() []any { return starts },
		Step: func(state, input, _ any) []any { return next(state.(condition), input.(Event), runningBanned, passing) },
	}
	history := make([]porcupine.Operation, len(events))
	for i, e := range events {
		history[i] = porcupine.Operation{ClientId: i, Input: e, Call: int64(e.Call), Return: int64(e.Return)}
	}
	result := porcupine.CheckOperationsTimeout(model.ToModel(), history, time.Second)
	return result != porcupine.Illegal, result == porcupine.Unknown
}

// next lists what a server may be after an event; none: the event cannot happen then.
func next(c condition, e Event, runningBanned, passing bool) []any {
	switch e.Kind {
	case Looked:
		if e.Flavor != c.flavor {
			return nil
		}
		if p := Power(e.Status); !passing && (p == Stopped || p == Running) && p != c.power {
			return nil // every other status is one on the way
		}
		return []any{c}
	case Starts:
		if e.Done {
			c.power = Running
		}
		return []any{c}
	case Stops:
		if e.Done {
			c.power = Stopped
		}
		return []any{c}
	}
	switch {
	case !e.Done:
		return []any{c}
	case e.Mode:
		return []any{condition{e.Flavor, c.power}}
	case c.power == Running && runningBanned:
		return nil
	case c.power == Running:
		return []any{condition{e.Flavor, Running}, condition{e.Flavor, Stopped}}
	}
	// That it stays stopped is a SHOULD (RSZ-STATE-009).
	return []any{condition{e.Flavor, Stopped}, condition{e.Flavor, Running}}
}

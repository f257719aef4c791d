package explore

import (
	"testing"
	"time"
)

func TestHistoriesThatSomeOrderExplains(t *testing.T) {
	ms := func(n int) time.Duration { return time.Duration(n) * time.Millisecond }
	resize := func(to string, done bool, from, until int) Event {
		return Event{Kind: Resized, Flavor: to, Done: done, Call: ms(from), Return: ms(until)}
	}
	look := func(flavor, status string, at int) Event {
		return Event{Kind: Looked, Flavor: flavor, Status: status, Call: ms(at), Return: ms(at)}
	}
	power := func(kind EventKind, from, until int) Event {
		return Event{Kind: kind, Done: true, Call: ms(from), Return: ms(until)}
	}
	for _, tc := range []struct {
		name   string
		events []Event
		want   bool
	}{
		{"one resize", []Event{resize("b", true, 0, 10), look("b", "SHUTOFF", 11)}, true},
		{"one that was lost", []Event{resize("b", true, 0, 10), look("a", "SHUTOFF", 11)}, false},
		{"one that failed", []Event{resize("b", false, 0, 10), look("a", "SHUTOFF", 11)}, true},
		{"one that failed and took effect", []Event{resize("b", false, 0, 10), look("b", "SHUTOFF", 11)}, false},
		{"two at a time, either last", []Event{resize("b", true, 0, 10), resize("c", true, 0, 10), look("b", "SHUTOFF", 11)}, true},
		{"two at a time, neither", []Event{resize("b", true, 0, 10), resize("c", true, 0, 10), look("a", "SHUTOFF", 11)}, false},
		{"the later one lost", []Event{resize("b", true, 0, 10), look("b", "", 11), resize("c", true, 12, 20), look("b", "SHUTOFF", 21)}, false},
		{"seen before and after", []Event{resize("b", true, 0, 10), look("a", "SHUTOFF", 5), look("b", "SHUTOFF", 8)}, true},
		{"seen and gone again", []Event{resize("b", true, 0, 10), look("b", "SHUTOFF", 5), look("a", "SHUTOFF", 8)}, false},
		{"a status on the way says nothing", []Event{resize("b", true, 0, 10), look("a", "RESIZE", 5), look("b", "SHUTOFF", 11)}, true},
		{"started after the resize", []Event{resize("b", true, 0, 10), power(Starts, 1, 20), look("b", "ACTIVE", 21)}, true},
		{"started and yet not running", []Event{resize("b", true, 0, 10), power(Starts, 1, 20), look("b", "SHUTOFF", 21)}, false},
		{"started in the middle of the resize", []Event{resize("b", true, 0, 30), power(Starts, 1, 10), look("a", "ACTIVE", 12), look("b", "ACTIVE", 31)}, false},
		{"left running by a resize, which is a SHOULD", []Event{resize("b", true, 0, 10), look("b", "ACTIVE", 11)}, true},
	} {
		if ok, unsure := explained(condition{"a", Stopped}, true, tc.events); ok != tc.want || unsure {
			t.Errorf("%s: wanted explained %v, got %v (unsure %v)", tc.name, tc.want, ok, unsure)
		}
	}
}

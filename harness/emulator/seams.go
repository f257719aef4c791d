package emulator

import (
	"net/http"
	"time"
)

// Seams are the places where somebody else can change what the emulator does: named defects, conforming variants, latency
// by operation. Each is a function that gets the faithful part and returns the one to use; nil keeps the faithful one.
// They are applied once, in New. What they return is called by many goroutines.
type Seams struct {
	// Layers are the gateway's HTTP layers, outermost first.
	Layers func([]Layer) []Layer
	// Routes is the table of operations. Wrapping an operation's Handle sees every request that passed the gateway.
	Routes func([]Route) []Route
	// Authenticate says who calls.
	Authenticate func(Authenticator) Authenticator
	// Rules decide a resize, in order; the first refusal wins.
	Rules func([]Rule) []Rule
	// Accept carries out what the rules let pass: order, job, answer.
	Accept func(Accepter) Accepter
	// Plan says what a job will do, when, and with which effect.
	Plan func(Planner) Planner
	// Render puts an answer on the wire: envelope, headers, bytes.
	Render func(Renderer) Renderer
	// NewID makes ids of every kind.
	NewID func(IDMaker) IDMaker
}

type (
	// Layer is one named HTTP layer of the gateway.
	Layer struct {
		Name string
		Wrap func(http.Handler) http.Handler
	}
	// Authenticator finds out who sent a request, given the raw bytes of its body.
	Authenticator func(r *http.Request, body []byte, now time.Time) (Caller, *Refusal)
	// Rule is one check of a resize. Check runs with the world held still.
	Rule struct {
		Name  string
		Check func(*ResizeRequest) *Refusal
	}
	// Accepter carries out an accepted resize. It runs with the world held still.
	Accepter func(*ResizeRequest) Answer
	// Planner makes the plan of a job. It must not keep what it is given.
	Planner func(Order) Plan
	// Renderer writes an answer. Status, headers and bytes are all its own doing.
	Renderer func(w http.ResponseWriter, r *Request, a Answer)
	// IDMaker makes an id that was never made before.
	IDMaker func(IDKind) string
)

// use applies a seam to the faithful part.
func use[T any](seam func(T) T, faithful T) T {
	if seam == nil {
		return faithful
	}
	return seam(faithful)
}

package emulator

import (
	"context"
	"net/http"
	"time"
)

// Request is one request on its way through the emulator. The layers fill it in, from the outside to the inside.
type Request struct {
	ID       string // the request id of every answer
	HTTP     *http.Request
	Now      time.Time
	Route    Route  // empty until the route is known
	Body     []byte // raw, read once
	Caller   Caller // empty until authenticated
	Project  string // of the path
	ServerID string // of the path, where the operation has one
	JobID    string // of the path, where the operation has one
	ThingID  string // of the path, where a route of the fringe has one
	Delayed  bool   // when accepted, it is answered as what will be carried out later
}

type requestKey struct{}

// RequestOf finds the emulator's record of a request; layers and seams use it. It is nil outside the emulator.
func RequestOf(ctx context.Context) *Request {
	r, _ := ctx.Value(requestKey{}).(*Request)
	return r
}

package emulator

import (
	"net/http"
	"time"
)

// FlowControl limits the requests of each project. The zero value does not limit.
type FlowControl struct {
	Limit int           // requests in a window; 0: no limit
	Per   time.Duration // length of a window; default one minute
	Level FlowLevel     // who refuses, and how; default FlowGateway
	// RetryAfter has refusals say when the window ends, in whole seconds. No source has it of the real service; other gateways do.
	RetryAfter bool
}

// FlowLevel says how flow control shows: the documentation has three ways.
type FlowLevel string

// The levels.
const (
	FlowGateway FlowLevel = "gateway" // 429 APIGW.0308, gateway envelope
	FlowService FlowLevel = "service" // 503 or 429 by profile, Common.1503
	FlowDelayed FlowLevel = "delayed" // 202 with an error body, Common.0024
)

// FlowLevels lists the levels, the default first.
func FlowLevels() []FlowLevel { return []FlowLevel{FlowGateway, FlowService, FlowDelayed} }

// counter counts a project's requests in the window that began at since.
type counter struct {
	since time.Time
	count int
}

// throttled counts the request and refuses when the window is full. Callers are authenticated, so there are never more
// counters than projects.
func (e *Emulator) throttled(r *Request) *Refusal {
	if e.flow.Limit <= 0 {
		return nil
	}
	e.world.mu.Lock()
	defer e.world.mu.Unlock()
	c := e.world.flow[r.Caller.Project]
	if c == nil || r.Now.Sub(c.since) >= e.flow.Per {
		c = &counter{since: r.Now}
		e.world.flow[r.Caller.Project] = c
	}
	if c.count++; c.count <= e.flow.Limit {
		return nil
	}
	refusal := e.tooMany()
	if e.flow.RetryAfter {
		refusal.RetryAfter = max(time.Second, c.since.Add(e.flow.Per).Sub(r.Now))
	}
	return refusal
}

// tooMany refuses at the configured level.
func (e *Emulator) tooMany() *Refusal {
	switch e.flow.Level {
	case FlowService:
		return e.overloaded()
	case FlowDelayed:
		return refuse(http.StatusAccepted, "Common.0024", "The flow limit of the API is exceeded, try again later.")
	}
	return refuseAtGateway(http.StatusTooManyRequests, "APIGW.0308",
		"The throttling threshold has been reached: policy user over ratelimit,limit:%d,time:%s", e.flow.Limit, e.flow.Per)
}

// overloaded is the service's own flow control; its status differs between editions.
func (e *Emulator) overloaded() *Refusal {
	return refuse(e.behaviour.FlowControlStatus, "Common.1503", "Too many requests are being processed, try again later.")
}

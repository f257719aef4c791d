package driver

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"
)

// refusal expects that an error of the API is told as one.
func (c *check) refusal(ctx context.Context, r Request) Finding {
	server, err := c.serve(ctx, refuse)
	if err != nil {
		return Finding{Standing: Skipped, Detail: err.Error()}
	}
	defer server.close()
	r.Endpoint = server.endpoint
	response, wrong := c.do(ctx, r)
	const wanted = `400 {"error":{"code":"Ecs.0005","message":"…"}} was answered`
	switch e := response.Error; {
	case wrong != nil:
		return *wrong
	case e == nil:
		return Finding{Standing: Look, Detail: wanted + ", and a result is told", Next: `tell errors as "error", unless it is the client that takes it for a success`}
	case e.Kind != APIError || e.Status != 400 || e.Code != "Ecs.0005":
		return Finding{Standing: Look, Detail: fmt.Sprintf("%s, and the user is told %v", wanted, e), Next: `tell kind "api", and the status and code that the client gives its user`}
	}
	return Finding{Standing: Fine, Detail: response.Error.Error()}
}

// unreachable expects an error where nothing listens.
func (c *check) unreachable(ctx context.Context, r Request) Finding {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return Finding{Standing: Skipped, Detail: err.Error()}
	}
	r.Endpoint = "http://" + listener.Addr().String()
	_ = listener.Close()
	response, wrong := c.do(ctx, r)
	switch e := response.Error; {
	case wrong != nil:
		return *wrong
	case e == nil:
		return Finding{Standing: Breaks, Detail: "nothing listens at " + r.Endpoint + ", and a result is told", Next: "send each request to its own endpoint, and tell only what the client told"}
	case e.Kind != NetworkError:
		return Finding{Standing: Look, Detail: fmt.Sprintf("nothing listens at %s, and the user is told %v", r.Endpoint, e), Next: `tell kind "network", where the client lets that be known`}
	}
	return Finding{Standing: Fine, Detail: response.Error.Error()}
}

// limit expects that a client with a time limit keeps the one of the request.
func (c *check) limit(ctx context.Context, r Request) Finding {
	if !c.hello.Timeout {
		return Finding{Standing: Skipped, Detail: "the hello declares no time limit"}
	}
	server, err := c.serve(ctx, stall)
	if err != nil {
		return Finding{Standing: Skipped, Detail: err.Error()}
	}
	defer server.close()
	r.Endpoint, r.TimeoutMS = server.endpoint, 300
	started := time.Now()
	response, wrong := c.do(ctx, r)
	took := since(started)
	switch e := response.Error; {
	case wrong != nil:
		wrong.Next = "set the client's time limit from timeout_ms, or leave timeout out of the hello"
		return *wrong
	case e == nil:
		return Finding{Standing: Breaks, Detail: "no answer came, and a result is told", Next: "tell only what the client told"}
	case e.Kind != TimeoutError:
		return Finding{Standing: Look, Detail: fmt.Sprintf("no answer came within 300ms, and the user is told %v", e), Next: `tell kind "timeout", where the client lets that be known`}
	}
	return Finding{Standing: Fine, Detail: fmt.Sprintf("told after %s", took)}
}

// together expects that two requests are under way at a time where the hello says so.
func (c *check) together(ctx context.Context, r Request) Finding {
	if c.hello.Concurrency() < 2 {
		return Finding{Standing: Skipped, Detail: "the hello declares one request in flight"}
	}
	server, err := c.serve(ctx, meet)
	if err != nil {
		return Finding{Standing: Skipped, Detail: err.Error()}
	}
	defer server.close()
	r.Endpoint = server.endpoint
	var wrong [2]*Finding
	var both sync.WaitGroup
	for i := range wrong {
		both.Go(func() { _, wrong[i] = c.do(ctx, r) })
	}
	both.Wait()
	for _, w := range wrong {
		if w != nil {
			return *w
		}
	}
	if !server.met() {
		return Finding{Standing: Breaks, Detail: fmt.Sprintf("two requests are not under way at a time, though in_flight is %d", c.hello.InFlight),
			Next: "read the next request while one is under way, or leave in_flight out of the hello"}
	}
	return Finding{Standing: Fine, Detail: "two requests at a time"}
}

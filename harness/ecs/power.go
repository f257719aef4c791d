package ecs

import "context"

// Power is the body of a start or stop request.
type Power struct {
	Servers []string // ids
	Type    string   // "SOFT" or "HARD"; "" leaves it out, which means SOFT
	start   bool
}

// StartServers starts servers; the answer carries the id of one job for all.
func (c *Client) StartServers(ctx context.Context, ids []string, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: StartServers, Params: Power{Servers: ids, start: true}}, o...)
}

// StopServers stops servers, softly; the answer carries the id of one job for all. A server that does not exist may show in the job only.
func (c *Client) StopServers(ctx context.Context, ids []string, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: StopServers, Params: Power{Servers: ids, Type: "SOFT"}}, o...)
}

// serverRef is how lists of servers, and of security groups, are written.
type serverRef struct {
	ID string `json:"id"`
}

func serverRefs(ids []string) []serverRef {
	refs := make([]serverRef, len(ids))
	for i, id := range ids {
		refs[i] = serverRef{id}
	}
	return refs
}

// MarshalJSON gives the body as it is sent.
func (p Power) MarshalJSON() ([]byte, error) {
	type action struct {
		Servers []serverRef `json:"servers"`
		Type    string      `json:"type,omitempty"`
	}
	name := "os-stop"
	if p.start {
		name = "os-start"
	}
	return plainJSON(map[string]action{name: {serverRefs(p.Servers), p.Type}})
}

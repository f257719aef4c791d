package ecs

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ServerHistory is what a wait saw of a server. Its steps are Server.State: status, vm_state and task_state.
type ServerHistory struct {
	History
	Server *Server // as last seen; nil when it is gone
	Answer *Answer // the last answer
}

// WaitForServer polls a server until its status is one of those wanted and it has no task under way. The limit is Timeouts.Status unless an option
// says otherwise. The history is never nil. The error is a *WaitError.
func (c *Client) WaitForServer(ctx context.Context, serverID string, statuses []string, o ...WaitOption) (*ServerHistory, error) {
	what := "server " + serverID + " to become " + strings.Join(statuses, " or ")
	return c.waitForServer(ctx, serverID, what, o, func(s *Server) bool {
		return s != nil && s.TaskState == "" && slices.Contains(statuses, s.Status)
	})
}

// WaitForServerGone polls a server until it is not found, or shown as DELETED.
func (c *Client) WaitForServerGone(ctx context.Context, serverID string, o ...WaitOption) (*ServerHistory, error) {
	return c.waitForServer(ctx, serverID, "server "+serverID+" to be gone", o, func(s *Server) bool {
		return s == nil || s.Status == "DELETED"
	})
}

func (c *Client) waitForServer(ctx context.Context, serverID, what string, o []WaitOption, content func(*Server) bool) (*ServerHistory, error) {
	w := &wait{what: what, limit: c.config.Timeouts.Status, limitName: "Timeouts.Status", timeouts: c.config.Timeouts}
	for _, option := range o {
		option(w)
	}
	h := &ServerHistory{}
	err := w.poll(ctx,
		func(ctx context.Context) (*Answer, error) { return c.ShowServer(ctx, serverID) },
		func(a *Answer) (string, bool, error) {
			h.Answer = a
			if a.Status == http.StatusNotFound && content(nil) {
				h.Server = nil
				return "not found", true, nil
			}
			if a.Status != http.StatusOK {
				return "", false, fmt.Errorf("wanted 200 with the server, got %s (exchange %d)", a.Summary(), a.ID)
			}
			server, err := a.Server()
			if err != nil {
				return "", false, err
			}
			h.Server = server
			return server.State(), content(server), nil
		})
	h.History = w.history
	return h, err
}

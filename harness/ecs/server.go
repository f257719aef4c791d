package ecs

import (
	"cmp"
	"context"
	"strings"
)

// Server is a server as showServer shows it, as far as a resize is concerned. A member that is null or absent is "".
type Server struct {
	ID               string
	Name             string
	ProjectID        string // tenant_id
	Status           string // "SHUTOFF", "ACTIVE", "RESIZE", …
	VMState          string // OS-EXT-STS:vm_state, in lower case
	TaskState        string // OS-EXT-STS:task_state; "" when idle, which is null for some and "" for others
	FlavorID         string
	CPUThreads       int // cpu_options."hw:cpu_threads"; 0 when it is not shown
	Tenancy          string
	DedicatedHostID  string
	ChargingMode     string // metadata.charging_mode: "0" pay-per-use, "1" yearly/monthly, "2" spot
	OSType           string // metadata.os_type
	AvailabilityZone string
	Locked           bool
	Frozen           bool // metadata.EcmResStatus is "freeze"
	Metadata         map[string]string
	Tags             []string // "key=value"
}

// The charging modes.
const (
	PayPerUse     = "0"
	YearlyMonthly = "1"
	Spot          = "2"
)

// State is status, vm_state and task_state in one, for messages and comparisons: "SHUTOFF stopped -".
func (s *Server) State() string {
	return s.Status + " " + cmp.Or(s.VMState, "-") + " " + cmp.Or(s.TaskState, "-")
}

// ShowServer asks for a server's details.
func (c *Client) ShowServer(ctx context.Context, serverID string, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: ShowServer, ServerID: serverID}, o...)
}

// Server decodes the answer of showServer.
func (a *Answer) Server() (*Server, error) {
	body, err := a.document()
	if err != nil {
		return nil, err
	}
	return readServer(body.at("server"))
}

func readServer(n node) (*Server, error) {
	if _, err := n.object(); err != nil {
		return nil, err
	}
	var r reader
	s := &Server{
		ID:               r.text(n.at("id")),
		Name:             r.optional(n.at("name")),
		ProjectID:        r.optional(n.at("tenant_id")),
		Status:           r.text(n.at("status")),
		VMState:          strings.ToLower(r.optional(n.at("OS-EXT-STS:vm_state"))),
		TaskState:        strings.ToLower(r.optional(n.at("OS-EXT-STS:task_state"))),
		FlavorID:         r.text(n.at("flavor", "id")),
		CPUThreads:       r.integer(n.at("cpu_options", "hw:cpu_threads")),
		Tenancy:          firstOf(&r, n.at("os:scheduler_hints", "tenancy")),
		DedicatedHostID:  firstOf(&r, n.at("os:scheduler_hints", "dedicated_host_id")),
		AvailabilityZone: r.optional(n.at("OS-EXT-AZ:availability_zone")),
		Metadata:         take(&r, n.at("metadata").texts),
	}
	if locked := take(&r, n.at("locked").boolean); locked != nil {
		s.Locked = *locked
	}
	for _, tag := range take(&r, n.at("tags").list) {
		s.Tags = append(s.Tags, r.optional(tag))
	}
	if r.err != nil {
		return nil, r.err
	}
	s.ChargingMode, s.OSType, s.Frozen = s.Metadata["charging_mode"], s.Metadata["os_type"], s.Metadata["EcmResStatus"] == "freeze"
	return s, nil
}

// firstOf reads a scheduler hint: an array of one when read, a plain string when written, and both are taken.
func firstOf(r *reader, n node) string {
	if list, ok := n.value.([]any); ok {
		if len(list) == 0 {
			return ""
		}
		nodes, _ := n.list()
		n = nodes[0]
	}
	return r.optional(n)
}

package ecs

import (
	"context"
	"net/url"
	"strconv"
)

// FlavorQuery selects what listResizeFlavors lists. Empty fields are left out; of the first three one must be given, and the earlier one counts.
type FlavorQuery struct {
	InstanceUUID     string
	SourceFlavorID   string
	SourceFlavorName string
	SortKey          string // flavorid, name, memory_mb, vcpus, root_gb
	SortDir          string // asc, desc
	Limit            int    // 0 leaves it out, which means 1000
	Marker           string // id of the last flavor of the page before
}

// ListResizeFlavors asks for the flavors to which a server or a flavor can be changed.
func (c *Client) ListResizeFlavors(ctx context.Context, q FlavorQuery, o ...Option) (*Answer, error) {
	values := url.Values{}
	for name, value := range map[string]string{
		"instance_uuid": q.InstanceUUID, "source_flavor_id": q.SourceFlavorID, "source_flavor_name": q.SourceFlavorName,
		"sort_key": q.SortKey, "sort_dir": q.SortDir, "marker": q.Marker,
	} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Limit != 0 {
		values.Set("limit", strconv.Itoa(q.Limit))
	}
	return c.Do(ctx, Call{Operation: ListResizeFlavors, Query: values}, o...)
}

// Flavor is one flavor of a list.
type Flavor struct {
	ID         string
	Name       string
	VCPUs      int // the documents disagree on string or integer; both are read
	RAM        int // MiB
	Disk       int // GiB
	ExtraSpecs map[string]string
}

// Flavors decodes the answer of listResizeFlavors.
func (a *Answer) Flavors() ([]Flavor, error) {
	body, err := a.document()
	if err != nil {
		return nil, err
	}
	n := body.at("flavors")
	if n.isNull() {
		return nil, n.wanted("an array")
	}
	list, err := n.list()
	if err != nil {
		return nil, err
	}
	flavors := make([]Flavor, 0, len(list))
	for _, f := range list {
		if _, err := f.object(); err != nil {
			return nil, err
		}
		var r reader
		flavors = append(flavors, Flavor{
			ID:         r.text(f.at("id")),
			Name:       r.optional(f.at("name")),
			VCPUs:      r.integer(f.at("vcpus")),
			RAM:        r.integer(f.at("ram")),
			Disk:       r.integer(f.at("disk")),
			ExtraSpecs: take(&r, f.at("extra_specs").texts),
		})
		if r.err != nil {
			return nil, r.err
		}
	}
	return flavors, nil
}

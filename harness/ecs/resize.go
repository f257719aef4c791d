package ecs

import (
	"bytes"
	"context"
	"encoding/json"
)

// Resize is the request body of both versions. Nil and empty fields are left out.
type Resize struct {
	FlavorRef       string
	DedicatedHostID string
	AutoPay         string // extendparam.isAutoPay; "" leaves extendparam out
	Mode            string
	CPUThreads      int // cpu_options."hw:cpu_threads"; 0 leaves it out
	DryRun          *bool
}

// Resize sends the resize request, v1.1 unless V1() is given.
func (c *Client) Resize(ctx context.Context, serverID string, r Resize, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: ResizeServer, ServerID: serverID, Params: r}, o...)
}

// MarshalJSON gives the body as it is sent. Scenarios that need other bytes may start from it.
func (r Resize) MarshalJSON() ([]byte, error) {
	type extendParam struct {
		AutoPay string `json:"isAutoPay"`
	}
	type cpuOptions struct {
		Threads int `json:"hw:cpu_threads"`
	}
	var body struct {
		Resize struct {
			FlavorRef       string       `json:"flavorRef,omitempty"`
			DedicatedHostID string       `json:"dedicated_host_id,omitempty"`
			ExtendParam     *extendParam `json:"extendparam,omitempty"`
			Mode            string       `json:"mode,omitempty"`
			CPUOptions      *cpuOptions  `json:"cpu_options,omitempty"`
		} `json:"resize"`
		DryRun *bool `json:"dry_run,omitempty"`
	}
	body.Resize.FlavorRef, body.Resize.DedicatedHostID, body.Resize.Mode = r.FlavorRef, r.DedicatedHostID, r.Mode
	if r.AutoPay != "" {
		body.Resize.ExtendParam = &extendParam{r.AutoPay}
	}
	if r.CPUThreads != 0 {
		body.Resize.CPUOptions = &cpuOptions{r.CPUThreads}
	}
	body.DryRun = r.DryRun
	return plainJSON(body)
}

// plainJSON encodes without the escapes for HTML and without the newline that encoders add.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

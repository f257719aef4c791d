package reference

import (
	"bytes"
	"encoding/json"
	"errors"

	"resize-conformance/harness/driver"
)

// The bodies. What was not asked for is left out: neither null nor empty nor a default said aloud.
type (
	resizeBody struct {
		Resize resizeTo `json:"resize"`
		DryRun *bool    `json:"dry_run,omitempty"` // beside resize, not in it
	}
	resizeTo struct {
		FlavorRef       string       `json:"flavorRef"`
		DedicatedHostID string       `json:"dedicated_host_id,omitempty"`
		ExtendParam     *extendParam `json:"extendparam,omitempty"`
		Mode            string       `json:"mode,omitempty"`
		CPUOptions      *cpuOptions  `json:"cpu_options,omitempty"`
	}
	extendParam struct {
		AutoPay string `json:"isAutoPay"` // "true" or "false", a string
	}
	cpuOptions struct {
		Threads int `json:"hw:cpu_threads"` // a number
	}
	action struct {
		Servers []reference `json:"servers"`
		Type    string      `json:"type,omitempty"`
	}
	reference struct {
		ID string `json:"id"`
	}
)

// body makes the body of a call, nil when it has none.
func body(r driver.Request) ([]byte, error) {
	switch r.Operation {
	case driver.ResizeServer, driver.ResizePostPaidServer:
		return resize(r.Params)
	case driver.StartServers:
		return power("os-start", r.Params)
	case driver.StopServers:
		return power("os-stop", r.Params)
	}
	return nil, nil
}

func resize(p driver.Params) ([]byte, error) {
	if p.FlavorRef == "" {
		return nil, errors.New("flavor_ref: wanted the flavor to change to, got nothing")
	}
	b := resizeBody{Resize: resizeTo{FlavorRef: p.FlavorRef, DedicatedHostID: p.DedicatedHostID, Mode: p.Mode}, DryRun: p.DryRun}
	if p.AutoPay != nil {
		b.Resize.ExtendParam = &extendParam{AutoPay: "false"}
		if *p.AutoPay {
			b.Resize.ExtendParam.AutoPay = "true"
		}
	}
	if p.CPUThreads != 0 {
		b.Resize.CPUOptions = &cpuOptions{p.CPUThreads}
	}
	return encode(b)
}

func power(name string, p driver.Params) ([]byte, error) {
	if len(p.ServerIDs) == 0 {
		return nil, errors.New("server_ids: wanted at least one, got none")
	}
	a := action{Type: p.Type}
	for _, id := range p.ServerIDs {
		a.Servers = append(a.Servers, reference{id})
	}
	return encode(map[string]action{name: a})
}

// encode writes JSON without the escapes for HTML and without the newline that encoders add.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

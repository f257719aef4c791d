package ecs

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"resize-conformance/harness/driver"
)

// requestOf says the call in the words of the driver protocol, or why it cannot be said: what it asks for that the protocol, or this client, has no way to ask.
func requestOf(c Call, hello driver.Hello) (driver.Request, []string) {
	r := driver.Request{Operation: driver.Operation(c.Operation), ProjectID: c.ProjectID, ServerID: c.ServerID, JobID: c.JobID}
	missing := c.Wishes()
	lacks := func(format string, args ...any) { missing = append(missing, fmt.Sprintf(format, args...)) }
	if c.Operation == Unnamed {
		return r, missing
	}
	if !hello.Has(r.Operation) {
		return r, append(missing, "an operation that it does not offer")
	}
	if c.Malformed != "" {
		lacks("a request that breaks the contract on purpose (%s)", c.Malformed)
	}
	for _, id := range []struct {
		name, value string
		needed      bool
	}{
		{"project id", c.ProjectID, true},
		{"server id", c.ServerID, c.Operation == ResizeServer || c.Operation == ResizePostPaidServer || c.Operation == ShowServer},
		{"job id", c.JobID, c.Operation == ShowJob || c.Operation == WaitForJob},
	} {
		if id.needed && id.value == "" {
			lacks("an empty %s", id.name)
		}
	}
	if !c.Anonymous {
		r.Credentials = driver.Credentials{Token: c.Credentials.Token, AccessKey: c.Credentials.AccessKey, SecretKey: c.Credentials.SecretKey, SecurityToken: c.Credentials.SecurityToken}
	}
	if kind := r.Credentials.Kind(); !hello.Takes(kind) {
		lacks("credentials of the kind %q", kind)
	} else if kind == driver.WithToken && r.Credentials.AccessKey+r.Credentials.SecretKey != "" {
		lacks("a token and an access key at once")
	} else if (kind == driver.WithAccessKey || kind == driver.WithSecurityToken) && (r.Credentials.AccessKey == "" || r.Credentials.SecretKey == "") {
		lacks("half of an access key")
	}
	if c.Timeout > 0 && !hello.Timeout {
		lacks("a time limit of its own")
	}
	var unsaid []string
	r.Params, unsaid = paramsOf(c)
	missing = append(missing, unsaid...)
	if r.Params.Type == "SOFT" && !hello.Has(r.Operation, driver.OptionType) {
		r.Params.Type = "" // it is the default, and what a client without the option asks for
	}
	for _, option := range r.Params.Options() {
		if !hello.Has(r.Operation, option) {
			lacks("the option %s", option)
		}
	}
	return r, missing
}

// paramsOf says the parameters of a call, and what of them the protocol has no word for.
func paramsOf(c Call) (p driver.Params, unsaid []string) {
	lacks := func(format string, args ...any) { unsaid = append(unsaid, fmt.Sprintf(format, args...)) }
	switch params := c.Params.(type) {
	case nil:
	case Resize:
		p.FlavorRef, p.DedicatedHostID, p.Mode, p.CPUThreads, p.DryRun = params.FlavorRef, params.DedicatedHostID, params.Mode, params.CPUThreads, params.DryRun
		switch params.AutoPay {
		case "":
		case "true", "false":
			pays := params.AutoPay == "true"
			p.AutoPay = &pays
		default:
			lacks("an isAutoPay of %q", params.AutoPay)
		}
		if params.FlavorRef == "" {
			lacks("no flavor")
		}
	case Power:
		p.ServerIDs, p.Type = params.Servers, params.Type
		if len(params.Servers) == 0 || slices.Contains(params.Servers, "") {
			lacks("an empty list of servers, or an empty id in it")
		}
	default:
		lacks("parameters of the form %T", params)
	}
	p.IntervalMS = c.Interval.Milliseconds()
	for _, name := range slices.Sorted(maps.Keys(c.Query)) {
		values := c.Query[name]
		if len(values) != 1 || values[0] == "" {
			lacks("the selector %s %d times, or empty", name, len(values))
			continue
		}
		to := map[string]*string{
			"instance_uuid": &p.InstanceUUID, "source_flavor_id": &p.SourceFlavorID, "source_flavor_name": &p.SourceFlavorName,
			"sort_key": &p.SortKey, "sort_dir": &p.SortDir, "marker": &p.Marker,
		}[name]
		switch limit, err := strconv.Atoi(values[0]); {
		case to != nil:
			*to = values[0]
		case name == "limit" && err == nil && limit != 0:
			p.Limit = limit
		default:
			lacks("the selector %s=%s", name, values[0])
		}
	}
	return p, unsaid
}

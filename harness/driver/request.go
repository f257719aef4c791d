package driver

import "time"

// Request is one line to a driver: one call of the client.
type Request struct {
	ID          string      `json:"id"` // comes back in the response; "" lets a Process choose one
	Operation   Operation   `json:"op"`
	Endpoint    string      `json:"endpoint"` // base URL of the ECS service, without path and trailing slash. It changes from request to request
	Credentials Credentials `json:"credentials"`
	ProjectID   string      `json:"project_id"`
	ServerID    string      `json:"server_id,omitzero"` // of the resizes and showServer
	JobID       string      `json:"job_id,omitzero"`    // of showJob and waitForJob
	Params      Params      `json:"params"`
	// TimeoutMS is how many milliseconds the whole call may take; the client is to be told so where it can be, else it means nothing. 0: the client's default.
	TimeoutMS int64 `json:"timeout_ms,omitzero"`
}

// Timeout is TimeoutMS as a duration.
func (r Request) Timeout() time.Duration { return time.Duration(r.TimeoutMS) * time.Millisecond }

// Credentials of one caller: Token; or AccessKey and SecretKey, and SecurityToken when they are temporary; or nothing, which means to send none.
type Credentials struct {
	Token         string `json:"token,omitzero"`
	AccessKey     string `json:"access_key,omitzero"`
	SecretKey     string `json:"secret_key,omitzero"`
	SecurityToken string `json:"security_token,omitzero"`
}

// Kind says which kind of credentials these are.
func (c Credentials) Kind() CredentialKind {
	switch {
	case c.Token != "":
		return WithToken
	case c.SecurityToken != "":
		return WithSecurityToken
	case c.AccessKey != "" || c.SecretKey != "":
		return WithAccessKey
	}
	return WithNone
}

// Params are the parameters of a call, as a user of the client would think of them: how they are encoded on the wire is the client's affair. What is absent
// was not asked for, and the client must not be given it.
type Params struct {
	// Of resizeServer and resizePostPaidServer.
	FlavorRef       string `json:"flavor_ref,omitzero"`
	DedicatedHostID string `json:"dedicated_host_id,omitzero"`
	AutoPay         *bool  `json:"auto_pay,omitzero"` // extendparam.isAutoPay, a string on the wire
	Mode            string `json:"mode,omitzero"`
	CPUThreads      int    `json:"cpu_threads,omitzero"` // cpu_options."hw:cpu_threads"
	DryRun          *bool  `json:"dry_run,omitzero"`

	// Of batchStartServers and batchStopServers.
	ServerIDs []string `json:"server_ids,omitzero"`
	Type      string   `json:"type,omitzero"` // "SOFT" or "HARD"

	// Of listResizeFlavors.
	InstanceUUID     string `json:"instance_uuid,omitzero"`
	SourceFlavorID   string `json:"source_flavor_id,omitzero"`
	SourceFlavorName string `json:"source_flavor_name,omitzero"`
	SortKey          string `json:"sort_key,omitzero"`
	SortDir          string `json:"sort_dir,omitzero"`
	Limit            int    `json:"limit,omitzero"`
	Marker           string `json:"marker,omitzero"`

	// Of waitForJob: the pause between two looks at the job.
	IntervalMS int64 `json:"interval_ms,omitzero"`
}

// Interval is IntervalMS as a duration.
func (p Params) Interval() time.Duration { return time.Duration(p.IntervalMS) * time.Millisecond }

// Options lists which options these parameters ask for.
func (p Params) Options() []Option {
	var all []Option
	for _, asked := range []struct {
		is     bool
		option Option
	}{
		{p.DedicatedHostID != "", OptionDedicatedHost},
		{p.AutoPay != nil, OptionAutoPay},
		{p.Mode != "", OptionMode},
		{p.CPUThreads != 0, OptionCPUThreads},
		{p.DryRun != nil, OptionDryRun},
		{p.Type != "", OptionType},
		{len(p.ServerIDs) > 1, OptionSeveral},
		{p.InstanceUUID != "", OptionInstance},
		{p.SourceFlavorID != "", OptionSourceFlavorID},
		{p.SourceFlavorName != "", OptionSourceFlavorName},
		{p.SortKey != "", OptionSortKey},
		{p.SortDir != "", OptionSortDir},
		{p.Limit != 0, OptionLimit},
		{p.Marker != "", OptionMarker},
		{p.IntervalMS != 0, OptionInterval},
	} {
		if asked.is {
			all = append(all, asked.option)
		}
	}
	return all
}

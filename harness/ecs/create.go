package ecs

import "context"

// Create describes servers to be made, as far as a scenario needs it. Empty fields are left out.
type Create struct {
	Name             string
	ImageRef         string
	FlavorRef        string
	VPCID            string
	SubnetID         string
	RootVolumeType   string // e.g. "SSD"
	AvailabilityZone string
	SecurityGroup    string // id; "" leaves it to the service
	KeyName          string // of a key pair
	Tags             []Tag
	AdminPass        string
	Count            int    // 0: one
	ChargingMode     string // "postPaid" (the service's default) or "prePaid"
	PeriodType       string // "month" or "year", for prePaid
	PeriodNum        int
	AutoPay          string // "true" spends money
	MarketType       string // "spot"
	DedicatedHostID  string
	CPUThreads       int
	DryRun           *bool
	ClientToken      string // X-Client-Token, which makes the creation idempotent; a UUID
}

// Tag is a tag of a server, shown as "key=value" (Server.Tags).
type Tag struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (t Tag) String() string { return t.Key + "=" + t.Value }

// CreateServers makes servers, through v1.1. The answer carries a job id, the servers' ids, and an order id for prePaid.
func (c *Client) CreateServers(ctx context.Context, s Create, o ...Option) (*Answer, error) {
	if s.ClientToken != "" {
		o = append([]Option{Header("X-Client-Token", s.ClientToken)}, o...)
	}
	return c.Do(ctx, Call{Operation: CreateServers, Params: s}, o...)
}

// MarshalJSON gives the body as it is sent.
func (s Create) MarshalJSON() ([]byte, error) {
	type nic struct {
		SubnetID string `json:"subnet_id"`
	}
	type rootVolume struct {
		VolumeType string `json:"volumetype"`
	}
	type extendParam struct {
		ChargingMode string `json:"chargingMode,omitempty"`
		PeriodType   string `json:"periodType,omitempty"`
		PeriodNum    int    `json:"periodNum,omitempty"`
		AutoPay      string `json:"isAutoPay,omitempty"`
		MarketType   string `json:"marketType,omitempty"`
	}
	type hints struct {
		Tenancy         string `json:"tenancy"`
		DedicatedHostID string `json:"dedicated_host_id"`
	}
	type cpuOptions struct {
		Threads int `json:"hw:cpu_threads"`
	}
	var body struct {
		Server struct {
			Name             string       `json:"name"`
			ImageRef         string       `json:"imageRef"`
			FlavorRef        string       `json:"flavorRef"`
			VPCID            string       `json:"vpcid"`
			NICs             []nic        `json:"nics"`
			RootVolume       rootVolume   `json:"root_volume"`
			AvailabilityZone string       `json:"availability_zone,omitempty"`
			SecurityGroups   []serverRef  `json:"security_groups,omitempty"`
			KeyName          string       `json:"key_name,omitempty"`
			Tags             []Tag        `json:"server_tags,omitempty"`
			AdminPass        string       `json:"adminPass,omitempty"`
			Count            int          `json:"count,omitempty"`
			ExtendParam      *extendParam `json:"extendparam,omitempty"`
			Hints            *hints       `json:"os:scheduler_hints,omitempty"`
			CPUOptions       *cpuOptions  `json:"cpu_options,omitempty"`
		} `json:"server"`
		DryRun *bool `json:"dry_run,omitempty"`
	}
	to := &body.Server
	to.Name, to.ImageRef, to.FlavorRef, to.VPCID = s.Name, s.ImageRef, s.FlavorRef, s.VPCID
	to.NICs, to.RootVolume = []nic{{s.SubnetID}}, rootVolume{s.RootVolumeType}
	to.AvailabilityZone, to.AdminPass, to.Count = s.AvailabilityZone, s.AdminPass, s.Count
	to.KeyName, to.Tags = s.KeyName, s.Tags
	if s.SecurityGroup != "" {
		to.SecurityGroups = serverRefs([]string{s.SecurityGroup})
	}
	if p := (extendParam{s.ChargingMode, s.PeriodType, s.PeriodNum, s.AutoPay, s.MarketType}); p != (extendParam{}) {
		to.ExtendParam = &p
	}
	if s.DedicatedHostID != "" {
		to.Hints = &hints{"dedicated", s.DedicatedHostID}
	}
	if s.CPUThreads != 0 {
		to.CPUOptions = &cpuOptions{s.CPUThreads}
	}
	body.DryRun = s.DryRun
	return plainJSON(body)
}

// Delete is the body of a delete request.
type Delete struct {
	Servers  []string
	Volumes  bool // delete their data disks too
	PublicIP bool // release their public addresses too
}

// DeleteServers removes pay-per-use servers. Yearly/monthly ones have to be unsubscribed instead.
func (c *Client) DeleteServers(ctx context.Context, d Delete, o ...Option) (*Answer, error) {
	return c.Do(ctx, Call{Operation: DeleteServers, Params: d}, o...)
}

// MarshalJSON gives the body as it is sent.
func (d Delete) MarshalJSON() ([]byte, error) {
	return plainJSON(struct {
		Servers  []serverRef `json:"servers"`
		PublicIP bool        `json:"delete_publicip"`
		Volumes  bool        `json:"delete_volume"`
	}{serverRefs(d.Servers), d.PublicIP, d.Volumes})
}

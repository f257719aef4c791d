package emulator

import "fmt"

// Ids and credentials of the default state. They are constants so that examples can be written down; they open nothing but this emulator.
const (
	defaultProject = "0123456789abcdef0123456789abcdef"
	foreignProject = "fedcba9876543210fedcba9876543210"
	// defaultHost is the dedicated host that the documentation's own example of a resize names.
	defaultHost = "459a2b9d-804a-4745-ab19-a113bb1b4ddc"
	otherHost   = "8c2b1f7e-3d55-4f0a-9a36-5e1d2c7b9f10"
)

// DefaultState is a world with something of everything: two projects, a flavor for every part a scenario may need, two
// dedicated hosts, and servers in every state of interest, two of each. An unknown profile is an error.
func DefaultState(profile string) (*State, error) {
	if _, err := BehaviourOf(profile); err != nil {
		return nil, err
	}
	s := &State{
		Region:        "local-1",
		Zones:         []string{"local-1a", "local-1b"},
		DefaultFlavor: "s3.medium.4",
		Projects: []Project{
			{ID: defaultProject, Name: "local-1", Tokens: []Token{
				{Token: "emulator-token-of-the-first-project"},
				{Token: "emulator-token-that-has-expired", Expires: "2020-01-01T00:00:00Z"},
				{Token: "emulator-token-that-a-policy-denies-everything", Deny: actions()},
				{Token: "emulator-token-whose-requests-are-throttled", Meets: FlowTroubles()},
				{Token: "emulator-token-whose-requests-meet-failures", Meets: FailureTroubles()},
			}, Keys: []Key{
				{Access: "EMULATORAK0000000001", Secret: "emulator-secret-key-of-the-first-project", SecurityToken: "emulator-security-token-of-the-first-project"},
				{Access: "EMULATORAK0000000003", Secret: "emulator-secret-key-without-a-security-token"},
			}},
			{ID: foreignProject, Name: "local-1_foreign", Tokens: []Token{
				{Token: "emulator-token-of-the-foreign-project"},
			}, Keys: []Key{{Access: "EMULATORAK0000000002", Secret: "emulator-secret-key-of-the-foreign-project"}}},
		},
		Hosts: []Host{{ID: defaultHost}, {ID: otherHost}},
	}
	s.Flavors, s.Reachable = defaultFlavors(s.Zones)
	s.Servers = defaultServers()
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("the emulator's own default state: %w", err)
	}
	return s, nil
}

// defaultFlavors is a catalogue around s3.medium.4 (1 vCPU, 4 GiB). There are smaller and larger ones, and some of exactly
// its size in other series, so that a server can be resized there and back where downgrading is banned.
func defaultFlavors(zones []string) ([]Flavor, []Reach) {
	const gib = 1024
	general := func(id string, vcpus, ram int, extra ...string) Flavor {
		specs := map[string]string{
			"ecs:performancetype": "normal", "ecs:virtualization_env_types": "CloudCompute", "resource_type": "IOoptimized_1",
			"hw:numa_nodes": "1", "cond:operation:status": "normal",
		}
		for i := 0; i+1 < len(extra); i += 2 {
			specs[extra[i]] = extra[i+1]
		}
		return Flavor{ID: id, VCPUs: vcpus, RAM: ram, ExtraSpecs: specs}
	}
	dedicated := func(id string, vcpus, ram int) Flavor {
		return general(id, vcpus, ram, "ecs:performancetype", "computingv3", "hw:cpu_policy", "dedicated", "hw:cpu_threads", "2")
	}
	// Everything that can be said of a flavor, said of one.
	told := general("sn3.xlarge.2", 4, 8*gib, "cond:operation:az", zones[0]+"(normal), "+zones[1]+"(promotion)", "cond:operation:charge", "demand",
		"cond:operation:charge:stop", "free", "cond:operation:roles", "op_gatedECS", "cond:spot:operation:status", "normal",
		"cond:spot:operation:az", zones[0]+"(normal)", "cond:compute", "autorecovery", "cond:compute:live_resizable", "true", "cond:network", "ib",
		"cond:storage", "scsi", "cond:storage:type", "SSD,SAS", "cond:image", "efi", "ecs:generation", "sn3", "quota:max_rate", "4000")
	full := general("s3.2xlarge.4", 8, 32*gib)
	full.Capacity = map[string]int{zones[0]: 0, zones[1]: 0}
	failing := general("s3.xlarge.8", 4, 32*gib)
	failing.JobError, failing.Unlisted = "Ecs.0207", true

	reachable := []Flavor{
		general("s3.small.1", 1, 1*gib), general("s3.medium.2", 1, 2*gib), general("s3.medium.4", 1, 4*gib),
		general("s3.large.2", 2, 4*gib), general("s3.large.4", 2, 8*gib), general("s3.xlarge.2", 4, 8*gib),
		general("s3.xlarge.4", 4, 16*gib), general("s3.2xlarge.2", 8, 16*gib),
		general("s6.medium.4", 1, 4*gib), general("s6.large.2", 2, 4*gib), general("s6.large.4", 2, 8*gib), general("s6.xlarge.2", 4, 8*gib),
		general("sn3.medium.4", 1, 4*gib), general("sn3.large.2", 2, 4*gib), general("sn3.large.4", 2, 8*gib), told,
		dedicated("c6.large.2", 2, 4*gib), dedicated("c6.xlarge.2", 4, 8*gib), dedicated("c6.2xlarge.2", 8, 16*gib),
		general("s2.xlarge.2", 4, 8*gib, "cond:operation:status", "sellout"),
		general("s2.2xlarge.2", 8, 16*gib, "cond:operation:az", zones[0]+"(sellout), "+zones[1]+"(normal)"),
		general("s1.xlarge", 4, 8*gib, "cond:operation:status", "abandon"),
		general("c7.xlarge.2", 4, 8*gib, "cond:operation:status", "obt"),
		full, failing,
	}
	others := []Flavor{
		general("m3.large.8", 2, 16*gib, "ecs:performancetype", "highmem"),
		general("m3.xlarge.8", 4, 32*gib, "ecs:performancetype", "highmem"),
		general("kc1.large.2", 2, 4*gib, "ecs:performancetype", "kunpeng_computing", "ecs:instance_architecture", "arm64"),
	}
	ids := func(flavors []Flavor) (out []string) {
		for _, f := range flavors {
			out = append(out, f.ID)
		}
		return out
	}
	return append(reachable, others...), []Reach{
		{From: ids(reachable), To: ids(reachable)},
		{From: []string{"m3.large.8", "m3.xlarge.8"}, To: []string{"m3.large.8", "m3.xlarge.8"}},
	}
}

// defaultServers are two servers of each kind that a run may ask for, four of the plain one.
func defaultServers() []ServerSpec {
	var out []ServerSpec
	add := func(count int, name string, s ServerSpec) {
		for i := range count {
			s.Name = fmt.Sprintf("%s-%d", name, i+1)
			s.ID = fmt.Sprintf("5e7a0000-0000-4000-8000-%012d", len(out)+1)
			out = append(out, s)
		}
	}
	add(4, "stopped", ServerSpec{})
	add(2, "running", ServerSpec{Status: StatusActive})
	add(2, "yearly-monthly", ServerSpec{Billing: PrePaid})
	add(2, "spot", ServerSpec{Billing: Spot})
	add(2, "windows", ServerSpec{OSType: "Windows"})
	add(2, "dedicated-host", ServerSpec{DedicatedHostID: defaultHost})
	add(2, "locked", ServerSpec{Locked: true})
	add(2, "frozen", ServerSpec{Frozen: true})
	add(1, "foreign", ServerSpec{Project: foreignProject})
	return out
}

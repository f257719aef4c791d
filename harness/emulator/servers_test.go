package emulator

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Required by the machine-readable definition of ShowServer.
const requiredOfAServer = `OS-EXT-AZ:availability_zone OS-EXT-SRV-ATTR:host OS-EXT-SRV-ATTR:hostname OS-EXT-SRV-ATTR:hypervisor_hostname
OS-EXT-SRV-ATTR:instance_name OS-EXT-SRV-ATTR:kernel_id OS-EXT-SRV-ATTR:launch_index OS-EXT-SRV-ATTR:ramdisk_id OS-EXT-SRV-ATTR:root_device_name
OS-EXT-STS:power_state OS-EXT-STS:task_state OS-EXT-STS:vm_state OS-SRV-USG:launched_at OS-SRV-USG:terminated_at accessIPv4 accessIPv6 addresses
config_drive created flavor hostId host_status id image key_name locked metadata name os-extended-volumes:volumes_attached security_groups status
tenant_id updated user_id auto_terminate_time`

func TestShowServer(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{Name: "web", DedicatedHostID: defaultHost, CPUThreads: 2})
	s := l.show(id)
	for _, name := range strings.Fields(requiredOfAServer) {
		if _, there := s[name]; !there {
			t.Errorf("%s is missing", name)
		}
	}
	if diff := cmp.Diff(map[string]any{"id": "s3.medium.4", "name": "s3.medium.4", "disk": "0", "vcpus": "1", "ram": "4096",
		"gpus": []any{}, "asic_accelerators": []any{}}, s["flavor"]); diff != "" {
		t.Errorf("flavor: %s", diff)
	}
	for name, want := range map[string]any{
		"id": id, "name": "web", "tenant_id": defaultProject, "status": "SHUTOFF", "OS-EXT-STS:task_state": nil, "OS-EXT-STS:power_state": 4.0,
		"locked": false, "created": "2026-01-01T00:00:00Z", "OS-SRV-USG:launched_at": "2026-01-01T00:00:00.000000", "fault": nil,
		"OS-EXT-AZ:availability_zone": "local-1a",
	} {
		if diff := cmp.Diff(want, s[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if diff := cmp.Diff(map[string]any{"tenancy": []any{"dedicated"}, "dedicated_host_id": []any{defaultHost}, "group": []any{derivedUUID("group", defaultHost)}}, s["os:scheduler_hints"]); diff != "" {
		t.Error(diff)
	}
}

func TestMetadataTellsBillingAndFreeze(t *testing.T) {
	l := newLab(t, Config{})
	for mode, want := range map[string]string{PostPaid: "0", PrePaid: "1", Spot: "2"} {
		m := l.show(l.add(ServerSpec{Billing: mode, Frozen: true, OSType: "Windows"}))["metadata"].(map[string]any)
		if m["charging_mode"] != want || m["EcmResStatus"] != "freeze" || m["os_type"] != "Windows" || m["metering.resourcespeccode"] != "s3.medium.4.win" {
			t.Errorf("%s: %v", mode, m)
		}
		if _, there := m["metering.order_id"]; there != (mode == PrePaid) {
			t.Errorf("%s: %v", mode, m)
		}
	}
}

func TestServersInEveryStatus(t *testing.T) {
	l := newLab(t, Config{})
	for _, status := range Statuses() {
		s := l.show(l.add(ServerSpec{Status: status}))
		if s["status"] != status || (s["fault"] != nil) != (status == StatusError) {
			t.Errorf("%s: %v %v", status, s["status"], s["fault"])
		}
	}
}

func TestAddServerSaysWhatIsWrong(t *testing.T) {
	l := newLab(t, Config{})
	id := l.add(ServerSpec{})
	for want, s := range map[string]ServerSpec{
		`flavor "s3.large.3" is not known; did you mean "s3.large.2"?`: {Flavor: "s3.large.3"},
		`status "SHUTOF" is not known; did you mean "SHUTOFF"?`:        {Status: "SHUTOF"},
		`billing "prepaid" is not known`:                               {Billing: "prepaid"},
		`project "x" is not known`:                                     {Project: "x"},
		`host "x" is not known`:                                        {DedicatedHostID: "x"},
		`is in project ` + defaultProject:                              {DedicatedHostID: defaultHost, Project: foreignProject},
		`there is one with id ` + id + ` already`:                      {ID: id},
	} {
		if _, err := l.AddServer(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestDescribe(t *testing.T) {
	l := newLab(t, Config{})
	d := l.Describe()
	home, foreign := d.Projects[0], d.Projects[1]
	if home.ID != defaultProject || home.Token == "" || home.ExpiredToken == "" || home.AccessKey == "" || home.SecretKey == "" || len(home.Hosts) != 2 {
		t.Errorf("%+v", home)
	}
	if foreign.ID != foreignProject || foreign.Token == "" || foreign.Token == home.Token || foreign.AccessKey == "" {
		t.Errorf("%+v", foreign)
	}
	if d.Profile != "intl" || d.Mode || !newLab(t, Config{Profile: "cn"}).Describe().Mode || !newLab(t, Config{Mode: new(true)}).Describe().Mode {
		t.Errorf("%+v", d)
	}
	if servers := l.Servers(); len(servers) != l.Counts().Servers || servers[0].Project != defaultProject || servers[len(servers)-1].Project != foreignProject {
		t.Errorf("%+v", servers)
	}
}

// Whatever plays a part must do so when it is asked: reason by reason, in every edition.
func TestPartsAreWhatTheySay(t *testing.T) {
	for _, profile := range Profiles() {
		t.Run(profile, func(t *testing.T) {
			l := newLab(t, Config{Profile: profile})
			path := "/" + l.Describe().Behaviour.Versions[0] + "/" + defaultProject + "/cloudservers/"
			id := l.add(ServerSpec{})
			p, err := l.Parts(id)
			if err != nil {
				t.Fatal(err)
			}
			for flavor, code := range map[string]string{
				p.Target: "", p.Other: "", p.Unreachable: "Ecs.0804", p.SoldOut: "Ecs.0018", p.Abandoned: "Ecs.0019", p.OpenBeta: "Ecs.0016", p.Failing: "",
			} {
				got := l.do("POST", path+l.add(ServerSpec{})+"/resize", to(flavor))
				if flavor == "" || got.code() != l.Describe().Behaviour.code(code) {
					t.Errorf("%q: got %d %s, want code %q", flavor, got.status, got.raw, code)
				}
			}
			if got := l.do("POST", path+l.add(ServerSpec{})+"/resize", to(p.Smaller)); (got.status != 200) != (len(l.Describe().Behaviour.DowngradeBanned) > 0) {
				t.Errorf("smaller %q: %s", p.Smaller, got.raw)
			}
			if (p.DedicatedCPU != "") != (len(l.Describe().Behaviour.CPUOptions) > 0) || p.Target == p.Other {
				t.Errorf("%+v", p)
			}
			// There and back must be possible, also where downgrading is banned.
			l.accepted(l.do("POST", path+id+"/resize", to(p.Target)))
			l.pass(jobTook)
			l.accepted(l.do("POST", path+id+"/resize", to("s3.medium.4")))
		})
	}
	if _, err := newLab(t, Config{}).Parts("x"); err == nil {
		t.Error("parts for a server that does not exist")
	}
}

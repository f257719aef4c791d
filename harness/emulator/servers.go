package emulator

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"time"
)

// Server is a server as it is now.
type Server struct {
	Phase
	ID, Project, Name string
	Flavor            string // id
	Zone, Billing, OS string
	Image             string
	Host              string // dedicated host it lives on; "" for none
	CPUThreads        int    // 0: not set
	Locked, Frozen    bool
	Tags              []string // "key=value"
	Created, Updated  time.Time

	task   *task  // unfinished work, at most one
	unpaid *order // that somebody has to pay before the work begins, at most one
}

// showServer answers GET /v1/{project_id}/cloudservers/{server_id}.
func (e *Emulator) showServer(r *Request) Answer {
	s := e.world.server(r.Project, r.ServerID)
	if s == nil {
		return refuse(http.StatusNotFound, "Ecs.0114", "Instance[%s] could not be found.", r.ServerID).answer()
	}
	return ok(map[string]any{"server": e.serverView(s)})
}

// server finds a server of a project; nil when the project has none with that id.
func (w *world) server(project, id string) *Server {
	if s := w.servers[id]; s != nil && s.Project == project {
		return s
	}
	return nil
}

type (
	object map[string]any // marshals with its keys in order

	// flavorView is a server's flavor: here all numbers are strings.
	flavorView struct {
		ID    string   `json:"id"`
		Name  string   `json:"name"`
		Disk  string   `json:"disk"`
		VCPUs string   `json:"vcpus"`
		RAM   string   `json:"ram"`
		GPUs  []object `json:"gpus"`
		ASICs []object `json:"asic_accelerators"`
	}
)

// serverView is a server with every field that the machine-readable definition of ShowServer requires, and those that matter for a resize.
func (e *Emulator) serverView(s *Server) object {
	f := e.world.flavors[s.Flavor]
	if f == nil { // only a plan put in from outside can bring a flavor that is not in the catalogue
		f = &Flavor{ID: s.Flavor}
	}
	short := s.ID[:min(8, len(s.ID))]
	name := "instance-" + short
	v := object{
		"id": s.ID, "name": s.Name, "tenant_id": s.Project, "user_id": "emulator-user", "description": "",
		"status":                 s.Status,
		"OS-EXT-STS:vm_state":    s.VMState,
		"OS-EXT-STS:task_state":  nullable(s.TaskState),
		"OS-EXT-STS:power_state": s.powerState(),
		"flavor": flavorView{ID: s.Flavor, Name: s.Flavor, Disk: "0", VCPUs: strconv.Itoa(f.VCPUs), RAM: strconv.Itoa(f.RAM),
			GPUs: []object{}, ASICs: []object{}},
		"metadata":           e.metadata(s),
		"os:scheduler_hints": schedulerHints(s),
		"cpu_options":        object{"hw:cpu_threads": threadsView(s.CPUThreads)},
		"locked":             s.Locked,
		"fault":              fault(s),
		"image":              object{"id": s.Image},
		"created":            s.Created.UTC().Format("2006-01-02T15:04:05Z"),
		"updated":            s.Updated.UTC().Format("2006-01-02T15:04:05Z"),

		"OS-SRV-USG:launched_at":   s.Created.UTC().Format("2006-01-02T15:04:05.000000"),
		"OS-SRV-USG:terminated_at": nil,
		"auto_terminate_time":      "",

		"OS-EXT-AZ:availability_zone":         s.Zone,
		"OS-EXT-SRV-ATTR:host":                "host-" + s.Zone,
		"OS-EXT-SRV-ATTR:hostname":            s.Name,
		"OS-EXT-SRV-ATTR:hypervisor_hostname": "hypervisor-" + s.Zone,
		"OS-EXT-SRV-ATTR:instance_name":       name,
		"OS-EXT-SRV-ATTR:kernel_id":           "",
		"OS-EXT-SRV-ATTR:launch_index":        0,
		"OS-EXT-SRV-ATTR:ramdisk_id":          "",
		"OS-EXT-SRV-ATTR:reservation_id":      "r-" + short,
		"OS-EXT-SRV-ATTR:root_device_name":    "/dev/vda",
		"OS-EXT-SRV-ATTR:user_data":           "",
		"OS-DCF:diskConfig":                   "MANUAL",

		"accessIPv4": "", "accessIPv6": "",
		"addresses":             addresses(s),
		"config_drive":          "",
		"enterprise_project_id": "0",
		"hostId":                "host-" + s.Zone,
		"host_status":           "UP",
		"key_name":              keyName(s),
		"hypervisor":            object{"hypervisor_type": "QEMU", "csd_hypervisor": ""},
		"security_options":      object{"secure_boot_enabled": false, "tpm_enabled": false},
		"progress":              0,
		"security_groups":       []object{{"name": "default", "id": derivedUUID("security-group", s.Project)}},
		"tags":                  append([]string{"purpose=conformance"}, s.Tags...),
		"sys_tags":              []object{{"key": "_sys_enterprise_project_id", "value": "0"}},
		"os-extended-volumes:volumes_attached": []object{{
			"id": derivedUUID("volume", s.ID), "delete_on_termination": "true", "bootIndex": "0", "device": "/dev/vda",
		}},
	}
	return v
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func threadsView(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// metadata holds strings only. charging_mode is the one reliable way to tell how a server is billed.
func (e *Emulator) metadata(s *Server) map[string]string {
	m := map[string]string{
		"charging_mode":               map[string]string{PostPaid: "0", PrePaid: "1", Spot: "2"}[s.Billing],
		"metering.image_id":           s.Image,
		"metering.imagetype":          "gold",
		"metering.resourcespeccode":   s.Flavor + "." + map[string]string{"Linux": "linux", "Windows": "win"}[s.OS],
		"metering.resourcetype":       "1",
		"os_type":                     s.OS,
		"os_bit":                      "64",
		"image_name":                  s.OS + " image",
		"vpc_id":                      derivedUUID("vpc", s.Project),
		"cascaded.instance_extrainfo": "",
	}
	if s.Billing == PrePaid {
		m["metering.order_id"] = "CS" + s.ID[:min(8, len(s.ID))]
		m["metering.product_id"] = derivedUUID("product", s.Flavor)
	}
	if s.Frozen {
		m["EcmResStatus"] = "freeze"
	}
	if s.Locked { // as an order that changes the billing mode locks it
		m["lockScene"], m["lockSource"], m["lockSourceId"] = "TO_PERIOD_LOCK", "ORDER", "CS"+s.ID[:min(8, len(s.ID))]
		m["lockCheckEndpoint"] = "https://bss.invalid/v2/orders/lock-check"
	}
	return m
}

// keyName is a Linux server's; Windows servers are logged in to with a password.
func keyName(s *Server) any {
	if s.OS == "Windows" {
		return nil
	}
	return "KeyPair-conformance"
}

// schedulerHints are lists on read, though plain strings on create. What is on a dedicated host is in a group with what else is there.
func schedulerHints(s *Server) object {
	if s.Host == "" {
		return object{}
	}
	return object{"tenancy": []string{"dedicated"}, "dedicated_host_id": []string{s.Host}, "group": []string{derivedUUID("group", s.Host)}}
}

func fault(s *Server) any {
	if s.Status != StatusError {
		return nil
	}
	return object{"code": 500, "created": s.Updated.UTC().Format("2006-01-02T15:04:05Z"), "message": "the server is in an error state", "details": ""}
}

func addresses(s *Server) object {
	address := func(addr, version, kind string, primary any) object {
		return object{
			"addr": addr, "version": version, "OS-EXT-IPS:type": kind, "primary": primary,
			"OS-EXT-IPS-MAC:mac_addr": macOf(s),
			"OS-EXT-IPS:port_id":      derivedUUID("port", s.ID),
		}
	}
	return object{derivedUUID("vpc", s.Project): []object{ // documentation's own ranges outside, see RFC 5737 and RFC 3849
		address(ipv4Of(s), "4", "fixed", true),
		address(ipv6Of(s), "6", "fixed", nil),
		address(fmt.Sprintf("203.0.113.%d", hash(s.ID)&0xff), "4", "floating", nil),
	}}
}

func ipv4Of(s *Server) string {
	return fmt.Sprintf("192.168.%d.%d", hash(s.ID)>>8&0xff, hash(s.ID)&0xff)
}

func ipv6Of(s *Server) string { return fmt.Sprintf("2001:db8::%x", hash(s.ID)&0xffff) }

func macOf(s *Server) string {
	h := hash(s.ID)
	return fmt.Sprintf("fa:16:3e:%02x:%02x:%02x", h>>16&0xff, h>>8&0xff, h&0xff)
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s))
	return h.Sum64()
}

// derivedUUID makes up the id of something that exists only to be shown, the same one each time.
func derivedUUID(what, of string) string {
	a, b := hash(what+"/"+of), hash(of+"/"+what)
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&(1<<48-1))
}

package emulator

import "time"

// State is what exists when the emulator starts: the content of a state file (YAML or JSON).
type State struct {
	Region        string       `yaml:"region"`
	Zones         []string     `yaml:"zones"`          // availability zones; the first is the default
	DefaultFlavor string       `yaml:"default-flavor"` // of servers that name none; default: the first flavor
	Projects      []Project    `yaml:"projects"`       // the first is the default
	Flavors       []Flavor     `yaml:"flavors"`        // in the order in which a client would be offered them
	Reachable     []Reach      `yaml:"reachable"`      // which flavor can be changed to which; what is not listed cannot
	Hosts         []Host       `yaml:"hosts"`          // dedicated hosts
	Servers       []ServerSpec `yaml:"servers"`
}

// Project is a project with its credentials.
type Project struct {
	where  `yaml:"-"`
	ID     string  `yaml:"id"`
	Name   string  `yaml:"name"`
	Tokens []Token `yaml:"tokens"`
	Keys   []Key   `yaml:"keys"`
}

// Token is a token somebody got from IAM earlier.
type Token struct {
	where   `yaml:"-"`
	Token   string   `yaml:"token"`
	Expires string   `yaml:"expires"` // RFC 3339; empty: not in this run
	Deny    []string `yaml:"deny"`    // IAM actions that policy denies, such as ecs:cloudServers:resize
	// Meets are the troubles that the requests of its bearer meet, one after the other and from the first again, for each operation by itself.
	Meets []Trouble `yaml:"meets"`

	expires time.Time
}

// Key is an access key.
type Key struct {
	where         `yaml:"-"`
	Access        string   `yaml:"access"`
	Secret        string   `yaml:"secret"`
	SecurityToken string   `yaml:"security-token"` // of a temporary key, which must be sent with it
	Deny          []string `yaml:"deny"`
}

// Flavor is a specification of servers.
type Flavor struct {
	where      `yaml:"-"`
	ID         string            `yaml:"id"`
	VCPUs      int               `yaml:"vcpus"`
	RAM        int               `yaml:"ram"` // MiB
	ExtraSpecs map[string]string `yaml:"extra-specs"`
	Unlisted   bool              `yaml:"unlisted"`  // listResizeFlavors does not offer it, yet it can be had
	Capacity   map[string]int    `yaml:"capacity"`  // zone -> how many servers fit; a zone not listed has no limit
	JobError   string            `yaml:"job-error"` // code with which every resize job to it fails
}

// Reach says that each flavor of From can be changed to each flavor of To.
type Reach struct {
	where `yaml:"-"`
	From  []string `yaml:"from"`
	To    []string `yaml:"to"`
}

// Host is a dedicated host.
type Host struct {
	where   `yaml:"-"`
	ID      string `yaml:"id"`
	Project string `yaml:"project"` // default: the first project
	Zone    string `yaml:"zone"`    // default: the first zone
	VCPUs   int    `yaml:"vcpus"`   // 0: no limit
	RAM     int    `yaml:"ram"`     // MiB; 0: no limit
}

// ServerSpec describes a server to be made directly, from a state file or by the embedded fixture. Everything has a default.
type ServerSpec struct {
	where           `yaml:"-"`
	ID              string `yaml:"id"`      // default: a new UUID
	Project         string `yaml:"project"` // id; default: the first project
	Name            string `yaml:"name"`
	Flavor          string `yaml:"flavor"`  // default: State.DefaultFlavor
	Zone            string `yaml:"zone"`    // default: the host's zone, or the first one
	Status          string `yaml:"status"`  // one of Statuses; default: SHUTOFF
	Billing         string `yaml:"billing"` // "postPaid" (default), "prePaid", "spot"
	OSType          string `yaml:"os"`      // "Linux" (default) or "Windows"
	DedicatedHostID string `yaml:"host"`
	CPUThreads      int    `yaml:"cpu-threads"` // 0: not set
	Locked          bool   `yaml:"locked"`
	Frozen          bool   `yaml:"frozen"`
}

// Billing modes of a server.
const (
	PostPaid = "postPaid" // pay-per-use
	PrePaid  = "prePaid"  // yearly/monthly
	Spot     = "spot"
)

// where remembers where something stands in a state file.
type where struct {
	file string
	line int
}

// Locate implements strictfile.Located.
func (w *where) Locate(file string, line int) { w.file, w.line = file, line }

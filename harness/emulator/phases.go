package emulator

// Statuses of a server (appendix "ECS Statuses"). UNKNOWN, which stands for a combination outside the table, does not occur here.
const (
	StatusActive       = "ACTIVE"
	StatusShutoff      = "SHUTOFF"
	StatusBuild        = "BUILD"
	StatusResize       = "RESIZE"
	StatusVerifyResize = "VERIFY_RESIZE"
	StatusError        = "ERROR"
)

// Phase is what a server shows of its condition: the three fields that the documented table relates to each other.
type Phase struct {
	Status    string
	VMState   string
	TaskState string // "" is idle, shown as null
}

// PhaseOf is the phase that a server rests in when it is made in a status from outside; ok is false for an unknown status.
// All phases that occur in the emulator, here and in the plans of jobs, are rows of the documented table.
func PhaseOf(status string) (p Phase, ok bool) {
	for _, p := range restingPhases() {
		if p.Status == status {
			return p, true
		}
	}
	return Phase{}, false
}

// Statuses lists what a server can be made in.
func Statuses() []string {
	var out []string
	for _, p := range restingPhases() {
		out = append(out, p.Status)
	}
	return out
}

func restingPhases() []Phase {
	return []Phase{
		phaseActive(),
		phaseStopped(),
		{StatusBuild, "building", "spawning"},
		{"REBOOT", "active", "rebooting"},
		{"HARD_REBOOT", "active", "rebooting_hard"},
		{"REBUILD", "active", "rebuilding"},
		{"MIGRATING", "active", "migrating"},
		{StatusResize, "stopped", "resize_migrating"},
		{StatusVerifyResize, "resized", ""},
		{"REVERT_RESIZE", "resized", "resize_reverting"},
		{StatusError, "error", ""},
		{"DELETED", "deleted", ""},
		{"SHELVED", "shelved", ""},
		{"SHELVED_OFFLOADED", "shelved_offloaded", ""},
	}
}

func phaseActive() Phase  { return Phase{StatusActive, "active", ""} }
func phaseStopped() Phase { return Phase{StatusShutoff, "stopped", ""} }

// powerState is the hypervisor's number: 1 running, 4 shut down, 0 neither.
func (p Phase) powerState() int {
	switch p.VMState {
	case "active":
		return 1
	case "stopped", "resized", "shelved", "shelved_offloaded":
		return 4
	}
	return 0
}

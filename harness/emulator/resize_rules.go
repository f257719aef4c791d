package emulator

import (
	"net/http"
	"slices"
	"strings"
)

// resizeRules decide a resize, in this order. The real service's order is not documented; this one goes from the form of
// the request over the server to the flavor, so that a caller hears first what he can see himself. Codes are those of the
// table that the edition has (Behaviour.code); where the documentation has a ban but no code for it, Ecs.0005 stands in and the rule says so.
func resizeRules() []Rule {
	return []Rule{
		{"body-not-blank", func(q *ResizeRequest) *Refusal { return notBlank(q.Body) }},
		{"media-type", func(q *ResizeRequest) *Refusal { return isJSON(q.HTTP.Header) }},
		{"json", oneJSONValue},
		{"body-object", bodyObject},
		{"resize", well("/resize")},
		{"flavorRef", well("/resize/flavorRef")},
		{"dry_run", well("/dry_run")},
		{"dedicated_host_id", well("/resize/dedicated_host_id")},
		{"extendparam", well("/resize/extendparam")},
		{"isAutoPay", well("/resize/extendparam/isAutoPay")},
		{"mode", well("/resize/mode")},
		{"cpu_options", well("/resize/cpu_options")},
		{"cpu_threads", well("/resize/cpu_options/hw:cpu_threads")},
		{"server-exists", serverExists},
		{"locked", notLocked},
		{"frozen", notFrozen},
		{"spot", notSpot},
		{"windows", notWindows},
		{"idle", idle},
		{"order-settled", orderSettled},
		{"stopped", stoppedOrMode},
		{"flavor-exists", flavorExists},
		{"flavor-abandoned", notAbandoned},
		{"flavor-sold-out", notSoldOut},
		{"flavor-open-beta", notOpenBeta},
		{"flavor-changes", flavorChanges},
		{"flavor-reachable", flavorReachable},
		{"capacity", capacityLeft},
		{"dedicated-host", hostGiven},
		{"dedicated-host-exists", hostExists},
		{"dedicated-host-room", hostHasRoom},
		{"cpu-threads-allowed", threadsAllowed},
		{"v1-pay-per-use", payPerUseInV1},
		{"downgrade", noDowngrade},
		{"quota", quotaLeft},
	}
}

func oneJSONValue(q *ResizeRequest) *Refusal {
	if q.syntax != nil {
		return illegalBody("%v", q.syntax)
	}
	return nil
}

func bodyObject(q *ResizeRequest) *Refusal {
	if _, isObject := q.document.(map[string]any); !isObject && q.syntax == nil {
		return illegalBody("wanted an object, got %s", kindOf(q.document))
	}
	return nil
}

// well wants that nothing is wrong with the field at a JSON pointer.
func well(pointer string) func(*ResizeRequest) *Refusal {
	return func(q *ResizeRequest) *Refusal {
		if complaint := q.wrong[pointer]; complaint != "" {
			return illegalBody("%s", complaint)
		}
		return nil
	}
}

func serverExists(q *ResizeRequest) *Refusal {
	if q.Server == nil {
		return refuse(http.StatusNotFound, "Ecs.0114", "Instance[%s] could not be found.", q.ServerID)
	}
	return nil
}

// onServer makes a rule about the server, which says nothing when there is none.
func (q *ResizeRequest) onServer(bad func(*Server) bool, code, format string, args ...any) *Refusal {
	if q.Server != nil && bad(q.Server) {
		return refuse(http.StatusBadRequest, q.e.behaviour.code(code), format, args...)
	}
	return nil
}

func notLocked(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool { return s.Locked }, "Ecs.0605", "The ECS is locked, unlock it first.")
}

func notFrozen(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool { return s.Frozen }, "Ecs.0030", "The ECS is frozen, its specifications cannot be modified.")
}

func notSpot(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool { return s.Billing == Spot && slices.Contains(q.e.behaviour.SpotBanned, q.Version) }, "Ecs.0704",
		"The specifications of a spot ECS cannot be modified.")
}

// notWindows has no documented code.
func notWindows(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool {
		return s.OS == "Windows" && slices.Contains(q.e.behaviour.WindowsBanned, q.Version)
	}, "Ecs.0005",
		"The specifications of a Windows ECS cannot be modified.")
}

// idle has the documented status 501, odd as it is.
func idle(q *ResizeRequest) *Refusal {
	if q.Server != nil && q.Server.task != nil {
		return refuse(http.StatusNotImplemented, "Ecs.0603", "Another command is being executed on the ECS, try again in a minute.")
	}
	return nil
}

func orderSettled(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool { return s.unpaid != nil }, "Ecs.7000", "The ECS has an order that is not paid.")
}

// stoppedOrMode asks for a stopped server in every edition, also in those that do not say so: only the documented mode
// lifts it, by stopping the server first.
func stoppedOrMode(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool {
		return s.Status != StatusShutoff && (s.Status != StatusActive || q.Mode != withStopServer)
	}, "Ecs.0100", "The ECS must be stopped for this operation.")
}

func flavorExists(q *ResizeRequest) *Refusal {
	if q.Target == nil {
		return refuse(http.StatusBadRequest, "Ecs.0029", "The flavor %s does not exist.", q.FlavorRef)
	}
	return nil
}

// onTarget makes a rule about the change from the server's flavor to the target, which says nothing when either is missing.
func (q *ResizeRequest) onTarget(bad func(s *Server, from, to *Flavor) bool, code, format string, args ...any) *Refusal {
	if q.Server == nil || q.Target == nil || !bad(q.Server, q.e.world.flavors[q.Server.Flavor], q.Target) {
		return nil
	}
	return refuse(http.StatusBadRequest, q.e.behaviour.code(code), format, args...)
}

func notAbandoned(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool { return to.SaleState(s.Zone) == saleAbandoned }, "Ecs.0019",
		"The flavor %s is abandoned.", q.FlavorRef)
}

func notSoldOut(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool {
		return strings.HasSuffix(to.SaleState(s.Zone), saleSoldOut) // of open beta, too
	}, "Ecs.0018", "The flavor %s is sold out.", q.FlavorRef)
}

func notOpenBeta(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool { return to.SaleState(s.Zone) == saleOBT }, "Ecs.0016",
		"No access to the flavor %s, apply for the open beta test first.", q.FlavorRef)
}

func flavorChanges(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool { return s.Flavor == to.ID }, "Ecs.0009",
		"The ECS has the flavor %s already, use another one.", q.FlavorRef)
}

func flavorReachable(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool {
		return s.Flavor != to.ID && (!q.e.world.reachable(s.Flavor, to.ID) || !to.sellsTo(s.Billing))
	}, "Ecs.0804", "The ECS cannot be changed to the flavor %s.", q.FlavorRef)
}

func capacityLeft(q *ResizeRequest) *Refusal {
	return q.onTarget(func(s *Server, _, to *Flavor) bool { return s.Host == "" && !q.e.world.room(to, s.Zone) }, "Ecs.0319",
		"There are not enough resources for the flavor %s.", q.FlavorRef)
}

// onHost makes a rule about the dedicated host; on a server that lives on none, dedicated_host_id has no meaning and is not looked at.
func (q *ResizeRequest) onHost(bad func(*Server, *Host) bool, code, format string, args ...any) *Refusal {
	return q.onServer(func(s *Server) bool {
		return s.Host != "" && q.Version != "v1" && q.e.behaviour.DedicatedHosts && bad(s, q.e.world.hosts[q.HostID])
	}, code, format, args...)
}

func hostGiven(q *ResizeRequest) *Refusal {
	return q.onHost(func(*Server, *Host) bool { return q.HostID == "" }, "Ecs.0803", "The ECS is on a DeH, dedicated_host_id must be given.")
}

// hostExists has no documented code.
func hostExists(q *ResizeRequest) *Refusal {
	return q.onHost(func(s *Server, h *Host) bool {
		return q.HostID != "" && (h == nil || h.Project != s.Project || h.Zone != s.Zone)
	}, "Ecs.0005", "There is no DeH %s for the ECS.", q.HostID)
}

func hostHasRoom(q *ResizeRequest) *Refusal {
	return q.onHost(func(s *Server, h *Host) bool {
		return h != nil && q.Target != nil && !q.e.world.hostRoom(h, q.Target, s.ID)
	},
		"Ecs.0319", "The DeH %s has not enough resources for the flavor %s.", q.HostID, q.FlavorRef)
}

// threadsAllowed has no documented code.
func threadsAllowed(q *ResizeRequest) *Refusal {
	return q.onTarget(func(_ *Server, _, to *Flavor) bool { return q.CPUThreads != 0 && !to.allowsThreads(q.CPUThreads) }, "Ecs.0005",
		"The flavor %s does not allow hw:cpu_threads %d.", q.FlavorRef, q.CPUThreads)
}

// payPerUseInV1 has no documented code: v1 is for pay-per-use servers, which a spot server also is.
func payPerUseInV1(q *ResizeRequest) *Refusal {
	return q.onServer(func(s *Server) bool { return q.Version == "v1" && s.Billing == PrePaid }, "Ecs.0005",
		"The v1 API does not support yearly/monthly ECSs, use v1.1.")
}

// noDowngrade has no documented code.
func noDowngrade(q *ResizeRequest) *Refusal {
	return q.onTarget(func(_ *Server, from, to *Flavor) bool {
		return slices.Contains(q.e.behaviour.DowngradeBanned, q.Version) && to.smallerThan(from)
	}, "Ecs.0005",
		"The flavor %s has fewer vCPUs or less memory than the current one.", q.FlavorRef)
}

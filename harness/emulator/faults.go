package emulator

import "net/http"

// lookFaults are what becomes of a look that is lost, in turns: the gateway does not reach the service, the service is overloaded, the gateway has waited too long,
// the service fails.
func lookFaults() []*Refusal {
	return []*Refusal{
		refuseAtGateway(http.StatusBadGateway, "APIGW.0201", "Backend unavailable."),
		refuse(http.StatusServiceUnavailable, "Common.0001", "The service is not available, try again later."),
		refuseAtGateway(http.StatusGatewayTimeout, "APIGW.0201", "Backend timeout."),
		refuse(http.StatusInternalServerError, "Common.0001", "System exception."),
	}
}

// lose answers each of so many good looks at a server or a job with a failure, as a service does that is not well. Nothing that changes anything is lost. A caller with
// troubles of his own meets those alone.
func (e *Emulator) lose(r *Request, a Answer) Answer {
	if e.faults <= 0 || a.Status != http.StatusOK || len(r.Caller.Meets) > 0 || (r.Route.Operation != "showServer" && r.Route.Operation != "showJob") {
		return a
	}
	if e.world.looks++; e.world.looks%e.faults != 0 {
		return a
	}
	all := lookFaults()
	return all[(e.world.looks/e.faults-1)%len(all)].answer()
}

package emulator

import "net/http"

// Trouble is something that a request may meet although nothing is wrong with it: flow control, or a service that is not well. In a served emulator nothing of
// it happens by itself; a state gives it to a token (Token.Meets), so that a client can be shown each on purpose.
type Trouble string

// Troubles of flow control: the request may be sent again.
const (
	TroubleRate      Trouble = "rate"       // 429 APIGW.0308: too many requests for the gateway
	TroubleOverload  Trouble = "overload"   // 503 or 429 by profile, Common.1503: too many for the service
	TroubleFlowLimit Trouble = "flow-limit" // 202 Common.0024: an error that has a status of success
	TroubleBusy      Trouble = "busy"       // 501 Ecs.0603: other commands are being executed
	TroubleDelay     Trouble = "delay"      // none at all, but the accepted request is answered 202: it will be carried out later
)

// Troubles of a service that is not well.
const (
	TroubleFailure     Trouble = "failure"     // 500 Common.0001
	TroubleUnreachable Trouble = "unreachable" // 502 APIGW.0201: the gateway does not reach the service
	TroubleTimeout     Trouble = "timeout"     // 504 APIGW.0201: the gateway has waited too long for it
	TroubleIdentity    Trouble = "identity"    // 401 in the identity service's envelope: it does not confirm the token that the gateway let pass
)

// FlowTroubles are those of flow control, in the order in which the default state's token meets them.
func FlowTroubles() []Trouble {
	return []Trouble{TroubleRate, TroubleOverload, TroubleFlowLimit, TroubleBusy, TroubleDelay}
}

// FailureTroubles are those of a service that is not well.
func FailureTroubles() []Trouble {
	return []Trouble{TroubleFailure, TroubleUnreachable, TroubleTimeout, TroubleIdentity}
}

func troubleNames() (names []string) {
	for _, t := range append(FlowTroubles(), FailureTroubles()...) {
		names = append(names, string(t))
	}
	return names
}

// troubled is who meets the next of its troubles at which operation. Callers of one project with the same first trouble take turns.
type troubled struct {
	project   string
	first     Trouble
	operation string
}

// inTrouble lets the caller's requests meet its troubles, one after the other and for each operation by itself. What is not a trouble of its own, such as a delay
// where nothing is set going, is no trouble.
func (e *Emulator) inTrouble(r *Request) *Refusal {
	meets := r.Caller.Meets
	if len(meets) == 0 {
		return nil
	}
	key := troubled{r.Caller.Project, meets[0], r.Route.Operation}
	e.world.mu.Lock()
	turn := e.world.met[key]
	e.world.met[key]++
	e.world.mu.Unlock()
	switch meets[turn%len(meets)] {
	case TroubleRate:
		return refuseAtGateway(http.StatusTooManyRequests, "APIGW.0308", "The throttling threshold has been reached: policy user over ratelimit,limit:200,time:1 minute")
	case TroubleOverload:
		return e.overloaded()
	case TroubleFlowLimit:
		return refuse(http.StatusAccepted, "Common.0024", "The flow limit of the API is exceeded, try again later.")
	case TroubleBusy:
		return refuse(http.StatusNotImplemented, "Ecs.0603", "Other commands are being executed, try again in a minute.")
	case TroubleDelay:
		r.Delayed = r.Route.Method == http.MethodPost
	case TroubleFailure:
		return refuse(http.StatusInternalServerError, "Common.0001", "System exception.")
	case TroubleUnreachable:
		return refuseAtGateway(http.StatusBadGateway, "APIGW.0201", "Backend unavailable.")
	case TroubleTimeout:
		return refuseAtGateway(http.StatusGatewayTimeout, "APIGW.0201", "Backend timeout.")
	case TroubleIdentity:
		return &Refusal{Status: http.StatusUnauthorized, Code: "401", Message: "The token is invalid.", Envelope: IdentityEnvelope}
	}
	return nil
}

package change

import "github.com/oasdiff/oasdiff/checker"

// corrected is what a change means for clients, and what its reverse means for servers, where oasdiff judges otherwise. Its rules ask what a client may miss. But
// whoever kept the contract reckoned with every documented answer and with no other: an answer that goes hurts no client, one that comes may, and a
// server that still gives one that went breaks the promise that only documented answers are given.
type corrected struct{ forClients, forServers Grade }

func corrections() map[string]corrected {
	return map[string]corrected{
		"response-success-status-removed":     {"", ""},
		"response-success-status-added":       {Breaking, Breaking},
		"response-non-success-status-removed": {"", ""},
		"response-non-success-status-added":   {Risky, Breaking}, // a client reads a refusal that it does not know by its class
		"response-media-type-removed":         {"", ""},
		"response-media-type-added":           {Breaking, Breaking},
		"response-optional-property-removed":  {Risky, ""}, // an optional member that comes need not be sent
	}
}

// forClients grades a change as seen from the old contract.
func forClients(c checker.Change) Grade {
	if k, yes := corrections()[c.GetId()]; yes {
		return k.forClients
	}
	return gradeOf(c)
}

// forServers grades a change as seen from the new contract.
func forServers(c checker.Change) Grade {
	if k, yes := corrections()[c.GetId()]; yes {
		return k.forServers
	}
	return gradeOf(c)
}

func gradeOf(c checker.Change) Grade {
	switch c.GetLevel() {
	case checker.ERR:
		return Breaking
	case checker.WARN:
		return Risky
	default:
		return ""
	}
}

package suites

// clientSent is what a client sends: each scenario has the client make calls, and holds what it sent to what it was asked for (package conduct).
func clientSent(*writer) {}

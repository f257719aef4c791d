package suites

// clientFaults is what a client does when something goes wrong on the way.
func clientFaults(*writer) {}

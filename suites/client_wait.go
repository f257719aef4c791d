package suites

// clientWait is how a client waits for a job.
func clientWait(*writer) {}

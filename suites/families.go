package suites

// families are the functions that write the pack, in the order in which it is shown and run: first whether requests reach the operation and are read, then what the
// operation does, then who may call it.
func families() []func(*writer) {
	return []func(*writer){
		uri,
		bodyShape, bodyBytes, bodyMediaType,
		answers, errorAnswers,
		state, secondResize,
		spotAndWindows,
		flavor, flavorList,
		dedicatedHost,
		billing,
		cpuOptions,
		dryRun,
		job, jobFailure,
		sequence,
		v1,
		authentication, signatures,
		everyOperation,
		setUpOperations, creation,
		clientSent,
		clientTold, clientDecode, clientRead, clientEnvelope, clientRefusal,
		clientWait, clientFaults,
	}
}

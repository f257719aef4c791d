package main

import (
	"time"

	"resize-conformance/harness/baseline"
	"resize-conformance/harness/runner"
)

// termsOf reads what a run goes by beside the contract. The day that expiry dates are compared with is the one on which the run begins.
func termsOf(file, pin string) (runner.Terms, error) {
	terms := runner.Terms{Pin: pin}
	if file == "" {
		return terms, nil
	}
	f, err := baseline.Read(file)
	if err != nil {
		return terms, err
	}
	terms.Baseline = f.Baseline(time.Now())
	return terms, nil
}

package selftest

import (
	"testing"

	"resize-conformance/harness/contract"
)

// BenchmarkTrial is one run of the whole pack against the emulator as it is: what a selftest does some hundreds of times.
func BenchmarkTrial(b *testing.B) {
	editions, err := load(b.Context(), &Options{})
	if err != nil {
		b.Fatal(err)
	}
	var exchanges int64
	for b.Loop() {
		t := trial{edition: editions[contract.BaseProfile]}
		if err := t.perform(b.Context()); err != nil {
			b.Fatal(err)
		}
		exchanges += t.exchanges
	}
	b.ReportMetric(float64(exchanges)/float64(b.N), "exchanges/op")
}

package selftest

import (
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/journal"
)

// BenchmarkTrial is one run of the whole pack against the emulator as it is, or of all that the reference client can be asked for: what a selftest does some hundreds
// of times.
func BenchmarkTrial(b *testing.B) {
	editions, err := load(b.Context(), &Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, side := range []journal.Side{journal.Server, journal.Client} {
		b.Run(string(side), func(b *testing.B) {
			var exchanges int64
			for b.Loop() {
				t := trial{side: side, edition: editions[contract.BaseProfile]}
				if err := t.perform(b.Context()); err != nil {
					b.Fatal(err)
				}
				exchanges += t.exchanges
			}
			b.ReportMetric(float64(exchanges)/float64(b.N), "exchanges/op")
		})
	}
}

package journal_test

import (
	"strings"
	"testing"

	"resize-conformance/harness/journal"
)

// usual is an exchange of the usual size.
func usual(id int64) journal.Event {
	e := sent(id)
	for range 8 {
		e.Exchange.RequestHeader = append(e.Exchange.RequestHeader, journal.Header{Name: "X-Some-Header", Value: "some value"})
		e.Exchange.ResponseHeader = append(e.Exchange.ResponseHeader, journal.Header{Name: "X-Some-Header", Value: "some value"})
	}
	e.Exchange.ResponseBody = journal.Body{Text: strings.Repeat(`{"a":"b"}`, 200), Size: 1800}
	e.Exchange.Curl = strings.Repeat("curl ", 60)
	return e
}

// What recording adds to one exchange.
func BenchmarkWriteExchange(b *testing.B) {
	w, err := journal.Create(b.TempDir(), journal.WriterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer w.Close()
	if err := w.Write(start()); err != nil {
		b.Fatal(err)
	}
	e := usual(1)
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Write(e); err != nil {
			b.Fatal(err)
		}
	}
}

// Reading the journal of a run with 2,000 results and 20,000 exchanges.
func BenchmarkRead20000(b *testing.B) {
	dir := b.TempDir()
	w, err := journal.Create(dir, journal.WriterOptions{})
	if err != nil {
		b.Fatal(err)
	}
	if err := w.Write(start()); err != nil {
		b.Fatal(err)
	}
	for i := range int64(20000) {
		if err := w.Write(usual(i + 1)); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := journal.ReadFile(dir); err != nil {
			b.Fatal(err)
		}
	}
}

package report_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"testing"
	"time"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

// big is a run of 2,000 results, one in ten a failure, and 20,000 exchanges.
func big() *journal.Run {
	var results []journal.Result
	var more []journal.Event
	for i := range 2000 {
		v := journal.Pass
		if i%10 == 0 {
			v = journal.Fail
		}
		r := row(fmt.Sprintf("RSZ-F%02d-%03d", i%20, i/20), "a scenario of usual length that says what is to be seen", v)
		if v == journal.Fail {
			r.Finding = &journal.Finding{Wanted: "a string", Got: fmt.Sprintf("the number %d", i), Pointer: "/job_id", Exchange: int64(i*10 + 1)}
		}
		for k := range 10 {
			x := wrongJobID(int64(i*10 + k + 1))
			r.Exchanges = append(r.Exchanges, x.ID)
			more = append(more, journal.Event{Time: noon().Add(time.Duration(x.ID)), Exchange: x})
		}
		results = append(results, r)
	}
	return runOf(results, more...)
}

func BenchmarkResults2000(b *testing.B) {
	run := big()
	for b.Loop() {
		if err := report.Results(io.Discard, run, report.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkJUnit2000(b *testing.B) {
	run := big()
	var size int
	for b.Loop() {
		var out bytes.Buffer
		if err := report.JUnit(&out, run, report.Options{}); err != nil {
			b.Fatal(err)
		}
		size = out.Len()
	}
	b.ReportMetric(float64(size), "bytes")
}

func BenchmarkTerminal2000(b *testing.B) {
	run := big()
	for b.Loop() {
		if err := report.Terminal(io.Discard, run, report.TerminalOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWrite2000(b *testing.B) {
	run, dir := big(), b.TempDir()
	for b.Loop() {
		if err := report.Write(dir, run, report.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFormat2000 writes each format of the same run to the disk, with what belongs to it.
func BenchmarkFormat2000(b *testing.B) {
	run := big()
	for _, format := range report.Formats() {
		b.Run(string(format), func(b *testing.B) {
			dir := b.TempDir()
			for b.Loop() {
				if err := report.Write(dir, run, report.Options{Formats: []report.Format{format}}); err != nil {
					b.Fatal(err)
				}
			}
			var size int64
			err := filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
				if err != nil || e.IsDir() {
					return err
				}
				info, err := e.Info()
				size += info.Size()
				return err
			})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
}

func BenchmarkHTML2000(b *testing.B) {
	run := big()
	var size int
	for b.Loop() {
		var out bytes.Buffer
		if err := report.HTML(&out, run, report.Options{}); err != nil {
			b.Fatal(err)
		}
		size = out.Len()
	}
	b.ReportMetric(float64(size), "bytes")
}

package har

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"resize-conformance/harness/journal"
)

// creatorName is what stands as the creator of a recording that Write made.
const creatorName = "resize-conformance"

// Write writes the exchanges of a run as a HAR 1.2 file, each as soon as it is laid out: what it takes of the memory does not grow with their number. A page of the
// file is a scenario, so that a network panel shows together what belongs together. What the format has no member for stands in _conformance of an entry.
//
// The secrets of the run are variables in it, as in the journal. A body that was not kept whole says so in its comment.
func Write(out io.Writer, run *journal.Run) error {
	w := &harWriter{out: bufio.NewWriter(out)}
	w.text(`{"log":{"version":"1.2","creator":`)
	w.value(outCreator{creatorName, run.Start.SuiteVersion})
	exchanges := slices.Clone(run.Exchanges)
	slices.SortStableFunc(exchanges, func(a, b *journal.Exchange) int { return a.Start.Compare(b.Start) })
	w.text(`,"pages":[`)
	pages := map[string]string{}
	for _, x := range exchanges {
		if pages[x.Scenario] != "" || x.Scenario == "" {
			continue
		}
		pages[x.Scenario] = fmt.Sprintf("scenario_%d", len(pages)+1)
		w.item(len(pages) == 1, outPage{startText(x), pages[x.Scenario], x.Scenario, outPageTimings{-1, -1}})
	}
	w.text("\n],\"entries\":[")
	for i, x := range exchanges {
		w.item(i == 0, outEntryOf(x, pages[x.Scenario]))
	}
	w.text("\n],\"comment\":")
	w.value(strings.Join(slices.DeleteFunc([]string{
		run.Start.Target, run.Start.Profile + " contract " + run.Start.ContractHash, "secrets are shown as variables",
	}, func(s string) bool { return s == "" }), "; "))
	w.text("}}\n")
	if w.err != nil {
		return w.err
	}
	return w.out.Flush()
}

// harWriter remembers the first error.
type harWriter struct {
	out *bufio.Writer
	buf bytes.Buffer
	err error
}

func (w *harWriter) text(s string) {
	if w.err == nil {
		_, w.err = w.out.WriteString(s)
	}
}

// value writes one JSON value. Letters that only a page of HTML would trip over stay as they are.
func (w *harWriter) value(v any) {
	if w.err != nil {
		return
	}
	w.buf.Reset()
	enc := json.NewEncoder(&w.buf)
	enc.SetEscapeHTML(false)
	if w.err = enc.Encode(v); w.err == nil {
		_, w.err = w.out.Write(bytes.TrimSuffix(w.buf.Bytes(), []byte("\n")))
	}
}

// item writes an item of a list, on a line of its own.
func (w *harWriter) item(first bool, v any) {
	if !first {
		w.text(",")
	}
	w.text("\n")
	w.value(v)
}

package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"resize-conformance/harness/journal"
)

// ThenNow is what a result of a run was, and what its record says when it is judged again.
type ThenNow struct {
	Then *journal.Result // nil where the run had no such result
	Now  journal.Result  // NOT_TESTABLE or NOT_APPLICABLE, with the reason, where it cannot be judged from a record
	// Judged says that Now is what the record says; else it is only why it says nothing.
	Judged bool
}

// ThenNowOptions of what is shown on a terminal.
type ThenNowOptions struct {
	Style
	Then, Now string // by what it was and is judged: "intl 0123456789ab"
}

func (p ThenNow) then() string {
	if p.Then == nil {
		return "no result"
	}
	return string(p.Then.Verdict)
}

// differs says that the record says something else now.
func (p ThenNow) differs() bool {
	if !p.Judged {
		return false
	}
	return p.Then == nil || p.Then.Found() != p.Now.Found() || p.Now.Verdict.Listable() && strings.Join(p.Then.Signature, "\n") != strings.Join(p.Now.Signature, "\n")
}

// tellings counts what has become of results.
type tellings struct {
	changed, same []ThenNow
	untold        map[string][]ThenNow // by reason, those that cannot be judged
	reasons       []string
}

func tell(all []ThenNow) tellings {
	t := tellings{untold: map[string][]ThenNow{}}
	for _, p := range all {
		switch {
		case p.differs():
			t.changed = append(t.changed, p)
		case p.Judged:
			t.same = append(t.same, p)
		default:
			key := string(p.Now.Verdict) + ": " + p.Now.Reason
			if t.untold[key] == nil {
				t.reasons = append(t.reasons, key)
			}
			t.untold[key] = append(t.untold[key], p)
		}
	}
	return t
}

// ThenAndNow shows what a run said and what its record says now, on a terminal: only what differs, and how much cannot be said.
func ThenAndNow(out io.Writer, all []ThenNow, o ThenNowOptions) error {
	t := &terminal{screen: screen{Style: o.Style}}
	told := tell(all)
	t.add("", t.paint(bold, fmt.Sprintf("THEN AND NOW  by %s, was %s", oneLine(o.Now, 100), oneLine(o.Then, 100))))
	for _, p := range told.changed {
		t.add("  " + t.paint(verdictColor(p.Now.Verdict), fmt.Sprintf("%s, was %s", p.Now.Verdict, p.then())) + "  " + cut(oneLine(p.Now.Key(), 400), t.width()-28))
		if p.Now.Reason != "" {
			t.hanging("    ", oneLine(p.Now.Reason, 2*t.width()))
		}
	}
	t.hanging("  ", fmt.Sprintf("%d judged over exchanges: %d changed, %d as before", len(told.changed)+len(told.same), len(told.changed), len(told.same)))
	for _, reason := range told.reasons {
		t.hanging("  ", fmt.Sprintf("%d %s", len(told.untold[reason]), oneLine(reason, 300)))
	}
	_, err := io.WriteString(out, strings.Join(t.lines, "\n")+"\n")
	return err
}

// ThenNowMarkdown writes what has changed as a table, and how much cannot be said.
func ThenNowMarkdown(out io.Writer, all []ThenNow) error {
	var b bytes.Buffer
	told := tell(all)
	fmt.Fprintf(&b, "%d judged over exchanges: %d changed, %d as before.\n\n", len(told.changed)+len(told.same), len(told.changed), len(told.same))
	if len(told.changed) > 0 {
		b.WriteString("| requirement | | then | now | why |\n|---|---|---|---|---|\n")
		for _, p := range told.changed {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", markdownCell(p.Now.Requirement), markdownCell(oneLine(p.Now.Title, 300)), p.then(), p.Now.Verdict, markdownCell(oneLine(p.Now.Reason, 600)))
		}
		b.WriteByte('\n')
	}
	for _, reason := range told.reasons {
		fmt.Fprintf(&b, "- %d %s\n", len(told.untold[reason]), markdownText(oneLine(reason, 600)))
	}
	_, err := out.Write(b.Bytes())
	return err
}

type thenNowDoc struct {
	Requirement string          `json:"requirement"`
	Title       string          `json:"title"`
	Kind        journal.Kind    `json:"kind"`
	Then        journal.Verdict `json:"then,omitempty"` // absent where the run had no such result
	Now         journal.Verdict `json:"now"`
	Judged      bool            `json:"judged"` // false: now says only why it cannot be judged from a record
	Changed     bool            `json:"changed"`
	Reason      string          `json:"reason,omitempty"` // of now
}

// ThenNowJSON writes all results, those that say the same included.
func ThenNowJSON(out io.Writer, all []ThenNow) error {
	docs := []thenNowDoc{}
	for _, p := range all {
		d := thenNowDoc{Requirement: p.Now.Requirement, Title: p.Now.Title, Kind: p.Now.Kind, Now: p.Now.Verdict, Judged: p.Judged, Changed: p.differs(), Reason: head(p.Now.Reason, textLimit)}
		if p.Then != nil {
			d.Then = p.Then.Verdict
		}
		docs = append(docs, d)
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(docs)
}

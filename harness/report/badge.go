package report

import (
	"encoding/json"
	"fmt"
	"io"

	"resize-conformance/harness/journal"
)

// badge is what a badge says.
type badge struct {
	label, message string
	good           bool
	color          string // name at shields.io
	fill           string // of our own picture: white text on it has a contrast of at least 4.5 (WCAG 2.2, 1.4.3)
}

func badgeOf(run *journal.Run, o Options) badge {
	b := badge{label: "resize API"}
	rows := run.Rows()
	c := journal.Conclude(run, o.Strict)
	shown, _ := shownRows(journal.Counting(rows))
	counts := map[outcome]int{}
	for _, row := range shown {
		if row.Verdict != journal.NotApplicable {
			counts[outcomeOfRow(row, o.Strict)]++
		}
	}
	switch wordFor(c, rows, o.Strict) {
	case conforms:
		b.message, b.good, b.color, b.fill = fmt.Sprintf("conforms: %d promises kept", counts[passed]), true, "brightgreen", "#1a7f37"
	case doesNotConform:
		b.message, b.color, b.fill = fmt.Sprintf("does not conform: %d of %d broken", counts[failure], counts[failure]+counts[passed]), "red", "#b42318"
	case notShown:
		b.message, b.color, b.fill = "not shown to conform", "orange", "#9a4b00"
	default:
		b.message, b.color, b.fill = "no verdict", "lightgrey", "#57606a"
	}
	if profile := run.Start.Profile; profile != "" && profile != "intl" {
		b.label += " " + oneLine(profile, 20)
	}
	return b
}

// endpoint is the JSON that shields.io makes a badge of (shields.io, "Endpoint Badge").
type endpoint struct {
	Version int    `json:"schemaVersion"`
	Label   string `json:"label"`
	Message string `json:"message"`
	Color   string `json:"color"`
	IsError bool   `json:"isError,omitempty"`
	Cache   int    `json:"cacheSeconds"`
}

// Badge renders the verdict on a run for shields.io's endpoint badge.
func Badge(out io.Writer, run *journal.Run, o Options) error {
	b := badgeOf(run, o)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(endpoint{1, b.label, b.message, b.color, !b.good, 300})
}

// BadgeSVG renders the same as a picture that needs nobody else. It is read out as what it says, and says it in words and not in its colour alone.
func BadgeSVG(out io.Writer, run *journal.Run, o Options) error {
	b := badgeOf(run, o)
	const letter, pad = 5.8, 8 // pixels; textLength makes the text as wide as this, whatever font is there
	left, right := int(letter*float64(columns(b.label)))+2*pad, int(letter*float64(columns(b.message)))+2*pad
	said := b.label + ": " + b.message
	var w xmlWriter
	w.open(0, "svg", attribute{"xmlns", "http://www.w3.org/2000/svg"}, attribute{"width", fmt.Sprint(left + right)}, attribute{"height", "20"},
		attribute{"viewBox", fmt.Sprintf("0 0 %d 20", left+right)}, attribute{"role", "img"}, attribute{"aria-label", said})
	w.text(1, "title", said)
	w.open(1, "clipPath", attribute{"id", "r"})
	w.empty(2, "rect", attribute{"width", fmt.Sprint(left + right)}, attribute{"height", "20"}, attribute{"rx", "3"})
	w.close(1, "clipPath")
	w.open(1, "g", attribute{"clip-path", "url(#r)"})
	w.empty(2, "rect", attribute{"width", fmt.Sprint(left)}, attribute{"height", "20"}, attribute{"fill", "#3d444d"})
	w.empty(2, "rect", attribute{"x", fmt.Sprint(left)}, attribute{"width", fmt.Sprint(right)}, attribute{"height", "20"}, attribute{"fill", b.fill})
	w.close(1, "g")
	w.open(1, "g", attribute{"fill", "#fff"}, attribute{"font-family", "Verdana,DejaVu Sans,sans-serif"}, attribute{"font-size", "11"}, attribute{"aria-hidden", "true"})
	w.text(2, "text", b.label, attribute{"x", fmt.Sprint(pad)}, attribute{"y", "14"}, attribute{"textLength", fmt.Sprint(left - 2*pad)})
	w.text(2, "text", b.message, attribute{"x", fmt.Sprint(left + pad)}, attribute{"y", "14"}, attribute{"textLength", fmt.Sprint(right - 2*pad)})
	w.close(1, "g")
	w.close(0, "svg")
	_, err := out.Write(w.Bytes())
	return err
}

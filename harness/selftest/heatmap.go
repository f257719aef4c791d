package selftest

import (
	_ "embed" // for the page
	"fmt"
	"html/template"
	"io"
	"slices"
	"time"

	"resize-conformance/harness/journal"
)

//go:embed heatmap.html.tmpl
var heatmapPage string

// Measures of the map, in SVG units.
const (
	cell      = 11
	letter    = 5.5 // how wide one is at most, of the 9 units in which the labels are written
	labelDrop = 3
)

// heatmap is the map, laid out.
type heatmap struct {
	*Matrix
	Width, Height    int
	leftSide         int // room for the names of the rows
	topSide          int // room for the ids of the columns
	Cell, Square     int
	LabelY           int // where the ids of the columns begin
	Rows             []mapRow
	Columns          []mapColumn
	Proven, CanProve int
	Took             time.Duration
}

type mapRow struct {
	Y, TextY int
	Tried    Tried
	Variant  bool
	Band     bool
	Rule     bool // the first one of its kind
	Cells    []mapCell
}

type mapColumn struct {
	X, TextX int
	ID       string
	Family   string // set on the first column of a family
	FamilyX  int
}

type mapCell struct {
	X     int
	Class string // "declared", "follows", "unseen", "alarm"
	Title string
}

// HTML writes the matrix as a page that needs nothing else: a map of defects and variants against requirements, and a list of who found what.
func (m *Matrix) HTML(w io.Writer) error {
	page, err := template.New("heatmap").Parse(heatmapPage)
	if err != nil {
		return fmt.Errorf("the page of the selftest: %w", err)
	}
	return page.Execute(w, m.layOut())
}

func (m *Matrix) layOut() heatmap {
	h := heatmap{Matrix: m, Took: m.Duration.Round(100 * time.Millisecond)}
	h.Proven, h.CanProve = m.Proven()
	h.Cell, h.Square = cell, cell-1
	for _, t := range slices.Concat(m.Defects, m.Variants) {
		h.leftSide = max(h.leftSide, roomFor(t.Name))
	}
	for _, r := range m.Requirements {
		h.topSide = max(h.topSide, roomFor(r.ID))
	}
	h.LabelY = h.topSide - 4
	family := ""
	for i, r := range m.Requirements {
		c := mapColumn{X: h.leftSide + i*cell, ID: r.ID}
		c.TextX = c.X + cell - labelDrop
		if f := journal.Family(r.ID); f != family {
			family, c.Family, c.FamilyX = f, f, c.X
		}
		h.Columns = append(h.Columns, c)
	}
	for _, d := range m.Defects {
		h.add(d, false)
	}
	for _, v := range m.Variants {
		h.add(v, true)
	}
	h.Width, h.Height = h.leftSide+len(h.Columns)*cell+cell, h.topSide+len(h.Rows)*cell+cell
	return h
}

// roomFor is how much of the map a label takes, with a margin on either side.
func roomFor(label string) int { return int(letter*float64(len(label))) + 8 }

func (h *heatmap) add(t Tried, variant bool) {
	r := mapRow{Y: h.topSide + len(h.Rows)*cell, Tried: t, Variant: variant, Band: len(h.Rows)%2 == 1}
	r.TextY = r.Y + cell - labelDrop + 1
	if n := len(h.Rows); n > 0 {
		r.Rule = h.Rows[n-1].Variant != variant || h.Rows[n-1].Tried.Side != t.Side
	}
	for _, c := range h.Columns {
		i := slices.IndexFunc(t.Accusers, func(a Accusation) bool { return a.Requirement == c.ID })
		switch {
		case (i < 0 || t.Accusers[i].InPassing) && slices.Contains(t.Breaks, c.ID):
			r.Cells = append(r.Cells, mapCell{c.X, "unseen", t.Name + " breaks " + c.ID + ", which does not see it"})
		case i < 0:
		case variant:
			r.Cells = append(r.Cells, mapCell{c.X, "alarm", c.ID + " accuses " + t.Name + ": " + short(t.Accusers[i].Reason, 300)})
		case t.Accusers[i].Declared:
			r.Cells = append(r.Cells, mapCell{c.X, "declared", c.ID + " finds " + t.Name + ": " + short(t.Accusers[i].Reason, 300)})
		default:
			r.Cells = append(r.Cells, mapCell{c.X, "follows", c.ID + " is broken as a consequence of " + t.Name + ": " + short(t.Accusers[i].Reason, 300)})
		}
	}
	h.Rows = append(h.Rows, r)
}

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
	cell      = 9
	leftSide  = 330
	topSide   = 96
	labelDrop = 3
)

// heatmap is the map, laid out.
type heatmap struct {
	*Matrix
	Width, Height    int
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
	family := ""
	for i, r := range m.Requirements {
		c := mapColumn{X: leftSide + i*cell, ID: r.ID}
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
	h.Width, h.Height = leftSide+len(h.Columns)*cell+cell, topSide+len(h.Rows)*cell+cell
	return h
}

func (h *heatmap) add(t Tried, variant bool) {
	r := mapRow{Y: topSide + len(h.Rows)*cell, Tried: t, Variant: variant, Band: len(h.Rows)%2 == 1}
	r.TextY = r.Y + cell - labelDrop + 1
	for _, c := range h.Columns {
		i := slices.IndexFunc(t.Accusers, func(a Accusation) bool { return a.Requirement == c.ID })
		switch {
		case i < 0 && slices.Contains(t.Breaks, c.ID):
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

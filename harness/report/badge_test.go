package report_test

import (
	"encoding/json"
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"resize-conformance/harness/journal"
	"resize-conformance/harness/report"
)

func TestBadges(t *testing.T) {
	edition := green()
	edition.Start.Profile = "otc"
	for name, c := range map[string]struct {
		run            *journal.Run
		label, message string
		good           bool
	}{
		"green":       {green(), "resize API", "conforms: 2 promises kept", true},
		"red":         {runOf([]journal.Result{broken(), row("RSZ-URI-001", "kept", journal.Pass)}), "resize API", "does not conform: 1 of 2 broken", false},
		"an edition":  {edition, "resize API otc", "conforms: 2 promises kept", true},
		"not shown":   {runOf([]journal.Result{row("RSZ-URI-001", "a", journal.Blocked)}), "resize API", "not shown to conform", false},
		"killed":      {journal.NewRun(green().Events[:2]...), "resize API", "no verdict", false},
		"nothing":     {journal.NewRun(), "resize API", "no verdict", false},
		"strict warn": {runOf([]journal.Result{row("RSZ-URI-001", "a", journal.Warn)}), "resize API", "does not conform: 1 of 1 broken", false},
	} {
		o := report.Options{Strict: name == "strict warn"}
		var endpoint map[string]any
		if err := json.Unmarshal(rendered(t, report.Badge, c.run, o), &endpoint); err != nil {
			t.Fatal(err)
		}
		if endpoint["schemaVersion"] != 1.0 || endpoint["label"] != c.label || endpoint["message"] != c.message || (endpoint["isError"] == true) == c.good || endpoint["color"] == "" {
			t.Errorf("%s: %v", name, endpoint)
		}
		var picture struct {
			Label string   `xml:"aria-label,attr"`
			Title string   `xml:"title"`
			Texts []string `xml:"g>text"`
		}
		raw := rendered(t, report.BadgeSVG, c.run, o)
		if err := xml.Unmarshal(raw, &picture); err != nil {
			t.Fatal(err)
		}
		if said := c.label + ": " + c.message; picture.Label != said || picture.Title != said || strings.Join(picture.Texts, ": ") != said {
			t.Errorf("%s: the picture says %+v", name, picture)
		}
		if strings.Contains(strings.ReplaceAll(string(raw), "http://www.w3.org/2000/svg", ""), "http") {
			t.Errorf("%s: the picture needs others: %s", name, raw)
		}
		for _, fill := range regexp.MustCompile(`<rect[^>]* fill="#([0-9a-f]{6})"`).FindAllSubmatch(raw, -1) {
			if got := contrast(t, "ffffff", string(fill[1])); got < 4.5 {
				t.Errorf("%s: white on #%s has a contrast of %.2f, want 4.5", name, fill[1], got)
			}
		}
	}
}

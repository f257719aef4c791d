package report

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"

	"resize-conformance/harness/journal"
)

// HTMLFile is the name of the page in a run's directory.
const HTMLFile = "report.html"

// DefaultHTMLLimit is how many bytes of exchanges the page holds: with more, it no longer opens at once. The journal has what is folded.
const DefaultHTMLLimit = 6 << 20

//go:embed html/*.tmpl html/page.css html/page.js
var htmlFiles embed.FS

// HTML renders a run as one page that asks for nothing else: it opens from a disk and in the artifact viewers of CI systems. All of it can be read without
// scripts; they add the search, the filters and the keys. What a server answered cannot run in it: html/template escapes it, and the page's own policy
// allows no script but the one whose hash it names.
func HTML(out io.Writer, run *journal.Run, o Options) error {
	files, err := readHTMLFiles()
	if err != nil {
		return fmt.Errorf("the page of the report: %w", err)
	}
	page := newHTMLPage(run, o)
	page.CSS, page.JS, page.Policy = files.css, files.js, files.policy
	var b bytes.Buffer
	if err := files.page.Execute(&b, page); err != nil {
		return fmt.Errorf("the page of the report: %w", err)
	}
	_, err = out.Write(b.Bytes())
	return err
}

type htmlAssets struct {
	page   *template.Template
	css    template.CSS
	js     template.JS
	policy string
}

func readHTMLFiles() (*htmlAssets, error) {
	page, err := template.New("page.html.tmpl").ParseFS(htmlFiles, "html/*.tmpl")
	if err != nil {
		return nil, err
	}
	css, err := htmlFiles.ReadFile("html/page.css")
	if err != nil {
		return nil, err
	}
	js, err := htmlFiles.ReadFile("html/page.js")
	if err != nil {
		return nil, err
	}
	hash := sha256.Sum256(js)
	return &htmlAssets{
		page: page, css: template.CSS(css), js: template.JS(js),
		policy: "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-" + base64.StdEncoding.EncodeToString(hash[:]) + "'; base-uri 'none'; form-action 'none'",
	}, nil
}

// htmlPage is the page, laid out. Its texts are printable: nothing in them turns the reading direction or hides.
type htmlPage struct {
	CSS    template.CSS
	JS     template.JS
	Policy string

	Title, Word, Sentence string
	Class                 string // "good", "bad"
	Left, Problems        []string
	Warnings              []string
	Facts                 []htmlFact
	Config                []htmlFact
	Counts                []htmlCount
	CasesLine             string
	Columns               []htmlColumn
	Families              []htmlFamily
	Total                 htmlFamily
	Causes                []htmlCause
	MoreCauses            int
	Fallen, Accepted      []htmlListed
	Sections              []htmlSection
	Shown                 int // rows
	Notes                 []string
	MoreNotes             int
	Disagreements         []string
	Folded                []string
}

// htmlFact is a labelled value.
type htmlFact struct {
	Label, Value string
	Code         bool   // to be read letter by letter
	Time         string // the machine-readable form of a time
}

// Long says that the value needs a line of its own.
func (f htmlFact) Long() bool { return len(f.Value) > 60 }

type htmlCount struct {
	N       int
	Verdict string
	Class   string
	Href    string // the first row that has it
}

type htmlColumn struct{ Verdict, Word, Class string }

type htmlFamily struct {
	Name, Title string
	Cells       []htmlCount
}

// htmlCause is rows that failed in the same way.
type htmlCause struct {
	N              int
	Verdict, Class string
	Text           string
	Links          []htmlLink
	More           int
}

type htmlLink struct{ ID, Text string }

// htmlListed is an entry of the baseline beside its result.
type htmlListed struct {
	Standing string
	Bad      bool
	Link     htmlLink
	Entry    string
	Owner    string
	Expires  string
	Reason   string
	Ticket   string
	Next     string
}

type htmlSection struct {
	ID, Title, Note string
	Rows            []*htmlRow
}

// text is a text of a journal made fit for a page, cut after so many bytes.
func text(s string, limit int) string { return printable(head(s, limit)) }

// texts makes several texts fit.
func texts(all []string) []string {
	fit := make([]string, len(all))
	for i, s := range all {
		fit[i] = text(s, textLimit)
	}
	return fit
}

// knownVerdict takes a verdict that nobody knows for a harness error, as every report does.
func knownVerdict(v journal.Verdict) journal.Verdict {
	if slices.Contains(journal.Verdicts(), v) {
		return v
	}
	return journal.HarnessError
}

// htmlClass is a verdict as the name of its colours.
func htmlClass(v journal.Verdict) string {
	switch v {
	case journal.Pass:
		return "pass"
	case journal.NotApplicable:
		return "na"
	case journal.Warn, journal.Blocked, journal.XFail:
		return "warn"
	}
	return "fail"
}

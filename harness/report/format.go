package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"resize-conformance/harness/har"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// Format is a rendering of a journal for one kind of reader.
type Format string

// The formats.
const (
	HTMLPage          Format = "html"
	JSON              Format = "json"
	JUnitXML          Format = "junit"
	Jenkins           Format = "jenkins" // JUnit in the XSD dialect
	GitLab            Format = "gitlab"  // JUnit with attachments
	HAR               Format = "har"
	SARIFLog          Format = "sarif"
	CTRFJSON          Format = "ctrf"
	GitHubSummary     Format = "github-summary"
	GitHubAnnotations Format = "github-annotations"
	Badges            Format = "badge"
)

// The words that name several formats.
const (
	byDefault = "default" // what a run writes when nothing else is asked for
	byAll     = "all"
	byAuto    = "auto" // the default ones, and those of the CI system that is around
)

// rendering makes one file of a format.
type rendering struct {
	format Format
	file   string
	render func(io.Writer, *journal.Run, Options) error
}

// renderings lists every file that can be made of a journal, in the order in which they are written.
func renderings() []rendering {
	return []rendering{
		{JSON, ResultsFile, Results},
		{JUnitXML, JUnitFile, JUnit},
		{Jenkins, JenkinsFile, func(out io.Writer, run *journal.Run, o Options) error {
			o.JUnit = XSD
			return JUnit(out, run, o)
		}},
		{GitLab, GitLabFile, func(out io.Writer, run *journal.Run, o Options) error {
			o.JUnit = Rich
			return JUnit(out, run, o)
		}},
		{HTMLPage, HTMLFile, HTML},
		{SARIFLog, SARIFFile, SARIF},
		{CTRFJSON, CTRFFile, CTRF},
		{GitHubSummary, SummaryFile, Summary},
		{GitHubAnnotations, AnnotationsFile, Annotations},
		{Badges, BadgeFile, Badge},
		{Badges, BadgeSVGFile, BadgeSVG},
		{HAR, HARFile, func(out io.Writer, run *journal.Run, _ Options) error { return har.Write(out, run) }},
	}
}

// defaultFormats are those that are written when nothing is asked for.
func defaultFormats() []Format { return []Format{HTMLPage, JSON, JUnitXML} }

// Formats names every format there is, each once.
func Formats() []Format {
	var all []Format
	for _, r := range renderings() {
		if !slices.Contains(all, r.format) {
			all = append(all, r.format)
		}
	}
	return all
}

// ciFormats are what the CI system around reads, as its own variables tell: GITHUB_ACTIONS, GITLAB_CI, JENKINS_URL.
func ciFormats(env func(string) string) []Format {
	var formats []Format
	if env("GITHUB_ACTIONS") == "true" {
		formats = append(formats, GitHubSummary, GitHubAnnotations)
	}
	if env("GITLAB_CI") == "true" {
		formats = append(formats, GitLab)
	}
	if env("JENKINS_URL") != "" {
		formats = append(formats, Jenkins)
	}
	return formats
}

// ParseFormats reads names of formats; each may be a list that is separated by commas, and "default", "auto" and "all" name several. None are the default ones.
func ParseFormats(names []string, env func(string) string) ([]Format, error) {
	var chosen []Format
	for _, list := range names {
		for name := range strings.SplitSeq(list, ",") {
			switch name = strings.TrimSpace(name); {
			case name == "":
			case name == byDefault:
				chosen = append(chosen, defaultFormats()...)
			case name == byAll:
				chosen = append(chosen, Formats()...)
			case name == byAuto:
				chosen = append(append(chosen, defaultFormats()...), ciFormats(env)...)
			case slices.Contains(Formats(), Format(name)):
				chosen = append(chosen, Format(name))
			default:
				known := FormatNames()
				return nil, fmt.Errorf("format %q is unknown%s; there are %s", name, nearest.Hint(name, known), strings.Join(known, ", "))
			}
		}
	}
	if len(chosen) == 0 {
		chosen = defaultFormats()
	}
	var once []Format
	for _, f := range chosen {
		if !slices.Contains(once, f) {
			once = append(once, f)
		}
	}
	return once, nil
}

// FormatNames lists what ParseFormats knows.
func FormatNames() []string {
	names := []string{byDefault, byAuto, byAll}
	for _, f := range Formats() {
		names = append(names, string(f))
	}
	return names
}

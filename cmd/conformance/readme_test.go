package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/pflag"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/harness/defect"
	"resize-conformance/harness/editions"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/racedetector"
	"resize-conformance/harness/selftest"
	"resize-conformance/harness/target"
)

// update writes the generated parts of the README anew: go test ./cmd/conformance -run README -update.
var update = flag.Bool("update", false, "write the generated parts of README.md anew")

const (
	readmePath     = "../../README.md"
	readmeMakefile = "../../Makefile"
	regenerate     = "go test ./cmd/conformance -run README -update"
)

func TestREADMEPartsAreCurrent(t *testing.T) {
	racedetector.LeaveOut(t)
	page := readREADME(t)
	for _, part := range []struct {
		name    string
		text    string
		compare func(string) string
	}{
		{"contents", contents(page), strings.TrimSpace},
		{"sample", sample(t), withoutChance},
		{"capabilities", capabilityTable(), strings.TrimSpace},
		{"settings", target.Markdown(), strings.TrimSpace},
		{"editions", editionTable(t), strings.TrimSpace},
		{"matrix", editions.Table(allEditions(t)), strings.TrimSpace},
		{"requirements", requirementTables(t), strings.TrimSpace},
	} {
		begin, end := "<!-- "+part.name+": generated, do not edit -->\n", "<!-- /"+part.name+" -->"
		before, rest, begins := strings.Cut(page, begin)
		got, after, ends := strings.Cut(rest, end)
		if !begins || !ends {
			t.Errorf("README.md has no part between %q and %q", strings.TrimSpace(begin), end)
			continue
		}
		want, have := part.compare(part.text), part.compare(got)
		if want == have {
			continue
		}
		if *update {
			page = before + begin + "\n" + strings.TrimSpace(part.text) + "\n\n" + end + after
			continue
		}
		t.Errorf("the part %q of README.md is not current: %s\nto write it anew: %s", part.name, firstDifference(want, have), regenerate)
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(readmePath, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// heading is a heading of a page, and how deep it is.
type heading struct {
	level int
	title string
}

// anchor is what GitHub calls a heading in a link.
func (h heading) anchor() string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, h.title)
}

// headings lists those of a page; what stands in a block of code is none.
func headings(page string) []heading {
	var all []heading
	code := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if signs, title, is := strings.Cut(strings.TrimSpace(line), " "); is && !code && signs != "" && strings.Trim(signs, "#") == "" {
			all = append(all, heading{len(signs), title})
		}
	}
	return all
}

// contents leads to every section of a page.
func contents(page string) string {
	var links []string
	for _, h := range headings(page) {
		if h.level == 2 {
			links = append(links, fmt.Sprintf("[%s](#%s)", h.title, h.anchor()))
		}
	}
	return strings.Join(links, " ·\n")
}

func TestREADMECommandsParse(t *testing.T) {
	t.Setenv("CONFORMANCE_SHARD", "1/2") // what --shard auto reads
	commands := commandsIn(readREADME(t))
	if len(commands) < 20 {
		t.Errorf("only %d command lines were found in README.md; is the way they are looked for still right?", len(commands))
	}
	for _, line := range commands {
		if err := parses(line); err != nil {
			t.Errorf("README.md: %s: %v", line, err)
		}
	}
}

// The test above is worth what finds and parses the lines is worth.
func TestREADMECommandsThatAreWrongAreFound(t *testing.T) {
	page := "see `conformance lst`\n```sh\nconformance run --sever http://x # no\nmake -C x build && bin/conformance merge --from x\nconformance run \\\n  --shard 3/2 &\n```\n"
	commands := commandsIn(page)
	if want := []string{"conformance run --sever http://x", "conformance merge --from x", "conformance run    --shard 3/2", "conformance lst"}; !slices.Equal(commands, want) {
		t.Fatalf("found %q, want %q", commands, want)
	}
	for _, line := range commands {
		if parses(line) == nil {
			t.Errorf("%q passes as a good command line", line)
		}
	}
}

func TestREADMEMakeTargetsExist(t *testing.T) {
	makefile, err := os.ReadFile(readmeMakefile)
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`\bmake (?:-C \S+ )?([a-z][a-z-]*)`)
	found := 0
	for _, code := range codeIn(readREADME(t)) {
		for _, m := range named.FindAllStringSubmatch(code, -1) {
			found++
			if !regexp.MustCompile(`(?m)^` + m[1] + `:`).Match(makefile) {
				t.Errorf("README.md names %q; the Makefile has no such target", m[0])
			}
		}
	}
	if found == 0 {
		t.Error("README.md names no make target; is the way they are looked for still right?")
	}
}

func TestREADMELinksLeadSomewhere(t *testing.T) {
	anchors := map[string]bool{}
	for _, h := range headings(readREADME(t)) {
		anchors[h.anchor()] = true
	}
	for _, m := range regexp.MustCompile(`\]\(#([^)]+)\)`).FindAllStringSubmatch(readREADME(t), -1) {
		if !anchors[m[1]] {
			t.Errorf("README.md links to #%s, and no heading is called that", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readREADME(t), -1) {
		if _, err := os.Stat(filepath.Join("../..", m[1])); err != nil {
			t.Errorf("README.md links to %s: %v", m[1], err)
		}
	}
}

func readREADME(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// sample is what the terminal shows of a run of the whole pack.
func sample(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	got := call(t, "run", "--reports", dir)
	if got.code != exitConforms {
		t.Fatalf("exit code %d, want 0:\n%s%s", got.code, got.stdout, got.stderr)
	}
	return "```text\n" + strings.TrimSpace(strings.ReplaceAll(got.stdout, dir, "reports")) + "\n```\n"
}

var chance = regexp.MustCompile(`contract [0-9a-f]+|[0-9]+ exchanges · .*`)

// withoutChance takes away what differs from run to run, and the contract's hash, which any change of a word in it changes.
func withoutChance(shown string) string {
	return strings.TrimSpace(chance.ReplaceAllString(shown, "…"))
}

func capabilityTable() string {
	var b strings.Builder
	b.WriteString("| capability | what it means | follows from |\n|---|---|---|\n")
	for _, c := range target.Capabilities() {
		follows := "to be declared"
		if c.Follows != "" {
			follows = c.Follows
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", c.Name, c.What, follows)
	}
	return b.String()
}

// allEditions are the contracts of all editions.
func allEditions(t *testing.T) []*contract.Contract {
	t.Helper()
	var all []*contract.Contract
	for _, profile := range contract.Profiles() {
		all = append(all, contracttest.Profile(t, profile))
	}
	return all
}

// editionTable says what each edition is.
func editionTable(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("| edition | what it is | dated | promises | not known of it |\n|---|---|---|---|---|\n")
	for _, c := range allEditions(t) {
		var unknown []string
		for _, u := range c.Unknown() {
			unknown = append(unknown, "`"+u.Switch+"`")
		}
		about := c.About()
		fmt.Fprintf(&b, "| `%s` | %s | %s | %d | %s |\n", c.Profile, inCell(about.Title), about.Dated, len(c.Requirements()), strings.Join(unknown, ", "))
	}
	return b.String()
}

// requirementTables has a table for each family, with the requirements of every edition.
func requirementTables(t *testing.T) string {
	t.Helper()
	rows, titles := map[string][]contract.Requirement{}, map[string]string{}
	var order []string
	seen := map[string]bool{}
	for _, edition := range contract.Profiles() {
		c := contracttest.Profile(t, edition)
		for _, f := range c.Families() {
			if titles[f.Name] == "" {
				titles[f.Name] = f.Title
				order = append(order, f.Name)
			}
		}
		for _, r := range c.Requirements() {
			if !seen[r.ID] {
				seen[r.ID] = true
				rows[r.Family()] = append(rows[r.Family()], r)
			}
		}
	}
	var b strings.Builder
	for _, family := range order {
		requirements := rows[family]
		slices.SortFunc(requirements, func(x, y contract.Requirement) int { return cmp.Compare(x.ID, y.ID) })
		fmt.Fprintf(&b, "<details>\n<summary>%s: %s (%d)</summary>\n\n| id | level | tested by | promise |\n|---|---|---|---|\n", family, titles[family], len(requirements))
		for _, r := range requirements {
			promise := firstSentence(r.Clause)
			var where []string
			for _, c := range r.Where {
				where = append(where, c.String())
			}
			if len(where) > 0 {
				promise += " (where `" + strings.Join(where, "`, `") + "`)"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", r.ID, r.Level, r.Tested, inCell(promise))
		}
		b.WriteString("\n</details>\n\n")
	}
	return b.String()
}

// firstSentence is the promise itself; what follows in a clause explains it.
func firstSentence(clause string) string {
	if first, _, more := strings.Cut(clause, ". "); more {
		return first + "."
	}
	return clause
}

// inCell keeps a text from being read as Markdown or HTML.
func inCell(s string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;", "*", `\*`).Replace(strings.Join(strings.Fields(s), " "))
}

func firstDifference(want, have string) string {
	w, h := strings.Split(want, "\n"), strings.Split(have, "\n")
	for i := range max(len(w), len(h)) {
		var x, y string
		if i < len(w) {
			x = w[i]
		}
		if i < len(h) {
			y = h[i]
		}
		if x != y {
			return fmt.Sprintf("line %d of it\nwant %q\nhave %q", i+1, x, y)
		}
	}
	return "nothing but space"
}

var fenced = regexp.MustCompile("(?s)```[a-z]*\n(.*?)```")

// codeIn is the code of a page: blocks first, then what stands between single back quotes in the text.
func codeIn(page string) []string {
	var code []string
	for _, m := range fenced.FindAllStringSubmatch(page, -1) {
		code = append(code, m[1])
	}
	text := fenced.ReplaceAllString(page, "")
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		code = append(code, m[1])
	}
	return code
}

// commandsIn finds the command lines of the program in the code of a page: where a line, or what follows a space or a slash in it, begins with
// "conformance" and a word. A comment, and what a shell does with the command, is cut off.
func commandsIn(page string) []string {
	start := regexp.MustCompile(`(?m)(?:^|[\s/])(conformance [a-z]+(?:\s.*)?)$`)
	comment := regexp.MustCompile(`(?m)(?:^|\s)#.*$`)
	end := regexp.MustCompile(`\s+(?:&|\||;|>).*$|;$`)
	var lines []string
	for _, code := range codeIn(page) {
		for _, m := range start.FindAllStringSubmatch(comment.ReplaceAllString(strings.ReplaceAll(code, "\\\n", " "), ""), -1) {
			if strings.HasSuffix(m[1], "…") {
				continue // of a sample that is cut at its width
			}
			lines = append(lines, strings.TrimSpace(cutOutsideQuotes(m[1], end)))
		}
	}
	return lines
}

// cutOutsideQuotes cuts a line where end begins, unless that is within double quotes.
func cutOutsideQuotes(line string, end *regexp.Regexp) string {
	hidden := regexp.MustCompile(`"[^"]*"`).ReplaceAllStringFunc(line, func(s string) string { return strings.Repeat("x", len(s)) })
	if at := end.FindStringIndex(hidden); at != nil {
		return line[:at[0]]
	}
	return line
}

// parses tells whether the program would take a command line as far as its form goes.
func parses(line string) error {
	words := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(line, -1)[1:]
	for i, w := range words {
		words[i] = strings.Trim(w, `"`)
	}
	cmd, rest, err := newRoot(strings.NewReader(""), os.Stdout, os.Stderr).Find(words)
	if err != nil {
		return err
	}
	err = cmd.ParseFlags(rest)
	if errors.Is(err, pflag.ErrHelp) || (err == nil && cmd.HasParent() && len(words) == 1) {
		return nil // the text speaks of the command, without its arguments
	}
	if err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// The page says how many deviations are tried. That all of them are found is the selftest's to show.
func TestREADMECountsTheDeviations(t *testing.T) {
	racedetector.LeaveOut(t)
	page := strings.Join(strings.Fields(readREADME(t)), " ")
	loaded := func(profile string) *contract.Contract { return contracttest.Profile(t, profile) }
	servers, clients := selftest.Seeded(journal.Server, loaded), selftest.Seeded(journal.Client, loaded)
	for _, wanted := range []string{
		fmt.Sprintf("**%d defects of servers seeded, %d found**", servers, servers), fmt.Sprintf("**%d defects of clients seeded, %d found**", clients, clients),
		fmt.Sprintf("**%d conforming variants of servers and %d of clients, 0 accused**", len(defect.Variants()), len(defect.ClientVariants())),
	} {
		if !strings.Contains(page, wanted) {
			t.Errorf("README.md does not say %q", wanted)
		}
	}
}

// Both sides are listed, and one alone where that is asked for.
func TestSelftestLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		side   string
		wanted []string
		not    []string
	}{
		{"", []string{"resizes-locked-server", "job-id-without-dashes", "keys-by-alphabet", "numbered-flavors", "conforming variants of clients"}, nil},
		{"client", []string{"job-id-without-dashes", "keys-by-alphabet"}, []string{"resizes-locked-server", "numbered-flavors", "servers\n"}},
		{"server", []string{"resizes-locked-server", "numbered-flavors"}, []string{"job-id-without-dashes", "keys-by-alphabet", "clients\n"}},
	} {
		got := call(t, "selftest", "--list", "--side", c.side)
		for _, wanted := range c.wanted {
			if got.code != exitConforms || !strings.Contains(got.stdout, wanted) {
				t.Errorf("--side %q: exit code %d, and wanted %q in\n%s%s", c.side, got.code, wanted, got.stdout, got.stderr)
			}
		}
		for _, not := range c.not {
			if strings.Contains(got.stdout, not) {
				t.Errorf("--side %q: lists %q", c.side, not)
			}
		}
	}
}

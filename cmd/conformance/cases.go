package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/nearest"
	"resize-conformance/harness/runner"
	"resize-conformance/suites"
)

// listedCase is one case as `conformance cases` shows it.
type listedCase struct {
	ID          string            `json:"id"`
	Requirement string            `json:"requirement"`
	Level       string            `json:"level"`
	Operation   string            `json:"operation"`
	Part        string            `json:"part"`
	Pointer     string            `json:"pointer"`
	Keyword     string            `json:"keyword"`
	Side        contract.Side     `json:"side"`
	What        string            `json:"what"`
	Expect      cases.Expectation `json:"expect"`
	Statuses    []int             `json:"statuses,omitempty"` // of a rejection
	Codes       []string          `json:"codes,omitempty"`    // of a rejection
	Request     listedRequest     `json:"request"`
}

// listedRequest is what a case sends, with placeholders for what only a target knows.
type listedRequest struct {
	Method  string              `json:"method"`
	Path    string              `json:"path"`
	Query   string              `json:"query,omitempty"`
	Header  []map[string]string `json:"header,omitempty"`
	Untyped bool                `json:"without_content_type,omitempty"`
	Body    *string             `json:"body,omitempty"`
	Base64  string              `json:"body_base64,omitempty"` // in place of body where that is not UTF-8
}

func newCases() *cobra.Command {
	var (
		source     contract.Source
		selection  runner.Selection
		operations []string
		asJSON     bool
		long       bool
	)
	cmd := &cobra.Command{
		Use:   "cases",
		Short: "Show the cases that are derived from the contract",
		Long: `cases shows the requests that are derived from the contract, for each constraint of a request: those that keep it only just, and those that break it and nothing
else. Nothing is sent. Without a selection it shows how many there are of each requirement; with one, each of them.

A case is expected to be refused (reject) or accepted (accept); where no source says how it is answered, only that the answer is no server error and that a refusal
changes nothing (sanity). Its id is permanent: conformance run --requirement ID sends it alone, or all whose ids begin with that and a slash.`,
		Example: `  conformance cases                         how many cases each requirement has
  conformance cases --requirement RSZ-BODY-012
                                           those of one requirement
  conformance cases --requirement RSZ-BODY-012/enum --long
                                           some of them, with the requests that they send
  conformance cases --operation showJob --json
                                           those of one operation, for programs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := contract.Load(cmd.Context(), source)
			if err != nil {
				return err
			}
			list, err := caseRows(c, selection, operations)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			switch {
			case asJSON:
				enc := json.NewEncoder(w)
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(list)
			case long:
				return casesLong(w, list)
			case len(selection.Requirements)+len(selection.Focus)+len(operations) > 0 || selection.Labels != "":
				return casesTable(w, list)
			}
			return casesByRequirement(w, list)
		},
	}
	bindSource(cmd, &source)
	bindSelection(cmd, &selection)
	f := cmd.Flags()
	f.StringSliceVar(&operations, "operation", nil, "operations (operationId), e.g. resizeServer,showJob")
	f.BoolVar(&asJSON, "json", false, "print JSON")
	f.BoolVar(&long, "long", false, "print the request of each")
	return cmd
}

// caseRows takes the selected cases, in the order in which they are sent.
func caseRows(c *contract.Contract, selection runner.Selection, operations []string) ([]listedCase, error) {
	var known []string
	for _, op := range c.Operations() {
		known = append(known, op.ID)
	}
	for _, op := range operations {
		if !slices.Contains(known, op) {
			return nil, &runner.UsageError{Text: fmt.Sprintf("--operation %q is none of the contract's%s; there are %s", op, nearest.Hint(op, known), strings.Join(known, ", "))}
		}
	}
	pack, err := suites.New(c)
	if err != nil {
		return nil, &harnessError{err}
	}
	chosen, err := runner.Choose(pack, selection)
	if err != nil {
		return nil, err
	}
	list := []listedCase{}
	for _, s := range chosen {
		for _, k := range s.Cases {
			if len(operations) == 0 || slices.Contains(operations, k.Operation) {
				list = append(list, caseRow(k))
			}
		}
	}
	if len(list) == 0 {
		return nil, &runner.UsageError{Text: "what is selected has no cases; `conformance cases` shows which requirements have some"}
	}
	return list, nil
}

func caseRow(k cases.Case) listedCase {
	row := listedCase{
		ID: k.ID(), Requirement: k.Requirement.ID, Level: string(k.Requirement.Level), Operation: k.Operation, Part: k.Part, Pointer: k.Pointer, Keyword: k.Keyword,
		Side: k.Side, What: k.What, Expect: k.Expect, Request: listedRequest{Method: k.Method, Path: k.Path, Query: k.Query, Untyped: k.Untyped},
	}
	if k.Expect == cases.Reject {
		row.Statuses, row.Codes = k.Requirement.Statuses, k.Requirement.Codes
	}
	for _, h := range k.Header {
		row.Request.Header = append(row.Request.Header, map[string]string{"name": h.Name, "value": h.Value})
	}
	switch {
	case k.Body == nil:
	case utf8.Valid(k.Body):
		body := string(k.Body)
		row.Request.Body = &body
	default:
		row.Request.Base64 = base64.StdEncoding.EncodeToString(k.Body)
	}
	return row
}

// casesByRequirement prints a line for each requirement and operation: how many cases there are, and of which kind.
func casesByRequirement(w io.Writer, list []listedCase) error {
	type group struct {
		requirement, operation string
		of                     map[cases.Expectation]int
		keywords               []string
	}
	var groups []*group
	for _, k := range list {
		i := slices.IndexFunc(groups, func(g *group) bool { return g.requirement == k.Requirement && g.operation == k.Operation })
		if i < 0 {
			i = len(groups)
			groups = append(groups, &group{requirement: k.Requirement, operation: k.Operation, of: map[cases.Expectation]int{}})
		}
		groups[i].of[k.Expect]++
		if word, _, _ := strings.Cut(strings.TrimPrefix(k.ID, k.Requirement+"/"), "/"); !slices.Contains(groups[i].keywords, word) {
			groups[i].keywords = append(groups[i].keywords, word)
		}
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "REQUIREMENT\tOPERATION\tREJECT\tACCEPT\tSANITY\tCONSTRAINTS")
	for _, g := range groups {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", g.requirement, g.operation, dotted(g.of[cases.Reject]), dotted(g.of[cases.Accept]), dotted(g.of[cases.Sanity]), few(g.keywords))
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return casesTotal(w, list)
}

// dotted is a number as the tables show it.
func dotted(n int) string {
	if n == 0 {
		return "·"
	}
	return fmt.Sprint(n)
}

// few joins words as far as a line has room for them.
func few(words []string) string {
	const most = 4
	if len(words) <= most {
		return strings.Join(words, " ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(words[:most], " "), len(words)-most)
}

func casesTable(w io.Writer, list []listedCase) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "CASE\tOPERATION\tEXPECT\tWHAT")
	for _, k := range list {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", k.ID, k.Operation, expected(k), k.What)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	return casesTotal(w, list)
}

// expected is what a case is to be answered, with the statuses of a rejection.
func expected(k listedCase) string {
	words := []string{string(k.Expect)}
	for _, s := range k.Statuses {
		words = append(words, fmt.Sprint(s))
	}
	return strings.Join(words, " ")
}

// casesLong prints each case with its request. A body that is longer than a screen is wide, or that is not of visible letters, is shown as a Go string.
func casesLong(w io.Writer, list []listedCase) error {
	for _, k := range list {
		fmt.Fprintf(w, "%s  %s, %s\n", k.ID, k.Level, k.Operation)
		say := func(what, text string) {
			if text != "" {
				fmt.Fprintf(w, "  %-8s %s\n", what, text)
			}
		}
		say("what", k.What)
		say("expect", expected(k))
		say("codes", strings.Join(k.Codes, ", "))
		target := k.Request.Path
		if k.Request.Query != "" {
			target += "?" + k.Request.Query
		}
		say("request", k.Request.Method+" "+target)
		for _, h := range k.Request.Header {
			say("header", h["name"]+": "+h["value"])
		}
		if k.Request.Untyped {
			say("header", "no Content-Type")
		}
		say("body", bodyShown(k.Request))
		fmt.Fprintln(w)
	}
	return casesTotal(w, list)
}

func bodyShown(r listedRequest) string {
	const longest = 400
	var body string
	switch {
	case r.Base64 != "":
		raw, err := base64.StdEncoding.DecodeString(r.Base64)
		if err != nil {
			return r.Base64
		}
		body = string(raw)
	case r.Body == nil:
		return ""
	default:
		body = *r.Body
	}
	rest := ""
	if len(body) > longest {
		body, rest = body[:longest], fmt.Sprintf(" and %d bytes more", len(body)-longest)
	}
	if body == "" || strings.ContainsFunc(body, func(c rune) bool { return c < ' ' || c == utf8.RuneError || c == 0xfeff }) {
		body = fmt.Sprintf("%q", body)
	}
	return body + rest
}

// several is a number with its noun.
func several(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func casesTotal(w io.Writer, list []listedCase) error {
	of := map[cases.Expectation]int{}
	requirements := map[string]bool{}
	for _, k := range list {
		of[k.Expect]++
		requirements[k.Requirement] = true
	}
	_, err := fmt.Fprintf(w, "\n%s of %s: %d to be refused, %d to be accepted, %d of which no source says how they are answered\n",
		several(len(list), "case"), several(len(requirements), "requirement"), of[cases.Reject], of[cases.Accept], of[cases.Sanity])
	return err
}

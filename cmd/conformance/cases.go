package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
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

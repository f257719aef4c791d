package main

import (
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"resize-conformance/harness/cases"
)

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

package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/oasdiff/oasdiff/checker"
	"github.com/oasdiff/oasdiff/diff"
	"github.com/oasdiff/oasdiff/load"

	"resize-conformance/harness/journal"
)

// Messages compares what two documents say of requests and answers.
func Messages(before, after []byte) ([]Message, error) {
	old, err := readDocument(before, "old")
	if err != nil {
		return nil, err
	}
	now, err := readDocument(after, "new")
	if err != nil {
		return nil, err
	}
	forward, err := checked(old, now)
	if err != nil {
		return nil, err
	}
	backward, err := checked(now, old)
	if err != nil {
		return nil, err
	}
	all := []Message{}
	for _, c := range forward {
		if g := forClients(c); g != "" {
			all = append(all, Message{Grade: g, Breaks: journal.Client, Operation: operation(c), Rule: c.GetId(), Text: text(c)})
		}
	}
	for _, c := range backward {
		g := forServers(c)
		if g == "" {
			continue
		}
		if same := counterpart(c, forward); same != nil {
			all = append(all, Message{Grade: g, Breaks: journal.Server, Operation: operation(same), Rule: same.GetId(), Text: text(same)})
			continue
		}
		all = append(all, Message{Grade: g, Breaks: journal.Server, Operation: operation(c), Rule: c.GetId(), Reversed: true, Text: "the reverse of: " + text(c)})
	}
	return sorted(append(all, closings(old.Spec, now.Spec)...)), nil
}

// checked gives every change from one document to the other, of every level.
func checked(before, after *load.SpecInfo) (checker.Changes, error) {
	found, sources, err := diff.GetWithOperationsSourcesMap(diff.NewConfig(diff.WithExcludeElements(prose())), before, after)
	if err != nil {
		return nil, fmt.Errorf("compare the two documents: %w", err)
	}
	return checker.CheckBackwardCompatibilityUntilLevel(checker.NewConfig(checker.GetAllChecks()), found, sources, checker.INFO), nil
}

// prose is what no message depends on.
func prose() []string {
	return []string{diff.ExcludeExamplesOption, diff.ExcludeDescriptionOption, diff.ExcludeTitleOption, diff.ExcludeSummaryOption, diff.ExcludeExtensionsOption}
}

func readDocument(data []byte, name string) (*load.SpecInfo, error) {
	info, err := load.NewSpecInfoFromData(openapi3.NewLoader(), data, name)
	if err != nil {
		return nil, fmt.Errorf("read the %s document: %w", name, err)
	}
	return info, nil
}

func operation(c checker.Change) string {
	if c.GetOperation() == "" {
		return c.GetPath()
	}
	return c.GetOperation() + " " + c.GetPath()
}

func text(c checker.Change) string {
	return strings.Join(strings.Fields(c.GetUncolorizedText(checker.NewDefaultLocalizer())), " ")
}

// counterpart finds the change that a change seen from the new document is, as seen from the old one, so that it can be told in the order of time: at the same
// operation, about the same part of a message, with the same words in it, and the only one of that kind. Else nil.
func counterpart(c checker.Change, forward checker.Changes) checker.Change {
	var found checker.Change
	for _, f := range forward {
		if operation(f) != operation(c) || about(f) != about(c) || !sameArguments(f, c) {
			continue
		}
		if found != nil {
			return nil
		}
		found = f
	}
	return found
}

// about is the part of a message that a change's name begins with.
func about(c checker.Change) string {
	id := strings.TrimPrefix(strings.TrimPrefix(c.GetId(), "new-required-"), "new-optional-")
	for _, part := range []string{"request-parameter", "request-property", "request-body", "request-header", "response-property", "response-header", "response-body", "response", "request"} {
		if strings.HasPrefix(id, part) {
			return part
		}
	}
	if strings.HasPrefix(id, "api-") || strings.HasPrefix(id, "endpoint-") {
		return "operation"
	}
	return strings.SplitN(id, "-", 2)[0]
}

func sameArguments(a, b checker.Change) bool {
	words := func(c checker.Change) []string {
		var all []string
		for _, arg := range c.GetArgs() {
			all = append(all, fmt.Sprint(arg))
		}
		slices.Sort(all)
		return all
	}
	return slices.Equal(words(a), words(b))
}

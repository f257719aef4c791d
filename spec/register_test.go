package spec_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// What a row may say. The capabilities are those a target can declare.
var (
	idPattern   = regexp.MustCompile(`^RSZ-[A-Z0-9]+-[0-9]{3}$`)
	codePattern = regexp.MustCompile(`^(Ecs|Common|Pdp|APIGW|APIG)\.[0-9]{4}$`)

	levels = []string{"MUST", "SHOULD", "MAY"}
	sides  = []string{"server", "client", "both"}
	tested = []string{"scenario", "schema", "monitor", "no"}

	capabilities = []string{
		"token", "aksk", "v1", "mode", "yearly-monthly", "spot", "windows", "dedicated-host", "lock", "freeze", "cpu-options",
		"sold-out", "abandoned", "open-beta", "unreachable", "failing-job", "foreign-project", "expired-token", "payment", "auto-pay", "create",
	}

	matchKeys = []string{"in", "part", "operation", "status", "pointer", "keyword", "layer"}
	parts     = []string{"path", "query", "header", "media-type", "body", "status"}
)

func TestRowsSayWhatARowMustSay(t *testing.T) {
	d := read(t, base)
	known := profiles(t)
	for _, r := range d.requirements(t) {
		wrong := func(format string, args ...any) {
			t.Helper()
			t.Errorf(r.ID+": "+format, args...)
		}
		if !idPattern.MatchString(r.ID) {
			wrong("an id looks like RSZ-FAMILY-001")
			continue
		}
		if family := r.ID[:strings.LastIndex(r.ID, "-")]; d.Families[family] == "" {
			wrong("x-requirement-families has no title for %s", family)
		}
		if !slices.Contains(levels, r.Level) {
			wrong("level %q is none of %v", r.Level, levels)
		}
		if !slices.Contains(sides, r.Side) {
			wrong("side %q is none of %v", r.Side, sides)
		}
		if !slices.Contains(tested, r.Tested) {
			wrong("tested %q is none of %v", r.Tested, tested)
		}
		if !strings.HasSuffix(r.Clause, ".") || len(r.Clause) < 20 {
			wrong("the clause is no sentence: %q", r.Clause)
		}
		if (r.Tested == "no") != (r.Reason != "") {
			wrong("tested is %s and reason is %q; a row has a reason if, and only if, it is not tested", r.Tested, r.Reason)
		}
		if (r.Tested == "schema") != (len(r.matches(t)) > 0) {
			wrong("a row has a match if, and only if, it is tested by schema")
		}
		if r.Tested == "schema" && (len(r.Statuses) > 0 || len(r.Codes) > 0) {
			wrong("statuses and codes belong to scenarios; a schema row has match")
		}
		for _, p := range r.Profiles {
			if !slices.Contains(known, p) {
				wrong("profile %q is none of %v", p, known)
			}
		}
		for _, n := range r.Needs {
			if !slices.Contains(capabilities, n) {
				wrong("capability %q is none of %v", n, capabilities)
			}
		}
		for _, c := range r.Codes {
			if !codePattern.MatchString(c) {
				wrong("error code %q is not spelled like Ecs.0005", c)
			}
		}
		for _, m := range r.matches(t) {
			for key := range m {
				if !slices.Contains(matchKeys, key) {
					wrong("match has %q, which is none of %v", key, matchKeys)
				}
			}
			if m["in"] != "response" && m["in"] != "request" {
				wrong("match: in is %q, not request or response", m["in"])
			}
			if p := m["part"]; p != "" && !slices.Contains(parts, p) {
				wrong("match: part %q is none of %v", p, parts)
			}
			if p := m["pointer"]; p != "" && !strings.HasPrefix(p, "/") {
				wrong("match: pointer %q does not begin with /", p)
			}
		}
	}
}

func TestIdsAreUsedOnce(t *testing.T) {
	d := read(t, base)
	seen := map[string]bool{}
	for _, tomb := range d.Retired {
		if seen[tomb.ID] || tomb.Reason == "" {
			t.Errorf("tombstone %s: listed twice, or without a reason", tomb.ID)
		}
		seen[tomb.ID] = true
	}
	families := map[string]bool{}
	for _, r := range d.requirements(t) {
		if seen[r.ID] {
			t.Errorf("%s is given twice, or was retired", r.ID)
		}
		seen[r.ID] = true
		families[r.ID[:strings.LastIndex(r.ID, "-")]] = true
	}
	for family := range d.Families {
		if !families[family] {
			t.Errorf("x-requirement-families has %s, of which there is no row", family)
		}
	}
}

// A refusal can only be expected with a status that the operation documents; a schema row only finds violations of an operation
// that is there.
func TestRowsFitTheOperationsOfEveryProfile(t *testing.T) {
	for _, profile := range profiles(t) {
		d := read(t, profile)
		operations := d.operations(t)
		known := map[string]bool{}
		for _, o := range operations {
			known[o.ID] = true
		}
		for _, o := range operations {
			for _, r := range o.Requirements {
				if !r.in(profile) {
					continue
				}
				for _, status := range r.Statuses {
					if _, ok := o.Responses[strconv.Itoa(status)]; !ok {
						t.Errorf("profile %s: %s expects %d, which %s does not document", profile, r.ID, status, o.ID)
					}
				}
				for _, m := range r.matches(t) {
					if m["operation"] != "" && !known[m["operation"]] {
						t.Errorf("profile %s: %s matches operation %s, which is not there", profile, r.ID, m["operation"])
					}
				}
			}
		}
	}
}

// An overlay that removes an operation must not lose the promises that the profile still makes.
func TestNoProfileLosesARow(t *testing.T) {
	all := read(t, base).requirements(t)
	for _, profile := range profiles(t) {
		wanted, got := []string{}, []string{}
		for _, r := range all {
			if r.in(profile) {
				wanted = append(wanted, r.ID)
			}
		}
		for _, r := range read(t, profile).requirements(t) {
			if r.in(profile) {
				got = append(got, r.ID)
			}
		}
		slices.Sort(wanted)
		slices.Sort(got)
		if !slices.Equal(wanted, got) {
			t.Errorf("profile %s: rows in the base document for it: %v\nrows left after its overlay: %v", profile, wanted, got)
		}
	}
}

// A source is of use only if a stranger can find it.
func TestSourcesAreNamed(t *testing.T) {
	d := read(t, base)
	cited := map[string]bool{}
	check := func(where, item string) {
		if number, ok := strings.CutPrefix(item, "position "); ok {
			if n, err := strconv.Atoi(number); err != nil || n < 1 || n > positionCount {
				t.Errorf("%s: %q is none of the positions 1 to %d", where, item, positionCount)
			}
			return
		}
		if strings.HasPrefix(item, "RFC ") {
			return
		}
		for name := range d.Sources {
			if item == name || strings.HasPrefix(item, name+",") || strings.HasPrefix(item, name+": ") || name == "issue" && strings.HasPrefix(item, "issue ") {
				cited[name] = true
				return
			}
		}
		t.Errorf("%s: x-sources does not have the source %q", where, item)
	}
	for _, r := range d.requirements(t) {
		for _, item := range r.sources() {
			check(r.ID, item)
		}
	}
	for _, p := range positions(t, d) {
		for _, item := range p.Sources {
			check("position "+strconv.Itoa(p.Number), item)
		}
	}
	for name := range d.Sources {
		if !cited[name] {
			t.Errorf("x-sources has %q, which nothing cites", name)
		}
	}
}

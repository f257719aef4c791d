package lint_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/lint"
	"resize-conformance/harness/monitor"
	"resize-conformance/harness/target"
	"resize-conformance/spec"
	"resize-conformance/suites"
)

func known() lint.Known {
	k := lint.Known{Scenarios: suites.Written(), Monitors: monitor.Watched()}
	for _, c := range target.Capabilities() {
		k.Capabilities = append(k.Capabilities, string(c.Name))
	}
	return k
}

const (
	nothing     = "openapi: 3.0.3\ninfo: {title: Nothing, version: '1'}\npaths: {}\n"
	overlayHead = "overlay: 1.0.0\ninfo: {title: mine, version: '1'}\nactions:\n"
)

// mutation is a contract that breaks one rule and no other.
type mutation struct {
	rule     string
	old, new string // in the built-in contract
	text     string // instead of it
	overlay  string // of the profile, instead of none
	at       string // the text with which the line of the first finding begins, without its indentation; of the overlay when it has that
	overlaid bool   // the finding lies in the overlay
}

func mutations() []mutation {
	return []mutation{
		{rule: "overlay-action", overlay: overlayHead + "  - target: $.nowhere\n    remove: true\n", at: "- target: $.nowhere", overlaid: true},
		{rule: "paths", text: nothing, at: "paths: {}"},
		{rule: "operation-id", old: "      operationId: showJob\n", new: "", at: "get:"},
		{rule: "operation-id", old: "operationId: showJob\n", new: "operationId: resizeServer\n", at: "get:"},
		{rule: "same-request", old: "  /v1/{project_id}/cloudservers/resize_flavors:\n", new: "  /v1/{project}/jobs/{job}:\n    get:\n      operationId: again\n      responses: {}\n  /v1/{project_id}/cloudservers/resize_flavors:\n", at: "get:"},
		{rule: "reference", old: "$ref: '#/components/headers/XRequestId'", new: "$ref: '#/components/headers/XRequestIdd'", at: "$ref: '#/components/headers/XRequestIdd'"},
		{rule: "kin-openapi", old: "      - $ref: '#/components/parameters/ServerId'\n", new: "", at: "post:"},
		{rule: "libopenapi", old: "  x-profile: intl\n", new: "  x-profile: intl\n  contact: {email: nobody}\n", at: "contact: {email: nobody}"},
		{rule: "example", old: "value: {resize: {flavorRef: s3.large.2}}", new: "value: {resize: {flavorRef: 5}}", at: "value: {resize: {flavorRef: 5}}"},
		{rule: "example", old: "example: 20260101T000000Z", new: "example: yesterday", at: "XSdkDate:"},
		{rule: "example", old: "value: {resize: {flavorRef: s3.large.2}}", new: "value: {resize: {}}", at: "value: {resize: {}}"},
		{rule: "extension", old: "  x-profile: intl\n", new: "  x-profile: intl\n  x-profil: intl\n", at: "x-profil: intl"},
		{rule: "tag", old: "tags: [Flavor]", new: "tags: [Flavour]", at: "- name: Flavor"},
		{rule: "dead-component", old: "  parameters:\n    ProjectId:\n", new: "  parameters:\n    Unused: {name: a, in: query, schema: {type: string}}\n    ProjectId:\n", at: "Unused:"},
		{rule: "behaviour-switch", old: "    deh: true", new: "    colour: red\n    deh: true", at: "colour: red"},
		{rule: "behaviour-agrees", old: "    deh: true", new: "    deh: false", at: "deh: false"},
		{rule: "behaviour-agrees", old: "    deh: true", new: "    # deh: true", at: "x-profile-behaviour:"},
		{rule: "requirement-row", old: "level: SHOULD", new: "level: SHALL", at: "- id: RSZ-"},
		{rule: "requirement-id", old: "- id: RSZ-RSP-019", new: "- id: RSZ-RSP-018", at: "- id: RSZ-RSP-018"},
		{rule: "requirement-id", old: "- id: RSZ-RSP-019", new: "- id: RSZ-RSP-19", at: "- id: RSZ-RSP-19"},
		{rule: "retired-requirement", old: "x-retired-requirements: []", new: "x-retired-requirements:\n  - {id: RSZ-RSP-019, reason: It was wrong.}", at: "- {id: RSZ-RSP-019"},
		{rule: "family", old: "  RSZ-FLOW: Flow control\n", new: "  RSZ-FLOW: Flow control\n  RSZ-NONE: Nothing\n", at: "RSZ-NONE:"},
		{rule: "family-untitled", old: "  RSZ-FLOW: Flow control\n", new: "", at: "- id: RSZ-FLOW-001"},
		{rule: "requirement-tested", old: "tested: 'no'\n          reason: >-\n            The sentence points to another page and promises nothing of this API; every scenario takes the\n            project id from its configuration.\n", new: "tested: scenario # by none\n", at: "tested: scenario # by none"},
		{rule: "requirement-tested", old: "- id: RSZ-STATE-001\n", new: "- id: RSZ-STATE-701\n", at: "x-requirement-families:"},
		{rule: "requirement-tested", old: "tested: monitor\n", new: "tested: scenario # by none\n", at: "tested: scenario # by none"},
		{rule: "requirement-tested", old: "tested: 'no'\n          reason: >-\n            The sentence points to another page and promises nothing of this API; every scenario takes the\n            project id from its configuration.\n", new: "tested: monitor # by none\n", at: "tested: monitor # by none"},
		{rule: "requirement-clause", old: "without it the request is refused.\"\n          source: \"seed: Table 3, flavorRef, mandatory\"", new: "without it the request is refused\"\n          source: \"seed: Table 3, flavorRef, mandatory\"", at: "clause: \"resize must have the member flavorRef; without it the request is refused\""},
		{rule: "requirement-needs", old: "needs: [foreign-project]", new: "needs: [foreign-projekt]", at: "needs: [foreign-projekt]"},
		{rule: "requirement-code", old: "codes: [Ecs.0114, Ecs.0614]", new: "codes: [ECS.0114, Ecs.0614]", at: "codes: [ECS.0114"},
		{rule: "requirement-status", old: "statuses: [400, 404]", new: "statuses: [400, 402]", at: "statuses: [400, 402]"},
		{rule: "requirement-lost", overlay: overlayHead + "  - target: $.paths['/v1.1/{project_id}/cloudservers/{server_id}/resize'].post['x-requirements'][?(@.id == 'RSZ-URI-009')]\n    remove: true\n", at: "- id: RSZ-URI-009"},
		{rule: "violation-unmapped", old: "          match: {in: response}\n", new: "          match: {in: response, part: body}\n", at: "post:"},
		{rule: "requirement-shadowed", old: "match: {in: response, part: body, status: 2xx, pointer: /order_id}", new: "match: {in: response, part: body, status: 2xx, pointer: /job_id} # too", at: "match: {in: response, part: body, status: 2xx, pointer: /job_id} # too"},
		{rule: "source", old: "source: \"seed: Table 3, flavorRef, mandatory\"", new: "source: \"sead: Table 3, flavorRef, mandatory\"", at: "source: \"sead: Table 3, flavorRef, mandatory\""},
		{rule: "source", old: "source: \"seed: Table 3, flavorRef, mandatory\"", new: "source: \"seed: Table 3, flavorRef, mandatory; position 99\"", at: "source: \"seed: Table 3, flavorRef, mandatory; position 99\""},
		{rule: "source-uncited", old: "x-sources:\n", new: "x-sources:\n  hearsay: what somebody said\n", at: "hearsay:"},
		{rule: "position", old: "topic: May the server run?", new: "topic: ''", at: "- number: 1"},
		{rule: "position", old: "- number: 23\n", new: "- number: 22\n", at: "- number: 22"},
		{rule: "error-schema", old: "      description: No form of the answer suits the request.\n      headers:\n        X-Request-Id:\n          $ref: '#/components/headers/XRequestId'\n      content:\n        application/json:\n          schema:\n            $ref: '#/components/schemas/Error'\n", new: "      description: No form of the answer suits the request.\n      headers:\n        X-Request-Id:\n          $ref: '#/components/headers/XRequestId'\n", at: "NotAcceptable:"},
		{rule: "error-schema", old: "      description: No form of the answer suits the request.\n      headers:\n        X-Request-Id:\n          $ref: '#/components/headers/XRequestId'\n      content:\n        application/json:\n          schema:\n            $ref: '#/components/schemas/Error'\n", new: "      description: No form of the answer suits the request.\n      headers:\n        X-Request-Id:\n          $ref: '#/components/headers/XRequestId'\n      content:\n        application/json: {}\n", at: "application/json: {}"},
	}
}

func TestEachRuleSpeaksAlone(t *testing.T) {
	t.Parallel()
	tried := map[string]bool{}
	for _, m := range mutations() {
		tried[m.rule] = true
		t.Run(m.rule, func(t *testing.T) {
			t.Parallel()
			text := m.text
			if text == "" {
				text = string(spec.Contract)
			}
			if m.old != "" && !strings.Contains(text, m.old) {
				t.Fatalf("the built-in contract has no %q", m.old)
			}
			text = strings.Replace(text, m.old, m.new, 1)
			file := write(t, "openapi.yaml", text)
			profile, lines := contract.BaseProfile, text
			if m.overlay != "" {
				profile = write(t, "overlay.yaml", m.overlay)
			}
			where := file
			if m.overlaid {
				where, lines = profile, m.overlay
			}
			report, err := lint.Check(t.Context(), file, []string{profile}, known())
			if err != nil {
				t.Fatal(err)
			}
			if len(report.Findings) == 0 {
				t.Fatalf("nothing was found")
			}
			for _, f := range report.Findings {
				if f.Rule != m.rule {
					t.Errorf("%s speaks, too: %s: %s", f.Rule, f.Place, f.Found)
				}
				if f.Found == "" || f.Wanted == "" || f.Next == "" {
					t.Errorf("says too little: %+v", f)
				}
			}
			places := map[string]bool{}
			for _, f := range report.Findings {
				if f.File != where {
					t.Errorf("found in %s, want %s", f.File, where)
					continue
				}
				line := strings.Split(lines, "\n")[f.Line-1]
				indentation := len(line) - len(strings.TrimLeft(line, " "))
				if f.Column <= indentation {
					t.Errorf("column %d of %q", f.Column, line)
				}
				places[strings.TrimSpace(line)] = true
			}
			if !slices.ContainsFunc(keys(places), func(line string) bool { return strings.HasPrefix(line, m.at) }) {
				t.Errorf("found at %q, want %q", keys(places), m.at)
			}
		})
	}
	for _, r := range lint.Rules() {
		if !tried[r.Name] {
			t.Errorf("no mutation breaks the rule %s", r.Name)
		}
	}
}

func TestFindingsOfSeveralProfilesAreOne(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(spec.Contract), "level: SHOULD", "level: SHALL", 1)
	text = strings.Replace(text, "  RSZ-FLOW: Flow control\n", "", 1)
	text = strings.Replace(text, "source: \"seed: Table 3, flavorRef, mandatory\"", "source: \"sead: Table 3, flavorRef, mandatory\"", 1)
	report, err := lint.Check(t.Context(), write(t, "openapi.yaml", text), []string{contract.BaseProfile, "cn", "otc", "ae-ad-1"}, known())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Rule+" "+strconv.Itoa(len(f.Profiles)))
	}
	if want := []string{"source 0", "requirement-row 4", "family-untitled 4"}; !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("found %q, want %q", got, want)
	}
	if !slices.IsSortedFunc(report.Findings, func(a, b lint.Finding) int { return a.Place.Compare(b.Place) }) {
		t.Errorf("not sorted: %q", got)
	}
}

func TestNothingToLint(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct{ file, want string }{
		"missing":     {filepath.Join(t.TempDir(), "none.yaml"), "none.yaml"},
		"a directory": {t.TempDir(), "directory"},
		"not YAML":    {write(t, "a.yaml", "openapi: 3.0.3\ninfo: {title: a\npaths: {}\n"), "a.yaml:"},
		"not OpenAPI": {write(t, "a.yaml", "servers: []\n"), "3.0"},
		"Swagger":     {write(t, "a.yaml", "swagger: '2.0'\n"), "3.0"},
		"empty":       {write(t, "a.yaml", ""), "empty"},
	} {
		if _, err := lint.Check(t.Context(), k.file, []string{contract.BaseProfile}, known()); err == nil || !strings.Contains(err.Error(), k.want) {
			t.Errorf("%s: %v, want %q", name, err, k.want)
		}
	}
}

// A contract that has none of what this repository writes beyond OpenAPI is held to OpenAPI alone.
func TestAForeignDocument(t *testing.T) {
	t.Parallel()
	report, err := lint.Check(t.Context(), write(t, "a.yaml", "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths:\n  /a:\n    get:\n      operationId: a\n      responses: {'200': {description: a}}\n"), []string{contract.BaseProfile}, known())
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Findings) > 0 {
		t.Errorf("found %+v", report.Findings)
	}
}

func keys(set map[string]bool) []string {
	var all []string
	for k := range set {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

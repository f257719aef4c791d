package cases_test

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"resize-conformance/harness/cases"
	"resize-conformance/harness/contract"
	"resize-conformance/harness/contract/contracttest"
	"resize-conformance/spec"
)

// values are good enough for judging: nothing is sent.
func values() cases.Values {
	return cases.Values{cases.Project: "0123456789abcdef0123456789abcdef", cases.Server: "616fb98f-46ca-475e-917e-2563e5a8cd19", cases.Flavor: "s3.large.2", cases.Threaded: "c6.large.2"}
}

func load(t *testing.T, source contract.Source) *contract.Contract {
	t.Helper()
	c, err := contract.Load(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func derive(t *testing.T, c *contract.Contract) []cases.Case {
	t.Helper()
	all, err := cases.Derive(c)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every case of every edition is what it claims to be in the eyes of both oracles.
func TestEveryCaseIsWhatItClaims(t *testing.T) {
	for _, profile := range []string{"intl", "cn", "otc", "ae-ad-1"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			c := contracttest.Profile(t, profile)
			all := derive(t, c)
			counts := map[cases.Expectation]int{}
			used := map[string]bool{}
			for _, k := range all {
				counts[k.Expect]++
				used[k.Requirement.ID] = true
				if err := k.Fill(values()).Judge(t.Context(), c); err != nil {
					t.Error(err)
				}
				if strings.ContainsAny(k.ID(), " \t\n") || strings.Count(k.Title, "/") != 3 {
					t.Errorf("%q is no id of four parts after the requirement", k.ID())
				}
				if !slices.Contains([]string{"resizeServer", "resizePostPaidServer"}, k.Operation) && k.Expect == cases.Reject && k.Body != nil && strings.Contains(k.Operation, "create") && !k.Bytes {
					t.Errorf("%s would create something", k.ID())
				}
			}
			for _, r := range c.Requirements() {
				if r.HasCases() && !used[r.ID] {
					t.Errorf("%s has cases in its row, yet no constraint of the edition falls to it", r.ID)
				}
			}
			t.Logf("%d cases: %v", len(all), counts)
		})
	}
}

// extended is the contract with more members of resize, in YAML.
func extended(t *testing.T, members ...string) *contract.Contract {
	t.Helper()
	const before = "        flavorRef:\n          $ref: '#/components/schemas/FlavorRef'\n        dedicated_host_id:"
	text := string(spec.Contract)
	if strings.Count(text, before) != 1 {
		t.Fatal("the place in the contract is no longer where it was")
	}
	more := ""
	for _, m := range members {
		more += "        " + m + "\n"
	}
	text = strings.Replace(text, before, more+before, 1)
	file := filepath.Join(t.TempDir(), "openapi.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return load(t, contract.Source{File: file})
}

func TestTheSameContractGivesTheSameCases(t *testing.T) {
	first, second := derive(t, load(t, contract.Source{})), derive(t, load(t, contract.Source{}))
	if len(first) != len(second) {
		t.Fatalf("%d cases the first time, %d the second", len(first), len(second))
	}
	ids := map[string]bool{}
	for i := range first {
		a, b := first[i], second[i]
		a.Requirement, b.Requirement = contract.Requirement{ID: a.Requirement.ID}, contract.Requirement{ID: b.Requirement.ID}
		if !reflect.DeepEqual(a, b) {
			t.Errorf("case %d differs:\n%+v\n%+v", i, a, b)
		}
		if ids[a.ID()] {
			t.Errorf("%s stands twice", a.ID())
		}
		ids[a.ID()] = true
	}
	for _, permanent := range []string{
		"RSZ-BODY-012/enum/hw:cpu_threads/outside/3", "RSZ-BODY-012/enum/hw:cpu_threads/on/1", "RSZ-BODY-003/required/flavorRef/outside/missing",
		"RSZ-BODY-022/json-syntax/body/outside/trailing-comma", "RSZ-BODY-039/duplicate-key/resize.flavorRef/outside/twice", "RSZ-BODY-017/media-type/Content-Type/outside/text_plain",
		"RSZ-FLAVOR-017/repeated-parameter/limit/outside/twice", "RSZ-URI-010/pattern/X-Sdk-Date/outside/x", "RSZ-SETUP-005/maxItems/os-stop.servers/outside/1001",
	} {
		if !ids[permanent] {
			t.Errorf("%s is no longer among the cases: an id is for good", permanent)
		}
	}
}

// What a contract demands of a member is kept and broken on each side of each boundary; that such a member is new changes nothing in Go.
func TestEachConstraintHasItsCases(t *testing.T) {
	for _, tc := range []struct {
		member string
		want   []string // keyword, side and name
	}{
		{"tier: {type: string, enum: [gold, Silver]}", []string{"enum/on/gold", "enum/on/Silver", "enum/outside/GOLD", "enum/outside/gold+x", "enum/outside/silver", "enum/outside/empty", "type/outside/number", "nullable/outside/null"}},
		{"tier: {type: integer, enum: [4, 8]}", []string{"enum/on/4", "enum/on/8", "enum/outside/3", "enum/outside/5", "enum/outside/0", "enum/outside/9", "enum/outside/huge", "type/outside/string", "type/outside/fraction"}},
		{"tier: {type: string, minLength: 2, maxLength: 5}", []string{"minLength/on/2", "minLength/outside/1", "maxLength/on/5", "maxLength/on/5-of-four-bytes", "maxLength/outside/6", "maxLength/outside/6-of-four-bytes"}},
		{"tier: {type: string, pattern: '^[a-z]{3}$', example: abc}", []string{"type/inside/string", "pattern/outside/empty", "pattern/outside/longer", "pattern/outside/shorter", "pattern/outside/other-case"}},
		{"tier: {type: string, format: uuid}", []string{"type/inside/string"}},
		{"tier: {type: string, format: ipv4}", []string{"type/inside/string"}},
		{"tier: {type: string, format: ipv6}", []string{"type/inside/string"}},
		{"tier: {type: string, format: email}", []string{"type/inside/string"}},
		{"tier: {type: string, format: uri}", []string{"type/inside/string"}},
		{"tier: {type: string, format: byte}", []string{"type/inside/string", "format/outside/no-byte"}},
		{"tier: {type: string, format: date}", []string{"type/inside/string", "format/outside/no-date"}},
		{"tier: {type: string, format: date-time}", []string{"type/inside/string", "format/outside/no-date-time"}},
		{"tier: {type: integer, minimum: 3, maximum: 9}", []string{"minimum/on/3", "minimum/outside/2", "maximum/on/9", "maximum/outside/10"}},
		{"tier: {type: number, minimum: 3, maximum: 9, exclusiveMaximum: true}", []string{"minimum/on/3", "minimum/outside/2.5", "maximum/on/8.5", "maximum/outside/9"}},
		{"tier: {type: integer, format: int64}", []string{"format/on/9223372036854775807", "format/outside/9223372036854777856", "format/outside/-9223372036854777856"}},
		{"tier: {type: string, nullable: true}", []string{"nullable/on/null"}},
		{"tier: {type: boolean}", []string{"type/inside/boolean", "type/inside/false", "type/outside/string", "type/outside/number"}},
		{"tier: {type: array, minItems: 1, maxItems: 2, items: {type: string}}", []string{"minItems/on/1", "minItems/outside/0", "maxItems/on/2", "maxItems/outside/3", "type/outside/object"}},
		{"tier: {type: array, uniqueItems: true, items: {type: string}}", []string{"uniqueItems/outside/twice"}},
		{"tier: {type: object, required: [a], properties: {a: {type: string}}, additionalProperties: false}", []string{"type/outside/array", "type/outside/string"}},
	} {
		t.Run(tc.member, func(t *testing.T) {
			t.Parallel()
			c := extended(t, tc.member)
			var got []string
			for _, k := range derive(t, c) {
				if k.Pointer != "/resize/tier" || k.Operation != "resizeServer" {
					continue
				}
				parts := strings.SplitN(k.Title, "/", 4)
				got = append(got, strings.Join([]string{parts[0], parts[2], parts[3]}, "/"))
				if err := k.Fill(values()).Judge(t.Context(), c); err != nil {
					t.Error(err)
				}
			}
			for _, want := range tc.want {
				if !slices.Contains(got, want) {
					t.Errorf("no case %s; there are %q", want, got)
				}
			}
		})
	}
}

// A case that is not what it claims is told before it is sent.
func TestACaseThatIsNotWhatItClaims(t *testing.T) {
	c := contracttest.Base(t)
	all := derive(t, c)
	find := func(id string) cases.Case {
		i := slices.IndexFunc(all, func(k cases.Case) bool { return k.ID() == id })
		if i < 0 {
			t.Fatalf("no case %s", id)
		}
		return all[i].Fill(values())
	}
	broken := find("RSZ-BODY-012/enum/hw:cpu_threads/outside/3")
	valid := find("RSZ-BODY-012/enum/hw:cpu_threads/on/1")
	for _, tc := range []struct {
		name string
		make func() cases.Case
		want string
	}{
		{"claims to be broken and is valid", func() cases.Case { k := broken; k.Body = valid.Body; return k }, "nothing wrong"},
		{"claims to be valid and is broken", func() cases.Case { k := valid; k.Body = broken.Body; return k }, "keeps the contract"},
		{"breaks more than it claims", func() cases.Case {
			k := broken
			k.Body = []byte(strings.Replace(string(k.Body), `"flavorRef"`, `"flavor"`, 1))
			return k
		}, "nothing else broken"},
		{"breaks something else than it claims", func() cases.Case { k := broken; k.Claim.Keyword = "maximum"; return k }, "wanted maximum"},
		{"goes to another operation", func() cases.Case {
			k := valid
			k.Path = strings.Replace(k.Path, "/v1.1/", "/v1/", 1)
			return k
		}, "wanted a request to resizeServer"},
	} {
		if err := tc.make().Judge(t.Context(), c); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: wanted an error with %q, got %v", tc.name, tc.want, err)
		}
	}
}

package contract

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// things is the text of testdata/things.yaml with replacements.
func things(t *testing.T, oldNew ...string) string {
	t.Helper()
	data, err := os.ReadFile("testdata/things.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for i := 0; i+1 < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			t.Fatalf("testdata/things.yaml has no %q", oldNew[i])
		}
		text = strings.Replace(text, oldNew[i], oldNew[i+1], 1)
	}
	return text
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// lineOf is the line on which a text first stands.
func lineOf(t *testing.T, whole, part string) int {
	t.Helper()
	before, _, found := strings.Cut(whole, part)
	if !found {
		t.Fatalf("no %q", part)
	}
	return strings.Count(before, "\n") + 1
}

func TestLoadSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name string
		text string   // of the document
		at   string   // what stands on the line that the error names; "" when it names none
		want []string // parts of the error
	}{
		{"empty", "", "", []string{"is empty"}},
		{"not YAML", "openapi: 3.0.3\ninfo: {title: a\npaths: {}\n", "", []string{"not YAML"}},
		{"a list", "- openapi\n", "- openapi", []string{"want a mapping at the top"}},
		{"a key twice", things(t, "  version: \"1\"\n", "  version: \"1\"\n  title: Again\n"), "  title: Again", []string{"/info/title stands twice", "first in line 4"}},
		{"another version", things(t, "openapi: 3.0.3", "openapi: 3.1.0"), "openapi: 3.1.0", []string{"3.0.x"}},
		{"no paths", "openapi: 3.0.3\ninfo: {title: a, version: '1'}\npaths: {}\n", "", []string{"has no paths"}},
		{"dangling reference", things(t, "$ref: '#/components/schemas/Thing'", "$ref: '#/components/schemas/Thong'"), "schemas/Thong", []string{`"#/components/schemas/Thong" finds nothing`}},
		{"reference to another file", things(t, "$ref: '#/components/schemas/Thing'", "$ref: 'other.yaml#/x'"), "other.yaml", []string{"leaves the document"}},
		{"no operationId", things(t, "      operationId: showThing\n", ""), "    get:", []string{"has no operationId"}},
		{"operationId twice", things(t, "operationId: listThings", "operationId: showThing"), "", []string{`"showThing" stands twice`}},
		{"one path twice", things(t, "  /things/all:", "  /things/{name}:"), "", []string{"is the same request as operation showThing"}},
		{"unknown type", things(t, "flag: {type: boolean}", "flag: {type: bool}"), "flag: {type: bool}", []string{"libopenapi"}},
		{"example against its schema", things(t, "flag: {type: boolean}", "flag: {type: boolean, example: 1}"), "", []string{"kin-openapi"}},
		{"unknown key of a row", things(t, "          clause: The id is a string.", "          clouse: The id is a string."), "- id: RSZ-RSP-001", []string{"RSZ-RSP-001", `unknown key "clouse"`, `did you mean "clause"?`, "clause is missing"}},
		{"bad level", things(t, "level: SHOULD", "level: SHALL"), "- id: RSZ-RSP-008", []string{`level "SHALL"`, "MUST, SHOULD, MAY"}},
		{"bad side", things(t, "side: client", "side: cleint"), "- id: RSZ-BODY-001", []string{`did you mean "client"?`}},
		{"bad id", things(t, "id: RSZ-RSP-017", "id: RSP-17"), "- id: RSP-17", []string{`id "RSP-17"`}},
		{"id twice", things(t, "id: RSZ-RSP-017", "id: RSZ-RSP-008"), "", []string{"RSZ-RSP-008: stands twice; first in"}},
		{"no reason", things(t, "          where: {deh: true}\n          tested: scenario", "          tested: no"), "- id: RSZ-STATE-001", []string{"reason is missing"}},
		{"reason where none belongs", things(t, "          where: {deh: true}\n", "          reason: because\n"), "- id: RSZ-STATE-001", []string{"a reason belongs to tested: no only"}},
		{"unknown switch of a row", things(t, "where: {deh: true}", "where: {dhe: true}"), "- id: RSZ-STATE-001", []string{`unknown behaviour switch "dhe"`, `did you mean "deh"?`}},
		{"a row where nothing is said", things(t, "where: {deh: true}", "where: {deh: []}"), "- id: RSZ-STATE-001", []string{"where: deh: want a value"}},
		{"schema without match", things(t, "          match: {in: request}\n", ""), "- id: RSZ-BODY-001", []string{"match is given if and only if"}},
		{"unknown part", things(t, "part: status", "part: statsu"), "- id: RSZ-RSP-017", []string{`unknown part "statsu"`, `did you mean "status"?`}},
		{"unknown operation", things(t, "match: {in: request}", "match: {in: request, operation: changeThong}"), "- id: RSZ-BODY-001", []string{`did you mean "changeThing"?`}},
		{"unknown layer", things(t, "layer: strict", "layer: strikt"), "- id: RSZ-RSP-018", []string{`did you mean "strict"?`}},
		{"bad status of a match", things(t, "status: 5xx", "status: 6xx"), "- id: RSZ-ERR-001", []string{`status "6xx"`}},
		{"retired and alive", things(t, "{id: RSZ-BODY-099,", "{id: RSZ-BODY-001,"), "{id: RSZ-BODY-001,", []string{"is retired, but stands in the register"}},
		{"retired without reason", things(t, "{id: RSZ-BODY-099, reason: The members were renamed.}", "{id: RSZ-BODY-099}"), "{id: RSZ-BODY-099}", []string{"reason: why"}},
		{"title of no family", things(t, "RSZ-ERR: Errors", "RSZ-ERX: Errors"), "RSZ-ERX", []string{`did you mean "RSZ-ERR"?`}},
		{"unknown behaviour switch", things(t, "  version: \"1\"", "  version: \"1\"\n  x-profile-behaviour: {prepayed: true}"), "prepayed", []string{`did you mean "prepaid"?`}},
		{"an alias", things(t, "      requestBody:\n        content:", "      requestBody: &b\n        content:", "      responses:\n        '204':\n          description: done", "      responses:\n        '204':\n          description: done\n      x-again: *b"), "x-again", []string{"alias"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			file := write(t, "contract.yaml", k.text)
			_, err := Load(t.Context(), Source{File: file})
			if err == nil {
				t.Fatal("no error")
			}
			message := strings.ReplaceAll(err.Error(), file, "FILE")
			if !strings.HasPrefix(message, "FILE:") {
				t.Errorf("does not begin with the file: %s", message)
			}
			if k.at != "" {
				if want := "FILE:" + strconv.Itoa(lineOf(t, k.text, k.at)) + ":"; !strings.Contains(message, want) {
					t.Errorf("no %s in: %s", want, message)
				}
			}
			for _, want := range k.want {
				if !strings.Contains(message, want) {
					t.Errorf("no %q in: %s", want, message)
				}
			}
		})
	}
}

func TestLoadTellsAllErrorsOfTheRegisterAtOnce(t *testing.T) {
	t.Parallel()
	text := things(t, "level: SHOULD", "level: SHALL", "side: client", "side: cleint", "where: {deh: true}", "where: {dhe: true}")
	_, err := Load(t.Context(), Source{File: write(t, "c.yaml", text)})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"SHALL", "cleint", "dhe"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no %q in: %v", want, err)
		}
	}
}

func TestLoadWithoutAFile(t *testing.T) {
	t.Parallel()
	if _, err := Load(t.Context(), Source{File: filepath.Join(t.TempDir(), "none.yaml")}); err == nil || !strings.Contains(err.Error(), "none.yaml") {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Load(t.Context(), Source{File: t.TempDir()}); err == nil {
		t.Error("a folder is no contract")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, Source{}); err == nil {
		t.Error("loads although cancelled")
	}
}

func TestUnknownProfile(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string]string{
		"itnl":            `did you mean "intl"?`,
		"ae-ad1":          `did you mean "ae-ad-1"?`,
		"no/such.yaml":    "no/such.yaml",
		"completely-else": "built in are intl",
	} {
		if _, err := Load(t.Context(), Source{Profile: profile}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("profile %q: %v, want %q", profile, err, want)
		}
	}
}

const overlayHead = "overlay: 1.0.0\ninfo: {title: mine, version: '1'}\nactions:\n"

func TestOverlayErrors(t *testing.T) {
	t.Parallel()
	for _, k := range []struct{ name, text, want string }{
		{"target matches nothing", overlayHead + "  - target: $.info\n    update: {title: x}\n  - target: $.paths['/thinks']\n    remove: true\n", ":6: action 2: target $.paths['/thinks'] matches nothing in testdata/things.yaml"},
		{"no JSONPath", overlayHead + "  - target: '$.['\n    remove: true\n", ":4: action 1, target $.["},
		{"unknown key", overlayHead + "  - targit: $.info\n    remove: true\n", `did you mean "target"?`},
		{"unknown key at the top", "overlays: 1.0.0\n" + overlayHead + "  - target: $.info\n    update: {title: x}\n", `did you mean "overlay"?`},
		{"no actions", overlayHead[:strings.Index(overlayHead, "actions")] + "actions: []\n", "at least one action"},
		{"no version", strings.Replace(overlayHead, "overlay: 1.0.0\n", "", 1) + "  - target: $.info\n    update: {title: x}\n", "overlay"},
		{"what comes out is invalid", overlayHead + "  - target: $.paths['/things/all'].get.responses\n    remove: true\n", "/paths/~1things~1all/get"},
		{"a row twice", overlayHead + "  - target: $.paths['/things/all'].get\n    update:\n      x-requirements:\n        - {id: RSZ-RSP-017, level: MUST, side: server, clause: c, source: s, tested: scenario}\n", "RSZ-RSP-017: stands twice"},
		{"empty", "", "is empty"},
		{"builds on nothing", strings.Replace(overlayHead, "actions:", "x-builds-on: [no-bens]\nactions:", 1) + "  - target: $.info\n    update: {title: x}\n", `did you mean "no-bans"?`},
		{"builds on no list", strings.Replace(overlayHead, "actions:", "x-builds-on: mode\nactions:", 1) + "  - target: $.info\n    update: {title: x}\n", "want a list of names"},
		{"a part that does not fit", strings.Replace(overlayHead, "actions:", "x-builds-on: [list-unknown]\nactions:", 1) + "  - target: $.info\n    update: {title: x}\n", "spec/profiles/parts/list-unknown.yaml:7: action 1: target $.info['x-profile-unknown'] matches nothing"},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(t.Context(), Source{File: "testdata/things.yaml", Profile: write(t, "mine.yaml", k.text)})
			if err == nil || !strings.Contains(err.Error(), k.want) {
				t.Errorf("%v, want %q", err, k.want)
			}
		})
	}
}

func TestOverlayOfOnesOwn(t *testing.T) {
	t.Parallel()
	text := overlayHead + `  - target: $.info
    update: {x-profile: mycloud}
  - target: $.components.schemas.Answer
    update:
      required: [colour]
      properties:
        colour: {type: string}
  - target: $.paths['/things/all'].get
    update:
      x-requirements:
        - id: RSZ-MINE-001
          level: MUST
          side: server
          clause: It has a colour.
          source: me
          tested: schema
          match: {in: response, pointer: /colour}
`
	file := write(t, "mine.yaml", text)
	base := load(t, Source{File: "testdata/things.yaml"})
	c := load(t, Source{File: "testdata/things.yaml", Profile: file})
	if c.Profile != "mycloud" || c.Overlay != file || c.File != "testdata/things.yaml" {
		t.Errorf("profile %q, overlay %q, file %q", c.Profile, c.Overlay, c.File)
	}
	if c.Hash == base.Hash || len(c.Hash) != 64 {
		t.Errorf("hash %q, of the base %q", c.Hash, base.Hash)
	}
	r, ok := c.Requirement("RSZ-MINE-001")
	if !ok || r.File != file || r.Line != lineOf(t, text, "id: RSZ-MINE-001") || r.Operation != "listThings" {
		t.Errorf("RSZ-MINE-001 = %+v, %t", r, ok)
	}
	if got, want := c.Locate("/components/schemas/Answer/properties/colour/type"), file+":"+strconv.Itoa(lineOf(t, text, "colour: {type")); got != want {
		t.Errorf("located at %s, want %s", got, want)
	}
	whole := things(t)
	if got, want := c.Locate("/components/schemas/Answer/properties/state"), "testdata/things.yaml:"+strconv.Itoa(lineOf(t, whole, "state: {type")); got != want {
		t.Errorf("located at %s, want %s", got, want)
	}
	if got := c.Quote("/components/schemas/Answer/properties/colour/type"); !strings.HasPrefix(got, "colour: {type") {
		t.Errorf("the overlay is quoted as %q", got)
	}
	if got := c.Quote("/components/schemas/Answer/properties/state"); !strings.HasPrefix(got, "state: {type") {
		t.Errorf("the base is quoted as %q", got)
	}
	if got := c.Quote("/components/schemas/Answer/required"); got != "" {
		t.Errorf("the overlay adds to the list, and %q of the base is quoted", got)
	}
	if got := base.Quote("/components/schemas/Answer/required"); !strings.HasPrefix(got, "required: [") {
		t.Errorf("the base by itself is quoted as %q", got)
	}
	if got := c.Quote("/nothing/like/this"); got != "" {
		t.Errorf("what is nowhere is quoted as %q", got)
	}
	m := goodExchange()
	j := c.Judge(t.Context(), m)
	if len(j.Response) != 1 || j.Response[0].Requirement != "RSZ-MINE-001" {
		t.Errorf("an answer without colour: %+v", j.Response)
	}
	if j := base.Judge(t.Context(), m); len(j.Response) != 0 {
		t.Errorf("in the base: %+v", j.Response)
	}
}

func TestRequirements(t *testing.T) {
	t.Parallel()
	c := load(t, Source{File: "testdata/things.yaml"})
	for _, r := range c.Requirements() {
		if r.ID == "RSZ-STATE-001" {
			t.Error("lists a requirement of another profile")
		}
	}
	if r, ok := c.Requirement("RSZ-STATE-001"); !ok || r.Applies || r.Family() != "RSZ-STATE" {
		t.Errorf("RSZ-STATE-001 = %+v, %t", r, ok)
	}
	if r, ok := c.Requirement("RSZ-BODY-099"); !ok || !r.Retired || r.Applies || r.Reason == "" {
		t.Errorf("RSZ-BODY-099 = %+v, %t", r, ok)
	}
	if _, ok := c.Requirement("RSZ-BODY-098"); ok {
		t.Error("finds what does not exist")
	}
	if got := c.NearestRequirement("RSZ-RSP-01"); got == "" {
		t.Error("offers nothing for RSZ-RSP-01")
	}
	if got := c.Families(); len(got) != 4 || got[0] != (Family{"RSZ-BODY", "Bodies"}) || got[3] != (Family{"RSZ-STATE", "RSZ-STATE"}) {
		t.Errorf("families %+v", got)
	}
}

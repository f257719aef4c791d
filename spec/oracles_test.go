package spec_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// Both libraries that judge exchanges must find the document in order, and read its examples and schemas alike, in every profile.
func TestBothOraclesReadTheContractAlike(t *testing.T) {
	for _, profile := range profiles(t) {
		t.Run(profile, func(t *testing.T) {
			j := newJudges(t, profile)
			t.Run("the document is valid", j.documentIsValid) // first: libopenapi changes the document while it checks it
			t.Run("examples are good messages", j.examplesAreGood)
			t.Run("schemas tell good from bad", j.schemasTellGoodFromBad)
		})
	}
}

func (j judges) documentIsValid(t *testing.T) {
	if err := j.kin.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Errorf("kin-openapi finds it invalid: %v", err)
	}
	if ok, findings := j.lib.ValidateDocument(); !ok {
		for _, finding := range findings {
			t.Errorf("libopenapi-validator finds it invalid: %v", finding)
		}
	}
}

// Every example must be what both libraries take for a good message at the very place where it stands.
func (j judges) examplesAreGood(t *testing.T) {
	d := read(t, j.profile)
	judged := 0
	for _, o := range d.operations(t) {
		var bodies struct {
			RequestBody media            `yaml:"requestBody"`
			Responses   map[string]media `yaml:"responses"`
		}
		node := d.Paths[o.path][o.method]
		if err := node.Decode(&bodies); err != nil {
			t.Fatal(err)
		}
		try := func(name string, m message) {
			t.Helper()
			judged++
			m.method, m.path = o.method, concrete(o.path)
			if kin, lib := j.judge(t, m); kin != nil || lib != nil {
				t.Errorf("%s, example %s:\nkin: %v\nlibopenapi: %v", o.ID, name, kin, lib)
			}
		}
		for name, body := range bodies.RequestBody.examples(t, d) {
			try(name, message{body: body})
		}
		for status, response := range bodies.Responses {
			code, err := strconv.Atoi(status)
			if err != nil {
				t.Errorf("%s: status %q: only single statuses are documented", o.ID, status)
				continue
			}
			for name, body := range response.examples(t, d) {
				try(fmt.Sprintf("%s of %d", name, code), message{status: code, answer: body})
			}
		}
	}
	if judged < 50 {
		t.Errorf("only %d examples were found", judged)
	}
}

func (j judges) schemasTellGoodFromBad(t *testing.T) {
	judged := 0
	for _, v := range verdicts() {
		if v.profile != j.profile {
			continue
		}
		judged++
		v.path = concrete(v.path)
		kin, lib := j.judge(t, v.message)
		if (kin == nil) != v.good {
			t.Errorf("%s %s, %s: wanted good=%t\nkin: %v", v.method, v.path, v.what, v.good, kin)
		}
		if (lib == nil) != v.good {
			t.Errorf("%s %s, %s: wanted good=%t\nlibopenapi: %v", v.method, v.path, v.what, v.good, lib)
		}
	}
	if judged == 0 {
		t.Errorf("no message tries what profile %s changes", j.profile)
	}
}

package spec_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
)

// Both libraries that judge exchanges must find the document itself in order, examples included, in every profile.
func TestEveryProfileIsAValidDocument(t *testing.T) {
	for _, profile := range profiles(t) {
		t.Run(profile, func(t *testing.T) {
			document := effective(t, profile)

			kin, err := openapi3.NewLoader().LoadFromData(document)
			if err != nil {
				t.Fatalf("kin-openapi cannot load it: %v", err)
			}
			if err := kin.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
				t.Errorf("kin-openapi finds it invalid: %v", err)
			}

			parsed, err := libopenapi.NewDocument(document)
			if err != nil {
				t.Fatalf("libopenapi cannot load it: %v", err)
			}
			checker, errs := validator.NewValidator(parsed)
			if len(errs) > 0 {
				t.Fatalf("libopenapi-validator cannot compile it: %v", errs)
			}
			if ok, findings := checker.ValidateDocument(); !ok {
				for _, finding := range findings {
					t.Errorf("libopenapi-validator finds it invalid: %v", finding)
				}
			}
		})
	}
}

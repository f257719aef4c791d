package cases

import (
	"slices"

	"github.com/getkin/kin-openapi/openapi3"

	"resize-conformance/harness/contract"
)

// typeCases are the other JSON types, null among them.
func (r *request) typeCases(s site) {
	if s.schema.Type == nil {
		return
	}
	valid := r.smallest(s.schema, s.pointer)
	r.at(s, variant{"type", "", contract.Inside, kindOf(s.schema), valid})
	if s.branch > 1 {
		return // what is of another type than the first branch wants is of another type here as well
	}
	// That a text keeps the schema does not make it mean anything, so that this one is sent only where no source says that it is accepted.
	free := free(s.schema) && !stands(s.pointer) && s.schema.MinLength <= 3 && (s.schema.MaxLength == nil || *s.schema.MaxLength >= 3)
	if free && s.schema.Type.Is("string") && r.undocumented("body", s.pointer, "type", contract.Inside) {
		r.at(s, variant{"type", "", contract.Inside, "non-ascii", text("\u00fc\u6f22\U0001f680")})
	}
	others := []variant{
		{name: "string", value: raw(`"x"`)}, {name: "number", value: raw("1")}, {name: "boolean", value: raw("true")}, {name: "array", value: array{valid}},
		{name: "object", value: &object{[]member{{"id", valid}}}},
	}
	switch {
	case s.schema.Type.Is("boolean"):
		others[0].value = raw(`"true"`) // what reads any text as its boolean sense would take it
	case s.schema.Type.Is("integer"), s.schema.Type.Is("number"):
		others[0].value = text(string(render(valid)))
	}
	few := r.undocumented("body", s.pointer, "type", contract.Outside)
	for _, o := range others {
		if s.schema.Type.Is(o.name) || o.name == "number" && s.schema.Type.Is("integer") {
			continue
		}
		if few && !telling(s.schema, o.name) {
			continue
		}
		o.keyword, o.side = "type", contract.Outside
		r.at(s, o)
	}
	if s.schema.Type.Is("integer") {
		r.at(s, variant{"type", "", contract.Outside, "fraction", raw("1.5")})
	}
	switch {
	case s.pointer == "": // null for the whole body is a matter of its bytes
	case s.schema.Nullable:
		r.at(s, variant{contract.KeywordNullable, "", contract.On, "null", raw("null")})
	default:
		r.at(s, variant{contract.KeywordNullable, "type", contract.Outside, "null", raw("null")})
	}
}

// telling picks two of the types that a value is not to have: one that a careless reader takes for the right one, and one that it stumbles over.
func telling(schema *openapi3.Schema, name string) bool {
	switch {
	case schema.Type.Is("string") && slices.Contains(schema.Enum, any("true")):
		return name == "boolean" || name == "object"
	case schema.Type.Is("string"):
		return name == "number" || name == "object"
	case schema.Type.Is("object"):
		return name == "string" || name == "array"
	}
	return name == "string" || name == "object"
}

// free says that a schema demands no more of a text than a length.
func free(schema *openapi3.Schema) bool {
	return schema.Pattern == "" && schema.Format == "" && len(schema.Enum) == 0
}

func kindOf(schema *openapi3.Schema) string {
	if types := schema.Type.Slice(); len(types) > 0 {
		return types[0]
	}
	return "any"
}

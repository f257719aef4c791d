package change_test

import (
	"strings"
	"testing"

	"resize-conformance/spec"
)

// mutation is a change of the built-in contract, and whom it breaks.
type mutation struct {
	name             string
	edits            []string // old, new, old, new …
	clients, servers grade
}

type grade string

const (
	fine  grade = ""
	risky grade = "risky"
	broke grade = "breaking"
)

const (
	resizeParameters = "        - $ref: '#/components/parameters/XSecurityToken'\n        - $ref: '#/components/parameters/XLanguage'\n      requestBody:\n        required: true\n        description: What to change."
	anotherParameter = "        - {name: X-More, in: header, required: REQUIRED, schema: {type: string}}\n"
	acceptedAnswer   = "        '200':\n          $ref: '#/components/responses/ResizeAccepted'\n"
	jobReference     = "    JobReference:\n      type: object\n      required: [job_id]\n      properties:\n        job_id:\n          $ref: '#/components/schemas/JobRef'\n"
	resizeSchema     = "      description: What the server is to become.\n      required: [flavorRef]\n      properties:\n"
	flavorRef        = "    FlavorRef:\n      type: string\n      minLength: 1\n"
	serverList       = "      minItems: 1\n      maxItems: 1000\n"
)

func mutations() []mutation {
	with := func(old, now string) []string { return []string{old, now} }
	return []mutation{
		// What requests may say.
		{"a member of a request becomes required", with(resizeSchema, strings.Replace(resizeSchema, "[flavorRef]", "[flavorRef, extendparam]", 1)), broke, fine},
		{"a required member of a request becomes optional", with(resizeSchema, strings.Replace(resizeSchema, "      required: [flavorRef]\n", "", 1)), fine, broke},
		{"a request gets a required member", with(resizeSchema, strings.Replace(resizeSchema, "[flavorRef]\n      properties:\n", "[flavorRef, size]\n      properties:\n        size: {type: string}\n", 1)), broke, risky},
		{"a request gets an optional member", with(resizeSchema, resizeSchema+"        size: {type: string}\n"), fine, risky},
		{"a request loses an optional member", with("        cpu_options:\n          $ref: '#/components/schemas/CpuOptions'\n      x-position:\n        - number: 13", "      x-position:\n        - number: 13"), risky, fine},
		{"an enum of a request is narrowed", with("enum: ['true', 'false', '']", "enum: ['true', 'false']"), broke, fine},
		{"an enum of a request is widened", with("enum: ['true', 'false', '']", "enum: ['true', 'false', '', ask]"), fine, broke},
		{"an enum of a request goes", with("          enum: ['true', 'false', '']\n", ""), fine, broke},
		{"a member of a request has another type", with("    DryRun:\n      type: boolean\n      default: false\n", "    DryRun:\n      type: string\n"), broke, broke},
		{"a type of a request is widened", with("          type: integer\n          format: int32\n          x-not-exercised:\n            format/negative: What is out of the range of the format is out of the enum as well.\n          enum: [1, 2]\n", "          type: number\n          enum: [1, 2]\n"), fine, broke},
		{"a minimum of a request is raised", with("{type: integer, default: 1000}", "{type: integer, default: 1000, minimum: 1}"), broke, fine},
		{"a maximum of a request is lowered", with(serverList, strings.Replace(serverList, "1000", "500", 1)), broke, fine},
		{"a maximum of a request is raised", with(serverList, strings.Replace(serverList, "1000", "2000", 1)), fine, broke},
		{"a minLength of a request goes", with(flavorRef, strings.Replace(flavorRef, "      minLength: 1\n", "", 1)), fine, broke},
		{"a maxLength of a request comes", with(flavorRef, flavorRef+"      maxLength: 64\n"), broke, fine},
		{"a pattern of a request comes", with(flavorRef, flavorRef+"      pattern: '^[a-z0-9.]+$'\n"), broke, fine},
		{"a pattern of a request goes", with("{type: string, pattern: '^[0-9]{8}T[0-9]{6}Z$'}", "{type: string}"), fine, broke},
		{"a format of a request comes", with("        dedicated_host_id:\n          type: string\n", "        dedicated_host_id:\n          type: string\n          format: uuid\n"), broke, fine},
		{"a member of a request may be null", with(flavorRef, flavorRef+"      nullable: true\n"), fine, broke},
		{"a request is closed for other members", with(resizeSchema, "      additionalProperties: false\n"+resizeSchema), broke, fine},
		{"a request has another media type", with("              $ref: '#/components/schemas/ResizeServerRequest'\n", "              $ref: '#/components/schemas/ResizeServerRequest'\n          application/xml:\n            schema: {type: object}\n"), fine, broke},
		{"a body becomes optional", with("        required: true\n        description: What to change.\n", "        description: What to change.\n"), fine, broke},
		{"a required header comes", with(resizeParameters, strings.Replace(anotherParameter, "REQUIRED", "true", 1)+resizeParameters), broke, risky},
		{"an optional header comes", with(resizeParameters, strings.Replace(anotherParameter, "REQUIRED", "false", 1)+resizeParameters), fine, risky},
		{"a parameter goes", with("        - name: marker\n          in: query\n", "        - name: mark\n          in: query\n"), risky, risky},
		{"a parameter becomes required", with("        - name: instance_uuid\n          in: query\n", "        - name: instance_uuid\n          in: query\n          required: true\n"), broke, fine},

		// What answers may say.
		{"an answer loses a required member", with(jobReference, "    JobReference:\n      type: object\n"), broke, fine},
		{"a required member of an answer becomes optional", with(jobReference, strings.Replace(jobReference, "      required: [job_id]\n", "", 1)), broke, fine},
		{"an answer gets a required member", with(jobReference, strings.Replace(jobReference, "[job_id]\n      properties:\n", "[job_id, order]\n      properties:\n        order: {type: string}\n", 1)), fine, broke},
		{"an answer gets an optional member", with(jobReference, jobReference+"        order: {type: string}\n"), fine, fine},
		{"an enum of an answer is widened", with("enum: [INIT, RUNNING, SUCCESS, FAIL, PENDING_PAYMENT]", "enum: [INIT, RUNNING, SUCCESS, FAIL, PENDING_PAYMENT, PAUSED]"), broke, fine},
		{"an enum of an answer is narrowed", with("enum: [INIT, RUNNING, SUCCESS, FAIL, PENDING_PAYMENT]", "enum: [INIT, RUNNING, SUCCESS, FAIL]"), fine, broke},
		{"a member of an answer may be null", with(jobReference, strings.Replace(jobReference, "          $ref: '#/components/schemas/JobRef'\n", "          type: string\n          minLength: 1\n          nullable: true\n", 1)), broke, fine},
		{"a member of an answer may be empty", with(jobReference, strings.Replace(jobReference, "          $ref: '#/components/schemas/JobRef'\n", "          type: string\n", 1)), broke, fine},
		{"an answer is closed for other members", with(jobReference, strings.Replace(jobReference, "      required:", "      additionalProperties: false\n      required:", 1)), fine, broke},
		{"an answer has another alternative", with("        - $ref: '#/components/schemas/BareError'\n", "        - $ref: '#/components/schemas/BareError'\n        - {type: object, required: [oops], properties: {oops: {type: string}}}\n"), broke, fine},
		{"a success has another media type instead", with(acceptedAnswer, "        '200':\n          description: Other.\n          headers:\n            X-Request-Id:\n              $ref: '#/components/headers/XRequestId'\n          content:\n            text/plain:\n              schema: {type: string}\n"), broke, broke},
		{"a success has one more media type", with("            $ref: '#/components/schemas/ResizeAccepted'\n", "            $ref: '#/components/schemas/ResizeAccepted'\n        text/plain:\n          schema: {type: string}\n"), broke, fine},
		{"a success goes", with("        '202':\n          $ref: '#/components/responses/ResizeUnderway'\n", ""), fine, broke},
		{"a success comes", with(acceptedAnswer, acceptedAnswer+"        '201':\n          $ref: '#/components/responses/ResizeAccepted'\n"), broke, fine},
		{"a refusal goes", with("        '494':\n          $ref: '#/components/responses/RequestHeaderTooLarge'\n", ""), fine, broke},
		{"a refusal comes", with(acceptedAnswer, acceptedAnswer+"        '410':\n          $ref: '#/components/responses/NotFound'\n"), risky, fine},
		{"a header of an answer is no longer promised", with("    XRequestId:\n      description: The request's id on the gateway. 32 hexadecimal digits have been seen; treat it as opaque.\n      required: true\n", "    XRequestId:\n      description: The request's id on the gateway.\n"), broke, fine},

		// Operations, and what is no matter of messages.
		{"an operation goes", with("  /v1/{project_id}/cloudservers/delete:\n", "  /v1/{project_id}/cloudservers/remove:\n"), broke, broke},
		{"an operation comes", with("  /v1/{project_id}/cloudservers/delete:\n", "  /v1/{project_id}/ping:\n    get:\n      operationId: ping\n      responses: {'204': {description: pong}}\n  /v1/{project_id}/cloudservers/delete:\n"), fine, broke},
		{"a description is reworded", with("      summary: Change the flavor of an ECS (v1.1, every billing mode)\n", "      summary: Change it\n"), fine, fine},
		{"a clause is reworded", with("clause: \"resize must have the member flavorRef; without it the request is refused.\"", "clause: \"Without flavorRef the request is refused.\""), fine, fine},
	}
}

// apply makes the mutated contract.
func (m mutation) apply(t *testing.T) string {
	t.Helper()
	text := string(spec.Contract)
	for i := 0; i+1 < len(m.edits); i += 2 {
		if !strings.Contains(text, m.edits[i]) {
			t.Fatalf("%s: the built-in contract has no %q", m.name, m.edits[i])
		}
		text = strings.Replace(text, m.edits[i], m.edits[i+1], 1)
	}
	return text
}

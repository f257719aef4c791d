package driver

import _ "embed"

// The JSON Schemas (draft 2020-12) of the three kinds of lines.
var (
	//go:embed hello.schema.json
	helloSchema string
	//go:embed request.schema.json
	requestSchema string
	//go:embed response.schema.json
	responseSchema string
)

// Schema is the JSON Schema of one kind of line.
type Schema struct {
	Name string // "hello", "request", "response"
	Text string
}

// Schemas are those of all kinds of lines.
func Schemas() []Schema {
	return []Schema{{"hello", helloSchema}, {"request", requestSchema}, {"response", responseSchema}}
}

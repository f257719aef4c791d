package journal

import _ "embed" // for the schema

//go:embed journal.schema.json
var schema string

// Schema is the JSON Schema (draft 2020-12) of one line of a journal of this Version. A reader of it has to let pass fields that it does not know: a field more is
// no new version. A new type of event, or a field that means something else or is gone, is one.
func Schema() string { return schema }

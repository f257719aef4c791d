package conduct

import (
	"encoding/json"

	"resize-conformance/harness/driver"
)

// told judges what the user was told by what came.
func (b *breaches) told(Call) {}

// Describe says what a user was told, in one phrase: "job j-1", "api 400 Ecs.0005: …".
func Describe(r *driver.Response) string {
	switch {
	case r == nil:
		return "nothing"
	case r.Error != nil:
		return r.Error.Error()
	}
	text, err := json.Marshal(r.Result)
	if err != nil {
		return err.Error()
	}
	return "success, " + string(text)
}

package target

import (
	"errors"
	"fmt"

	"resize-conformance/harness/emulator"
	"resize-conformance/harness/fixture"
)

// Stock makes n servers in every state that the emulator's edition has, so that an inventory of it has enough for every scenario: a server whose order stays
// unpaid, or that may not be made smaller again, serves once.
func Stock(e *emulator.Emulator, n int) error {
	source := &embeddedSource{emulator: e, about: e.Describe()}
	for _, state := range fixture.States() {
		spec, err := source.spec(state)
		var lacking *fixture.NotOffered
		if errors.As(err, &lacking) {
			continue
		}
		for range n {
			if err == nil {
				_, err = e.AddServer(spec)
			}
		}
		if err != nil {
			return fmt.Errorf("stocking the emulator with %s servers: %w", state, err)
		}
	}
	return nil
}

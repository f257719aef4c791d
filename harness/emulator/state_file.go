package emulator

import (
	"fmt"
	"os"

	"resize-conformance/harness/strictfile"
)

// LoadState reads and validates a state file, YAML or JSON. Unknown keys are errors; every error says file, line and what was meant.
func LoadState(path string) (*State, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("state file: %w", err)
	}
	return ParseState(path, data)
}

// ParseState reads a state from bytes; name stands for the file in messages.
func ParseState(name string, data []byte) (*State, error) {
	s := &State{}
	if err := strictfile.Decode(name, data, s); err != nil {
		return nil, fmt.Errorf("state file:\n%w", err)
	}
	if err := s.Validate(); err != nil {
		return nil, fmt.Errorf("state file:\n%w", err)
	}
	return s, nil
}

package target

import (
	"strings"
)

// ConfigError says that a run cannot be made from the given configuration, and all the reasons: the caller ends with exit code 2.
type ConfigError struct {
	Problems []string // each a sentence that names the setting and where it was given
	Err      error    // what lies beneath, where there is one
}

func (e *ConfigError) Error() string { return strings.Join(e.Problems, "\n") }

// Unwrap gives the cause, nil when there is none.
func (e *ConfigError) Unwrap() error { return e.Err }

// configError wraps the error of a part that read some of the configuration: a file, the contract.
func configError(err error) *ConfigError {
	return &ConfigError{Problems: strings.Split(err.Error(), "\n"), Err: err}
}

// UnreachableError says that no connection to the server can be made: the caller ends with exit code 3.
type UnreachableError struct {
	Endpoint string
	Err      error
	Hint     string // what to do next
}

func (e *UnreachableError) Error() string {
	return e.Endpoint + " cannot be reached: " + e.Err.Error() + "; " + e.Hint
}

// Unwrap gives the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

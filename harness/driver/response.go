package driver

import (
	"fmt"
	"slices"
)

// Response is one line from a driver: what the user of the client was told. Exactly one of Result and Error is there.
type Response struct {
	ID     string  `json:"id"` // of the request
	Result *Result `json:"result,omitzero"`
	Error  *Error  `json:"error,omitzero"`
}

// Result is what the client returned when it reported no error. A member is there when the client gave it to its user; one that the client left unset, or
// does not have, is absent. Null means absent.
type Result struct {
	JobID   *string  `json:"job_id,omitzero"`
	OrderID *string  `json:"order_id,omitzero"`
	Job     *Job     `json:"job,omitzero"`     // of showJob and waitForJob
	Server  *Server  `json:"server,omitzero"`  // of showServer
	Flavors []Flavor `json:"flavors,omitzero"` // of listResizeFlavors; an empty list is there
}

// Job is a job as the client shows it.
type Job struct {
	ID         *string `json:"id,omitzero"`
	Type       *string `json:"type,omitzero"`
	Status     *string `json:"status,omitzero"`
	ErrorCode  *string `json:"error_code,omitzero"`
	FailReason *string `json:"fail_reason,omitzero"`
	ServerID   *string `json:"server_id,omitzero"` // the first that the client shows, of the job or of its sub-jobs
}

// Server is a server as the client shows it.
type Server struct {
	ID        *string `json:"id,omitzero"`
	Name      *string `json:"name,omitzero"`
	Status    *string `json:"status,omitzero"`
	TaskState *string `json:"task_state,omitzero"`
	Flavor    *string `json:"flavor,omitzero"` // the flavor's id
}

// Flavor is one flavor of a list as the client shows it.
type Flavor struct {
	ID    string  `json:"id"`
	Name  *string `json:"name,omitzero"`
	VCPUs *string `json:"vcpus,omitzero"` // as text, whatever it is on the wire
	RAM   *int64  `json:"ram,omitzero"`   // MiB
}

// ErrorKind says of which kind an error is, as the client shows it to its user.
type ErrorKind string

// The kinds of errors.
const (
	APIError        ErrorKind = "api"         // the server refused; status, code and message are as the client shows them
	NetworkError    ErrorKind = "network"     // no connection, or a broken one
	TimeoutError    ErrorKind = "timeout"     // the time was up
	DecodeError     ErrorKind = "decode"      // an answer came that the client could not read
	ValidationError ErrorKind = "validation"  // the client refused to send it
	JobError        ErrorKind = "job"         // waitForJob, and a resize that is the whole change (Hello.Whole): the client reports as an error that the job failed, or that it will not end
	OtherError      ErrorKind = "other"       // an error that the client does not tell from others
	Unsupported     ErrorKind = "unsupported" // not the client's: the driver says that its client cannot be asked for this. The call is NOT_APPLICABLE
)

// ErrorKinds lists the kinds.
func ErrorKinds() []ErrorKind {
	return []ErrorKind{APIError, NetworkError, TimeoutError, DecodeError, ValidationError, JobError, OtherError, Unsupported}
}

// Error is the error that the client gave to its user. What the client does not tell is absent.
type Error struct {
	Kind      ErrorKind `json:"kind"`
	Status    int       `json:"status,omitzero"`    // HTTP status
	Code      string    `json:"code,omitzero"`      // "Ecs.0005"
	Message   string    `json:"message,omitzero"`   // never judged, except for secrets in it
	Retryable *bool     `json:"retryable,omitzero"` // whether the client says that trying again may help
}

func (e *Error) Error() string {
	text := string(e.Kind)
	if e.Status != 0 {
		text += fmt.Sprintf(" %d", e.Status)
	}
	if e.Code != "" {
		text += " " + e.Code
	}
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Problem says what is wrong with a response, "" when nothing is.
func (r Response) Problem() string {
	switch {
	case r.Result == nil && r.Error == nil:
		return "wanted a result or an error, got neither"
	case r.Result != nil && r.Error != nil:
		return "wanted a result or an error, got both"
	case r.Error != nil && !slices.Contains(ErrorKinds(), r.Error.Kind):
		return fmt.Sprintf("error.kind: %q is none; wanted one of %s", r.Error.Kind, join(ErrorKinds()))
	case r.Error != nil && r.Error.Status != 0 && (r.Error.Status < 100 || r.Error.Status > 999):
		return fmt.Sprintf("error.status: wanted an HTTP status, got %d", r.Error.Status)
	}
	return ""
}

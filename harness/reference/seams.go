package reference

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"resize-conformance/harness/driver"
)

// Seams are the places where somebody else can change what the client does: named defects, conforming variants. Each is a function that gets the faithful
// part and returns the one to use; nil keeps the faithful one. They are applied once, in New. What they return is called by many goroutines.
type Seams struct {
	// Compose makes the request: its line, its headers, its body.
	Compose func(Composer) Composer
	// Authorize adds the credentials. It is called again for each repetition.
	Authorize func(Authorizer) Authorizer
	// Send carries one request over the wire and brings its whole answer.
	Send func(Sender) Sender
	// Repeat decides whether a request is sent once more.
	Repeat func(Repeater) Repeater
	// Fault finds the error in an answer's object.
	Fault func(FaultFinder) FaultFinder
	// Read makes of an answer what the user is told.
	Read func(Reader) Reader
	// Watch says what a look at a job means to a wait for it.
	Watch func(Watcher) Watcher
	// Tell is a whole call, from what is asked to what is told.
	Tell func(Teller) Teller
	// Transport is what the connections are made with. It is changed in place.
	Transport func(*http.Transport)
}

type (
	// Composer makes the request of a call. An error is told as one of validation: nothing is sent.
	Composer func(driver.Request) (*Message, error)
	// Authorizer adds credentials to a message that is complete otherwise.
	Authorizer func(m *Message, k driver.Credentials, at time.Time) error
	// Sender sends a message once. It follows no redirect and repeats nothing. The answer is nil when none came, and incomplete when it broke off; there is an
	// error in both cases.
	Sender func(ctx context.Context, m *Message) (*Answer, error)
	// Repeater looks at an attempt and says whether to send the same once more, and after which pause.
	Repeater func(Attempt) (pause time.Duration, again bool)
	// FaultFinder finds the error in the object of an answer.
	FaultFinder func(body map[string]any) (Fault, bool)
	// Reader makes of a whole answer what the user is told.
	Reader func(r driver.Request, a *Answer) driver.Response
	// Watcher says whether a wait is over after a look at its job, and with what.
	Watcher func(Look) (over bool, told driver.Response)
	// Teller performs a call.
	Teller func(ctx context.Context, r driver.Request) driver.Response
)

// Message is a request as it will be sent.
type Message struct {
	Method string
	URL    *url.URL
	Header http.Header
	Body   []byte // nil: none
	// Chunked sends the body in chunks, without Content-Length.
	Chunked bool
}

// Answer is a whole answer, or what came of it.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Attempt is one sending of a request.
type Attempt struct {
	Message *Message
	Number  int // 1 for the first
	Answer  *Answer
	Err     error // why no whole answer came
}

// Look is one look at a job that is waited for.
type Look struct {
	Request driver.Request
	Number  int             // 1 for the first
	Told    driver.Response // what showJob was told
	Pause   time.Duration   // that the answer asks for with Retry-After, 0 when it does not
}

// use applies a seam to the faithful part.
func use[T any](seam func(T) T, faithful T) T {
	if seam == nil {
		return faithful
	}
	return seam(faithful)
}

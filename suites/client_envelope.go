package suites

import (
	"context"
	"fmt"
	"strings"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
)

// refusing is an error as some server of the service family writes it, and what its user has to see of it.
type refusing struct {
	status        int
	code, message string
	body          string
}

// The envelopes.
func byService(status int, code, message string) refusing {
	return refusing{status, code, message, fmt.Sprintf(`{"error":{"message":%q,"code":%q}}`, message, code)}
}

func byGateway(status int, code, message string) refusing {
	return refusing{status, code, message, fmt.Sprintf(`{"error_msg":%q,"error_code":%q,"request_id":"0123456789abcdef0123456789abcdef"}`, message, code)}
}

func bare(status int, code, message string) refusing {
	return refusing{status, code, message, fmt.Sprintf(`{"code":%q,"message":%q}`, code, message)}
}

// throttle is the error that may come with 202.
const throttle = `{"error":{"message":"The flow limit is exceeded.","code":"Common.0024"}}`

// clientEnvelope is what a client tells of errors in each of their envelopes. A code counts as told where the user can see it, be it in the text: many clients show the
// body as it came.
func clientEnvelope(w *writer) {
	w.scenario("RSZ-CLIENT-116", "code and message of the service's envelope are told", func(ctx context.Context, x *Exercise) {
		for _, f := range []refusing{
			byService(400, "Ecs.0005", "The parameter is invalid."), byService(401, "Common.0013", "The token is invalid."), byService(403, "Ecs.0110", "Ask the main account for rights."),
			byService(404, "Ecs.0114", "The instance could not be found."), byService(500, "Common.0001", "System exception."), byService(501, "Ecs.0603", "Another command is executed."),
			byService(503, "Common.1503", "The flow is controlled."),
		} {
			x.tellsFault(ctx, x.resizingOnce(), f)
		}
	})
	w.scenario("RSZ-CLIENT-117", "code and message of the gateway's envelope are told", func(ctx context.Context, x *Exercise) {
		for _, f := range []refusing{
			byGateway(401, "APIGW.0301", "Incorrect authentication information"), byGateway(404, "APIGW.0101", "The API does not exist"), byGateway(413, "APIGW.0201", "The request is too large"),
			byGateway(429, "APIGW.0308", "The throttling threshold has been reached"),
		} {
			x.tellsFault(ctx, x.resizingOnce(), f)
		}
	})
	w.scenario("RSZ-CLIENT-118", "code and message of the job query's envelope are told", func(ctx context.Context, x *Exercise) {
		x.tellsFault(ctx, showingJob(), bare(400, "Common.0011", "Querying the task failed."))
	})
	// The number is to be told where the string is: as the code, or in the text of a client that shows the text alone.
	w.scenario("RSZ-CLIENT-119", "a code that is a number is told like one that is a string", func(ctx context.Context, x *Exercise) {
		usual := x.Told(ctx, x.resizingOnce(), byService(401, "Common.0013", "The token is invalid.").answer())
		if usual.Told.Error == nil || !tellsCode(usual.Told.Error, "Common.0013") {
			x.NotApplicable("of a refusal with status 401 the client tells no code that is a string either (" + told(usual.Answer) + ")")
		}
		c := x.Told(ctx, x.resizingOnce(), director.JSON(401, `{"error":{"message":"The request requires authentication.","code":401,"title":"Unauthorized"}}`))
		x.Refuses(c, "a refusal to be told as one")
		if usual.Told.Error.Code != "" {
			x.Tells(c, `the number 401 to be told as the code, as "Common.0013" is`, c.Told.Error.Code == "401")
		}
		x.Tells(c, "the message of an error whose code is a number to be told", tellsMessage(c.Told.Error, "The request requires authentication."))
	})
	w.scenario("RSZ-CLIENT-120", "the codes of details are told", func(ctx context.Context, x *Exercise) {
		c := x.Told(ctx, x.resizingOnce(), director.JSON(400, `{"error":{"message":"The parameter is invalid.","code":"Ecs.0005","details":[{"code":"Ecs.0057","message":"The flavor cannot be used."}]}}`))
		x.mayTell(c, "the code of an error's details is told, Ecs.0057", "Ecs.0057")
	})
	w.scenario("RSZ-CLIENT-121", "an error within a message is told", func(ctx context.Context, x *Exercise) {
		c := x.Told(ctx, x.resizingOnce(), director.JSON(400, `{"error":{"message":"{\"badRequest\":{\"code\":400,\"message\":\"Instance is locked elsewhere\"}}","code":"Ecs.1000"}}`))
		x.mayTell(c, "an error that another service wrote into the message is told", "Instance is locked elsewhere")
	})
	w.scenario("RSZ-CLIENT-122", "the encoded message of a denial is told", func(ctx context.Context, x *Exercise) {
		c := x.Told(ctx, x.resizingOnce(), director.JSON(403, `{"error":{"message":"Policy does not allow ecs:cloudServers:resize.","code":"Pdp.0001"},"encoded_authorization_message":"ZW5jb2RlZC1tZXNzYWdl"}`))
		x.mayTell(c, "the encoded message of a denial by policy is told", "ZW5jb2RlZC1tZXNzYWdl")
	})
}

func (f refusing) answer() director.Answer { return director.JSON(f.status, f.body) }

// tellsFault asserts that the user of an operation is told code and message of an error.
func (x *Exercise) tellsFault(ctx context.Context, r reading, f refusing) {
	c := x.Told(ctx, r, f.answer())
	wanted := fmt.Sprintf("the user to see code %s and message %q of a refusal with status %d", f.code, f.message, f.status)
	x.Tells(c, wanted, c.Told.Error != nil && tellsCode(c.Told.Error, f.code) && tellsMessage(c.Told.Error, f.message))
}

func tellsMessage(e *driver.Error, message string) bool { return strings.Contains(e.Message, message) }

// mayTell says whether the user sees a text somewhere in an error. Nobody is held to it.
func (x *Exercise) mayTell(c *Called, wanted, text string) {
	if e := c.Told.Error; e == nil || !strings.Contains(e.Code+" "+e.Message, text) {
		x.informs(wanted, []*Called{c})
	}
}

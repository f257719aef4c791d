package suites

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/director"
	"resize-conformance/harness/driver"
)

const accepted = `{"job_id":"` + someJob + `"}`

// clientDecode is what a client takes for an answer: what is cut off, of another kind, more than was asked for, or coded.
func clientDecode(w *writer) {
	w.scenario("RSZ-CLIENT-108", "an answer without an id is not told as success", func(ctx context.Context, x *Exercise) {
		for _, body := range []string{`{}`, `null`, ``, `{"job_id":""}`, `{"job_id":null}`} {
			c := x.Told(ctx, x.resizingOnce(), director.JSON(200, body))
			x.Refuses(c, "an answer 200 to a resize with the body "+strconv.Quote(body)+" not to be told as success: the user can follow nothing")
		}
	})
	// The head announces what comes: it is the JSON that ends too early, as when a server writes into a buffer that is too small.
	w.scenario("RSZ-CLIENT-109", "JSON that is cut off is not told as a result", func(ctx context.Context, x *Exercise) {
		for _, body := range []string{`{"job_id":"` + someJob + `"`, `{"job_id":"ff80808288d4`, `{"job_id":"` + someJob + `","order_id":`, `{"job_id":"` + someJob + `",`} {
			x.Refuses(x.Told(ctx, x.resizingOnce(), director.JSON(200, body)), "JSON that ends in its middle to be told as an answer that cannot be read: "+body)
		}
	})
	w.scenario("RSZ-CLIENT-110", "what follows the JSON is not told", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		for _, rest := range []string{`{"job_id":"another-job"}`, `,"job_id":"another-job"}`, "<!-- served by node 7 -->"} {
			c := x.Told(ctx, x.resizingOnce(), director.JSON(200, accepted+"\n"+rest))
			x.Tells(c, fmt.Sprintf("the user to be told of job %q, or that the answer cannot be read; after the JSON comes %s", someJob, rest),
				c.Told.Error != nil || tellsJob(someJob)(c.Told.Result))
		}
	})
	w.scenario("RSZ-CLIENT-111", "a page of HTML is not told as success", func(ctx context.Context, x *Exercise) {
		page := director.Answer{Status: 200, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: "<!DOCTYPE html>\n<html><head><title>Log in</title></head><body>Log in to go on.</body></html>\n"}
		for _, r := range x.whichever(x.resizingOnce(), showingJob(), showingServer(), listingFlavors(), starting()) {
			x.Refuses(x.Told(ctx, r, page), fmt.Sprintf("a page of HTML in answer to %s not to be told as success", r.operation))
		}
	})
	w.scenario("RSZ-CLIENT-112", "application/json is read however it is written", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		for _, media := range []string{"application/json", "application/json;charset=UTF-8", "application/json; charset=utf-8", "Application/JSON", `application/json;charset="utf-8"`} {
			c := x.Told(ctx, x.resizingOnce(), of(media, accepted))
			x.Reads(c, fmt.Sprintf("an answer with Content-Type %s to be read, and the user to be told of job %q", media, someJob), tellsJob(someJob))
		}
	})
	w.scenario("RSZ-CLIENT-113", "an error in an answer of status 202 is told as an error", func(ctx context.Context, x *Exercise) {
		c := x.Told(ctx, x.resizingOnce(), director.JSON(202, throttle))
		x.Refuses(c, "202 with an error (Common.0024: the request was not accepted) to be told as an error")
	})
	// Each answer has a twin without the new members: who cannot read that one is told so elsewhere, and both are to be told alike.
	w.scenario("RSZ-CLIENT-114", "members that no source names are passed over", func(ctx context.Context, x *Exercise) {
		for _, r := range x.whichever(x.resizingOnce(), showingJob(), showingServer(), listingFlavors(), starting()) {
			plain, more := newMembers(r.operation)
			twin := x.Told(ctx, r, director.JSON(200, plain))
			if twin.Told.Result == nil {
				continue
			}
			c := x.Told(ctx, r, director.JSON(200, more))
			x.Reads(c, fmt.Sprintf("an answer to %s with members that no source names to be told like the one without them (%s)", r.operation, told(twin.Answer)), func(*driver.Result) bool {
				return told(c.Answer) == told(twin.Answer)
			})
		}
	})
	w.scenario("RSZ-CLIENT-140", "an interim answer is not taken for the answer", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		hints := director.Answer{Status: http.StatusEarlyHints, Header: http.Header{"Link": {"</help>; rel=help"}}}
		for _, interim := range [][]director.Answer{{hints}, {{Status: http.StatusProcessing}, hints}} {
			c := x.Told(ctx, x.resizingOnce(), slices.Concat(interim, []director.Answer{director.JSON(200, accepted)})...)
			x.Reads(c, fmt.Sprintf("the answer that follows the interim ones (%d) to be told, job %q", len(interim), someJob), tellsJob(someJob))
		}
	})
	// Only who asks for a coding is answered with it: the first call shows whether the client does.
	w.scenario("RSZ-CLIENT-141", "a content coding that is accepted is undone", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		usual := x.Told(ctx, x.resizingOnce(), director.JSON(200, accepted))
		if len(usual.Sent) == 0 || !acceptsGzip(usual.Sent[len(usual.Sent)-1].Request.Header) {
			x.NotApplicable("the client does not say that it accepts gzip")
		}
		coded := director.JSON(200, gzipped(accepted))
		coded.Header.Set("Content-Encoding", "gzip")
		coded.Header.Set("Vary", "Accept-Encoding")
		c := x.Told(ctx, x.resizingOnce(), coded)
		x.Reads(c, fmt.Sprintf("an answer in the coding that the client accepts to be read, and the user to be told of job %q", someJob), tellsJob(someJob))
	})
	w.scenario("RSZ-CLIENT-143", "JSON under another media type is not told as a success without content", func(ctx context.Context, x *Exercise) {
		x.idsTold()
		for _, media := range []string{"text/plain", "text/html", "application/octet-stream", "application/xml", ""} {
			c := x.Told(ctx, x.resizingOnce(), of(media, accepted))
			x.Tells(c, fmt.Sprintf("JSON with Content-Type %q to be told as what it says, job %q, or as an answer that cannot be read", media, someJob),
				c.Told.Error != nil || tellsJob(someJob)(c.Told.Result))
		}
	})
}

// newMembers is an answer to an operation, and the same with members that no source names.
func newMembers(o driver.Operation) (plain, more string) {
	const added = `"new_member":{"a":[1,null,{"b":"c"}]},"another":null,`
	with := func(object string) string { return "{" + added + object[1:] }
	switch o {
	case driver.ShowJob:
		plain = jobAnswer("RUNNING", `,"end_time":""`)
		return plain, with(plain)
	case driver.ShowServer:
		return `{"server":` + stoppedServer + `}`, with(`{"server":` + with(stoppedServer) + `}`)
	case driver.ListResizeFlavors:
		const flavor = `{"id":"s3.large.2","name":"s3.large.2","vcpus":"2","ram":4096,"disk":"0"}`
		return `{"flavors":[` + flavor + `]}`, with(`{"flavors":[` + with(flavor) + `]}`)
	}
	return accepted, with(accepted)
}

// of is an answer 200 of a media type; "" for none.
func of(media, body string) director.Answer {
	a := director.Answer{Status: 200, Header: http.Header{}, Body: body}
	if media != "" {
		a.Header.Set("Content-Type", media)
	}
	return a
}

// acceptsGzip says whether a request says so (RFC 9110, section 12.5.3).
func acceptsGzip(h http.Header) bool {
	named, any := false, false
	for _, part := range strings.Split(strings.Join(h.Values("Accept-Encoding"), ","), ",") {
		coding, weight, _ := strings.Cut(strings.ToLower(part), ";")
		_, q, weighed := strings.Cut(weight, "q=")
		value, err := strconv.ParseFloat(strings.TrimSpace(q), 64)
		wanted := !weighed || err == nil && value > 0
		switch strings.TrimSpace(coding) {
		case "gzip", "x-gzip":
			return wanted
		case "*":
			named, any = true, wanted
		}
	}
	return named && any
}

func gzipped(text string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(text)) // a bytes.Buffer takes everything
	_ = w.Close()
	return b.String()
}

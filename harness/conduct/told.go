package conduct

import (
	"encoding/json"

	"resize-conformance/harness/driver"
)

// told judges what the user was told by what came.
//
// It sees every call of a run, so it says only what is beyond doubt: it looks at the last answer of the operation that was called, if that came whole, and passes over
// whatever can be read in two ways. The rest is for scenarios, which know what they had the client answered.
func (b *breaches) told(c Call) {
	if c.Told == nil || c.Told.Problem() != "" || c.Told.Error != nil && c.Told.Error.Kind == driver.Unsupported {
		return
	}
	b.shownSecrets(c)
	a := settled(c)
	if a == nil || c.Asked.Operation == driver.WaitForJob {
		return
	}
	switch {
	case a.Status >= 400:
		b.refused(c, a)
	case a.Status >= 300:
		b.redirected(c, a)
	case c.Told.Error != nil:
		b.unread(c, a)
	default:
		b.answered(c, a)
	}
}

// answered judges what was told as a success of an answer that is none by its status alone.
func (b *breaches) answered(c Call, a *answer) {
	switch {
	case a.isPage():
		b.add(Breach{
			Requirement: "RSZ-CLIENT-111", Exchange: a.ID,
			Wanted: "a page of HTML not to be told as success", Got: "told: " + Describe(c.Told),
		})
		return
	case accepts(c.Asked.Operation) && a.hasFault():
		b.add(Breach{
			Requirement: "RSZ-CLIENT-113", Exchange: a.ID,
			Wanted: "the error in the answer to be told as an error", Got: "told: " + Describe(c.Told),
		})
		return
	}
	switch c.Asked.Operation {
	case driver.ShowServer:
		b.server(c, a)
	case driver.ShowJob:
		b.job(c, a)
	case driver.ListResizeFlavors:
		b.flavors(c, a)
	default:
		if !c.Whole { // its user is told of no ids
			b.accepted(c, a)
		}
	}
}

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

// accepts says whether an operation sets something going, and is answered with ids by which it can be followed.
func accepts(o driver.Operation) bool {
	return resizes(o) || o == driver.StartServers || o == driver.StopServers
}

func resizes(o driver.Operation) bool {
	return o == driver.ResizeServer || o == driver.ResizePostPaidServer
}

// isTold says whether something was told, and is so.
func isTold(told *string, want string) bool { return told != nil && *told == want }

// says quotes what was told of a member.
func says(told *string) string {
	if told == nil {
		return "nothing"
	}
	text, _ := json.Marshal(*told) // a string is always JSON
	return string(text)
}

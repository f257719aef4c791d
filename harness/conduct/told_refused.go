package conduct

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/exchange"
)

// refused judges what was told of a refusal: that it is one, and its status.
func (b *breaches) refused(c Call, a *answer) {
	wanted := fmt.Sprintf("the refusal to be told as one, with its status %d", a.Status)
	if e := c.Told.Error; e != nil {
		if (e.Kind == driver.APIError || e.Kind == driver.DecodeError) && !TellsStatus(e, a.Status) && !cameBefore(c, e.Status) && !late(c, a) {
			b.add(Breach{Requirement: "RSZ-CLIENT-123", Exchange: a.ID, Wanted: wanted, Got: "told: " + Describe(c.Told)})
		}
		return
	}
	if a.Status == http.StatusNotFound && !accepts(c.Asked.Operation) && tellsNothing(c.Told.Result) {
		return // a client may tell of what is not there that there is nothing
	}
	b.add(Breach{Requirement: "RSZ-CLIENT-123", Exchange: a.ID, Wanted: wanted, Got: "told: " + Describe(c.Told)})
}

// redirected judges what was told of a status from 300 to 399. A client that went on to where it was sent may tell what it found there, and one that asked for what it
// has already may tell that.
func (b *breaches) redirected(c Call, a *answer) {
	switch {
	case c.Told.Error != nil, a.Header.Get("Location") != "", c.Sent[len(c.Sent)-1] != a.Exchange, a.Status == http.StatusNotModified && !accepts(c.Asked.Operation):
		return
	}
	b.add(Breach{
		Requirement: "RSZ-CLIENT-107", Exchange: a.ID,
		Wanted: fmt.Sprintf("an answer of status %d not to be told as success", a.Status), Got: "told: " + Describe(c.Told),
	})
}

// TellsStatus says whether the user can see the status of a refusal: as a number of its own, or in the text.
func TellsStatus(e *driver.Error, status int) bool {
	return e.Status == status || e.Status == 0 && strings.Contains(e.Message, strconv.Itoa(status))
}

// cameBefore says whether an earlier answer of the call had the status: a client that repeats may tell of the first refusal.
func cameBefore(c Call, status int) bool {
	return status != 0 && slices.ContainsFunc(c.Sent, func(e *exchange.Exchange) bool { return e.Status == status })
}

func tellsNothing(r *driver.Result) bool {
	return r.JobID == nil && r.OrderID == nil && r.Job == nil && r.Server == nil && len(r.Flavors) == 0
}

// signed finds the signature of a request in its Authorization.
var signed = regexp.MustCompile(`Signature=([0-9A-Za-z+/=]{32,})`)

// shownSecrets judges whether the client shows a secret of the call in an error. What the server sent back itself is not the client's doing.
func (b *breaches) shownSecrets(c Call) {
	e := c.Told.Error
	if e == nil {
		return
	}
	type secret struct{ what, value string }
	k := c.Asked.Credentials
	all := []secret{{"token", k.Token}, {"secret key", k.SecretKey}, {"security token", k.SecurityToken}}
	for _, x := range c.Sent {
		if x.Request == nil {
			continue
		}
		if m := signed.FindStringSubmatch(x.Request.Header.Get("Authorization")); m != nil {
			all = append(all, secret{"signature", m[1]})
		}
	}
	for _, s := range all {
		if len(s.value) < shortestSecret || !strings.Contains(e.Code+" "+e.Message, s.value) || sentBack(c, s.value) {
			continue
		}
		b.add(Breach{
			Requirement: "RSZ-CLIENT-139", Wanted: "no secret in what the user is told", Got: fmt.Sprintf("the %s of the call in an error of kind %s", s.what, e.Kind),
		})
	}
}

// sentBack says whether an answer of the call has the text in it.
func sentBack(c Call, text string) bool {
	return slices.ContainsFunc(c.Sent, func(e *exchange.Exchange) bool { return strings.Contains(string(e.Body), text) })
}

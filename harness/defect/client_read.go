package defect

import (
	"regexp"
	"strings"
	"sync"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/reference"
)

// clientReadDefects tell a server or a list of flavors otherwise than it came.
func clientReadDefects() []ClientDefect {
	return []ClientDefect{
		{Name: "flavor-by-name", Title: "tells the name of a server as its flavor", Breaks: []string{"RSZ-CLIENT-135"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && told.Result.Server != nil {
				told.Result.Server.Flavor = told.Result.Server.Name
			}
		})},
		{Name: "resized-is-active", Title: "tells SHUTOFF as ACTIVE", Breaks: []string{"RSZ-CLIENT-135"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && told.Result.Server != nil && *told.Result.Server.Status == "SHUTOFF" {
				told.Result.Server.Status = text("ACTIVE")
			}
		})},
		{Name: "job-status-in-small-letters", Title: "tells the status of a job in small letters", Breaks: []string{"RSZ-CLIENT-142"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if r.Operation == driver.ShowJob && told.Result != nil && told.Result.Job != nil && told.Result.Job.Status != nil {
				told.Result.Job.Status = text(strings.ToLower(*told.Result.Job.Status))
			}
		})},
		{Name: "job-reason-dropped", Title: "does not tell why a job failed that was asked for once", Breaks: []string{"RSZ-CLIENT-142"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if r.Operation == driver.ShowJob && told.Result != nil && told.Result.Job != nil {
				told.Result.Job.ErrorCode, told.Result.Job.FailReason = nil, nil
			}
		})},
		{Name: "flavor-as-asked-for", Title: "tells the flavor that a server was to have, and not the one that it has", Breaks: []string{"RSZ-CLIENT-144"}, Apply: func(c *reference.Config) {
			var asked sync.Map // flavors, by server
			inTold(func(r driver.Request, told *driver.Response) {
				switch {
				case told.Result == nil:
				case isResizing(r) && !(r.Params.DryRun != nil && *r.Params.DryRun):
					asked.Store(r.ServerID, r.Params.FlavorRef)
				case told.Result.Server != nil:
					if flavor, was := asked.Load(r.ServerID); was {
						told.Result.Server.Flavor = text(flavor.(string))
					}
				}
			})(c)
		}},
		{Name: "first-flavor-only", Title: "tells only the first flavor of a list", Breaks: []string{"RSZ-CLIENT-136"}, Apply: inTold(func(_ driver.Request, told *driver.Response) {
			if told.Result != nil && len(told.Result.Flavors) > 1 {
				told.Result.Flavors = told.Result.Flavors[:1]
			}
		})},
		{Name: "vcpus-as-number-refused", Title: "cannot read a list whose vcpus are numbers", Breaks: []string{"RSZ-CLIENT-145"}, Apply: inReading(func(read reference.Reader, r driver.Request, a *reference.Answer) driver.Response {
			if r.Operation == driver.ListResizeFlavors && regexp.MustCompile(`"vcpus"\s*:\s*[0-9]`).Match(a.Body) {
				return driver.Response{Error: &driver.Error{Kind: driver.DecodeError, Status: a.Status, Message: "vcpus: wanted a string"}}
			}
			return read(r, a)
		})},
		{Name: "empty-list-is-error", Title: "takes an empty list of flavors for an error", Breaks: []string{"RSZ-CLIENT-136"}, Apply: inTold(func(r driver.Request, told *driver.Response) {
			if r.Operation == driver.ListResizeFlavors && told.Result != nil && len(told.Result.Flavors) == 0 {
				*told = driver.Response{Error: &driver.Error{Kind: driver.OtherError, Message: "not found"}}
			}
		})},
	}
}

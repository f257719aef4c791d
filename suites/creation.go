package suites

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
	"resize-conformance/harness/target"
)

// creation is how servers to be resized come and go. Nothing here deletes a server that it has not made.
func creation(w *writer) {
	// The flavor is one that a leased server could have: it is on sale.
	w.raw("RSZ-SETUP-003", "a server is made, and gone once it is deleted", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		path := ecs.RawPath(x.pathOf("createServers"))
		x.planned(ctx, s, path)
		a, err := x.client().CreateServers(ctx, x.newServer(s), path)
		a = x.answered(ctx, a, err, "an answer to the creation")
		x.ExpectStatus(a, "the creation of a server", http.StatusOK)
		job, made := Text(a, "/job_id"), Text(a, "/serverIds/0")
		x.Expect(a, "/job_id", isID(), "the id of the job")
		x.Expect(a, "/serverIds/0", isID(), "the id of the server")
		_, _ = x.client().ShowServer(ctx, made) // while it is being made: what is shown then is judged as every answer
		x.AwaitSuccess(ctx, job)
		x.ShowsFlavor(ctx, made, s.Flavors.Target)

		a, err = x.client().DeleteServers(ctx, ecs.Delete{Servers: []string{made}})
		a = x.answered(ctx, a, err, "an answer to the deletion")
		x.ExpectStatus(a, "the deletion of a server that the run has made", http.StatusOK)
		x.Expect(a, "/job_id", isID(), "the id of the job")
		x.AwaitSuccess(ctx, Text(a, "/job_id"))
		a, err = x.client().ShowServer(ctx, made)
		x.ExpectStatus(x.answered(ctx, a, err, "showServer to tell that the server is gone"), "showServer of a deleted server", http.StatusNotFound)
	})
	w.takes(fixture.Dedicated)
	w.cases("RSZ-SETUP-006", "a creation whose body is empty or no JSON is rejected")
	w.cases("RSZ-SETUP-007", "a malformed creation brings no server error")
	w.cases("RSZ-SETUP-008", "a deletion whose body is empty or no JSON is rejected")
	w.cases("RSZ-SETUP-009", "a malformed deletion, or one of servers that nobody has, brings no server error")
}

// newServer is a server like a leased one: of a flavor that is on sale. Images and networks are none of this contract's.
func (x *Exercise) newServer(s *fixture.Server) ecs.Create {
	name := "conformance"
	if prefix := x.env.Target.Prefix; prefix != "" { // so that it is found again when the run is killed
		name = prefix + "-setup"
	}
	return ecs.Create{
		Name: name, Tags: []ecs.Tag{fixture.Tag(cmp.Or(x.env.Target.Prefix, name))}, ImageRef: "made-up-image", FlavorRef: x.Flavor(s, "target", s.Flavors.Target), VPCID: "made-up-vpc", SubnetID: "made-up-subnet", RootVolumeType: "SSD",
	}
}

// planned has creations checked by dry runs: one that says where the server is to be, and one on a dedicated host where there is one.
func (x *Exercise) planned(ctx context.Context, s *fixture.Server, path ecs.Option) {
	_, shown := x.Show(ctx, s.ID)
	somewhere := x.newServer(s)
	somewhere.AvailabilityZone, somewhere.ClientToken = Text(shown, "/server/OS-EXT-AZ:availability_zone"), "5e7a0000-0000-4000-8000-0000c11e4770"
	plans := []ecs.Create{somewhere}
	if x.Has(target.CapDedicatedHost) {
		hosted := x.newServer(s)
		hosted.DedicatedHostID = x.Server(ctx, fixture.Dedicated).DedicatedHostID
		plans = append(plans, hosted)
	}
	for _, p := range plans {
		p.DryRun = new(true)
		a, err := x.client().CreateServers(ctx, p, path)
		x.Understood(x.answered(ctx, a, err, "an answer to the dry run of a creation"), "the dry run of a creation")
	}
}

// pathOf is the path of an operation that has one of its own in some editions, in the run's project.
func (x *Exercise) pathOf(operation string) string {
	for _, op := range x.env.Target.Contract.Operations() {
		if op.ID == operation {
			return strings.ReplaceAll(op.Path, "{project_id}", x.env.Target.ProjectID)
		}
	}
	x.NotApplicable("this edition has no operation " + operation)
	return ""
}

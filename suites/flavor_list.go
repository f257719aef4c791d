package suites

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/fixture"
)

// The bounds on what is asked of a long list. Clouds have hundreds of flavors; where a list is longer, an even sample of it is tried and a note says so.
const (
	mostTried = 24
	mostPages = 200
)

// flavorList is the query for the flavors that a server can be changed to: the documented way to find a flavorRef.
func flavorList(w *writer) {
	w.cases("RSZ-FLAVOR-016", "a query with documented values is answered with the list")
	w.cases("RSZ-FLAVOR-017", "a malformed query of the list brings no server error")
	w.scenario("RSZ-FLAVOR-006", "every flavor that is listed for the server passes a dry run", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		for _, f := range x.sample(x.candidates(ctx, s)) {
			x.Understood(x.Resize(ctx, ask(s, ecs.Resize{FlavorRef: f}).dry()), fmt.Sprintf("a dry run for the listed flavor %q", f))
		}
	})
	// 1 is the smallest bound, and any list worth paging exceeds it when limit is ignored.
	w.scenario("RSZ-FLAVOR-007", "limit bounds the list", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.severalListed(ctx, s)
		page, a := x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, Limit: 1})
		if len(page) != 1 {
			x.Fail(at(a, "/flavors"), "1 flavor for limit=1", fmt.Sprintf("%d flavors", len(page)))
		}
	})
	// A third of the list makes a full page, a marker in the middle, and a last page that may not be full.
	w.scenario("RSZ-FLAVOR-008", "the pages that limit and marker give make the whole list", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		whole := x.longList(ctx, s)
		paged, last := x.pages(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, Limit: (len(whole) + 2) / 3})
		x.SameList(last, paged, whole, "the pages together to be the whole list")
	})
	w.scenario("RSZ-FLAVOR-009", "a query that does not say for what is refused", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.Rejected(x.Query(ctx, ecs.FlavorQuery{}))
		x.Rejected(x.Query(ctx, ecs.FlavorQuery{SortKey: "name", Limit: 1}))
		x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID})
	})
	w.scenario("RSZ-FLAVOR-018", "there is no list for a server that nobody has", func(ctx context.Context, x *Exercise) {
		x.Rejected(x.Query(ctx, ecs.FlavorQuery{InstanceUUID: nobody}))
		x.List(ctx, ecs.FlavorQuery{InstanceUUID: x.Server(ctx, fixture.Stopped).ID})
	})
	w.scenario("RSZ-FLAVOR-010", "sort_key and sort_dir order the list", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		x.severalListed(ctx, s)
		x.InOrder(ctx, ecs.FlavorQuery{InstanceUUID: s.ID}, byID)
		for _, o := range []struct {
			key     string
			compare func(a, b ecs.Flavor) int
		}{
			{"flavorid", byID},
			{"name", func(a, b ecs.Flavor) int { return strings.Compare(a.Name, b.Name) }},
			{"memory_mb", func(a, b ecs.Flavor) int { return a.RAM - b.RAM }},
			{"vcpus", func(a, b ecs.Flavor) int { return a.VCPUs - b.VCPUs }},
			{"root_gb", func(a, b ecs.Flavor) int { return a.Disk - b.Disk }},
		} {
			x.InOrder(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, SortKey: o.key, SortDir: "asc"}, o.compare)
			x.InOrder(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, SortKey: o.key, SortDir: "desc"}, func(a, b ecs.Flavor) int { return o.compare(b, a) })
		}
	})
	// Two selectors that ask for different lists: the answer must be the one that the first of them gives alone.
	w.scenario("RSZ-FLAVOR-011", "instance_uuid counts before source_flavor_id, and that before source_flavor_name", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		mine, _ := x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID})
		other, theirs := x.otherList(ctx, s, mine)
		got, a := x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, SourceFlavorID: other})
		x.SameList(a, got, mine, "the list that instance_uuid gives alone")
		got, a = x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID, SourceFlavorName: other})
		x.SameList(a, got, mine, "the list that instance_uuid gives alone")
		got, a = x.List(ctx, ecs.FlavorQuery{SourceFlavorID: other, SourceFlavorName: s.Flavor})
		x.SameList(a, got, theirs, "the list that source_flavor_id gives alone")
	})
	w.scenario("RSZ-FLAVOR-015", "a resize to a listed flavor is accepted", func(ctx context.Context, x *Exercise) {
		s := x.Server(ctx, fixture.Stopped)
		candidates := x.candidates(ctx, s)
		chosen := candidates[0]
		// A real resize is paid for: where the flavor that the owner of the server named is listed, it is the one that he meant.
		if slices.Contains(candidates, s.Flavors.Target) {
			chosen = s.Flavors.Target
		}
		x.Accepted(x.Resize(ctx, ask(s, ecs.Resize{FlavorRef: chosen})))
	})
}

func byID(a, b ecs.Flavor) int { return strings.Compare(a.ID, b.ID) }

// Query asks for the flavors that can be changed to and returns whatever the target answers.
func (x *Exercise) Query(ctx context.Context, q ecs.FlavorQuery) *ecs.Answer {
	a, err := x.client().ListResizeFlavors(ctx, q)
	return x.answered(ctx, a, err, "an answer to the query for the flavors that can be changed to")
}

// Flavors asks for the flavors that can be changed to and asserts that there is a list.
func (x *Exercise) Flavors(ctx context.Context, q ecs.FlavorQuery) ([]ecs.Flavor, *ecs.Answer) {
	a := x.Query(ctx, q)
	x.ExpectStatus(a, "the query for the flavors that can be changed to", 200)
	flavors, err := a.Flavors()
	if err != nil {
		x.Fail(at(a, "/flavors"), "a list of flavors", err.Error())
	}
	return flavors, a
}

// List is Flavors by their ids.
func (x *Exercise) List(ctx context.Context, q ecs.FlavorQuery) ([]string, *ecs.Answer) {
	flavors, a := x.Flavors(ctx, q)
	ids := make([]string, len(flavors))
	for i, f := range flavors {
		ids[i] = f.ID
	}
	return ids, a
}

// pages asks for page after page until an empty one comes, and asserts that no flavor comes twice.
func (x *Exercise) pages(ctx context.Context, q ecs.FlavorQuery) (ids []string, last *ecs.Answer) {
	for range mostPages {
		page, a := x.List(ctx, q)
		for _, id := range page {
			if slices.Contains(ids, id) {
				x.Fail(at(a, "/flavors"), "every flavor on one page only", fmt.Sprintf("%q again after marker %q", id, q.Marker))
			}
			ids = append(ids, id)
		}
		if last = a; len(page) == 0 {
			return ids, last
		}
		q.Marker = page[len(page)-1]
	}
	x.Fail(at(last, "/flavors"), fmt.Sprintf("an empty page after the last flavor, within %d pages", mostPages), fmt.Sprintf("%d flavors so far", len(ids)))
	return nil, nil
}

// longList is the whole list for a server, which must be long enough to be cut and ordered. A target may give less at a time than it is asked for.
func (x *Exercise) longList(ctx context.Context, s *fixture.Server) []string {
	ids, _ := x.pages(ctx, ecs.FlavorQuery{InstanceUUID: s.ID})
	if len(ids) < 2 {
		x.NotTestable(fmt.Sprintf("%d flavors are listed for server %s, but it takes 2 to see a page or an order; choose a server whose flavor can be changed", len(ids), s.ID))
	}
	return ids
}

// severalListed makes sure that there is more than one flavor to be cut off or put in order. That pages work is RSZ-FLAVOR-008's business.
func (x *Exercise) severalListed(ctx context.Context, s *fixture.Server) {
	if ids, _ := x.List(ctx, ecs.FlavorQuery{InstanceUUID: s.ID}); len(ids) < 2 {
		x.Preparing("the whole list", func() { x.longList(ctx, s) })
	}
}

// candidates are the listed flavors that are on sale in the server's zone and that it does not have; there must be one.
func (x *Exercise) candidates(ctx context.Context, s *fixture.Server) []string {
	_, shown := x.Show(ctx, s.ID)
	zone := Text(shown, "/server/OS-EXT-AZ:availability_zone")
	flavors, _ := x.Flavors(ctx, ecs.FlavorQuery{InstanceUUID: s.ID})
	var ids []string
	for _, f := range flavors {
		if onSale(f.ExtraSpecs, zone) && f.ID != s.Flavor {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) == 0 {
		x.NotTestable(fmt.Sprintf("no flavor on sale is listed for server %s; choose a server whose flavor can be changed", s.ID))
	}
	return ids
}

// onSale reads the two extra_specs that tell how a flavor is sold: one for the region and one, "az0(normal), az1(sellout)", for the zones that differ from it. Nothing
// said means normal, and promotion is normal, recommended.
func onSale(specs map[string]string, zone string) bool {
	state := specs["cond:operation:status"]
	for entry := range strings.SplitSeq(specs["cond:operation:az"], ",") {
		if name, rest, found := strings.Cut(strings.TrimSpace(entry), "("); found && name == zone {
			state = strings.TrimSuffix(rest, ")")
		}
	}
	return state == "" || state == "normal" || state == "promotion"
}

// sample takes an even sample of a list that is too long to be tried whole, and notes it.
func (x *Exercise) sample(all []string) []string {
	if len(all) <= mostTried {
		return all
	}
	x.Note("%d flavors are listed; an even sample of %d was tried", len(all), mostTried)
	some := make([]string, mostTried)
	for i := range some {
		some[i] = all[i*(len(all)-1)/(mostTried-1)]
	}
	return some
}

// otherList finds a flavor whose list differs from the server's, so that it can be seen which selector counts.
func (x *Exercise) otherList(ctx context.Context, s *fixture.Server, mine []string) (flavor string, list []string) {
	for _, f := range []string{s.Flavors.Unreachable, s.Flavors.Target, s.Flavors.Other, s.Flavors.Smaller} {
		if f == "" {
			continue
		}
		if list, _ := x.List(ctx, ecs.FlavorQuery{SourceFlavorID: f}); !slices.Equal(list, mine) {
			return f, list
		}
	}
	x.NotApplicable("every flavor that the target names has the same list as the server, so it cannot be seen which selector counts; name an unreachable flavor")
	return "", nil
}

// SameList asserts that two lists are the same, in the same order.
func (x *Exercise) SameList(a *ecs.Answer, got, want []string, wanted string) {
	if slices.Equal(got, want) {
		return
	}
	for _, id := range want {
		if !slices.Contains(got, id) {
			x.Fail(at(a, "/flavors"), wanted, fmt.Sprintf("a list of %d, without %q", len(got), id))
		}
	}
	for _, id := range got {
		if !slices.Contains(want, id) {
			x.Fail(at(a, "/flavors"), wanted, fmt.Sprintf("a list of %d, with %q", len(got), id))
		}
	}
	x.Fail(at(a, "/flavors"), wanted, "the same flavors in another order")
}

// InOrder asserts that the answer to a query is in the order of a comparison.
func (x *Exercise) InOrder(ctx context.Context, q ecs.FlavorQuery, compare func(a, b ecs.Flavor) int) {
	flavors, a := x.Flavors(ctx, q)
	for i := 1; i < len(flavors); i++ {
		if before, after := flavors[i-1], flavors[i]; compare(before, after) > 0 {
			wanted := "the list ascending by id when no order is asked for"
			if q.SortKey != "" {
				wanted = fmt.Sprintf("the list in the order of sort_key=%s&sort_dir=%s", q.SortKey, q.SortDir)
			}
			x.Fail(at(a, fmt.Sprintf("/flavors/%d", i)), wanted, fmt.Sprintf("%q before %q", before.ID, after.ID))
		}
	}
}

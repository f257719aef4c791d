package suites

import (
	"net/url"
	"slices"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// wish is a call that a client can be made to make, and the options that it needs for it.
type wish struct {
	call    ecs.Call
	options []driver.Option
	// brief says that what the client meets may leave it waiting for long: it is told to take no longer than for an answer that does not come.
	brief bool
}

// The ids in what is asked for. Nobody has them.
const (
	someFlavor = "s3.large.2"
	someHost   = "459a2b9d-804a-4745-ab19-a113bb1b4ddc"
	someJob    = "ff80808288d41e1b018990260955686a"
	otherOne   = "e0b3d7a4-9f0c-4c52-8a6e-3f4d5c6b7a80"
)

// resizes are resizes in both versions with these options each.
func resizes(all ...ecs.Resize) []wish {
	var out []wish
	for _, version := range []ecs.Operation{ecs.ResizeServer, ecs.ResizePostPaidServer} {
		for _, r := range all {
			r.FlavorRef = someFlavor
			out = append(out, wish{call: ecs.Call{Operation: version, ServerID: nobody, Params: r}, options: optionsOf(r)})
		}
	}
	return out
}

func optionsOf(r ecs.Resize) []driver.Option {
	var all []driver.Option
	for _, o := range []struct {
		is     bool
		option driver.Option
	}{
		{r.DedicatedHostID != "", driver.OptionDedicatedHost}, {r.AutoPay != "", driver.OptionAutoPay}, {r.Mode != "", driver.OptionMode},
		{r.CPUThreads != 0, driver.OptionCPUThreads}, {r.DryRun != nil, driver.OptionDryRun},
	} {
		if o.is {
			all = append(all, o.option)
		}
	}
	return all
}

// resizeWishes are resizes with nothing but a flavor, with each option alone, and with all that a client may have: few have mode, some neither hosts nor CPU options.
func resizeWishes() []wish {
	check, act := true, false
	all := ecs.Resize{DedicatedHostID: someHost, AutoPay: "true", CPUThreads: 2, DryRun: &check}
	withMode := all
	withMode.Mode = "withStopServer"
	return resizes(
		ecs.Resize{}, ecs.Resize{DedicatedHostID: someHost}, ecs.Resize{AutoPay: "true"}, ecs.Resize{AutoPay: "false"}, ecs.Resize{Mode: "withStopServer"},
		ecs.Resize{CPUThreads: 1}, ecs.Resize{CPUThreads: 2}, ecs.Resize{DryRun: &check}, ecs.Resize{DryRun: &act}, all, withMode,
		ecs.Resize{CPUThreads: 2, DryRun: &check}, ecs.Resize{AutoPay: "true", Mode: "withStopServer"},
	)
}

// dryRunWishes are resizes with dry_run, alone and beside other options.
func dryRunWishes() []wish {
	check, act := true, false
	return resizes(
		ecs.Resize{DryRun: &check}, ecs.Resize{DryRun: &act}, ecs.Resize{CPUThreads: 2, DryRun: &check}, ecs.Resize{DedicatedHostID: someHost, AutoPay: "true", CPUThreads: 2, DryRun: &check},
	)
}

// without leaves out what asks for an option, save for an isAutoPay that says false.
func without(o driver.Option, wishes []wish) []wish {
	return slices.DeleteFunc(wishes, func(a wish) bool {
		r, _ := a.call.Params.(ecs.Resize)
		return slices.Contains(a.options, o) && r.AutoPay != "false"
	})
}

// powerWishes are starts and stops of one server and of several, however hard.
func powerWishes() []wish {
	power := func(o ecs.Operation, p ecs.Power, options ...driver.Option) wish {
		return wish{call: ecs.Call{Operation: o, Params: p}, options: options}
	}
	one, several := []string{nobody}, []string{nobody, otherOne, someHost}
	out := []wish{power(ecs.StartServers, ecs.Power{Servers: one}), power(ecs.StartServers, ecs.Power{Servers: several}, driver.OptionSeveral)}
	for _, how := range []string{"", "SOFT", "HARD"} {
		var options []driver.Option
		if how != "" {
			options = []driver.Option{driver.OptionType}
		}
		out = append(out, power(ecs.StopServers, ecs.Power{Servers: one, Type: how}, options...),
			power(ecs.StopServers, ecs.Power{Servers: several, Type: how}, append(options, driver.OptionSeveral)...))
	}
	return out
}

// selectorWishes are queries with each selector alone and with all, and one whose value has to be escaped.
func selectorWishes() []wish {
	list := func(pairs ...string) wish {
		a := wish{call: ecs.Call{Operation: ecs.ListResizeFlavors, Query: url.Values{}}}
		for i := 0; i < len(pairs); i += 2 {
			a.call.Query.Set(pairs[i], pairs[i+1])
			a.options = append(a.options, driver.Option(pairs[i]))
		}
		return a
	}
	return []wish{
		list("instance_uuid", nobody), list("source_flavor_id", someFlavor), list("source_flavor_name", someFlavor),
		list("source_flavor_name", "a name & more+less=100% #1?"),
		list("instance_uuid", nobody, "sort_key", "memory_mb", "sort_dir", "desc"),
		list("instance_uuid", nobody, "limit", "5"), list("instance_uuid", nobody, "limit", "5", "marker", someFlavor),
		list("instance_uuid", nobody, "source_flavor_id", someFlavor, "source_flavor_name", someFlavor, "sort_key", "vcpus", "sort_dir", "asc", "limit", "5", "marker", someFlavor),
	}
}

// readWishes are the queries. A wait for a job is none of them, because some clients take long for one and it sends what showJob sends.
func readWishes() []wish {
	return append([]wish{
		{call: ecs.Call{Operation: ecs.ShowJob, JobID: someJob}}, {call: ecs.Call{Operation: ecs.ShowServer, ServerID: nobody}},
	}, selectorWishes()[:3]...)
}

// bodyWishes are the calls whose requests have a body.
func bodyWishes() []wish { return append(resizeWishes(), powerWishes()...) }

// operationWishes are the operations, each in its plainest form: which selector a list needs is up to the client.
func operationWishes() []wish {
	return slices.Concat(resizes(ecs.Resize{}), readWishes(), powerWishes()[:1], powerWishes()[2:3])
}

// allWishes are all calls that there are, but for waits.
func allWishes() []wish { return slices.Concat(bodyWishes(), readWishes(), selectorWishes()[3:]) }

// waitWish is a wait for a job.
func waitWish() wish { return wish{call: ecs.Call{Operation: ecs.WaitForJob, JobID: someJob}} }

// oddWishes are calls with ids that cannot stand in a path as they are.
func oddWishes(ids ...string) []wish {
	var out []wish
	for _, id := range ids {
		for _, a := range append(resizes(ecs.Resize{}), readWishes()[:2]...) {
			if a.brief = true; a.call.Operation == ecs.ShowJob {
				a.call.JobID = id
			} else {
				a.call.ServerID = id
			}
			out = append(out, a)
		}
	}
	return out
}

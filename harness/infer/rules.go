package infer

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"resize-conformance/harness/contract"
	"resize-conformance/harness/fixture"
)

// rules asks by dry runs which servers and flavors are refused, in the versions that know dry_run. It begins with the flavor that the server has, which nobody could
// carry out: an endpoint that lets that pass looks at nothing but the form, and is asked no further.
func (a *asking) rules(ctx context.Context) error {
	inv := a.c.Inventory
	if inv == nil || len(inv.Servers[fixture.Stopped]) == 0 {
		a.untried("which servers and flavors are refused: there is no inventory with a stopped server")
		return nil
	}
	for _, version := range a.served {
		if !slices.Contains(a.dry, version) {
			a.untried("which servers and flavors %s refuses: it is not known to understand dry_run, and would carry a dry run out", version)
			continue
		}
		stopped := inv.Servers[fixture.Stopped][0]
		parts := partsOf(inv, stopped)
		if stopped.Flavor == "" || parts.Target == "" {
			a.untried("which servers and flavors %s refuses: the inventory names no flavor that server %s has, or none that it can have", version, stopped.ID)
			continue
		}
		same, _, err := a.dryRun(ctx, version, stopped.ID, stopped.Flavor)
		if err != nil {
			return err
		}
		if same.status < 400 {
			a.untried("which servers and flavors %s refuses: a dry run to the flavor that the server has is answered %s, so that dry runs look at the form alone", version, same)
			continue
		}
		if err := a.servers(ctx, version); err != nil {
			return err
		}
		if err := a.flavors(ctx, version, stopped.ID, parts); err != nil {
			return err
		}
	}
	return nil
}

// partsOf are the flavors that play a part for a server.
func partsOf(inv *fixture.Inventory, s fixture.Listed) fixture.Flavors {
	if s.Flavors != nil {
		return *s.Flavors
	}
	return inv.Flavors
}

// dryRun asks whether a resize would be taken.
func (a *asking) dryRun(ctx context.Context, version, server, flavor string) (got answer, asked string, err error) {
	path := a.resizePath(version, server)
	asked = fmt.Sprintf("a dry run to %s: POST %s", flavor, path)
	got, err = a.send(ctx, http.MethodPost, path, "", fmt.Sprintf(`{"resize":{"flavorRef":%q},"dry_run":true}`, flavor))
	if err == nil && got.job {
		err = &Acted{asked, got.String()}
	}
	return got, asked, err
}

// servers asks about kinds of server that some editions do not resize.
func (a *asking) servers(ctx context.Context, version string) error {
	for _, kind := range []struct {
		toggle string
		state  fixture.State
		banned func(contract.Behaviour) []string
	}{
		{"spot_banned", fixture.Spot, func(b contract.Behaviour) []string { return b.SpotBanned }},
		{"windows_banned", fixture.Windows, func(b contract.Behaviour) []string { return b.WindowsBanned }},
	} {
		listed := a.c.Inventory.Servers[kind.state]
		if len(listed) == 0 {
			a.untried("whether %s resizes a %s server: the inventory has none", version, kind.state)
			continue
		}
		got, asked, err := a.dryRun(ctx, version, listed[0].ID, partsOf(a.c.Inventory, listed[0]).Target)
		if err != nil {
			return err
		}
		a.ruled(kind.toggle, version, fmt.Sprintf("a %s server", kind.state), asked, got, kind.banned)
	}
	return nil
}

// ruled keeps whether something is refused.
func (a *asking) ruled(toggle, version, what, asked string, got answer, banned func(contract.Behaviour) []string) {
	refused := got.status >= 400
	says := version + " resizes " + what
	if refused {
		says = version + " refuses " + what
	}
	a.learn(toggle, what+", "+asked, got, says, func(b contract.Behaviour) bool {
		return !slices.Contains(b.Versions, version) || slices.Contains(banned(b), version) == refused
	})
}

// flavors asks about flavors: a smaller one, and those whose refusal has a code that not every table of error codes has.
func (a *asking) flavors(ctx context.Context, version, server string, parts fixture.Flavors) error {
	if parts.Smaller != "" {
		got, asked, err := a.dryRun(ctx, version, server, parts.Smaller)
		if err != nil {
			return err
		}
		a.ruled("downgrade_banned", version, "a smaller flavor", asked, got, func(b contract.Behaviour) []string { return b.DowngradeBanned })
	} else {
		a.untried("whether %s refuses a smaller flavor: the inventory names none", version)
	}
	for _, f := range []struct{ row, what, flavor string }{
		{"RSZ-FLAVOR-005", "a flavor that cannot be reached", parts.Unreachable}, {"RSZ-FLAVOR-013", "a flavor in open beta", parts.OpenBeta},
	} {
		if f.flavor == "" {
			a.untried("with which code %s refuses %s: the inventory names none", version, f.what)
			continue
		}
		got, asked, err := a.dryRun(ctx, version, server, f.flavor)
		if err != nil {
			return err
		}
		a.coded(f.row, version, f.what, asked, got)
	}
	return nil
}

// coded keeps whether a refusal has a code of the row; the row has none where the edition's table has none of them.
func (a *asking) coded(row, version, what, asked string, got answer) {
	var all []string // the codes, in the edition that has them
	tables := map[string]bool{}
	for _, e := range a.c.Editions {
		if r, known := e.Requirement(row); known {
			tables[e.Behaviour().ErrorTable] = len(r.Codes) > 0
			if len(r.Codes) > 0 {
				all = r.Codes
			}
		}
	}
	if got.status < 400 {
		a.untried("with which code %s refuses %s: it does not (%s)", version, what, got)
		return
	}
	has := slices.ContainsFunc(got.codes, func(code string) bool { return slices.Contains(all, code) })
	says := "the table of error codes has one for " + what
	if !has {
		says = "the table of error codes has none for " + what
	}
	a.learn("error_table", what+", "+asked, got, says, func(b contract.Behaviour) bool { return tables[b.ErrorTable] == has })
}

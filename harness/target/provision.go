package target

import (
	"context"
	"net/http"
	"path/filepath"
	"slices"
	"strings"

	"resize-conformance/harness/ecs"
	"resize-conformance/harness/exchange"
	"resize-conformance/harness/fixture"
)

// WithLedger has every server that the run makes noted in a folder, on the disk before it is asked for. Without it they are kept in mind only.
func WithLedger(folder string) Option {
	return func(o *opening) { o.ledger = filepath.Join(folder, fixture.LedgerName) }
}

// WithPart makes the target that of one of several processes of a run, which is number n from 1: it has its part of the budget, and notes in the ledger of all.
func WithPart(n, of int) Option {
	return func(o *opening) { o.part = part{n, of} }
}

// WithShards makes the target that of one of n shards, which may ask the same server at the same time: it asks at its part of the rate. The budget is the shard's own.
func WithShards(n int) Option {
	return func(o *opening) { o.shards = n }
}

// part is a process's part of a run; the zero value is the whole.
type part struct{ n, of int }

// share is its part of a number: the parts make up the whole.
func (p part) share(whole int) int {
	if p.of <= 1 {
		return whole
	}
	share := whole / p.of
	if p.n <= whole%p.of {
		share++
	}
	return share
}

// spending is what keeps a run within what it may change, make and spend on its way to a server URL.
type spending struct {
	budget   *budget
	orders   *orderGuard
	registry *fixture.Registry
	path     string          // of the ledger; "" for none
	ledger   *fixture.Ledger // nil: none
	left     []fixture.Made  // by earlier runs, says the ledger
}

// restrain puts the guards in front of the transport. The budget is to stand before the run's sink.
func (p *opening) restrain(base http.RoundTripper, next exchange.Sink) (http.RoundTripper, *spending, error) {
	limits, err := parseBudget(p.c.Budget)
	if err != nil {
		return nil, nil, err // checked
	}
	for kind, limit := range limits {
		if kind != BudgetMinutes { // which go by for all
			limits[kind] = p.part.share(limit)
		}
	}
	s := &spending{path: p.ledger}
	var note func(fixture.Entry) error
	switch {
	case p.ledger != "" && p.part.of > 0:
		s.ledger = fixture.JoinLedger(p.ledger)
		note = s.ledger.Write
	case p.ledger != "":
		if s.ledger, s.left, err = fixture.OpenLedger(p.ledger); err != nil {
			return nil, nil, err
		}
		note = s.ledger.Write
	}
	s.registry = fixture.NewRegistry(note)
	s.budget = newBudget(limits, next)
	s.budget.servers = s.registry.Count
	nobody := func(string) bool { return false } // until there are servers
	s.orders = &orderGuard{RoundTripper: &registrar{base, s.registry}, allowed: p.c.AllowOrders, payPerUse: nobody, orderless: nobody,
		spent: func() *exchange.Withheld { return s.budget.spent(BudgetOrders) }}
	if p.c.ReadOnly {
		return readGuard{s.orders}, s, nil
	}
	return s.orders, s, nil
}

// adopt is Target.Adopt.
func (s *spending) adopt() error {
	if s.path == "" {
		return nil
	}
	left, err := fixture.ReadLedger(s.path)
	for _, m := range left {
		if !slices.Contains(s.left, m) {
			s.registry.Adopt(m)
		}
	}
	return err
}

// close gives the ledger back.
func (s *spending) close() error {
	if s.ledger == nil {
		return nil
	}
	return s.ledger.Close()
}

// servers makes the source: the inventory's pool, with the run's own servers beside it.
func (p *opening) servers(t *Target, s *spending, c fixture.PoolConfig) *fixture.Mixed {
	m := &fixture.Mixed{Inventory: fixture.NewPool(c)}
	m.Remove = func(ctx context.Context) []fixture.Leftover {
		return fixture.RemoveAll(ctx, t.Client, s.registry, s.registry.Left())
	}
	s.orders.payPerUse, s.orders.orderless = m.PayPerUse, m.Orderless
	if len(p.c.Provision) == 0 {
		return m
	}
	own := fixture.ProvisionConfig{
		Prefix: t.Prefix, Client: t.Client, Registry: s.registry, Flavor: p.c.ProvisionFlavor, WindowsImage: p.c.ProvisionWindowsImage, Named: named(c.Inventory.Flavors),
		Create: ecs.Create{
			ImageRef: p.c.ProvisionImage, VPCID: p.c.ProvisionVPC, SubnetID: p.c.ProvisionSubnet, SecurityGroup: p.c.ProvisionSecurityGroup, AvailabilityZone: p.c.ProvisionZone,
			RootVolumeType: p.c.ProvisionVolumeType, KeyName: p.c.ProvisionKey,
		},
		MayMake: func() *exchange.Withheld { return s.budget.spent(BudgetServers) },
		Pool:    c,
	}
	for _, state := range p.c.Provision {
		own.States = append(own.States, fixture.State(state))
	}
	if path := p.path(ecs.CreateServers); path != "" {
		own.How = []ecs.Option{ecs.RawPath(strings.ReplaceAll(path, "{project_id}", p.c.ProjectID))}
	}
	t.Makes = own.States
	m.Provision = fixture.NewProvision(own)
	m.Remove = m.Provision.Tidy
	return m
}

// named leaves the parts of an inventory's flavors that no list tells. Which flavors a server of the run's own can be resized to, its own list says.
func named(f fixture.Flavors) fixture.Flavors {
	f.Target, f.Other, f.Smaller = "", "", ""
	return f
}

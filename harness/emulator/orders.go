package emulator

import (
	"fmt"
	"time"
)

// order is what a yearly/monthly purchase or change costs; it lives as long as its job.
type order struct {
	id   string
	job  *job
	paid bool
}

// newOrder makes an order. isAutoPay "true" pays it at once from the account; anything else leaves that to the customer.
func (e *Emulator) newOrder(autoPay string) *order {
	o := &order{id: e.newID(OrderID), paid: autoPay == "true"}
	e.world.orders[o.id] = o
	return o
}

// pay settles an order and lets its job begin.
func (e *Emulator) pay(id string, now time.Time) error {
	o := e.world.orders[id]
	switch {
	case o == nil:
		return fmt.Errorf("order %q does not exist, or its job has expired", id)
	case o.paid:
		return fmt.Errorf("order %q is paid already", id)
	}
	o.paid = true
	j := o.job
	j.unpaid = nil
	e.world.stopWaiting(j)
	for _, t := range j.tasks {
		s := e.world.servers[t.order.ServerID]
		if s != nil && s.unpaid == o {
			s.unpaid = nil
		}
		if t.order.Kind == OrderResize {
			t.order.recheck(s)
		}
	}
	e.begin(j, now)
	return nil
}

// recheck looks once more at a server whose resize was accepted earlier and begins only now: it may have been started, or deleted.
func (o *Order) recheck(s *Server) {
	switch {
	case s == nil:
		o.Refused = &Failure{"Ecs.0114", "the server does not exist any more"}
	case s.Status == StatusActive && o.StopFirst:
		o.Restart = true
	case s.Status == StatusShutoff:
		o.Restart = false
	default:
		o.Refused = &Failure{"Ecs.0100", "the server is " + s.Status}
	}
}

package interop

import "testing"

// TestYearlyMonthly wants an order and a job, and that the resize proceeds by itself when it is paid automatically.
func TestYearlyMonthly(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		me, id := connect(t, c, c.accessKey()), c.server(t, "yearly-monthly")
		if s := mustShow(t, me, id); s.chargingMode != "1" {
			t.Fatalf("wanted charging mode 1 (yearly/monthly), got %+v", s)
		}
		a, err := me.resize("v1.1", id, c.Flavors.Target, options{autoPay: "true"})
		if err != nil {
			t.Fatal(err)
		}
		if a.jobID == "" || a.orderID == "" {
			t.Errorf("wanted a job and an order, got %+v", a)
		}
		done(t, me, a, id, c.Flavors.Target, "SHUTOFF")
	})
}

// TestUnpaid wants the resize to wait for payment. PENDING_PAYMENT is documented, but in no enumeration of the SDKs.
func TestUnpaid(t *testing.T) {
	eachClient(t, func(t *testing.T, connect connector) {
		c := serve(t)
		me, id := connect(t, c, c.accessKey()), c.server(t, "yearly-monthly")
		before := mustShow(t, me, id)
		a, err := me.resize("v1.1", id, c.Flavors.Target, options{autoPay: "false"})
		if err != nil {
			t.Fatal(err)
		}
		if a.jobID == "" || a.orderID == "" {
			t.Errorf("wanted a job and an order, got %+v", a)
		}
		if j, err := me.job(a.jobID); err != nil || j.status != "PENDING_PAYMENT" || j.end != "" {
			t.Errorf("wanted PENDING_PAYMENT and no end, got %+v, error %v", j, err)
		}
		if after := mustShow(t, me, id); after != before {
			t.Errorf("unpaid: wanted the server as it was, %+v, got %+v", before, after)
		}
	})
}

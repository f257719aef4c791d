package suites

import (
	"context"

	"resize-conformance/harness/driver"
	"resize-conformance/harness/ecs"
)

// clientSent is what a client sends: each scenario has the client make calls, and holds what it sent to what it was asked for (package conduct). The answers come from
// a stand-in: none of these calls reaches the server.
//
// What a row does not say is not judged in its scenario: whatever else a call breaks has a row of its own.
func clientSent(w *writer) {
	keeps := func(id, title string, wishes func() []wish, how ...ecs.Option) {
		w.add(1, false, id, title, func(ctx context.Context, x *Exercise) { x.keepsAsking(ctx, wishes(), how...) })
	}
	keeps("RSZ-CLIENT-001", "each operation is asked for with its method and at its path", func() []wish { return append(operationWishes(), waitWish()) })
	// A slash, a question mark and a hash would end the segment, a percent sign would be taken for an escape, and a blank ends the request line.
	keeps("RSZ-CLIENT-002", "an id with reserved characters is one segment of the path", func() []wish {
		return oddWishes("1/2", "1?2", "1#2", "1%2F2", "1 2")
	})
	keeps("RSZ-CLIENT-003", "dry_run stands beside resize", dryRunWishes)
	keeps("RSZ-CLIENT-004", "dry_run is a boolean", dryRunWishes)
	keeps("RSZ-CLIENT-005", "isAutoPay is the string true or false", func() []wish {
		return resizes(ecs.Resize{AutoPay: "true"}, ecs.Resize{AutoPay: "false"})
	})
	keeps("RSZ-CLIENT-006", "hw:cpu_threads is a number", func() []wish {
		return resizes(ecs.Resize{CPUThreads: 1}, ecs.Resize{CPUThreads: 2})
	})
	keeps("RSZ-CLIENT-007", "what is asked for is sent, each alone and all together", resizeWishes)
	keeps("RSZ-CLIENT-008", "what is not asked for is absent, or says its default", resizeWishes)
	keeps("RSZ-CLIENT-009", "payment is not asked for unless the user asked for it", func() []wish {
		return without(driver.OptionAutoPay, append(resizeWishes(), resizes(ecs.Resize{AutoPay: "false"})...))
	})
	keeps("RSZ-CLIENT-010", "mode is not sent unless the user asked for it", func() []wish {
		return without(driver.OptionMode, resizeWishes())
	})
	keeps("RSZ-CLIENT-011", "no member is sent that no edition documents", resizeWishes)
	keeps("RSZ-CLIENT-012", "a body is one JSON value", bodyWishes)
	keeps("RSZ-CLIENT-013", "a request with a body says application/json", operationWishes)
	keeps("RSZ-CLIENT-014", "a query has no body", readWishes)
	w.scenario("RSZ-CLIENT-015", "every request carries a token or a signature", eachOperationAs(driver.WithToken, driver.WithAccessKey, driver.WithSecurityToken))
	w.scenario("RSZ-CLIENT-016", "a signature holds for what is sent", eachCallAs(driver.WithAccessKey, driver.WithSecurityToken))
	w.scenario("RSZ-CLIENT-017", "a request is signed with the time of sending", eachOperationAs(driver.WithAccessKey, driver.WithSecurityToken))
	w.scenario("RSZ-CLIENT-018", "the security token of a temporary key is sent with it", eachOperationAs(driver.WithSecurityToken))
	w.scenario("RSZ-CLIENT-019", "the secret key is sent nowhere, and no secret in a URL", eachOperationAs(driver.WithToken, driver.WithAccessKey, driver.WithSecurityToken))
	w.scenario("RSZ-CLIENT-020", "one call sends one resize", sentOnce)
	w.scenario("RSZ-CLIENT-021", "credentials do not follow a redirect to another host", credentialsStay)
	keeps("RSZ-CLIENT-022", "the selectors of listResizeFlavors are those that were asked for", selectorWishes)
	keeps("RSZ-CLIENT-023", "a start or stop is that which was asked for", powerWishes)
	keeps("RSZ-CLIENT-024", "a client that says what it accepts accepts JSON", operationWishes)
	keeps("RSZ-CLIENT-025", "a client says who it is", operationWishes)
}

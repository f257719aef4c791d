package target

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
	"resize-conformance/harness/nearest"
)

// What a budget can limit, by the names that --budget takes.
const (
	BudgetServers  = "servers"  // made in all
	BudgetOrders   = "orders"   // placed, paid or not
	BudgetRequests = "requests" // sent, until the scenarios are over
	BudgetMinutes  = "minutes"  // since the target was opened
)

func budgetNames() []string {
	return []string{BudgetServers, BudgetOrders, BudgetRequests, BudgetMinutes}
}

// CheckBudget says what is wrong with a budget as it is written, "orders=0", item by item; nil: nothing is.
func CheckBudget(items []string) error {
	_, err := parseBudget(items)
	return err
}

// parseBudget reads "servers=4", "orders=0" and the like.
func parseBudget(items []string) (map[string]int, error) {
	limits := map[string]int{}
	for _, item := range items {
		name, text, _ := strings.Cut(item, "=")
		name = strings.TrimSpace(name)
		if !slices.Contains(budgetNames(), name) {
			return nil, fmt.Errorf("unknown budget %q%s (known: %s)", name, nearest.Hint(name, budgetNames()), strings.Join(budgetNames(), ", "))
		}
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 {
			return nil, fmt.Errorf("budget %s: wanted %s=NUMBER with a whole number from 0, got %q", name, name, item)
		}
		if _, twice := limits[name]; twice {
			return nil, fmt.Errorf("budget %s is given twice", name)
		}
		limits[name] = n
	}
	return limits, nil
}

// budget counts what a run spends. It stands before the run's sink: what is not recorded was not sent. A request that was withheld counts like one that was sent.
type budget struct {
	next    exchange.Sink
	limits  map[string]int
	began   time.Time
	servers func() int

	mu   sync.Mutex
	used map[string]int
}

func newBudget(limits map[string]int, next exchange.Sink) *budget {
	return &budget{next: next, limits: maps.Clone(limits), began: time.Now(), used: map[string]int{}}
}

// Write counts (exchange.Sink).
func (b *budget) Write(e journal.Event) error {
	if x := e.Exchange; x != nil {
		b.mu.Lock()
		b.used[BudgetRequests]++
		if x.Method == "POST" && x.Status >= 200 && x.Status <= 299 && strings.Contains(x.ResponseBody.Text, `"order_id"`) {
			b.used[BudgetOrders]++
		}
		b.mu.Unlock()
	}
	return b.next.Write(e)
}

// spent says why no more may be spent of a kind; nil when some may, or when it has no limit.
func (b *budget) spent(kind string) *exchange.Withheld {
	limit, limited := b.limits[kind]
	if !limited {
		return nil
	}
	b.mu.Lock()
	used := b.used[kind]
	b.mu.Unlock()
	switch kind {
	case BudgetServers:
		used = b.servers()
	case BudgetMinutes:
		used = int(time.Since(b.began) / time.Minute)
	}
	if used < limit {
		return nil
	}
	return &exchange.Withheld{Why: fmt.Sprintf("the budget is spent: %d of %d %s; --budget %s=MORE gives more", used, limit, kind, kind), Spent: true}
}

// over says why no further scenario may begin. A server or an order that may not be had keeps only those from running that ask for one.
func (b *budget) over() string {
	for _, kind := range []string{BudgetRequests, BudgetMinutes} {
		if spent := b.spent(kind); spent != nil {
			return spent.Why
		}
	}
	return ""
}

package emulator

import (
	"container/heap"
	"slices"
	"sync"
	"time"
)

// world is everything that changes. All of it is guarded by mu; nothing in it runs by itself: whoever looks at the world
// first lets it catch up with the clock.
type world struct {
	looks int // good answers to showServer and showJob, where some are lost (faults.go)
	catalogue

	mu      sync.Mutex
	servers map[string]*Server
	hosts   map[string]*Host
	jobs    map[string]*job
	orders  map[string]*order
	tasks   int       // of all jobs, finished or not
	due     taskQueue // unfinished tasks that have begun, by their next step
	ended   []*job    // finished jobs, in the order in which they ended
	waiting []*job    // jobs that wait for payment, oldest first; at most one a server
	created creations
	flow    map[string]*counter // requests in the current window, by project
	locks   map[string]*lockout // wrong signatures, by access key
	met     map[troubled]int    // troubles so far
}

const (
	jobRetention    = 24 * time.Hour      // of finished jobs (job page, 2025-12)
	unpaidRetention = 14 * 24 * time.Hour // of jobs that wait for payment (job page, 2025-12)
)

// catchUp lets everything happen that is due by now, in order, then forgets what is old.
func (w *world) catchUp(now time.Time) {
	for len(w.due) > 0 && !w.due[0].nextAt().After(now) {
		t := w.due[0]
		w.step(t)
		if t.next == len(t.plan) {
			heap.Pop(&w.due)
		} else {
			heap.Fix(&w.due, 0)
		}
	}
	for len(w.ended) > 0 && now.Sub(w.ended[0].endedAt) > jobRetention {
		w.forgetOldest()
	}
	for len(w.waiting) > 0 && now.Sub(w.waiting[0].accepted) > unpaidRetention {
		w.forget(w.waiting[0])
	}
}

// admit makes room for n more tasks by forgetting finished jobs before their time; false when that is not enough.
func (w *world) admit(n, maxTasks int) bool {
	for w.tasks+n > maxTasks && len(w.ended) > 0 {
		w.forgetOldest()
	}
	return w.tasks+n <= maxTasks
}

func (w *world) forgetOldest() {
	j := w.ended[0]
	w.ended[0] = nil
	w.ended = w.ended[1:]
	w.forget(j)
}

// step carries out the next step of a task.
func (w *world) step(t *task) {
	s, at := t.plan[t.next], t.nextAt()
	t.next++
	t.status = s.Job
	server := w.servers[t.order.ServerID]
	if server != nil && server.task == t {
		if s.Phase != nil {
			server.Phase, server.Updated = *s.Phase, at
		}
		switch s.Effect {
		case EffectResize:
			server.apply(t.order, at)
		case EffectRemove:
			delete(w.servers, server.ID)
		}
	}
	if t.next < len(t.plan) {
		return
	}
	t.failure, t.endedAt = s.Failure, at
	if server != nil && server.task == t {
		server.task = nil
	}
	if t.job.finished() {
		t.job.endedAt = at
		w.ended = append(w.ended, t.job)
	}
}

// apply is the moment in which a server becomes what the resize asked for.
func (s *Server) apply(o Order, at time.Time) {
	if o.Target != nil {
		s.Flavor = o.Target.ID
	}
	if o.Host != "" {
		s.Host = o.Host
	}
	s.CPUThreads = o.CPUThreads // an option given for one flavor says nothing about the next
	s.Updated = at
}

// forget drops a job and its order. If it still waited for payment, its servers are free again, and those it was to make are gone.
func (w *world) forget(j *job) {
	delete(w.jobs, j.id)
	delete(w.orders, j.orderID)
	w.tasks -= len(j.tasks)
	if j.unpaid == nil {
		return
	}
	w.stopWaiting(j)
	for _, t := range j.tasks {
		s := w.servers[t.order.ServerID]
		switch {
		case s == nil:
		case t.order.Kind == OrderCreate:
			delete(w.servers, s.ID)
		case s.unpaid == j.unpaid:
			s.unpaid = nil
		}
	}
}

func (w *world) stopWaiting(j *job) {
	w.waiting = slices.DeleteFunc(w.waiting, func(other *job) bool { return other == j })
}

// taskQueue is a heap of tasks by the time of their next step.
type taskQueue []*task

func (q taskQueue) Len() int           { return len(q) }
func (q taskQueue) Less(i, j int) bool { return q[i].nextAt().Before(q[j].nextAt()) }
func (q taskQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}
func (q *taskQueue) Push(x any) {
	t := x.(*task)
	t.index = len(*q)
	*q = append(*q, t)
}
func (q *taskQueue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}

func newWorld(s *State) *world {
	w := &world{
		catalogue: newCatalogue(s), servers: map[string]*Server{}, hosts: map[string]*Host{}, jobs: map[string]*job{},
		orders: map[string]*order{}, flow: map[string]*counter{}, locks: map[string]*lockout{}, met: map[troubled]int{},
	}
	for i := range s.Hosts {
		w.hosts[s.Hosts[i].ID] = &s.Hosts[i]
	}
	return w
}

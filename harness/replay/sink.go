package replay

import (
	"sync"

	"resize-conformance/harness/exchange"
	"resize-conformance/harness/journal"
)

// Sink keeps the exchanges of a replay until they are shown, redacted as a journal's. It is safe for concurrent use.
type Sink struct {
	Next exchange.Sink // gets everything as well; nil: nobody does

	mu   sync.Mutex
	kept map[int64]*journal.Exchange
}

// Write keeps an exchange (exchange.Sink).
func (s *Sink) Write(e journal.Event) error {
	if e.Exchange != nil {
		s.mu.Lock()
		if s.kept == nil {
			s.kept = map[int64]*journal.Exchange{}
		}
		s.kept[e.Exchange.ID] = e.Exchange
		s.mu.Unlock()
	}
	if s.Next != nil {
		return s.Next.Write(e)
	}
	return nil
}

// take gives an exchange away.
func (s *Sink) take(id int64) *journal.Exchange {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.kept[id]
	delete(s.kept, id)
	return x
}

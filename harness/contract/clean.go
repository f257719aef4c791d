package contract

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"sync"
)

// cleanBodies remembers bodies of answers of which no layer had anything to say, so that one that comes again, as those of polls do, need not be judged again:
// the judgement of a body depends on the bytes, on what Content-Type says of them, and on the schema that the status of an operation has, on nothing else.
// Only what was clean is remembered: a violation is always told by the layers themselves. Bounded, and safe for concurrent use.
type cleanBodies struct {
	mu          sync.Mutex
	young, aged map[bodyKey]struct{}
}

// generation is how many bodies are remembered before those that did not come again are forgotten.
const generation = 4096

type bodyKey [sha256.Size]byte

// keyOf tells bodies apart that may be judged differently.
func keyOf(op *operation, m *Message) (key bodyKey) {
	h := sha256.New()
	part(h, op.template)
	part(h, op.method)
	var status [8]byte
	binary.LittleEndian.PutUint64(status[:], uint64(m.Status))
	_, _ = h.Write(status[:])
	for _, contentType := range m.ResponseHeader.Values(headerContentType) {
		part(h, contentType)
	}
	_, _ = h.Write(m.ResponseBody)
	h.Sum(key[:0])
	return key
}

// part adds a text in such a way that no two lists of texts are the same bytes.
func part(h hash.Hash, text string) {
	var length [8]byte
	binary.LittleEndian.PutUint64(length[:], uint64(len(text)))
	_, _ = h.Write(length[:])
	_, _ = io.WriteString(h, text)
}

func (c *cleanBodies) has(key bodyKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.young[key]; ok {
		return true
	}
	_, ok := c.aged[key]
	if ok {
		c.keep(key)
	}
	return ok
}

func (c *cleanBodies) add(key bodyKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.keep(key)
}

func (c *cleanBodies) keep(key bodyKey) {
	if c.young == nil || len(c.young) >= generation {
		c.aged, c.young = c.young, make(map[bodyKey]struct{}, generation)
	}
	c.young[key] = struct{}{}
}

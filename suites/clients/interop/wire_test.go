package interop

import (
	"net/http"
	"sync/atomic"
)

// wire is the transport of both SDKs. It counts, and can spoil what a client has already signed.
type wire struct {
	base      *http.Transport // without a proxy: everything is on loopback
	exchanges *atomic.Int64
	spoil     func(*http.Request)
}

func newWire() *wire { return &wire{base: &http.Transport{}, exchanges: new(atomic.Int64)} }

// spoiling is a wire that changes every request on its way, after it was signed.
func (w *wire) spoiling(spoil func(*http.Request)) *wire { return &wire{w.base, w.exchanges, spoil} }

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.exchanges.Add(1)
	if w.spoil != nil {
		r = r.Clone(r.Context())
		w.spoil(r)
	}
	return w.base.RoundTrip(r)
}

func (w *wire) count() int64 { return w.exchanges.Load() }

func (w *wire) close() { w.base.CloseIdleConnections() }

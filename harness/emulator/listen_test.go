package emulator

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestListenAnswersRunningRequestsBeforeItEnds(t *testing.T) {
	arrived, goOn := make(chan struct{}), make(chan struct{})
	e, err := New(Config{Seams: Seams{Layers: func(layers []Layer) []Layer {
		return append([]Layer{{"hold", func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				close(arrived)
				<-goOn
				if r.Context().Err() != nil {
					t.Error("the running request was cancelled")
				}
				next.ServeHTTP(w, r)
			})
		}}}, layers...)
	}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	defer end()
	ready, ended, answered := make(chan string, 1), make(chan error, 1), make(chan int, 1)
	go func() { ended <- e.Listen(ctx, ":0", func(url string) { ready <- url }) }()
	url := <-ready
	if !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("listens on %s", url)
	}
	go func() {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/x", nil)
		if err != nil {
			t.Error(err)
		}
		answer, err := new(http.Client).Do(r)
		if err != nil {
			t.Error(err)
			answered <- 0
			return
		}
		_ = answer.Body.Close()
		answered <- answer.StatusCode
	}()
	<-arrived
	end()
	select {
	case err := <-ended:
		t.Errorf("ended while a request was running: %v", err)
	default:
	}
	close(goOn)
	if got := <-answered; got != 404 {
		t.Errorf("the running request got %d", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://")); err == nil {
		_ = c.Close()
		t.Error("still listening")
	}
}

func TestListenSaysWhyItCannot(t *testing.T) {
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for addr, want := range map[string]string{"nonsense": "wanted host:port", taken.Addr().String(): "address already in use"} {
		if err := e.Listen(t.Context(), addr, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", addr, err, want)
		}
	}
}

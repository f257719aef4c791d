package target

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPayer(t *testing.T) {
	t.Parallel()
	var paid []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paid = append(paid, r.Method+" "+r.URL.EscapedPath())
		if strings.Contains(r.URL.Path, "unknown") {
			http.Error(w, "no such order", http.StatusConflict)
		}
	}))
	defer server.Close()
	if payer("", http.DefaultTransport) != nil {
		t.Error("a payer without a URL")
	}
	pay := payer(server.URL+"/orders/{order_id}/pay", http.DefaultTransport)
	if err := pay(t.Context(), "CS1/2"); err != nil {
		t.Error(err)
	}
	if err := pay(t.Context(), "unknown"); err == nil || !strings.Contains(err.Error(), "409") || !strings.Contains(err.Error(), "no such order") {
		t.Errorf("a refused payment: %v; want the status and what was said", err)
	}
	if want := "POST /orders/CS1%2F2/pay"; paid[0] != want {
		t.Errorf("sent %q, want %q", paid[0], want)
	}
}

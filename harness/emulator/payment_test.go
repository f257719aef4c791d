package emulator

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPaymentDesk(t *testing.T) {
	t.Parallel()
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	desk := PaymentDesk(e)
	answer := func(method, path string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		desk.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
		return w
	}
	if w := answer(http.MethodPost, strings.Replace(PaymentPath, "{order_id}", "CS-none", 1)); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "CS-none") {
		t.Errorf("an unknown order: %d %s; want 409 and its id", w.Code, w.Body)
	}
	// Everything else is the API's, with its own answers to what it does not know, redirects excluded.
	for _, c := range []struct{ method, path string }{
		{http.MethodGet, "/emulator/orders/x/pay"}, {http.MethodPost, "/emulator//orders/x/pay"}, {http.MethodPost, "/v1.1//x"},
	} {
		if w := answer(c.method, c.path); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "APIGW.0101") {
			t.Errorf("%s %s: %d %s; want the gateway's 404", c.method, c.path, w.Code, w.Body)
		}
	}
}

package emulator

import (
	"net/http"
	"strings"
)

// PaymentPath is where PaymentDesk takes payments.
const PaymentPath = "/emulator/orders/{order_id}/pay"

// PaymentDesk puts a way to settle orders in front of a served emulator: POST to PaymentPath, without credentials, answers 204. It stands for the console in
// which a customer pays and is no part of the API; a run is told of it by the inventory.
func PaymentDesk(e *Emulator) http.Handler {
	before, after, _ := strings.Cut(PaymentPath, "{order_id}")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// No ServeMux: it redirects paths that are not clean, and those are the API's to refuse.
		id, begins := strings.CutPrefix(r.URL.Path, before)
		id, ends := strings.CutSuffix(id, after)
		if r.Method != http.MethodPost || !begins || !ends || id == "" || strings.Contains(id, "/") {
			e.ServeHTTP(w, r)
			return
		}
		if err := e.PayOrder(id); err != nil {
			http.Error(w, err.Error(), http.StatusConflict)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

package target

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// payer settles orders by a POST to the URL that the inventory gives (pay-order). It does not go through the recorder: paying is no operation of the API, it
// stands for the console in which a customer pays. nil where the inventory gives none.
func payer(pattern string, transport http.RoundTripper) func(ctx context.Context, orderID string) error {
	if pattern == "" {
		return nil
	}
	return func(ctx context.Context, orderID string) error {
		to := strings.ReplaceAll(pattern, "{order_id}", url.PathEscape(orderID))
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, http.NoBody)
		if err != nil {
			return fmt.Errorf("paying order %s: %w", orderID, err)
		}
		resp, err := transport.RoundTrip(req)
		if err != nil {
			return fmt.Errorf("paying order %s: %w", orderID, err)
		}
		defer resp.Body.Close()
		if resp.StatusCode/100 != 2 {
			said, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
			return fmt.Errorf("paying order %s: POST %s answered %s: %s", orderID, to, resp.Status, strings.TrimSpace(string(said)))
		}
		return nil
	}
}

package replay

import (
	"resize-conformance/harness/journal"
	"resize-conformance/harness/recording"
)

// fold puts together what follows each other and only waits: looks at the same thing that were answered alike but for the time.
func fold(all []*journal.Exchange) [][]*journal.Exchange {
	var groups [][]*journal.Exchange
	for _, x := range all {
		if n := len(groups); n > 0 && waits(groups[n-1][0], x) {
			groups[n-1] = append(groups[n-1], x)
			continue
		}
		groups = append(groups, []*journal.Exchange{x})
	}
	return groups
}

// waits says that b asks what a asked and sees the same.
func waits(a, b *journal.Exchange) bool {
	if a.Method != "GET" || b.Method != "GET" || a.URL != b.URL || a.Status != 200 || b.Status != 200 || a.Malformed != b.Malformed {
		return false
	}
	if recording.Sent(a, "X-Auth-Token") != recording.Sent(b, "X-Auth-Token") || recording.Sent(a, "Authorization") != "" {
		return false
	}
	return a.ResponseBody.Text != "" && a.ResponseBody.Text == b.ResponseBody.Text
}

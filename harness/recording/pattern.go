package recording

import "regexp"

// What is looked for in texts, in any case of letters.
var (
	uuid    = regexp.MustCompile(`\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b`)
	hex32   = regexp.MustCompile(`\b[0-9a-fA-F]{32}\b`)
	anyUUID = regexp.MustCompile(`[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`) // also within what is too long to be one

	order       = regexp.MustCompile(`\bCS[0-9A-Z]{10,}\b`)
	ipv4        = regexp.MustCompile(`\b(?:[0-9]{1,3}\.){3}[0-9]{1,3}\b`)
	ipv6        = regexp.MustCompile(`\b[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{0,4}){2,7}\b`)
	mac         = regexp.MustCompile(`\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b`)
	instant     = regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?`)
	compact     = regexp.MustCompile(`\b[0-9]{8}T[0-9]{6}Z\b`)
	placeholder = regexp.MustCompile(`\$CONFORMANCE_[A-Z_]+`)
	webPlace    = regexp.MustCompile(`https?:(?:\\?/){2}[^/"'\\\s<>?#]+`)
)

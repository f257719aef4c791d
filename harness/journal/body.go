package journal

import "encoding/base64"

// Bytes gives a recorded body; whole is false when it is not all of what was on the wire.
func (b Body) Bytes() (body []byte, whole bool) {
	if b.Base64 != "" {
		decoded, err := base64.StdEncoding.DecodeString(b.Base64)
		return decoded, err == nil && !b.Truncated
	}
	if b.Text == "" {
		return nil, !b.Truncated
	}
	return []byte(b.Text), !b.Truncated
}

package emulator

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// IDKind says what an id is for.
type IDKind string

// The kinds of ids, and how they look.
const (
	RequestID IDKind = "request" // 32 hexadecimal digits
	JobID     IDKind = "job"     // 32 hexadecimal digits beginning with ff8080, as in recent samples of the documentation
	OrderID   IDKind = "order"   // CS, the day and the time to the minute, five letters or digits
	ServerID  IDKind = "server"  // a UUID
)

// randomID is the faithful IDMaker. The generator of math/rand/v2 is seeded by the runtime and safe for concurrent use;
// nothing here is a secret.
func randomID(k IDKind) string {
	switch k {
	case JobID:
		return fmt.Sprintf("ff8080%010x%016x", rand.Uint64()&(1<<40-1), rand.Uint64())
	case OrderID:
		const letters = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
		tail := make([]byte, 8)
		for i := range tail {
			tail[i] = letters[rand.IntN(len(letters))]
		}
		return "CS" + time.Now().UTC().Format("0601021504") + string(tail)
	case ServerID:
		return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", rand.Uint32(), rand.Uint32()&0xffff, rand.Uint32()&0xfff,
			0x8000|rand.Uint32()&0x3fff, rand.Uint64()&(1<<48-1))
	}
	return fmt.Sprintf("%016x%016x", rand.Uint64(), rand.Uint64())
}

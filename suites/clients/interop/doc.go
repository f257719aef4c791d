// Package interop drives `conformance serve`, as a process of its own, with two published Go SDKs that nobody here has written. What they sign,
// send and decode is theirs; the tests say what the emulator makes of it, and what they make of its answers.
//
// It is a module of its own, so that the product does not depend on the SDKs, and it imports nothing of the product: the two meet over HTTP only.
package interop

//go:build race

package main

// The race detector keeps a record of all memory.
const memoryFactor = 4

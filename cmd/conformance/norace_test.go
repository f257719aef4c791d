//go:build !race

package main

// Without the race detector a program takes what it takes.
const memoryFactor = 1

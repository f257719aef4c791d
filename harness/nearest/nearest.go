// Package nearest finds the name somebody probably meant, so that every "unknown name" error can offer it.
package nearest

import "strings"

// Name returns the known name with the smallest edit distance to got, compared without case, or "" when none is near enough to be a likely slip: further
// away than a third of the longer name's letters (at least two).
func Name(got string, known []string) string {
	best, bestDistance := "", -1
	for _, k := range known {
		d := distance(strings.ToLower(got), strings.ToLower(k))
		if bestDistance < 0 || d < bestDistance {
			best, bestDistance = k, d
		}
	}
	if bestDistance < 0 || bestDistance > max(2, max(len(got), len(best))/3) {
		return ""
	}
	return best
}

// Hint is the half-sentence for an error: `; did you mean "x"?`, or "" when nothing is near.
func Hint(got string, known []string) string {
	if n := Name(got, known); n != "" {
		return `; did you mean "` + n + `"?`
	}
	return ""
}

// distance is the edit distance of Damerau and Levenshtein in its restricted form: insert, delete, replace, swap of two neighbours.
func distance(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	before := make([]int, len(rb)+1)
	last := make([]int, len(rb)+1)
	row := make([]int, len(rb)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(ra); i++ {
		row[0] = i
		for j := 1; j <= len(rb); j++ {
			cost := 1
			if ra[i-1] == rb[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && ra[i-1] == rb[j-2] && ra[i-2] == rb[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(rb)]
}

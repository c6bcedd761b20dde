package diag

import (
	"slices"
	"strings"
)

// Near is the candidate whose spelling is nearest to name, or "" when none is
// near enough to be what was meant. Ties go to the first in alphabetical order.
func Near(name string, candidates []string) string {
	sorted := slices.Sorted(slices.Values(candidates))
	best, bestDistance := "", 1
	if len(name) > 1 {
		bestDistance += max(1, len(name)/3)
	}
	for _, c := range sorted {
		if d := distance(strings.ToLower(name), strings.ToLower(c), bestDistance); d < bestDistance && c != name {
			best, bestDistance = c, d
		}
	}
	return best
}

// DidYouMean is a help text that offers the nearest candidate, or "".
func DidYouMean(name string, candidates []string) string {
	if near := Near(name, candidates); near != "" {
		return "did you mean `" + near + "`?"
	}
	return ""
}

// distance counts insertions, deletions, substitutions and swaps of neighbours
// between a and b; anything from limit up may come out as limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			next[j] = min(row[j], next[j-1]) + 1
			if a[i-1] == b[j-1] {
				next[j] = min(next[j], row[j-1])
			} else {
				next[j] = min(next[j], row[j-1]+1)
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return min(row[len(b)], limit)
}

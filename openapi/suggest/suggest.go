// Package suggest finds what somebody has meant who has misspelt a name.
package suggest

import "strings"

// DidYouMean is the end of a message about an unknown name: a question for the
// nearest of the known ones, or nothing where none is near. A name whose
// beginning was given is near, else one that differs in a few letters.
func DidYouMean(name string, known []string) string {
	if nearest := Nearest(name, known); nearest != "" {
		return "; did you mean " + nearest + "?"
	}
	return ""
}

// Nearest gives the known name that is nearest to another one, or nothing where
// none is near. Of several equally near ones it is the first.
func Nearest(name string, known []string) string {
	nearest, least := "", 2+len(name)/4
	for _, candidate := range known {
		if name != "" && strings.HasPrefix(candidate, name) {
			return candidate
		}
		if d := distance(name, candidate); d < least {
			nearest, least = candidate, d
		}
	}
	return nearest
}

// distance counts how many letters must be added, removed or replaced to make
// b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

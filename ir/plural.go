package ir

import "fmt"

// Plural is a number with its noun, for messages and comments: "1 segment", "2 segments".
func Plural[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

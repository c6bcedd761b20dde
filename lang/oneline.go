package lang

import "strings"

// OneLine is text with every stretch of space and comments made one blank.
func OneLine(text string) string {
	toks, _ := scan("", text)
	var b strings.Builder
	gap := false
	for _, t := range toks {
		if t.Type >= tokDoc {
			gap = true
			continue
		}
		if gap && b.Len() > 0 && !t.EOF() {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteString(t.Value)
	}
	return b.String()
}

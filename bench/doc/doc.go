// Package doc writes what was measured into the docs.
package doc

import (
	"os"
	"strings"
)

// Replace puts a text in place of all that follows a heading in a file.
func Replace(path, heading, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, _, _ := strings.Cut(string(old), heading+"\n")
	whole := strings.TrimRight(head, "\n") + "\n\n" + heading + "\n" + strings.TrimRight(text, "\n") + "\n"
	return os.WriteFile(path, []byte(whole), 0o666)
}

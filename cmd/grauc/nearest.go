package main

import (
	"fmt"
	"strings"

	"grauc/lang/diag"
)

// unknown is the fault of naming what is none of the known ones.
func unknown(kind, name string, known []string) error {
	if best := diag.Near(name, known); best != "" {
		return usagef("there is no %s %q; did you mean %q?", kind, name, best)
	}
	return usagef("there is no %s %q; there are: %s", kind, name, strings.Join(known, ", "))
}

// usageError is a fault of the call rather than of the input.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

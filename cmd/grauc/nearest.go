package main

import (
	"fmt"
	"slices"
	"strings"

	"grauc/ir/spec"
	"grauc/lang/diag"
)

// unknown is the fault of naming what is none of the known ones.
func unknown(kind, name string, known []string) error {
	if best := diag.Near(name, known); best != "" {
		return usagef("there is no %s %q; did you mean %q?", kind, name, best)
	}
	return usagef("there is no %s %q; there are: %s", kind, name, strings.Join(known, ", "))
}

// knownLayer is the fault of naming a layer that no module has; "" names none.
func knownLayer(modules []*spec.Module, name string) error {
	names := layerNames(modules)
	if name == "" || slices.Contains(names, name) {
		return nil
	}
	return unknown("layer", name, names)
}

func layerNames(modules []*spec.Module) []string {
	var names []string
	for _, m := range modules {
		for _, l := range m.Layers {
			names = append(names, l.Name)
		}
	}
	return names
}

// usageError is a fault of the call rather than of the input.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

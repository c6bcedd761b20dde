// Package targets is the set of targets: those of the compiler in one list, and
// any program grauc-gen-NAME on PATH that speaks the protocol of README.md in the
// folder above.
package targets

import (
	"os/exec"
	"slices"

	"grauc/backend"
	"grauc/backend/c"
	"grauc/backend/golang"
	"grauc/backend/llvm"
	"grauc/backend/verilog"
)

// BuiltIn are the targets of the compiler itself that a build makes unless told.
var BuiltIn = []backend.Target{verilog.Target, c.Target, llvm.Target, golang.Target}

// onRequest are those of the compiler's own that a build makes only when asked.
var onRequest = []backend.Target{verilog.AXI}

// own lists all of the compiler's own.
func own() []backend.Target { return slices.Concat(BuiltIn, onRequest) }

// Find finds a target by name, the compiler's own first.
func Find(name string) (backend.Target, bool) {
	for _, t := range own() {
		if t.Name == name {
			return t, true
		}
	}
	if !externalName.MatchString(name) {
		return backend.Target{}, false
	}
	program, err := exec.LookPath(prefix + name)
	if err != nil {
		return backend.Target{}, false
	}
	return external(name, program), true
}

// All lists all targets, the compiler's own first. A program that has the name of
// one of those is none.
func All() []backend.Target {
	all := own()
	for _, t := range externals() {
		if !slices.ContainsFunc(own(), func(b backend.Target) bool { return b.Name == t.Name }) {
			all = append(all, t)
		}
	}
	return all
}

// Names lists the names of all targets.
func Names() []string {
	var names []string
	for _, t := range All() {
		names = append(names, t.Name)
	}
	return names
}

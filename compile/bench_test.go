package compile_test

import (
	"path/filepath"
	"testing"

	"grauc/backend/targets"
	"grauc/compile"
)

// BenchmarkBuild builds an example for all targets in this process, up to the
// outputs in memory.
func BenchmarkBuild(b *testing.B) {
	example := filepath.Join("..", "examples", "silu.grau")
	b.ReportAllocs()
	for b.Loop() {
		d := &compile.Driver{}
		if _, err := d.Build([]string{example}, targets.BuiltIn); err != nil {
			b.Fatalf("%v: %v", err, d.Diagnostics)
		}
	}
}

package conformance

import (
	"path/filepath"
	"testing"
)

// TestC feeds the emitted C, as several compilers translate it, with the inputs
// of all layers; under the sanitizers no behaviour may be undefined.
func TestC(t *testing.T) {
	strict := []string{"-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"}
	sanitize := []string{"-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}
	for _, p := range programs(t) {
		main, fs := t.TempDir(), prototypes(t, p)
		writeFile(t, probeC(p, fs), main, "probe.c")
		for _, c := range []struct {
			name, compiler string
			flags          []string
		}{
			{"gcc", "gcc", []string{"-O2"}},
			{"gcc-sanitize", "gcc", sanitize},
			{"clang", "clang", []string{"-O2"}},
			{"clang-sanitize", "clang", sanitize},
		} {
			t.Run(p.name+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				object, probe := filepath.Join(dir, "code.o"), filepath.Join(dir, "probe")
				code := append(append([]string{}, c.flags...), strict...)
				must(t, dir, c.compiler, append(code, "-c", p.path("c", p.name+".c"), "-o", object)...)
				must(t, dir, c.compiler, append(c.flags, "-I", p.path("c"), filepath.Join(main, "probe.c"), object, "-o", probe)...)
				ask(t, p, allSpans(p), probe)
			})
		}
	}
}

func TestLLVM(t *testing.T) {
	for _, p := range programs(t) {
		main, fs := t.TempDir(), prototypes(t, p) // the ABI is that of the C header
		writeFile(t, probeC(p, fs), main, "probe.c")
		for _, compiler := range []string{"llc-14", "llc-16", "llc-19", "clang-19"} {
			t.Run(p.name+"/"+compiler, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				object, probe := filepath.Join(dir, "code.o"), filepath.Join(dir, "probe")
				flags := []string{"-O2", "-filetype=obj", "-relocation-model=pic"}
				if compiler == "clang-19" {
					flags = []string{"-O2", "-c", "-Werror"}
				}
				must(t, dir, compiler, append(flags, p.path("llvm", p.name+".ll"), "-o", object)...)
				must(t, dir, "gcc", "-I", p.path("c"), filepath.Join(main, "probe.c"), object, "-o", probe)
				ask(t, p, allSpans(p), probe)
			})
		}
	}
}

func TestGo(t *testing.T) {
	for _, p := range programs(t) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			source := readFile(t, p.path("go", p.name, p.name+".go"))
			var fs []function
			for _, m := range functionGo.FindAllStringSubmatch(source, -1) {
				fs = append(fs, function{name: m[1], x: m[2], y: m[4], channels: m[3] != ""})
			}
			writeFile(t, "module probe\n\ngo 1.21\n", dir, "go.mod")
			writeFile(t, source, dir, "emitted", "emitted.go")
			writeFile(t, probeGo(p, "probe/emitted", checked(t, p, fs)), dir, "main.go")
			must(t, dir, "go", "vet", "./...")
			must(t, dir, "go", "build", "-o", "probe", ".")
			ask(t, p, allSpans(p), filepath.Join(dir, "probe"))
		})
	}
}

// TestEveryInput compares all 2^24 inputs of the 24-bit layers once.
func TestEveryInput(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, p := range programs(t) {
		var all []span
		for i, l := range p.PWL.Layers {
			if l.Input.Width <= 16 || l.Input.Width > 24 {
				continue
			}
			for c := range l.Channels {
				all = append(all, span{int64(i), int64(c), l.Input.Min(), int64(l.Input.Count())})
			}
		}
		if len(all) == 0 {
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, probeC(p, prototypes(t, p)), dir, "probe.c")
			must(t, dir, "gcc", "-O2", "-I", p.path("c"), "probe.c", p.path("c", p.name+".c"), "-o", "probe")
			ask(t, p, all, filepath.Join(dir, "probe"))
		})
	}
}

func TestLearnedNetwork(t *testing.T) {
	p := learnedTFC(t)
	dir := t.TempDir()
	writeFile(t, probeC(p, prototypes(t, p)), dir, "probe.c")
	must(t, dir, "gcc", "-O2", "-I", p.path("c"), "probe.c", p.path("c", p.name+".c"), "-o", "probe")
	ask(t, p, allSpans(p), filepath.Join(dir, "probe"))
	levels(t, p)
}

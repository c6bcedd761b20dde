package conformance

import (
	"path/filepath"
	"testing"
)

// TestC feeds the emitted C, as several compilers translate it, with the inputs of all
// layers; under the sanitizers no behaviour may be undefined. Files are translated by
// themselves and tried in one program.
func TestC(t *testing.T) {
	t.Parallel()
	all := questions(programs(t), allSpans)
	sanitize := []string{"-g", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}
	for _, c := range []struct {
		name, compiler string
		flags          []string
	}{
		{"gcc", "gcc", []string{"-O2"}},
		{"gcc-sanitize", "gcc", sanitize},
		{"clang", "clang", []string{"-O2"}},
		{"clang-sanitize", "clang", sanitize},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			ask(t, all, compiledC(t, programs(t), c.compiler, c.flags...))
		})
	}
}

// compiledC is the probe of the emitted C of programs.
func compiledC(t *testing.T, programs []*program, compiler string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	strict := append([]string{"-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-c"}, flags...)
	link := append([]string{"-o", "probe", "probe.c"}, flags...)
	for _, p := range programs {
		strict = append(strict, p.path("c", p.name+".c"))
		link = append(link, p.name+".o")
	}
	writeFile(t, probeC(t, programs), dir, "probe.c")
	must(t, dir, compiler, strict...)
	must(t, dir, compiler, link...)
	return filepath.Join(dir, "probe")
}

func TestLLVM(t *testing.T) {
	t.Parallel()
	all := questions(programs(t), allSpans)
	main := t.TempDir() // the ABI is that of the C headers
	writeFile(t, probeC(t, programs(t)), main, "probe.c")
	must(t, main, "gcc", "-O2", "-c", "probe.c")
	for _, compiler := range []string{"llc-14", "llc-16", "llc-19", "clang-19"} {
		t.Run(compiler, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			link := []string{"-o", "probe", filepath.Join(main, "probe.o")}
			flags := []string{"-O2", "-filetype=obj", "-relocation-model=pic"}
			if compiler == "clang-19" {
				flags = []string{"-O2", "-c", "-Werror"}
			}
			for _, p := range programs(t) {
				must(t, dir, compiler, append(flags, p.path("llvm", p.name+".ll"), "-o", p.name+".o")...)
				link = append(link, p.name+".o")
			}
			must(t, dir, "gcc", link...)
			ask(t, all, filepath.Join(dir, "probe"))
		})
	}
}

func TestGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, "module probe\n\ngo 1.21\n", dir, "go.mod")
	for _, p := range programs(t) {
		writeFile(t, readFile(t, p.path("go", p.name, p.name+".go")), dir, "emitted", p.name, "emitted.go")
	}
	writeFile(t, probeGo(t, programs(t)), dir, "main.go")
	must(t, dir, "go", "vet", "./...")
	must(t, dir, "go", "build", "-o", "probe", ".")
	ask(t, questions(programs(t), allSpans), filepath.Join(dir, "probe"))
}

// TestEveryInput compares all 2^24 inputs of the 24-bit layers once.
func TestEveryInput(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute")
	}
	t.Parallel()
	probe := compiledC(t, programs(t), "gcc", "-O2")
	for _, q := range questions(programs(t), wholeSpans) {
		if len(q.spans) == 0 {
			continue
		}
		t.Run(q.name, func(t *testing.T) {
			t.Parallel()
			ask(t, []question{q}, probe)
		})
	}
}

func TestLearnedNetwork(t *testing.T) {
	p := learnedTFC(t)
	one := []*program{p}
	ask(t, questions(one, allSpans), compiledC(t, one, "gcc", "-O2"))
	levels(t, p)
}

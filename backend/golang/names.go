package golang

import (
	"slices"
	"strings"

	"grauc/backend"
)

// reserved are Go's keywords and predeclared names.
var reserved = strings.Fields(`
break case chan const continue default defer else fallthrough for func go goto if import interface
map package range return select struct switch type var
any append bool byte cap clear close comparable complex complex64 complex128 copy delete error false
float32 float64 imag int int8 int16 int32 int64 iota len make max min new nil panic print println
real recover rune string true uint uint8 uint16 uint32 uint64 uintptr
init main`)

// special are folder names that the go command or its tools treat in their own way.
var special = []string{"internal", "vendor", "testdata", "documentation", "cmd", "std", "all"}

// constraints are the endings _X of a file's name by which the go command takes it
// for a test or builds it on some machines only.
var constraints = strings.Fields(`
test
aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris
wasip1 windows zos
386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le
ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm`)

// packageName names the package of a file, its folder and its source file.
func packageName(file string) string {
	name := backend.Identifier(file)
	if name[0] == '_' {
		name = "grau" + name // the go command passes over files that begin with _
	}
	if _, ending, found := cutLast(name, "_"); found && slices.Contains(constraints, strings.ToLower(ending)) {
		name += "_"
	}
	return backend.NewNames(append(special, reserved...)...).Claim(name)
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// exported is the name of a layer as Go writes it: smooth_ties is SmoothTies.
// Where that leaves nothing to begin with in upper case, X stands in front.
func exported(layer string) string {
	var b strings.Builder
	for _, word := range strings.Split(layer, "_") {
		if word != "" {
			b.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	name := b.String()
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return "X" + name
	}
	return name
}

// unexported is a hint as Go writes a variable: x_code is xCode.
func unexported(hint string) string {
	name := exported(hint)
	return strings.ToLower(name[:1]) + name[1:]
}

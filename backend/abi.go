package backend

import (
	"fmt"
	"strings"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Function is a layer as software: y = f(x), or y = f(x, channel).
type Function struct {
	Layer    *pwl.Layer // what it means
	Kernel   *Kernel    // how it is computed
	X, Y     datapath.Type
	Channels bool
}

// Functions are the layers of a request as software, in its order.
func Functions(r *Request) ([]*Function, error) {
	var fs []*Function
	for i, l := range r.Design.Layers {
		k, err := NewKernel(l.Kernel)
		if err != nil {
			return nil, fmt.Errorf("layer %s: %w", l.Name, err)
		}
		fs = append(fs, &Function{
			Layer:    r.PWL.Layers[i],
			Kernel:   k,
			X:        Storage(datapath.TypeOf(l.Input.Integer)),
			Y:        Storage(datapath.TypeOf(l.Output.Integer)),
			Channels: l.Channels > 0,
		})
	}
	return fs, nil
}

// ArraySuffix makes the name of the function for arrays of the name of the one for
// a single code, in C and in LLVM IR.
const ArraySuffix = "_n"

// Symbols are the linker symbols FILE_LAYER of the functions, the same in C and in
// LLVM IR, and the names that C code beside them may still claim.
func Symbols(file string, fs []*Function) ([]string, *Names) {
	names := NewNames(CReserved...)
	var symbols []string
	for _, f := range fs {
		symbols = append(symbols, names.Claim(Identifier(file)+"_"+f.Layer.Name, ArraySuffix))
	}
	return symbols, names
}

// CReserved are the words a C identifier must not be: the keywords of C up to C23
// and of C++, the names that <stdint.h> and <stddef.h> define, and macros that
// compilers predefine without an underscore in front. In lower case: Names compares
// without it.
var CReserved = append(stdint(), strings.Fields(`
auto break case char const continue default do double else enum extern float for goto if inline int
long register restrict return short signed sizeof static struct switch typedef union unsigned void
volatile while alignas alignof bool constexpr false nullptr static_assert thread_local true typeof
typeof_unqual asm fortran noreturn complex imaginary
and and_eq bitand bitor catch char8_t char16_t char32_t class compl concept const_cast consteval
constinit co_await co_return co_yield decltype delete dynamic_cast explicit export final friend
import module mutable namespace new noexcept not not_eq operator or or_eq override private protected
public reinterpret_cast requires static_cast template this throw try typeid typename using virtual
wchar_t xor xor_eq
null offsetof size_t ptrdiff_t max_align_t nullptr_t rsize_t unreachable
size_max size_width ptrdiff_min ptrdiff_max ptrdiff_width sig_atomic_min sig_atomic_max sig_atomic_width
wchar_min wchar_max wchar_width wint_min wint_max wint_width
linux unix i386 i486 i586 i686 vax sun mips arm far near huge main
`)...)

// stdint is what <stdint.h> defines.
func stdint() []string {
	names := limits("intptr", "uintptr", "intmax", "uintmax")
	names = append(names, "intmax_c", "uintmax_c")
	for _, bits := range []string{"8", "16", "32", "64"} {
		for _, kind := range []string{"", "_least", "_fast"} {
			names = append(names, limits("int"+kind+bits, "uint"+kind+bits)...)
		}
		names = append(names, "int"+bits+"_c", "uint"+bits+"_c")
	}
	return names
}

// limits are the type and the macros that <stdint.h> defines for each integer.
func limits(integers ...string) []string {
	var names []string
	for _, i := range integers {
		names = append(names, i+"_t", i+"_min", i+"_max", i+"_width")
	}
	return names
}

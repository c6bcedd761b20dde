package backend

import (
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

func TestNames(t *testing.T) {
	n := NewNames("if", "INT8_MAX")
	for _, c := range []struct{ want, got string }{
		{"relu", n.Claim("relu", "_n")},
		{"Relu_2", n.Claim("Relu", "_n")},
		{"relu_n_2", n.Claim("relu_n")},
		{"if_2", n.Claim("if")},
		{"int8_max_2", n.Claim("int8_max")},
	} {
		if c.got != c.want {
			t.Errorf("%s instead of %s", c.got, c.want)
		}
	}
	inner := n.Scope()
	if got := inner.Claim("relu"); got != "relu_3" {
		t.Errorf("%s instead of relu_3 in an inner scope", got)
	}
	if got := inner.Claim("local"); got != n.Claim("local") {
		t.Errorf("a name of an inner scope is taken outside: %s", got)
	}
}

func TestSymbolsAreNoMacros(t *testing.T) {
	f := &Function{Layer: &pwl.Layer{Layer: ir.Layer{Name: "MAX"}}}
	if got, _ := Symbols("INT8", []*Function{f}); got[0] != "INT8_MAX_2" {
		t.Errorf("the symbol is %s", got[0])
	}
}

func TestKernelTakesTheSmallestWord(t *testing.T) {
	for _, c := range []struct {
		width  int
		signed bool
		word   int
	}{{24, true, 32}, {31, false, 32}, {32, true, 32}, {32, false, 64}, {33, true, 64}} {
		a := datapath.NewAuthor("m")
		a.Output("y", a.Input("x", datapath.Type{Width: c.width, Signed: c.signed}))
		k, err := NewKernel(a.M)
		require.NoError(t, err)
		if k.Word != c.word {
			t.Errorf("%+v: words of %d bits", c, k.Word)
		}
	}
}

func TestKernelKeepsWhatOutputsNeed(t *testing.T) {
	a := datapath.NewAuthor("m")
	byte8 := datapath.Type{Width: 8}
	x := a.Input("x", byte8)
	a.Add(byte8, x, x) // nothing uses it
	zero := a.Shl(byte8, x, 8)
	a.Output("y", a.Or(zero, a.Const(byte8, 3)))
	k, err := NewKernel(a.M)
	require.NoError(t, err)
	var ops []datapath.Op
	for i := range k.Nodes {
		ops = append(ops, k.Nodes[i].Op)
	}
	if want := []datapath.Op{datapath.OpConst, datapath.OpConst, datapath.OpOr}; !slices.Equal(ops, want) {
		t.Errorf("operations %v instead of %v", ops, want)
	}
	if len(a.M.Nodes) == len(k.Nodes) {
		t.Error("the module itself has changed")
	}
}

func TestKernelRefusesState(t *testing.T) {
	clocked := datapath.NewAuthor("m")
	clocked.Output("y", clocked.Reg(clocked.Input("x", datapath.Bit), -1, nil))
	if _, err := NewKernel(clocked.M); err == nil || !strings.Contains(err.Error(), "clocked") {
		t.Errorf("a register: %v", err)
	}
	written := datapath.NewAuthor("m")
	x := written.Input("x", datapath.Bit)
	mem := written.Memory(datapath.Memory{Name: "state", Type: datapath.Bit, Depth: 2, Enable: x, Addr: x, Data: x})
	written.Output("y", written.Read(mem, x))
	if _, err := NewKernel(written.M); err == nil || !strings.Contains(err.Error(), "state") {
		t.Errorf("a memory: %v", err)
	}
}

func TestStorage(t *testing.T) {
	for _, c := range []struct {
		words []int64
		want  datapath.Type
	}{
		{[]int64{-128, 127}, datapath.Type{Width: 8, Signed: true}},
		{[]int64{0, 255}, datapath.Type{Width: 8}},
		{[]int64{-1, 255}, datapath.Type{Width: 16, Signed: true}},
		{[]int64{1 << 31}, datapath.Type{Width: 32}},
		{[]int64{-1 << 31}, datapath.Type{Width: 32, Signed: true}},
		{[]int64{1 << 32}, datapath.Type{Width: 64, Signed: true}},
	} {
		if got := StorageOf(c.words); got != c.want {
			t.Errorf("%v: %+v", c.words, got)
		}
	}
}

func TestDescribeKeepsToItsLines(t *testing.T) {
	l := &pwl.Layer{Layer: ir.Layer{
		Name: "f", Doc: "one\ntwo\r\x1b[31m", Function: "x\n  + 1 // a\u2028b",
		Input: ir.Plain(ir.Integer{Width: 4}), Output: ir.Plain(ir.Integer{Width: 4}),
	}, Implement: ir.Table}
	for _, line := range Describe(l) {
		if strings.ContainsAny(line, "\n\r\x1b\u2028") {
			t.Errorf("%q", line)
		}
	}
}

// Not all inputs are exact where some are not, however few.
func TestDescribeNeverRoundsToAllInputs(t *testing.T) {
	for exact, want := range map[uint64]string{
		1<<24 - 1: "exact for all inputs but 1",
		1<<24 - 2: "exact for all inputs but 2",
		3 << 22:   "exact for 75.00 % of all inputs",
	} {
		e := pwl.Error{Max: 1, Squares: big.NewInt(1), Exact: exact, Inputs: 1 << 24}
		require.Contains(t, errorText(e), want)
	}
	require.Equal(t, "exact for every input", errorText(pwl.Error{Exact: 4, Inputs: 4}))
}

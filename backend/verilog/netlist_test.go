package verilog

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/backend/backendtest"
	"grauc/ir"
	"grauc/ir/datapath"
)

// netlist writes random modules that use every operation, with operands of every
// small width and either sign, repeated operands, names and none.
type netlist struct {
	*datapath.Author
	r      *rand.Rand
	values []datapath.Ref
}

func (n *netlist) typ() datapath.Type {
	return datapath.Type{Width: 1 + n.r.IntN(9), Signed: n.r.IntN(2) == 0}
}

func (n *netlist) pick() datapath.Ref { return n.values[n.r.IntN(len(n.values))] }

func (n *netlist) as(t datapath.Type) datapath.Ref { return n.Cast(n.pick(), t) }

func (n *netlist) constant(t datapath.Type) datapath.Ref {
	choices := []int64{t.Min(), t.Max(), t.Wrap(n.r.Int64()), t.Wrap(-1)}
	return n.Const(t, choices[n.r.IntN(len(choices))])
}

func (n *netlist) words(t datapath.Type, depth int) []int64 {
	words := make([]int64, depth)
	for i := range words {
		words[i] = t.Wrap(n.r.Int64())
	}
	return words
}

// depth is of a table: small, or too large for one function.
func (n *netlist) depth() int {
	if n.r.IntN(4) == 0 {
		return 1<<datapath.TableBits + n.r.IntN(600)
	}
	return 1 + n.r.IntN(40)
}

func (n *netlist) index(depth int) datapath.Ref {
	for {
		t := datapath.Type{Width: 1 + n.r.IntN(datapath.TableBits+1)}
		if depth <= 1<<t.Width {
			return n.as(t)
		}
	}
}

func (n *netlist) step() datapath.Ref {
	t := n.typ()
	switch datapath.Op(n.r.IntN(int(datapath.OpReg))) {
	case datapath.OpInput, datapath.OpConst:
		return n.constant(t)
	case datapath.OpCast:
		return n.as(t)
	case datapath.OpAdd:
		return n.Add(t, n.pick(), n.pick())
	case datapath.OpSub:
		return n.Sub(t, n.pick(), n.pick())
	case datapath.OpShl:
		return n.Shl(t, n.pick(), n.r.IntN(12))
	case datapath.OpShr:
		return n.Shr(n.pick(), n.r.IntN(12))
	case datapath.OpLess:
		return n.Less(n.as(t), n.as(t))
	case datapath.OpEqual:
		return n.Equal(n.as(t), n.as(t))
	case datapath.OpAnd:
		t = n.sometimesBit(t)
		return n.And(n.as(t), n.as(t))
	case datapath.OpOr:
		t = n.sometimesBit(t)
		return n.Or(n.as(t), n.as(t))
	case datapath.OpXor:
		t = n.sometimesBit(t)
		return n.Xor(n.as(t), n.as(t))
	case datapath.OpNot:
		return n.Not(n.as(n.sometimesBit(t)))
	case datapath.OpMux:
		return n.Mux(n.as(datapath.Bit), n.as(t), n.as(t))
	case datapath.OpTable:
		depth := n.depth()
		return n.Table(t, n.index(depth), n.words(t, depth))
	default:
		depth := n.depth()
		mem := n.Memory(datapath.Memory{Name: "held", Type: t, Depth: depth, Held: n.words(t, depth)})
		return n.Read(mem, n.index(depth))
	}
}

func (n *netlist) sometimesBit(t datapath.Type) datapath.Type {
	if n.r.IntN(2) == 0 {
		return datapath.Bit
	}
	return t
}

// hints are names a module may not use as they are.
var hints = []string{"wire", "X", "y0", "class", "sum", "Sum", "9 lives", "index", "_unused", "é"}

func (n *netlist) grow(steps int) {
	for range steps {
		v := n.step()
		if n.r.IntN(4) == 0 {
			n.Named(v, "%s", hints[n.r.IntN(len(hints))])
		}
		n.values = append(n.values, v)
	}
}

func newNetlist(seed uint64, name string) *netlist {
	n := &netlist{Author: datapath.NewAuthor(name), r: rand.New(rand.NewPCG(seed, 1))}
	n.values = []datapath.Ref{
		n.Input("x", datapath.Type{Width: 4, Signed: true}),
		n.Input("s", datapath.Type{Width: 1, Signed: true}),
		n.Input("u", datapath.Type{Width: 3}),
		n.Input("b", datapath.Bit),
	}
	return n
}

// outputs ends the netlist in its latest values.
func (n *netlist) outputs() *datapath.Module {
	for i, v := range n.values[len(n.values)-min(8, len(n.values)):] {
		n.Output(fmt.Sprintf("y%d", i), v)
	}
	return n.M
}

func combinational(seed uint64) *datapath.Module {
	n := newNetlist(seed, fmt.Sprintf("comb%d", seed))
	n.grow(30)
	return n.outputs()
}

// clocked adds registers with and without enable and reset, loops, and memories.
func clocked(seed uint64) *datapath.Module {
	n := newNetlist(seed, fmt.Sprintf("clocked%d", seed))
	var loops []datapath.Ref
	for range 3 {
		t := n.typ()
		loops = append(loops, n.Later(t, n.reset(t)))
	}
	n.values = append(n.values, loops...)
	for range 4 {
		n.grow(6)
		for range 3 {
			d := n.pick()
			n.values = append(n.values, n.Reg(d, n.enable(), n.reset(n.Type(d))))
		}
		n.values = append(n.values, n.memory())
	}
	for _, r := range loops {
		n.Connect(r, n.pick(), n.enable())
	}
	return n.outputs()
}

func (n *netlist) enable() datapath.Ref {
	if n.r.IntN(2) == 0 {
		return -1
	}
	return n.as(datapath.Bit)
}

// reset is always there: a register without one starts with anything.
func (n *netlist) reset(t datapath.Type) *int64 {
	v := t.Wrap(n.r.Int64())
	return &v
}

// memory is a memory of which only words already written are read, as others hold
// anything: a second one says which are.
func (n *netlist) memory() datapath.Ref {
	t, depth := n.typ(), 1+n.r.IntN(6)
	enable, addr, data := n.as(datapath.Bit), n.index(depth), n.as(t)
	words := n.Memory(datapath.Memory{Name: "words", Type: t, Depth: depth, Enable: enable, Addr: addr, Data: data})
	at := n.index(depth)
	known := n.Const(datapath.Bit, 0)
	for i := range depth {
		flag := n.Later(datapath.Bit, new(int64))
		here := n.Equal(addr, n.Const(n.Type(addr), int64(i)))
		n.Connect(flag, n.Const(datapath.Bit, 1), n.And(here, enable))
		asked := n.Equal(at, n.Const(n.Type(at), int64(i)))
		known = n.Or(known, n.And(flag, asked))
	}
	beyond := n.Const(datapath.Bit, 0)
	if limit := n.Type(at).Max(); int64(depth) <= limit {
		beyond = n.Less(n.Const(n.Type(at), int64(depth-1)), at)
	}
	return n.Mux(n.Or(known, beyond), n.Read(words, at), n.Const(t, 0))
}

// stimulus is the values of the four inputs, packed.
func stimulus(i int) map[string]int64 {
	return map[string]int64{"x": int64(i), "s": int64(i >> 4), "u": int64(i >> 5), "b": int64(i >> 8)}
}

// printer is a testbench that prints the outputs of a module for each stimulus.
func printer(m *datapath.Module, stimuli []int) (bench string, want []string) {
	var t text
	t.open("module %s_print;", m.Name)
	t.line("reg clk = 0, rst = 1;")
	t.line("reg [8:0] i;")
	links := []string{".x(i[3:0])", ".s(i[4])", ".u(i[7:5])", ".b(i[8])"}
	if m.Clocked {
		links = append(links, ".clk(clk)", ".rst(rst)")
	}
	var shown []string
	for _, o := range m.Outputs {
		t.line("wire [%d:0] %s;", m.Nodes[o.Value].Type.Width-1, o.Name)
		links = append(links, fmt.Sprintf(".%s(%s)", o.Name, o.Name))
		shown = append(shown, o.Name)
	}
	t.line("%s dut (%s);", m.Name, strings.Join(links, ", "))
	t.open("initial begin")
	t.line("i = 0; #1 clk = 1; #1 clk = 0; rst = 0;")
	format := strings.Repeat(" %b", len(shown))
	for _, s := range stimuli {
		t.line("i = %d; #1 $display(%q, %s); clk = 1; #1 clk = 0;", s, m.Name+format, strings.Join(shown, ", "))
	}
	t.close("end")
	t.close("endmodule")
	return t.String(), expectation(m, stimuli)
}

func expectation(m *datapath.Module, stimuli []int) []string {
	machine := datapath.NewMachine(m)
	machine.Reset()
	var lines []string
	for _, s := range stimuli {
		for port, v := range stimulus(s) {
			machine.Set(port, v)
		}
		line := m.Name
		for _, o := range m.Outputs {
			w := m.Nodes[o.Value].Type.Width
			line += fmt.Sprintf(" %0*b", w, uint64(machine.Get(o.Name))&ones(w))
		}
		lines = append(lines, line)
		machine.Clock()
	}
	return lines
}

// netlists is a file of many random modules, and a bench that prints them all.
func netlists(t *testing.T, count uint64) (modules, bench string, want []string) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	var benches []string
	add := func(m *datapath.Module, part ir.Part, stimuli []int) {
		require.NoError(t, datapath.VerifyModule(m))
		modules += emitModule(m.Name, m, part, nil) + "\n"
		b, w := printer(m, stimuli)
		benches = append(benches, b)
		want = append(want, w...)
	}
	all := r.Perm(1 << 9)
	for seed := range count {
		part := ir.Part(seed % 2)
		add(combinational(seed), part, all)
		add(clocked(seed), part, all[:100])
	}
	return modules, strings.Join(benches, "\n"), want
}

// TestNetlists compares simulation with the machine that defines what netlists
// mean.
func TestNetlists(t *testing.T) {
	modules, bench, want := netlists(t, 40)
	compareNetlists(t, modules, bench, want)
}

// TestNetlistsThroughYosys does so with what Yosys reads.
func TestNetlistsThroughYosys(t *testing.T) {
	modules, bench, want := netlists(t, 6)
	dir := t.TempDir()
	write(t, dir, "netlists.v", modules)
	silent(t, dir, backendtest.Tool(t, "yosys"), "-q", "-e", ".", "-p", "read_verilog netlists.v; proc; opt; memory -nomap; opt; write_verilog -noattr read.v")
	read, err := os.ReadFile(filepath.Join(dir, "read.v"))
	require.NoError(t, err)
	compareNetlists(t, string(read), bench, want)
}

func compareNetlists(t *testing.T, modules, bench string, want []string) {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, "netlists.v", modules)
	write(t, dir, "bench.v", bench)
	silent(t, dir, backendtest.Tool(t, "iverilog"), "-g2005", "-o", "bench.vvp", "netlists.v", "bench.v")
	out, err := run(t, dir, backendtest.Tool(t, "vvp"), "-n", "bench.vvp")
	if err != nil {
		t.Fatal(err, out)
	}
	compareByModule(t, strings.Split(strings.TrimSpace(out), "\n"), want)
}

// compareByModule compares lines, module by module as simulations interleave them.
func compareByModule(t *testing.T, got, want []string) {
	t.Helper()
	byModule := map[string][]string{}
	for _, l := range got {
		name, _, _ := strings.Cut(l, " ")
		byModule[name] = append(byModule[name], l)
	}
	for _, w := range want {
		name, _, _ := strings.Cut(w, " ")
		lines := byModule[name]
		if len(lines) == 0 || lines[0] != w {
			t.Errorf("%s: got %q, want %q", name, lines[:min(1, len(lines))], w)
			return
		}
		byModule[name] = lines[1:]
	}
}

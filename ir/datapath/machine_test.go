package datapath_test

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir/datapath"
	"grauc/ir/irtest"
)

// exact is the result of an operation before it is wrapped, by the book.
func exact(n *datapath.Node, args []int64) *big.Int {
	arg := func(i int) *big.Int { return big.NewInt(args[i]) }
	z := new(big.Int)
	switch n.Op {
	case datapath.OpConst:
		return big.NewInt(n.Value)
	case datapath.OpCast:
		return arg(0)
	case datapath.OpAdd:
		return z.Add(arg(0), arg(1))
	case datapath.OpSub:
		return z.Sub(arg(0), arg(1))
	case datapath.OpShl:
		return z.Lsh(arg(0), uint(n.Amount))
	case datapath.OpShr:
		return z.Rsh(arg(0), uint(n.Amount))
	case datapath.OpAnd:
		return z.And(arg(0), arg(1))
	case datapath.OpOr:
		return z.Or(arg(0), arg(1))
	case datapath.OpXor:
		return z.Xor(arg(0), arg(1))
	case datapath.OpNot:
		return z.Not(arg(0))
	case datapath.OpLess:
		return truth(arg(0).Cmp(arg(1)) < 0)
	case datapath.OpEqual:
		return truth(arg(0).Cmp(arg(1)) == 0)
	case datapath.OpMux:
		if args[0] == 1 {
			return arg(1)
		}
		return arg(2)
	case datapath.OpTable:
		if args[0] < int64(len(n.Table)) {
			return big.NewInt(n.Table[args[0]])
		}
		return z
	}
	return nil
}

func truth(b bool) *big.Int {
	if b {
		return big.NewInt(1)
	}
	return new(big.Int)
}

// modulo is v wrapped into t.
func modulo(v *big.Int, t datapath.Type) int64 {
	size := new(big.Int).Lsh(big.NewInt(1), uint(t.Width))
	w := new(big.Int).Mod(v, size)
	if t.Signed && w.Bit(t.Width-1) == 1 {
		w.Sub(w, size)
	}
	return w.Int64()
}

// probe gives every value of a module an output, and names for them.
func probe(m *datapath.Module) []string {
	names := make([]string, len(m.Nodes))
	for i := range names {
		names[i] = "probe " + big.NewInt(int64(i)).String()
		m.Outputs = append(m.Outputs, datapath.Output{Name: names[i], Value: datapath.Ref(i)})
	}
	return names
}

// randomRuns calls f with the values of random modules for random inputs.
func randomRuns(t *testing.T, f func(seed uint64, m *datapath.Module, values []int64)) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 5))
		m := irtest.Module(r)
		require.NoError(t, datapath.VerifyModule(m))
		names := probe(m)
		machine := datapath.NewMachine(m)
		values := make([]int64, len(names))
		for range 10 {
			for i := range m.Nodes {
				if n := &m.Nodes[i]; n.Op == datapath.OpInput {
					machine.Set(n.Name, irtest.Extreme(r, n.Type))
				}
			}
			for i, name := range names {
				values[i] = machine.Get(name)
			}
			f(seed, m, values)
			machine.Clock()
		}
	}
}

func operands(n *datapath.Node, values []int64) []int64 {
	args := make([]int64, len(n.Args))
	for i, a := range n.Args {
		args[i] = values[a]
	}
	return args
}

func TestMachineComputesByTheBook(t *testing.T) {
	randomRuns(t, func(seed uint64, m *datapath.Module, values []int64) {
		for i := range m.Nodes {
			n := &m.Nodes[i]
			args := operands(n, values)
			want := exact(n, args)
			if want == nil {
				continue // an input, a register, a memory
			}
			if got := modulo(want, n.Type); got != values[i] {
				t.Fatalf("seed %d: value %d is %d, want %d\n%s", seed, i, values[i], got, datapath.PrintModule(m))
			}
			if got := n.Apply(args...); got != values[i] {
				t.Fatalf("seed %d: Apply says %d for value %d, which is %d", seed, got, i, values[i])
			}
		}
	})
}

// A register counts as holding what is put into it, so values that depend on what
// it held before are left out.
func TestRangesHoldEveryValue(t *testing.T) {
	randomRuns(t, func(seed uint64, m *datapath.Module, values []int64) {
		ranges := datapath.Ranges(m)
		for i := range m.Nodes {
			n := &m.Nodes[i]
			if stateful(m, i, map[int]bool{}) {
				continue
			}
			r := ranges[i]
			if !r.Contains(values[i]) {
				t.Fatalf("seed %d: value %d is %d, not within %+v\n%s", seed, i, values[i], r, datapath.PrintModule(m))
			}
			e := exact(n, operands(n, values))
			if e == nil || n.Op == datapath.OpNot {
				continue // the complement of an unsigned value is within its type
			}
			if !r.Wraps && e.Cmp(big.NewInt(values[i])) != 0 {
				t.Fatalf("seed %d: value %d wraps, from %v to %d: %+v", seed, i, e, values[i], r)
			}
			if e.IsInt64() && (e.Int64() < r.ExactMin || e.Int64() > r.ExactMax) {
				t.Fatalf("seed %d: value %d was exactly %v, not within %+v", seed, i, e, r)
			}
		}
	})
}

// stateful reports whether value i depends on a register.
func stateful(m *datapath.Module, i int, seen map[int]bool) bool {
	if seen[i] {
		return false
	}
	seen[i] = true
	n := &m.Nodes[i]
	if n.Op == datapath.OpReg {
		return true
	}
	for _, a := range n.Args {
		if stateful(m, int(a), seen) {
			return true
		}
	}
	return false
}

func TestRangesAreTight(t *testing.T) {
	a := datapath.NewAuthor("m")
	x := a.Input("x", datapath.Type{Width: 8, Signed: true})
	wide := datapath.Type{Width: 12, Signed: true}
	cases := []struct {
		v        datapath.Ref
		min, max int64
		wraps    bool
	}{
		{a.Shr(x, 3), -16, 15, false},
		{a.Shl(wide, x, 2), -512, 508, false},
		{a.Add(wide, x, x), -256, 254, false},
		{a.Add(a.Type(x), x, x), -128, 127, true},
		{a.Sub(wide, x, a.Const(wide, 100)), -228, 27, false},
		{a.Cast(a.Shr(x, 3), datapath.Type{Width: 5, Signed: true}), -16, 15, false},
		{a.Less(x, a.Const(a.Type(x), -128)), 0, 0, false},
		{a.Equal(a.Shr(x, 3), a.Const(a.Type(x), 16)), 0, 0, false},
		{a.And(x, a.Const(a.Type(x), 12)), 0, 12, false},
		{a.Mux(a.Less(x, a.Const(a.Type(x), 0)), a.Const(wide, 7), a.Const(wide, 3)), 3, 7, false},
		{a.Mux(a.Less(x, a.Const(a.Type(x), 5)), x, a.Const(a.Type(x), 5)), -128, 5, false},
		{a.Mux(a.Less(x, a.Const(a.Type(x), 5)), a.Const(a.Type(x), 5), x), 5, 127, false},
		{a.Mux(a.Less(a.Const(a.Type(x), 5), x), a.Const(a.Type(x), 5), x), -128, 5, false},
		{a.Mux(a.Less(x, a.Const(a.Type(x), -5)), a.Const(a.Type(x), -5),
			a.Mux(a.Less(a.Const(a.Type(x), 5), x), a.Const(a.Type(x), 5), x)), -5, 5, false},
		{a.Table(wide, a.Const(datapath.Type{Width: 3}, 1), []int64{900, 5, 6}), 5, 5, false},
		{a.Reg(a.Shr(x, 3), -1, new(int64)), -16, 15, false},
	}
	for i, r := range datapath.Ranges(a.M) {
		for _, c := range cases {
			if c.v == datapath.Ref(i) && (r.Min != c.min || r.Max != c.max || r.Wraps != c.wraps) {
				t.Errorf("value %d: %+v, want %d..%d, wraps %t", i, r, c.min, c.max, c.wraps)
			}
		}
	}
}

func TestRegistersAndMemoriesByTheClock(t *testing.T) {
	a := datapath.NewAuthor("m")
	u8 := datapath.Type{Width: 8}
	enable, x := a.Input("enable", datapath.Bit), a.Input("x", u8)
	three := int64(3)
	count := a.Later(u8, &three)
	a.Connect(count, a.Add(u8, count, a.Const(u8, 1)), enable)
	mem := a.Memory(datapath.Memory{Name: "mem", Type: u8, Depth: 3, Enable: enable, Addr: a.Const(datapath.Type{Width: 2}, 2), Data: x})
	a.Output("count", count)
	a.Output("read", a.Read(mem, a.Const(datapath.Type{Width: 2}, 2)))
	a.Output("beyond", a.Read(mem, a.Const(datapath.Type{Width: 2}, 3)))
	require.NoError(t, datapath.VerifyModule(a.M))
	m := datapath.NewMachine(a.M)
	m.Reset()
	for clock, c := range []struct{ enable, x, count, read int64 }{
		{1, 50, 3, -1}, {0, 60, 4, 50}, {1, 70, 4, 50}, {1, 80, 5, 70}, {0, 0, 6, 80},
	} {
		m.Set("enable", c.enable)
		m.Set("x", c.x)
		if got := m.Get("count"); got != c.count {
			t.Errorf("clock %d: count is %d, want %d", clock, got, c.count)
		}
		if got := m.Get("read"); c.read >= 0 && got != c.read {
			t.Errorf("clock %d: the memory gives %d, want %d", clock, got, c.read)
		}
		if got := m.Get("beyond"); got != 0 {
			t.Errorf("clock %d: beyond the memory is %d", clock, got)
		}
		m.Clock()
	}
	m.Reset()
	if got := m.Get("count"); got != three {
		t.Errorf("after reset the count is %d", got)
	}
}

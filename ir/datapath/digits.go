package datapath

import "slices"

// Digit is bits High to Low of a value that is compared with a constant, as a number: a bit
// that is a sign is inverted in it. It is below that of the constant unless it is at least
// Below, and above it if it is at least Above. It is always at least 0 and never
// 2^(High-Low+1).
type Digit struct {
	High, Low    int
	Below, Above int64
}

const (
	digitBits = 6 // inputs of a look-up table of xc7
	fewest    = 3 // digits of which a carry chain is made
)

// FewConstants is the most constants that a value is compared with by digits on xc7. Where
// there are more, Yosys finds more that they have in common in its own way.
const FewConstants = 31

// ByDigits is a comparison with a constant as it is emitted for xc7: whether operand At is at
// least Least, or else the opposite.
type ByDigits struct {
	Digits   []Digit
	At       int
	Least    int64
	Opposite bool
}

// ByDigits says whether a comparison is to be made by digits, given Constants.
func (m *Module) ByDigits(less *Node, constants []int) (ByDigits, bool) {
	x, y := &m.Nodes[less.Args[0]], &m.Nodes[less.Args[1]]
	of := x.Type
	var d ByDigits
	switch {
	case x.Op != OpConst && y.Op == OpConst && y.Value > of.Min() && (!of.Signed || y.Value != 0):
		d = ByDigits{At: 0, Least: y.Value, Opposite: true}
	case x.Op == OpConst && y.Op != OpConst && x.Value < of.Max():
		d = ByDigits{At: 1, Least: x.Value + 1}
	default:
		return d, false
	}
	if constants[less.Args[d.At]] > FewConstants {
		return d, false
	}
	d.Digits = of.Digits(d.Least)
	return d, d.Digits != nil
}

// Constants is how many comparisons with constants each value is in.
func (m *Module) Constants() []int {
	in := make([]int, len(m.Nodes))
	for i := range m.Nodes {
		if n := &m.Nodes[i]; n.Op == OpLess {
			for k, a := range n.Args {
				if m.Nodes[n.Args[1-k]].Op == OpConst {
					in[a]++
				}
			}
		}
	}
	return in
}

// Digits takes a comparison with a constant apart for xc7, the lowest digit first. The value
// is at least the constant where the number of what digits are below is less than that of
// what digits are above. The lowest digit takes a look-up table, as do those where the
// constant has equal bits, and others take two; together they take the fewest. There are none
// for a comparison that takes no carry chain.
func (t Type) Digits(least int64) []Digit {
	low := 0
	for least>>low&1 == 0 && low < t.Width {
		low++
	}
	if t.Width-low <= (fewest-1)*digitBits {
		return nil
	}
	type split struct{ tables, digits, from int }
	best := make([]split, t.Width+1) // of the bits below each
	for high := low + 1; high <= t.Width; high++ {
		for from := max(low, high-digitBits); from < high; from++ {
			d := t.digit(least, high-1, from, from == low)
			s := split{best[from].tables + t.tables(d), best[from].digits + 1, from}
			if b := best[high]; b.digits == 0 || s.tables < b.tables || s.tables == b.tables && s.digits < b.digits {
				best[high] = s
			}
		}
	}
	var all []Digit
	for high := t.Width; high > low; high = best[high].from {
		all = append(all, t.digit(least, high-1, best[high].from, best[high].from == low))
	}
	slices.Reverse(all)
	return all
}

// digit is bits of a comparison. Those below the lowest one make no difference, so that it is
// below where it is not above. Of two bounds for others the one is taken that is
// a power of two where one is.
func (t Type) digit(least int64, high, low int, lowest bool) Digit {
	c := least >> low & (1<<(high-low+1) - 1)
	if t.Signed && high == t.Width-1 {
		c ^= 1 << (high - low)
	}
	if lowest {
		return Digit{High: high, Low: low, Below: 0, Above: c}
	}
	return Digit{High: high, Low: low, Below: (c + 1) &^ 1, Above: c | 1}
}

// tables is how many look-up tables a digit takes: one says that it is neither below nor
// above, and one that it is below, unless that is constant or the sign.
func (t Type) tables(d Digit) int {
	never := int64(1) << (d.High - d.Low + 1)
	sign := t.Signed && d.High == t.Width-1
	if d.Below == 0 || d.Below == never || sign && d.Below == never/2 {
		return 1
	}
	return 2
}

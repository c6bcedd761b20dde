package lower

import (
	"fmt"
	"slices"

	"grauc/ir"
	"grauc/ir/pwl"
)

// tableBits is the width of the addresses of a cascade's tables: what a LUT of most
// FPGAs, and a LUTRAM made of it, holds a bit at.
const tableBits = 6

// A cascade finds the number of a segment without comparators. Its tables take the
// bits of x in turn, the lowest first. With the bits so far x has a rank among the
// thresholds: the number of different ones, cut to those bits, that it has reached.
// The next bits and that rank are all that the rank with them depends on, because
// where x and a threshold agree in the next bits, those below decide. The last rank
// counts equal thresholds too, and so is the number of the segment.

// cell is a table of a cascade: it takes bits low up to low + bits of x.
type cell struct{ low, bits int }

func (p *plan) cells() []cell {
	width := p.thresholds.Width
	cells := []cell{{0, min(tableBits, width)}}
	for at := cells[0].bits; at < width; {
		n := min(tableBits-p.depth(), width-at)
		cells = append(cells, cell{at, n})
		at += n
	}
	return cells
}

// addressBits is the width of the address of a cell: its bits of x above the rank.
func (p *plan) addressBits(c cell) int {
	if c.low == 0 {
		return c.bits
	}
	return c.bits + p.depth()
}

// rankStore is the tables of the cascade. The word of an address has what each table
// holds there; the first table has the widest address.
func (p *plan) rankStore() store {
	s := store{name: "rank"}
	rank := unsigned(p.depth())
	for i, c := range p.cells() {
		s.lanes = append(s.lanes, lane{fmt.Sprintf("rank%d", i), i * rank.Width, rank, p.addressBits(c)})
	}
	typ := unsigned(len(s.lanes) * rank.Width)
	for address := range 1 << s.lanes[0].bits {
		s.fields = append(s.fields, field{
			name: fmt.Sprintf("ranks%d", address), doc: p.rankDoc(), typ: typ,
			of: func(c *config) int64 { return p.ranks(c)[address] },
		})
	}
	return s
}

func (p *plan) rankDoc() string {
	return fmt.Sprintf("what the tables of the cascade hold at address k, %s each", ir.Plural(p.depth(), "bit"))
}

// ranks are the words of the cascade for a configuration.
func (p *plan) ranks(c *config) []int64 {
	if c.ranks != nil {
		return c.ranks
	}
	cells := p.cells()
	c.ranks = make([]int64, 1<<p.addressBits(cells[0]))
	var below []int64
	for i, cell := range cells {
		r := ranking{cell: cell, depth: p.depth(), below: below}
		r.thresholds = cut(c.thresholds, p.thresholds.Min(), cell.low+cell.bits)
		below = slices.Compact(slices.Clone(r.thresholds))
		if i < len(cells)-1 {
			r.thresholds = below
		} else if p.thresholds.Signed {
			r.turned = 1 << (cell.bits - 1)
		}
		for address := range c.ranks {
			c.ranks[address] |= r.at(address&(1<<p.addressBits(cell)-1)) << (i * r.depth)
		}
	}
	return c.ranks
}

// cut are the low bits of how far thresholds are above the smallest input, ascending.
func cut(thresholds []int64, smallest int64, bits int) []int64 {
	var all []int64
	for _, t := range thresholds {
		all = append(all, (t-smallest)&(1<<bits-1))
	}
	slices.Sort(all)
	return all
}

// ranking is how a cell ranks.
type ranking struct {
	cell
	depth      int
	below      []int64 // the different thresholds, cut to the bits below the cell, ascending
	thresholds []int64 // those that count, cut to the bits up to the cell's
	turned     int64   // the sign, which orders the other way round
}

// at is the rank at an address: how many thresholds x has reached, if its bits below
// the cell have the rank that the address ends in.
func (r *ranking) at(address int) int64 {
	high, before := int64(address), 0
	if r.low > 0 {
		high, before = int64(address>>r.depth), address&(1<<r.depth-1)
	}
	high ^= r.turned
	n := int64(0)
	for _, t := range r.thresholds {
		at, _ := slices.BinarySearch(r.below, t&(1<<r.low-1))
		if t>>r.low < high || t>>r.low == high && (r.low == 0 || at < before) {
			n++
		}
	}
	return n
}

// cascade looks the number of the segment up, a cell in a stage.
func (g *generator) cascade(x *ref) ref {
	cells := g.p.cells()
	var number ref
	for i, c := range cells {
		address := g.Cast(g.Shr(*x, c.low), unsigned(c.bits))
		if i > 0 {
			address = g.above(address, number)
		}
		number = g.readAt(fmt.Sprintf("rank%d", i), address)
		if i == len(cells)-1 {
			*x = g.aligned(*x)
		}
		g.cut(x, &number)
	}
	g.cut(x, &number) // a block memory is slow to deliver
	return number
}

func longCascade(l *pwl.Layer, segments int) error {
	return &ir.Problem{
		Code:    "search-cascade",
		Message: fmt.Sprintf("layer %s asks for a cascade among %d segments; at most %d are possible", l.Name, segments, ir.MaxCascade),
		At:      l.Source,
		Help:    "use search = binary",
	}
}

package cost

import "grauc/ir"

// memoryKind is a kind of memory in Yosys's libraries. One of it has words of one of some widths,
// half as many of each as of the narrower one before.
type memoryKind struct {
	address int // bits of the address of the narrowest words
	widths  []int
	grain   int     // bits that are written at once; 0: the word
	price   float64 // of one
	bit     float64 // what is added for a word, by the share of it that is used
	each    int     // RAMB18, EBR or look-up tables that one takes
}

// blockKinds are those that read at a clock edge. The second one of ice40 writes single bits of
// a word of 16.
var blockKinds = map[ir.Part][]memoryKind{
	ir.XC7: {
		{address: 14, widths: []int{1, 2, 4, 9, 18, 36}, grain: 9, price: 129, each: 1},
		{address: 15, widths: []int{1, 2, 4, 9, 18, 36, 72}, grain: 9, price: 257, each: 2},
		{address: 16, widths: []int{1}, grain: 9, price: 513, each: 4},
	},
	ir.ICE40: {
		{address: 11, widths: []int{2, 4, 8}, price: 64, each: 1},
		{address: 11, widths: []int{2, 4, 8, 16}, grain: 1, price: 64, each: 1},
	},
}

// distributedKinds are look-up tables of xc7 that are read without a clock: RAM32M and RAM64M.
var distributedKinds = []memoryKind{
	{address: 5, widths: []int{6}, price: 1, bit: 7, each: 4},
	{address: 6, widths: []int{3}, price: 1, bit: 7, each: 4},
}

// singleKinds are those of memories that are read where they are written, by the bit.
var singleKinds = []memoryKind{
	{address: 5, widths: []int{1}, bit: 1, each: 1},
	{address: 6, widths: []int{1}, bit: 2, each: 1},
	{address: 7, widths: []int{1}, bit: 4, each: 2},
	{address: 8, widths: []int{1}, bit: 8, each: 4},
}

// joint is the price of a bit of a multiplexer of two, and of saying which bank is written.
const joint = 0.5

// geometry is how memories of a kind hold words: those of each bank have the same high bits of
// the address.
type geometry struct {
	n      int // RAMB18, EBR or look-up tables
	banks  int
	deep   int  // words of a bank
	unit   int  // bits that one of them has of a word of each bank
	masked bool // single bits of a word of 16 are written
	price  float64
}

// cheapest is the first of the geometries with the lowest price.
func cheapest(kinds []memoryKind, width, depth int, written bool) geometry {
	var best geometry
	for i := range kinds {
		for low := range kinds[i].widths {
			if g := kinds[i].holds(low, width, depth, written); best.n == 0 || g.price < best.price {
				best = g
			}
		}
	}
	return best
}

// holds is the geometry with the words of a width of the kind. Banks share what their words
// leave free.
func (k *memoryKind) holds(at, width, depth int, written bool) geometry {
	unit, grain := k.widths[at], 1
	if written {
		if grain = k.grain; grain == 0 || grain > unit {
			grain = unit
		}
	}
	g := geometry{unit: unit, deep: 1 << (k.address - at), masked: written && k.grain == 1 && at < len(k.widths)-1}
	g.banks = up(depth, g.deep)
	n := up(g.banks*up(width, grain)*grain, unit)
	g.n = n * k.each
	g.price = float64(n)*k.price + k.bit*float64(g.banks*width)/float64(unit) + joint*float64((g.banks-1)*width)
	if written && g.banks > 1 {
		g.price += joint * float64(g.banks)
	}
	return g
}

func up(n, by int) int { return (n + by - 1) / by }

// bankBits is how many of the highest bits of an address say which bank.
func (g *geometry) bankBits(address int) int {
	low := 0
	for 1<<low < g.deep {
		low++
	}
	return max(address-low, 0)
}

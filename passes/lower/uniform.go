package lower

import (
	"fmt"
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// grid is segments that begin at equal distances: the top bits of w number them, and
// what is added to the bias, which is that at a segment's start, are the low bits,
// shifted. One word of a table holds all of a segment.
type grid struct{ index, low int }

// gridOf is the grid of so many segments of w of so many bits.
func gridOf(segments, width int) *grid {
	index := bits.Len(uint(segments - 1))
	return &grid{index, width - index}
}

// layGrid is the grid of fixed functions. For software there are no rows.
func (p *plan) layGrid(s *ir.Shape, fs []*pwl.Function, to purpose) {
	p.segments = s.Segments
	if s.Rows > 0 && to == software {
		p.segments = 1 << p.seen.Width
	}
	p.grid = gridOf(p.segments, p.seen.Width)
	if s.Rows == 0 || to == software {
		return
	}
	numbers := interval{any: true}
	for _, f := range fs {
		for _, row := range f.Rows {
			numbers.add(slices.Max(row))
		}
	}
	p.rows, p.row = s.Rows, numbers.typ()
}

// operand is what the terms shift.
func (p *plan) operand() datapath.Type {
	if p.grid != nil {
		return unsigned(max(1, p.grid.low))
	}
	return p.seen
}

// codeWidth is the width of what says how a term shifts: 0 for not at all.
func (p *plan) codeWidth() int { return bits.Len(uint(len(p.shifts))) }

// code says that a term shifts by e. Where the shifts are a power of two, the top bit
// says that there is a term.
func (p *plan) code(e int) int64 {
	n, i := len(p.shifts), p.stageOf(e)
	if n&(n-1) == 0 {
		return int64(n + i)
	}
	return int64(1 + i)
}

// lineWidth is the width of a segment's word: the bias, then the number of a row, or for
// each term code and sign.
func (p *plan) lineWidth() int {
	return p.bias.Width + p.rowNumber() + p.terms*(p.codeWidth()+int(truth(p.subtracts)))
}

// line is the word of segment k.
func (p *plan) line(c *config, k int) int64 {
	word := c.biases[k] & (1<<p.bias.Width - 1)
	at := p.bias.Width
	for _, t := range c.slopes[k] {
		word |= p.code(t.Shift) << at
		at += p.codeWidth()
		if p.subtracts {
			word |= truth(t.Negative) << at
			at++
		}
	}
	if p.rows > 0 {
		word |= int64(c.row[k]) << at
	}
	return word
}

// lineDoc says what is in the word of a segment.
func (p *plan) lineDoc() string {
	switch {
	case p.rows > 0:
		return fmt.Sprintf("bits 0..%d base; bits %d..%d number of the row that is added to it", p.bias.Width-1, p.bias.Width, p.lineWidth()-1)
	case p.terms == 0:
		return fmt.Sprintf("bits 0..%d output", p.bias.Width-1)
	}
	s := fmt.Sprintf("bits 0..%d bias at the segment's start, %s, less 1 for each term that is not subtracted",
		p.bias.Width-1, ir.Plural(p.guard, "fractional bit"))
	at := p.bias.Width
	for j := range p.terms {
		s += fmt.Sprintf("; term %d: bits %d..%d", j, at, at+p.codeWidth()-1)
		at += p.codeWidth()
		if p.subtracts {
			s += fmt.Sprintf(", bit %d subtract", at)
			at++
		}
	}
	return s + fmt.Sprintf("; 0 is no term, %d..%d are shifts by %d..%d", p.code(p.shifts[0]), p.code(p.shifts[len(p.shifts)-1]),
		p.shifts[0], p.shifts[len(p.shifts)-1])
}

// start is the first w of segment k, whose number are the top bits of w.
func (p *plan) start(k int) int64 { return p.seen.Wrap(int64(k) << p.grid.low) }

// configureGrid is the configuration for f. Segments without inputs are like their
// neighbours.
func (p *plan) configureGrid(f *pwl.Function) config {
	c := config{min: f.Output.Min(), max: f.Output.Max(), prescale: f.View.Shift, rows: f.Rows}
	for k := range p.segments {
		start := p.start(k)
		last := start + 1<<p.grid.low - 1
		w := max(start, min(last, f.First()))
		s := f.Segments[f.At(max(f.First(), min(w, f.Last())))]
		terms := newSlope(s.Terms)
		c.slopes, c.row = append(c.slopes, terms), append(c.row, s.Row)
		c.biases = append(c.biases, s.Value(start, f.Guard)+p.complements(terms))
	}
	return c
}

// segmentDoc says which w segment k is for, and what is in its word.
func (p *plan) segmentDoc() string {
	of := "x"
	if p.window != nil {
		of = "w"
	}
	if p.grid.low == 0 {
		return fmt.Sprintf("where the bits of %s are k; %s", of, p.lineDoc())
	}
	return fmt.Sprintf("where the top %s of %s are k; %s", ir.Plural(p.grid.index, "bit"), of, p.lineDoc())
}

// gridStores are the table of all segments and what else a configuration has.
func (p *plan) gridStores() []store {
	table := store{name: tableName}
	for k := range p.segments {
		table.fields = append(table.fields, field{
			name: fmt.Sprintf("segment%d", k), doc: p.segmentDoc(),
			typ: unsigned(p.lineWidth()), of: func(c *config) int64 { return p.line(c, k) }, word: k,
		})
	}
	rest := append(append(p.rowStores(), p.windowStores()...), p.limitStores()...)
	number(rest, p.segments)
	return append([]store{table}, rest...)
}

// onGrid is bias + terms, with guard bits, for the segment of w.
func (g *generator) onGrid(w ref) ref {
	p := g.p
	index := g.Named(g.Cast(g.Shr(w, min(p.grid.low, 63)), unsigned(p.grid.index)), "segment")
	low := g.Named(g.Cast(w, p.operand()), "within")
	if p.grid.low == 0 {
		low = g.Const(p.operand(), 0)
	}
	at := g.join(g.channel, index)
	g.loadedHere(tableName, at)
	word := g.Named(g.Read(g.memory[tableName], at), "line")
	if p.grid.low == 0 {
		g.readCut(&word)
	} else {
		g.readCut(&word, &low)
	}
	sum := g.Cast(g.Cast(word, unsigned(p.bias.Width)), p.bias)
	if p.rows > 0 {
		return g.plusRow(sum, word, low)
	}
	if p.terms == 0 {
		return sum
	}
	terms := g.gridTerms(word, low)
	g.cut(refs(terms, &sum)...)
	for j := range terms {
		if j > 0 {
			g.cut(refs(terms, &sum)...)
		}
		sum = g.Named(g.addTerm(sum, terms[j]), "sum")
	}
	return sum
}

// readCut ends the stage in which a table is read: a block memory takes most of a clock
// to deliver.
func (g *generator) readCut(values ...*ref) {
	g.cut(values...)
	g.cut(values...)
}

const tableName = "segments"

// gridTerms are the terms of a line, each shifted as its code says.
func (g *generator) gridTerms(word, low ref) []ref {
	p := g.p
	at := p.bias.Width
	take := func(width int) ref {
		v := g.Cast(g.Shr(word, at), unsigned(width))
		at += width
		return v
	}
	terms := make([]ref, p.terms)
	for j := range terms {
		code := g.Named(take(p.codeWidth()), "code%d", j)
		terms[j] = g.Named(g.shiftedBy(code, low), "term%d", j)
		if p.subtracts {
			terms[j] = g.signed(p.sum, terms[j], g.Named(take(1), "minus%d", j))
		}
	}
	return terms
}

// shiftedBy is the low bits shifted as a code says, or 0.
func (g *generator) shiftedBy(code, low ref) ref {
	p := g.p
	t := p.shiftedType(0)
	values := make([]ref, 1<<p.codeWidth())
	for i := range values {
		values[i] = g.Const(t, 0)
	}
	for i, e := range p.shifts {
		v := g.Cast(g.Shr(low, min(max(p.shiftOf(i), 0), 63)), t)
		if by := -p.shiftOf(i); by > 0 {
			v = g.Shl(t, low, by)
		}
		values[p.code(e)] = v
	}
	return g.byBits(code, 0, values)
}

// addTerm is sum + term for software. For hardware it is sum + term + 1, written as
// sum - ~term: a subtraction keeps its operands in their places, so that synthesis of a
// carry chain feeds the plain word of the table into it and finds room for the shifter
// in the look-up tables before it. Biases are stored less by one.
func (g *generator) addTerm(sum, term ref) ref {
	if g.p.to == software {
		return g.Add(g.p.sum, sum, term)
	}
	return g.Sub(g.p.sum, sum, g.Not(g.Cast(term, g.p.sum)))
}

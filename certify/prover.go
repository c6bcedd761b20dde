package certify

import (
	"math/bits"
	"slices"
	"sort"

	"grauc/ir"
	"grauc/ir/steps"
)

// slope is a sum of terms, as pairs of a shift and a sign. Shifts count from the
// input with its guard bits, so that 0 is the slope 1 there.
type slope struct {
	shift [ir.MaxTerms]int8
	sign  [ir.MaxTerms]int8 // 0: no term
}

// at is the value for an input, with guard bits.
func (s *slope) at(x int64, guard int) int64 {
	x <<= guard
	v := int64(0)
	for i, sign := range s.sign {
		switch e := s.shift[i]; {
		case sign == 0:
			return v
		case e < 0:
			v += int64(sign) * (x << -e)
		default:
			v += int64(sign) * (x >> e)
		}
	}
	return v
}

// mixed reports three terms of both signs: only such a sum can rise and fall.
func (s *slope) mixed() bool {
	sum := s.sign[0] + s.sign[1] + s.sign[2]
	return s.sign[ir.MaxTerms-1] != 0 && sum != 3 && sum != -3
}

var signs = map[ir.Signs][]int8{ir.BothSigns: {1, -1}, ir.PlusOnly: {1}}

// slopes is every slope of a shape, many of them more than once. Shifts that
// leave the sign of an input alone, or nothing, are all like the first of them.
func slopes(shape *ir.Shape, in ir.Integer) []slope {
	last := min(shape.MaxShift, max(shape.MinShift, shape.Guard+in.Width-1))
	all := []slope{{}}
	from := 0
	for n := range shape.Terms {
		end := len(all)
		for _, s := range all[from:end] {
			for e := shape.MinShift; e <= last; e++ {
				for _, sign := range signs[shape.Signs] {
					if s.admits(n, int8(e), sign) {
						t := s
						t.shift[n], t.sign[n] = int8(e), sign
						all = append(all, t)
					}
				}
			}
		}
		from = end
	}
	return all
}

// howMany slopes a shape has, or a few more.
func howMany(shape *ir.Shape, in ir.Integer) int64 {
	last := min(shape.MaxShift, max(shape.MinShift, shape.Guard+in.Width-1))
	terms := int64(last-shape.MinShift+1) * int64(len(signs[shape.Signs]))
	all, of := int64(1), int64(1)
	for n := range int64(shape.Terms) {
		of = of * (terms + n) / (n + 1)
		all += of
	}
	return all
}

// admits lets terms ascend, and leaves out those that cancel their neighbour: what
// is left is a sum of fewer terms.
func (s *slope) admits(n int, shift, sign int8) bool {
	return n == 0 || s.shift[n-1] < shift || s.shift[n-1] == shift && s.sign[n-1] == sign
}

// prover shows that lines fail.
type prover struct {
	sights []sight
	out    ir.Integer
	wraps  bool // a line has to keep to the output codes
	low    int  // bits within a uniform segment; below 0: segments begin anywhere
	guard  int
	*fan
	tolerance int64
	looks     []look // scratch
	rates     rates  // of lines that keep to the first of them
}

// look is a sight as far as it belongs to an interval, with what a line has to
// keep to there.
type look struct {
	lo, hi    int64
	low, high int64
}

// beyond is farther out than any value of a line: 2^59 is the greatest magnitude of
// three terms within the limits of ir.
const beyond = 1 << 61

// newProvers are one for each view that a shape allows, where in is the input of
// what the layer runs on.
func newProvers(golden *steps.Function, shape *ir.Shape, in ir.Integer) provers {
	var all provers
	shape = rowless(shape, in)
	for _, v := range views(shape, in) {
		p := &prover{
			sights: sights(golden, v), out: golden.Output, wraps: shape.Overflow == ir.Wrap, low: -1,
			guard: shape.Guard, fan: fanOf(shape, shape.Window.Codes(in)),
		}
		if shape.Breaks == ir.Uniform {
			p.low = shape.LowBits(in)
		}
		all = append(all, p)
	}
	return all
}

// provers show that lines fail whatever the view.
type provers []*prover

// points are those of all views, one after the other, nil if they do not exist for
// one.
func (all provers) points(segments int, tolerance int64) []int64 {
	var points []int64
	for _, p := range all {
		of := p.points(segments, tolerance)
		if of == nil {
			return nil
		}
		points = append(points, of...)
	}
	return points
}

// points looks for a witness that so many segments cannot keep to a maximum error, nil
// if they can: each point is the first input that no line from the last one on
// reaches.
func (p *prover) points(segments int, tolerance int64) []int64 {
	p.tolerance = tolerance
	if p.low >= 0 {
		return p.uniformPoint()
	}
	if w, found := p.torn(); found {
		return slices.Repeat([]int64{w}, segments+1)
	}
	points := []int64{p.first()}
	for range segments {
		end := p.longest(points[len(points)-1])
		if end >= p.last() {
			return nil
		}
		points = append(points, end+1)
	}
	return points
}

// torn is the first w, if there is one, whose inputs differ so much that no output keeps to
// the tolerance at all of them.
func (p *prover) torn() (w int64, found bool) {
	for i := range p.sights {
		if l := p.look(i); l.low > l.high {
			return l.lo, true
		}
	}
	return 0, false
}

// uniformPoint is the first of a uniform segment on which no line keeps to the
// tolerance, if there is one.
func (p *prover) uniformPoint() []int64 {
	for first := p.first(); first <= p.last(); first = p.end(first) + 1 {
		if p.fails(first, p.end(first)) {
			return []int64{first}
		}
	}
	return nil
}

// end is the end of the uniform segment that holds w.
func (p *prover) end(w int64) int64 { return min(p.last(), w|(1<<p.low-1)) }

// longest is the last input up to which some line from start on keeps to the
// tolerance.
func (p *prover) longest(start int64) int64 {
	best, last := start, p.last()
	if start == last {
		return last
	}
	p.view(start, best+1)
	for i := range p.slopes {
		if p.holds(i) {
			if best = max(best+1, p.reach(&p.slopes[i], start)); best == last {
				break
			}
			p.view(start, best+1)
		}
	}
	return best
}

// fails reports whether on the closed interval no line keeps to the tolerance.
func (p *prover) fails(first, last int64) bool {
	p.view(first, last)
	for i := range p.slopes {
		if p.holds(i) {
			return false
		}
	}
	return true
}

// view sets the looks at an interval, in an order that has the ends and the middle
// first: they tell most slopes apart.
func (p *prover) view(first, last int64) {
	p.looks = p.looks[:0]
	from, to := p.find(first), p.find(last)
	n := to - from + 1
	p.add(from, first, last)
	if n > 1 {
		p.add(to, first, last)
	}
	width := bits.Len(uint(n - 1))
	for i := range 1 << width {
		at := int(bits.Reverse64(uint64(i)) >> (64 - width) & (1<<width - 1))
		if 0 < at && at < n-1 {
			p.add(from+at, first, last)
		}
	}
	p.rates = ratesOf(p.looks[:min(len(p.looks), fewLooks)])
}

// fewLooks are enough to tell between which rates slopes hold.
const fewLooks = 9

func (p *prover) add(run int, first, last int64) {
	l := p.look(run)
	if l.low == -beyond && l.high == beyond {
		return
	}
	l.lo, l.hi = max(l.lo, first), min(l.hi, last)
	p.looks = append(p.looks, l)
}

// look is all of a sight. A bound that the clamp keeps is none; where values wrap, the
// ends of the output codes are bounds instead.
func (p *prover) look(number int) look {
	s := p.sights[number]
	l := look{lo: s.lo, hi: s.hi, low: -beyond, high: beyond}
	if p.wraps {
		l.low, l.high = p.out.Min()<<p.guard, (p.out.Max()+1)<<p.guard-1
	}
	if s.greatest-p.tolerance > p.out.Min() {
		l.low = (s.greatest - p.tolerance) << p.guard
	}
	if s.least+p.tolerance < p.out.Max() {
		l.high = (s.least+p.tolerance+1)<<p.guard - 1
	}
	return l
}

// biases are those that a slope may have.
type biases struct{ low, high int64 }

var unlimited = biases{-2 * beyond, 2*beyond - 1}

// holds reports whether some bias of a slope remains after all looks.
func (p *prover) holds(number int) bool {
	if rate := p.slants[number]; rate < p.rates.least || rate > p.rates.greatest {
		return false
	}
	s, b := &p.slopes[number], unlimited
	for i := range p.looks {
		if b = p.narrow(b, s, &p.looks[i]); b.low > b.high {
			return false
		}
	}
	return true
}

// narrow is what remains of the biases after the ends of a look, and after the inputs
// where a sum of mixed signs turns within it.
func (p *prover) narrow(b biases, s *slope, l *look) biases {
	b = p.meet(b, s, l, l.lo)
	b = p.meet(b, s, l, l.hi)
	if b.low > b.high || !s.mixed() {
		return b
	}
	for _, e := range s.shift {
		step := max(0, int(e)-p.guard)
		if first := (l.lo>>step + 1) << step; first <= l.hi {
			b = p.meet(b, s, l, first)
			b = p.meet(b, s, l, l.hi>>step<<step-1)
		}
	}
	return b
}

// meet is what remains of the biases after one input.
func (p *prover) meet(b biases, s *slope, l *look, x int64) biases {
	v := s.at(x, p.guard)
	if l.low > -beyond {
		b.low = max(b.low, l.low-v)
	}
	if l.high < beyond {
		b.high = min(b.high, l.high-v)
	}
	return b
}

// reach is the last input up to which a slope holds from start on.
func (p *prover) reach(s *slope, start int64) int64 {
	b := unlimited
	for run := p.find(start); run < len(p.sights); run++ {
		l := p.look(run)
		l.lo = max(l.lo, start)
		next := p.narrow(b, s, &l)
		if next.low <= next.high {
			b = next
			continue
		}
		return l.lo - 1 + int64(sort.Search(int(l.hi-l.lo), func(n int) bool {
			part := l
			part.hi = l.lo + int64(n)
			r := p.narrow(b, s, &part)
			return r.low > r.high
		}))
	}
	return p.last()
}

package lower

import (
	"fmt"
	"math/bits"
	"slices"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/ir/steps"
)

// plan is the shape of the datapath to generate, no larger than it must be.
type plan struct {
	name   string
	source ir.Source
	doc    []string
	to     purpose

	input, output datapath.Type
	window        *window       // nil: segments are of the input itself
	seen          datapath.Type // what segments are of
	grid          *grid         // nil: segments have thresholds
	rows          int           // that segments of a grid share; 0: they have terms, if any
	row           datapath.Type // of the numbers in rows
	channels      int           // configurations, at least 1
	channelPort   string        // "" where there is nothing to choose
	style         ir.Style
	bare          bool // pipelined without a handshake
	load          ir.Load
	shifter       ir.Shifter
	search        ir.Search // of selectNumber

	segments, terms, guard int
	shifts                 []int // the exponents that occur, ascending
	thresholds             datapath.Type
	bias, sum, result      datapath.Type // sum and bias have guard fractional bits; sums wrap
	limits                 datapath.Type
	confined               bool // sums are narrower than some configuration of the shape could need
	low, high              bool // which sides of the clamp can matter
	selection              selection
	decoded                bool // slopes are stored as what the taps need, not packed
	subtracts              bool // some term can be subtracted
	capture                bool // terms are captured and added at the end, not where they pass

	counter bool // thresholds are counted: each is one less than the input that reaches it
	either  bool // up or down: the top bit of the first value, which is stored more by one then, says down

	held  []config // one for each channel; nil: written through a port
	kept  []store  // see stores
	words []field  // see fields
}

// selection is how the segment of an input comes to determine its output.
type selection uint8

const (
	selectWay    selection = iota // a balanced tree of multiplexers chooses bias and slope, a bit for each level
	selectTree                    // the same, each multiplexer with the comparator of its own
	selectChain                   // a chain of them does, which vector units like better
	selectNumber                  // a search numbers it, and memories are read at that number
	selectLast                    // every segment is computed, then a chain chooses the sum
	selectCount                   // every segment adds (or subtracts) one: count the thresholds passed
	selectSteps                   // the same, one after another
)

// counts says that the number of thresholds passed is all that matters.
func (p *plan) counts() bool {
	return p.counter || p.selection == selectCount || p.selection == selectSteps || p.selection == selectNumber && p.countable()
}

// config is one configuration: what is written for one channel.
type config struct {
	thresholds []int64
	biases     []int64
	slopes     []slope
	min, max   int64
	ranks      []int64 // see plan.ranks
	prescale   int     // of the window
	rows       [][]int64
	row        []int // of each segment
}

// slope is the terms of a segment without those that cancel, ascending.
type slope []pwl.Term

// complements is how many complements a slope is added by, each of which is one
// less than what is subtracted: the stored bias makes up for it. On a grid it may be
// negative.
func (p *plan) complements(s slope) int64 {
	n := int64(0)
	if p.grid != nil && p.to == hardware {
		n = -int64(p.terms) // see addTerm
	}
	for i, t := range s {
		if t.Negative && (p.capture || p.grid != nil || i == 0 || s[i-1].Shift != t.Shift) {
			n++
		}
	}
	return n
}

// taps is the number of decoded words that say which stages are taken: one for each
// stage, or, where terms are captured, one for each term and stage.
func (p *plan) taps() int {
	if p.capture {
		return p.terms * len(p.shifts)
	}
	return len(p.shifts)
}

// signs is the number of decoded words that say what is subtracted.
func (p *plan) signs() int {
	if p.capture {
		return p.terms
	}
	return len(p.shifts)
}

func (p *plan) tapWidth() int {
	if p.capture {
		return 1
	}
	return addressWidth(p.terms + 1)
}

// tap is decoded word i of a slope.
func (p *plan) tap(s slope, i int) int64 {
	if p.capture {
		j, stage := i/len(p.shifts), i%len(p.shifts)
		return truth(j < len(s) && s[j].Shift == p.shifts[stage])
	}
	n := int64(0)
	for _, t := range s {
		n += truth(t.Shift == p.shifts[i])
	}
	return n
}

// minus is decoded sign i of a slope.
func (p *plan) minus(s slope, i int) int64 {
	if p.capture {
		return truth(i < len(s) && s[i].Negative)
	}
	return truth(slices.Contains(s, pwl.Term{Shift: p.shifts[i], Negative: true}))
}

func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func newSlope(terms []pwl.Term) slope {
	net := map[int]int{}
	for _, t := range terms {
		if t.Negative {
			net[t.Shift]--
		} else {
			net[t.Shift]++
		}
	}
	var s slope
	for shift, n := range net {
		for range max(n, -n) {
			s = append(s, pwl.Term{Shift: shift, Negative: n < 0})
		}
	}
	slices.SortFunc(s, func(a, b pwl.Term) int { return a.Shift - b.Shift })
	return s
}

// piecewiseConstant is the exact function with a segment for each run.
func piecewiseConstant(f *steps.Function) *pwl.Function {
	g := &pwl.Function{Input: f.Input, Output: f.Output}
	for _, r := range f.Runs {
		g.Segments = append(g.Segments, pwl.Segment{Start: r.Start, Bias: r.Value})
	}
	return g
}

// planCounter is a unit that counts thresholds, one for each output code but one.
func planCounter(u *ir.Unit) *plan {
	p := &plan{
		name: u.Name, source: u.Source, doc: unitDoc(u),
		input: datapath.TypeOf(u.Input), output: datapath.TypeOf(u.Output),
		channels: u.Channels, channelPort: portIf(u.Channels > 1, "x_channel"), style: u.Style,
		bare:     u.Handshake == ir.NoHandshake,
		seen:     datapath.TypeOf(u.Input),
		segments: 1 << u.Output.Width, thresholds: datapath.TypeOf(u.Input),
		bias: datapath.TypeOf(u.Output), sum: datapath.TypeOf(u.Output), result: datapath.TypeOf(u.Output),
		counter: true, selection: selectCount, either: u.Monotonic == ir.Either,
	}
	if p.either {
		p.bias = unsigned(u.Output.Width + 1)
	}
	p.searchBy(u.Search)
	return p
}

// planUnit is the shape that every configuration of a unit fits into.
func planUnit(u *ir.Unit) (*plan, error) {
	if u.Implement == ir.Thresholds {
		return planCounter(u), nil
	}
	p := &plan{
		name: u.Name, source: u.Source, doc: unitDoc(u),
		input: datapath.TypeOf(u.Input), output: datapath.TypeOf(u.Output),
		window: windowOf(&u.Shape, u.Input), seen: datapath.TypeOf(u.Window.Codes(u.Input)),
		channels: u.Channels, style: u.Style, shifter: u.Shifter, bare: u.Handshake == ir.NoHandshake, load: u.Load,
		segments: u.Segments, terms: u.Terms, guard: u.Guard,
		low: true, high: true,
		subtracts: u.Signs == ir.BothSigns,
		capture:   u.Terms == 1 || u.Style == ir.Parallel || u.Shifter == ir.Barrel,
	}
	if u.Channels > 1 {
		p.channelPort = "x_channel"
	}
	p.thresholds = p.seen
	if u.Breaks == ir.Uniform {
		p.grid = gridOf(u.Segments, p.seen.Width)
		p.rows, p.row = u.Rows, unsigned(u.RowBits)
	}
	for e := u.MinShift; e <= u.MaxShift; e++ {
		p.shifts = append(p.shifts, e)
	}
	if err := p.sizeUnit(u); err != nil {
		return nil, err
	}
	p.selection = p.tree()
	if p.grid == nil {
		p.searchBy(u.Search)
	}
	return p, nil
}

// sizeUnit chooses the widths of a unit.
func (p *plan) sizeUnit(u *ir.Unit) error {
	// Beyond the largest sum of terms and the output range, a bias drives every
	// output to the same end of the clamp.
	p.sum = datapath.Type{Width: 64, Signed: true}
	width := u.Output.Width + u.Guard + 2
	if p.terms > 0 {
		width = max(width, p.sumType(0).Width)
	}
	width++
	if width+1 > 63 {
		return tooWide("unit "+u.Name, width+1, u.Source)
	}
	p.bias = datapath.Type{Width: width, Signed: true}
	p.sum = datapath.Type{Width: width + 1, Signed: true}
	p.result = datapath.Type{Width: width + 1 - u.Guard, Signed: true}
	p.limits = datapath.Type{Width: u.Output.Width + 1, Signed: true}
	p.confine(&u.Shape)
	return p.fitWords("unit "+u.Name, u.Source)
}

// fitWords refuses words that are too wide.
func (p *plan) fitWords(what string, at ir.Source) error {
	width := p.slopeWidth()
	if p.grid != nil {
		width = p.lineWidth()
		if p.load == ir.LoadData {
			width = p.loadWidth()
		}
	}
	if width > 63 {
		return tooWide(what, width, at)
	}
	return nil
}

func tooWide(what string, width int, at ir.Source) error {
	return &ir.Problem{
		Code:    "datapath-width",
		Message: fmt.Sprintf("%s needs words of %d bits; at most 63 are possible", what, width),
		At:      at,
		Help:    "take a narrower input, fewer guard bits, fewer terms, or a larger smallest shift",
	}
}

// planFixed is the shape that holds the given functions, one for each channel, and
// nothing else.
func planFixed(l *pwl.Layer, in ir.Integer, fs []*pwl.Function, to purpose) (*plan, error) {
	p := &plan{
		name: l.Name, source: l.Source, doc: layerDoc(l), to: to,
		input: datapath.TypeOf(l.Input.Integer), output: datapath.TypeOf(l.Output.Integer),
		window: windowFor(fs), seen: datapath.TypeOf(l.Input.Integer),
		channels: len(fs), style: l.Shape.Style, bare: l.Shape.Handshake == ir.NoHandshake, guard: fs[0].Guard,
	}
	onGrid := (l.Implement == ir.PWL || l.Implement == ir.Table) && l.Shape.Breaks == ir.Uniform
	if p.window != nil || onGrid {
		p.seen = datapath.TypeOf(l.Shape.Window.Codes(in))
	}
	p.thresholds = p.seen
	if l.Layer.Channels > 0 {
		p.channelPort = "x_channel"
	}
	if to == software {
		p.style, p.channelPort = ir.Parallel, portIf(l.Layer.Channels > 0, "channel")
	}
	for _, f := range fs {
		if f.Guard != p.guard {
			return nil, fmt.Errorf("layer %s: its channels have %d and %d guard bits", l.Name, p.guard, f.Guard)
		}
		p.include(f)
	}
	slices.Sort(p.shifts)
	if to == hardware && l.Shape.Shifter == ir.Barrel && p.terms > 0 {
		p.shifter, p.capture = ir.Barrel, true
	}
	if (p.shifter == ir.Barrel || p.style == ir.Serial) && p.terms > 0 {
		p.fillShifts()
	}
	// Adders at every stage pay where each has a clock to itself, or where constants
	// make most of them vanish; elsewhere multiplexers are cheaper.
	p.capture = p.capture || p.terms == 1 || to == hardware && p.style == ir.Parallel
	if onGrid {
		p.layGrid(&l.Shape, fs, to)
	}
	if to == hardware && !onGrid {
		p.searchBy(l.Shape.Search)
	}
	if p.search == ir.Cascade && p.segments > ir.MaxCascade {
		return nil, longCascade(l, p.segments)
	}
	for _, f := range fs {
		p.held = append(p.held, p.configure(f))
	}
	if p.selection != selectNumber {
		p.selection = p.choose(to)
	}
	p.decoded = p.channels == 1 && p.shifter == ir.Chain && p.grid == nil && p.style != ir.Serial // they fold; in a table they would cost more words than decoding does
	if err := p.size(fs, to); err != nil {
		return nil, tooWide("layer "+l.Name, 64, l.Source)
	}
	return p, nil
}

func portIf(yes bool, name string) string {
	if yes {
		return name
	}
	return ""
}

// include widens the shape until f fits.
func (p *plan) include(f *pwl.Function) {
	p.segments = max(p.segments, len(f.Segments))
	for _, s := range f.Segments {
		terms := newSlope(s.Terms)
		p.terms = max(p.terms, len(terms))
		for _, t := range terms {
			if !slices.Contains(p.shifts, t.Shift) {
				p.shifts = append(p.shifts, t.Shift)
			}
			p.subtracts = p.subtracts || t.Negative
		}
	}
}

// fillShifts lets the shifts have no gaps.
func (p *plan) fillShifts() {
	first, last := p.shifts[0], p.shifts[len(p.shifts)-1]
	p.shifts = nil
	for e := first; e <= last; e++ {
		p.shifts = append(p.shifts, e)
	}
}

// configure is the configuration for f. Segments beyond its last repeat it, so that
// it does not matter whether their thresholds are passed.
func (p *plan) configure(f *pwl.Function) config {
	if p.grid != nil {
		return p.configureGrid(f)
	}
	c := config{min: f.Output.Min(), max: f.Output.Max(), prescale: f.View.Shift}
	for k := range p.segments {
		s := f.Segments[min(k, len(f.Segments)-1)]
		if k > 0 {
			c.thresholds = append(c.thresholds, s.Start)
		}
		terms := newSlope(s.Terms)
		c.slopes = append(c.slopes, terms)
		c.biases = append(c.biases, s.Bias+p.complements(terms))
	}
	return c
}

func (p *plan) choose(to purpose) selection {
	switch {
	case p.countable() && to == hardware:
		return selectCount
	case p.countable():
		return selectSteps
	case to == hardware:
		return p.tree()
	case p.channels == 1 && p.terms > 0:
		return selectLast
	default:
		return selectChain
	}
}

// tree is how hardware selects: fewer bits are fewer registers.
func (p *plan) tree() selection {
	if p.style == ir.Parallel {
		return selectTree
	}
	return selectWay
}

// step is by how much each threshold changes a piecewise constant function: +1 or
// -1, or 0 where they differ.
func (p *plan) step() int64 {
	step := int64(0)
	for _, c := range p.held {
		for k, b := range c.biases[1:] {
			d := b - c.biases[k]
			if d != 1 && d != -1 || step != 0 && d != step {
				return 0
			}
			step = d
		}
	}
	return step
}

func (p *plan) countable() bool {
	return p.grid == nil && p.terms == 0 && p.segments > 2 && p.step() != 0
}

// size chooses the widths of a fixed function.
func (p *plan) size(fs []*pwl.Function, to purpose) error {
	out := fs[0].Output
	var values, exact interval
	for i, f := range fs {
		values.join(valuesOf(f))
		exact.join(p.sumsOf(f, p.held[i]))
	}
	p.low, p.high = values.lo < out.Min(), values.hi > out.Max()
	p.limits = p.output
	p.result = p.output
	if p.low || p.high {
		values.add(out.Min())
		values.add(out.Max())
		p.result = values.typ()
	}
	p.sum = datapath.Type{Width: p.result.Width + p.guard, Signed: p.result.Signed}
	if to == software {
		p.sum = exact.typ()
		p.result = p.sum
		if wide := datapath.TypeOf(out); !p.result.Covers(wide) {
			p.result = (&interval{lo: min(p.sum.Min(), out.Min()), hi: max(p.sum.Max(), out.Max()), any: true}).typ()
			p.sum = p.result
		}
	}
	p.bias = p.sum
	if p.sum.Width > 63 {
		return fmt.Errorf("too wide")
	}
	if !p.decoded {
		if err := p.fitWords("", ir.Source{}); err != nil {
			return err
		}
	}
	for i := range p.held {
		for k, b := range p.held[i].biases {
			p.held[i].biases[k] = p.bias.Wrap(b)
		}
	}
	return nil
}

// shiftOf is how far to the right stage i shifts the input itself; negative is left.
func (p *plan) shiftOf(i int) int { return p.shifts[i] - p.guard }

// sumType holds the terms of stage i and of larger shifts, or as many low bits of
// them as the sum has.
func (p *plan) sumType(i int) datapath.Type {
	t := p.shiftedType(i)
	width := t.Width + addressWidth(p.terms)
	if !t.Signed {
		width++
	}
	if width >= p.sum.Width {
		return p.sum
	}
	return datapath.Type{Width: width, Signed: true}
}

// shiftedType is the type of what stage i adds.
func (p *plan) shiftedType(i int) datapath.Type {
	t := p.operand()
	t.Width = min(max(1, t.Width-p.shiftOf(i)), p.sum.Width)
	return t
}

// indexWidth is the number of bits that name a stage.
func (p *plan) indexWidth() int { return bits.Len(uint(max(len(p.shifts), 1) - 1)) }

// slopeWidth is the width of a slope word: for each term enable, negative, index.
func (p *plan) slopeWidth() int { return p.terms * (2 + p.indexWidth()) }

// stageOf is the stage that shifts by e.
func (p *plan) stageOf(e int) int { return slices.Index(p.shifts, e) }

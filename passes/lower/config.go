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

// field is one word of a configuration, whose number is the place of its channel's
// in an address. The doc is for those who write it: what is held has none.
type field struct {
	name, doc string
	word      int
	typ       datapath.Type
	of        func(*config) int64
}

// store is a memory of the configuration: for each channel 2^n fields of one type.
type store struct {
	name   string
	fields []field
	lanes  []lane // memories that hold some bits of the fields each; nil: one does, with all of them
}

// lane is the bits of fields from low on that a memory holds for itself, at the low
// bits of an address.
type lane struct {
	name string
	low  int
	typ  datapath.Type
	bits int // of an address
}

// memories are the lanes of a store.
func (s *store) memories() []lane {
	if s.lanes != nil {
		return s.lanes
	}
	return []lane{{name: s.name, typ: s.fields[0].typ, bits: s.bits()}}
}

// bits is the number of bits that choose among a store's fields.
func (s *store) bits() int { return addressWidth(len(s.fields)) }

// stores are the memories of a configuration. They are listed once the plan is made.
func (p *plan) stores() []store {
	if p.kept == nil {
		p.kept = p.listStores()
	}
	return p.kept
}

// fields are the words of a configuration, in the order of their numbers.
func (p *plan) fields() []field {
	if p.words == nil {
		for _, s := range p.stores() {
			p.words = append(p.words, s.fields...)
		}
		slices.SortFunc(p.words, func(a, b field) int { return a.word - b.word })
	}
	return p.words
}

func (p *plan) listStores() []store {
	if p.grid != nil {
		return p.gridStores()
	}
	stores, next := p.thresholdStores()
	rest := p.biasStores()
	if p.terms > 0 {
		rest = append(rest, p.slopeStores()...)
	}
	rest = append(rest, p.windowStores()...)
	rest = append(rest, p.limitStores()...)
	number(rest, next)
	return append(stores, rest...)
}

// windowStores is what the front end is told.
func (p *plan) windowStores() []store {
	if p.window == nil || p.window.first == p.window.last {
		return nil
	}
	return []store{{name: prescaleName, fields: []field{{
		name: prescaleName, doc: p.prescaleDoc(),
		typ: unsigned(p.window.indexWidth()), of: func(c *config) int64 { return int64(c.prescale - p.window.first) },
	}}}}
}

// prescaleDoc is what is stored of how x is shifted.
func (p *plan) prescaleDoc() string { return less("shift of the window", p.window.first) }

// limitStores are the ends of the clamp that can matter.
func (p *plan) limitStores() []store {
	var rest []store
	if p.low {
		rest = append(rest, store{name: "min", fields: []field{{name: "min", doc: "smallest output code, at most 0", typ: p.limits, of: func(c *config) int64 { return c.min }}}})
	}
	if p.high {
		rest = append(rest, store{name: "max", fields: []field{{name: "max", doc: "largest output code, at least 0", typ: p.limits, of: func(c *config) int64 { return c.max }}}})
	}
	return rest
}

// number gives fields their words, from next on, and returns the one after them. A
// store begins at a multiple of its size, so that its fields differ in low bits alone.
func number(stores []store, next int) int {
	for _, s := range stores {
		size := len(s.fields)
		next = (next + size - 1) / size * size
		for i := range s.fields {
			s.fields[i].word = next + i
		}
		next += size
	}
	return next
}

// thresholdStores are what tells the segment of an input, and the number of the next
// word.
func (p *plan) thresholdStores() ([]store, int) {
	var stores []store
	switch {
	case p.selection == selectNumber && p.search == ir.Cascade:
		stores = []store{p.rankStore()}
	case p.selection == selectNumber && p.style == ir.Serial:
		return []store{p.heap()}, p.segments
	case p.selection == selectNumber:
		return p.levels(), p.segments // the word of a threshold has the number of its segment
	default:
		for k := range p.segments - 1 {
			f := p.threshold(k + 1)
			stores = append(stores, store{name: f.name, fields: []field{f}})
		}
	}
	return stores, number(stores, 0)
}

func (p *plan) threshold(k int) field {
	doc := "segment k holds for x >= this"
	if p.window != nil {
		doc = "segment k holds for w >= this"
	}
	if p.counter {
		doc = "x > this adds 1 to the output"
		if p.either {
			doc += ", or subtracts 1"
		}
	}
	return field{
		name: fmt.Sprintf("threshold%d", k), doc: doc,
		typ: p.thresholds, of: func(c *config) int64 { return c.thresholds[k-1] },
	}
}

// perSegment keeps a field of every segment: together where the number of the segment
// is an address, else each by itself.
func (p *plan) perSegment(name string, of func(k int) field) []store {
	var fields []field
	for k := range p.segments {
		fields = append(fields, of(k))
	}
	if p.selection == selectNumber {
		return []store{{name: name, fields: fields}}
	}
	var stores []store
	for _, f := range fields {
		stores = append(stores, store{name: f.name, fields: []field{f}})
	}
	return stores
}

func (p *plan) biasStores() []store {
	of := func(k int) field {
		return field{name: fmt.Sprintf("bias%d", k), doc: p.biasDoc(), typ: p.bias, of: func(c *config) int64 { return c.biases[k] }}
	}
	if p.counts() {
		f := of(0)
		return []store{{name: f.name, fields: []field{f}}}
	}
	return p.perSegment("bias", of)
}

func (p *plan) slopeStores() []store {
	if !p.decoded {
		return p.perSegment("slope", func(k int) field {
			return field{
				name: fmt.Sprintf("slope%d", k), doc: p.slopeDoc(), typ: unsigned(p.slopeWidth()),
				of: func(c *config) int64 { return p.encode(c.slopes[k]) },
			}
		})
	}
	var stores []store
	for i := range p.taps() {
		stores = append(stores, p.perSegment(fmt.Sprintf("tap_%d", i), func(k int) field {
			return field{
				name: fmt.Sprintf("tap%d_%d", k, i), typ: unsigned(p.tapWidth()),
				of: func(c *config) int64 { return p.tap(c.slopes[k], i) },
			}
		})...)
	}
	for i := range p.signs() {
		stores = append(stores, p.perSegment(fmt.Sprintf("minus_%d", i), func(k int) field {
			return field{
				name: fmt.Sprintf("minus%d_%d", k, i), typ: datapath.Bit,
				of: func(c *config) int64 { return p.minus(c.slopes[k], i) },
			}
		})...)
	}
	return stores
}

func (p *plan) biasDoc() string {
	switch {
	case p.either:
		n := p.output.Width
		return fmt.Sprintf("bits 0..%d output for the smallest x, plus 1 where bit %d is 1; bit %d is 1 where thresholds subtract", n-1, n, n)
	case p.counter:
		return "output for the smallest x"
	}
	s := fmt.Sprintf("bias of segment %s, %s", p.anySegment(), ir.Plural(p.guard, "fractional bit"))
	if p.terms > 0 {
		s += ", plus 1 for each " + p.subtracted() + " that is subtracted"
	}
	return s
}

// subtracted is what a complement is taken of.
func (p *plan) subtracted() string {
	if p.capture {
		return "term"
	}
	return "shift"
}

// anySegment is the number of a segment in what is said of all of them: that in the name.
func (p *plan) anySegment() string {
	if p.segments == 1 {
		return "0"
	}
	return "k"
}

func (p *plan) slopeDoc() string {
	s := fmt.Sprintf("slope of segment %s: ", p.anySegment())
	for j := range p.terms {
		at := j * (2 + p.indexWidth())
		if j > 0 {
			s += "; "
		}
		s += fmt.Sprintf("term %d: bit %d enable, bit %d subtract", j, at, at+1)
		if w := p.indexWidth(); w > 0 {
			s += fmt.Sprintf(", bits %d..%d %s", at+2, at+1+w, less("shift", p.shifts[0]))
		}
	}
	return s + "; a term that is not enabled is all zero"
}

// less is what is stored of a number that is by at least.
func less(what string, by int) string {
	switch {
	case by < 0:
		return fmt.Sprintf("%s + %d", what, -by)
	case by > 0:
		return fmt.Sprintf("%s - %d", what, by)
	}
	return what
}

// encode packs the terms of a slope into its word.
func (p *plan) encode(s slope) int64 {
	word := int64(0)
	for j, t := range s {
		term := int64(1) | int64(p.stageOf(t.Shift))<<2
		if t.Negative {
			term |= 2
		}
		word |= term << (j * (2 + p.indexWidth()))
	}
	return word
}

// addressWidth is the number of bits that number n things.
func addressWidth(n int) int { return bits.Len(uint(n - 1)) }

// wordBits is the width of the word number in a configuration address.
func (p *plan) wordBits() int {
	return max(1, addressWidth(p.completeWord()+int(truth(p.guarded()))))
}

// completeWord is the number of the word after the fields.
func (p *plan) completeWord() int {
	fields := p.fields()
	return fields[len(fields)-1].word + 1
}

// completeDoc is what the word after the fields means.
func (p *plan) completeDoc() string {
	doc := "1: inputs are taken; 0, as after any other word: none are"
	if p.channels > 1 {
		doc += ", of any channel"
	}
	return doc
}

// layout describes the configuration port.
func (p *plan) layout() []datapath.Field {
	var out []datapath.Field
	if p.load == ir.LoadData {
		return []datapath.Field{{Name: "segment", Type: unsigned(p.loadWidth()), WordBits: p.input.Width, Doc: p.loadDoc()}}
	}
	for _, f := range p.fields() {
		out = append(out, datapath.Field{Name: f.name, Word: f.word, Type: f.typ, WordBits: p.wordBits(), Doc: f.doc})
	}
	if p.guarded() {
		out = append(out, datapath.Field{Name: "complete", Word: p.completeWord(), Type: datapath.Bit, WordBits: p.wordBits(), Doc: p.completeDoc()})
	}
	return out
}

// image is what to load into the unit for a layer.
func (p *plan) image(u *ir.Unit, l *pwl.Layer) (*datapath.Image, error) {
	if len(l.Channels) > p.channels {
		return nil, unfit(u, l, fmt.Sprintf("%d channels do not fit into %d", len(l.Channels), p.channels))
	}
	image := &datapath.Image{Layer: l.Name}
	for c, ch := range l.Channels {
		cfg, err := p.configureChannel(u, l, ch)
		if err != nil {
			return nil, err
		}
		if p.load == ir.LoadData {
			image.Words = append(image.Words, p.offers(u, ch.Function, cfg, c)...)
			continue
		}
		for _, f := range p.fields() {
			image.Words = append(image.Words, datapath.Word{
				Addr: uint64(c)<<p.wordBits() | uint64(f.word),
				Data: uint64(f.of(cfg)) & (1<<f.typ.Width - 1),
			})
		}
	}
	if p.guarded() {
		last := uint64(len(l.Channels)-1) << p.wordBits()
		image.Words = append(image.Words, datapath.Word{Addr: last | uint64(p.completeWord()), Data: 1})
	}
	return image, nil
}

func (p *plan) configureChannel(u *ir.Unit, l *pwl.Layer, ch *pwl.Channel) (*config, error) {
	if p.counter {
		return p.configureCounter(u, l, ch.Steps)
	}
	return p.configureUnit(u, l, ch.Function)
}

// configureCounter has the first output as the bias, and a threshold for each output code
// above it, or below it where the function falls; what is left of them nothing reaches.
func (p *plan) configureCounter(u *ir.Unit, l *pwl.Layer, f *steps.Function) (*config, error) {
	switch {
	case f == nil:
		return nil, unfit(u, l, "it is implemented by "+l.Implement.String())
	case !p.input.Covers(datapath.TypeOf(f.Input)):
		return nil, unfit(u, l, fmt.Sprintf("its input %s does not fit into %s", f.Input, u.Input))
	case f.Output.Width > u.Output.Width:
		return nil, unfit(u, l, fmt.Sprintf("its output %s does not fit into %d bits", f.Output, u.Output.Width))
	}
	rise, fall := f.Turns()
	if fall != nil && (rise != nil || !p.either) {
		return nil, unfit(u, l, fmt.Sprintf("it falls at input %d", fall.Start))
	}
	cfg := &config{biases: []int64{p.bias.Wrap(f.Runs[0].Value)}}
	if p.either {
		down := truth(fall != nil)
		cfg.biases[0] = down<<p.output.Width | (f.Runs[0].Value+down)&(1<<p.output.Width-1)
	}
	for i, r := range f.Runs[1:] {
		for range max(r.Value-f.Runs[i].Value, f.Runs[i].Value-r.Value) {
			cfg.thresholds = append(cfg.thresholds, r.Start-1)
		}
	}
	for len(cfg.thresholds) < p.segments-1 {
		cfg.thresholds = append(cfg.thresholds, p.thresholds.Max())
	}
	return cfg, nil
}

// configureUnit checks that f fits the unit. A bias beyond the range of its field
// is held to it: the sum is beyond the output range either way. Biases of confined
// sums wrap as the sums do.
func (p *plan) configureUnit(u *ir.Unit, l *pwl.Layer, f *pwl.Function) (*config, error) {
	switch {
	case f == nil:
		return nil, unfit(u, l, "it is implemented by "+l.Implement.String())
	case !p.input.Covers(datapath.TypeOf(f.Input)):
		return nil, unfit(u, l, fmt.Sprintf("its input %s does not fit into %s", f.Input, u.Input))
	case u.Overflow == ir.Saturate && !p.limits.Covers(datapath.TypeOf(f.Output)) || f.Output.Width > u.Output.Width:
		return nil, unfit(u, l, fmt.Sprintf("its output %s does not fit into %d bits", f.Output, u.Output.Width))
	case len(f.Segments) > p.segments:
		return nil, unfit(u, l, fmt.Sprintf("%d segments do not fit into %d", len(f.Segments), p.segments))
	case f.Guard != p.guard:
		return nil, unfit(u, l, fmt.Sprintf("its biases have %d guard bits, the unit's %d", f.Guard, p.guard))
	}
	if len(f.Rows) > p.rows {
		return nil, unfit(u, l, fmt.Sprintf("%s do not fit into %d", ir.Plural(len(f.Rows), "row"), p.rows))
	}
	for _, s := range f.Segments {
		terms := newSlope(s.Terms)
		if len(terms) > p.terms {
			return nil, unfit(u, l, fmt.Sprintf("a slope of %d terms does not fit into %d", len(terms), p.terms))
		}
		for _, t := range terms {
			if p.stageOf(t.Shift) < 0 {
				return nil, unfit(u, l, fmt.Sprintf("the unit does not shift by %d", t.Shift))
			}
			if t.Negative && !p.subtracts {
				return nil, unfit(u, l, "the unit does not subtract terms")
			}
		}
	}
	if p.confined && !p.holds(f) {
		return nil, unconfined(u, l)
	}
	cfg := p.configure(f)
	for k, s := range cfg.slopes {
		if p.confined {
			cfg.biases[k] = p.bias.Wrap(cfg.biases[k])
			continue
		}
		n := p.complements(s)
		cfg.biases[k] = max(p.bias.Min()+max(n, 0), min(cfg.biases[k], p.bias.Max()+min(n, 0)))
	}
	return &cfg, nil
}

func unfit(u *ir.Unit, l *pwl.Layer, why string) error {
	return &ir.Problem{
		Code:    "unit-unfit",
		Message: fmt.Sprintf("layer %s does not fit on unit %s: %s", l.Name, u.Name, why),
		At:      l.Source,
		Notes:   []ir.Note{{Message: "the unit is declared here", At: u.Source}},
		Help:    "widen the unit, or leave out `on " + u.Name + "` for hardware of the layer's own",
	}
}

package lower

import (
	"fmt"
	"math/bits"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// field is one word of a configuration. The doc is for those who write it: what is
// held has none.
type field struct {
	name, doc string
	typ       datapath.Type
	of        func(*config) int64
}

// fields are the words of a configuration, in the order of their numbers. They are
// listed once the plan is made.
func (p *plan) fields() []field {
	if p.words == nil {
		p.words = p.listFields()
	}
	return p.words
}

func (p *plan) listFields() []field {
	var fs []field
	for k := range p.segments - 1 {
		fs = append(fs, field{
			fmt.Sprintf("threshold%d", k+1), fmt.Sprintf("segment %d holds for x >= this", k+1),
			p.thresholds, func(c *config) int64 { return c.thresholds[k] },
		})
	}
	for k := range p.segments {
		if k > 0 && p.selection.counts() {
			break
		}
		fs = append(fs, field{
			fmt.Sprintf("bias%d", k), p.biasDoc(k), p.bias, func(c *config) int64 { return c.biases[k] },
		})
	}
	if p.terms > 0 {
		for k := range p.segments {
			fs = append(fs, p.slopeFields(k)...)
		}
	}
	if p.low {
		fs = append(fs, field{"min", "smallest output code", p.limits, func(c *config) int64 { return c.min }})
	}
	if p.high {
		fs = append(fs, field{"max", "largest output code", p.limits, func(c *config) int64 { return c.max }})
	}
	return fs
}

func (p *plan) slopeFields(k int) []field {
	if !p.decoded {
		return []field{{
			fmt.Sprintf("slope%d", k), p.slopeDoc(k), unsigned(p.slopeWidth()),
			func(c *config) int64 { return p.encode(c.slopes[k]) },
		}}
	}
	var fs []field
	for i := range p.taps() {
		fs = append(fs, field{
			fmt.Sprintf("tap%d_%d", k, i), "", unsigned(p.tapWidth()),
			func(c *config) int64 { return p.tap(c.slopes[k], i) },
		})
	}
	for i := range p.signs() {
		fs = append(fs, field{
			fmt.Sprintf("minus%d_%d", k, i), "", datapath.Bit,
			func(c *config) int64 { return p.minus(c.slopes[k], i) },
		})
	}
	return fs
}

func (p *plan) biasDoc(k int) string {
	s := fmt.Sprintf("bias of segment %d, %d fractional bits", k, p.guard)
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

func (p *plan) slopeDoc(k int) string {
	s := fmt.Sprintf("slope of segment %d: ", k)
	for j := range p.terms {
		at := j * (2 + p.indexWidth())
		if j > 0 {
			s += "; "
		}
		s += fmt.Sprintf("term %d: bit %d enable, bit %d subtract", j, at, at+1)
		if w := p.indexWidth(); w > 0 {
			s += fmt.Sprintf(", bits %d..%d shift - %d", at+2, at+1+w, p.shifts[0])
		}
	}
	return s + "; a term that is not enabled is all zero"
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
func (p *plan) wordBits() int { return max(1, addressWidth(len(p.fields()))) }

// layout describes the configuration port.
func (p *plan) layout() []datapath.Field {
	var out []datapath.Field
	for i, f := range p.fields() {
		out = append(out, datapath.Field{Name: f.name, Word: i, Type: f.typ, WordBits: p.wordBits(), Doc: f.doc})
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
		cfg, err := p.configureUnit(u, l, ch.Function)
		if err != nil {
			return nil, err
		}
		for i, f := range p.fields() {
			image.Words = append(image.Words, datapath.Word{
				Addr: uint64(c)<<p.wordBits() | uint64(i),
				Data: uint64(f.of(cfg)) & (1<<f.typ.Width - 1),
			})
		}
	}
	return image, nil
}

// configureUnit checks that f fits the unit. A bias beyond the range of its field
// is held to it: the sum is beyond the output range either way.
func (p *plan) configureUnit(u *ir.Unit, l *pwl.Layer, f *pwl.Function) (*config, error) {
	switch {
	case f == nil:
		return nil, unfit(u, l, "it is implemented by "+l.Implement.String())
	case !covers(p.input, datapath.TypeOf(f.Input)):
		return nil, unfit(u, l, fmt.Sprintf("its input %s does not fit into %s", f.Input, u.Input))
	case !covers(p.limits, datapath.TypeOf(f.Output)) || f.Output.Width > u.Output.Width:
		return nil, unfit(u, l, fmt.Sprintf("its output %s does not fit into %d bits", f.Output, u.Output.Width))
	case len(f.Segments) > p.segments:
		return nil, unfit(u, l, fmt.Sprintf("%d segments do not fit into %d", len(f.Segments), p.segments))
	case f.Guard != p.guard:
		return nil, unfit(u, l, fmt.Sprintf("its biases have %d guard bits, the unit's %d", f.Guard, p.guard))
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
		}
	}
	cfg := p.configure(f)
	for k, s := range cfg.slopes {
		n := p.complements(s)
		cfg.biases[k] = max(p.bias.Min(), min(cfg.biases[k]-n, p.bias.Max()-n)) + n
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

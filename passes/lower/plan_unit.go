package lower

import (
	"grauc/ir"
	"grauc/ir/datapath"
)

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
		channels: u.Channels, channelPort: portIf(u.Channels > 1, "x_channel"), style: u.Style, shifter: u.Shifter, bare: u.Handshake == ir.NoHandshake, load: u.Load,
		segments: u.Segments, terms: u.Terms, guard: u.Guard,
		low: true, high: true,
		subtracts: u.Signs == ir.BothSigns,
		capture:   u.Terms == 1 || u.Style == ir.Parallel || u.Shifter == ir.Barrel,
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

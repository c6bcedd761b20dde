package pwl

import (
	"slices"

	"grauc/ir"
	"grauc/ir/steps"
)

// maxProbed is how many channels a probe configures: enough to tell one from
// another.
const maxProbed = 4

// Multiples of the golden ratio, here in units of 1/one, spread evenly modulo 1
// however many there are.
const (
	one    = 1 << 16
	golden = 40503
)

// Probe is a layer to test a unit with on which no layer runs. It has as many
// segments as the unit, of shifts that change from segment to segment and from
// channel to channel, about the middle of the unit's domain.
func Probe(u *ir.Unit) *Layer {
	l := &Layer{
		Layer: ir.Layer{
			Name: "probe", Unit: u.Name, Source: u.Source, Shape: u.Shape,
			Function: "a function to test the unit with",
			Input:    ir.Plain(u.Input), Output: ir.Plain(u.Output),
		},
		Implement: ir.PWL,
	}
	if u.Channels > 1 {
		l.Layer.Channels = min(u.Channels, maxProbed)
	}
	for c := range l.ChannelCount() {
		if u.Implement == ir.Thresholds {
			l.Implement = ir.Thresholds
			f := staircase(u, c)
			if u.Monotonic == ir.Either && c%2 == 0 {
				f.Fall()
			}
			l.Channels = append(l.Channels, &Channel{Steps: f})
			continue
		}
		if u.Implement == ir.Table {
			l.Implement = ir.Table
		}
		l.Channels = append(l.Channels, &Channel{Function: probe(u, c)})
	}
	return l
}

// staircase is a function whose steps are at distances that change from channel to channel,
// about the middle of the unit's domain; some outputs are left out.
func staircase(u *ir.Unit, channel int) *steps.Function {
	f := &steps.Function{Input: u.Input, Output: u.Output}
	codes := int64(u.Output.Count())
	step := max(1, int64(u.Input.Count())/(codes+int64(channel)+1))
	first := (u.Input.Min()+u.Input.Max()+1)/2 - step*codes/2
	f.Runs = append(f.Runs, steps.Run{Start: u.Input.Min(), Value: u.Output.Min()})
	for k := int64(1); k < codes; k++ {
		start := first + k*step
		if start <= f.Runs[len(f.Runs)-1].Start || start > u.Input.Max() || codes > 4 && k%5 == int64(channel)%5 {
			continue
		}
		f.Runs = append(f.Runs, steps.Run{Start: start, Value: u.Output.Min() + k})
	}
	return f
}

// probe is a function whose segments begin at equal distances. In the middle of
// each the output is within its range, wherever the segment before it ended. Where
// values may not go far beyond the output, they stay near the middle of it, and where
// they wrap, within it.
func probe(u *ir.Unit, channel int) *Function {
	f := &Function{Input: u.Input, Output: u.Output, Guard: u.Guard}
	if w := u.Window; w.Bits > 0 {
		f.View = View{w.MinShift + channel%(w.MaxShift-w.MinShift+1), w.Codes(u.Input)}
	}
	f.Rows = probeRows(u, channel)
	start, step, n := probeStarts(u, f.View.Seen(u.Input))
	confined := u.Headroom > 0 || u.Overflow == ir.Wrap
	for k := range n {
		s := Segment{Start: start + k*step, Terms: probeTerms(u, int(k)+channel)}
		if k == 0 {
			s.Start = f.First()
		}
		if s.Start > f.Last() {
			break
		}
		spread := (k + int64(channel) + 1) * golden % one
		if confined {
			spread = one/4 + spread/2
		}
		if confined && u.Breaks == ir.Free && (k == 0 || k == n-1) {
			s.Terms = nil
		}
		s.aim(f, start+k*step+step/2, spread)
		if f.Rows != nil {
			s.Row = (int(k) + channel) % len(f.Rows)
		}
		f.Segments = append(f.Segments, s)
	}
	if u.Overflow == ir.Wrap {
		for k := range f.Segments {
			f.keepWithin(k)
		}
	}
	return f
}

// probeRows are as many rows as the unit has, no number of which is so large that it
// would leave none for the bias.
func probeRows(u *ir.Unit, channel int) [][]int64 {
	rows := make([][]int64, u.Rows)
	numbers := min(1<<u.RowBits, int64(u.Output.Count()+1)/2)
	for r := range rows {
		for l := range int64(1) << u.LowBits(u.Input) {
			spread := (l*int64(u.Rows) + int64(r+channel) + 1) * golden % one
			rows[r] = append(rows[r], spread*numbers/one)
		}
	}
	if u.Rows == 0 {
		return nil
	}
	return rows
}

// probeStarts are where segments begin: n of them, a step apart.
func probeStarts(u *ir.Unit, seen ir.Integer) (start, step, n int64) {
	if u.Breaks == ir.Uniform {
		step = 1 << u.LowBits(u.Input)
		start = seen.Min() &^ (step - 1)
		return start, step, (seen.Max()-start)/step + 1
	}
	n = int64(min(uint64(u.Segments), seen.Count()))
	step = max(1, min(int64(seen.Count())/(n+1), int64(u.Output.Count())<<min(max(u.MinShift+1, 0), 24)))
	if u.Headroom > 0 || u.Overflow == ir.Wrap {
		step = max(1, min(step, step>>(3+max(0, -u.MinShift))/int64(u.Terms)))
	}
	return (seen.Min()+seen.Max()+1)/2 - step*n/2, step, n
}

// aim sets the bias so that at w the output is so far up its range.
func (s *Segment) aim(f *Function, w, spread int64) {
	s.Bias = 0
	target := f.Output.Min() + spread*int64(f.Output.Count())/one
	s.Bias = target<<f.Guard - s.Value(w, f.Guard)
}

// keepWithin moves segment k until all its values are output codes, or makes it
// constant.
func (f *Function) keepWithin(k int) {
	s := &f.Segments[k]
	sum := NewSum(s.Terms, f.Guard)
	low, high := sum.Extremes(s.Start, f.End(k))
	if f.Rows != nil {
		high += slices.Max(f.Rows[s.Row])
	}
	lowest, highest := f.Output.Min()<<f.Guard-low, (f.Output.Max()+1)<<f.Guard-1-high
	if lowest > highest {
		s.Bias, s.Terms = f.Output.Clamp((s.Bias+low)>>f.Guard)<<f.Guard, nil
		return
	}
	s.Bias = max(lowest, min(s.Bias, highest))
}

// probeTerms are terms of different shifts, as many as the unit has, with a sign
// that alternates.
func probeTerms(u *ir.Unit, i int) []Term {
	shifts := u.MaxShift - u.MinShift + 1
	var terms []Term
	for j := range min(u.Terms, shifts) {
		terms = append(terms, Term{Shift: u.MinShift + (i+j)%shifts, Negative: (i+j)%3 == 1 && u.Signs == ir.BothSigns})
	}
	return terms
}

package pwl

import "grauc/ir"

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
		l.Channels = append(l.Channels, &Channel{Function: probe(u, c)})
	}
	return l
}

// probe is a function whose segments begin at equal distances. In the middle of
// each the output is within its range, wherever the segment before it ended. Where
// values may not go far beyond the output, they stay near the middle of it.
func probe(u *ir.Unit, channel int) *Function {
	f := &Function{Input: u.Input, Output: u.Output, Guard: u.Guard}
	n := int64(min(uint64(u.Segments), u.Input.Count()))
	step := max(1, min(int64(u.Input.Count())/(n+1), int64(u.Output.Count())<<min(max(u.MinShift+1, 0), 24)))
	confined := u.Headroom > 0 || u.Overflow == ir.Wrap
	if confined {
		step = max(1, min(step, step>>(3+max(0, -u.MinShift))/int64(u.Terms)))
	}
	start := (u.Input.Min()+u.Input.Max()+1)/2 - step*n/2
	for k := range n {
		s := Segment{Start: start + k*step, Terms: probeTerms(u, int(k)+channel)}
		spread := (k + int64(channel) + 1) * golden % one
		target := u.Output.Min() + spread*int64(u.Output.Count())/one
		if confined {
			target = u.Output.Min() + (one/2+spread)*int64(u.Output.Count())/(2*one)
		}
		if confined && (k == 0 || k == n-1) {
			s.Terms = nil
		}
		s.Bias = target<<u.Guard - s.Value(s.Start+step/2, u.Guard)
		if k == 0 {
			s.Start = u.Input.Min()
		}
		f.Segments = append(f.Segments, s)
	}
	return f
}

// probeTerms are terms of different shifts, as many as the unit has, with a sign
// that alternates.
func probeTerms(u *ir.Unit, i int) []Term {
	shifts := u.MaxShift - u.MinShift + 1
	var terms []Term
	for j := range min(u.Terms, shifts) {
		terms = append(terms, Term{Shift: u.MinShift + (i+j)%shifts, Negative: (i+j)%3 == 1})
	}
	return terms
}

package prove

import (
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/prove/aig"
)

// TestRoom has every small function of up to two terms in its last segment evaluated with sums
// of as many bits as room says, for all inputs. Where one term leaves no doubt of how large
// sums are, one bit less is too few.
func TestRoom(t *testing.T) {
	narrowed := 0
	for _, of := range smallFunctions() {
		width := room(of)
		require.True(t, outputsWithin(width, of), "%v", of)
		if last := of.Segments[1]; len(last.Terms) < 2 && of.Output.Signed && width > of.Output.Width+1+of.Guard {
			require.False(t, outputsWithin(width-1, of), "%v", of)
			narrowed++
		}
	}
	require.Greater(t, narrowed, 500)
}

// smallFunctions are of two segments, of which the first is 0.
func smallFunctions() []*pwl.Function {
	terms := [][]pwl.Term{nil}
	for shift := -1; shift <= 3; shift++ {
		for _, negative := range []bool{false, true} {
			one := pwl.Term{Shift: shift, Negative: negative}
			terms = append(terms, []pwl.Term{one}, []pwl.Term{one, {Shift: 0}}, []pwl.Term{one, {Shift: 2, Negative: true}})
		}
	}
	var all []*pwl.Function
	for _, in := range []ir.Integer{{Width: 3}, {Width: 3, Signed: true}} {
		for _, out := range []ir.Integer{{Width: 2}, {Width: 1, Signed: true}, {Width: 2, Signed: true}} {
			for guard := range 2 {
				for _, sum := range terms {
					for bias := int64(-9); bias <= 9; bias++ {
						for start := in.Min() + 1; start <= in.Max(); start += 3 {
							all = append(all, &pwl.Function{Input: in, Output: out, Guard: guard, Segments: []pwl.Segment{
								{Start: in.Min()}, {Start: start, Terms: sum, Bias: bias},
							}})
						}
					}
				}
			}
		}
	}
	return all
}

// outputsWithin reports whether sums of so many bits give the outputs of a function.
func outputsWithin(width int, of *pwl.Function) bool {
	f := formula{aig.NewGraph(), of.Input.Width + of.Output.Width + 8}
	x := f.g.Vector(of.Input.Width)
	y := f.within(width, of, extended(x, of.Input.Signed, f.width))[:of.Output.Width]
	v := make(aig.Values, f.g.Len())
	for lane := range int(of.Input.Count()) {
		for i, bit := range x {
			v[bit.Gate()] |= uint64(lane>>i&1) << lane
		}
	}
	f.g.Simulate(v, f.g.Cone(y))
	in, out := datapath.TypeOf(of.Input), datapath.TypeOf(of.Output)
	for lane := range int(of.Input.Count()) {
		if out.Wrap(int64(v.Number(y, lane))) != of.Eval(in.Wrap(int64(lane))) {
			return false
		}
	}
	return true
}

// TestSumBits adds the least and the largest bias to as many terms as there are, each of any small
// input or its inverse: as many bits hold that as sumBits says, and of signed inputs one bit
// less does not.
func TestSumBits(t *testing.T) {
	for width := 1; width <= 4; width++ {
		for _, signed := range []bool{false, true} {
			for terms := range 5 {
				for left := range 3 {
					for bias := 1; bias <= 9; bias++ {
						u := &datapath.Unit{}
						u.Input, u.Terms, u.Guard, u.MinShift = ir.Integer{Width: width, Signed: signed}, terms, left/2, left/2-left
						got := sumBits(u, bias)
						low, high := extremes(u.Input, terms, left, bias)
						holds := datapath.Type{Width: got, Signed: true}
						require.Equal(t, []int64{low, high}, []int64{holds.Wrap(low), holds.Wrap(high)}, "%d bits of %v", got, u)
						if signed {
							holds.Width--
							require.NotEqual(t, low, holds.Wrap(low), "%d bits of %v", got, u)
						}
					}
				}
			}
		}
	}
}

func extremes(in ir.Integer, terms, left, bias int) (low, high int64) {
	for x := in.Min(); x <= in.Max(); x++ {
		for _, term := range []int64{x << left, ^(x << left)} {
			low, high = min(low, term), max(high, term)
		}
	}
	n := int64(terms)
	return n*low - 1<<(bias-1), n*high + 1<<(bias-1) - 1
}

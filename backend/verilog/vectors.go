package verilog

import (
	"math/rand/v2"
	"slices"

	"grauc/ir/pwl"
)

// span is consecutive inputs of a channel with one output: what a testbench
// checks. Its outputs come from the pwl level, never from the netlist.
type span struct {
	channel     int
	first, last int64
	y           int64
}

func (s span) count() int { return int(s.last-s.first) + 1 }

// Limits of what one layer's part of a testbench tries.
const (
	everyInput    = 1 << 18 // up to so many inputs, over all channels, it tries every one
	directed      = 1 << 15 // else about so many chosen ones
	randomVectors = 1 << 11 // and so many random ones
)

// spans chooses the inputs to try: all of them where that is feasible for inputs
// of 16 bits or fewer; else the ends of the domain, of segments, of runs of the
// golden function and of runs of the function itself, each with its neighbours,
// and random inputs.
func spans(l *pwl.Layer) []span {
	every := exhaustive(l)
	r := rand.New(rand.NewPCG(uint64(l.Input.Width), uint64(len(l.Channels))))
	var all []span
	for c, f := range l.Channels {
		if every {
			all = appendEvery(all, c, l, f)
			continue
		}
		xs := chosen(l, f, r)
		all = slices.Grow(all, len(xs))
		for _, x := range xs {
			all = appendInput(all, c, x, f.Eval(x))
		}
	}
	return all
}

func exhaustive(l *pwl.Layer) bool {
	return l.Input.Width <= 16 && l.Input.Count()*uint64(len(l.Channels)) <= everyInput
}

func appendEvery(all []span, c int, l *pwl.Layer, f *pwl.Channel) []span {
	for x := l.Input.Min(); x <= l.Input.Max(); x++ {
		all = appendInput(all, c, x, f.Eval(x))
	}
	return all
}

// appendInput lengthens the last span or starts another.
func appendInput(all []span, c int, x, y int64) []span {
	if n := len(all); n > 0 {
		if s := &all[n-1]; s.channel == c && s.last == x-1 && s.y == y {
			s.last = x
			return all
		}
	}
	return append(all, span{c, x, x, y})
}

// chosen is inputs worth trying, in ascending order.
func chosen(l *pwl.Layer, f *pwl.Channel, r *rand.Rand) []int64 {
	budget := directed / len(l.Channels)
	edges := thin(landmarks(l, f), budget/8)
	edges = append(edges, turns(f, edges, budget/8)...)
	edges = append(edges, thresholds(l, f)...)
	random := max(1, randomVectors/len(l.Channels))
	xs := make([]int64, 0, 4*len(edges)+random)
	for _, x := range edges {
		for d := int64(-2); d <= 1; d++ {
			xs = append(xs, l.Input.Clamp(x+d))
		}
	}
	for range random {
		xs = append(xs, l.Input.Min()+r.Int64N(int64(l.Input.Count())))
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// thresholds is the ends of the domain and the starts of segments.
func thresholds(l *pwl.Layer, f *pwl.Channel) []int64 {
	xs := []int64{l.Input.Min(), l.Input.Max()}
	if f.Function != nil {
		xs = append(xs, f.Function.Borders()...)
	}
	return xs
}

// landmarks is both ends of every segment, and where the golden function changes.
func landmarks(l *pwl.Layer, f *pwl.Channel) []int64 {
	xs := thresholds(l, f)
	for _, x := range xs {
		xs = append(xs, l.Input.Clamp(x-1))
	}
	if f.Golden != nil {
		for _, run := range f.Golden.Runs {
			xs = append(xs, run.Start)
		}
	}
	slices.Sort(xs)
	return slices.Compact(xs)
}

// thin keeps at most about n values, evenly, first and last among them.
func thin(xs []int64, n int) []int64 {
	step := (len(xs) + max(n, 1) - 1) / max(n, 1)
	if step <= 1 {
		return xs
	}
	var kept []int64
	for i := 0; i < len(xs); i += step {
		kept = append(kept, xs[i])
	}
	return append(kept, xs[len(xs)-1])
}

// turns is about n inputs at most, at which the function itself changes, found by
// bisection between landmarks that differ.
func turns(f *pwl.Channel, landmarks []int64, n int) []int64 {
	var found []int64
	for i := 1; i < len(landmarks); i++ {
		low, high := landmarks[i-1], landmarks[i]
		for len(found) < n && f.Eval(low) != f.Eval(high) {
			low = turn(f, low, high)
			found = append(found, low)
			found = append(found, returns(f, low)...)
		}
	}
	return found
}

// returns is where, near the turn at x, the function changes again: terms of both
// signs step at different multiples of powers of two, so that their sum goes back
// and forth.
func returns(f *pwl.Channel, x int64) []int64 {
	if f.Function == nil {
		return nil
	}
	var found []int64
	for _, t := range f.Function.Segments[f.Function.Find(x)].Terms {
		period := int64(1) << min(max(t.Shift-f.Function.Guard, 0)+f.Function.View.Shift, f.Function.Input.Width)
		for at := x&-period - period; at <= x+2*period; at += period {
			if in := f.Function.Input; in.Contains(at-1) && in.Contains(at) && f.Eval(at-1) != f.Eval(at) {
				found = append(found, at)
			}
		}
	}
	return found
}

// turn is an input in (low, high] whose output differs from that of the input
// before it, and from there on back to low all is as far as bisection saw equal.
func turn(f *pwl.Channel, low, high int64) int64 {
	y := f.Eval(low)
	for high-low > 1 {
		if mid := low + (high-low)/2; f.Eval(mid) == y {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}

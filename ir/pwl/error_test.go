package pwl

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"grauc/ir"
	"grauc/ir/steps"
)

func randomInteger(r *rand.Rand, maxWidth int) ir.Integer {
	i := ir.Integer{Width: 2 + r.IntN(maxWidth-1), Signed: r.IntN(2) == 0}
	i.Narrow = i.Signed && r.IntN(2) == 0
	return i
}

func randomCode(r *rand.Rand, i ir.Integer) int64 { return i.Min() + r.Int64N(int64(i.Count())) }

// randomGolden is a step function whose runs have random lengths.
func randomGolden(r *rand.Rand, in, out ir.Integer) *steps.Function {
	f := &steps.Function{Input: in, Output: out}
	for x := in.Min(); x <= in.Max(); x += 1 + r.Int64N(max(1, int64(in.Count())/8)) {
		q := randomCode(r, out)
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != q {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: q})
		}
	}
	return f
}

func randomFunction(r *rand.Rand, in, out ir.Integer) *Function {
	f := &Function{Input: in, Output: out, Guard: r.IntN(4)}
	for x := in.Min(); x <= in.Max(); x += 1 + r.Int64N(int64(in.Count())) {
		f.Segments = append(f.Segments, Segment{
			Start: x, Bias: r.Int64N(400) - 200, Terms: randomTerms(r),
		})
	}
	return f
}

// sweep is Measure, input by input.
func sweep(golden *steps.Function, f *Function) Error {
	e := Error{Max: -1, Squares: new(big.Int), Inputs: f.Input.Count()}
	for x := f.Input.Min(); x <= f.Input.Max(); x++ {
		d := f.Eval(x) - golden.Eval(x)
		if d == 0 {
			e.Exact++
		}
		e.Squares.Add(e.Squares, big.NewInt(d*d))
		if d = max(d, -d); d > e.Max {
			e.Max, e.At = d, x
		}
	}
	return e
}

func sameError(a, b Error) bool {
	return a.Max == b.Max && a.At == b.At && a.Squares.Cmp(b.Squares) == 0 && a.Exact == b.Exact && a.Inputs == b.Inputs
}

func TestMeasureMatchesSweep(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1500 {
		in, out := randomInteger(r, 11), randomInteger(r, 8)
		golden, f := randomGolden(r, in, out), randomFunction(r, in, out)
		if got, want := Measure(golden, f), sweep(golden, f); !sameError(got, want) {
			t.Fatalf("%+v against %+v: measured %v, swept %v", f, golden, got, want)
		}
	}
}

func TestExactly(t *testing.T) {
	golden := &steps.Function{
		Input: ir.Integer{Width: 32}, Output: ir.Integer{Width: 1},
		Runs: []steps.Run{{Start: 0, Value: 0}, {Start: 9, Value: 1}},
	}
	if e := Exactly(golden); e.Max != 0 || e.Exact != 1<<32 || e.Inputs != 1<<32 || e.Squares.Sign() != 0 {
		t.Errorf("%+v", e)
	}
}

func BenchmarkMeasure(b *testing.B) {
	in, out := ir.Integer{Width: 32, Signed: true}, ir.Integer{Width: 8, Signed: true}
	golden := &steps.Function{Input: in, Output: out}
	for q := out.Min(); q <= out.Max(); q++ {
		golden.Runs = append(golden.Runs, steps.Run{Start: q << 24, Value: q})
	}
	f := &Function{Input: in, Output: out, Guard: 2}
	for q := out.Min(); q <= out.Max(); q += 32 {
		f.Segments = append(f.Segments, Segment{
			Start: q << 24, Terms: []Term{{Shift: 25}, {Shift: 26}, {Shift: 27}},
		})
	}
	for b.Loop() {
		Measure(golden, f)
	}
}

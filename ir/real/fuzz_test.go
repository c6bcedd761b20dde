package real_test

import (
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"grauc/ir"
	"grauc/ir/real"
	"grauc/ir/real/realtest"
)

func format(width int, scale, zero *big.Rat, r ir.Rounding) ir.Format {
	return ir.Format{Integer: ir.Integer{Width: width, Signed: true}, Scale: scale, Zero: zero, Rounding: r}
}

// randomFormats have scales that are sometimes dyadic, sometimes not.
func randomFormats(r *rand.Rand, width int) (in, out ir.Format) {
	dens := []int64{1, 8, 16, 64, 3, 10, 100, 255, 37}
	pick := func() *big.Rat { return big.NewRat(1+r.Int64N(3), dens[r.IntN(len(dens))]) }
	zero := func() *big.Rat { return big.NewRat(r.Int64N(21)-10, 1+r.Int64N(3)) }
	return format(width, pick(), zero(), 0), format(2+r.IntN(9), pick(), zero(), ir.Rounding(r.IntN(7)))
}

// TestRandomFunctions compares the quick decision of every code with the
// arbitrary-precision one, with the balls beneath it, and every verdict about a piece with the codes in it.
func TestRandomFunctions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	verdicts := map[real.Verdict]int{}
	faults, undecided, balls := 0, 0, 0
	for n := range 400 {
		f := realtest.Random(r, 2+r.IntN(8)).Tape()
		in, out := randomFormats(r, 6)
		q := real.NewQuantizer(f, in, out)
		codes, faulty := map[int64]int64{}, map[int64]bool{}
		for k := in.Min(); k <= in.Max(); k++ {
			quick, errQuick := q.Code(k)
			slow, errSlow := q.Settle(k)
			if quick != slow || fmt.Sprint(errQuick) != fmt.Sprint(errSlow) {
				t.Fatalf("function %d (%v), %v to %v, code %d: %d %v, with arbitrary precision %d %v", n, f.Code, in, out, k, quick, errQuick, slow, errSlow)
			}
			var undefined *real.Undefined
			switch {
			case errors.As(errQuick, &undefined):
				faulty[k] = true
				faults++
			case errQuick != nil:
				undecided++
			default:
				codes[k] = quick
			}
			known, sound := q.Ball(k)
			if !sound || known && undefined != nil {
				t.Fatalf("function %d (%v), %v to %v, code %d: not in its ball", n, f.Code, in, out, k)
			}
			if known {
				balls++
			}
		}
		for range 60 {
			first := in.Min() + r.Int64N(int64(in.Count()))
			last := first + r.Int64N(in.Max()-first+1)
			verdict, code := q.Piece(first, last)
			verdicts[verdict]++
			if !holds(verdict, code, codes, faulty, first, last) {
				t.Fatalf("function %d (%v), codes %d to %d: verdict %d does not hold", n, f.Code, first, last, verdict)
			}
		}
	}
	for v := real.Open; v <= real.Decreasing; v++ {
		if verdicts[v] < 100 {
			t.Errorf("verdict %d came up %d times only", v, verdicts[v])
		}
	}
	if faults == 0 {
		t.Error("no function was undefined anywhere")
	}
	if balls < 400*64/2 {
		t.Errorf("balls are known at %d inputs only", balls)
	}
	if undecided > 50 {
		t.Errorf("%d codes remained undecided", undecided)
	}
}

func holds(v real.Verdict, code int64, codes map[int64]int64, faulty map[int64]bool, first, last int64) bool {
	var previous int64
	started := false
	for k := first; k <= last; k++ {
		y, decided := codes[k]
		if v != real.Open && faulty[k] {
			return false
		}
		if !decided {
			continue
		}
		if v == real.Constant && y != code || started && (v == real.Increasing && y < previous || v == real.Decreasing && y > previous) {
			return false
		}
		previous, started = y, true
	}
	return true
}

package fit

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"sort"
	"sync"

	"grauc/ir"
	"grauc/ir/real"
)

// weigher is the weight of the inputs lo..hi together.
type weigher func(lo, hi int64) int64

// weighing is a weigher, nil where all inputs weigh 1, and what tells it from others.
type weighing struct {
	weigh weigher
	key   string
}

// weighingOf is how the fits of a layer weigh their inputs.
func weighingOf(l *ir.Layer) weighing {
	w := l.Options.Weight
	switch {
	case w == nil:
		return weighing{}
	case w.Histogram == nil:
		return weighing{normal(w, l.Input), fmt.Sprint("normal ", w.Mean, w.Stddev, l.Input)}
	}
	return weighing{histogram(w.Histogram.Bins), fmt.Sprintf("histogram %x", sha256.Sum256(fmt.Append(nil, w.Histogram.Bins)))}
}

// histogram weighs inputs by the bins they are in.
func histogram(bins []ir.Bin) weigher {
	before := make([]int64, len(bins)+1) // weight of all earlier bins
	for i, b := range bins {
		before[i+1] = before[i] + b.Count
	}
	below := func(x int64) int64 { // weight of the inputs below x
		i := sort.Search(len(bins), func(i int) bool { return bins[i].Last >= x })
		if i == len(bins) || x <= bins[i].First {
			return before[i]
		}
		b := bins[i]
		high, low := bits.Mul64(uint64(b.Count), uint64(x-b.First))
		part, _ := bits.Div64(high, low, uint64(b.Last-b.First)+1)
		return before[i] + int64(part)
	}
	return func(lo, hi int64) int64 { return below(hi+1) - below(lo) }
}

// weightBits says how fine the weights of a distribution are: 2^weightBits is the
// weight of all real numbers together.
const weightBits = 32

// normal weighs an input by the share of a normal distribution that is nearer to
// it than to any other input. The distribution function is correctly rounded to
// weightBits bits and its differences are the weights, so that they add up without
// error and anyone can find the same.
func normal(w *ir.Weight, in ir.Format) weigher {
	exact := real.NewQuantizer(shareBelow(w, in), in, ir.Plain(ir.Integer{Width: weightBits + 1}))
	forks := sync.Pool{New: func() any { return exact.Fork() }}
	near := nearShareBelow(w, in)
	below := func(x int64) int64 {
		share, off := near(x)
		if code := math.Floor(share + 0.5); math.Abs(share-code) < 0.5-off {
			return int64(code)
		}
		q := forks.Get().(*real.Quantizer)
		defer forks.Put(q)
		code, err := q.Code(x)
		if err != nil {
			panic("fit: " + err.Error()) // only 1/2 is a rational share, and it is no tie
		}
		return code
	}
	return func(lo, hi int64) int64 { return below(hi+1) - below(lo) }
}

// nearShareBelow is shareBelow in floating point, and by how much it may be off: an argument
// of erf by some units in the last place of what it is the sum of, and what follows by as much
// as erf is steep, with some bits to spare.
func nearShareBelow(w *ir.Weight, in ir.Format) func(x int64) (share, off float64) {
	middle := new(big.Rat).Mul(in.Scale, big.NewRat(1, 2))
	away := middle.Sub(in.Real(0), middle.Add(middle, w.Mean))
	stddev, _ := w.Stddev.Float64()
	each, _ := in.Scale.Float64()
	start, _ := away.Float64()
	each, start = each/(stddev*math.Sqrt2), start/(stddev*math.Sqrt2)
	const flat = 8 // beyond that erf is 1 up to less than 2^-90
	return func(x int64) (share, off float64) {
		along := float64(each * float64(x))
		z, size := along+start, math.Abs(along)+math.Abs(start)+1
		share = math.Ldexp(1+math.Erf(z), weightBits-1)
		if math.Abs(z)-math.Ldexp(size, -46) > flat {
			return share, 0
		}
		return share, math.Ldexp(size, weightBits-46)
	}
}

// shareBelow is the share of reals below an input less half a code, times
// 2^weightBits: 2^31 * (1 + erf((x - scale/2 - mean) / (stddev * sqrt(2)))).
func shareBelow(w *ir.Weight, in ir.Format) *real.Tape {
	t := new(real.Tape)
	middle := new(big.Rat).Mul(in.Scale, big.NewRat(1, 2))
	away := t.Sub(t.X(), t.Const(middle.Add(middle, w.Mean)))
	z := t.Div(away, t.Mul(t.Const(w.Stddev), t.Sqrt(t.Int(2))))
	t.Return(t.Mul(t.Int(1<<(weightBits-1)), t.Add(t.Int(1), t.Erf(z))))
	return t
}

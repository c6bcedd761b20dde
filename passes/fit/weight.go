package fit

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/bits"
	"sort"

	"grauc/ir"
)

// weigher is the weight of the inputs lo..hi together.
type weigher func(lo, hi int64) int64

// alike lets every input weigh 1.
func alike(lo, hi int64) int64 { return hi - lo + 1 }

// weighing is a weigher and what tells it from others.
type weighing struct {
	weigh weigher
	key   string
}

// weighingOf is how the fits of a layer weigh their inputs.
func weighingOf(l *ir.Layer) weighing {
	w := l.Options.Weight
	switch {
	case w == nil || l.Options.Fit != ir.RMSE:
		return weighing{weigh: alike}
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
// it than to any other input. The distribution function is rounded to weightBits
// bits and its differences are the weights, so that they add up without error.
func normal(w *ir.Weight, in ir.Format) weigher {
	scale, _ := in.Scale.Float64()
	zero, _ := in.Zero.Float64()
	mean, _ := w.Mean.Float64()
	stddev, _ := w.Stddev.Float64()
	below := func(x int64) int64 { // the share of reals below the input code x - 1/2
		real := float64(scale * (float64(x) - 0.5 - zero))
		return int64(math.Round(math.Ldexp(distribution(float64(real-mean)/stddev), weightBits)))
	}
	return func(lo, hi int64) int64 { return below(hi+1) - below(lo) }
}

// distribution is the share of the standard normal distribution below z. It keeps
// to operations that every machine rounds alike: the conversions forbid fusing.
func distribution(z float64) float64 {
	if z < 0 {
		return 1 - distribution(-z)
	}
	if z > 7 {
		return 1
	}
	square := float64(z * z)
	term, sum := z, z // z^(2n+1) / (1 * 3 * ... * (2n+1))
	for n := 3.0; term > sum*0x1p-56; n += 2 {
		term = float64(term*square) / n
		sum += term
	}
	return min(1, 0.5+float64(sum*density(square)))
}

// density is exp(-square/2) / sqrt(2 pi).
func density(square float64) float64 {
	const halvings = 6
	t := float64(-square * 0x1p-7) // at least -0.4
	term, e := 1.0, 1.0
	for n := 1.0; n <= 14; n++ {
		term = float64(term*t) / n
		e += term
	}
	for range halvings {
		e = float64(e * e)
	}
	const invSqrtTwoPi = 0.3989422804014326779399460599343818684758586311649
	return float64(e * invSqrtTwoPi)
}

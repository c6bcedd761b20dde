package certify

import (
	"math/big"
	"sort"

	"grauc/ir"
)

// weights says which weights a mean has.
func weights(w *ir.Weight) string {
	switch {
	case w == nil:
		return "all alike"
	case w.Histogram != nil:
		return "histogram " + w.String()
	}
	return w.String()
}

// recheckable reports whether the weights are exact integers that anyone can add up.
func recheckable(w *ir.Weight) bool { return w == nil || w.Histogram != nil }

// over is the weight of the inputs lo..hi together.
func over(w *ir.Weight, lo, hi int64) *big.Int {
	if w == nil {
		return big.NewInt(hi - lo + 1)
	}
	total, bins := new(big.Int), w.Histogram.Bins
	for i := sort.Search(len(bins), func(i int) bool { return bins[i].Last >= lo }); i < len(bins) && bins[i].First <= hi; i++ {
		from, to := max(lo, bins[i].First), min(hi, bins[i].Last)
		total.Add(total, before(bins[i], to+1))
		total.Sub(total, before(bins[i], from))
	}
	return total
}

// before is what the codes of a bin below x weigh.
func before(b ir.Bin, x int64) *big.Int {
	n := new(big.Int).Mul(big.NewInt(b.Count), big.NewInt(x-b.First))
	return n.Quo(n, big.NewInt(b.Last-b.First+1))
}

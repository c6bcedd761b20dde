package ir

import (
	"fmt"
	"math/big"
)

// Weight says which inputs matter in a mean: normally distributed ones, in real
// units, or those of a histogram, which takes the place of Mean and Stddev.
type Weight struct {
	Mean      *big.Rat
	Stddev    *big.Rat // positive
	Histogram *Histogram
}

// String is the weight as the language writes it.
func (w *Weight) String() string {
	if w.Histogram != nil {
		return w.Histogram.File
	}
	return fmt.Sprintf("normal(%s, %s)", w.Mean.RatString(), w.Stddev.RatString())
}

// Histogram weighs input codes by how often they occurred. Codes that are in no
// bin weigh nothing.
type Histogram struct {
	File string // where it is from, as the program names it
	Bins []Bin  // ascending
}

// Bin is n neighbouring codes, First..Last, that weigh Count together, spread
// evenly: the first j of them weigh floor(Count * j / n).
type Bin struct{ First, Last, Count int64 }

// MostWeight is how much all inputs together may weigh in a mean of outputs of a
// format: weighted sums of squares then stay below 2^60, however bad a fit is.
func MostWeight(out Integer) int64 { return 1 << (60 - 2*out.Width) }

func (w *Weight) verify(in, out Integer) error {
	if w.Histogram != nil {
		return w.Histogram.verify(in, out)
	}
	if missing(w.Mean, w.Stddev) || w.Stddev.Sign() <= 0 {
		return fmt.Errorf("the weight's standard deviation is not positive")
	}
	return nil
}

func (h *Histogram) verify(in, out Integer) error {
	total := int64(0)
	for i, b := range h.Bins {
		if !in.Contains(b.First) || !in.Contains(b.Last) || b.First > b.Last || i > 0 && b.First <= h.Bins[i-1].Last {
			return fmt.Errorf("bin %d of the histogram, %d..%d, does not ascend within %s", i, b.First, b.Last, in)
		}
		if most := MostWeight(out); b.Count < 0 || b.Count > most-total {
			return fmt.Errorf("the histogram's counts are negative or more than %d altogether", most)
		}
		total += b.Count
	}
	if total == 0 {
		return fmt.Errorf("the histogram counts nothing")
	}
	return nil
}

package check

import (
	"math/big"
	"strings"

	"grauc/ir"
	"grauc/ir/spec"
	"grauc/lang"
	"grauc/lang/diag"
)

const (
	weightForm    = "normal(0, 1)"
	histogramForm = `{ "codes": [-1, 0, 5], "counts": [7, 120, 31] }`
)

// weight reads normal(mean, stddev) or the name of a histogram's file.
func (c *checker) weight(f *file, o *lang.Option, l *spec.Layer) *ir.Weight {
	if o.Value.Path != nil {
		set := c.dataset(f, *o.Value.Path)
		if set == nil {
			return nil
		}
		h := &histogramReader{set: set, in: l.Input.Integer, most: ir.MostWeight(l.Output.Integer)}
		bins, d, bad := h.read()
		if bad {
			c.report(d.WithNoteAt(c.span(o.Value.Node), "it is named here"))
			return nil
		}
		return &ir.Weight{Histogram: &ir.Histogram{File: o.Value.Path.Text(), Bins: bins}}
	}
	r := reference(plain(o.Value))
	if r == nil || r.Call == nil || r.Name.Text != "normal" {
		c.bad(o, weightForm)
		return nil
	}
	args, ok := c.named(r, []string{"mean", "stddev"})
	mean, meanOK := c.weightArgument(f, o, args["mean"])
	stddev, stddevOK := c.weightArgument(f, o, args["stddev"])
	if !ok || !meanOK || !stddevOK {
		return nil
	}
	if stddev.Sign() <= 0 {
		c.report(diag.New("weight", c.span(args["stddev"].Node), "a standard deviation is positive, not %s", shortRat(stddev)).
			WithHelp("write `weight = %s`", weightForm))
		return nil
	}
	return &ir.Weight{Mean: mean, Stddev: stddev}
}

func (c *checker) weightArgument(f *file, o *lang.Option, a *lang.Arg) (*big.Rat, bool) {
	if a == nil || a.High != nil {
		c.bad(o, "normal(MEAN, STDDEV)")
		return nil, false
	}
	return c.constant(f, "a weight", a.Low)
}

// histogramReader makes bins of a data file that counts input codes: each of "codes"
// by itself, or all from one of "edges" to the next. The most that all may weigh is
// an exact integer, and counts of codes stay what they are. Those between edges are
// multiplied by a power of two, so that little is lost when they are spread.
type histogramReader struct {
	set  *dataset
	in   ir.Integer
	most int64
}

// spreadWeight is what counts between edges are multiplied up to.
const spreadWeight = 1 << 32

func (h *histogramReader) read() ([]ir.Bin, diag.Diagnostic, bool) {
	counts, codes, edges := h.set.array("counts"), h.set.array("codes"), h.set.array("edges")
	if counts == nil || (codes == nil) == (edges == nil) || len(h.set.arrays) != 2 {
		return nil, h.whole("a histogram has \"counts\" and either \"codes\" or \"edges\", and nothing else"), true
	}
	values, total, d, bad := h.counts(counts)
	if bad {
		return nil, d, true
	}
	find, of, more := h.codes, codes, 0
	if edges != nil {
		find, of, more = h.between, edges, 1
		for ; total > 0 && total <= min(h.most, spreadWeight)/2; total *= 2 {
			for i := range values {
				values[i] *= 2
			}
		}
	}
	if len(of.Values) != len(values)+more {
		return nil, h.whole("%s and %s", ir.Plural(len(of.Values), strings.TrimSuffix(of.Name, "s")), ir.Plural(len(values), "count")).
			WithHelp("there is a count for each code, and one edge more than counts"), true
	}
	bins, d, bad := find(of, values)
	if !bad && total == 0 {
		return nil, h.whole("the histogram counts nothing"), true
	}
	return bins, d, bad
}

func (h *histogramReader) whole(format string, args ...any) diag.Diagnostic {
	return diag.New("weight", diag.Span{File: h.set.path}, format, args...).
		WithHelp("a histogram looks like %s", histogramForm)
}

func (h *histogramReader) at(a *spec.Array, i int, format string, args ...any) diag.Diagnostic {
	return diag.New("weight", h.set.place(a.Name, i), format, args...)
}

func (h *histogramReader) counts(a *spec.Array) (values []int64, total int64, d diag.Diagnostic, bad bool) {
	for i, v := range a.Values {
		if !v.IsInt() || v.Sign() < 0 {
			return nil, 0, h.at(a, i, "a count is an integer from 0 on, not %s", shortRat(v)).
				WithHelp("count inputs, and do not make shares or densities of the counts"), true
		}
		if n := v.Num(); !n.IsInt64() || n.Int64() > h.most-total {
			return nil, 0, h.at(a, i, "the counts add up to more than %d here", h.most).
				WithNote("sums of squares of this output stay exact up to there").
				WithHelp("divide all counts by a power of two"), true
		}
		values = append(values, v.Num().Int64())
		total += values[i]
	}
	return values, total, d, false
}

func (h *histogramReader) codes(a *spec.Array, counts []int64) (bins []ir.Bin, d diag.Diagnostic, bad bool) {
	for i, v := range a.Values {
		switch {
		case !v.IsInt() || !v.Num().IsInt64() || !h.in.Contains(v.Num().Int64()):
			return nil, h.at(a, i, "%s is no code of the input `%s`", shortRat(v), h.in).
				WithHelp("codes are the integers that come in, not the real numbers they stand for"), true
		case i > 0 && v.Cmp(a.Values[i-1]) <= 0:
			return nil, h.at(a, i, "the codes do not ascend: %s comes after %s", shortRat(v), shortRat(a.Values[i-1])).
				WithHelp("sort them, and count each once"), true
		}
		if code := v.Num().Int64(); counts[i] > 0 {
			bins = append(bins, ir.Bin{First: code, Last: code, Count: counts[i]})
		}
	}
	return bins, d, false
}

// between reads edges: a bin has the codes from its edge on and below the next, the
// last one also a code at its end.
func (h *histogramReader) between(a *spec.Array, counts []int64) (bins []ir.Bin, d diag.Diagnostic, bad bool) {
	for i, count := range counts {
		low, high := a.Values[i], a.Values[i+1]
		if high.Cmp(low) <= 0 {
			return nil, h.at(a, i+1, "the edges do not ascend: %s comes after %s", shortRat(high), shortRat(low)).
				WithHelp("sort them, and give each once"), true
		}
		b := ir.Bin{First: h.firstFrom(low), Last: h.firstFrom(high) - 1, Count: count}
		if i+1 == len(counts) && high.IsInt() && high.Num().IsInt64() && h.in.Contains(high.Num().Int64()) {
			b.Last++
		}
		switch {
		case count == 0:
		case b.First > b.Last:
			return nil, h.at(a, i, "from this edge to the next, %s, are counted inputs but no codes of `%s`", shortRat(high), h.in).
				WithHelp("edges are codes as they come in, not the real numbers they stand for"), true
		default:
			bins = append(bins, b)
		}
	}
	return bins, d, false
}

// firstFrom is the first code that is not below v, one more than the last if there
// is none.
func (h *histogramReader) firstFrom(v *big.Rat) int64 {
	n := ir.Ceil.Round(v)
	switch {
	case n.Cmp(big.NewInt(h.in.Min())) <= 0:
		return h.in.Min()
	case n.Cmp(big.NewInt(h.in.Max())) > 0:
		return h.in.Max() + 1
	}
	return n.Int64()
}

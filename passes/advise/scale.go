package advise

import (
	"cmp"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/steps"
	"grauc/passes/golden"
)

// gridScales is how many scales from 2^-1/2 to 2^1/2 times an output's own are tried.
const gridScales = 16

// scale is an output scale, and how one would write it.
type scale struct {
	value *big.Rat
	text  string
	moved float64 // from the layer's own, in powers of two
}

// nearby lists output scales by how little they move a layer's own: the nearest one
// whose ratio to the input's is a power of two, with which a single shift meets a
// slope of 1, and those at equal ratios around its own, to three digits.
func nearby(in, out ir.Format) []scale {
	own, _ := out.Scale.Float64()
	input, _ := in.Scale.Float64()
	ratio := math.Log2(own) - math.Log2(input)
	if math.IsInf(ratio, 0) || math.IsNaN(ratio) {
		return nil
	}
	nearest := math.Round(ratio)
	aligned := new(big.Rat).Mul(in.Scale, powerOfTwo(int(nearest)))
	list := []scale{{aligned, aligned.RatString(), nearest - ratio}}
	for k := 1 - gridScales/2; k <= gridScales/2; k++ {
		moved := float64(k) / gridScales
		text := strconv.FormatFloat(own*math.Exp2(moved), 'g', 3, 64)
		if v, ok := new(big.Rat).SetString(text); ok {
			list = append(list, scale{v, strings.Replace(text, "e+", "e", 1), moved})
		}
	}
	list = slices.DeleteFunc(list, func(s scale) bool { return s.value.Cmp(out.Scale) == 0 })
	slices.SortStableFunc(list, func(a, b scale) int { return cmp.Compare(math.Abs(a.moved), math.Abs(b.moved)) })
	return list
}

func powerOfTwo(exponent int) *big.Rat {
	p := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), uint(max(exponent, -exponent))))
	if exponent < 0 {
		p.Inv(p)
	}
	return p
}

// scales are the alternatives that other output scales are. They have to hold what the
// layer's own holds, and the largest error has to become less in codes and in real
// units: neither narrower outputs nor coarser codes are a help.
func (s *situation) scales() []Alternative {
	as := s.spec.Layer(s.layer.Name)
	own := s.alternative(0, "", s.layer, s.golden)
	var list []Alternative
	for _, other := range nearby(s.layer.Input, s.layer.Output) {
		l := *as
		if l.Output.Scale = other.value; !holds(l.Output, s.layer.Output, s.golden) {
			continue
		}
		function, err := golden.Channel(s.spec, &l, s.channel)
		if err != nil {
			continue // what cannot be decided is no advice
		}
		scaled := *s.layer
		scaled.Output = l.Output
		a := s.alternative(outputScale, fmt.Sprintf("output scale %s, for %s to %s", other.text,
			short(l.Output.Real(l.Output.Min())), short(l.Output.Real(l.Output.Max()))), &scaled, function)
		if a.error < own.error && inReal(a.error, other.value).Cmp(inReal(own.error, s.layer.Output.Scale)) < 0 {
			list = append(list, a)
		}
	}
	return list
}

// bestScale keeps of other scales the one with the least error, and of these the one
// that takes the fewest segments.
func bestScale(scales []Alternative) []Alternative {
	segments := func(a Alternative) uint { return uint(a.Segments) - 1 } // none is the most
	slices.SortStableFunc(scales, func(a, b Alternative) int {
		return cmp.Or(cmp.Compare(a.error, b.error), cmp.Compare(segments(a), segments(b)))
	})
	return scales[:min(1, len(scales))]
}

// holds reports whether the outputs of a function in one format lie within another, or
// at most a code outside.
func holds(other, own ir.Format, f *steps.Function) bool {
	for _, r := range f.Runs {
		v := own.Real(r.Value)
		if v.Cmp(other.Real(other.Min()-1)) < 0 || v.Cmp(other.Real(other.Max()+1)) > 0 {
			return false
		}
	}
	return true
}

// inReal is what an error in codes of a scale is in real units.
func inReal(e float64, scale *big.Rat) *big.Rat {
	v := new(big.Rat)
	v.SetFloat64(min(e, math.MaxFloat64))
	return v.Mul(v, scale)
}

func short(v *big.Rat) string {
	f, _ := v.Float64()
	return strconv.FormatFloat(f, 'g', 3, 64)
}

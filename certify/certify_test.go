package certify_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/certify"
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/steps"
	"grauc/passes/fit"
)

// layer is a layer of small formats.
func layer(in, out int, shape ir.Shape, options ir.Options) *ir.Layer {
	return &ir.Layer{
		Name: "l", Input: ir.Plain(ir.Integer{Width: in, Signed: true}), Output: ir.Plain(ir.Integer{Width: out, Signed: true}),
		Shape: shape, Options: options,
	}
}

// wobbly is a golden function that mostly climbs.
func wobbly(r *rand.Rand, l *ir.Layer) *steps.Function {
	f := &steps.Function{Input: l.Input.Integer, Output: l.Output.Integer}
	y := f.Output.Clamp(-r.Int64N(8))
	for x := f.Input.Min(); x <= f.Input.Max(); x++ {
		if n := len(f.Runs); n == 0 || f.Runs[n-1].Value != y {
			f.Runs = append(f.Runs, steps.Run{Start: x, Value: y})
		}
		if r.IntN(4) == 0 {
			y = f.Output.Clamp(y + r.Int64N(5) - 1)
		}
	}
	return f
}

func fitted(t testing.TB, l *ir.Layer, golden *steps.Function) *pwl.Channel {
	t.Helper()
	m, err := fit.Lower(&steps.Module{Layers: []*steps.Layer{{Layer: *l, Channels: []*steps.Function{golden}}}})
	require.NoError(t, err)
	return m.Layers[0].Channels[0]
}

// least is the least maximum error of any function of a shape, and per number of
// segments, by trying every interval with every slope and bias.
func least(l *ir.Layer, golden *steps.Function, segments int) int64 {
	best := far
	for _, v := range views(l) {
		best = min(best, leastThrough(l, golden, segments, v))
	}
	return best
}

// views are what segments of a layer may be of.
func views(l *ir.Layer) []pwl.View {
	w := l.Shape.Window
	if w.Bits == 0 {
		return []pwl.View{{}}
	}
	var all []pwl.View
	for shift := w.MinShift; shift <= w.MaxShift; shift++ {
		all = append(all, pwl.View{Shift: shift, Codes: w.Codes(l.Input.Integer)})
	}
	return all
}

func leastThrough(l *ir.Layer, golden *steps.Function, segments int, v pwl.View) int64 {
	lo := v.Of(golden.Input.Min())
	n := int(v.Of(golden.Input.Max()) - lo + 1)
	// before[i] after k segments is the least error over the first i codes seen.
	before := make([]int64, n+1)
	for i := range before {
		before[i] = far
	}
	before[0] = 0
	one := make([][]int64, n) // one[i][j]: least error of one line over i..j
	for i := range one {
		one[i] = make([]int64, n)
		for j := range one[i] {
			one[i][j] = far
		}
	}
	eachLine(l, func(terms []pwl.Term, bias int64) {
		s := pwl.Segment{Bias: bias, Terms: terms}
		d := make([]int64, n)
		for x := golden.Input.Min(); x <= golden.Input.Max(); x++ {
			w := v.Of(x)
			y := golden.Output.Clamp(s.Value(w, l.Shape.Guard) >> l.Shape.Guard)
			d[w-lo] = max(d[w-lo], y-golden.Eval(x), golden.Eval(x)-y)
		}
		for i := range one {
			worst := int64(0)
			for j := i; j < n; j++ {
				worst = max(worst, d[j])
				one[i][j] = min(one[i][j], worst)
			}
		}
	})
	for range segments {
		after := append([]int64(nil), before...)
		for i := range one {
			for j := i; j < n; j++ {
				after[j+1] = min(after[j+1], max(before[i], one[i][j]))
			}
		}
		before = after
	}
	return before[n]
}

func eachLine(l *ir.Layer, do func([]pwl.Term, int64)) {
	var grow func(terms []pwl.Term)
	grow = func(terms []pwl.Term) {
		reach := (l.Output.Max() + 1) << l.Shape.Guard
		for _, t := range terms {
			m := max(-t.Value(l.Input.Min(), l.Shape.Guard), t.Value(l.Input.Min(), l.Shape.Guard))
			reach += m + 1
		}
		for b := -reach; b <= reach; b++ {
			do(terms, b)
		}
		if len(terms) == l.Shape.Terms {
			return
		}
		for e := l.Shape.MinShift; e <= l.Shape.MaxShift; e++ {
			for _, negative := range []bool{false, true} {
				if negative && l.Shape.Signs == ir.PlusOnly {
					continue
				}
				grow(append(terms[:len(terms):len(terms)], pwl.Term{Shift: e, Negative: negative}))
			}
		}
	}
	grow(nil)
}

// The bound is the truth found by brute force: not above it, nor, for what the fitter
// and the certifier know to be complete, below it.
func TestBoundAgainstBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		shape := ir.Shape{Segments: 1 + r.IntN(3), Terms: 1 + i%3, MinShift: 0, MaxShift: 1 + r.IntN(3), Guard: r.IntN(3)}
		if i >= 300 {
			shape.Window = ir.Window{Bits: 3 + r.IntN(2), MaxShift: r.IntN(3)}
		}
		in := 5
		if shape.Terms == 3 {
			in, shape.MaxShift, shape.Guard = 4, 1+r.IntN(2), r.IntN(2)
		}
		if shape.Terms == 1 && r.IntN(2) == 0 {
			shape.MinShift = -1
		}
		l := layer(in, 4, shape, ir.Options{MaxError: -1})
		l.Options.Implement = ir.PWL
		golden := wobbly(r, l)
		c := certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		want := least(l, golden, shape.Segments)
		if c.Bound != want || c.Max != want {
			t.Fatalf("case %d, %+v: bound %d, maximum error %d, brute force %d", i, shape, c.Bound, c.Max, want)
		}
		if err := c.Check(l, l.Input.Integer, golden); err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
		forge(t, r, l, golden, c, want)
	}
}

// forge claims more than is true, with all sorts of points, and a valid seal.
func forge(t *testing.T, r *rand.Rand, l *ir.Layer, golden *steps.Function, c *certify.Certificate, truth int64) {
	t.Helper()
	for range 20 {
		f := *c
		f.Bound = truth + 1
		f.Witness = []int64{golden.Input.Min()}
		for x := golden.Input.Min(); len(f.Witness) <= f.Within && x < golden.Input.Max(); {
			x += 1 + r.Int64N(golden.Input.Max()-x)
			f.Witness = append(f.Witness, x)
		}
		if f.Witness, f.Max = f.Witness[:min(len(f.Witness), f.Within+1)], truth; certify.Attests(l, golden, f.Witness, f.Within, truth) == nil {
			t.Fatalf("%+v: points %v attest that nothing keeps to %d, which something does", l.Shape, f.Witness, truth)
		}
		f = certify.Reseal(f, l)
		if f.Check(l, l.Input.Integer, golden) == nil {
			t.Fatalf("a bound of %d with points %v passes", f.Bound, f.Witness)
		}
	}
}

// cases are certificates of every kind.
func cases(t *testing.T) map[string]struct {
	l      *ir.Layer
	golden *steps.Function
	c      *certify.Certificate
} {
	all := map[string]struct {
		l      *ir.Layer
		golden *steps.Function
		c      *certify.Certificate
	}{}
	shape := ir.Shape{Segments: 4, Terms: 2, MinShift: -1, MaxShift: 6, Guard: 2}
	for name, o := range map[string]ir.Options{
		"minmax": {MaxError: -1, Implement: ir.PWL},
		"window": {MaxError: -1, Implement: ir.PWL},
		"wraps":  {MaxError: -1, Implement: ir.PWL},
		"even":   {MaxError: -1, Implement: ir.PWL},
		"likely": {MaxError: -1, Implement: ir.PWL, Weight: &ir.Weight{Mean: big.NewRat(1, 2), Stddev: big.NewRat(20, 1)}},
		"three":  {MaxError: -1, Implement: ir.PWL, Fit: ir.RMSE},
		"sees":   {MaxError: -1, Implement: ir.PWL, Fit: ir.RMSE},
		"fewest": {MaxError: 3, Implement: ir.PWL},
		"rmse":   {MaxError: -1, Implement: ir.PWL, Fit: ir.RMSE},
		"capped": {MaxError: 6, Implement: ir.PWL, Fit: ir.RMSE},
		"counted": {MaxError: -1, Implement: ir.PWL, Fit: ir.RMSE, Weight: &ir.Weight{Histogram: &ir.Histogram{
			File: "acc.json", Bins: []ir.Bin{{First: -60, Last: -20, Count: 1000}, {First: 3, Last: 3, Count: 50}, {First: 4, Last: 9, Count: 7}},
		}}},
		"normal": {MaxError: -1, Implement: ir.PWL, Fit: ir.RMSE, Weight: &ir.Weight{Mean: big.NewRat(1, 2), Stddev: big.NewRat(20, 1)}},
		"exact":  {MaxError: -1, Implement: ir.Thresholds},
		"direct": {MaxError: -1, Implement: ir.Table},
		"rows":   {MaxError: -1, Implement: ir.Table},
		"shared": {MaxError: -1, Implement: ir.Table, Fit: ir.RMSE},
	} {
		l := layer(7, 6, shape, o)
		if o.Implement == ir.Table {
			l.Shape = ir.Shape{Segments: 32, Breaks: ir.Uniform, Overflow: ir.Wrap, Window: ir.Window{Bits: 5, MinShift: 2, MaxShift: 2}}
		}
		switch name {
		case "window", "sees":
			l.Shape.Window = ir.Window{Bits: 5, MinShift: 1, MaxShift: 2}
		case "wraps":
			l.Shape.Overflow, l.Shape.Window = ir.Wrap, ir.Window{Bits: 6, MinShift: 1, MaxShift: 1}
		case "even":
			l.Shape.Breaks = ir.Uniform
		case "three":
			l.Shape.Terms = 3
		}
		if name == "rows" || name == "shared" {
			l.Shape.Segments, l.Shape.Rows, l.Shape.RowBits = 8, 2, 3
		}
		if name == "fewest" {
			l.Shape.Segments = 16
		}
		golden := wobbly(rand.New(rand.NewPCG(3, binary.BigEndian.Uint64([]byte(name+"        ")))), l)
		entry := all[name]
		entry.l, entry.golden, entry.c = l, golden, certify.Certify(l, l.Input.Integer, fitted(t, l, golden))
		all[name] = entry
	}
	return all
}

// Every number is moved, every string changed, every entry removed.
func TestEveryAlterationIsRejected(t *testing.T) {
	for name, k := range cases(t) {
		if err := k.c.Check(k.l, k.l.Input.Integer, k.golden); err != nil {
			t.Errorf("%s: unaltered: %v", name, err)
			continue
		}
		text, err := json.Marshal(k.c)
		require.NoError(t, err)
		altered := 0
		for _, m := range mutants(text) {
			altered++
			var c certify.Certificate
			if json.Unmarshal([]byte(m.text), &c) != nil {
				continue
			}
			if c.Check(k.l, k.l.Input.Integer, k.golden) == nil {
				t.Errorf("%s: %s passes", name, m.what)
			}
			// What is sealed again may only pass where it is another true statement.
			sealed := certify.Sealed(c)
			if sealed.Check(k.l, k.l.Input.Integer, k.golden) == nil && !truthful(name, m.what, &sealed) {
				t.Errorf("%s: %s passes when sealed again", name, m.what)
			}
		}
		if altered < 20 {
			t.Errorf("%s: only %d alterations", name, altered)
		}
	}
}

// truthful are alterations after which a certificate may still be right: other
// segments with the same error, other points, another grid on which as much is proved,
// where no claim is made of it, a weaker bound on the maximum error, and, of fits of the
// least maximum error, a bound on the squares that is as low as what the check proved.
func truthful(name, what string, c *certify.Certificate) bool {
	for _, field := range []string{".sha256", ".pieces", ".rows", ".witness", ".fewer", ".least_squares.grid ="} {
		if strings.HasPrefix(what, field) {
			return true
		}
	}
	switch name {
	case "rmse", "capped", "counted", "normal", "three", "sees", "shared", "rows":
		if strings.HasPrefix(what, ".lower_bound") {
			return true
		}
	}
	tied := c.Mean != nil && c.Mean.Grid == nil
	return tied && strings.HasPrefix(what, ".least_squares.bound") && c.Mean.Bound <= certify.Found(c)
}

type mutant struct{ what, text string }

// mutants are all texts that differ in one leaf or lack one entry.
func mutants(text []byte) []mutant {
	var root any
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		panic(err)
	}
	var all []mutant
	emit := func(what string) {
		out, err := json.Marshal(root)
		if err != nil {
			panic(err)
		}
		all = append(all, mutant{what, string(out)})
	}
	var walk func(path string, v any, set func(any))
	walk = func(path string, v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(path+"."+k, e, func(n any) { v[k] = n })
				delete(v, k)
				emit(path + "." + k + " removed")
				v[k] = e
			}
		case []any:
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), e, func(n any) { v[i] = n })
				short := append(append([]any{}, v[:i]...), v[i+1:]...)
				set(short)
				emit(fmt.Sprintf("%s[%d] removed", path, i))
				set(v)
			}
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				panic(err)
			}
			for _, m := range []int64{n - 1, n + 1} {
				set(m)
				emit(fmt.Sprintf("%s = %d", path, m))
			}
			set(v)
		case string:
			for _, s := range []string{v + "0", "1" + v, "", strings.Replace(v, "-", "+", 1)} {
				if s == v {
					continue
				}
				set(s)
				emit(fmt.Sprintf("%s = %q", path, s))
			}
			set(v)
		case bool:
			set(!v)
			emit(path + " inverted")
			set(v)
		}
	}
	walk("", root, func(any) { panic("the root stays") })
	return all
}

// What is weighed is added up anew: a forgery of it fails though its seal holds.
func TestWeightedSquaresAreRechecked(t *testing.T) {
	all := cases(t)
	for _, name := range []string{"counted", "normal"} {
		k := all[name]
		require.Contains(t, k.c.Basis, "no cover of the cells")
		for field, forge := range map[string]func(*certify.Mean){
			"least_squares.sum":     func(m *certify.Mean) { m.Sum++ },
			"least_squares.weight":  func(m *certify.Mean) { m.Weight-- },
			"least_squares.weights": func(m *certify.Mean) { m.Weights = "all alike" },
			"least_squares.bound":   func(m *certify.Mean) { m.Bound-- },
		} {
			forged, mean := *k.c, *k.c.Mean
			forge(&mean)
			forged.Mean = &mean
			forged = certify.Reseal(forged, k.l)
			var fault *certify.Fault
			require.ErrorAs(t, forged.Check(k.l, k.l.Input.Integer, k.golden), &fault)
			require.Equal(t, field, fault.Field)
		}
	}
}

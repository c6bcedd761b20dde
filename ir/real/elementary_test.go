package real

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

var elementary = map[string]struct {
	quick    func(float64) (lo, hi float64)
	interval func(Interval) Interval
	slow     func(context, bigInterval) bigInterval
	width    float64 // allowed, in 2^-52 of values above 1
}{
	"exp":  {expBounds, Interval.exp, context.exp, 2},
	"log":  {logBounds, Interval.log, context.log, 2},
	"erf":  {erfBounds, Interval.erf, context.erf, 4},
	"tanh": {tanhBounds, Interval.tanh, context.tanh, 4},
	"sin":  {sinBounds, Interval.sin, context.sin, 4},
	"cos":  {cosBounds, Interval.cos, context.cos, 4},
}

// sampleArguments are points of all magnitudes at which f is defined, borders of the
// implementations among them.
func sampleArguments(name string, r *rand.Rand, n int) []float64 {
	var xs []float64
	for _, x := range []float64{0, 1, 1.0 / 32, 1.0 / 8, 6, 20, 708, 709, math.Pi, math.Pi / 2, 1 << 15, 1e9, 1 << 32, 3e11, 1 << 40, math.Sqrt2, 0x1p-1022, 745, 1e300} {
		xs = append(xs, x, nextUp(x), nextDown(x), -x)
	}
	for len(xs) < n {
		switch len(xs) % 4 {
		case 0:
			xs = append(xs, (2*r.Float64()-1)*8)
		case 1:
			xs = append(xs, r.NormFloat64()*300)
		case 2:
			xs = append(xs, math.Exp(r.NormFloat64()*40)*float64(1-2*r.IntN(2)))
		default:
			xs = append(xs, 1+r.NormFloat64()*math.Exp(-40*r.Float64()))
		}
	}
	if name == "log" {
		for i, x := range xs {
			xs[i] = math.Abs(x)
			if x == 0 {
				xs[i] = 1
			}
		}
	}
	return xs
}

func TestElementaryBounds(t *testing.T) {
	c := context{160}
	for name, f := range elementary {
		r := rand.New(rand.NewPCG(3, 4))
		for _, x := range sampleArguments(name, r, 5000) {
			lo, hi := f.quick(x)
			truth := f.slow(c, exactly(big.NewFloat(x)))
			if !(lo <= hi) || truth.hi.Cmp(big.NewFloat(lo)) < 0 || truth.lo.Cmp(big.NewFloat(hi)) > 0 ||
				lo == hi && truth.lo.Cmp(truth.hi.Float) != 0 {
				t.Fatalf("%s(%v) is about %.30g, not in [%v, %v]", name, x, truth.lo.Float, lo, hi)
			}
			if y := max(1, math.Abs(lo), math.Abs(hi)); y < 1e300 && hi-lo > y*f.width*0x1p-52 && math.Abs(x) < maxAngle {
				t.Errorf("%s(%v): [%v, %v] is too wide", name, x, lo, hi)
			}
		}
	}
}

// TestElementaryIntervals checks that images of intervals hold the images of points
// in them.
func TestElementaryIntervals(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := context{100}
	for name, f := range elementary {
		for range 2000 {
			x := Interval{r.NormFloat64() * 3, 0}
			if name == "log" {
				x.Lo = math.Abs(x.Lo)
			}
			x.Hi = x.Lo + math.Exp(r.NormFloat64()*3-1)
			y := f.interval(x)
			for range 3 {
				u := min(x.Hi, x.Lo+r.Float64()*(x.Hi-x.Lo))
				truth := f.slow(c, exactly(big.NewFloat(u)))
				if truth.hi.Cmp(big.NewFloat(y.Lo)) < 0 || truth.lo.Cmp(big.NewFloat(y.Hi)) > 0 {
					t.Fatalf("%s(%v) = %v does not hold %s(%v) = %.20g", name, x, y, name, u, truth.lo.Float)
				}
			}
		}
	}
}

// TestReference compares with values from another implementation.
func TestReference(t *testing.T) {
	for _, v := range []struct{ f, x, want string }{
		{"exp", "1", "2.7182818284590452353602874713526624977572470937"},
		{"exp", "-3.75", "0.023517745856009108236151185100432939470067655273072"},
		{"exp", "100.5", "44319559098458954160107061979564816895899481.870631"},
		{"exp", "0.0009765625", "1.0009770394924165352428452926116065064658516291817"},
		{"exp", "-700.25", "7.6787238131108722116498874443789444596925344636011e-305"},
		{"log", "2", "0.69314718055994530941723212145817656807550013436026"},
		{"log", "1.0009765625", "0.00097608597305545889596082490801718667261183433378454"},
		{"log", "0.0009765625", "-6.9314718055994530941723212145817656807550013436026"},
		{"log", "12345.5", "9.4210469031867093223075830532615188053658708415234"},
		{"erf", "0.5", "0.52049987781304653768274665389196452873645157575796"},
		{"erf", "2.25", "0.99853728341331884830208920362701704608848325133345"},
		{"erf", "-4.5", "-0.99999999980338395584571125237208396323356673394223"},
		{"erf", "0.0009765625", "0.0011019324300718147041712534961185736938365444304555"},
		{"erf", "7.5", "0.99999999999999999999999997223350613969430899336034"},
		{"tanh", "0.5", "0.46211715726000975850231848364367254873028928033011"},
		{"tanh", "3.25", "0.99699763548652601693227592643957227305919820976351"},
		{"tanh", "-10.5", "-0.99999999848348791556752310639844131372777481764482"},
		{"tanh", "0.0009765625", "0.00097656218955926021858407527014677176284700885836826"},
		{"sin", "1", "0.84147098480789650665250232163029899962256306079837"},
		{"sin", "-3.140625", "-0.00096765343878227946499529001767959010846105722992769"},
		{"sin", "100000.5", "-0.44774657165721259578744514334446362130628908856292"},
		{"cos", "1", "0.54030230586813971740093660744297660373231042061792"},
		{"cos", "1.5703125", "0.00048382677602024869380487629077687406094033227074973"},
		{"cos", "-100000.5", "-0.89416050436664478420642027741944506283996245443789"},
	} {
		x, _ := new(big.Float).SetPrec(200).SetString(v.x)
		want, _ := new(big.Float).SetPrec(200).SetString(v.want)
		for _, prec := range []uint{100, 128, 500} {
			got := elementary[v.f].slow(context{prec}, exactly(x))
			slack := new(big.Float).Abs(new(big.Float).Mul(want, big.NewFloat(1e-45)))
			low := new(big.Float).SetPrec(200).Sub(got.lo.Float, slack)
			high := new(big.Float).SetPrec(200).Add(got.hi.Float, slack)
			if low.Cmp(want) > 0 || high.Cmp(want) < 0 {
				t.Errorf("%s(%s) to %d bits is in [%.50g, %.50g], not %s", v.f, v.x, prec, got.lo.Float, got.hi.Float, v.want)
			}
			if width, _ := new(big.Float).Quo(new(big.Float).Sub(got.hi.Float, got.lo.Float), slack).Float64(); width > math.Ldexp(1e45, 8-int(prec)) {
				t.Errorf("%s(%s) to %d bits is %g times too wide", v.f, v.x, prec, width)
			}
		}
	}
}

// TestPrecisionsAgree checks that more precision refines.
func TestPrecisionsAgree(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for name, f := range elementary {
		for _, x := range sampleArguments(name, r, 200) {
			coarse := f.slow(context{64}, exactly(big.NewFloat(x)))
			fine := f.slow(context{700}, exactly(big.NewFloat(x)))
			if fine.hi.Cmp(coarse.lo.Float) < 0 || fine.lo.Cmp(coarse.hi.Float) > 0 {
				t.Errorf("%s(%v): 64 bits and 700 bits contradict each other", name, x)
			}
		}
	}
}

// randomEnd has any magnitude, or is small and exact.
func randomEnd(r *rand.Rand) float64 {
	switch r.IntN(6) {
	case 0:
		return float64(r.IntN(9) - 4)
	case 1:
		return r.NormFloat64() * math.Exp(1400*r.Float64()-700)
	default:
		return r.NormFloat64() * math.Exp(r.NormFloat64()*5)
	}
}

// TestArithmeticBounds checks operations on points: bounds that hold the exact
// result, meet where it is a float64, and are neighbours elsewhere.
func TestArithmeticBounds(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	rat := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	for range 50000 {
		a, b := randomEnd(r), randomEnd(r)
		p, q := point(a), point(b)
		check := func(op string, got Interval, want *big.Rat) {
			t.Helper()
			f, exact := want.Float64()
			if math.IsInf(f, 0) {
				return
			}
			if rat(max(got.Lo, -math.MaxFloat64)).Cmp(want) > 0 || rat(min(got.Hi, math.MaxFloat64)).Cmp(want) < 0 {
				t.Fatalf("%v %s %v is not in %v", a, op, b, got)
			}
			if m := math.Abs(f); m > tiny && m < huge && (exact != got.isPoint() || got.Hi > nextUp(got.Lo)) {
				t.Fatalf("%v %s %v: %v is not tight", a, op, b, got)
			}
		}
		check("+", p.add(q), new(big.Rat).Add(rat(a), rat(b)))
		check("-", p.sub(q), new(big.Rat).Sub(rat(a), rat(b)))
		check("*", p.mul(q), new(big.Rat).Mul(rat(a), rat(b)))
		if b != 0 && math.Abs(a) > tiny {
			check("/", p.div(q), new(big.Rat).Quo(rat(a), rat(b)))
		}
		if root := p.sqrt(); a >= 0 {
			lo, hi := rat(root.Lo), rat(root.Hi)
			if lo.Mul(lo, lo).Cmp(rat(a)) > 0 || hi.Mul(hi, hi).Cmp(rat(a)) < 0 {
				t.Fatalf("sqrt %v is not in %v", a, root)
			}
		}
	}
}

// TestIntervalArithmetic checks operations on intervals by points in them.
func TestIntervalArithmetic(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	interval := func() Interval {
		a, b := randomEnd(r), randomEnd(r)
		x := Interval{min(a, b), max(a, b)}
		switch r.IntN(12) {
		case 0:
			x.Hi = math.Inf(1)
		case 1:
			x.Lo = math.Inf(-1)
		case 2:
			x.Lo = x.Hi
		}
		return x
	}
	within := func(x Interval) *big.Float {
		lo, hi := max(x.Lo, -1e100), min(x.Hi, 1e100)
		if lo > hi {
			lo, hi = max(x.Lo, -math.MaxFloat64), min(x.Hi, math.MaxFloat64)
		}
		v := lo + r.Float64()*(hi-lo)
		if r.IntN(4) == 0 {
			v = lo
		}
		return big.NewFloat(max(lo, min(v, hi)))
	}
	for range 50000 {
		x, y := interval(), interval()
		u, v := within(x), within(y)
		n := r.Int64N(9) - 3
		wide := func() *big.Float { return new(big.Float).SetPrec(2000) }
		check := func(op string, got Interval, want *big.Float) {
			t.Helper()
			if want.Cmp(big.NewFloat(got.Lo)) < 0 || want.Cmp(big.NewFloat(got.Hi)) > 0 {
				t.Fatalf("%v %s %v (%d) = %v does not hold %v %s %v", x, op, y, n, got, u, op, v)
			}
		}
		check("+", x.add(y), wide().Add(u, v))
		check("-", x.sub(y), wide().Sub(u, v))
		check("*", x.mul(y), wide().Mul(u, v))
		check("abs", x.abs(), wide().Abs(u))
		if v.Sign() != 0 {
			check("/", x.div(y), wide().Quo(u, v))
		}
		if n >= 0 || u.Sign() != 0 {
			power := big.NewFloat(1).SetPrec(2000)
			for range max(n, -n) {
				power.Mul(power, u)
			}
			if n < 0 {
				power.Quo(big.NewFloat(1), power)
			}
			check("^", x.power(n), power)
		}
	}
}

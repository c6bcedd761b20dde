// Command fit measures golden and fits: how good they are as ratios to a reference
// that is fitted in the same run, and how long they take.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"grauc/certify"
	"grauc/compile"
	"grauc/ir"
	"grauc/ir/pwl"
	"grauc/ir/spec"
	"grauc/ir/steps"
	"grauc/passes/fit"
	"grauc/passes/golden"
)

func main() {
	quick := flag.Bool("quick", false, "fewer cases: enough to see that the program works")
	only := flag.String("only", "", "one part alone: quality, single, bulk or golden")
	flag.Parse()
	if err := bench(os.Stdout, *quick, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench-fit:", err)
		os.Exit(1)
	}
}

func bench(w io.Writer, quick bool, only string) error {
	load, _ := os.ReadFile("/proc/loadavg")
	fmt.Fprintf(w, "%d cores, load %s\n\n", runtime.NumCPU(), strings.TrimSpace(string(load)))
	b := &program{w: w, quick: quick, channels: 4800, repeat: 5, atLeast: 100 * time.Millisecond}
	b.kinds = []kind{
		{"1 term", ir.Shape{Terms: 1, MaxShift: 23, MinShift: -8}},
		{"2 terms, guard 2", ir.Shape{Terms: 2, MaxShift: 25, MinShift: -8, Guard: 2}},
	}
	if quick {
		b.channels, b.repeat, b.atLeast = 40, 1, 0
	}
	for _, part := range []struct {
		name string
		run  func() error
	}{{"quality", b.quality}, {"single", b.single}, {"bulk", b.bulk}, {"golden", b.golden}} {
		if only != "" && only != part.name {
			continue
		}
		if err := part.run(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return nil
}

// program is what all parts share.
type program struct {
	w        io.Writer
	quick    bool
	channels int
	repeat   int           // of which the least time counts
	atLeast  time.Duration // that runs take together: short ones are disturbed more
	kinds    []kind
}

// kind is a kind of unit. Its shape has no number of segments yet.
type kind struct {
	name  string
	shape ir.Shape
}

func (k kind) of(segments int) ir.Shape {
	s := k.shape
	s.Segments = segments
	return s
}

// functions have 8-bit outputs that just hold what -8..8 gives.
var functions = []struct{ name, call, output string }{
	{"relu", "relu(x)", "uint8 scale 8/255"},
	{"sigmoid", "sigmoid(x)", "uint8 scale 1/255"},
	{"tanh", "tanh(x)", "int8 scale 1/127"},
	{"silu", "silu(x)", "uint8 scale 83/2550 zero 9"},
	{"gelu", "gelu(x)", "uint8 scale 82/2550 zero 6"},
	{"softplus", "softplus(x)", "uint8 scale 8/255"},
	{"mish", "mish(x)", "uint8 scale 84/2550 zero 10"},
	{"hardswish", "hardswish(x)", "uint8 scale 84/2550 zero 12"},
	{"elu", "elu(x)", "uint8 scale 9/255 zero 28"},
	{"exp_neg", "exp_neg(max(x, 0))", "uint8 scale 1/255"},
}

// parse loads a program's text.
func parse(text string) (*spec.Module, error) {
	f, err := os.CreateTemp("", "bench*.grau")
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	if _, err := f.WriteString(text); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	d := new(compile.Driver)
	modules, err := d.Load([]string{f.Name()})
	if err != nil {
		return nil, fmt.Errorf("%w: %v", err, d.Diagnostics)
	}
	return modules[0], nil
}

// inputOf is the format of inputs of a width from -8 to 8.
func inputOf(width int) string { return fmt.Sprintf("int%d scale 2^-%d", width, width-4) }

// all is a layer for each function with inputs from -8 to 8.
func all(width int) (*spec.Module, error) {
	var text strings.Builder
	for _, f := range functions {
		fmt.Fprintf(&text, "layer %s : %s -> %s round half_up = %s\n", f.name, inputOf(width), f.output, f.call)
	}
	return parse(text.String())
}

// with is a module of one layer with the shape and objective.
func with(m *steps.Module, l *steps.Layer, shape ir.Shape, objective ir.Fit) *steps.Module {
	one := *l
	one.Shape = shape
	one.Options.Fit, one.Options.Implement = objective, ir.PWL
	return &steps.Module{Head: m.Head, Layers: []*steps.Layer{&one}}
}

// quality compares the errors of the reference with those of exact fits, with one
// term and no guard bits.
func (b *program) quality() error {
	m, err := all(16)
	if err != nil {
		return err
	}
	lowered, err := golden.Lower(m)
	if err != nil {
		return err
	}
	t := b.table("errors in output codes, 16-bit inputs from -8 to 8, 8-bit outputs, 1 term, no guard bits",
		"", "segments", "reference max", "minmax", "ratio", "reference RMSE", "rmse", "ratio", "reference ms")
	var worst, means []float64
	for i, l := range lowered.Layers {
		q, err := m.Quantizer(m.Layers[i], 0)
		if err != nil {
			return err
		}
		c := curve{}
		for j := range int64(points) {
			x := l.Input.Min() + j*int64(l.Input.Count()-1)/(points-1)
			_, y, err := q.Point(x)
			if err != nil {
				return err
			}
			c.x = append(c.x, x)
			c.y = append(c.y, max(float64(l.Output.Min()), min(y, float64(l.Output.Max()))))
		}
		for _, segments := range []int{4, 6, 8} {
			shape := b.kinds[0].of(segments)
			begin := time.Now()
			f := reference(c, l.Input.Integer, l.Output.Integer, shape)
			took := time.Since(begin)
			theirs := pwl.Measure(l.Channels[0], f)
			var ours [2]pwl.Error
			for o, objective := range []ir.Fit{ir.MinMax, ir.RMSE} {
				fitted, err := fit.Lower(with(lowered, l, shape, objective))
				if err != nil {
					return err
				}
				ours[o] = fitted.Layers[0].Channels[0].Error
			}
			rounded := float64(ours[0].Max) / float64(theirs.Max)
			mean := rootMean(ours[1]) / rootMean(theirs)
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%.2f\t%.3f\t%.3f\t%.2f\t%.1f\t\n", l.Name, segments,
				theirs.Max, ours[0].Max, rounded, rootMean(theirs), rootMean(ours[1]), mean, milliseconds(took))
			worst, means = append(worst, rounded), append(means, mean)
		}
	}
	fmt.Fprintf(t, "geometric mean\t\t\t\t%.3f\t\t\t%.3f\t\t\n", geometric(worst), geometric(means))
	fmt.Fprintf(t, "at most\t\t\t\t0.45\t\t\t0.57\t\t\n")
	return t.Flush()
}

// single times one fit at a time.
func (b *program) single() error {
	m, err := all(24)
	if err != nil {
		return err
	}
	lowered, err := golden.Lower(m)
	if err != nil {
		return err
	}
	t := b.table(fmt.Sprintf("one fit, 24-bit inputs, 8 segments, milliseconds, least of %d runs, or of all in %v; gap: how far the proven bound of the RMSE is below it", b.repeat, b.atLeast),
		"", "1 term minmax", "1 term rmse", "gap", "2 terms, guard 2 minmax", "2 terms, guard 2 rmse", "gap")
	layers := lowered.Layers
	if b.quick {
		layers = layers[:2]
	}
	for _, l := range layers {
		row := []any{l.Name}
		for _, k := range b.kinds {
			for _, objective := range []ir.Fit{ir.MinMax, ir.RMSE} {
				least, fitted, err := b.least(with(lowered, l, k.of(8), objective))
				if err != nil {
					return err
				}
				row = append(row, fmt.Sprintf("%.2f", milliseconds(least)))
				if objective == ir.RMSE {
					s := fitted.Layers[0].Channels[0].Squares
					row = append(row, fmt.Sprintf("%.1f%%", 100*(1-math.Sqrt(share(s.Bound, s.Sum)))))
				}
			}
		}
		fmt.Fprintln(t, cells(row...))
	}
	fmt.Fprintln(t, cells("at most", "0.5", "10", "", "3", "500", ""))
	return t.Flush()
}

// least is the least time of some runs, of more where they are short; no more are
// made once they took a second.
func (b *program) least(m *steps.Module) (least time.Duration, fitted *pwl.Module, err error) {
	least = math.MaxInt64
	for sum, n := time.Duration(0), 0; (n < b.repeat || sum < b.atLeast) && sum < time.Second; n++ {
		begin := time.Now()
		if fitted, err = fit.Lower(m); err != nil {
			return 0, nil, err
		}
		took := time.Since(begin)
		least, sum = min(least, took), sum+took
	}
	return least, fitted, nil
}

// bulk times silu behind a batch normalization of each channel's own.
func (b *program) bulk() error {
	r := rand.New(rand.NewPCG(4800, 0))
	var gamma, beta []*big.Rat
	for range b.channels {
		gamma = append(gamma, new(big.Rat).SetFloat64(math.Exp(r.NormFloat64()/2)))
		beta = append(beta, new(big.Rat).SetFloat64(r.NormFloat64()))
	}
	m, err := parse("layer l : " + inputOf(24) + " -> uint8 scale 1/32 zero 9 = silu(x)\n")
	if err != nil {
		return err
	}
	element := func(array string) spec.Expr {
		return &spec.Element{Data: "bn", Array: array, Index: spec.Channel{}}
	}
	l := m.Layers[0]
	l.Channels = b.channels
	m.Data = []*spec.Data{{Name: "bn", Arrays: []spec.Array{{Name: "gamma", Values: gamma}, {Name: "beta", Values: beta}}}}
	l.Body = &spec.Call{Func: "silu", Args: []spec.Expr{&spec.Op{Name: "+", Args: []spec.Expr{
		&spec.Op{Name: "*", Args: []spec.Expr{element("gamma"), spec.X{}}}, element("beta")}}}}

	t := b.table(fmt.Sprintf("%d channels of silu(gamma * x + beta), 24-bit inputs, 8-bit outputs, 8 segments, seconds", b.channels),
		"", "golden", "fit", "certificates", "all", "CPU", "at most", "mean max error", "mean RMSE", "at least", "proven the least")
	for _, c := range []struct {
		kind
		objective ir.Fit
		goal      string
	}{{b.kinds[0], ir.MinMax, "1.5"}, {b.kinds[1], ir.MinMax, "8"}, {b.kinds[0], ir.RMSE, "40"}} {
		begin, used := time.Now(), processorTime()
		lowered, err := golden.Lower(m)
		if err != nil {
			return err
		}
		steps := time.Since(begin)
		fitted, err := fit.Lower(with(lowered, lowered.Layers[0], c.of(8), c.objective))
		if err != nil {
			return err
		}
		fits := time.Since(begin)
		certificates := certify.Module(fitted, false, nil)[0]
		took, cpu := time.Since(begin), processorTime()-used
		var worst, mean, bound, proven float64
		for i, f := range fitted.Layers[0].Channels {
			worst += float64(f.Error.Max)
			mean += rootMean(f.Error)
			if f.Squares.Sum > 0 {
				bound += rootMean(f.Error) * math.Sqrt(float64(certificates[i].Mean.Bound)/float64(f.Squares.Sum))
			}
			if c.objective == ir.MinMax && certificates[i].Optimal() || c.objective == ir.RMSE && certificates[i].Mean.Bound == f.Squares.Sum {
				proven++
			}
		}
		n := float64(b.channels)
		fmt.Fprintf(t, "%s, %s\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t%.2f\t%.3f\t%.3f\t%.1f%%\t\n", c.name, c.objective,
			steps.Seconds(), (fits - steps).Seconds(), (took - fits).Seconds(), took.Seconds(), cpu.Seconds(), c.goal, worst/n, mean/n, bound/n, 100*proven/n)
	}
	return t.Flush()
}

// library is all functions with a format for outputs of 8 bits; those of 16 bits
// have a scale 256 times as fine.
var library = []struct {
	call     string
	signed   bool
	fraction int // bits of an 8-bit output
}{
	{"identity(x)", true, 4}, {"relu(x)", true, 4}, {"relu6(x)", false, 5}, {"leaky_relu(x)", true, 4}, {"prelu(x)", true, 4},
	{"hardtanh(x)", true, 7}, {"hardsigmoid(x)", false, 8}, {"hardswish(x)", true, 4}, {"sign(x)", true, 6}, {"step(x)", false, 7},
	{"batch_norm(x)", true, 4}, {"tanh(x)", true, 7}, {"sigmoid(x)", false, 8}, {"logsigmoid(x)", true, 4}, {"softsign(x)", true, 7},
	{"tanhshrink(x)", true, 4}, {"exp_neg(max(x, 0))", false, 8}, {"silu(x)", true, 4}, {"swish(x)", true, 4}, {"gelu(x)", true, 4},
	{"gelu_tanh(x)", true, 4}, {"quick_gelu(x)", true, 4}, {"softplus(x)", false, 5}, {"mish(x)", true, 4}, {"elu(x)", true, 4},
	{"selu(x)", true, 4}, {"celu(x)", true, 4},
}

// golden times the proof of every input of each library function.
func (b *program) golden() error {
	t := b.table(fmt.Sprintf("golden with proof, inputs from -8 to 8, milliseconds, least of %d", b.repeat),
		"", "24 to 8 bits", "32 to 8 bits", "24 to 16 bits", "32 to 16 bits")
	functions := library
	if b.quick {
		functions = functions[:3]
	}
	for _, f := range functions {
		row := []any{f.call}
		for _, c := range []struct{ in, out int }{{24, 8}, {32, 8}, {24, 16}, {32, 16}} {
			format := fmt.Sprintf("int%d", c.out)
			if !f.signed {
				format = "u" + format
			}
			m, err := parse(fmt.Sprintf("layer f : %s -> %s scale 2^-%d = %s\n", inputOf(c.in), format, f.fraction+c.out-8, f.call))
			if err != nil {
				return err
			}
			least := time.Duration(math.MaxInt64)
			for range b.repeat {
				begin := time.Now()
				if _, err := golden.Lower(m); err != nil {
					return err
				}
				least = min(least, time.Since(begin))
			}
			row = append(row, fmt.Sprintf("%.3f", milliseconds(least)))
		}
		fmt.Fprintln(t, cells(row...))
	}
	fmt.Fprintln(t, cells("at most", "0.3", "0.6", "60", "60"))
	return t.Flush()
}

// table starts a table with a title.
func (b *program) table(title string, heads ...any) *tabwriter.Writer {
	fmt.Fprintf(b.w, "%s\n\n", title)
	t := tabwriter.NewWriter(b.w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, cells(heads...))
	return t
}

func cells(of ...any) string {
	return fmt.Sprintf(strings.Repeat("%v\t", len(of)), of...)
}

func rootMean(e pwl.Error) float64 {
	sum, _ := new(big.Float).SetInt(e.Squares).Float64()
	return math.Sqrt(sum / float64(e.Inputs))
}

func geometric(of []float64) float64 {
	sum := 0.0
	for _, v := range of {
		sum += math.Log(v)
	}
	return math.Exp(sum / float64(len(of)))
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// processorTime is what this process has used of all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

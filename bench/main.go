// Command bench measures how fast the compiler is: bin/grauc, as make builds it, and
// the passes in this process. What depends on the machine is stated as a ratio to
// something measured in the same run.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"grauc/compile"
	"grauc/ir"
)

const runs = 40

func main() {
	if err := bench(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func bench() error {
	dir, err := os.MkdirTemp("", "grauc-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var missed []string
	if err := benchBuild(filepath.Join("bin", "grauc"), dir, &missed); err != nil {
		return err
	}
	if err := benchGolden(dir, &missed); err != nil {
		return err
	}
	if len(missed) > 0 {
		return fmt.Errorf("goals NOT MET: %s", strings.Join(missed, "; "))
	}
	fmt.Println("\nall goals are met")
	return nil
}

// What a build may take at most: as many times as long as /bin/true, the fit left
// out, and as much memory; and how long a golden function of 24 bits may take.
const (
	goalTimes  = 12
	goalMB     = 100
	goalGolden = 2 * time.Second
)

// measurement is what a process took.
type measurement struct {
	wall  time.Duration
	peak  int64 // KiB
	inner map[string]time.Duration
}

// benchBuild compares whole builds of examples/silu.grau for all targets with
// starting a process that does nothing, turn by turn.
func benchBuild(grauc, dir string, missed *[]string) error {
	var nothing, cold, warm []measurement
	for i := range runs {
		fresh := filepath.Join(dir, strconv.Itoa(i))
		m, err := measure("/bin/true")
		if err != nil {
			return err
		}
		nothing = append(nothing, m)
		if m, err = measure(grauc, "build", "--timings", "-o", fresh, "examples/silu.grau"); err != nil {
			return err
		}
		cold = append(cold, m)
		if m, err = measure(grauc, "build", "--timings", "-o", fresh, "examples/silu.grau"); err != nil {
			return err
		}
		warm = append(warm, m)
	}
	rest := slices.Clone(cold)
	for i := range rest {
		rest[i].wall -= rest[i].inner["fit"]
	}
	base := middle(nothing)
	fmt.Printf("examples/silu.grau, all targets, from process start to exit, medians of %d\n\n", runs)
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "\tms\ttimes /bin/true\tpeak MB\t")
	row := func(what string, m measurement) {
		fmt.Fprintf(t, "%s\t%.2f\t%.1f\t%.1f\t\n", what, milliseconds(m.wall), float64(m.wall)/float64(base.wall), float64(m.peak)/1024)
	}
	row("/bin/true", base)
	first := middle(cold)
	row("grauc build, into a new directory", first)
	for _, stage := range slices.Sorted(maps.Keys(first.inner)) {
		fmt.Fprintf(t, "of it %s\t%.2f\t%.1f\t\t\n", stage, milliseconds(first.inner[stage]), float64(first.inner[stage])/float64(base.wall))
	}
	bare := middle(rest)
	row("all of that but the fit", bare)
	fmt.Fprintf(t, "which may be at most\t\t%d.0\t%d.0\t\n", goalTimes, goalMB)
	if times := float64(bare.wall) / float64(base.wall); times > goalTimes {
		*missed = append(*missed, fmt.Sprintf("a build takes %.1f times as long as /bin/true, not %d", times, goalTimes))
	}
	if peak := float64(bare.peak) / 1024; peak > goalMB {
		*missed = append(*missed, fmt.Sprintf("a build takes %.1f MB, not %d", peak, goalMB))
	}
	row("grauc build, nothing has changed", middle(warm))
	t.Flush()
	fmt.Println()
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func measure(name string, args ...string) (measurement, error) {
	cmd := exec.Command(name, args...)
	var said bytes.Buffer
	cmd.Stderr = &said
	begin := time.Now()
	err := cmd.Run()
	m := measurement{wall: time.Since(begin), inner: map[string]time.Duration{}}
	if err != nil {
		return m, fmt.Errorf("%s: %w\n%s", name, err, said.String())
	}
	m.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	for s := bufio.NewScanner(&said); s.Scan(); {
		f := strings.Fields(s.Text()) // "stage 1.234 ms"
		if len(f) != 3 || f[2] != "ms" {
			return m, fmt.Errorf("%s says %q", name, s.Text())
		}
		ms, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return m, err
		}
		m.inner[f[0]] += time.Duration(ms * float64(time.Millisecond))
	}
	return m, nil
}

// middle is the median of each number.
func middle(ms []measurement) measurement {
	m := measurement{inner: map[string]time.Duration{}}
	m.wall = median(ms, func(m measurement) time.Duration { return m.wall })
	m.peak = median(ms, func(m measurement) int64 { return m.peak })
	for stage := range ms[0].inner {
		m.inner[stage] = median(ms, func(m measurement) time.Duration { return m.inner[stage] })
	}
	return m
}

func median[T ~int64](ms []measurement, of func(measurement) T) T {
	var all []T
	for _, m := range ms {
		all = append(all, of(m))
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// functions are what goldens and fits are timed for, with output formats that
// suit them.
var functions = []struct{ call, output string }{
	{"relu(x)", "int8 scale 1/16"}, {"relu6(x)", "uint8 scale 1/32"}, {"leaky_relu(x)", "int8 scale 1/16"},
	{"sigmoid(x)", "uint8 scale 1/255"}, {"logsigmoid(x)", "int8 scale 1/16"}, {"silu(x)", "int8 scale 1/16"},
	{"gelu(x)", "int8 scale 1/16"}, {"gelu_tanh(x)", "int8 scale 1/16"}, {"quick_gelu(x)", "int8 scale 1/16"},
	{"softplus(x)", "uint8 scale 1/32"}, {"softsign(x)", "int8 scale 1/127"}, {"mish(x)", "int8 scale 1/16"},
	{"elu(x)", "int8 scale 1/16"}, {"selu(x)", "int8 scale 1/16"}, {"celu(x)", "int8 scale 1/16"},
	{"hardtanh(x)", "int8 scale 1/127"}, {"hardsigmoid(x)", "uint8 scale 1/255"}, {"hardswish(x)", "int8 scale 1/16"},
	{"tanh(x)", "int8 scale 1/127"}, {"tanhshrink(x)", "int8 scale 1/16"}, {"sign(x)", "int2"}, {"step(x)", "uint1"},
	{"exp_neg(max(x, 0))", "uint8 scale 1/255"},
}

// benchGolden times one layer of each function: 24-bit inputs over -8..8, 8
// segments of two terms with 2 guard bits.
func benchGolden(dir string, missed *[]string) error {
	t := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Printf("one layer, int24 scale 2^-20 in, best of 3, in milliseconds\n\n")
	fmt.Fprintln(t, "\tgolden\tfit\t")
	for i, f := range functions {
		path := filepath.Join(dir, fmt.Sprintf("f%d.grau", i))
		text := fmt.Sprintf("layer f : int24 scale 2^-20 -> %s = %s { implement = pwl  segments = 8  slopes = apot(terms = 2, shifts = 0..24)  guard = 2 }\n", f.output, f.call)
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			return err
		}
		times, err := stages(path)
		if err != nil {
			return fmt.Errorf("%s: %w", f.call, err)
		}
		if times["golden"] > goalGolden {
			*missed = append(*missed, fmt.Sprintf("golden %s takes %v, not %v", f.call, times["golden"], goalGolden))
		}
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t\n", f.call, milliseconds(times["golden"]), milliseconds(times["fit"]))
	}
	return t.Flush()
}

// stages are the least times of three compilations in this process.
func stages(path string) (map[string]time.Duration, error) {
	least := map[string]time.Duration{}
	for range 3 {
		d := &compile.Driver{Observe: func(stage string, took time.Duration) {
			if best, ok := least[stage]; !ok || took < best {
				least[stage] = took
			}
		}}
		modules, err := d.Load([]string{path})
		if err == nil {
			_, err = d.Lower(modules[0], ir.LevelPWL)
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %v", err, d.Diagnostics)
		}
	}
	return least, nil
}

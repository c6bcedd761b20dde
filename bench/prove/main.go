// Command prove proves a grid of forms of hardware, as `grauc prove` does, and says how long
// it takes and what is not proved. It prints a line for each program as it is done, and
// writes all of them into docs/proofs.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"grauc/backend"
	"grauc/backend/verilog"
	"grauc/bench/doc"
	"grauc/compile"
	"grauc/ir"
	"grauc/prove"
)

func main() {
	only := flag.String("only", "", "regular expression of the forms to prove; then nothing is written")
	timeout := flag.Duration("timeout", 30*time.Second, "time for each prover and module, and for the search for steps before")
	parts := flag.String("parts", "xc7,ice40", "parts the hardware is for")
	channels := flag.String("channels", "1,64", "channels")
	out := flag.String("o", "docs/proofs.md", "file whose last chapter is written anew")
	flag.Parse()
	b := &bench{timeout: *timeout}
	err := b.situations(*parts, *channels)
	if err == nil {
		err = b.all(*only, *out)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-prove:", err)
		os.Exit(1)
	}
}

func (b *bench) situations(parts, channels string) error {
	for name := range strings.SplitSeq(parts, ",") {
		part, ok := ir.ParsePart(name)
		if !ok {
			return fmt.Errorf("no part is called %q", name)
		}
		for word := range strings.SplitSeq(channels, ",") {
			n, err := strconv.Atoi(word)
			if err != nil {
				return err
			}
			b.cases = append(b.cases, situation{part, n})
		}
	}
	return nil
}

// all proves the forms that a pattern finds, and writes what came of them if that are all. A
// signal ends it, and whatever was started.
func (b *bench) all(only, out string) error {
	if missing := prove.Missing(); len(missing) > 0 {
		return fmt.Errorf("not installed: %v", missing)
	}
	pattern, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "grauc-prove-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	for _, f := range forms() {
		if pattern.MatchString(f.name) {
			if err := b.run(ctx, f); err != nil {
				return err
			}
		}
	}
	if only == "" {
		if err := b.write(out); err != nil {
			return err
		}
	}
	if b.differ {
		return errors.New("something differs")
	}
	return nil
}

// bench proves forms.
type bench struct {
	timeout time.Duration
	cases   []situation
	dir     string
	rows    []row
	differ  bool
}

// row is a form, with what came of it in each case.
type row struct {
	form
	cells []string
	notes []string
}

// situation is what a form is proved for.
type situation struct {
	part     ir.Part
	channels int
}

func (b *bench) run(ctx context.Context, f form) error {
	r := row{form: f}
	for _, c := range b.cases {
		result, err := b.prove(ctx, f.program(c.channels), c.part)
		if err != nil {
			return err
		}
		r.cells = append(r.cells, result.cell())
		fmt.Printf("%s, %s, %s: %s\n", f.name, c.part, ir.Plural(c.channels, "channel"), result)
		if result.why != "" {
			r.notes = append(r.notes, fmt.Sprintf("%s, %s: %s", c.part, ir.Plural(c.channels, "channel"), result.why))
		}
		b.differ = b.differ || strings.Contains(result.why, "DIFFERS")
	}
	b.rows = append(b.rows, r)
	return nil
}

// result is what came of a program.
type result struct {
	cpu, wall float64 // seconds
	why       string  // not everything is proved
}

func (r result) cell() string {
	if r.why != "" {
		return "no"
	}
	return fmt.Sprintf("%.1f", r.cpu)
}

func (r result) String() string {
	what := "proved"
	if r.why != "" {
		what = r.why
	}
	return fmt.Sprintf("%s; %.1f s of processors, %.1f s", what, r.cpu, r.wall)
}

// prove proves everything of a program. How long the compiler takes is none of it.
func (b *bench) prove(ctx context.Context, text string, part ir.Part) (result, error) {
	subjects, err := b.subjects(text, part)
	if err != nil {
		return result{why: err.Error()}, ctx.Err()
	}
	begin, used := time.Now(), processors()
	why := ""
	for _, s := range subjects {
		verdicts, err := s.Prove(ctx, b.timeout)
		if err != nil {
			return result{}, err
		}
		for _, v := range verdicts {
			if v.Outcome != prove.Proved && why == "" {
				why = s.Title() + ": " + v.String()
			}
		}
	}
	return result{processors() - used, time.Since(begin).Seconds(), why}, nil
}

func (b *bench) subjects(text string, part ir.Part) ([]*prove.Subject, error) {
	file := filepath.Join(b.dir, "p.grau")
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		return nil, err
	}
	d := &compile.Driver{Part: part}
	modules, err := d.Load([]string{file})
	if err != nil {
		return nil, fmt.Errorf("refused: %w: %v in %s", err, d.Diagnostics, text)
	}
	p, err := d.Lower(modules[0], ir.LevelDatapath)
	if err != nil {
		return nil, fmt.Errorf("refused: %w: %v in %s", err, d.Diagnostics, text)
	}
	r := &backend.Request{PWL: p.PWL, Design: p.Design}
	emitted, err := verilog.Target.Emit(r)
	if err != nil {
		return nil, err
	}
	return prove.Subjects(r, emitted)
}

// processors is the time they have worked for this process and those that it has started.
func processors() float64 {
	total := 0.0
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if err := syscall.Getrusage(who, &u); err != nil {
			panic(err) // it knows no such argument
		}
		for _, t := range []syscall.Timeval{u.Utime, u.Stime} {
			total += float64(t.Sec) + float64(t.Usec)/1e6
		}
	}
	return total
}

const chapter = "## Times"

// write replaces the last chapter of a file.
func (b *bench) write(path string) error {
	var w strings.Builder
	fmt.Fprintf(&w, "By `make bench-prove`: seconds of processor time for a program with a layer, everything of it proved by both: Yosys,\n"+
		"the search for steps, and both provers together, after it is compiled. `no` is what is not proved with %v for each prover.\n"+
		"Inputs are of 24 bits and outputs of 8 unless said.\n\n", b.timeout)
	for _, fixed := range []bool{true, false} {
		what := "unit"
		if fixed {
			what = "layer with hardware of its own; each channel has another function"
		}
		fmt.Fprintf(&w, "| %s |", what)
		for _, c := range b.cases {
			fmt.Fprintf(&w, " %s, %s |", c.part, ir.Plural(c.channels, "channel"))
		}
		fmt.Fprintf(&w, "\n|---|%s\n", strings.Repeat("---|", len(b.cases)))
		for _, r := range b.rows {
			if r.fixed == fixed {
				fmt.Fprintf(&w, "| `%s` | %s |\n", r.name, strings.Join(r.cells, " | "))
			}
		}
		w.WriteString("\n")
	}
	for _, r := range b.rows {
		for _, note := range r.notes {
			fmt.Fprintf(&w, "- `%s`, %s\n", r.name, note)
		}
	}
	return doc.Replace(path, chapter, w.String())
}

// Command prove proves a grid of forms of hardware, as `grauc prove` does, and says how long
// it takes and what is not proved. It prints a line for each program as it is done, and
// writes all of them into docs/proofs.md.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"grauc/backend"
	"grauc/backend/verilog"
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
	if missing := prove.Missing(); len(missing) > 0 {
		fail(fmt.Errorf("not installed: %v", missing))
	}
	pattern, err := regexp.Compile(*only)
	fail(err)
	b := &bench{timeout: *timeout}
	for name := range strings.SplitSeq(*parts, ",") {
		part, ok := ir.ParsePart(name)
		if !ok {
			fail(fmt.Errorf("no part is called %q", name))
		}
		for word := range strings.SplitSeq(*channels, ",") {
			n, err := strconv.Atoi(word)
			fail(err)
			b.cases = append(b.cases, situation{part, n})
		}
	}
	b.dir, err = os.MkdirTemp("", "grauc-prove-bench-")
	fail(err)
	defer os.RemoveAll(b.dir)
	for _, f := range forms() {
		if pattern.MatchString(f.name) {
			b.run(f)
		}
	}
	if *only == "" {
		fail(b.write(*out))
	}
	if b.differ {
		fail(fmt.Errorf("something differs"))
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-prove:", err)
		os.Exit(1)
	}
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

func (b *bench) run(f form) {
	r := row{form: f}
	for _, c := range b.cases {
		result := b.prove(f.program(c.channels), c.part)
		r.cells = append(r.cells, result.cell())
		fmt.Printf("%s, %s, %s: %s\n", f.name, c.part, ir.Plural(c.channels, "channel"), result)
		if result.why != "" {
			r.notes = append(r.notes, fmt.Sprintf("%s, %s: %s", c.part, ir.Plural(c.channels, "channel"), result.why))
		}
		b.differ = b.differ || strings.Contains(result.why, "DIFFERS")
	}
	b.rows = append(b.rows, r)
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

// prove proves everything of a program.
func (b *bench) prove(text string, part ir.Part) result {
	begin, used := time.Now(), processors()
	why := ""
	subjects, err := b.subjects(text, part)
	if err != nil {
		why = err.Error()
	}
	for _, s := range subjects {
		verdicts, err := s.Prove(context.Background(), b.timeout)
		fail(err)
		for _, v := range verdicts {
			if v.Outcome != prove.Proved && why == "" {
				why = s.Title() + ": " + v.String()
			}
		}
	}
	return result{processors() - used, time.Since(begin).Seconds(), why}
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
		fail(syscall.Getrusage(who, &u))
		for _, t := range []syscall.Timeval{u.Utime, u.Stime} {
			total += float64(t.Sec) + float64(t.Usec)/1e6
		}
	}
	return total
}

const chapter = "## Times"

// write replaces the last chapter of a file.
func (b *bench) write(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, _, _ := strings.Cut(string(text), chapter)
	var w bytes.Buffer
	w.WriteString(strings.TrimRight(head, "\n") + "\n\n" + chapter + "\n")
	fmt.Fprintf(&w, "By `make bench-prove`: seconds of processor time for a program with a layer, everything of it proved by both: Yosys,\n"+
		"the search for steps, and both provers together. `no` is what is not proved with %v for each prover.\n"+
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
	return os.WriteFile(path, bytes.TrimRight(w.Bytes(), "\n"), 0o666)
}

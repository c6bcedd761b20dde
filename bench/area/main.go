// Command area measures emitted hardware: what Yosys makes of it for xc7 and ice40, next
// to what the compiler estimates, and how fast nextpnr makes it. It prints a line for each
// design as it is done, and writes all of them into docs/area.md.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"grauc/bench/doc"
	"grauc/bench/synth"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/passes/cost"
)

func main() {
	widths := flag.String("widths", "24,16", "input bits")
	bits := flag.String("bits", "8,4,2,1", "output bits")
	channels := flag.String("channels", "1,64", "channels")
	seeds := flag.Int("seeds", 5, "seeds of the placer; the frequency is the median's")
	areas := flag.Bool("areas", false, "measure no frequencies, only write those that are known")
	jobs := flag.Int("jobs", 2, "designs at once")
	out := flag.String("o", "docs/area.md", "file whose last chapter is written anew")
	file := flag.String("known", "", "file that keeps measurements: what is in it is not measured again")
	skip := flag.Bool("skip", false, "leave out what is not known instead of measuring it")
	others := flag.Int("random", 0, "only print measurements of so many random designs")
	flag.Parse()
	lists := make([][]int, 3)
	for i, text := range []string{*widths, *bits, *channels} {
		for _, word := range strings.Split(text, ",") {
			n, err := strconv.Atoi(word)
			fail(err)
			lists[i] = append(lists[i], n)
		}
	}
	b := &bench{seeds: *seeds, skip: *skip, areas: *areas}
	var err error
	b.known, err = openKnown(*file)
	fail(err)
	b.versions, err = synth.Versions()
	fail(err)
	if *others > 0 {
		fail(b.run(random(*others), *jobs))
		return
	}
	fail(b.run(append(goals, grid(lists[0], lists[1], lists[2])...), *jobs))
	fail(b.write(*out))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench-area:", err)
		os.Exit(1)
	}
}

// bench measures designs.
type bench struct {
	seeds    int
	versions []string // of the tools
	known    *known
	skip     bool // what is not known
	areas    bool // no frequencies
	dir      string
	rows     []row
	mu       sync.Mutex
	done     int
}

// row is a design as measured, or why it was not.
type row struct {
	design
	areas     [2]measured // by part
	mhz       float64     // on ice40; 0: not known
	estimated [2]cost.Cost
	err       error
}

// errSkipped is of a design that is not known and is not to be measured.
var errSkipped = errors.New("not measured")

var parts = [2]ir.Part{ir.XC7, ir.ICE40}

func (b *bench) run(all []design, jobs int) error {
	var err error
	if b.dir, err = os.MkdirTemp("", "grauc-area-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	b.rows = make([]row, len(all))
	next := make(chan int)
	var g sync.WaitGroup
	for range jobs {
		g.Go(func() {
			for i := range next {
				b.rows[i] = b.measure(i, all[i])
				b.tell(&b.rows[i])
			}
		})
	}
	for i := range all {
		next <- i
	}
	close(next)
	g.Wait()
	return nil
}

func (b *bench) measure(i int, d design) row {
	r := row{design: d}
	dir := filepath.Join(b.dir, strconv.Itoa(i))
	if r.err = os.Mkdir(dir, 0o777); r.err == nil {
		r.err = b.into(&r, dir)
	}
	return r
}

func (b *bench) into(r *row, dir string) error {
	for i, part := range parts {
		to := filepath.Join(dir, part.String())
		if err := os.Mkdir(to, 0o777); err != nil {
			return err
		}
		p, err := synth.CompileFor(part, to, "design", r.source)
		if err != nil {
			return err
		}
		r.estimated[i] = cost.Of(hardware(p), part)
		m := append(p.Units, p.Layers...)[0]
		r.areas[i], err = b.area(part, m)
		if part == ir.ICE40 && r.areas[i].Cells > 0 {
			r.mhz, err = b.speed(m)
		}
		if err != nil && err != errSkipped {
			return err
		}
	}
	if r.areas[0].Key == "" && r.areas[1].Key == "" {
		return errSkipped
	}
	return nil
}

// area is the area of a module.
func (b *bench) area(part ir.Part, m synth.Module) (measured, error) {
	p := synth.Part(part.String())
	return b.find(m, b.skip, []any{p.Script(), b.versions}, func(to *measured) {
		netlist := m.File + ".json"
		var err error
		if to.Area, err = p.Synthesize(m.File, m.Name, netlist); err != nil {
			to.Fault = fault(err)
		} else if part == ir.ICE40 {
			to.Cells, _ = synth.Cells(netlist) // one that cannot be packed has more pins or cells than the part
		}
	})
}

// speed is the frequency that a module for ice40 reaches, or 0 where it cannot be placed.
func (b *bench) speed(m synth.Module) (float64, error) {
	to, err := b.find(m, b.skip || b.areas, []any{synth.ICE40.Script(), synth.PlaceArgs, b.seeds, b.versions}, func(to *measured) {
		netlist := m.File + ".json"
		if _, err := os.Stat(netlist); err != nil {
			if _, err := synth.ICE40.Synthesize(m.File, m.Name, netlist); err != nil {
				return
			}
		}
		if speeds, err := synth.Place(netlist, b.seeds); err == nil {
			to.MHz = synth.Median(speeds)
		}
	})
	return to.MHz, err
}

// find is what is known of a module or, unless it is to be skipped, is measured now.
func (b *bench) find(m synth.Module, skip bool, by []any, measure func(*measured)) (measured, error) {
	text, err := os.ReadFile(m.File)
	if err != nil {
		return measured{}, err
	}
	key := keyOf(text, by...)
	if known, ok := b.known.find(key); ok {
		return known, nil
	}
	if skip {
		return measured{}, errSkipped
	}
	to := measured{Key: key}
	measure(&to)
	return to, b.known.keep(to)
}

func hardware(p *synth.Program) *datapath.Module {
	if len(p.Design.Hardware) > 0 {
		return p.Design.Hardware[0].Module
	}
	return p.Design.Layers[0].Hardware
}

func (b *bench) tell(r *row) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.done++
	fmt.Printf("%3d/%d %s W=%d n=%d c=%d: %s\n", b.done, len(b.rows), r.name, r.width, r.bits, r.channels, strings.Join(r.cells(), " "))
}

// cells are the measurements of a row.
func (r *row) cells() []string {
	failed := ""
	if r.err != nil {
		failed = fault(r.err)
	}
	for _, a := range r.areas {
		failed = cmp.Or(failed, a.Fault)
	}
	if failed != "" {
		return append([]string{failed}, make([]string, 10)...)
	}
	var all []string
	for i := range parts {
		a, estimated := r.areas[i].Area, strconv.Itoa(r.estimated[i].LUT)
		if r.areas[i].Key == "" {
			all = append(all, "-", estimated, "-", "-")
			continue
		}
		all = append(all, strconv.Itoa(a.LUT), estimated, strconv.Itoa(a.FF), strconv.Itoa(a.BRAM))
	}
	cells := orDash(float64(r.areas[1].Cells))
	return append(all, cells, strconv.Itoa(r.estimated[1].Cells), orDash(r.mhz))
}

// orDash is a number, or a dash for 0, which says that it is not known.
func orDash(x float64) string {
	if x == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f", x)
}

// chapter is where the measurements begin.
const chapter = "## Measured"

func (b *bench) write(path string) error {
	var w strings.Builder
	w.WriteString("\n")
	b.explain(&w)
	columns := "xc7 LUT | estimated | FF | RAMB18 | ice40 LUT | estimated | FF | EBR | cells | estimated | MHz |\n"
	rule := strings.Repeat("---|", 11) + "\n"
	fmt.Fprintf(&w, "| what to reach on xc7 (W = 24, n = 8) | %s|---|%s", columns, rule)
	for i := range b.rows {
		if r := &b.rows[i]; r.goal != "" && r.err != errSkipped {
			fmt.Fprintf(&w, "| %s | %s |\n", r.goal, strings.Join(r.cells(), " | "))
		}
	}
	fmt.Fprintf(&w, "\n| design | W | n | channels | %s|---|---|---|---|%s", columns, rule)
	for i := range b.rows {
		if r := &b.rows[i]; r.goal == "" && r.err != errSkipped {
			fmt.Fprintf(&w, "| %s | %d | %d | %d | %s |\n", r.name, r.width, r.bits, r.channels, strings.Join(r.cells(), " | "))
		}
	}
	return doc.Replace(path, chapter, w.String())
}

func (b *bench) explain(w *strings.Builder) {
	fmt.Fprintf(w, "By `make bench-area`, with %s.\n", strings.Join(b.versions, " and "))
	fmt.Fprintf(w, "Yosys: `%s`, `%s`. nextpnr: `nextpnr-ice40 %s`, the median of %d seeds,\n"+
		"those left out that take longer than %d minutes.\n\n",
		synth.XC7.Script(), synth.ICE40.Script(), strings.Join(synth.PlaceArgs, " "), b.seeds, int(synth.RoutePatience.Minutes()))
	w.WriteString("LUT is LUT1 to LUT6 and what LUTRAM takes, or SB_LUT4; inverters, which look-up tables absorb, do not count.\n")
	w.WriteString("Cells are the logic cells of ice40 that nextpnr packs all of it into: look-up tables, each with the flip-flop that it\n")
	w.WriteString("alone feeds, other flip-flops, and carries that no look-up table goes with.\n")
	w.WriteString("A dash is what was not measured, or is more than the part has.\n")
	w.WriteString("`estimated` is what `grauc cost` says. W is the input's bits, n the output's.\n\n")
}

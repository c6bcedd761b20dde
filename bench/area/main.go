// Command area measures emitted hardware: what Yosys makes of it for xc7 and ice40, next
// to what the compiler estimates, and how fast nextpnr makes it. It prints a line for each
// design as it is done, and writes all of them into docs/area.md.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"grauc/bench/synth"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/passes/cost"
)

func main() {
	widths := flag.String("widths", "24,16", "input bits")
	bits := flag.String("bits", "8,4,2,1", "output bits")
	channels := flag.String("channels", "1,64", "channels")
	seeds := flag.Int("seeds", 5, "seeds of the placer; the frequency is the median's. 0: nothing is placed")
	jobs := flag.Int("jobs", 2, "designs at once")
	out := flag.String("o", "docs/area.md", "file whose last chapter is written anew")
	flag.Parse()
	lists := make([][]int, 3)
	for i, text := range []string{*widths, *bits, *channels} {
		for _, word := range strings.Split(text, ",") {
			n, err := strconv.Atoi(word)
			fail(err)
			lists[i] = append(lists[i], n)
		}
	}
	b := &bench{seeds: *seeds}
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
	seeds int
	dir   string
	rows  []row
	mu    sync.Mutex
	done  int
}

// row is a design as measured, or why it was not.
type row struct {
	design
	made      [2]synth.Area // by part
	estimated [2]cost.Cost
	mhz       float64 // 0: not placed
	err       error
}

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
	r.err = b.into(&r, fmt.Sprintf("d%d", i))
	return r
}

func (b *bench) into(r *row, name string) error {
	p, err := synth.Compile(b.dir, name, r.source)
	if err != nil {
		return err
	}
	m := append(p.Units, p.Layers...)[0]
	netlist := filepath.Join(b.dir, name+".json")
	for i, part := range parts {
		r.estimated[i] = cost.Of(hardware(p), part)
		if r.made[i], err = synth.Part(part.String()).Synthesize(m.File, m.Name, netlist); err != nil {
			return err
		}
	}
	if b.seeds == 0 {
		return nil
	}
	speeds, err := synth.Place(netlist, b.seeds)
	if err != nil {
		return nil // it has more pins or cells than the part: only its area is known
	}
	r.mhz = synth.Median(speeds)
	return nil
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
	if r.err != nil {
		text, _, _ := strings.Cut(r.err.Error(), "\n")
		return []string{text, "", "", "", "", "", "", "", ""}
	}
	var all []string
	for i := range parts {
		a := r.made[i]
		all = append(all, strconv.Itoa(a.LUT), strconv.Itoa(r.estimated[i].LUT), strconv.Itoa(a.FF), strconv.Itoa(a.BRAM))
	}
	if r.mhz == 0 {
		return append(all, "-")
	}
	return append(all, fmt.Sprintf("%.0f", r.mhz))
}

// chapter is where the measurements begin.
const chapter = "## Measured\n"

func (b *bench) write(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, _, _ := strings.Cut(string(text), chapter)
	var w bytes.Buffer
	w.WriteString(strings.TrimRight(head, "\n") + "\n\n" + chapter + "\n")
	if err := b.explain(&w); err != nil {
		return err
	}
	columns := "xc7 LUT | estimated | FF | RAMB18 | ice40 LUT | estimated | FF | EBR | MHz |\n"
	rule := strings.Repeat("---|", 9) + "\n"
	fmt.Fprintf(&w, "| what to reach on xc7 (W = 24, n = 8) | %s|---|%s", columns, rule)
	for i := range b.rows {
		if r := &b.rows[i]; r.goal != "" {
			fmt.Fprintf(&w, "| %s | %s |\n", r.goal, strings.Join(r.cells(), " | "))
		}
	}
	fmt.Fprintf(&w, "\n| design | W | n | channels | %s|---|---|---|---|%s", columns, rule)
	for i := range b.rows {
		if r := &b.rows[i]; r.goal == "" {
			fmt.Fprintf(&w, "| %s | %d | %d | %d | %s |\n", r.name, r.width, r.bits, r.channels, strings.Join(r.cells(), " | "))
		}
	}
	return os.WriteFile(path, w.Bytes(), 0o666)
}

func (b *bench) explain(w *bytes.Buffer) error {
	versions, err := synth.Versions()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "By `make bench-area`, with %s.\n", strings.Join(versions, " and "))
	fmt.Fprintf(w, "Yosys: `%s`, `%s`. nextpnr: `nextpnr-ice40 %s`, the median of %d seeds.\n\n",
		synth.XC7.Script(), synth.ICE40.Script(), strings.Join(synth.PlaceArgs, " "), b.seeds)
	w.WriteString("LUT is LUT1 to LUT6 and what LUTRAM takes, or SB_LUT4; inverters, which look-up tables absorb, do not count.\n")
	w.WriteString("`estimated` is what `grauc cost` says. W is the input's bits, n the output's.\n\n")
	return nil
}

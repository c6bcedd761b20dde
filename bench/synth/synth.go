// Package synth measures emitted Verilog with open tools: what Yosys makes of it for
// a part, and how fast nextpnr places and routes it.
package synth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Part is a family of FPGAs.
type Part string

const (
	XC7   Part = "xc7"   // AMD 7 series: LUT6, LUTRAM, RAMB18
	ICE40 Part = "ice40" // Lattice iCE40: LUT4, 4 kbit EBR
)

// scripts is how Yosys synthesizes for each part.
var scripts = map[Part]string{
	XC7:   "synth_xilinx -family xc7 -flatten -noiopad -noclkbuf -nosrl",
	ICE40: "synth_ice40",
}

// Script is the command of Yosys that synthesizes for the part.
func (p Part) Script() string { return scripts[p] }

// Area is what a module takes of a part.
type Area struct {
	LUT   int            // all of them, those of LUTRAM included; inverters, which LUTs absorb, not
	RAM   int            // LUTs of LUTRAM
	FF    int            // flip-flops
	BRAM  int            // RAMB18, of which a RAMB36 is two; EBR on ice40
	DSP   int            // there should be none
	Cells map[string]int // by type, as Yosys counts them
}

// lutRAM is the LUTs that a LUTRAM of xc7 takes.
var lutRAM = map[string]int{
	"RAM32X1S": 1, "RAM64X1S": 1, "RAM128X1S": 2, "RAM256X1S": 4,
	"RAM32X1D": 2, "RAM64X1D": 2, "RAM128X1D": 4,
	"RAM32M": 4, "RAM64M": 4,
}

// blockRAM is the RAMB18 or EBR that a block memory takes.
var blockRAM = map[string]int{"RAMB18E1": 1, "RAMB36E1": 2, "SB_RAM40_4K": 1}

func area(cells map[string]int) Area {
	a := Area{Cells: cells}
	for cell, n := range cells {
		switch {
		case lutRAM[cell] > 0:
			a.RAM += n * lutRAM[cell]
			a.LUT += n * lutRAM[cell]
		case blockRAM[cell] > 0:
			a.BRAM += n * blockRAM[cell]
		case strings.HasPrefix(cell, "SB_RAM40_4K"): // clocked by a falling edge
			a.BRAM += n
		case cell == "SB_LUT4", strings.HasPrefix(cell, "LUT"), strings.HasPrefix(cell, "SRL"):
			a.LUT += n
		case strings.HasPrefix(cell, "FD"), strings.HasPrefix(cell, "SB_DFF"):
			a.FF += n
		case strings.HasPrefix(cell, "DSP"), cell == "SB_MAC16":
			a.DSP += n
		}
	}
	return a
}

// Synthesize has Yosys synthesize the module top of a Verilog file. With netlist, the
// name of a JSON file, it writes there what nextpnr reads. Both paths are absolute.
func (p Part) Synthesize(file, top, netlist string) (Area, error) {
	dir, err := os.MkdirTemp("", "grauc-synth-")
	if err != nil {
		return Area{}, err
	}
	defer os.RemoveAll(dir)
	script := fmt.Sprintf("%s -top %s; tee -q -o stat.json stat -json", p.Script(), top)
	args := []string{"-q", "-p", script}
	if netlist != "" {
		args = append(args, "-o", netlist)
	}
	if err := run(dir, "yosys", append(args, file)...); err != nil {
		return Area{}, err
	}
	text, err := os.ReadFile(filepath.Join(dir, "stat.json"))
	if err != nil {
		return Area{}, err
	}
	return parseStat(text)
}

// parseStat reads what Yosys counts in a design of one module.
func parseStat(text []byte) (Area, error) {
	var stat struct {
		Design struct {
			Cells map[string]int `json:"num_cells_by_type"`
		} `json:"design"`
		Modules map[string]struct {
			Cells map[string]int `json:"num_cells_by_type"`
		} `json:"modules"`
	}
	if i := strings.IndexByte(string(text), '{'); i > 0 {
		text = text[i:]
	}
	if err := json.Unmarshal(text, &stat); err != nil {
		return Area{}, fmt.Errorf("yosys stat: %w", err)
	}
	if len(stat.Modules) != 1 {
		return Area{}, fmt.Errorf("yosys stat: %d modules instead of one", len(stat.Modules))
	}
	for _, m := range stat.Modules {
		return area(m.Cells), nil
	}
	panic("unreachable")
}

// PlaceArgs is how nextpnr is called, but for the netlist and the seed. The target
// frequency is above what the part reaches.
var PlaceArgs = []string{"--hx8k", "--package", "ct256", "--freq", "400", "--timing-allow-fail", "--pcf-allow-unconstrained", "-q"}

// Cells is how many logic cells of ice40 a netlist takes: look-up tables, each with the
// flip-flop that it alone feeds, other flip-flops, and carries that no look-up table goes
// with.
func Cells(netlist string) (int, error) {
	path := netlist + ".packed"
	args := append(slices.Clip(PlaceArgs), "--json", netlist, "--pack-only", "--report", path)
	if err := run("", "nextpnr-ice40", args...); err != nil {
		return 0, err
	}
	r, err := readReport(path)
	return r.Utilization["ICESTORM_LC"].Used, err
}

// RoutePatience is how long nextpnr may take for a seed: with some its router has no end.
const RoutePatience = 5 * time.Minute

// Place places and routes a netlist of ice40 with the seeds 1 to n and gives the
// frequencies reached, in MHz, ascending. Seeds that take longer than RoutePatience are
// left out, unless all do.
func Place(netlist string, n int) ([]float64, error) {
	var all []float64
	for seed := 1; seed <= n; seed++ {
		achieved, err := place(netlist, seed)
		switch {
		case err == nil:
			all = append(all, achieved)
		case !errors.Is(err, ErrPatience) || seed == n && len(all) == 0:
			return nil, err
		}
	}
	slices.Sort(all)
	return all, nil
}

// place is the frequency that a netlist reaches with a seed, in MHz.
func place(netlist string, seed int) (float64, error) {
	path := netlist + ".report"
	args := append(slices.Clip(PlaceArgs), "--json", netlist, "--seed", strconv.Itoa(seed), "--report", path)
	if err := runFor(RoutePatience, "", "nextpnr-ice40", args...); err != nil {
		return 0, err
	}
	r, err := readReport(path)
	if err != nil {
		return 0, err
	}
	for _, clock := range r.Fmax {
		return clock.Achieved, nil
	}
	return 0, errors.New("nextpnr report: no clock")
}

// Median is the middle of ascending values, the lower one of two.
func Median(ascending []float64) float64 { return ascending[(len(ascending)-1)/2] }

// placement is what nextpnr reports.
type placement struct {
	Fmax map[string]struct { // by clock: there is one
		Achieved float64 `json:"achieved"`
	} `json:"fmax"`
	Utilization map[string]struct {
		Used int `json:"used"`
	} `json:"utilization"`
}

func readReport(path string) (r placement, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("nextpnr report: %w", err)
	}
	return r, nil
}

// Versions are the first lines that the tools print about themselves.
func Versions() ([]string, error) {
	var all []string
	for _, tool := range [][]string{{"yosys", "-V"}, {"nextpnr-ice40", "--version"}} {
		text, err := exec.Command(tool[0], tool[1:]...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", tool[0], err)
		}
		line, _, _ := strings.Cut(string(text), "\n")
		all = append(all, line)
	}
	return all, nil
}

// Patience is how long a tool may take; what takes longer is ErrPatience.
const Patience = 15 * time.Minute

var ErrPatience = errors.New("takes too long")

func run(dir, name string, args ...string) error { return runFor(Patience, dir, name, args...) }

func runFor(patience time.Duration, dir, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", name, ErrPatience)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, out)
	}
	return nil
}

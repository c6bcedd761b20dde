// Package prove proves emitted Verilog equal to what it must be for every input, with
// two provers that share no solver: ABC, and CaDiCaL.
//
// Yosys reads a module and its specification, and package netlist makes and-inverter
// graphs of its cells; what is undefined is an input there, and may be anything. From these the claims are made: equalities
// between bits, which hold for all values of the inputs. A layer's specification is the
// formula of the pwl level, a unit's is what the documentation of its configuration words
// says (see specification); neither shares anything with the netlist. The claims
// about what is pipelined or parallel are
//
//   - function: y_valid says Latency moves after x_valid what that said, and y is the
//     output of that x, for any words of a configuration and any x. Without a handshake
//     y is the output Latency clocks later;
//   - stalls, from any state: x_ready is y_ready or not y_valid, where inputs are taken at
//     all; a clock with that does the same whether y_ready or not, any other one
//     changes nothing but the configuration; y and y_valid are registers. So stalls
//     between those clocks change nothing;
//   - reset: after it nothing comes out until an input has gone through;
//   - configuration: it is at any clock what was written so far. A word holds by the second
//     clock after it was taken, and changes no other one, nor does a reset. Registers that
//     only follow it some clocks later may hold anything when an input is taken;
//   - where the port has cfg_ready: it is set only where nothing is under way, and set once
//     that has left; inputs are taken after complete was written and until a word is
//     offered. What is under way then still comes out by the words before.
//
// Those about style = serial, and about load = data, are listed where they are made, in
// serial_claims.go and data_claims.go: the former is idle, under way or waiting; the
// latter has contents, which a word changes as documented.
//
// The specification of a unit gives every configuration a meaning, whatever its
// thresholds and slopes, but for what is documented of the limits: min is at most 0,
// max at least 0.
//
// Both provers are asked about a chain of problems that leads from what is equal near
// the inputs to what is to be proved (see chain); each has to solve all of it.
//
// A layer with hardware of its own is proved for each of its channels, and what is no
// function of x for any. Of a unit, a memory is looked at through its words of one channel, which may be any, and one
// of uniform segments through the word of one segment, which is that of the input
// or, where words are written, may be any. The words of a layer are proved to make the
// specification of its unit the layer. Assumed are that every word was loaded once after
// a reset (and, of a port without cfg_ready, that none is offered while an input is
// on its way; of load = data, that nothing stalls while words are), and that Yosys reads
// Verilog right; package netlist is tested against Yosys's own mapping of cells. Initial
// values and $readmemh images are left to the testbenches.
package prove

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"
	"time"

	"grauc/backend"
	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
	"grauc/prove/aig"
	"grauc/prove/netlist"
)

// Subject is what is to be proved: a module emitted for a layer or a unit, or that
// what is loaded into a unit makes it a layer.
type Subject struct {
	Name    string // of the Verilog module, that of the unit for what is loaded
	Verilog string
	Layer   *pwl.Layer       // nil for a unit
	Module  *datapath.Module // nil for what is loaded
	Unit    *datapath.Unit   // nil for a layer with hardware of its own
	Image   *datapath.Image  // nil unless something is loaded
}

// Subjects are all that the Verilog target emitted, units and what is loaded into
// them first.
func Subjects(r *backend.Request, emitted *backend.Response) ([]*Subject, error) {
	files := modules(emitted)
	next := func(what string) (*Subject, error) {
		if len(files) == 0 {
			return nil, fmt.Errorf("prove: no module was emitted for %s", what)
		}
		f := files[0]
		files = files[1:]
		return &Subject{Name: strings.TrimSuffix(path.Base(f.Path), ".v"), Verilog: string(f.Data)}, nil
	}
	var all []*Subject
	for _, u := range r.Design.Hardware {
		s, err := next("unit " + u.Name)
		if err != nil {
			return nil, err
		}
		s.Unit, s.Module = u, u.Module
		all = append(all, s)
		for _, image := range u.Images {
			all = append(all, &Subject{Name: s.Name, Unit: u, Image: image, Layer: r.PWL.Layer(image.Layer)})
		}
	}
	for _, l := range r.Design.Layers {
		if l.Hardware == nil {
			continue
		}
		s, err := next("layer " + l.Name)
		if err != nil {
			return nil, err
		}
		s.Layer, s.Module = r.PWL.Layer(l.Name), l.Hardware
		all = append(all, s)
	}
	return all, nil
}

// modules are the files of modules, those of units first, each of which its
// testbench follows. A name alone does not tell: the target changes names that clash.
func modules(emitted *backend.Response) []backend.File {
	var modules []backend.File
	bench := false
	for _, f := range emitted.Files {
		if path.Dir(f.Path) != "verilog" {
			continue
		}
		if !bench {
			modules = append(modules, f)
		}
		bench = !bench
	}
	return modules
}

// Tool is a program the proofs need and the Debian package that has it.
type Tool struct{ Program, Package string }

// Tools are all of them.
var Tools = []Tool{{"yosys", "yosys"}, {"yosys-abc", "yosys"}, {"cadical", "cadical"}}

// Missing are the tools that are not installed.
func Missing() []Tool {
	var missing []Tool
	for _, t := range Tools {
		if _, err := exec.LookPath(t.Program); err != nil {
			missing = append(missing, t)
		}
	}
	return missing
}

// prover answers problems.
type prover struct {
	name   string
	ask    func(*workshop, []posed) (answer, error) // whether all hold
	gates  int                                      // of problems asked at once
	differ func(*workshop, posed) (answer, error)   // where one does not hold
}

// ABC takes longer to start than to solve what is small. CaDiCaL looks at all variables
// for each pair that it is asked about.
var provers = []prover{
	{"abc", (*workshop).abc, 1 << 13, (*workshop).abcDiffer},
	{"cadical", (*workshop).cadical, 0, (*workshop).cadicalDiffer},
}

// Prove asks both provers; each has that much time, and so have Yosys and the search for
// a chain together. Its error is that the proof could not be set up, or that of a context
// that ended: then no tool runs any more, and nothing is left of it.
func (s *Subject) Prove(ctx context.Context, timeout time.Duration) ([]Verdict, error) {
	dir, err := os.MkdirTemp("", "grauc-prove-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	begin := time.Now()
	shop := &workshop{ctx, dir}
	preparing, cancel := shop.within(timeout)
	defer cancel()
	scenes, err := s.scenes(preparing)
	var unspecified *unspecifiedError
	if errors.Is(err, errTimeout) || errors.As(err, &unspecified) {
		return []Verdict{{Why: err.Error()}}, nil // nobody was asked
	}
	if err != nil {
		return nil, err
	}
	tasks, left := preparing.tasks(scenes)
	if left > 0 {
		why := fmt.Sprintf("timeout; left: %d of %d channels or other parts", left, len(scenes))
		return []Verdict{{Why: why}}, ctx.Err()
	}
	prepared := time.Since(begin)
	verdicts := verdicts(shop, tasks, timeout)
	for i := range verdicts {
		verdicts[i].Took += prepared
	}
	return verdicts, ctx.Err()
}

// scenes have the claims about the subject, when they are made.
func (s *Subject) scenes(w *workshop) ([]func() *scene, error) {
	r := reading{view: netlist.View{Nets: s.registers()}}
	if s.Module != nil {
		r.add(s.Verilog, s.Name)
	}
	var spec *specification
	if s.Unit != nil {
		var err error
		if spec, err = specify(s.Unit, s.Name+"_specification"); err != nil {
			return nil, err
		}
		r.view.Words = spec.kept
		r.add(spec.String(), spec.name)
	}
	c, err := w.read(r)
	if err != nil {
		return nil, err
	}
	return s.scenesOf(spec, c), nil
}

func (r *reading) add(verilog, module string) {
	r.verilog, r.modules = r.verilog+verilog, append(r.modules, module)
}

// scenesOf makes the claims, about the circuits of the module and of the specification, of
// those that there are.
func (s *Subject) scenesOf(spec *specification, c []*aig.Circuit) []func() *scene {
	switch {
	case s.Image != nil:
		return imageScenes(s.Unit, s.Image, s.Layer, spec, c[0])
	case s.Unit != nil:
		return []func() *scene{func() *scene { return unitScene(s.Unit, c[0], spec, c[1], s.registers()) }}
	}
	return layerScenes(s.Layer, s.Module, c[0])
}

// registers are those that claims speak of by name.
func (s *Subject) registers() []string {
	if s.Unit == nil || s.Unit.Load != ir.LoadData {
		return nil
	}
	return loadedRegister(s.Verilog)
}

// Title is the subject in words.
func (s *Subject) Title() string {
	switch {
	case s.Image != nil:
		return s.Image.Layer + " on " + s.Name
	case s.Unit != nil:
		return s.Name + " with any configuration"
	}
	return s.Name
}

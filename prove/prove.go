// Package prove proves emitted Verilog equal to what it must be for every input, with
// two provers that share no solver: ABC, and Z3.
//
// Yosys reads a module and its specification into and-inverter graphs. From these the
// claims are made: equalities between bits, which hold for all values of the inputs.
// A layer's specification is the formula of the pwl level, a unit's is what the
// documentation of its configuration words says (see specification); neither shares
// anything with the netlist. The claims are
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
//     clock after it was taken, and changes no other one, nor does a reset;
//   - where the port has cfg_ready: it is set only where nothing is under way, and set once
//     that has left; inputs are taken after complete was written and until a word is
//     offered. What is under way then still comes out by the words before.
//
// The specification of a unit gives every configuration a meaning, whatever its
// thresholds and slopes, but for what is documented of the limits: min is at most 0,
// max at least 0.
//
// A memory with a word for each channel is looked at through the word of one channel,
// which may be any. The words of a layer are proved to make the specification of its
// unit the layer. Assumed are that every word was loaded once after a reset (and, of a
// port without cfg_ready, that none is offered while an input is on its way), and that
// Yosys reads Verilog right. Initial values and $readmemh images are left to the
// testbenches.
package prove

import (
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

// Outcome is what a prover found.
type Outcome int

const (
	Unknown Outcome = iota // out of time, or the prover failed
	Proved
	Differs
)

// Verdict is the answer of one prover.
type Verdict struct {
	Prover  string
	Outcome Outcome
	Took    time.Duration
	Claim   string  // that fails or is not decided
	Witness Witness // where it fails
	Why     string  // where it is not decided
}

// Tool is a program the proofs need and the Debian package that has it.
type Tool struct{ Program, Package string }

// Tools are all of them.
var Tools = []Tool{{"yosys", "yosys"}, {"yosys-abc", "yosys"}, {"z3", "z3"}}

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

// prover answers problems. It is told which inputs are numbers.
type prover struct {
	name string
	ask  func(*workshop, *aig.Graph, problem, [][]aig.Lit) (answer, error)
}

var provers = []prover{{"abc", (*workshop).abc}, {"z3", (*workshop).z3}}

// Prove asks both provers; each has that much time, and so has Yosys. Its error is
// that the proof could not be set up.
func (s *Subject) Prove(timeout time.Duration) ([]Verdict, error) {
	dir, err := os.MkdirTemp("", "grauc-prove-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	w := &workshop{dir: dir, deadline: time.Now().Add(timeout)}
	scene, err := s.scene(w)
	var unspecified *unspecifiedError
	if errors.Is(err, errTimeout) || errors.As(err, &unspecified) {
		return []Verdict{{Why: err.Error()}}, nil // nobody was asked
	}
	if err != nil {
		return nil, err
	}
	verdicts := make([]Verdict, len(provers))
	for i, p := range provers {
		w.deadline = time.Now().Add(timeout)
		verdicts[i] = scene.verdict(w, p)
	}
	return verdicts, nil
}

// scene has the claims about the subject.
func (s *Subject) scene(w *workshop) (*scene, error) {
	if s.style() == ir.Serial {
		return nil, &unspecifiedError{"style = serial"}
	}
	text, names := s.Verilog, []string{}
	if s.Module != nil {
		names = append(names, s.Name)
	}
	if s.Unit != nil {
		spec, err := specify(s.Unit, s.Name+"_specification")
		if err != nil {
			return nil, err
		}
		text, names = text+spec, append(names, s.Name+"_specification")
	}
	if s.Layer != nil {
		text, names = text+golden(s.Layer, s.Name+"_golden"), append(names, s.Name+"_golden")
	}
	c, err := w.read(s.channels(), text, names...)
	switch {
	case err != nil:
		return nil, err
	case s.Image != nil:
		return imageScene(s.Unit, s.Image, s.Layer, c[0], c[1]), nil
	case s.Unit != nil:
		return unitScene(s.Unit, c[0], c[1]), nil
	}
	return layerScene(s.Layer, s.Module, c[0], c[1]), nil
}

func (s *Subject) channels() int {
	if s.Unit != nil {
		return s.Unit.Channels
	}
	return len(s.Layer.Channels)
}

func (s *Subject) style() ir.Style {
	if s.Unit != nil {
		return s.Unit.Style
	}
	return s.Layer.Shape.Style
}

// verdict asks a prover about one claim after another until one does not hold.
func (s *scene) verdict(w *workshop, p prover) Verdict {
	v := Verdict{Prover: p.name, Outcome: Proved}
	begin := time.Now()
	for _, c := range s.claims {
		problem, any := c.problem()
		if !any {
			continue // the same gates: structure is all there is to ask
		}
		a, err := p.ask(w, s.g, problem, append(s.words[:len(s.words):len(s.words)], s.x))
		if err != nil {
			v.Why = err.Error()
		}
		if v.Outcome = a.outcome; v.Outcome == Differs && !s.check(&v, problem, a) {
			v.Outcome, v.Why = Unknown, "its counterexample is none"
		}
		if v.Outcome != Proved {
			v.Claim = c.what
			break
		}
	}
	v.Took = time.Since(begin)
	return v
}

// check evaluates both sides at a counterexample, and notes the witness.
func (s *scene) check(v *Verdict, p problem, a answer) bool {
	values := make(aig.Values, s.g.Len())
	for in, one := range a.inputs {
		if one {
			values[in.Gate()] = 1
		}
	}
	s.g.Simulate(values, s.g.Cone(p.got, p.want, s.x, s.channel, s.allWords()), nil)
	v.Witness = s.witness(values)
	for i := range p.got {
		if (values.Of(p.got[i])^values.Of(p.want[i]))&1 == 1 {
			return true
		}
	}
	return false
}

func (s *scene) allWords() []aig.Lit {
	var all []aig.Lit
	for _, w := range s.words {
		all = append(all, w...)
	}
	return all
}

// Value is a port, or a word of the configuration, and what it holds.
type Value struct {
	Name  string
	Value int64
}

// Witness is the input, its channel and the words where a claim fails.
type Witness []Value

func (s *scene) witness(v aig.Values) Witness {
	w := Witness{{"x", s.domain.Wrap(int64(v.Number(s.x, 0)))}}
	if s.channels > 1 && len(s.channel) > 0 {
		w = append(w, Value{"channel", int64(v.Number(s.channel, 0))})
	}
	for i, word := range s.words {
		w = append(w, Value{s.fields[i].Name, s.fields[i].Type.Wrap(int64(v.Number(word, 0)))})
	}
	return w
}

func (w Witness) String() string {
	var parts []string
	for _, v := range w {
		parts = append(parts, fmt.Sprintf("%s = %d", v.Name, v.Value))
	}
	return strings.Join(parts, ", ")
}

// Value of the witness by name.
func (w Witness) Value(name string) (int64, bool) {
	for _, v := range w {
		if v.Name == name {
			return v.Value, true
		}
	}
	return 0, false
}

// AllProved reports whether every prover proved the claim.
func AllProved(verdicts []Verdict) bool {
	for _, v := range verdicts {
		if v.Outcome != Proved {
			return false
		}
	}
	return len(verdicts) > 0
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

// String is a verdict in words.
func (v Verdict) String() string {
	switch v.Outcome {
	case Proved:
		return fmt.Sprintf("proved by %s in %.1f s", v.Prover, v.Took.Seconds())
	case Differs:
		return fmt.Sprintf("DIFFERS (%s) at %s, says %s", v.Claim, v.Witness, v.Prover)
	}
	if v.Prover == "" {
		return "not proved: " + v.Why
	}
	return fmt.Sprintf("not proved by %s (%s: %s)", v.Prover, v.Claim, v.Why)
}

// Package prove proves emitted Verilog equal to the pwl level for every input, with
// two provers that share no solver: the SAT solver of Yosys and the SMT solver Z3.
//
// The specification is written from the formula and not from the netlist. For a
// combinational module the claim is equality for every input. For a clocked one it
// holds from any state of the registers: a clock with x_ready moves the pipeline on,
// x_ready is y_ready or not y_valid, and exactly Latency moves after an input was
// offered y_valid says whether there was one and y is its output, which a stalled
// clock there keeps. Stalls on the way are not part of the claim, nor is the reset.
package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"grauc/backend"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// Subject is an emitted module and what it must be.
type Subject struct {
	Name    string // of the Verilog module
	Verilog string
	Layer   *pwl.Layer
	Module  *datapath.Module
}

// Subjects are the modules of layers with hardware of their own in what the Verilog
// target emitted.
func Subjects(r *backend.Request, emitted *backend.Response) ([]*Subject, error) {
	modules := modules(emitted)
	if len(modules) < len(r.Design.Hardware) {
		return nil, errors.New("prove: fewer modules than units were emitted")
	}
	modules = modules[len(r.Design.Hardware):]
	var all []*Subject
	for _, l := range r.Design.Layers {
		if l.Hardware == nil {
			continue
		}
		if len(all) == len(modules) {
			return nil, fmt.Errorf("prove: no module was emitted for layer %s", l.Name)
		}
		m := modules[len(all)]
		name := strings.TrimSuffix(path.Base(m.Path), ".v")
		all = append(all, &Subject{name, string(m.Data), r.PWL.Layer(l.Name), l.Hardware})
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

// Witness is an input whose output is wrong, as the prover has it.
type Witness struct{ X, Channel int64 }

// Verdict is the answer of one prover.
type Verdict struct {
	Prover  string
	Outcome Outcome
	Took    time.Duration
	Witness *Witness // where it differs
	Why     string   // where it is unknown
}

// Tool is a program the proofs need and the Debian package that has it.
type Tool struct{ Program, Package string }

// Tools are all of them.
var Tools = []Tool{{"yosys", "yosys"}, {"yosys-smtbmc", "yosys"}, {"z3", "z3"}}

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

// Prove asks both provers. Its error is that the proof could not be set up.
func (s *Subject) Prove(timeout time.Duration) ([]Verdict, error) {
	dir, err := os.MkdirTemp("", "grauc-prove-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	text := s.Verilog + golden(s.Layer) + s.top()
	if err := os.WriteFile(filepath.Join(dir, "claim.v"), []byte(text), 0o644); err != nil {
		return nil, err
	}
	p := &proof{s, dir, timeout}
	return []Verdict{p.sat(), p.smt()}, nil
}

type proof struct {
	*Subject
	dir     string
	timeout time.Duration
}

const (
	read = "read_verilog -formal claim.v; prep -top top; flatten; memory_map; opt -full; techmap; opt -full; "
	// Z3 needs the logic shared that both sides have in common.
	forSMT = "dffunmap; abc -g AND,XOR; opt_clean; setundef -undriven -anyseq; write_smt2 -wires claim.smt2"
)

// sat unrolls the claim in the SAT solver of Yosys.
func (p *proof) sat() Verdict {
	v := Verdict{Prover: "yosys sat"}
	script := fmt.Sprintf(read+"sat -prove-asserts -set-assumes -seq %d -show any_x,any_channel top", p.depth())
	out, err := p.run(&v, "yosys", "-p", script)
	switch {
	case strings.Contains(out, "SAT proof finished - no model found: SUCCESS!") && err == nil:
		v.Outcome = Proved
	case strings.Contains(out, "model found: FAIL!"):
		v.Outcome = Differs
		v.Witness = p.witness(satValue(out, "any_x"), satValue(out, "any_channel"))
	}
	return v
}

// smt lets Z3 look at every clock in turn.
func (p *proof) smt() Verdict {
	v := Verdict{Prover: "z3"}
	if _, err := p.run(&v, "yosys", "-p", read+forSMT); err != nil {
		return v
	}
	out, err := p.run(&v, "yosys-smtbmc", "-s", "z3", "-t", strconv.Itoa(p.depth()), "claim.smt2")
	switch {
	case strings.Contains(out, "Status: PASSED") && err == nil:
		v.Outcome = Proved
	case strings.Contains(out, "BMC failed!"):
		v.Outcome = Differs
		v.Witness = p.witness(smtValue(out, "any_x"), smtValue(out, "any_channel"))
	}
	return v
}

// run runs a tool of a verdict within the time that is left of the limit. What it
// left running ends with it.
func (p *proof) run(v *Verdict, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), p.timeout-v.Took)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.dir
	ownGroup(cmd)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begin := time.Now()
	err := cmd.Run()
	v.Took += time.Since(begin)
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		v.Why = "timeout"
	case err != nil:
		v.Why = lastLine(out.String())
	}
	return out.String(), err
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// satValue is the bits of a signal in a model that Yosys prints, "" if it is not there.
func satValue(out, signal string) string {
	m := regexp.MustCompile(`(?m)\\` + signal + `\s+\S+\s+\S+\s+([01]+)\s*$`).FindStringSubmatch(out)
	if m == nil {
		return ""
	}
	return "0b" + m[1]
}

// smtValue is the value of a constant that yosys-smtbmc prints.
func smtValue(out, signal string) string {
	m := regexp.MustCompile(`(?m)Value for anyconst top\.` + signal + ` .*: (-?\d+)\s*$`).FindStringSubmatch(out)
	if m == nil {
		return ""
	}
	return m[1]
}

// witness reads the bits of an input and a channel. Where the failing claim of a
// combinational module was found not to depend on the input, any is a witness.
func (p *proof) witness(x, channel string) *Witness {
	if x == "" && !p.Module.Clocked {
		return &Witness{X: p.Layer.Input.Min()}
	}
	bits, err := strconv.ParseInt(x, 0, 64)
	if err != nil {
		return nil
	}
	w := &Witness{X: datapath.TypeOf(p.Layer.Input.Integer).Wrap(bits)}
	w.Channel, _ = strconv.ParseInt(channel, 0, 64)
	return w
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

// Describe is a verdict in words.
func (s *Subject) Describe(v Verdict) string {
	switch {
	case v.Outcome == Proved:
		return fmt.Sprintf("proved by %s in %.1f s", v.Prover, v.Took.Seconds())
	case v.Outcome == Differs && v.Witness != nil:
		at := fmt.Sprintf("x = %d", v.Witness.X)
		if len(s.Layer.Channels) > 1 {
			at += fmt.Sprintf(", channel %d", v.Witness.Channel)
		}
		return fmt.Sprintf("DIFFERS at %s, which must give %d, says %s", at, s.Layer.Channels[v.Witness.Channel].Eval(v.Witness.X), v.Prover)
	case v.Outcome == Differs:
		return "DIFFERS, says " + v.Prover
	}
	return fmt.Sprintf("not proved by %s (%s)", v.Prover, v.Why)
}

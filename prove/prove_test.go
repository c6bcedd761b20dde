package prove

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"grauc/backend"
	"grauc/backend/backendtest"
	"grauc/backend/verilog"
	"grauc/compile"
	"grauc/ir"
	"grauc/prove/aig"
	"grauc/prove/netlist"
)

// subjects are those of a program.
func subjects(t *testing.T, text string) []*Subject {
	t.Helper()
	if missing := Missing(); len(missing) > 0 {
		if os.Getenv("GRAUC_TOOLS") == "required" {
			t.Fatalf("not installed: %v", missing)
		}
		t.Skipf("not installed: %v", missing)
	}
	file := filepath.Join(t.TempDir(), "p.grau")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	d := &compile.Driver{}
	modules, err := d.Load([]string{file})
	require.NoError(t, err, d.Diagnostics)
	p, err := d.Lower(modules[0], ir.LevelDatapath)
	require.NoError(t, err)
	r := &backend.Request{PWL: p.PWL, Design: p.Design}
	emitted, err := verilog.Target.Emit(r)
	require.NoError(t, err)
	all, err := Subjects(r, emitted)
	require.NoError(t, err)
	return all
}

const (
	fixed = "layer l : int8 narrow scale 1/16 -> int4 scale 1/2 = silu(x) { segments = 3 implement = pwl style = %s }\n"
	unit  = `unit u { input = int6 output = int4 segments = %d slopes = apot(terms = 2, shifts = -1..3) guard = 1 style = %s channels = %d %s }
layer l : int6 scale 1/8 -> int4 scale 1/2 = silu(x) on u
layer n : uint4 scale 1/4 -> uint3 scale 1/2 = relu(x) on u
`
)

// small is the unit with a port that waits.
const small = `unit u { input = int4 output = int3 segments = 2 slopes = pot(shifts = 0..1) guard = 0 style = pipelined }
layer l : int4 scale 1/4 -> int3 scale 1/2 = silu(x) on u
`

// tiny is the beginning of others.
const tiny = "unit u { input = int5 output = int3 style = pipelined "

// followed has a shift so long that it takes two clocks, of which the second one has it from
// a register that follows the configuration.
const followed = "unit u { input = int16 output = int3 implement = table window = 3 prescale = 0..12 handshake = none "

// form is a unit of other options than those of unit, with layers on it.
func form(options, layers string) string {
	return "unit u { input = int6 output = int4 " + options + " }\n" + layers
}

const (
	plain   = "layer l : int6 scale 1/8 -> int4 scale 1/2 = silu(x) on u\n"
	rounded = "layer l : int6 scale 1/8 -> int4 scale 1/2 = silu(x) on u { max_error = 8 }\n"
	stepped = "layer l : int6 scale 1/8 -> int4 scale 1/2 = max(x, 0) on u\n"
	fallen  = "layer m : int6 scale 1/8 -> int4 scale 1/2 = -x on u\n"
	slopes  = "segments = 4 slopes = apot(terms = 2, shifts = -1..3) guard = 1 "
	grid    = "breaks = uniform segments = 4 slopes = apot(terms = 2, shifts = -1..1) guard = 1 "
	data    = "breaks = uniform segments = 4 slopes = pot(shifts = 0..1) guard = 1 overflow = wrap load = data "
)

// TestProved proves layers and units of each form, and what is loaded into them.
func TestProved(t *testing.T) {
	programs := map[string]string{
		"parallel": fmt.Sprintf(fixed, "parallel"), "pipelined": fmt.Sprintf(fixed, "pipelined"), "serial": fmt.Sprintf(fixed, "serial"),
		"channels":              "layer l[3] : int6 -> int4 = if c == 0 then x / 2 else -x { style = pipelined implement = pwl }\n",
		"serial channels":       "layer l[3] : int6 -> int4 = if c == 0 then x / 2 else -x { style = serial implement = pwl }\n",
		"layer of thresholds":   "layer l : int6 -> int4 = x / 3 { implement = thresholds }\n",
		"serial thresholds":     "layer l : int6 -> int4 = x / 3 { implement = thresholds style = serial }\n",
		"table":                 "layer l : int5 -> int4 = x / 3 { implement = table }\n",
		"layer with a cascade":  "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { search = cascade implement = pwl }\n",
		"layer with a search":   "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { search = binary implement = pwl }\n",
		"layer on a grid":       "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { " + grid + " window = 5 implement = pwl }\n",
		"layer without valid":   "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { handshake = none implement = pwl }\n",
		"serial layer, window":  "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { style = serial window = 5 implement = pwl }\n",
		"chain":                 fmt.Sprintf(unit, 3, "pipelined", 1, ""),
		"captured terms":        fmt.Sprintf(unit, 3, "parallel", 1, ""),
		"barrel with channels":  fmt.Sprintf(unit, 4, "pipelined", 3, "shifter = barrel"),
		"binary search":         fmt.Sprintf(unit, 4, "pipelined", 1, "search = binary"),
		"search of channels":    fmt.Sprintf(unit, 4, "pipelined", 3, "search = binary"),
		"cascade":               fmt.Sprintf(unit, 4, "pipelined", 1, "search = cascade"),
		"cascade of two":        "unit u { input = int8 output = int4 " + slopes + "search = cascade }\nlayer l : int8 scale 1/32 -> int4 scale 1/2 = silu(x) on u\n",
		"cascade of channels":   fmt.Sprintf(unit, 4, "pipelined", 3, "search = cascade shifter = barrel"),
		"cascade at once":       fmt.Sprintf(unit, 4, "parallel", 1, "search = cascade"),
		"cascade of a window":   form(slopes+"search = cascade window = 5 prescale = 0..1", plain),
		"headroom":              fmt.Sprintf(unit, 2, "pipelined", 1, "headroom = 2"),
		"wrap":                  form(slopes+"overflow = wrap", plain),
		"serial unit":           form(slopes+"style = serial", plain),
		"serial unit, one term": form("segments = 2 slopes = pot(shifts = 0..2) guard = 0 style = serial channels = 3", plain),
		"serial unit, window":   form(slopes+"style = serial window = 4 prescale = 0..2", plain),
		"no handshake":          form(slopes+"handshake = none", plain),
		"window":                form(slopes+"window = 4", plain),
		"prescale":              form(slopes+"window = 4 prescale = 0..2", plain),
		"prescale of channels":  form(slopes+"window = 4 prescale = 0..2 channels = 3", plain),
		"unsigned window":       "unit u { input = uint6 output = int4 " + slopes + "window = 4 prescale = 1..2 }\nlayer l : uint6 scale 1/8 -> int4 scale 1/2 = silu(x) on u\n",
		"one sign":              form("segments = 4 slopes = pot(shifts = -1..3, signs = plus) guard = 1", plain),
		"grid":                  form(grid, plain),
		"grid at once":          form(grid+"style = parallel window = 4", plain),
		"grid of a window":      form(grid+"window = 4 prescale = 0..2 channels = 3", plain),
		"grid of one sign":      form("breaks = uniform segments = 4 slopes = pot(shifts = 0..2, signs = plus) guard = 1 handshake = none window = 4", plain),
		"data":                  form(data, plain),
		"data without valid":    form(data+"handshake = none window = 4", plain),
		"data and prescale":     form(data+"window = 4 prescale = 0..2", plain),
		"data of channels":      form(data+"window = 4 prescale = 0..2 channels = 3", plain),
		"layer of words":        "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { implement = table window = 5 }\n",
		"words":                 form("implement = table window = 4", plain),
		"words of channels":     form("implement = table window = 4 prescale = 0..2 channels = 3 handshake = none", plain),
		"followed shift":        followed + "}\n",
		"followed, and data":    followed + "load = data }\n",
		"words and data":        form("implement = table window = 4 prescale = 0..2 load = data", plain),
		"rows":                  form("implement = table rows = 2 segments = 4 channels = 3", rounded),
		"rows and data":         form("implement = table window = 4 rows = 2 segments = 4 load = data prescale = 0..2 channels = 3", rounded),
		"layer of rows":         "layer l[2] : int8 scale 1/16 -> int4 scale 1/2 = silu(x + c) { implement = table window = 6 segments = 8 rows = 4 }\n",
		"thresholds":            "unit u { input = int6 output = int3 implement = thresholds }\nlayer l : int6 scale 1/8 -> int3 scale 1 = max(x, 0) on u\n",
		"counted in parallel":   form("implement = thresholds style = parallel", stepped),
		"thresholds by search":  form("implement = thresholds search = binary channels = 2", stepped),
		"thresholds in series":  form("implement = thresholds style = serial", stepped),
		"up or down":            form("implement = thresholds monotonic = either", stepped+fallen),
		"up or down by search":  form("implement = thresholds monotonic = either search = binary channels = 2", stepped+fallen),
		"up or down in series":  form("implement = thresholds monotonic = either style = serial", stepped+fallen),
	}
	for name, text := range programs {
		t.Run(name, func(t *testing.T) {
			for _, s := range subjects(t, text) {
				verdicts, err := s.Prove(t.Context(), time.Minute)
				require.NoError(t, err)
				for _, v := range verdicts {
					if v.Outcome != Proved {
						t.Errorf("%s: %s", s.Title(), v)
					}
				}
			}
		})
	}
}

// faults are those of modules with a handshake and a port, and some that only provers
// must see through: what is undefined must not be taken for what would be right.
var faults = append([]backendtest.Fault{
	backendtest.Swap("an arm that is undefined", ` \? (\w+) : (\w+);`, " ? ${1} : 'bx;"),
	backendtest.Swap("undefined", `= (\w+)\[(\d+)\];`, "= 1'bx;"),
	backendtest.Swap("another stage's valid", `<= valid(\d)_q\d+;`, "<= x_valid;"),
	backendtest.Swap("y a clock early", `^(\s+)(y_q\d+) <= (.*);`, "${1}${2} <= ~y_q0;"),
	backendtest.Swap("a stall that is not made", `wire advance = .*`, "wire advance = 1'b1;"),
	backendtest.Swap("an enable that is always on", `if \((advance|moves|either\w*|found)\) begin`, "if (1'b1) begin"),
	backendtest.Swap("a valid bit set by reset", `valid(\w*) <= 1'b0;`, "valid${1} <= 1'b1;"),
	backendtest.Swap("reset to another state", `way <= (\d)'d0;`, "way <= ${1}'d1;"),
	backendtest.Swap("a word that is always written", `<= cfg_valid & `, "<= 1'b1 & "),
	backendtest.Swap("a word that is never written", `<= cfg_valid & `, "<= 1'b0 & "),
	backendtest.Swap("another word", `cfg_addr(\w*) == (\d)'d0\)`, "cfg_addr${1} == ${2}'d1)"),
	backendtest.Swap("port: inputs that do not wait", `wire both = complete & `, "wire both = 1'b1 & "),
	backendtest.Swap("port: x_ready that does not wait", `assign x_ready = complete & `, "assign x_ready = 1'b1 & "),
	backendtest.Swap("port: ready before the last result has left", `= ~\(y_valid_q \| `, "= ~(1'b0 | "),
	backendtest.Swap("port: never ready", `= ~\(y_valid_q \| `, "= ~(1'b1 | "),
	backendtest.Swap("port: written without ready", `if \(cfg_ready_2\) begin`, "if (1'b1) begin"),
	backendtest.Swap("port: complete without ready", `complete <= cfg_ready_2 & `, "complete <= 1'b1 & "),
	backendtest.Swap("port: complete by 0", `& cfg_data\[0\];`, "& 1'b1;"),
	backendtest.Swap("port: never complete", `if \(cfg_valid\) begin`, "if (1'b0) begin"),
	backendtest.Swap("port: a word that follows the others", `if \(write_(\w+)\) begin`, "if (1'b1) begin"),
	backendtest.Swap("written elsewhere", `_mem\[(\w+)\] <= `, "_mem[${1} ^ 1'b1] <= "),
	backendtest.Swap("read elsewhere", ` = (\w+)_mem\[(\w+)\];`, " = ${1}_mem[${2} ^ 1'b1];"),
	{
		What: "another bit", At: regexp.MustCompile(`(\w)\[(\d+)\]`),
		To: func(g []string) string {
			n, _ := strconv.Atoi(g[2])
			return fmt.Sprintf("${1}[%d]", n^1)
		},
	},
	{
		What: "a constant that is another", At: regexp.MustCompile(`'(s?d)(\d+)([), ])`),
		To: func(g []string) string {
			n, _ := strconv.Atoi(g[2])
			return fmt.Sprintf("'${1}%d${3}", n^1)
		},
	},
	{
		What: "a table with another word", At: regexp.MustCompile(`^(\s+\d+'d\d+: \w+ = )(.*);`),
		To: func(g []string) string { return "${1}~(${2});" },
	},
}, backendtest.Faults...)

// TestMutants puts faults into small modules, and has both provers judge each mutant.
// What tells whether a mutant is at fault is evaluation: of all inputs where there
// are few enough, else of many; a counterexample is evaluated in any case.
func TestMutants(t *testing.T) {
	for _, c := range []struct {
		name, text string
		most       int // mutants, or there would be too many
	}{
		{"pipelined layer", "layer l : int8 scale 1/16 -> int5 scale 1/3 = silu(x) { segments = 7 implement = pwl slopes = apot(terms = 2, shifts = 0..3) }\n", 70},
		{"serial layer", "layer l : int8 scale 1/16 -> int4 scale 1/2 = silu(x) { segments = 7 implement = pwl style = serial slopes = apot(terms = 2, shifts = 0..3) }\n", 76},
		{"layer of channels", "layer l[2] : int6 scale 1/8 -> int4 scale 1/2 = silu(x * (1 + c / 2)) { segments = 4 implement = pwl }\n", 70},
		{"unit", small, 66},
		{"followed shift", followed + "}\n", 72},
		{"cascade", tiny + "segments = 4 slopes = pot(shifts = 0..1) search = cascade guard = 0 }\n", 66},
		{"uniform", tiny + "breaks = uniform segments = 2 window = 3 prescale = 0..1 slopes = pot(shifts = 0..1) guard = 1 overflow = wrap load = data }\n", 66},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := subjects(t, c.text)[0]
			all := backendtest.Mutants(s.Verilog, faults)
			names := spread(slices.Sorted(maps.Keys(all)), c.most)
			inverted := backendtest.Inverted(s.Verilog, int(output(s).Width))
			maps.Copy(all, inverted)
			names = append(names, slices.Sorted(maps.Keys(inverted))...)
			caught := map[string]int{}
			total := 0
			for i, scenes := range scenes(t, s, names, all) {
				v := judge(t, names[i], scenes)
				if v.Outcome == Differs {
					caught[v.Claim]++
					total++
				} else if inverted[names[i]] != "" {
					t.Errorf("%s: %s", names[i], v)
				}
			}
			t.Logf("%d of %d mutants are at fault: %v", total, len(names), caught)
			require.GreaterOrEqual(t, total, 50)
		})
	}
}

func output(s *Subject) ir.Integer {
	if s.Unit != nil {
		return s.Unit.Output
	}
	return s.Layer.Output.Integer
}

// spread are at most so many of a list, at equal distances.
func spread(all []string, most int) []string {
	if len(all) <= most {
		return all
	}
	var some []string
	for i := range most {
		some = append(some, all[i*len(all)/most])
	}
	return some
}

// TestUndefined has both provers see that a value is undefined, or driven by nothing, for
// one output of a layer: what Yosys could make of it is right for all others.
func TestUndefined(t *testing.T) {
	s := subjects(t, fmt.Sprintf(fixed, "parallel"))[0]
	assign, all := regexp.MustCompile(`assign y = ([^;]*);`), map[string]string{}
	for what, to := range map[string]string{
		"an arm":      "assign y = e == 4'd1 ? 4'bx : e;",
		"a bit":       "assign y = {e[3:1], e == 4'd1 ? 1'bx : e[0]};",
		"a sum":       "assign y = e + (e == 4'd1 ? 4'b000x : 4'd0);",
		"a case":      "reg [3:0] z; always @* case (e) 4'd1: z = 4'bx; default: z = e; endcase assign y = z;",
		"no default":  "reg [3:0] z; always @* begin z = 4'bx; if (e != 4'd1) z = e; end assign y = z;",
		"no driver":   "wire [3:0] z; assign y = e == 4'd1 ? z : e;",
		"no such bit": "wire [4:0] at = e == 4'd1 ? 5'd9 : 5'd0; assign y = {e[3:1], e[at]};",
	} {
		all[what] = assign.ReplaceAllString(s.Verilog, "wire [3:0] e = ${1};\n"+to)
	}
	names := slices.Sorted(maps.Keys(all))
	for i, scenes := range scenes(t, s, names, all) {
		v := judge(t, names[i], scenes)
		require.Equal(t, Differs, v.Outcome, "%s: %s", names[i], v)
	}
}

// judge has both provers agree on a mutant, and evaluation with them.
func judge(t *testing.T, name string, scenes []func() *scene) Verdict {
	t.Helper()
	w := &workshop{t.Context(), t.TempDir()}
	tasks, left := w.tasks(scenes)
	require.Zero(t, left)
	verdicts := verdicts(w, tasks, time.Minute)
	first, second := verdicts[0], verdicts[1]
	switch {
	case first.Outcome == Unknown || first.Outcome != second.Outcome:
		t.Errorf("%s: %s; %s", name, first, second)
	case first.Outcome == Proved && slices.ContainsFunc(tasks, func(t *task) bool { return differs(t.scene) }):
		t.Errorf("%s: evaluation differs, but %s", name, first)
	}
	return first
}

// scenes reads all mutants of a subject at once.
func scenes(t *testing.T, s *Subject, names []string, all map[string]string) [][]func() *scene {
	t.Helper()
	r := reading{view: netlist.View{Nets: s.registers()}}
	for i, what := range names {
		mutant := fmt.Sprintf("mutant%d", i)
		r.add(strings.ReplaceAll(all[what], "module "+s.Name+" (", "module "+mutant+" ("), mutant)
	}
	var spec *specification
	if s.Unit != nil {
		var err error
		spec, err = specify(s.Unit, "reference")
		require.NoError(t, err)
		r.view.Words = spec.kept
		r.add(spec.String(), spec.name)
	}
	w := &workshop{t.Context(), t.TempDir()}
	c, err := w.read(r)
	require.NoError(t, err)
	var scenes [][]func() *scene
	for i := range names {
		scenes = append(scenes, s.scenesOf(spec, append(c[i:i+1:i+1], c[len(names):]...)))
	}
	return scenes
}

// differs evaluates both sides of the claims: for all inputs if they are up to 12
// bits, else for 2^18.
func differs(s *scene) bool {
	for _, c := range s.claims {
		p := problemOf(c)
		inputs := s.g.Support(p.got, p.want)
		cone := s.g.Cone(p.got, p.want)
		n := 1 << 12
		if len(inputs) <= 12 {
			n = max(1, 1<<len(inputs)/64)
		}
		chance := rand.New(rand.NewPCG(1, 2))
		for block := range n {
			v := make(aig.Values, s.g.Len())
			for i, in := range inputs {
				v[in.Gate()] = chance.Uint64()
				if len(inputs) <= 12 {
					v[in.Gate()] = counting(i, block)
				}
			}
			s.g.Simulate(v, cone)
			for i := range p.got {
				if v.Of(p.got[i]) != v.Of(p.want[i]) {
					return true
				}
			}
		}
	}
	return false
}

// counting is bit i of the numbers 64 * block and the 63 that follow.
func counting(i, block int) uint64 {
	if i >= 6 {
		return -uint64(block >> (i - 6) & 1)
	}
	v := uint64(0)
	for lane := range 64 {
		v |= uint64(lane>>i&1) << lane
	}
	return v
}

// TestUnspecified says plainly what there is no specification for: what is documented
// otherwise than is known here.
func TestUnspecified(t *testing.T) {
	s := subjects(t, form(grid, plain))[0]
	s.Unit.Fields[0].Doc = "whatever"
	verdicts, err := s.Prove(t.Context(), time.Minute)
	require.NoError(t, err)
	require.Len(t, verdicts, 1)
	require.Equal(t, Unknown, verdicts[0].Outcome)
	require.Equal(t, `not proved: no specification for a segment that is "whatever"`, verdicts[0].String())
}

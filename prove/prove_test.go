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
	"grauc/backend/verilog"
	"grauc/compile"
	"grauc/ir"
	"grauc/prove/aig"
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

// form is a unit of other options than those of unit, with layers on it.
func form(options, layers string) string {
	return "unit u { input = int6 output = int4 " + options + " }\n" + layers
}

const (
	plain   = "layer l : int6 scale 1/8 -> int4 scale 1/2 = silu(x) on u\n"
	stepped = "layer l : int6 scale 1/8 -> int4 scale 1/2 = max(x, 0) on u\n"
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
		"thresholds":            "unit u { input = int6 output = int3 implement = thresholds }\nlayer l : int6 scale 1/8 -> int3 scale 1 = max(x, 0) on u\n",
		"counted in parallel":   form("implement = thresholds style = parallel", stepped),
		"thresholds by search":  form("implement = thresholds search = binary channels = 2", stepped),
		"thresholds in series":  form("implement = thresholds style = serial", stepped),
	}
	for name, text := range programs {
		t.Run(name, func(t *testing.T) {
			for _, s := range subjects(t, text) {
				verdicts, err := s.Prove(time.Minute)
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

// fault is a way to put a fault into a line of a module.
type fault struct {
	what string
	at   *regexp.Regexp
	to   func(groups []string) string
}

func swap(what, at, to string) fault {
	return fault{what, regexp.MustCompile(at), func([]string) string { return to }}
}

var faults = []fault{
	swap("not >=", ` >= `, " > "),
	swap("not <", ` < `, " <= "),
	swap("not ==", ` == `, " != "),
	swap("not +", ` \+ `, " - "),
	swap("not ^", ` \^ `, " | "),
	swap("not &", ` & `, " | "),
	swap("unsigned", `wire signed `, "wire "),
	swap("a stall that is not made", `wire advance = .*`, "wire advance = 1'b1;"),
	swap("an enable that is always on", `if \(advance\) begin`, "if (1'b1) begin"),
	swap("a valid bit set by reset", `valid(\w*) <= 1'b0;`, "valid${1} <= 1'b1;"),
	swap("a word that is always written", `<= cfg_valid & `, "<= 1'b1 & "),
	swap("a word that is never written", `<= cfg_valid & `, "<= 1'b0 & "),
	swap("another word", `cfg_addr(\w*) == (\d)'d0\)`, "cfg_addr${1} == ${2}'d1)"),
	swap("port: inputs that do not wait", `wire both = complete & `, "wire both = 1'b1 & "),
	swap("port: x_ready that does not wait", `assign x_ready = complete & `, "assign x_ready = 1'b1 & "),
	swap("port: ready before the last result has left", `= ~\(y_valid_q \| `, "= ~(1'b0 | "),
	swap("port: never ready", `= ~\(y_valid_q \| `, "= ~(1'b1 | "),
	swap("port: written without ready", `if \(cfg_ready_2\) begin`, "if (1'b1) begin"),
	swap("port: complete without ready", `complete <= cfg_ready_2 & `, "complete <= 1'b1 & "),
	swap("port: complete by 0", `& cfg_data\[0\];`, "& 1'b1;"),
	swap("port: never complete", `if \(cfg_valid\) begin`, "if (1'b0) begin"),
	swap("port: a word that follows the others", `if \(write_(\w+)\) begin`, "if (1'b1) begin"),
	{"a constant more by one", regexp.MustCompile(`'s?d(\d+);`), func(g []string) string {
		v, _ := strconv.Atoi(g[1])
		return strings.Replace(g[0], g[1], fmt.Sprint(v+1), 1)
	}},
	{"a shift by one less", regexp.MustCompile(`\[(\d+):(\d+)\];`), func(g []string) string {
		high, _ := strconv.Atoi(g[1])
		low, _ := strconv.Atoi(g[2])
		if low == 0 {
			return g[0]
		}
		return fmt.Sprintf("[%d:%d];", high-1, low-1)
	}},
	{"not extended by the sign", regexp.MustCompile(`\{\{(\d+)\{[^}]*\}\}, `), func(g []string) string {
		return fmt.Sprintf("{%s'd0, ", g[1])
	}},
	{"an arm for the other", regexp.MustCompile(` \? (\w+) : (\w+);`), func(g []string) string {
		return fmt.Sprintf(" ? %s : %s;", g[2], g[1])
	}},
}

// mutants are the module with one fault each, and with each bit of its output
// inverted.
func mutants(module string, width int) map[string]string {
	found := map[string]string{}
	lines := strings.Split(module, "\n")
	for i, l := range lines {
		for _, f := range faults {
			faulty := f.at.ReplaceAllStringFunc(l, func(s string) string {
				return f.at.ReplaceAllString(s, f.to(f.at.FindStringSubmatch(s)))
			})
			if faulty == l || strings.HasPrefix(l, "//") || strings.Contains(l, "_unused") {
				continue
			}
			lines[i] = faulty
			found[fmt.Sprintf("%d %s: %s", i, f.what, strings.TrimSpace(l))] = strings.Join(lines, "\n")
			lines[i] = l
		}
	}
	assign := regexp.MustCompile(`assign y = ([^;]*);`)
	for bit := range width {
		found[fmt.Sprintf("output bit %d", bit)] = assign.ReplaceAllString(module, fmt.Sprintf("assign y = ($1) ^ %d;", 1<<bit))
	}
	return found
}

// TestMutants puts faults into small modules, and has both provers judge each mutant.
// What tells whether a mutant is at fault is evaluation: of all inputs where there
// are few enough, else of many; a counterexample is evaluated in any case.
func TestMutants(t *testing.T) {
	for _, c := range []struct {
		name, text string
		only       string // mutants whose names have this
		step       int    // every so many of them
		atFault    int    // at least
	}{
		{"parallel", fmt.Sprintf(fixed, "parallel"), "", 1, 12},
		{"pipelined", fmt.Sprintf(fixed, "pipelined"), "", 3, 14},
		{"unit", small, "", 15, 4},
		{"port of a unit", small, "port: ", 1, 15},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := subjects(t, c.text)[0]
			all := mutants(s.Verilog, 4)
			var names []string
			for i, what := range slices.Sorted(maps.Keys(all)) {
				if strings.Contains(what, c.only) && i%c.step == 0 {
					names = append(names, what)
				}
			}
			caught := map[string]int{}
			total := 0
			for i, scene := range scenes(t, s, names, all) {
				if v := judge(t, names[i], scene); v.Outcome == Differs {
					caught[v.Claim]++
					total++
				}
			}
			t.Logf("%d of %d mutants are at fault: %v", total, len(names), caught)
			require.GreaterOrEqual(t, total, c.atFault)
		})
	}
}

// judge has both provers agree on a mutant, and evaluation with them.
func judge(t *testing.T, name string, s *scene) Verdict {
	t.Helper()
	w := &workshop{dir: t.TempDir(), deadline: time.Now().Add(time.Minute)}
	verdicts := s.verdicts(w, time.Minute, time.Now())
	first, second := verdicts[0], verdicts[1]
	switch {
	case first.Outcome == Unknown || first.Outcome != second.Outcome:
		t.Errorf("%s: %s; %s", name, first, second)
	case first.Outcome == Proved && differs(s):
		t.Errorf("%s: evaluation differs, but %s", name, first)
	}
	return first
}

// scenes reads all mutants of a subject at once.
func scenes(t *testing.T, s *Subject, names []string, all map[string]string) []*scene {
	t.Helper()
	r := reading{kept: "SIZE", registers: s.registers()}
	for i, what := range names {
		mutant := fmt.Sprintf("mutant%d", i)
		r.add(strings.ReplaceAll(all[what], "module "+s.Name+" (", "module "+mutant+" ("), mutant)
	}
	var spec *specification
	if s.Unit == nil {
		r.add(golden(s.Layer, "reference"), "reference")
	} else {
		var err error
		spec, err = specify(s.Unit, "reference")
		require.NoError(t, err)
		r.kept = spec.kept()
		r.add(spec.String(), spec.name)
	}
	w := &workshop{dir: t.TempDir(), deadline: time.Now().Add(5 * time.Minute)}
	c, err := w.read(r)
	require.NoError(t, err)
	reference := c[len(c)-1]
	var scenes []*scene
	for _, circuit := range c[:len(c)-1] {
		scenes = append(scenes, s.sceneOf(spec, []*aig.Circuit{circuit, reference}))
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
			s.g.Simulate(v, cone, nil)
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
	verdicts, err := s.Prove(time.Minute)
	require.NoError(t, err)
	require.Len(t, verdicts, 1)
	require.Equal(t, Unknown, verdicts[0].Outcome)
	require.Equal(t, `not proved: no specification for a segment that is "whatever"`, verdicts[0].String())
}

package netlist

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"grauc/prove/aig"
)

// yosys runs a script, or skips the test where there is no Yosys.
func yosys(t *testing.T, dir, script string) {
	t.Helper()
	if _, err := exec.LookPath("yosys"); err != nil {
		if os.Getenv("GRAUC_TOOLS") == "required" {
			t.Fatal("yosys is not installed")
		}
		t.Skip("yosys is not installed")
	}
	cmd := exec.Command("yosys", "-q", "-p", script)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

// read is module m of a Verilog text.
func read(t *testing.T, verilog string, view View) (*aig.Circuit, error) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m.v"), []byte(verilog), 0o644))
	yosys(t, dir, "read_verilog m.v; proc -noopt; memory_collect; opt_clean; write_json m.json")
	data, err := os.ReadFile(filepath.Join(dir, "m.json"))
	require.NoError(t, err)
	d, err := Parse(data)
	require.NoError(t, err)
	return d.Circuit("m", view)
}

// expressions are all operators of operands of many widths and signs, some of them shifts
// by more than there are bits.
func expressions() []string {
	chance := rand.New(rand.NewPCG(1, 2))
	operand := func() string {
		width := 1 + chance.IntN(6)
		v := fmt.Sprintf("x[%d +: %d]", chance.IntN(16-width), width)
		switch chance.IntN(4) {
		case 0:
			return "$signed(" + v + ")"
		case 1:
			return fmt.Sprintf("%d'sd%d", width+1, chance.IntN(1<<width))
		}
		return v
	}
	var all []string
	for range 8 {
		for _, op := range strings.Fields("& | ^ ~^ + - << >> <<< >>> < <= > >= == != === !== && ||") {
			all = append(all, operand()+" "+op+" "+operand())
		}
		for _, op := range strings.Fields("~ + - & ~& | ~| ^ ~^ !") {
			all = append(all, op+"("+operand()+")")
		}
		all = append(all, operand()+" ? "+operand()+" : "+operand())
	}
	return all
}

// TestCells has ABC prove cells to be what Yosys maps them to.
func TestCells(t *testing.T) {
	dir, all := t.TempDir(), expressions()
	const width = 8
	var b strings.Builder
	fmt.Fprintf(&b, "module m (input [15:0] x, output [%d:0] y);\n", width*len(all)+8-1)
	for i, e := range all {
		fmt.Fprintf(&b, "  wire %s[%d:0] y%d = %s;\n  assign y[%d +: %d] = y%[3]d;\n", []string{"", "signed "}[i%2], width-1, i, e, i*width, width)
	}
	cases := `  reg [7:0] c;
  always @* begin
    case (x[3:0]) 1: c = x[7:0]; 2, 3: c = x[15:8]; 9: c = 17; default: c = 0; endcase
  end
`
	fmt.Fprintf(&b, "%s  assign y[%d +: 8] = c;\nendmodule\n", cases, width*len(all))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "m.v"), []byte(b.String()), 0o644))
	yosys(t, dir, "read_verilog m.v; proc -noopt; simplemap; techmap; simplemap; aigmap; opt_clean; write_aiger -symbols want.aig")

	c, err := read(t, b.String(), View{})
	require.NoError(t, err)
	g := aig.NewGraph()
	x := g.Vector(16)
	y := g.Run(c, nil, func(int, string) []aig.Lit { return x }).Output(0, "y")
	want, err := os.ReadFile(filepath.Join(dir, "want.aig"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "got.aig"), g.Write(ordered(want, x), y), 0o644))
	cmd := exec.Command("yosys-abc", "-q", "cec -n got.aig want.aig")
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.Contains(t, string(out), "Networks are equivalent")
}

// ordered are the bits of x in the order that the symbols of a file give.
func ordered(file []byte, x []aig.Lit) []aig.Lit {
	order := make([]aig.Lit, len(x))
	for _, m := range regexp.MustCompile(`i(\d+) x\[(\d+)\]\n`).FindAllSubmatch(file, -1) {
		to, _ := strconv.Atoi(string(m[1]))
		from, _ := strconv.Atoi(string(m[2]))
		order[to] = x[from]
	}
	return order
}

// value evaluates an output of a combinational module at an input, with any number for
// what is undefined.
func value(c *aig.Circuit, port string, x, anything uint64) uint64 {
	g := aig.NewGraph()
	y := g.Run(c, nil, func(_ int, port string) []aig.Lit {
		if port == "" {
			return aig.Constant(anything, 64)
		}
		return aig.Constant(x, 64)
	}).Output(0, port)
	return aig.Values{0}.Number(y, 0)
}

// TestUndefined finds what is undefined free, and nothing else.
func TestUndefined(t *testing.T) {
	for text, defined := range map[string][]uint64{ // the inputs for which it is
		"assign y = x[1:0] == 2 ? 1'bx : x[0];":            {0, 1, 3, 4, 5, 7},
		"wire z; assign y = x[2] ? z : x[0];":              {0, 1, 2, 3},
		"wire [4:0] w = x; assign y = w[x];":               {0, 1, 2, 3, 4},
		"wire [2:0] w = x; assign y = w[$signed(x[1:0])];": {0, 1, 4, 5},
		"reg [1:0] t; always @* case (x) 0: t = 1; 1: t = 2; 2: t = 0; 3: t = 2'b0x; 4: t = 2; default: t = 2'bx; endcase assign y = t[1];": {0, 1, 2, 3, 4},
	} {
		c, err := read(t, "module m (input [2:0] x, output y); "+text+" endmodule\n", View{})
		require.NoError(t, err)
		var same []uint64
		for x := range uint64(8) {
			if value(c, "y", x, 0) == value(c, "y", x, ^uint64(0)) {
				same = append(same, x)
			}
		}
		require.Equal(t, defined, same, text)
	}
}

const memories = `module m (input clk, input we, input [3:0] wa, ra, input [7:0] d, output [7:0] y);
  reg [7:0] words [%s];
  always @(posedge clk) if (we) words[wa] <= d;
  assign y = words[ra];
endmodule
`

// TestMemory writes and reads memories of which all words, or some, are looked at.
func TestMemory(t *testing.T) {
	for _, c := range []struct {
		words       string
		kept        int
		first, last uint64
	}{{"0:15", 16, 0, 15}, {"0:15", 4, 0, 15}, {"0:15", 1, 0, 15}, {"0:11", 3, 0, 11}, {"2:13", 12, 2, 13}} {
		m, err := read(t, fmt.Sprintf(memories, c.words), View{Words: func(int) int { return c.kept }})
		require.NoError(t, err)
		for wrote := range uint64(16) {
			for reads := range uint64(16) {
				n := m.Inputs()["words.at"]
				for looked := range uint64(1) << n {
					exists := wrote >= c.first && wrote <= c.last && reads >= c.first && reads <= c.last
					kept := n == 0 || (reads-c.first)>>(4-n) == looked
					want := []uint64{0, 255} // as free as what is undefined
					if exists && kept && wrote == reads {
						want = []uint64{77, 77}
					}
					got := []uint64{written(m, wrote, reads, looked, 0), written(m, wrote, reads, looked, ^uint64(0))}
					require.Equal(t, want, got, "%v: wrote %d, read %d, looked at %d", c, wrote, reads, looked)
				}
			}
		}
	}
}

// written is what is read after 77 was written; anything else reads as anything.
func written(c *aig.Circuit, at, reads, looked, anything uint64) uint64 {
	g := aig.NewGraph()
	start := aig.Constant(anything&1, 1)
	for len(start) < c.Latches() {
		start = append(start, start[0])
	}
	in := map[string]uint64{"we": 1, "wa": at, "ra": reads, "d": 77, "words.at": looked, "": anything, "words.elsewhere": anything}
	y := g.Run(c, start, func(clock int, port string) []aig.Lit {
		return aig.Constant(in[port], c.Inputs()[port])
	}).Output(1, "y")
	return aig.Values{0}.Number(y, 0)
}

// TestRefused has no circuit made of what is not understood.
func TestRefused(t *testing.T) {
	for text, why := range map[string]string{
		"reg q; always @(negedge clk) q <= d; assign y = q;": "another clock",
		"reg q; always @(posedge d) q <= d; assign y = q;":   "another clock",
		"assign y = d * d;":                              "a cell $mul",
		"wire a = ~y & d; assign y = a;":                 "a loop",
		"reg q; always @* if (d) q = clk; assign y = q;": "a cell $dlatch",
		"reg q; always @(posedge clk or posedge d) if (d) q <= 0; else q <= 1; assign y = q;": "a cell $adff",
	} {
		_, err := read(t, "module m (input clk, d, output y); "+text+" endmodule\n", View{})
		require.ErrorContains(t, err, why, text)
	}
	_, err := Design{}.Circuit("m", View{})
	require.ErrorContains(t, err, "no module m")
	_, err = Parse([]byte("{"))
	require.Error(t, err)
}

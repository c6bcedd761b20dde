package prove

import (
	"errors"
	"fmt"
	"strings"

	"grauc/prove/aig"
)

// looked replaces a memory by some of its words, those whose address has, above as
// many bits as tell WORDS words apart, what is held in the new input NAME.at, which may be
// any: words elsewhere read as anything. What holds of these holds of all. NAME.words is
// what they hold. (Memories of one word are registers.)
const looked = `(* techmap_celltype = "$mem_v2" *)
module _00_looked (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
  parameter MEMID = "", SIZE = 1, OFFSET = 0, ABITS = 1, WIDTH = 1, INIT = 1'bx;
  parameter RD_PORTS = 1, RD_CLK_ENABLE = 0, RD_CLK_POLARITY = 0, RD_TRANSPARENCY_MASK = 0;
  parameter RD_COLLISION_X_MASK = 0, RD_WIDE_CONTINUATION = 0, RD_CE_OVER_SRST = 0;
  parameter RD_ARST_VALUE = 0, RD_SRST_VALUE = 0, RD_INIT_VALUE = 0;
  parameter WR_PORTS = 1, WR_CLK_ENABLE = 0, WR_CLK_POLARITY = 0, WR_PRIORITY_MASK = 0, WR_WIDE_CONTINUATION = 0;
  localparam WORDS = KEPT, AMONG = $clog2(WORDS), OF = ABITS - AMONG;
  input [RD_PORTS-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
  input [RD_PORTS*ABITS-1:0] RD_ADDR;
  output [RD_PORTS*WIDTH-1:0] RD_DATA;
  input [WR_PORTS-1:0] WR_CLK;
  input [WR_PORTS*WIDTH-1:0] WR_EN, WR_DATA;
  input [WR_PORTS*ABITS-1:0] WR_ADDR;
  wire [1023:0] _TECHMAP_DO_ = "proc";
  wire _TECHMAP_FAIL_ = WR_PORTS != 1 || RD_CLK_ENABLE != 0 || WR_CLK_ENABLE != 1 || WR_CLK_POLARITY != 1 || OFFSET != 0
    || SIZE == WORDS || SIZE % WORDS != 0 || WORDS != 1 << AMONG;
  wire [OF-1:0] \_TECHMAP_REPLACE_.at ;
  wire [WORDS*WIDTH-1:0] \_TECHMAP_REPLACE_.words ;
  genvar i, k;
  generate for (k = 0; k < WORDS; k = k + 1) begin : words
    reg [WIDTH-1:0] word;
    assign \_TECHMAP_REPLACE_.words [k*WIDTH +: WIDTH] = word;
    always @(posedge WR_CLK[0])
      if (WR_ADDR == (\_TECHMAP_REPLACE_.at << AMONG | k)) word <= WR_DATA & WR_EN | word & ~WR_EN;
  end endgenerate
  generate for (i = 0; i < RD_PORTS; i = i + 1) begin : ports
    wire [WIDTH-1:0] elsewhere;
    wire [ABITS-1:0] address = RD_ADDR[i*ABITS +: ABITS];
    wire [(2*WORDS-1)*WIDTH-1:0] tree; // each word is one of the two at twice its number
    assign tree[(WORDS-1)*WIDTH +: WORDS*WIDTH] = \_TECHMAP_REPLACE_.words ;
    for (k = 0; k < WORDS - 1; k = k + 1) begin : choose
      localparam LEVEL = AMONG - $clog2(k + 2);
      assign tree[k*WIDTH +: WIDTH] = address[LEVEL] ? tree[(2*k+2)*WIDTH +: WIDTH] : tree[(2*k+1)*WIDTH +: WIDTH];
    end
    assign RD_DATA[i*WIDTH +: WIDTH] = address >> AMONG == \_TECHMAP_REPLACE_.at ? tree[0 +: WIDTH] : elsewhere;
  end endgenerate
endmodule
`

// ripple adds bit by bit: adders of different widths then have much in common, which
// is what provers look for.
const ripple = `(* techmap_celltype = "$lcu" *)
module _00_ripple (P, G, CI, CO);
  parameter WIDTH = 1;
  input [WIDTH-1:0] P, G;
  input CI;
  output [WIDTH-1:0] CO;
  wire [WIDTH:0] C = {CO, CI};
  assign CO = G | P & C[WIDTH-1:0];
endmodule
`

// reading is what is read of modules.
type reading struct {
	verilog   string
	modules   []string
	kept      string   // how many words of a memory are looked at: a constant expression
	registers []string // whose contents are an output, too
}

// read has Yosys turn modules into circuits. Undefined and undriven values become
// inputs, which are free, before anything could choose values for them.
func (w *workshop) read(r reading) ([]*aig.Circuit, error) {
	if err := w.write("design.v", r.verilog); err != nil {
		return nil, err
	}
	if err := w.write("looked.v", strings.ReplaceAll(looked, "KEPT", r.kept)); err != nil {
		return nil, err
	}
	if err := w.write("ripple.v", ripple); err != nil {
		return nil, err
	}
	const free = "setundef -undriven -anyseq; "
	script := "read_verilog design.v; proc -noopt; " + free + "opt_expr -keepdc; wreduce -keepdc; opt_clean; memory_collect; " +
		"techmap -map looked.v; memory_map; opt_clean; expose -input w:*.at; expose w:*.words"
	for _, name := range r.registers {
		script += " w:" + name
	}
	script += "; simplemap; techmap -map ripple.v -map +/techmap.v; simplemap; aigmap; " + free
	for i, m := range r.modules {
		script += fmt.Sprintf("setattr -mod -set top 1 %s; write_aiger -symbols %d.aig; setattr -mod -unset top %[1]s; ", m, i)
	}
	switch out, err := w.run("yosys", "-q", "-p", script); {
	case errors.Is(err, errTimeout):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("yosys: %s", lastLine(out))
	}
	circuits := make([]*aig.Circuit, len(r.modules))
	for i := range r.modules {
		data, err := w.output(fmt.Sprintf("%d.aig", i))
		if err != nil {
			return nil, err
		}
		if circuits[i], err = aig.Read(data); err != nil {
			return nil, err
		}
	}
	return circuits, nil
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

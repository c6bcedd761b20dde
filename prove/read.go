package prove

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"grauc/prove/aig"
)

// oneWord replaces a memory of many words by the one whose address is held in the
// new input NAME.channel: a word elsewhere reads as anything. What holds of this word,
// whatever its address, holds of every word. (Memories of one word are registers.)
const oneWord = `(* techmap_celltype = "$mem_v2" *)
module _00_one_word (RD_CLK, RD_EN, RD_ARST, RD_SRST, RD_ADDR, RD_DATA, WR_CLK, WR_EN, WR_ADDR, WR_DATA);
  parameter MEMID = "", SIZE = 1, OFFSET = 0, ABITS = 1, WIDTH = 1, INIT = 1'bx;
  parameter RD_PORTS = 1, RD_CLK_ENABLE = 0, RD_CLK_POLARITY = 0, RD_TRANSPARENCY_MASK = 0;
  parameter RD_COLLISION_X_MASK = 0, RD_WIDE_CONTINUATION = 0, RD_CE_OVER_SRST = 0;
  parameter RD_ARST_VALUE = 0, RD_SRST_VALUE = 0, RD_INIT_VALUE = 0;
  parameter WR_PORTS = 1, WR_CLK_ENABLE = 0, WR_CLK_POLARITY = 0, WR_PRIORITY_MASK = 0, WR_WIDE_CONTINUATION = 0;
  input [RD_PORTS-1:0] RD_CLK, RD_EN, RD_ARST, RD_SRST;
  input [RD_PORTS*ABITS-1:0] RD_ADDR;
  output [RD_PORTS*WIDTH-1:0] RD_DATA;
  input [WR_PORTS-1:0] WR_CLK;
  input [WR_PORTS*WIDTH-1:0] WR_EN, WR_DATA;
  input [WR_PORTS*ABITS-1:0] WR_ADDR;
  wire [1023:0] _TECHMAP_DO_ = "proc";
  wire _TECHMAP_FAIL_ = WR_PORTS != 1 || RD_CLK_ENABLE != 0 || WR_CLK_ENABLE != 1 || WR_CLK_POLARITY != 1 || OFFSET != 0 || SIZE != CHANNELS;
  wire [ABITS-1:0] \_TECHMAP_REPLACE_.channel ;
  reg [WIDTH-1:0] word;
  always @(posedge WR_CLK[0])
    if (WR_ADDR == \_TECHMAP_REPLACE_.channel ) word <= WR_DATA & WR_EN | word & ~WR_EN;
  genvar i;
  generate for (i = 0; i < RD_PORTS; i = i + 1) begin : ports
    wire [WIDTH-1:0] elsewhere;
    assign RD_DATA[i*WIDTH +: WIDTH] = RD_ADDR[i*ABITS +: ABITS] == \_TECHMAP_REPLACE_.channel ? word : elsewhere;
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

// read has Yosys turn modules into circuits. Undefined and undriven values become
// inputs, which are free. Memories that have other than a word for each channel become
// registers.
func (w *workshop) read(channels int, verilog string, modules ...string) ([]*aig.Circuit, error) {
	if err := w.write("design.v", verilog); err != nil {
		return nil, err
	}
	if err := w.write("one_word.v", strings.Replace(oneWord, "CHANNELS", strconv.Itoa(channels), 1)); err != nil {
		return nil, err
	}
	if err := w.write("ripple.v", ripple); err != nil {
		return nil, err
	}
	script := "read_verilog design.v; proc -noopt; opt_expr; wreduce; opt_clean; memory_collect; techmap -map one_word.v; memory_map; opt_clean; " +
		"expose -input w:*.channel; simplemap; techmap -map ripple.v -map +/techmap.v; simplemap; aigmap; setundef -undriven -anyseq; design -save all; "
	for i, m := range modules {
		script += fmt.Sprintf("design -load all; hierarchy -top %s; write_aiger -symbols %d.aig; ", m, i)
	}
	switch out, err := w.run("yosys", "-q", "-p", script); {
	case errors.Is(err, errTimeout):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("yosys: %s", lastLine(out))
	}
	circuits := make([]*aig.Circuit, len(modules))
	for i := range modules {
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

package prove

import (
	"fmt"
	"strings"
)

// top is the claim as a module with assertions. The input followed is any_x.
func (s *Subject) top() string {
	var b strings.Builder
	l := s.Layer
	b.WriteString("module top (input wire clk);\n")
	fmt.Fprintf(&b, "  (* anyconst *) reg %sany_x;\n  (* anyconst *) reg [31:0] any_channel;\n", vector(l.Input.Integer))
	fmt.Fprintf(&b, "  wire %swant;\n  wire %sy;\n", vector(l.Output.Integer), vector(l.Output.Integer))
	b.WriteString("  golden golden (.x(any_x), .x_channel(any_channel), .y(want));\n")
	fmt.Fprintf(&b, "  always @* assume (any_channel < %d);\n", len(l.Channels))
	if in := l.Input.Integer; in.Narrow {
		fmt.Fprintf(&b, "  always @* assume (any_x >= %s);\n", literal(in.Min()))
	}
	switch {
	case s.Module.Interval > 0:
		s.serial(&b)
	case s.Module.Clocked && s.hasPort("x_valid"):
		s.clocked(&b)
	case s.Module.Clocked:
		s.flowing(&b)
	default:
		fmt.Fprintf(&b, "  %s dut (.x(any_x), .y(y)%s);\n", s.Name, s.channelPort("any_channel"))
		b.WriteString("  always @* assert (y == want);\n")
	}
	b.WriteString("endmodule\n")
	return b.String()
}

// clocked follows one slot of the pipeline from any state whatever. A clock at
// which x_ready holds moves the pipeline on by a slot; latency moves later the slot
// is at the output and stays there until y_ready.
func (s *Subject) clocked(b *strings.Builder) {
	fmt.Fprintf(b, `  (* anyseq *) reg x_valid, y_ready;
  (* anyseq *) reg %[1]sother_x;
  (* anyseq *) reg [31:0] other_channel;
  wire x_ready, y_valid;
  reg [15:0] moves;
  reg taken;
  initial moves = 0;
  initial taken = 0;
  wire first = moves == 0;
  wire %[1]sx = first ? any_x : other_x;
  wire [31:0] x_channel = first ? any_channel : other_channel;
  %[2]s dut (.clk(clk), .rst(1'b0), .x_valid(x_valid), .x_ready(x_ready), .x(x), .y_valid(y_valid), .y_ready(y_ready), .y(y)%[3]s);
  wire arrived = moves == %[4]d;
  always @* if (!arrived) assume (x_ready);
  always @* assert (x_ready == (y_ready | !y_valid));
  always @* if (arrived) assert (y_valid == taken);
  always @* if (arrived && taken) assert (y == want);
  always @(posedge clk) if (x_ready && moves <= %[4]d) begin
    moves <= moves + 1;
    if (first) taken <= x_valid;
  end
`, vector(s.Layer.Input.Integer), s.Name, s.channelPort("x_channel"), s.Module.Latency)
}

// serial follows one input that a serial module is ready for, whatever state the rest of
// it is in: it takes no other and gives no output until that of this one is there,
// latency clocks later, where it stays until y_ready, and then is ready again.
func (s *Subject) serial(b *strings.Builder) {
	fmt.Fprintf(b, `  (* anyseq *) reg x_valid, y_ready;
  (* anyseq *) reg %[1]sother_x;
  (* anyseq *) reg [31:0] other_channel;
  wire x_ready, y_valid;
  reg [15:0] clocks;
  reg taken;
  initial clocks = 0;
  initial taken = 0;
  wire first = clocks == 0;
  wire %[1]sx = first ? any_x : other_x;
  wire [31:0] x_channel = first ? any_channel : other_channel;
  %[2]s dut (.clk(clk), .rst(1'b0), .x_valid(x_valid), .x_ready(x_ready), .x(x), .y_valid(y_valid), .y_ready(y_ready), .y(y)%[3]s);
  wire arrived = clocks == %[4]d;
  always @* if (first) assume (x_ready);
  always @* if (clocks == 1 && !taken) assert (x_ready && !y_valid);
  always @* if (taken && clocks < %[4]d) assert (!x_ready && !y_valid);
  always @* if (taken && arrived) assert (!x_ready && y_valid && y == want);
  always @* if (taken && clocks == %[5]d) assert (x_ready && !y_valid);
  always @(posedge clk) if (clocks < %[4]d || arrived && y_ready) begin
    clocks <= clocks + 1;
    if (first) taken <= x_valid;
  end
`, vector(s.Layer.Input.Integer), s.Name, s.channelPort("x_channel"), s.Module.Latency, s.Module.Interval)
}

// flowing follows one input through a module without a handshake, from any state
// whatever: its output is there latency clocks later.
func (s *Subject) flowing(b *strings.Builder) {
	reset := ""
	if s.Module.Resets() {
		reset = ", .rst(1'b0)"
	}
	fmt.Fprintf(b, `  (* anyseq *) reg %[1]sother_x;
  (* anyseq *) reg [31:0] other_channel;
  reg [15:0] moves;
  initial moves = 0;
  wire first = moves == 0;
  wire %[1]sx = first ? any_x : other_x;
  wire [31:0] x_channel = first ? any_channel : other_channel;
  %[2]s dut (.clk(clk)%[5]s, .x(x), .y(y)%[3]s);
  always @* if (moves == %[4]d) assert (y == want);
  always @(posedge clk) if (moves <= %[4]d) moves <= moves + 1;
`, vector(s.Layer.Input.Integer), s.Name, s.channelPort("x_channel"), s.Module.Latency, reset)
}

func (s *Subject) hasPort(name string) bool {
	_, ok := s.Module.Input(name)
	return ok
}

func (s *Subject) channelPort(from string) string {
	for _, n := range s.Module.Nodes {
		if n.Name == "x_channel" {
			return fmt.Sprintf(", .x_channel(%s[%d:0])", from, n.Type.Width-1)
		}
	}
	return ""
}

// depth is the number of clocks to look at.
func (s *Subject) depth() int {
	if !s.Module.Clocked {
		return 1
	}
	return s.Module.Latency + 2 // one more, that may be stalled
}

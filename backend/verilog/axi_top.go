package verilog

import (
	"fmt"
	"math/bits"
	"strings"

	"grauc/ir/datapath"
)

// bytes8 is a width rounded up to whole bytes, in bits.
func bytes8(width int) int { return (width + 7) &^ 7 }

// busPort is a port of a top.
type busPort struct {
	name   string
	width  int
	output bool
}

// buses are the ports of a top, in order.
func (t *top) buses() []busPort {
	var all []busPort
	add := func(output bool, name string, width int) { all = append(all, busPort{name, width, output}) }
	add(false, "aclk", 1)
	add(false, "aresetn", 1)
	for _, s := range []struct {
		prefix string
		data   int
		input  bool
	}{{"s_axis", t.ports["x"].typ.Width, true}, {"m_axis", t.ports["y"].typ.Width, false}} {
		add(!s.input, s.prefix+"_tdata", bytes8(s.data))
		if w := t.channelWidth(); w > 0 {
			add(!s.input, s.prefix+"_tuser", w)
		}
		add(!s.input, s.prefix+"_tlast", 1)
		add(!s.input, s.prefix+"_tvalid", 1)
		add(s.input, s.prefix+"_tready", 1)
	}
	if r := t.registers; r != nil {
		for _, p := range litePorts(r.width) {
			add(p.output, p.name, p.width)
		}
	}
	return all
}

// litePorts are those of an AXI4-Lite slave with 32 data bits.
func litePorts(addr int) []busPort {
	return []busPort{
		{"s_axi_awaddr", addr, false}, {"s_axi_awprot", 3, false}, {"s_axi_awvalid", 1, false}, {"s_axi_awready", 1, true},
		{"s_axi_wdata", 32, false}, {"s_axi_wstrb", 4, false}, {"s_axi_wvalid", 1, false}, {"s_axi_wready", 1, true},
		{"s_axi_bresp", 2, true}, {"s_axi_bvalid", 1, true}, {"s_axi_bready", 1, false},
		{"s_axi_araddr", addr, false}, {"s_axi_arprot", 3, false}, {"s_axi_arvalid", 1, false}, {"s_axi_arready", 1, true},
		{"s_axi_rdata", 32, true}, {"s_axi_rresp", 2, true}, {"s_axi_rvalid", 1, true}, {"s_axi_rready", 1, false},
	}
}

// channelWidth is the width of a channel, or 0 without channels.
func (t *top) channelWidth() int {
	if p, ok := t.ports["x_channel"]; ok {
		return p.typ.Width
	}
	return 0
}

func bitVector(width int) string { return vector(datapath.Type{Width: width}) }

// topText writes a top.
type topText struct {
	text
	*top
	unused []string
}

func emitTop(t *top) string {
	w := &topText{top: t}
	w.head()
	w.declare()
	w.stream()
	if t.registers != nil {
		w.lite()
	}
	if len(w.unused) > 0 {
		w.line("")
		w.line("// Bits that nothing depends on")
		w.line("wire %s = &{1'b0, %s};", unusedName, strings.Join(w.unused, ", "))
	}
	w.close("endmodule")
	return w.String()
}

func (w *topText) head() {
	w.line("// %s: %s with AXI interfaces", w.name, inert(w.doc))
	if w.source.File != "" {
		w.line("// from %s:%d", inert(w.source.File), w.source.Line)
	}
	w.line("//")
	x, y := w.ports["x"].typ, w.ports["y"].typ
	fill := "zeros"
	if y.Signed {
		fill = "copies of its sign"
	}
	w.comment("s_axis_tdata   input code" + above(x.Width, "ignored"))
	w.comment("m_axis_tdata   output code" + above(y.Width, fill))
	if w.channelWidth() > 0 {
		w.comment("s_axis_tuser   channel of the input; m_axis_tuser is that of the output's input")
	}
	w.comment("s_axis_tlast   comes out as m_axis_tlast with the output of the same input")
	if r := w.registers; r != nil {
		w.comment(fmt.Sprintf("s_axi_*        registers, configuration from %#x on; see %s.md", r.base(), r.name))
	}
}

// above says what the bits are that fill up whole bytes.
func above(width int, what string) string {
	if bytes8(width) == width {
		return ""
	}
	return fmt.Sprintf(" in bits %d..0; those above are %s", width-1, what)
}

func (w *topText) declare() {
	ports := w.buses()
	w.open("module %s (", w.name)
	interfaces := "s_axis:m_axis"
	if w.registers != nil {
		interfaces += ":s_axi"
	}
	w.line(`(* X_INTERFACE_PARAMETER = "ASSOCIATED_BUSIF %s, ASSOCIATED_RESET aresetn" *)`, interfaces)
	for i, p := range ports {
		direction, comma := "input  wire", ","
		if p.output {
			direction = "output wire"
		}
		if i == len(ports)-1 {
			comma = ""
		}
		w.line("%s %s%s%s", direction, bitVector(p.width), p.name, comma)
	}
	w.close(");")
	w.depth++
}

// stream connects the module to the streams.
func (w *topText) stream() {
	w.line("")
	w.line("wire rst = !aresetn;")
	w.lines(`
wire take = s_axis_tvalid && s_axis_tready;
wire give = m_axis_tvalid && m_axis_tready;
`)
	w.beside()
	w.padded()
	if w.registers != nil {
		w.line("")
		w.line("wire cfg_valid, cfg_ready;")
		w.line("wire %scfg_addr;", vector(w.registers.addr))
		w.line("wire %scfg_data;", vector(w.registers.data))
	}
	if w.offers() {
		w.offer()
	}
	w.instance()
}

// beside keeps what goes beside the data of inputs whose results are under way, as many
// as the module's latency.
func (w *topText) beside() {
	count := bits.Len(uint(w.m.Latency + 1))
	w.line("")
	w.line("// What goes beside the data, of inputs whose results are under way")
	w.line("reg [%d:0] beside [0:%d];", w.channelWidth(), 1<<count-1)
	w.line("reg %staken;", bitVector(count))
	w.line("reg %sgiven;", bitVector(count))
	w.open("always @(posedge aclk)")
	in, out := "s_axis_tlast", "m_axis_tlast"
	if w.channelWidth() > 0 {
		in, out = "{s_axis_tuser, s_axis_tlast}", "{m_axis_tuser, m_axis_tlast}"
	}
	w.line("if (take) beside[taken] <= %s;", in)
	w.depth--
	w.open("always @(posedge aclk)")
	w.line("if (rst) begin")
	w.line("  taken <= %s;", zeros(count))
	w.line("  given <= %s;", zeros(count))
	w.line("end else begin")
	w.line("  if (take) taken <= taken + %d'd1;", count)
	w.line("  if (give) given <= given + %d'd1;", count)
	w.line("end")
	w.depth--
	w.line("assign %s = beside[given];", out)
}

// padded declares the output of the module, which goes out as whole bytes.
func (w *topText) padded() {
	y := w.ports["y"].typ
	w.line("")
	w.line("wire %sy;", vector(y))
	switch pad := bytes8(y.Width) - y.Width; {
	case pad == 0:
		w.line("assign m_axis_tdata = y;")
	case !y.Signed:
		w.line("assign m_axis_tdata = {%s, y};", zeros(pad))
	case y.Width == 1:
		w.line("assign m_axis_tdata = {{%d{y}}, y};", pad)
	default:
		w.line("assign m_axis_tdata = {{%d{y[%d]}}, y};", pad, y.Width-1)
	}
}

// instance is the module itself.
func (w *topText) instance() {
	x := w.ports["x"].typ
	data := lowBits("s_axis_tdata", bytes8(x.Width), x.Width)
	if bytes8(x.Width) > x.Width {
		w.unused = append(w.unused, slice("s_axis_tdata", bytes8(x.Width)-1, x.Width))
	}
	w.line("")
	w.open("%s core (", w.core)
	ports := modulePorts(w.m)
	for i, p := range ports {
		comma := ","
		if i == len(ports)-1 {
			comma = ""
		}
		w.line(".%s(%s)%s", p.name, w.link(p.name, data), comma)
	}
	w.close(");")
}

// link is what a port of the module is connected to.
func (w *topText) link(port, data string) string {
	if w.offers() {
		if to := w.offerLink(port, data); to != "" {
			return to
		}
	}
	switch port {
	case "clk":
		return "aclk"
	case "x_valid":
		return "s_axis_tvalid"
	case "x_ready":
		return "s_axis_tready"
	case "x":
		return data
	case "x_channel":
		return "s_axis_tuser"
	case "y_valid":
		return "m_axis_tvalid"
	case "y_ready":
		return "m_axis_tready"
	default:
		return port
	}
}

func slice(name string, high, low int) string {
	if high == low {
		return fmt.Sprintf("%s[%d]", name, high)
	}
	return fmt.Sprintf("%s[%d:%d]", name, high, low)
}

// lite is the slave of AXI4-Lite.
func (w *topText) lite() {
	r := w.registers
	w.line("")
	w.line("// AXI4-Lite, a write or a read at a time")
	w.lines(liteProtocol)
	w.decode()
	w.line("")
	w.line("// The registers before the configuration")
	w.line("reg [31:0] read_value;")
	w.line("wire [%d:0] read_number = s_axi_araddr[%d:2];", infoBits-3, infoBits-1)
	w.line("wire read_known = %s && read_number < %d'd%d;", w.within("s_axi_araddr"), infoBits-2, len(r.info))
	w.open("always @*")
	w.open("case (read_number)")
	for i, g := range r.info {
		value := fmt.Sprintf("32'h%08x", g.value)
		if i == statusRegister {
			value = "{31'd0, cfg_ready}"
		}
		w.line("%d'd%d: read_value = %s; // %s", infoBits-2, i, value, g.name)
	}
	w.line("default: read_value = 32'd0;")
	w.close("endcase")
	w.depth--
	w.unused = append(w.unused, "s_axi_awprot", "s_axi_arprot", "s_axi_awaddr[1:0]", "s_axi_araddr[1:0]")
}

// liteProtocol keeps the rules of the channels. All outputs are registers. A write
// happens in the clock before the one that ends it on the bus.
const liteProtocol = `
reg write_ready, b_valid, b_fault;
wire offer = s_axi_awvalid && s_axi_wvalid && !write_ready && !b_valid;
wire waits, write_fault;
wire write = offer && !waits;
always @(posedge aclk)
  if (rst) begin
    write_ready <= 1'b0;
    b_valid <= 1'b0;
    b_fault <= 1'b0;
  end else begin
    write_ready <= write;
    if (write) b_fault <= write_fault;
    if (write_ready) b_valid <= 1'b1;
    else if (s_axi_bready) b_valid <= 1'b0;
  end
assign s_axi_awready = write_ready;
assign s_axi_wready = write_ready;
assign s_axi_bvalid = b_valid;
assign s_axi_bresp = {b_fault, 1'b0};

reg read_ready, r_valid, r_fault;
reg [31:0] r_data;
always @(posedge aclk)
  if (rst) begin
    read_ready <= 1'b0;
    r_valid <= 1'b0;
    r_fault <= 1'b0;
    r_data <= 32'd0;
  end else begin
    read_ready <= s_axi_arvalid && !read_ready && !r_valid;
    if (read_ready && s_axi_arvalid) begin
      r_valid <= 1'b1;
      r_fault <= !read_known;
      r_data <= read_known ? read_value : 32'd0;
    end else if (s_axi_rready) r_valid <= 1'b0;
  end
assign s_axi_arready = read_ready;
assign s_axi_rvalid = r_valid;
assign s_axi_rdata = r_data;
assign s_axi_rresp = {r_fault, 1'b0};`

// within says that an address is one of the registers before the configuration.
func (w *topText) within(addr string) string {
	return fmt.Sprintf("%s == %s", slice(addr, w.registers.width-1, infoBits), zeros(w.registers.width-infoBits))
}

// decode finds what a write goes to.
func (w *topText) decode() {
	r := w.registers
	low := bits.Len(uint(r.stride - 1))
	bits := r.wordBits()
	narrow, double := r.split()
	w.line("")
	w.line("// What a write goes to")
	w.line("wire whole = s_axi_wstrb == 4'b1111;")
	w.line("assign cfg_addr = %s;", slice("s_axi_awaddr", low+r.addr.Width-1, low))
	w.line("wire %sword = %s;", bitVector(bits), slice("s_axi_awaddr", low+bits-1, low))
	w.known("narrow", narrow)
	inside := []string{fmt.Sprintf("s_axi_awaddr[%d]", r.width-1)}
	if top := low + r.addr.Width; top < r.width-1 {
		inside = append(inside, fmt.Sprintf("%s == %s", slice("s_axi_awaddr", r.width-2, top), zeros(r.width-1-top)))
	}
	if n := r.addr.Width - bits; n > 0 && r.banks < 1<<n {
		inside = append(inside, fmt.Sprintf("%s < %d'd%d", slice("s_axi_awaddr", low+r.addr.Width-1, low+bits), n, r.banks))
	}
	w.line("wire to_config = %s;", strings.Join(inside, " && "))
	if len(double) == 0 {
		w.line("wire to_word = to_config && narrow;")
		w.line("wire last_half = 1'b1;")
		w.line("assign cfg_data = %s;", lowBits("s_axi_wdata", 32, r.data.Width))
		if r.data.Width < 32 {
			w.unused = append(w.unused, slice("s_axi_wdata", 31, r.data.Width))
		}
	} else {
		w.known("paired", double)
		w.line("wire to_word = to_config && (paired || narrow && !s_axi_awaddr[2]);")
		w.line("wire last_half = narrow || s_axi_awaddr[2];")
		w.line("reg [31:0] low_half; // of a word of more than 32 bits, whose high half completes it")
		w.open("always @(posedge aclk)")
		w.line("if (write && whole && to_word && !last_half) low_half <= s_axi_wdata;")
		w.depth--
		w.line("assign cfg_data = narrow ? {%s, s_axi_wdata} : {%s, low_half};", zeros(r.data.Width-32), lowBits("s_axi_wdata", 32, r.data.Width-32))
	}
	w.line("assign cfg_valid = offer && whole && to_word && last_half;")
	w.line("assign write_fault = s_axi_wstrb != 4'b0000 && !(whole && to_word);")
	w.line("")
	w.line("// A word waits until what is under way has left. That no more inputs be taken need not wait.")
	w.line("wire closes = word == %d'd%d && !s_axi_wdata[0];", bits, r.complete().Word)
	w.line("assign waits = cfg_valid && !cfg_ready && !closes;")
}

// lowBits are some of the bits of a name, or all.
func lowBits(name string, width, low int) string {
	if width == low {
		return name
	}
	return slice(name, low-1, 0)
}

// known is a wire that says whether the word is one of some, which ascend.
func (w *topText) known(name string, words []datapath.Field) {
	var parts []string
	for i := 0; i < len(words); {
		first, last := &words[i], &words[i]
		for i++; i < len(words) && words[i].Word == last.Word+1; i++ {
			last = &words[i]
		}
		parts = append(parts, w.between(first, last))
	}
	w.line("wire %s = %s;", name, strings.Join(parts, " || "))
}

// between says whether the word is one of neighbours.
func (w *topText) between(first, last *datapath.Field) string {
	bits := w.registers.wordBits()
	lowest, highest := first.Word == 0, last.Word == 1<<bits-1
	switch {
	case lowest && highest:
		return "1'b1"
	case first == last:
		return fmt.Sprintf("word == %d'd%d", bits, first.Word)
	case lowest:
		return fmt.Sprintf("word <= %d'd%d", bits, last.Word)
	case highest:
		return fmt.Sprintf("word >= %d'd%d", bits, first.Word)
	}
	return fmt.Sprintf("word >= %d'd%d && word <= %d'd%d", bits, first.Word, bits, last.Word)
}

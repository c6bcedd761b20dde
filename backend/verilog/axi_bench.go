package verilog

import (
	"fmt"
	"strings"

	"grauc/ir/datapath"
)

// topBench is the testbench of a top: that of its module with the stream's signals
// under the names of the module's ports, and a master of AXI4-Lite for loading.
type topBench struct {
	*bench
	top *top
}

func emitTopBench(t *top) string {
	for i := range t.trials {
		t.trials[i].spans = spans(t.trials[i].layer)
	}
	b := &topBench{top: t, bench: &bench{name: t.name, m: t.m, ports: t.streamPorts(), trials: t.trials}}
	b.layout()
	b.head()
	b.declareBuses()
	b.store("span", b.word, b.spanWords())
	b.due()
	b.connect()
	if t.registers != nil {
		b.master()
	}
	b.stream()
	b.beside()
	b.order()
	b.close("endmodule")
	return b.String()
}

// streamPorts are the module's ports without those of the configuration, which the
// top keeps to itself.
func (t *top) streamPorts() portSet {
	set := portSet{}
	for name, p := range t.ports {
		if !strings.HasPrefix(name, "cfg_") {
			set[name] = p
		}
	}
	return set
}

// declareBuses declares the module's ports, and what else the top is linked to.
func (b *topBench) declareBuses() {
	for _, p := range modulePorts(b.m) {
		switch {
		case strings.HasPrefix(p.name, "cfg_"):
		case p.output:
			b.line("wire %s%s;", vector(p.typ), p.name)
		default:
			b.line("reg %s%s = %s;", vector(p.typ), p.name, literal(p.typ, 0))
		}
	}
	b.line("wire %sin_data;", bitVector(bytes8(b.ports["x"].typ.Width)))
	b.line("wire %sout_data;", bitVector(bytes8(b.ports["y"].typ.Width)))
	b.line("wire out_last;")
	if w := b.top.channelWidth(); w > 0 {
		b.line("wire %sout_user;", bitVector(w))
	}
	if r := b.top.registers; r != nil {
		for _, p := range litePorts(r.width) {
			if p.output {
				b.line("wire %s%s;", bitVector(p.width), p.name)
			} else {
				b.line("reg %s%s = %s;", bitVector(p.width), p.name, literal(datapath.Type{Width: p.width}, 0))
			}
		}
	}
}

// connect links the declared signals to the top.
func (b *topBench) connect() {
	x, y := b.ports["x"].typ, b.ports["y"].typ
	b.line("")
	b.line("// What is beside the data follows from the data, so that it is known when the result comes.")
	if pad := bytes8(x.Width) - x.Width; pad > 0 {
		b.line("assign in_data = {noise[%d:32], x};", 31+pad)
	} else {
		b.line("assign in_data = x;")
	}
	b.line("assign y = %s;", lowBits("out_data", bytes8(y.Width), y.Width))
	links := []string{".aclk(clk)", ".aresetn(!rst)"}
	in := [][2]string{{"tdata", "in_data"}, {"tlast", "^x"}, {"tvalid", "x_valid"}, {"tready", "x_ready"}}
	out := [][2]string{{"tdata", "out_data"}, {"tlast", "out_last"}, {"tvalid", "y_valid"}, {"tready", "y_ready"}}
	if b.top.channelWidth() > 0 {
		in = append(in, [2]string{"tuser", "x_channel"})
		out = append(out, [2]string{"tuser", "out_user"})
	}
	for _, l := range in {
		links = append(links, fmt.Sprintf(".s_axis_%s(%s)", l[0], l[1]))
	}
	for _, l := range out {
		links = append(links, fmt.Sprintf(".m_axis_%s(%s)", l[0], l[1]))
	}
	if r := b.top.registers; r != nil {
		for _, p := range litePorts(r.width) {
			links = append(links, fmt.Sprintf(".%s(%s)", p.name, p.name))
		}
	}
	b.line("")
	b.open("%s dut (", b.name)
	b.line("%s", strings.Join(links, ",\n    "))
	b.close(");")
	b.line("")
	b.line("initial forever #5 clk = ~clk;")
}

// master is what writes and reads registers, with pauses of its own.
func (b *topBench) master() {
	r := b.top.registers
	b.line("")
	b.line("localparam ADDR = %d;", r.width)
	b.line("localparam COMPLETE = %d;", r.offset(r.complete()))
	b.line("localparam STATUS = %d;", 4*statusRegister)
	b.line("localparam CONFIG = %d;", r.base())
	narrow, _ := r.split()
	b.line("localparam ONE_WRITE = %d; // a word of one write", r.offset(&narrow[0]))
	b.lines(masterTasks)
	var words []byte
	addr, data := b.settingFields()
	for i := range b.trials {
		writes := r.writes(b.trials[i].image)
		b.pauses = max(b.pauses, 200*len(writes))
		for _, w := range writes {
			words = data.append(addr.append(words, int64(w.offset)), int64(w.value))
		}
	}
	b.store("setting", addr.next(), words)
	b.loadingTasks(addr, data)
	b.registersTask()
}

// loadingTasks are what writes the settings, whose fields are given.
func (b *topBench) loadingTasks(addr, data field) {
	b.line("")
	b.line("// Words first to last of settings, or their complements")
	b.open("task load_words(input integer first, input integer last, input complement);")
	b.line("integer i;")
	b.open("for (i = first; i <= last; i = i + 1)")
	b.line("write_register(%s, %s ^ {32{complement}}, 4'b1111, OKAY);", addr.of("settings[i]"), data.of("settings[i]"))
	b.depth--
	b.close("endtask")
	b.line("")
	b.line("// The same, each word with a reset as it is taken, which answers none")
	b.open("task load_in_resets(input integer first, input integer last);")
	b.line("integer i;")
	b.open("for (i = first; i <= last && !failed; i = i + 1) begin")
	b.line("@(negedge clk);")
	b.line("s_axi_awvalid = 1'b1;")
	b.line("s_axi_wvalid = 1'b1;")
	b.line("s_axi_awaddr = %s;", addr.of("settings[i]"))
	b.line("s_axi_wdata = %s;", data.of("settings[i]"))
	b.line("s_axi_wstrb = 4'b1111;")
	b.lines(`
await_write;
@(negedge clk);
s_axi_awvalid = 1'b0;
s_axi_wvalid = 1'b0;
`)
	b.line("reset;")
	b.close("end")
	b.close("endtask")
	b.line("")
	b.line("// As a driver does it that must not wait long for the answer to a write")
	b.open("task load(input integer first, input integer last);")
	b.open("begin")
	b.lines(`
write_register(COMPLETE, 32'd0, 4'b1111, OKAY);
await_ready;
load_words(first, last, 1'b0);
`)
	b.close("end")
	b.close("endtask")
}

// masterTasks keep the protocol from the master's side and judge the slave's.
const masterTasks = `
localparam OKAY = 2'b00;
localparam SLVERR = 2'b10;
reg [31:0] lag = 32'h2545f491;
reg [31:0] got;
reg left_aw, left_w, left;
integer patience;

// Between clock edges: other random bits, and no endless waiting.
task linger;
  begin
    lag = lag * 32'd1664525 + 32'd1013904223;
    patience = patience + 1;
    if (patience > 1000) begin
      fail("no answer comes over AXI4-Lite");
      left_aw = 1'b0;
      left_w = 1'b0;
      left = 1'b0;
    end
  end
endtask

// Address and data come in either order, or at once.
task write_register(input [ADDR-1:0] addr, input [31:0] data, input [3:0] strobes, input [1:0] response);
  begin
    patience = 0;
    left_aw = 1'b1;
    left_w = 1'b1;
    left = 1'b1;
    while (left_aw || left_w) begin
      @(negedge clk) linger;
      s_axi_awvalid = left_aw && (s_axi_awvalid || lag[31]);
      s_axi_wvalid = left_w && (s_axi_wvalid || lag[29]);
      s_axi_awaddr = s_axi_awvalid ? addr : ~addr;
      s_axi_wdata = s_axi_wvalid ? data : ~data;
      s_axi_wstrb = s_axi_wvalid ? strobes : ~strobes;
      @(posedge clk);
      if (s_axi_bvalid) fail("a response before the write");
      if (s_axi_awvalid && s_axi_awready) left_aw = 1'b0;
      if (s_axi_wvalid && s_axi_wready) left_w = 1'b0;
    end
    while (left) begin
      @(negedge clk) linger;
      s_axi_awvalid = 1'b0;
      s_axi_wvalid = 1'b0;
      s_axi_bready = lag[27];
      @(posedge clk);
      if (s_axi_bvalid && s_axi_bresp !== response) fail("another response to a write");
      if (s_axi_bvalid && s_axi_bready) left = 1'b0;
    end
    @(negedge clk) s_axi_bready = 1'b0;
  end
endtask

task read_register(input [ADDR-1:0] addr, input [1:0] response);
  begin
    patience = 0;
    left = 1'b1;
    while (left) begin
      @(negedge clk) linger;
      s_axi_arvalid = s_axi_arvalid || lag[31];
      s_axi_araddr = s_axi_arvalid ? addr : ~addr;
      @(posedge clk);
      if (s_axi_rvalid) fail("a response before the read");
      if (s_axi_arvalid && s_axi_arready) left = 1'b0;
    end
    left = 1'b1;
    while (left) begin
      @(negedge clk) linger;
      s_axi_arvalid = 1'b0;
      s_axi_rready = lag[27];
      @(posedge clk);
      got = s_axi_rdata;
      if (s_axi_rvalid && s_axi_rresp !== response) fail("another response to a read");
      if (s_axi_rvalid && s_axi_rready) left = 1'b0;
    end
    @(negedge clk) s_axi_rready = 1'b0;
  end
endtask

// To the clock edge at which what is offered is written.
task await_write;
  begin
    patience = 0;
    @(posedge clk);
    while (!s_axi_awready && !failed) @(posedge clk) linger;
  end
endtask

// Two writes in a row, the response to the first of which is left waiting.
task write_twice(input [ADDR-1:0] addr, input [31:0] data, input [3:0] first, input [3:0] second);
  begin
    @(negedge clk);
    s_axi_awvalid = 1'b1;
    s_axi_wvalid = 1'b1;
    s_axi_awaddr = addr;
    s_axi_wdata = data;
    s_axi_wstrb = first;
    await_write;
    @(negedge clk) s_axi_wstrb = second;
    repeat (6) begin
      @(posedge clk);
      if (!s_axi_bvalid || s_axi_bresp !== SLVERR || s_axi_awready || s_axi_wready) fail("a response did not wait");
    end
    @(negedge clk) s_axi_bready = 1'b1;
    await_write;
    @(negedge clk);
    s_axi_awvalid = 1'b0;
    s_axi_wvalid = 1'b0;
    @(posedge clk);
    if (!s_axi_bvalid || s_axi_bresp !== OKAY) fail("another response to the second write");
    @(negedge clk) s_axi_bready = 1'b0;
  end
endtask

// Two reads in a row, the response to the first of which is left waiting.
task read_twice(input [ADDR-1:0] first, input [31:0] value, input [ADDR-1:0] second);
  begin
    @(negedge clk);
    s_axi_arvalid = 1'b1;
    s_axi_araddr = first;
    @(posedge clk);
    while (!s_axi_arready) @(posedge clk);
    @(negedge clk) s_axi_araddr = second;
    repeat (6) begin
      @(posedge clk);
      if (!s_axi_rvalid || s_axi_rresp !== OKAY || s_axi_rdata !== value || s_axi_arready) fail("a response did not wait");
    end
    @(negedge clk) s_axi_rready = 1'b1;
    @(posedge clk);
    while (!s_axi_arready) @(posedge clk);
    @(negedge clk) s_axi_arvalid = 1'b0;
    @(posedge clk);
    if (!s_axi_rvalid || s_axi_rresp !== SLVERR) fail("another response to the second read");
    @(negedge clk) s_axi_rready = 1'b0;
  end
endtask

// With results under way that nobody takes, a word waits, and no input is taken. A
// reset does not make half a configuration whole.
task check_waiting(input [31:0] other, input integer clocks);
  begin
    @(negedge clk) y_ready = 1'b0;
    x_valid = 1'b1;
    repeat (clocks) @(posedge clk);
    write_register(COMPLETE, 32'd0, 4'b1111, OKAY);
    expect_register(STATUS, 32'd0);
    @(negedge clk);
    s_axi_awvalid = 1'b1;
    s_axi_wvalid = 1'b1;
    s_axi_awaddr = ONE_WRITE;
    s_axi_wdata = other;
    s_axi_wstrb = 4'b1111;
    repeat (100) @(posedge clk) if (x_ready || s_axi_awready || s_axi_wready) fail("a word did not wait, or an input was taken");
    reset;
    await_write;
    @(negedge clk);
    s_axi_awvalid = 1'b0;
    s_axi_wvalid = 1'b0;
    s_axi_bready = 1'b1;
    @(posedge clk);
    while (!s_axi_bvalid && !failed) @(posedge clk) linger;
    if (s_axi_bresp !== OKAY) fail("another response to a word");
    @(negedge clk) s_axi_bready = 1'b0;
    x_valid = 1'b1;
    repeat (20) @(posedge clk) if (x_ready) fail("an input was taken of half a configuration");
    @(negedge clk) x_valid = 1'b0;
  end
endtask

// A word comes while nothing is under way, at the clock of an input.
task check_meeting(input [ADDR-1:0] addr, input [31:0] data);
  begin
    @(negedge clk);
    y_ready = 1'b1;
    x_valid = 1'b1;
    s_axi_awvalid = 1'b1;
    s_axi_wvalid = 1'b1;
    s_axi_awaddr = addr;
    s_axi_wdata = data;
    s_axi_wstrb = 4'b1111;
    s_axi_bready = 1'b1;
    @(posedge clk) if (!x_ready) fail("an input was not taken");
    @(negedge clk) x_valid = 1'b0;
    await_write;
    @(negedge clk);
    s_axi_awvalid = 1'b0;
    s_axi_wvalid = 1'b0;
    @(posedge clk);
    while (!s_axi_bvalid && !failed) @(posedge clk) linger;
    if (s_axi_bresp !== OKAY) fail("another response to a word");
    @(negedge clk) s_axi_bready = 1'b0;
  end
endtask

task expect_register(input [ADDR-1:0] addr, input [31:0] value);
  begin
    read_register(addr, OKAY);
    if (got !== value) fail("a register has another value");
  end
endtask

task await_ready;
  integer readings;
  begin
    got = 32'd0;
    readings = 0;
    while (!got[0] && !failed) begin
      read_register(STATUS, OKAY);
      readings = readings + 1;
      if (readings > 1000) fail("the unit does not become ready");
    end
    if (got !== 32'd1) fail("another status");
  end
endtask
`

// settingFields are those of a word that holds a write.
func (b *topBench) settingFields() (addr, data field) {
	if b.top.registers == nil {
		return field{}, field{}
	}
	return field{32, b.top.registers.width}, field{0, 32}
}

// registersTask checks every register, and what must be refused.
func (b *topBench) registersTask() {
	r := b.top.registers
	b.line("")
	b.line("// Before the first image: the registers, and what is refused.")
	b.open("task check_registers;")
	b.open("begin")
	for i, g := range r.info {
		value := g.value
		if i == statusRegister {
			value = 1
		}
		b.line("expect_register(%d, 32'h%08x); // %s", 4*i, value, g.name)
	}
	bad := uint64(4 * len(r.info))
	b.line("read_register(%d, SLVERR);", bad)
	b.line("read_register(CONFIG, SLVERR);")
	b.line("write_register(%d, 32'd1, 4'b1111, SLVERR);", bad)
	b.line("write_register(0, 32'd1, 4'b1111, SLVERR);")
	b.line("write_register(COMPLETE, 32'd1, 4'b0001, SLVERR); // part of a word")
	b.line("write_register(COMPLETE, 32'd1, 4'b0000, OKAY); // nothing of a word")
	b.line(`if (x_ready) fail("open before a configuration is complete");`)
	b.line("write_register(COMPLETE, 32'd1, 4'b1111, OKAY);")
	b.line(`if (!x_ready) fail("not open though complete");`)
	for _, at := range r.gaps() {
		b.line("write_register(%d, 32'd1, 4'b1111, SLVERR); // no such word", at)
	}
	b.line(`if (!x_ready) fail("closed by what is no word");`)
	b.line("write_twice(COMPLETE, 32'd0, 4'b0111, 4'b0000);")
	b.line("read_twice(0, 32'h%08x, CONFIG);", r.info[0].value)
	b.line(`if (!x_ready) fail("closed by part of a word");`)
	b.close("end")
	b.close("endtask")
}

// gaps are offsets of words that do not exist, though the address could name them:
// beyond the last word of a channel, and beyond the last channel.
func (r *registerMap) gaps() []uint64 {
	var all []uint64
	if n := r.complete().Word + 1; n < 1<<r.wordBits() {
		all = append(all, r.base()+uint64(n*r.stride))
	}
	if end := r.banks * r.channelStride(); uint64(end) < r.base() {
		all = append(all, r.base()+uint64(end))
	}
	return all
}

// beside checks what accompanies a result.
func (b *topBench) beside() {
	y := b.ports["y"].typ
	b.line("")
	b.line("// What accompanies a result, and the bits above it")
	b.open("initial forever @(negedge clk)")
	b.open("if (!rst && y_valid === 1'b1 && returned < accepted) begin")
	b.line(`if (out_last !== ^due_x) fail("another tlast");`)
	if b.top.channelWidth() > 0 {
		b.line(`if (out_user !== due_channel) fail("another tuser");`)
	}
	if pad := bytes8(y.Width) - y.Width; pad > 0 {
		above := slice("out_data", bytes8(y.Width)-1, y.Width)
		fill := zeros(pad)
		if y.Signed {
			fill = fmt.Sprintf("{%d{out_data[%d]}}", pad, y.Width-1)
		}
		b.line(`if (%s !== %s) fail("a wrong padding");`, above, fill)
	}
	b.close("end")
	b.depth--
}

// order is the order of events: that of the module's own testbench, the registers
// before, and a change of configuration and back in mid-stream after.
func (b *topBench) order() {
	b.line("")
	b.open("initial begin")
	b.lines(`
brief = 1'b0;
at = 0;
step = 0;
accepted = 0;
returned = 0;
#1 reset;
`)
	if b.top.registers != nil {
		b.line("check_registers;")
	}
	word, first, ownWords := 0, 0, 0 // ownWords: of the first image
	for i, t := range b.trials {
		b.loadTop(t, &word)
		if i == 0 {
			ownWords = word
		}
		last := first + len(t.spans) - 1
		b.line("run_steadily(%d, %d);", first, last)
		b.line("brief = 1'b0;")
		b.line("run_all(%d, %d);", first, last)
		first = last + 1
	}
	last := len(b.trials[0].spans) - 1
	b.line("")
	b.line("// %s again, reset in mid-stream", b.trials[0].layer.Name)
	if b.top.registers == nil {
		b.line("brief = 1'b1;")
		b.line("run(0, %d, %d);", last, (last+1)/2)
		b.line("reset;")
		b.line("run_all(0, %d);", last)
	} else {
		b.reconfigured(last, ownWords-1)
	}
	b.line("pass;")
	b.close("end")
}

// reconfigured is what happens to a unit in mid-stream, with the first layer, whose last
// span and last word, complete, are given.
func (b *topBench) reconfigured(last, complete int) {
	addr, data := b.settingFields()
	alone := fmt.Sprintf("settings[%d]", complete-1)
	b.line("load(0, %d);", complete)
	b.line("brief = 1'b1;")
	b.line("run(0, %d, %d);", last, (last+1)/2)
	b.line("check_waiting(~%s, 2 * LATENCY + 4);", data.of("settings[0]"))
	b.line("load_words(0, %d, 1'b1);", complete-1)
	b.line("load_in_resets(0, %d);", complete-1)
	b.line("load_words(%d, %d, 1'b0);", complete, complete)
	b.line("run_all(0, %d);", last)
	b.line("")
	b.line("// A word by itself, as it is, at the clock of an input")
	b.line("check_meeting(%s, %s);", addr.of(alone), data.of(alone))
	b.line("load_words(%d, %d, 1'b0);", complete, complete)
	b.line("run_all(0, %d);", last)
	b.line("")
	b.line("// To other words and back in mid-stream: no result may tell")
	b.open("fork")
	b.line("run_all(0, %d);", last)
	b.open("begin")
	b.line("repeat (20) @(posedge clk);")
	b.line("load_words(0, %d, 1'b1);", complete-1)
	b.line("load_words(0, %d, 1'b0);", complete)
	b.close("end")
	b.close("join")
}

func (b *topBench) loadTop(t trial, word *int) {
	b.line("")
	b.line("// %s", t.layer.Name)
	if t.image == nil {
		return
	}
	n := len(b.top.registers.writes(t.image))
	b.line("load(%d, %d);", *word, *word+n-1)
	*word += n
}

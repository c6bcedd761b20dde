package verilog

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// trial is what a testbench does for one layer: load its image, where a unit runs
// it, and check its spans.
type trial struct {
	layer    *pwl.Layer
	image    *datapath.Image
	wordBits int // of an address of the image
	spans    []span
}

// bench writes the testbench of a module.
type bench struct {
	text
	name   string
	m      *datapath.Module
	ports  portSet
	trials []trial
	pauses int // clocks for which results may stay away beyond what the stream's own pauses explain

	y, more, first, channel field // of a word that holds a span
	word                    int   // its width

	pairs []span // inputs of two trials: with the outputs of the first, then with those of the last
}

// field is some bits of a word that begin at a hexadecimal digit.
type field struct{ low, width int }

func (f field) of(word string) string {
	return fmt.Sprintf("%s[%d:%d]", word, f.low+f.width-1, f.low)
}

func (f field) next() int { return f.low + digits(f.width) }

// append writes a value in hexadecimal.
func (f field) append(words []byte, v int64) []byte {
	for at := digits(f.width) - 4; at >= 0; at -= 4 {
		words = append(words, "0123456789abcdef"[uint64(v)&ones(f.width)>>at&15])
	}
	return words
}

// digits is width rounded up to whole hexadecimal digits, in bits.
func digits(width int) int { return (width + 3) &^ 3 }

// emitBench is a self-checking testbench of the module called name. The outputs it
// expects come from the pwl level.
func emitBench(name string, m *datapath.Module, trials []trial) string {
	b := &bench{name: name, m: m, ports: portsByName(m), trials: trials}
	if b.guarded() {
		b.pairs = pairs(trials[0], trials[len(trials)-1])
		b.pauses = 16 * len(trials[0].image.Words)
	}
	b.layout()
	b.head()
	b.declare()
	b.store("span", b.word, b.spanWords())
	b.due()
	if b.configurable() {
		words, width := b.settings()
		b.store("setting", width, words)
		b.loading()
	}
	if b.guarded() {
		b.loadingAnytime()
	}
	switch {
	case b.ports.has("x_valid"):
		b.stream()
	case b.m.Latency > 0:
		b.flow()
	default:
		b.still()
	}
	b.sequence()
	b.close("endmodule")
	return b.String()
}

func (b *bench) configurable() bool { return b.ports.has("cfg_valid") }

// guarded reports whether the module can be configured at any time.
func (b *bench) guarded() bool { return b.ports.has("cfg_ready") }

// layout finds the fields that every span fits into.
func (b *bench) layout() {
	more, channel := 0, 0
	for _, spans := range b.allSpans() {
		for _, s := range spans {
			more, channel = max(more, s.count()-1), max(channel, s.channel)
		}
	}
	b.y = field{0, b.ports["y"].typ.Width}
	b.more = field{b.y.next(), max(1, bits.Len(uint(more)))}
	b.first = field{b.more.next(), b.ports["x"].typ.Width}
	b.channel = field{b.first.next(), max(1, bits.Len(uint(channel)))}
	if p, ok := b.ports["x_channel"]; ok {
		b.channel.width = p.typ.Width
	}
	b.word = b.channel.next()
}

func (b *bench) head() {
	b.line("// Testbench of %s. It prints one line that begins with PASS or FAIL.", b.name)
	for _, t := range b.trials {
		b.comment(fmt.Sprintf("%s: %s", t.layer.Name, t.coverage()))
	}
	b.open("module %s_tb;", b.name)
}

func (t trial) coverage() string {
	if exhaustive(t.layer) {
		return "every input"
	}
	return "ends of the domain, of segments and of runs, with their neighbours, and random inputs"
}

// declare declares what is linked to the module, and links it.
func (b *bench) declare() {
	ports := modulePorts(b.m)
	links := make([]string, len(ports))
	for i, p := range ports {
		links[i] = fmt.Sprintf(".%s(%s)", p.name, p.name)
		if p.output {
			b.line("wire %s%s;", vector(p.typ), p.name)
		} else {
			b.line("reg %s%s = %s;", vector(p.typ), p.name, literal(p.typ, 0))
		}
	}
	b.line("")
	b.line("%s dut (%s);", b.name, strings.Join(links, ", "))
	if b.m.Clocked {
		b.line("")
		b.line("initial forever #5 clk = ~clk;")
	}
}

// perFill is how many words one call stores.
const perFill = 8

// store writes an array of words, and a task that fills it. The words come one
// after another in hexadecimal; the last call fills up with zeros.
func (b *bench) store(name string, width int, words []byte) {
	perWord := width / 4
	perCall := perFill * perWord
	calls := (len(words) + perCall - 1) / perCall
	words = append(words, bytes.Repeat([]byte{'0'}, calls*perCall-len(words))...)
	b.line("")
	b.line("reg [%d:0] %ss [0:%d];", width-1, name, max(1, calls)*perFill-1)
	b.line("integer %s_count;", name)
	b.open("task store_%ss(input [%d:0] words);", name, perFill*width-1)
	b.line("integer i;")
	b.open("for (i = %d; i >= 0; i = i - 1) begin", perFill-1)
	b.line("%ss[%s_count] = words[i * %d +: %d];", name, name, width, width)
	b.line("%s_count = %s_count + 1;", name, name)
	b.close("end")
	b.close("endtask")
	b.line("")
	b.open("initial begin")
	b.line("%s_count = 0;", name)
	for call := range slices.Chunk(words, max(1, perCall)) {
		b.indent()
		fmt.Fprintf(b, "store_%ss(%d'h", name, perFill*width)
		for at := 0; at < perCall; at += perWord {
			if at > 0 {
				b.WriteByte('_')
			}
			b.Write(call[at : at+perWord])
		}
		b.WriteString(");\n")
	}
	b.close("end")
}

// allSpans are those of every trial, and the pairs.
func (b *bench) allSpans() [][]span {
	var all [][]span
	for _, t := range b.trials {
		all = append(all, t.spans)
	}
	return append(all, b.pairs)
}

// spanWords is every span as a word.
func (b *bench) spanWords() []byte {
	var words []byte
	for _, spans := range b.allSpans() {
		words = slices.Grow(words, len(spans)*b.word/4)
		for _, s := range spans {
			words = b.channel.append(words, int64(s.channel))
			words = b.first.append(words, s.first)
			words = b.more.append(words, s.last-s.first)
			words = b.y.append(words, s.y)
		}
	}
	return words
}

// due declares the result that comes next, and what counts and judges results.
func (b *bench) due() {
	x, y := b.ports["x"].typ, b.ports["y"].typ
	b.line("")
	b.line("// The result that comes next: it belongs to an input of span at, so many steps after its first.")
	b.line("// A brief run tries only the ends of each span.")
	b.line("integer at;")
	b.line("reg [%d:0] step;", b.more.width-1)
	b.line("reg brief;")
	index := "at"
	if b.guarded() {
		b.epochs()
		index = "at + later"
	}
	b.line("wire [%d:0] due = spans[%s];", b.word-1, index)
	b.line("wire %sdue_x = %s;", vector(x), b.input("due", "step"))
	b.line("wire %sdue_y = %s;", vector(y), b.y.of("due"))
	b.line("wire [%d:0] due_more = %s;", b.more.width-1, b.more.of("due"))
	b.line("wire [%d:0] due_channel = %s;", b.channel.width-1, b.channel.of("due"))
	b.line("wire %s = &{1'b0, due, noise};", unusedName)
	b.line("")
	b.lines(`
integer checked = 0;
reg failed = 1'b0;
`)
	b.line("")
	b.disturb()
	b.line("")
	b.open("task fail(input [8*48-1:0] what);")
	b.open("if (!failed) begin")
	b.line("failed = 1'b1;")
	b.line(`$display("FAIL %s: %%0s; due is y = %%0d for x = %%0d of channel %%0d, y is %%0d", what, due_y, due_x, due_channel, y);`, b.name)
	b.line("$finish(0);")
	b.close("end")
	b.close("endtask")
	b.line("")
	b.walk()
	b.line("")
	b.open("task pass;")
	b.open("if (!failed) begin")
	b.line(`$display("PASS %s %%0d vectors", checked);`, b.name)
	b.line("$finish(0);")
	b.close("end")
	b.close("endtask")
}

// input is the input of a span word that is some steps after the first.
func (b *bench) input(word, step string) string {
	if fill := b.first.width - b.more.width; fill > 0 {
		step = fmt.Sprintf("{%s, %s}", zeros(fill), step)
	}
	return fmt.Sprintf("%s + %s", b.first.of(word), step)
}

// disturb is the task that changes what must not matter: the ports that are not
// valid, and the random bits it takes for that.
func (b *bench) disturb() {
	b.line("// Random bits, for pauses and for ports that are not valid.")
	b.line("reg [63:0] noise = 64'h9e3779b97f4a7c15;")
	b.open("task disturb;")
	b.open("begin")
	b.line("noise = {noise[62:0], noise[63] ^ noise[62] ^ noise[60] ^ noise[59]};")
	if b.configurable() {
		addr, data := b.settingFields()
		b.open("if (!cfg_valid) begin")
		if b.ports.has(addressPort) {
			b.line("cfg_addr = noise[63:%d];", 64-addr.width)
		}
		b.line("cfg_data = noise[%d:0];", data.width-1)
		b.close("end")
	}
	b.close("end")
	b.close("endtask")
}

// walk is the task that goes on to the next input of a run.
func (b *bench) walk() {
	w := b.more.width
	b.open("task next(inout integer index, inout [%d:0] steps, input [%d:0] more);", w-1, w-1)
	b.line("if (steps == more) begin")
	b.depth++
	b.line("index = index + 1;")
	b.line("steps = %s;", literal(datapath.Type{Width: w}, 0))
	b.close("end else")
	b.depth++
	b.line("steps = brief ? more : steps + %s;", literal(datapath.Type{Width: w}, 1))
	b.depth--
	b.close("endtask")
}

// still checks a module whose output follows its input without a clock.
func (b *bench) still() {
	b.line("")
	b.open("task check(input integer first, input integer last);")
	b.open("begin")
	b.line("step = 0;")
	b.line("at = first;")
	b.open("while (at <= last && !failed) begin")
	b.line("#1 disturb;")
	b.line("x = due_x;")
	if b.ports.has("x_channel") {
		b.line("x_channel = due_channel;")
	}
	b.lines(`
#1 if (y !== due_y) fail("a wrong result");
checked = checked + 1;
next(at, step, due_more);
`)
	b.close("end")
	b.close("end")
	b.close("endtask")
}

// flow checks a module without a handshake: an input goes in at every clock, and its
// result comes out a fixed number of clocks later.
func (b *bench) flow() {
	b.line("")
	b.line("localparam LATENCY = %d;", b.m.Latency)
	b.line("")
	b.line("// Inputs go in by their own walk over the spans.")
	b.line("integer offer, clocks;")
	b.line("reg [%d:0] offer_step;", b.more.width-1)
	b.line("wire [%d:0] offered = spans[offer];", b.word-1)
	b.line("wire %s_offered = &{1'b0, offered};", unusedName)
	b.line("")
	b.open("task check(input integer first, input integer last);")
	b.open("begin")
	b.lines(`
at = first;
step = 0;
offer = first;
offer_step = 0;
clocks = 0;
`)
	b.open("while (at <= last && !failed) begin")
	b.line("@(negedge clk) disturb;")
	b.line("x = offer <= last ? %s : noise[%d:0];", b.input("offered", "offer_step"), b.first.width-1)
	if b.ports.has("x_channel") {
		b.line("x_channel = offer <= last ? %s : noise[%d:0];", b.channel.of("offered"), b.channel.width-1)
	}
	b.line("if (offer <= last) next(offer, offer_step, %s);", b.more.of("offered"))
	b.open("@(posedge clk) if (clocks >= LATENCY) begin")
	b.lines(`
if (y !== due_y) fail("a wrong result");
checked = checked + 1;
next(at, step, due_more);
`)
	b.close("end")
	b.line("clocks = clocks + 1;")
	b.close("end")
	b.close("end")
	b.close("endtask")
}

// loading is the task that writes an image: words first to last of settings. It looks
// at nothing: the module is idle.
func (b *bench) loading() {
	addr, data := b.settingFields()
	b.line("")
	b.line("// Words first to last of settings, into an idle module")
	b.open("task load(input integer first, input integer last);")
	b.line("integer i;")
	b.open("begin")
	b.open("for (i = first; i <= last; i = i + 1) begin")
	b.line("@(negedge clk) cfg_valid = 1'b1;")
	b.address(addr)
	b.line("cfg_data = %s;", data.of("settings[i]"))
	b.close("end")
	b.lines(`
@(negedge clk) cfg_valid = 1'b0;
disturb;
@(posedge clk);
`)
	if b.guarded() {
		b.line("repeat (256) @(negedge clk) disturb; // what is not valid must not be written")
	}
	b.close("end")
	b.close("endtask")
}

// address sets the address of a setting, or the input that stands for it.
func (b *bench) address(addr field) {
	if b.ports.has(addressPort) {
		b.line("cfg_addr = %s;", addr.of("settings[i]"))
		return
	}
	x := field{addr.low, b.ports["x"].typ.Width}
	b.line("x = %s;", x.of("settings[i]"))
	if p, ok := b.ports["x_channel"]; ok {
		b.line("x_channel = %s;", field{addr.low + x.width, p.typ.Width}.of("settings[i]"))
	}
}

func (b *bench) settingFields() (addr, data field) {
	data = field{0, b.ports["cfg_data"].typ.Width}
	width := b.ports[addressPort].typ.Width
	if !b.ports.has(addressPort) {
		width = b.ports["x"].typ.Width + b.ports["x_channel"].typ.Width
	}
	return field{data.next(), width}, data
}

func (b *bench) settings() (words []byte, width int) {
	addr, data := b.settingFields()
	for _, t := range b.trials {
		for _, w := range t.image.Words {
			words = data.append(addr.append(words, int64(w.Addr)), int64(w.Data))
		}
	}
	return words, addr.next()
}

// stream checks a module with a handshake: inputs are offered and results taken
// with pauses on both sides.
func (b *bench) stream() {
	b.line("")
	b.line("localparam LATENCY = %d;", b.m.Latency)
	b.line("localparam INTERVAL = %d;", max(1, b.m.Interval))
	b.line("localparam PATIENCE = %d;", 1000+10*b.m.Latency+b.pauses)
	b.line("localparam ALL = 2147483647;")
	b.line("")
	b.line("// Inputs are offered by their own walk over the spans. What is offered stays until it is taken.")
	b.line("integer offer;")
	b.line("reg [%d:0] offer_step;", b.more.width-1)
	b.line("wire [%d:0] offered = spans[offer];", b.word-1)
	b.line("wire %s_offered = &{1'b0, offered};", unusedName)
	b.lines(`
reg pauses = 1'b0;        // sometimes wait, on either side
reg taken = 1'b0;         // the input was taken at the last clock edge
integer clocks, first_taken, first_result, accepted, returned, waited;
`)
	b.line("reg held = 1'b0;          // a result was offered and not taken")
	b.line("reg %sheld_y;", vector(b.ports["y"].typ))
	b.line("")
	b.line("// Between clock edges: offer an input up to span last, be ready for a result, or do not.")
	b.open("task drive(input integer last);")
	b.open("begin")
	b.lines(`
disturb;
case (pauses ? clocks[7:5] : 3'd0)
  3'd2, 3'd6: y_ready = noise[3];
  3'd7: y_ready = noise[6:4] == 3'd0;
  default: y_ready = 1'b1;
endcase
`)
	if b.guarded() {
		b.line("if (blocked) y_ready = 1'b0;")
	}
	b.open("if (!x_valid || taken) begin")
	b.line("x_valid = offer <= last && (!pauses || clocks[7:5] != 3'd1 && clocks[7:5] != 3'd6 || noise[12]);")
	b.line("x = x_valid ? %s : noise[%d:0];", b.input("offered", "offer_step"), b.first.width-1)
	if b.ports.has("x_channel") {
		b.line("x_channel = x_valid ? %s : noise[%d:0];", b.channel.of("offered"), b.channel.width-1)
	}
	b.line("if (x_valid) next(offer, offer_step, %s);", b.more.of("offered"))
	b.close("end")
	b.close("end")
	b.close("endtask")
	b.line("")
	b.noting()
	b.lines(streamTasks)
}

// streamTasks judge a module with a handshake at each clock edge.
const streamTasks = `

// At a clock edge: what passes, and whether it should.
task observe;
  begin
    if ((x_ready ^ x_ready) !== 1'b0 || (y_valid ^ y_valid) !== 1'b0) fail("a handshake is unknown");
    if (held && (!y_valid || y !== held_y)) fail("a result changed before it was taken");
    held = y_valid && !y_ready;
    held_y = y;
    if (y_valid && returned == 0 && first_result < 0) first_result = clocks;
    if (y_valid && y_ready) begin
      if (returned == accepted) fail("a result without an input");
      if (y !== due_y) fail("a wrong result");
      next(at, step, due_more);
      returned = returned + 1;
      waited = 0;
    end
    taken = x_valid && x_ready;
    note;
    if (taken && accepted == 0) first_taken = clocks;
    if (taken) accepted = accepted + 1;
    clocks = clocks + 1;
    waited = waited + 1;
    if (waited > PATIENCE) fail("no result comes");
  end
endtask

// Spans first to last, or as much of them as gives so many results.
task run(input integer first, input integer last, input integer limit);
  begin
    at = first;
    step = 0;
    offer = first;
    offer_step = 0;
    clocks = 0;
    first_taken = -1;
    first_result = -1;
    accepted = 0;
    returned = 0;
    waited = 0;
    while (!failed && at <= last && returned < limit) begin
      @(negedge clk) drive(last);
      @(posedge clk) observe;
    end
    checked = checked + returned;
  end
endtask

// All of them; then nothing more may come.
task run_all(input integer first, input integer last);
  begin
    run(first, last, ALL);
    repeat (2 * LATENCY + 2) begin
      @(negedge clk) drive(-1);
      @(posedge clk) observe;
    end
  end
endtask

// Without pauses the results keep the promised pace.
task run_steadily(input integer first, input integer last);
  begin
    pauses = 1'b0;
    brief = 1'b1;
    run(first, last, ALL);
    if (first_result - first_taken != LATENCY) fail("the latency is another");
    if (clocks - first_taken != LATENCY + (returned - 1) * INTERVAL + 1) fail("the interval between results is another");
    pauses = 1'b1;
  end
endtask

// Reset with inputs under way: they are dropped.
task reset;
  begin
    @(negedge clk) rst = 1'b1;
    @(posedge clk);
    @(negedge clk) rst = 1'b0;
    x_valid = 1'b0;
    y_ready = 1'b0;
    taken = 1'b0;
    held = 1'b0;
  end
endtask`

// sequence is the order of events.
func (b *bench) sequence() {
	b.line("")
	b.open("initial begin")
	b.line("brief = 1'b0;")
	b.line("at = 0;")
	b.line("step = 0;")
	if b.guarded() {
		b.line("accepted = 0;")
		b.line("returned = 0;")
	}
	if b.ports.has("x_valid") {
		b.line("#1 reset;")
	} else {
		b.line("#1;")
	}
	word, first := 0, 0
	for _, t := range b.trials {
		b.trial(t, &word, &first)
	}
	b.again()
	b.line("pass;")
	b.close("end")
}

// trial loads an image and checks everything.
func (b *bench) trial(t trial, word, first *int) {
	last := *first + len(t.spans) - 1
	b.line("")
	b.line("// %s", t.layer.Name)
	b.load(t, word)
	if b.ports.has("x_valid") {
		b.line("run_steadily(%d, %d);", *first, last)
		b.line("brief = 1'b0;")
		b.line("run_all(%d, %d);", *first, last)
	} else {
		b.line("check(%d, %d);", *first, last)
	}
	*first = last + 1
}

func (b *bench) load(t trial, word *int) {
	if t.image == nil {
		return
	}
	last := *word + len(t.image.Words) - 1
	b.line("load(%d, %d);", *word, last)
	*word = last + 1
}

// again goes back to the first layer, and resets the module in mid-stream.
func (b *bench) again() {
	t, word := b.trials[0], 0
	last := len(t.spans) - 1
	b.line("")
	b.line("// %s again", t.layer.Name)
	b.load(t, &word)
	b.line("brief = 1'b1;")
	if !b.ports.has("x_valid") {
		b.line("check(0, %d);", last)
		return
	}
	b.line("run(0, %d, %d);", last, (last+1)/2)
	b.line("reset;")
	b.line("run_all(0, %d);", last)
	if b.guarded() {
		b.anytime()
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

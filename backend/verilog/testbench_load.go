package verilog

import "slices"

// mostPairs is about how many inputs a stream has that is reconfigured under way.
const mostPairs = 256

// pairs is inputs that two trials have in common, with their outputs on the one and
// then with those on the other.
func pairs(a, b trial) []span {
	var ours, theirs []span
	for _, s := range thinSpans(append(slices.Clip(a.spans), b.spans...)) {
		if s.channel >= min(len(a.layer.Channels), len(b.layer.Channels)) {
			continue
		}
		for _, x := range []int64{s.first, s.last} {
			if a.layer.Input.Contains(x) && b.layer.Input.Contains(x) {
				ours = append(ours, span{s.channel, x, x, a.layer.Channels[s.channel].Eval(x)})
				theirs = append(theirs, span{s.channel, x, x, b.layer.Channels[s.channel].Eval(x)})
			}
		}
	}
	return append(ours, theirs...)
}

func thinSpans(all []span) []span {
	step := max(1, len(all)/(mostPairs/2))
	var kept []span
	for i := 0; i < len(all); i += step {
		kept = append(kept, all[i])
	}
	return kept
}

// epochs declares what tells which configuration a result is of: that which was
// complete when its input was taken.
func (b *bench) epochs() {
	b.lines(`
reg reconfigured = 1'b0;  // the stream is of inputs with two outputs each
reg epoch = 1'b0;         // which of them inputs get that are taken now
reg epoch_of [0:1023];    // of each input that was taken, and what it gets
reg closed = 1'b0;        // a word was offered, and complete was not written since
reg changing = 1'b0;      // more configurations are to come
reg blocked = 1'b0;       // no result is taken
`)
	b.line("wire [31:0] later = reconfigured && epoch_of[returned[9:0]] ? %d : 0;", len(b.pairs)/2)
}

// noting is the task that keeps account of the configuration port at a clock edge.
func (b *bench) noting() {
	b.open("task note;")
	if !b.guarded() {
		b.line("begin end")
		b.close("endtask")
		return
	}
	t := b.trials[0]
	complete := t.image.Words[len(t.image.Words)-1].Addr & (1<<t.wordBits - 1)
	word := lowBits("cfg_addr", b.ports["cfg_addr"].typ.Width, t.wordBits)
	b.open("begin")
	b.lines(`
if ((cfg_ready ^ cfg_ready) !== 1'b0) fail("cfg_ready is unknown");
if (closed && x_ready) fail("an input may come to half a configuration");
if (taken) epoch_of[accepted[9:0]] = epoch;
`)
	b.open("if (cfg_valid) begin")
	last := lowBits("cfg_data", b.ports["cfg_data"].typ.Width, 1)
	b.line("closed = !cfg_ready || %s != %d'd%d || !%s;", word, t.wordBits, complete, last)
	b.line("if (!closed) epoch = !epoch;")
	b.close("end")
	b.close("end")
	b.close("endtask")
}

// loadingAnytime is the task that writes an image while the stream goes on, with
// pauses: some of its words' complements first, then all of it.
func (b *bench) loadingAnytime() {
	addr, data := b.settingFields()
	b.line("")
	b.line("// Words first to last of settings, or their complements, at any time")
	b.open("task load_anytime(input integer first, input integer last, input complement);")
	b.line("integer i;")
	b.open("for (i = first; i <= last && !failed; i = i + 1) begin")
	b.line("@(negedge clk) cfg_valid = 1'b0;")
	b.line("while (noise[21:20] == 2'd0) @(negedge clk) disturb;")
	b.line("cfg_valid = 1'b1;")
	b.line("cfg_addr = %s;", addr.of("settings[i]"))
	b.line("cfg_data = %s ^ {%d{complement}};", data.of("settings[i]"), data.width)
	b.line("@(posedge clk);")
	b.line("repeat (40) if (!cfg_ready) @(posedge clk);")
	b.line("if (!cfg_ready) blocked = 1'b0;")
	b.line("while (!cfg_ready && !failed) @(posedge clk);")
	b.close("end")
	b.close("endtask")
	b.lines(`

// Words of an image without an end and then all of it, after a while, and while no
// result can leave at first.
task change(input integer first, input integer last, input integer clocks_before);
  begin
    repeat (clocks_before) @(posedge clk);
    blocked = 1'b1;
    load_anytime(first, last - 1, 1'b1);
    blocked = 1'b0;
    load_anytime(first, last, 1'b0);
    @(negedge clk) cfg_valid = 1'b0;
  end
endtask`)
}

// anytime is the order of events around a configuration in mid-stream.
func (b *bench) anytime() {
	one, other := 0, 0
	for _, t := range b.trials[:len(b.trials)-1] {
		other += len(t.image.Words)
	}
	for _, t := range b.trials {
		one += len(t.spans)
	}
	first, second := len(b.trials[0].image.Words), len(b.trials[len(b.trials)-1].image.Words)
	n := len(b.pairs) / 2
	if n == 0 {
		return
	}
	b.line("")
	b.line("// To another configuration and back in mid-stream: every result is of one or the other")
	b.line("epoch = 1'b0;")
	b.line("reconfigured = 1'b1;")
	b.line("changing = 1'b1;")
	b.open("fork")
	b.line("while (changing && !failed) run_all(%d, %d);", one, one+n-1)
	b.open("begin")
	for _, pause := range []int{20, 300} {
		b.line("change(%d, %d, %d);", other, other+second-1, pause)
		b.line("change(0, %d, %d);", first-1, 2*pause)
	}
	b.line("changing = 1'b0;")
	b.close("end")
	b.close("join")
	b.line("run_all(%d, %d);", one, one+n-1)
	b.line("reconfigured = 1'b0;")
	b.line("")
	b.line("// A reset does not make half a configuration whole")
	b.line("load_anytime(0, %d, 1'b1);", first-2)
	b.lines(`
@(negedge clk) cfg_valid = 1'b0;
reset;
@(negedge clk) x_valid = 1'b1;
repeat (20) @(posedge clk) if (x_ready) fail("an input may come to half a configuration");
@(negedge clk) x_valid = 1'b0;
`)
	b.line("load(0, %d);", first-1)
	b.line("run_all(0, %d);", len(b.trials[0].spans)-1)
}

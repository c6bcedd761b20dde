package verilog

import (
	"fmt"
	"math/bits"

	"grauc/ir"
	"grauc/ir/datapath"
)

// A unit that is loaded through its input has no addresses. Its top has some words in
// their place: an input and a channel to be offered, and a word to be offered with them.
// It offers that while the stream is held off and nothing is under way.

// Names of those words.
const (
	offerX       = "x"
	offerChannel = "channel"
	offerWord    = "segment"
)

// offerWords are the words of such a top.
func offerWords(u *datapath.Unit) []datapath.Field {
	words := []datapath.Field{{Name: offerX, Type: datapath.TypeOf(u.Input), Doc: "input that selects the segment to write"}}
	if channel, ok := u.Module.Input("x_channel"); ok {
		words = append(words, datapath.Field{
			Name: offerChannel, Type: channel, Doc: fmt.Sprintf("channel to write, 0 to %d", u.Channels-1),
		})
	}
	words = append(words,
		datapath.Field{
			Name: offerWord, Type: u.Fields[0].Type,
			Doc: "is written to the segment that x" + ifChannels(u, ", of channel,") + " selects: " + u.Fields[0].Doc,
		},
		datapath.Field{
			Name: "complete", Type: datapath.Bit,
			Doc: "1, after the other words: the configuration is whole, and inputs are taken again; 0: none are, as after any other word",
		})
	for i := range words {
		words[i].Word, words[i].WordBits = i, bits.Len(uint(len(words)-1))
	}
	return words
}

// word is that of a name.
func (r *registerMap) word(name string) *datapath.Field {
	for i := range r.words {
		if r.words[i].Name == name {
			return &r.words[i]
		}
	}
	return nil
}

// offers is what loads an image of such a unit.
func (r *registerMap) offers(image *datapath.Image) []busWrite {
	var all []busWrite
	width, before := r.unit.Input.Width, ^uint64(0)
	for _, w := range image.Words {
		if channel := w.Addr >> width; channel != before && r.word(offerChannel) != nil {
			all = append(all, busWrite{r.offset(r.word(offerChannel)), uint32(channel)})
			before = channel
		}
		at := r.offset(r.word(offerWord))
		all = append(all, busWrite{r.offset(r.word(offerX)), uint32(w.Addr & (1<<width - 1))}, busWrite{at, uint32(w.Data)})
		if wide(r.word(offerWord)) {
			all = append(all, busWrite{at + 4, uint32(w.Data >> 32)})
		}
	}
	return append(all, busWrite{r.offset(r.complete()), 1})
}

// offers reports whether the top offers words to its module.
func (t *top) offers() bool { return t.registers != nil && t.registers.unit.Load == ir.LoadData }

// offerLink is what a port of such a module is connected to, or "" if to the same as that
// of others.
func (w *topText) offerLink(port, data string) string {
	switch port {
	case "rst":
		return fmt.Sprintf("rst && landing == %s", zeros(w.landingBits()))
	case "x_valid":
		return "s_axis_tvalid && complete"
	case "x_ready":
		return "core_ready"
	case "x":
		return fmt.Sprintf("complete ? %s : load_x", data)
	case "x_channel":
		return "complete ? s_axis_tuser : load_channel"
	case "cfg_valid":
		return "load"
	case "cfg_data":
		return lowBits("cfg_data", w.registers.data.Width, w.registers.word(offerWord).Type.Width)
	}
	return ""
}

// landingBits is the width of what counts the clocks until a word has landed.
func (w *topText) landingBits() int { return bits.Len(uint(w.m.Latency)) }

// offer is the place of the configuration port of a module that has none.
func (w *topText) offer() {
	r := w.registers
	count, addr := w.landingBits(), r.addr.Width
	is := func(name string) string { return fmt.Sprintf("cfg_addr == %d'd%d", addr, r.word(name).Word) }
	w.line("")
	w.comment("The core is loaded through its input. The first word that is offered ends the taking of inputs; words are taken " +
		"once the results under way have left and the word before has landed. A reset leaves what is landing alone: nothing else is under way.")
	w.line("reg complete = 1'b0;")
	w.line("reg %slanding = %s; // clocks until the last word has surely landed", bitVector(count), zeros(count))
	w.line("reg %sload_x;", vector(w.ports["x"].typ))
	if n := w.channelWidth(); n > 0 {
		w.line("reg %sload_channel;", bitVector(n))
	}
	w.line("assign cfg_ready = !complete && taken == given && landing == %s;", zeros(count))
	w.line("wire enter = cfg_valid && cfg_ready;")
	w.line("wire load = enter && %s;", is(offerWord))
	w.open("always @(posedge aclk) begin")
	w.line("if (cfg_valid) complete <= cfg_ready && %s && %s;", is("complete"), lowBits("cfg_data", r.data.Width, 1))
	w.line("if (load) landing <= %d'd%d;", count, w.m.Latency)
	w.line("else if (landing != %s) landing <= landing - %d'd1;", zeros(count), count)
	w.line("if (enter && %s) load_x <= %s;", is(offerX), lowBits("cfg_data", r.data.Width, r.word(offerX).Type.Width))
	if f := r.word(offerChannel); f != nil {
		w.line("if (enter && %s) load_channel <= %s;", is(offerChannel), lowBits("cfg_data", r.data.Width, f.Type.Width))
	}
	w.close("end")
	w.line("wire core_ready;")
	w.line("assign s_axis_tready = core_ready && complete;")
}

package verilog

import (
	"fmt"
	"math/big"

	"grauc/ir"
	"grauc/ir/datapath"
)

// emitImage is what to load for a layer, as $readmemh reads it into an array with
// one element for each address: a word a line, "@address" where addresses jump,
// and what each word is as a comment.
func emitImage(module string, u *datapath.Unit, image *datapath.Image) string {
	if u.Load == ir.LoadData {
		return emitOffers(module, u, image)
	}
	addr, _ := u.Module.Input("cfg_addr")
	data, _ := u.Module.Input("cfg_data")
	fields := fieldsByWord(u)
	var t text
	t.line("// %s: configuration for layer %s, %s", module, image.Layer, ir.Plural(len(image.Words), "word"))
	t.line("// write each word to cfg_data at its address: reg [%d:0] image [0:%d]; $readmemh(FILE, image);",
		data.Width-1, int64(1)<<addr.Width-1)
	next := ^uint64(0)
	for _, w := range image.Words {
		if w.Addr != next {
			t.line("@%s", hex(w.Addr, addr.Width))
		}
		next = w.Addr + 1
		t.line("%s // %s", hex(w.Data, data.Width), meaning(u, fields, w))
	}
	return t.String()
}

// emitOffers is what to load for a layer into a unit that is loaded through its input,
// as $readmemh reads it into an array: an element for each word to offer, in order.
func emitOffers(module string, u *datapath.Unit, image *datapath.Image) string {
	data, _ := u.Module.Input("cfg_data")
	width := data.Width + u.OfferWidth()
	var t text
	t.line("// %s: configuration for layer %s, %s", module, image.Layer, ir.Plural(len(image.Words), "word"))
	t.line("// offer each for a clock with cfg_valid: {%s, cfg_data} = image[i]; reg [%d:0] image [0:%d]; $readmemh(FILE, image);",
		offeredPorts(u), width-1, len(image.Words)-1)
	for _, w := range image.Words {
		t.line("%s // %s", joined(w, data.Width, width), offerMeaning(u, w))
	}
	return t.String()
}

// joined is the address of a word above its data, in hexadecimal.
func joined(w datapath.Word, low, width int) string {
	v := new(big.Int).Lsh(new(big.Int).SetUint64(w.Addr), uint(low))
	v.Or(v, new(big.Int).SetUint64(w.Data))
	return fmt.Sprintf("%0*x", (width+3)/4, v)
}

func offeredPorts(u *datapath.Unit) string {
	if u.Channels > 1 {
		return "x_channel, x"
	}
	return "x"
}

func offerMeaning(u *datapath.Unit, w datapath.Word) string {
	s := fmt.Sprintf("x %d: %d", datapath.TypeOf(u.Input).Wrap(int64(w.Addr)), w.Data)
	if u.Channels > 1 {
		s = fmt.Sprintf("channel %d %s", w.Addr>>u.Input.Width, s)
	}
	return s
}

func hex(v uint64, width int) string { return fmt.Sprintf("%0*x", (width+3)/4, v) }

func fieldsByWord(u *datapath.Unit) map[int]*datapath.Field {
	fields := map[int]*datapath.Field{}
	for i := range u.Fields {
		fields[u.Fields[i].Word] = &u.Fields[i]
	}
	return fields
}

// meaning is a word as a person reads it.
func meaning(u *datapath.Unit, fields map[int]*datapath.Field, w datapath.Word) string {
	if len(u.Fields) == 0 {
		return ""
	}
	bits := u.Fields[0].WordBits
	channel, word := w.Addr>>bits, int(w.Addr&(1<<bits-1))
	f := fields[word]
	if f == nil {
		return fmt.Sprintf("%d", word)
	}
	s := fmt.Sprintf("%s = %d", f.Name, f.Type.Wrap(int64(w.Data)))
	if u.Channels > 1 {
		s = fmt.Sprintf("channel %d %s", channel, s)
	}
	return s
}

// configurationMap is the part of a unit's head that says how to configure it.
func configurationMap(u *datapath.Unit) []string {
	if len(u.Fields) == 0 {
		return nil
	}
	if u.Load == ir.LoadData {
		return loadMap(u)
	}
	where := "cfg_addr is the word"
	if u.Channels > 1 {
		where = fmt.Sprintf("cfg_addr is %d * channel + word", 1<<u.Fields[0].WordBits)
	}
	lines := []string{"", "Configuration: " + where + "; cfg_data holds the bits from bit 0 up."}
	ranges := wordRanges(u.Fields)
	numbers, names := 0, 0
	for i := range ranges {
		numbers, names = max(numbers, len(ranges[i].numbers())), max(names, len(ranges[i].names()))
	}
	if note := counting(ranges); note != "" {
		lines[1] += " " + note
	}
	for _, r := range ranges {
		head := fmt.Sprintf("  %*s  %-*s  %-7s %-8s  ", numbers, r.numbers(), names, r.names(),
			ir.Plural(r.first.Type.Width, "bit"), signOf(r.first.Type))
		lines = append(lines, wrap(head, r.doc())...)
	}
	return append(lines,
		"The images in config/ are for $readmemh into an array with an element for each address.")
}

func signOf(t datapath.Type) string {
	if t.Signed {
		return "signed"
	}
	return "unsigned"
}

// loadMap is that part for a unit that is loaded through its input.
func loadMap(u *datapath.Unit) []string {
	f := &u.Fields[0]
	lines := []string{"", "Configuration: cfg_data is written to the segment that x selects" + ifChannels(u, ", of x_channel") +
		", both offered at the same clock edge as cfg_valid."}
	lines = append(lines, wrap(fmt.Sprintf("  %2d bits  ", f.Type.Width), f.Doc)...)
	return append(lines,
		"A word takes the place of an input: results of inputs before it are not changed by it, those after it are.",
		"The images in config/ are for $readmemh into an array with an element for each word to offer.")
}

func ifChannels(u *datapath.Unit, s string) string {
	if u.Channels > 1 {
		return s
	}
	return ""
}

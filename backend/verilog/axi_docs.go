package verilog

import (
	"fmt"
	"strings"

	"grauc/backend"
	"grauc/ir"
)

// emitDriver is the C header: offsets, and what loads an image.
func emitDriver(r *registerMap) string {
	var t text
	up := strings.ToUpper(r.name)
	t.line("/* Registers of %s_axi, and a driver. Freestanding C99. See %s.md. */", r.name, r.name)
	t.line("#ifndef %s_H", up)
	t.line("#define %s_H", up)
	t.line("")
	t.line("#include <stddef.h>")
	t.line("#include <stdint.h>")
	t.line("")
	t.line("/* Offsets in bytes from the base. */")
	for i, g := range r.info {
		t.line("#define %s_REG_%s 0x%02xu", up, g.name, 4*i)
	}
	t.line("")
	t.line("#define %s_CHANNELS %du", up, r.unit.Channels)
	t.line("")
	t.line("/* Offsets of the words of the configuration%s, which cannot be read. */", r.ofFirst())
	if r.banks > 1 {
		t.line("#define %s_CHANNEL_STRIDE 0x%xu", up, r.channelStride())
	}
	for _, w := range wordRanges(r.words) {
		t.line("#define %s_WORD_%s", up, r.macro(&w))
	}
	t.line("")
	t.line("/* The values of the registers that tell what this header is for. */")
	t.line("#define %s_ID 0x%08xu", up, r.info[0].value)
	t.line("#define %s_FINGERPRINT 0x%08xu", up, r.info[fingerprintRegister].value)
	t.line("")
	t.line("/* One write of an image: words of more than 32 bits are two, the high half last. */")
	t.line("typedef struct {")
	t.line("  uint32_t offset;")
	t.line("  uint32_t value;")
	t.line("} %s_write;", r.name)
	t.line("")
	t.lines(strings.NewReplacer("NAME", up, "name", r.name).Replace(driver))
	t.line("")
	t.line("#endif")
	return t.String()
}

// macro is the name of a word and its offset, which follows from the numbers of a range.
func (r *registerMap) macro(w *wordRange) string {
	offset := fmt.Sprintf("0x%xu", r.offset(w.first))
	if w.first == w.last {
		return strings.ToUpper(w.first.Name) + " " + offset
	}
	if w.tree > 0 {
		return fmt.Sprintf("%s(k) (0x%xu + %du * (((k) + %du) / (2u * ((k) & (0u - (k)))))) /* k from 1 to %d */",
			strings.ToUpper(w.stem), r.base(), r.stride, w.indices[0].count+1, w.indices[0].count)
	}
	parameters := []string{"i", "k"}[2-len(w.indices):]
	var number string
	var limits []string
	for j, x := range w.indices {
		one := "(" + parameters[j] + ")"
		if x.from > 0 {
			one = fmt.Sprintf("(%s - %du)", one, x.from)
		}
		if j > 0 {
			one = fmt.Sprintf("(%s * %du + %s)", number, x.count, one)
		}
		number = one
		limits = append(limits, fmt.Sprintf("%s from %d to %d", parameters[j], x.from, x.from+x.count-1))
	}
	return fmt.Sprintf("%s(%s) (%s + %du * %s) /* %s */", strings.ToUpper(w.stem), strings.Join(parameters, ", "),
		offset, r.stride, number, strings.Join(limits, ", "))
}

const driver = `

static inline uint32_t name_get(const volatile uint32_t *base, uint32_t offset) { return base[offset / 4u]; }

static inline void name_set(volatile uint32_t *base, uint32_t offset, uint32_t value) { base[offset / 4u] = value; }

/* Whether the unit at base is the one that this header describes. */
static inline int name_matches(const volatile uint32_t *base) {
  return name_get(base, NAME_REG_ID) == NAME_ID && name_get(base, NAME_REG_FINGERPRINT) == NAME_FINGERPRINT;
}

/* Loads an image. Inputs wait meanwhile, and results under way are waited for: at
 * most so many readings of the status. Returns 0, or -1 if the results did not leave:
 * nothing was written, and inputs wait until an image is loaded. */
static inline int name_load(volatile uint32_t *base, const name_write *image, size_t count, uint32_t patience) {
  size_t i;
  name_set(base, NAME_WORD_COMPLETE, 0u);
  while ((name_get(base, NAME_REG_STATUS) & 1u) == 0u) {
    if (patience == 0u) return -1;
    patience--;
  }
  for (i = 0; i < count; i++) name_set(base, image[i].offset, image[i].value);
  return 0;
}`

// emitImages is the images as C arrays for the driver.
func emitImages(r *registerMap) string {
	var t text
	up := strings.ToUpper(r.name)
	t.line("/* Images for %s_load. */", r.name)
	t.line("#ifndef %s_IMAGES_H", up)
	t.line("#define %s_IMAGES_H", up)
	t.line("")
	t.line("#include \"%s.h\"", r.name)
	names := backend.NewNames()
	for _, image := range r.unit.Images {
		name := names.Claim(backend.Identifier(image.Layer), "_count")
		writes := r.writes(image)
		t.line("")
		t.line("#define %s_IMAGE_%s_COUNT %du", up, strings.ToUpper(name), len(writes))
		t.line("static const %s_write %s_image_%s[%d] = {", r.name, r.name, name, len(writes))
		for i := 0; i < len(writes); i += 4 {
			var row []string
			for _, w := range writes[i:min(i+4, len(writes))] {
				row = append(row, fmt.Sprintf("{0x%xu, 0x%08xu},", w.offset, w.value))
			}
			t.line("  %s", strings.Join(row, " "))
		}
		t.line("};")
	}
	t.line("")
	t.line("#endif")
	return t.String()
}

// ofFirst says of which channel offsets are.
func (r *registerMap) ofFirst() string {
	if r.banks > 1 {
		return " of channel 0"
	}
	return ""
}

// emitRDL is the map in SystemRDL 2.0.
func emitRDL(r *registerMap) string {
	var t text
	t.line("// Registers of %s_axi", r.name)
	t.open("addrmap %s {", r.name)
	t.line("default regwidth = 32;")
	t.line("default accesswidth = 32;")
	for i, g := range r.info {
		access := fmt.Sprintf("sw = r; hw = na; } value[31:0] = 0x%08x", g.value)
		if i == statusRegister {
			access = "sw = r; hw = w; } ready[0:0]"
		}
		t.open("reg {")
		t.line("desc = %s;", rdlString(g.doc))
		t.line("field { %s;", access)
		t.close("} %s @ 0x%02x;", g.name, 4*i)
	}
	t.open("regfile {")
	for _, w := range wordRanges(r.words) {
		r.rdlWords(&t, &w)
	}
	if r.banks > 1 {
		t.close("} channel[%d] @ 0x%x += 0x%x;", r.banks, r.base(), r.channelStride())
	} else {
		t.close("} configuration @ 0x%x;", r.base())
	}
	t.close("};")
	return t.String()
}

// rdlWords is a word, or an array of some; one of more than 32 bits is two registers.
func (r *registerMap) rdlWords(t *text, w *wordRange) {
	f, name, at := w.first, "word_"+w.first.Name, fmt.Sprintf("@ 0x%x", r.offset(w.first)-r.base())
	doc := w.doc()
	if w.first != w.last {
		name = "word_" + w.stem
		for _, x := range w.indices {
			name += fmt.Sprintf("[%d]", x.count)
		}
		at += fmt.Sprintf(" += 0x%x", r.stride)
		doc = w.names() + ": " + doc
	}
	half := func(width int, name string) {
		t.line("field { sw = w; hw = r; } value[%d:0];", width-1)
		t.close("} %s;", name)
	}
	if !wide(f) {
		t.open("reg {")
		t.line("desc = %s;", rdlString(doc))
		half(f.Type.Width, name+" "+at)
		return
	}
	t.open("regfile {")
	t.line("desc = %s;", rdlString(doc))
	t.open("reg {")
	half(32, "low @ 0x0")
	t.open("reg {")
	half(f.Type.Width-32, "high @ 0x4")
	t.close("} %s %s;", name, at)
}

// offsets are those of the words of a range, or of their halves at so many bytes.
func (r *registerMap) offsets(w *wordRange, at uint64) string {
	first := fmt.Sprintf("`0x%x`", r.offset(w.first)+at)
	if w.first == w.last {
		return first
	}
	return fmt.Sprintf("%s to `0x%x`, each `0x%x`", first, r.offset(w.last)+at, r.stride)
}

func rdlString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(s) + `"`
}

// emitMarkdown is the map for people.
func emitMarkdown(r *registerMap) string {
	var t text
	t.line("# Registers of %s_axi", r.name)
	t.line("")
	t.lines(fmt.Sprintf(mapText, r.base()))
	t.line("")
	t.line("| offset | name | value | meaning |")
	t.line("|---|---|---|---|")
	for i, g := range r.info {
		value := fmt.Sprintf("`0x%08x`", g.value)
		if i == statusRegister {
			value = ""
		}
		t.line("| `0x%02x` | %s | %s | %s |", 4*i, g.name, value, g.doc)
	}
	t.line("")
	t.line("## Configuration")
	t.line("")
	if notes := r.notes(); len(notes) > 0 {
		t.lines(strings.Join(notes, "\n"))
		t.line("")
	}
	t.line("| offset | name | bits | sign | meaning |")
	t.line("|---|---|---|---|---|")
	for _, w := range wordRanges(r.words) {
		f, doc := w.first, strings.ReplaceAll(w.doc(), "|", "\\|")
		row := func(at uint64, name string, width int, sign, doc string) {
			t.line("| %s | %s | %d | %s | %s |", r.offsets(&w, at), name, width, sign, doc)
		}
		if !wide(f) {
			row(0, w.names(), f.Type.Width, signOf(f.Type), doc)
			continue
		}
		row(0, w.names()+", low half", 32, "unsigned", doc)
		row(4, w.names()+", high half", f.Type.Width-32, signOf(f.Type), "the bits above those")
	}
	return t.String()
}

// notes are how the configuration is written, beyond what holds for all.
func (r *registerMap) notes() []string {
	var all []string
	if r.banks > 1 {
		all = append(all, fmt.Sprintf("%s, `0x%x` bytes from one to the next. The offsets are those of channel 0.", ir.Plural(r.banks, "channel"), r.channelStride()))
	}
	if note := counting(wordRanges(r.words)); note != "" {
		all = append(all, note)
	}
	if r.unit.Load == ir.LoadData {
		all = append(all, "The unit is loaded through its input: a write to "+offerWord+" offers that word, with the x"+
			ifChannels(r.unit, " and channel")+" written before. The order of an image is to be kept.")
	}
	if r.stride == 8 {
		all = append(all, "A word of more than 32 bits is written in halves: the low one is kept, the high one completes the word.",
			"Nothing else of the configuration may be written in between.")
	}
	return all
}

const mapText = `
AXI4-Lite with 32 data bits. Offsets are in bytes; bits 1 and 0 of an address are ignored.

A write counts whole: all four strobes set. With no strobe set it does nothing and is answered OKAY; with some set it
does nothing and is answered SLVERR. So is a write to what does not exist or is read-only, and a read of what does not
exist. The configuration, from 0x%x on, is write-only; a read of it is answered SLVERR.

The first write to the configuration ends the taking of inputs; each write is answered once the results under way have
left; inputs are taken again after 1 was written to the word complete, with which every image ends. So no output is ever
computed from half a configuration. Where results may not leave for long, write 0 to complete first, which is answered
at once, and wait until STATUS.ready is 1. A reset keeps the configuration and whether it is complete.`

// emitCore lists the hardware for FuseSoC.
func emitCore(name string, tops []*top) string {
	var t text
	t.line("CAPI=2:")
	t.line("name: ::%s:0", backend.Identifier(name))
	t.line("description: Activation functions of %s, with AXI interfaces", backend.Identifier(name))
	t.line("")
	t.line("filesets:")
	var rtl, benches []string
	for _, top := range tops {
		for _, m := range top.modules() {
			rtl = append(rtl, m.folder+"/"+m.name+".v")
			if len(top.trials) > 0 {
				benches = append(benches, m.folder+"/"+m.name+"_tb.v")
			}
		}
	}
	fileset(&t, "rtl", rtl)
	fileset(&t, "tb", benches)
	t.line("")
	t.line("targets:")
	t.line("  default:")
	t.line("    filesets: [rtl]")
	for _, top := range tops {
		for _, m := range top.modules() {
			t.line("  lint_%s:", m.name)
			t.line("    filesets: [rtl]")
			t.line("    toplevel: %s", m.name)
			t.line("    default_tool: verilator")
			t.line("    tools: {verilator: {mode: lint-only, verilator_options: [-Wall]}}")
			if len(top.trials) == 0 {
				continue
			}
			t.line("  sim_%s:", m.name)
			t.line("    filesets: [rtl, tb]")
			t.line("    toplevel: %s_tb", m.name)
			t.line("    default_tool: icarus")
			t.line("    tools: {icarus: {iverilog_options: [-g2005, -Wall]}}")
		}
	}
	return t.String()
}

// coreModule is a module as its files are found.
type coreModule struct{ folder, name string }

// modules are the module, and the top if it has one.
func (t *top) modules() []coreModule {
	all := []coreModule{{"verilog", t.core}}
	if t.streams() {
		all = append(all, coreModule{"axi", t.name})
	}
	return all
}

func fileset(t *text, name string, files []string) {
	t.line("  %s:", name)
	if len(files) == 0 {
		t.line("    files: []")
	} else {
		t.line("    files:")
		for _, f := range files {
			t.line("      - %s", f)
		}
	}
	t.line("    file_type: verilogSource-2005")
}

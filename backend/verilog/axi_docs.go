package verilog

import (
	"fmt"
	"strings"

	"grauc/backend"
	"grauc/ir/datapath"
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
	t.line("/* Offsets of the words of a channel, which cannot be read. */")
	t.line("#define %s_CHANNELS %du", up, r.unit.Channels)
	t.line("#define %s_CHANNEL_STRIDE 0x%xu", up, r.channelStride())
	for i := range r.words {
		f := &r.words[i]
		t.line("#define %s_WORD_%s 0x%xu", up, strings.ToUpper(f.Name), r.offset(f))
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
	t.lines(strings.NewReplacer("NAME", up, "name", r.name).Replace(driver))
	t.line("")
	t.line("#endif")
	return t.String()
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

// part is a register of the configuration: a word, or half of one.
type part struct {
	name   string
	offset uint64
	typ    datapath.Type
	doc    string
}

func (r *registerMap) parts() []part {
	var all []part
	for i := range r.words {
		f := &r.words[i]
		at := r.offset(f)
		if !wide(f) {
			all = append(all, part{f.Name, at, f.Type, f.Doc})
			continue
		}
		high := datapath.Type{Width: f.Type.Width - 32, Signed: f.Type.Signed}
		all = append(all,
			part{f.Name + "_low", at, datapath.Type{Width: 32}, "bits 31..0 of " + f.Name + ": " + f.Doc},
			part{f.Name + "_high", at + 4, high, "the bits of " + f.Name + " above those"})
	}
	return all
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
	for _, p := range r.parts() {
		t.open("reg {")
		t.line("desc = %s;", rdlString(p.doc))
		t.line("field { sw = w; hw = r; } value[%d:0];", p.typ.Width-1)
		t.close("} word_%s @ 0x%x;", p.name, p.offset-r.base())
	}
	t.close("} channel[%d] @ 0x%x += 0x%x;", r.unit.Channels, r.base(), r.channelStride())
	t.close("};")
	return t.String()
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
	t.line("%s, `0x%x` bytes from one to the next. The offsets are those of channel 0.", plural(r.unit.Channels, "channel"), r.channelStride())
	if r.stride == 8 {
		t.line("A word of more than 32 bits is written in halves: the low one is kept, the high one completes the word.")
		t.line("Nothing else of the configuration may be written in between.")
	}
	t.line("")
	t.line("| offset | name | bits | sign | meaning |")
	t.line("|---|---|---|---|---|")
	for _, p := range r.parts() {
		sign := "unsigned"
		if p.typ.Signed {
			sign = "signed"
		}
		t.line("| `0x%x` | %s | %d | %s | %s |", p.offset, p.name, p.typ.Width, sign, strings.ReplaceAll(p.doc, "|", "\\|"))
	}
	return t.String()
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

package verilog

import (
	"fmt"
	"slices"
	"strings"

	"grauc/ir"
	"grauc/ir/datapath"
)

// Names every module keeps for itself. Verilator does not ask who reads a signal
// with "unused" in its name.
const (
	unusedName = "_unused"
	indexName  = "index"
)

// emitModule is the text of m as a module called name for a part, under a head that ends in
// the lines of notes.
func emitModule(name string, m *datapath.Module, part ir.Part, notes []string) string {
	b := newBuilder(m, part)
	datapath.Build(m, b)
	var t text
	writeHead(&t, name, m, notes)
	writePorts(&t, name, m)
	b.writeBody(&t)
	t.line("endmodule")
	return t.String()
}

// writeBody writes everything between the ports and endmodule.
func (b *builder) writeBody(t *text) {
	outer := t.depth
	t.depth = 1
	block(t, "Memories", b.memories.String())
	block(t, "Tables", strings.TrimSuffix(b.tables.String(), "\n"))
	for i, s := range b.sections {
		block(t, b.title(i+configured), s.text())
	}
	block(t, "", b.outputs.String())
	block(t, "Bits that the result does not depend on", b.unused())
	t.depth = outer
}

func (b *builder) title(stage int) string {
	switch {
	case stage > 0:
		return fmt.Sprintf("Stage %d", stage)
	case stage == configured && b.ports["cfg_valid"] != nil:
		return "Configuration"
	case stage == configured:
		return "Constants"
	case len(b.sections) > stage-configured+1 && b.ports["cfg_ready"] != nil:
		return "Input and configuration"
	case len(b.sections) > stage-configured+1:
		return "Input"
	default:
		return ""
	}
}

// block writes a part of the body with an empty line before it, if there is any.
func block(t *text, title, body string) {
	if body == "" {
		return
	}
	t.line("")
	if title != "" {
		t.line("// %s", title)
	}
	t.WriteString(body)
}

// text is the parts of a section, an empty line between them.
func (s *section) text() string {
	parts := []string{s.registers.String()}
	for _, u := range s.early {
		parts = append(parts, u.text())
	}
	parts = append(parts, s.logic.String())
	for _, u := range s.late {
		parts = append(parts, u.text())
	}
	parts = append(parts, s.writes.String())
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, "\n")
}

func (u *update) text() string {
	var t text
	t.depth = 1
	u.write(&t)
	return t.String()
}

func (u *update) write(t *text) {
	switch {
	case u.reset:
		t.open("always @(posedge clk)")
		t.line("if (rst) begin")
		t.WriteString(u.clear.String())
		if u.enable == "" {
			t.line("end else begin")
		} else {
			t.line("end else if (%s) begin", u.enable)
		}
	case u.enable != "":
		t.open("always @(posedge clk)")
		t.line("if (%s) begin", u.enable)
	default:
		t.line("always @(posedge clk) begin")
	}
	t.WriteString(u.load.String())
	t.line("end")
	if u.reset || u.enable != "" {
		t.depth--
	}
}

// unused gathers the bits that nothing reads, so that lint can tell them from
// mistakes.
func (b *builder) unused() string {
	var parts []string
	for _, s := range b.signals {
		parts = append(parts, s.unread()...)
	}
	if len(parts) == 0 {
		return ""
	}
	var t text
	t.depth = 1
	t.open("wire %s = &{", unusedName)
	row := "1'b0"
	for _, p := range parts {
		if len(row)+len(p) > commentWidth {
			t.line("%s,", row)
			row = p
			continue
		}
		row += ", " + p
	}
	t.line("%s", row)
	t.close("};")
	return t.String()
}

// unread is the bits of s that nothing reads, as slices.
func (s *signal) unread() []string {
	var parts []string
	for low := 0; low < s.typ.Width; low++ {
		if s.read>>low&1 == 1 {
			continue
		}
		high := low
		for high+1 < s.typ.Width && s.read>>(high+1)&1 == 0 {
			high++
		}
		parts = append(parts, s.slice(high, low))
		low = high
	}
	return parts
}

func writeHead(t *text, name string, m *datapath.Module, notes []string) {
	t.line("// %s", name)
	if m.Source.File != "" {
		t.line("// from %s:%d", inert(m.Source.File), m.Source.Line)
	}
	t.line("//")
	for _, l := range m.Doc {
		t.comment(l)
	}
	if len(m.Doc) > 0 {
		t.line("//")
	}
	ports := portsByName(m)
	for _, p := range modulePorts(m) {
		t.line("// %-10s %s", p.name, ports.doc(p.name))
	}
	t.line("//")
	t.comment(timing(m))
	for _, l := range notes {
		t.comment(l)
	}
}

func timing(m *datapath.Module) string {
	if m.Latency == 0 {
		return "y follows x without a clock."
	}
	ready := fmt.Sprintf("y is ready %s after x is taken", ir.Plural(m.Latency, "clock"))
	if m.Interval > 0 {
		ready += fmt.Sprintf(", which can be every %s", ir.Plural(m.Interval, "clock"))
	}
	if _, streams := m.Input("x_valid"); !streams {
		return ready + "; an input is taken at every clock edge."
	}
	return ready + ", if nothing waits."
}

func writePorts(t *text, name string, m *datapath.Module) {
	t.open("module %s (", name)
	ports := modulePorts(m)
	for i, p := range ports {
		direction, comma := "input  wire", ","
		if p.output {
			direction = "output wire"
		}
		if i == len(ports)-1 {
			comma = ""
		}
		t.line("%s %s%s%s", direction, vector(p.typ), p.name, comma)
	}
	t.close(");")
}

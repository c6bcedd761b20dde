package lower

import "grauc/ir/datapath"

// configuration makes a memory of each field, held or written through a port.
func (g *generator) configuration() {
	if g.p.held != nil {
		for _, f := range g.p.fields() {
			g.memory[f.name] = g.Memory(datapath.Memory{Name: f.name, Type: f.typ, Depth: g.p.channels, Held: g.p.contents(f)})
		}
		return
	}
	port := g.configurationPort()
	for i, f := range g.p.fields() {
		enable := g.Named(g.Reg(port.selects(i), -1, new(int64)), "write_%s", f.name)
		g.memory[f.name] = g.Memory(datapath.Memory{
			Name: f.name, Type: f.typ, Depth: g.p.channels,
			Enable: enable, Addr: port.channel, Data: g.Cast(port.data, f.typ),
		})
	}
}

func (p *plan) contents(f field) []int64 {
	words := make([]int64, len(p.held))
	for i := range words {
		words[i] = f.of(&p.held[i])
	}
	return words
}

// port is the configuration port. Its decoded write enables, address and data are
// registered, which keeps their fan-out off the critical path: a word is in its
// memory two clocks after it was offered. It is for an idle unit: what is under
// way sees a mixture of old and new words.
type port struct {
	g             *generator
	valid, word   ref
	channel, data ref
}

func (g *generator) configurationPort() port {
	wordBits, channelBits, width := g.p.wordBits(), addressWidth(g.p.channels), 1
	for _, f := range g.p.fields() {
		width = max(width, f.typ.Width)
	}
	p := port{g: g, valid: g.Input("cfg_valid", datapath.Bit)}
	addr := g.Input("cfg_addr", unsigned(channelBits+wordBits))
	data := g.Input("cfg_data", unsigned(width))
	p.word = g.Cast(addr, unsigned(wordBits))
	p.channel = g.Const(datapath.Bit, 0)
	if channelBits > 0 {
		channel := g.Cast(g.Shr(addr, wordBits), unsigned(channelBits))
		p.channel = g.Named(g.Reg(channel, -1, nil), "write_channel")
	}
	p.data = g.Named(g.Reg(data, -1, nil), "write_data")
	return p
}

func (p port) selects(word int) ref {
	at := p.g.Const(p.g.Type(p.word), int64(word))
	return p.g.And(p.valid, p.g.Equal(p.word, at))
}

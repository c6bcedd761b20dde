package lower

import (
	"math/bits"

	"grauc/ir/datapath"
)

// configuration makes the memories, held or written through a port.
func (g *generator) configuration() {
	if g.p.held != nil {
		for _, s := range g.p.stores() {
			held := g.p.contents(&s)
			g.memory[s.name] = g.Memory(datapath.Memory{Name: s.name, Type: s.fields[0].typ, Depth: len(held), Held: held})
		}
		return
	}
	port := g.configurationPort()
	for _, s := range g.p.stores() {
		g.memory[s.name] = g.Memory(port.memory(&s))
	}
}

// contents are the words of a store, those of each channel together.
func (p *plan) contents(s *store) []int64 {
	var words []int64
	for i := range p.held {
		for _, f := range s.fields {
			words = append(words, f.of(&p.held[i]))
		}
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

// memory is a store that is written through the port. The words of its fields differ
// in bits that lie together, which choose among them.
func (p port) memory(s *store) datapath.Memory {
	g := p.g
	differ := 0
	for _, f := range s.fields {
		differ |= f.word ^ s.fields[0].word
	}
	t := g.Type(p.word)
	same := p.word
	if differ != 0 {
		same = g.And(same, g.Const(t, t.Wrap(^int64(differ))))
	}
	selected := g.And(p.valid, g.Equal(same, g.Const(t, int64(s.fields[0].word&^differ))))
	m := datapath.Memory{
		Name: s.name, Type: s.fields[0].typ, Depth: g.p.channels * len(s.fields),
		Enable: g.Named(g.Reg(selected, -1, new(int64)), "write_%s", s.name),
		Addr:   p.channel, Data: g.Cast(p.data, s.fields[0].typ),
	}
	if len(s.fields) > 1 {
		among := g.Cast(g.Shr(p.word, bits.TrailingZeros(uint(differ))), unsigned(s.bits()))
		m.Addr = g.join(p.channel, g.Reg(among, -1, nil))
	}
	return m
}

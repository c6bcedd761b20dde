package lower

import (
	"math/bits"

	"grauc/ir/datapath"
)

// configuration makes the memories, held or written through a port.
func (g *generator) configuration() {
	if g.p.held != nil {
		for _, s := range g.p.stores() {
			for _, l := range s.memories() {
				held := g.p.contents(&s, &l)
				g.memory[l.name] = g.Memory(datapath.Memory{Name: l.name, Type: l.typ, Depth: len(held), Held: held})
			}
		}
		return
	}
	port := g.configurationPort()
	for _, s := range g.p.stores() {
		port.memories(&s)
	}
}

// contents are what a memory holds of a store, the words of each channel together.
func (p *plan) contents(s *store, l *lane) []int64 {
	var words []int64
	for i := range p.held {
		for _, f := range s.fields[:1<<l.bits] {
			words = append(words, l.typ.Wrap(f.of(&p.held[i])>>l.low))
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

// memories make the memories of a store that is written through the port. The words of
// its fields differ in bits that lie together, which choose among them.
func (p port) memories(s *store) {
	g := p.g
	differ := 0
	for _, f := range s.fields {
		differ |= f.word ^ s.fields[0].word
	}
	t := g.Type(p.word)
	same, among := p.word, ref(-1)
	if differ != 0 {
		same = g.And(same, g.Const(t, t.Wrap(^int64(differ))))
		among = g.Reg(g.Cast(g.Shr(p.word, bits.TrailingZeros(uint(differ))), unsigned(s.bits())), -1, nil)
	}
	selected := g.And(p.valid, g.Equal(same, g.Const(t, int64(s.fields[0].word&^differ))))
	enable := g.Named(g.Reg(selected, -1, new(int64)), "write_%s", s.name)
	for _, l := range s.memories() {
		m := datapath.Memory{
			Name: l.name, Type: l.typ, Depth: g.p.channels << l.bits, Enable: enable, Addr: p.channel,
			Data: g.Cast(p.data, l.typ),
		}
		if l.low > 0 {
			m.Data = g.Cast(g.Shr(p.data, l.low), l.typ)
		}
		if among >= 0 {
			m.Addr = g.join(p.channel, g.Cast(among, unsigned(l.bits)))
		}
		g.memory[l.name] = g.Memory(m)
	}
}

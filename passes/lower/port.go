package lower

import (
	"math/bits"

	"grauc/ir"
	"grauc/ir/datapath"
)

// port is the configuration port. Decoded write enables, address and data are
// registered, which keeps their fan-out off the critical path: a word is in its
// memory at the clock edge after the one that took it.
//
// Where there is a handshake, the first word that is offered ends the taking of
// inputs, words are taken once nothing is under way, and inputs are taken again once
// the word complete was written: no output is computed from some old words and
// some new ones. Complete lives as long as the memories do, so that a reset keeps
// what it says of them. Without a handshake outputs follow each word.
type port struct {
	g             *generator
	valid, word   ref
	channel, data ref
	raw           ref     // data of this clock
	writes        []write // of the memories
	complete      ref     // inputs are taken; -1 without a handshake
}

// write is the register of a memory's write enable, to be connected, and whether the
// word that is offered belongs there.
type write struct{ enable, selected ref }

// guarded reports whether inputs wait while the configuration is written.
func (p *plan) guarded() bool { return p.held == nil && p.handshake() && p.load == ir.LoadPort }

// handshake reports whether inputs and outputs have valid and ready.
func (p *plan) handshake() bool { return p.style != ir.Parallel && !p.bare }

// configuration makes the memories, held or written through a port. Those that are
// loaded through the input are made where they are read.
func (g *generator) configuration() {
	if g.p.load == ir.LoadData {
		g.loadThroughInput()
		return
	}
	if g.p.held != nil {
		for _, s := range g.p.stores() {
			for _, l := range s.memories() {
				held := g.p.contents(&s, &l)
				g.memory[l.name] = g.Memory(datapath.Memory{Name: l.name, Type: l.typ, Depth: len(held), Held: held})
			}
		}
		return
	}
	g.port = g.configurationPort()
	for _, s := range g.p.stores() {
		g.port.memories(&s)
	}
	if !g.p.guarded() {
		g.port.connect(-1)
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

func (g *generator) configurationPort() *port {
	wordBits, channelBits, width := g.p.wordBits(), addressWidth(g.p.channels), 1
	for _, f := range g.p.fields() {
		width = max(width, f.typ.Width)
	}
	p := &port{g: g, valid: g.Input("cfg_valid", datapath.Bit), complete: -1}
	addr := g.Input("cfg_addr", unsigned(channelBits+wordBits))
	p.raw = g.Input("cfg_data", unsigned(width))
	p.word = g.Cast(addr, unsigned(wordBits))
	p.channel = g.Const(datapath.Bit, 0)
	if channelBits > 0 {
		channel := g.Cast(g.Shr(addr, wordBits), unsigned(channelBits))
		p.channel = g.Named(g.Reg(channel, -1, nil), "write_channel")
	}
	p.data = g.Named(g.Reg(p.raw, -1, nil), "write_data")
	if g.p.guarded() {
		p.complete = g.Named(g.Starting(g.Later(datapath.Bit, nil), 0), "complete")
	}
	return p
}

// memories make the memories of a store that is written through the port. The words of
// its fields differ in bits that lie together, which choose among them.
func (p *port) memories(s *store) {
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
	selected := g.Equal(same, g.Const(t, int64(s.fields[0].word&^differ)))
	enable := g.Named(g.Later(datapath.Bit, nil), "write_%s", s.name)
	p.writes = append(p.writes, write{enable, selected})
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

// connect decodes the words that are offered while ready is set. It never falls in
// the clock after a word was taken, so that it can be an enable.
func (p *port) connect(ready ref) {
	for _, w := range p.writes {
		p.g.Connect(w.enable, p.g.And(p.valid, w.selected), ready)
	}
}

// admit is whether an input is taken that is offered while the pipeline moves.
func (g *generator) admit(offered ref) ref {
	if g.port == nil || g.port.complete < 0 {
		return offered
	}
	return g.And(offered, g.port.complete)
}

// guard connects the port of a unit whose inputs and outputs have a handshake: words
// are taken while nothing is under way and no input is taken.
func (g *generator) guard(admitted ref, underWay []ref) {
	p := g.port
	if p == nil || p.complete < 0 {
		return
	}
	busy := admitted
	for _, valid := range underWay {
		busy = g.Or(busy, valid)
	}
	ready := g.Named(g.Not(busy), "cfg_ready")
	p.connect(ready)
	last := g.Equal(p.word, g.Const(g.Type(p.word), int64(g.p.completeWord())))
	whole := g.And(last, g.Cast(p.raw, datapath.Bit))
	g.Connect(p.complete, g.And(ready, whole), p.valid)
	g.Output("cfg_ready", ready)
}

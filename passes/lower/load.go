package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// loadThroughInput is the cheaper way to load a grid: a word travels along with an
// input and is written where that input reads. Each memory then has one address, and
// all words of a channel carry its prescale above their bits.
func (g *generator) loadThroughInput() {
	g.loading = true
	g.write = g.Input("cfg_valid", datapath.Bit)
	g.word = g.Input("cfg_data", unsigned(g.p.loadWidth()))
}

// loadWidth is the width of a word that is loaded through the input.
func (p *plan) loadWidth() int {
	width := p.lineWidth()
	if p.window != nil {
		width += p.window.indexWidth()
	}
	return width
}

// loadWord is what to load for segment k.
func (p *plan) loadWord(c *config, k int) int64 {
	word := p.line(c, k)
	if p.window != nil {
		word |= int64(c.prescale-p.window.first) << p.lineWidth()
	}
	return word
}

// unset is the reset of a bit that must not be set without cause: none where there is
// no handshake, as nothing is under way that it could spoil before a unit is loaded.
func (g *generator) unset() *int64 {
	if g.streams() {
		return new(int64)
	}
	return nil
}

// loadedHere makes a memory that is loaded through the input, to be read at an
// address in the stage being written.
func (g *generator) loadedHere(name string, at ref) {
	if !g.loading {
		return
	}
	for _, s := range g.p.stores() {
		if s.name != name {
			continue
		}
		data := g.word
		if name != tableName {
			data = g.Shr(data, g.p.lineWidth())
		}
		g.memory[name] = g.Memory(datapath.Memory{
			Name: name, Type: s.fields[0].typ, Depth: g.p.channels * len(s.fields),
			Enable: g.write, Addr: at, Data: g.Cast(data, s.fields[0].typ),
		})
	}
}

func (p *plan) loadDoc() string {
	s := p.lineDoc()
	if p.window != nil && p.window.first < p.window.last {
		s += fmt.Sprintf("; bits %d..%d shift of the window less %d", p.lineWidth(), p.loadWidth()-1, p.window.first)
	}
	return s
}

// offers is what to load for a channel: for each segment that inputs reach, one of
// them and the word. Where the words say how the window is shifted, the first is
// offered twice, because the first time it is written where the shift before puts it.
func (p *plan) offers(u *ir.Unit, f *pwl.Function, cfg *config, channel int) []datapath.Word {
	var words []datapath.Word
	seen := f.View.Seen(u.Input)
	for k := range p.segments {
		w := max(p.start(k), seen.Min())
		if w > min(p.start(k)+1<<p.grid.low-1, seen.Max()) {
			continue
		}
		x, _ := f.View.Inputs(w, u.Input)
		words = append(words, datapath.Word{
			Addr: uint64(channel)<<p.input.Width | uint64(x)&(1<<p.input.Width-1),
			Data: uint64(p.loadWord(cfg, k)),
		})
	}
	if p.loadWidth() > p.lineWidth() {
		words = append(words[:1:1], words...)
	}
	return words
}

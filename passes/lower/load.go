package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
	"grauc/ir/pwl"
)

// loadThroughInput is the cheaper way to load a grid: a word travels along with an
// input and is written where that input reads. Each memory then has one address, and
// all words carry, above the bits of a segment, a number of the row that the segment had
// before, and the channel's prescale.
func (g *generator) loadThroughInput() {
	g.loading = true
	g.write = g.Input("cfg_valid", datapath.Bit)
	g.word = g.Input("cfg_data", unsigned(g.p.loadWidth()))
}

// loadWidth is the width of a word that is loaded through the input.
func (p *plan) loadWidth() int {
	width := p.lineWidth()
	if p.rows > 0 {
		width += p.row.Width
	}
	if p.window != nil {
		width += p.window.indexWidth()
	}
	return width
}

// prescaleAt is the place of the prescale in a word that is loaded.
func (p *plan) prescaleAt() int {
	if p.window == nil {
		return p.loadWidth()
	}
	return p.loadWidth() - p.window.indexWidth()
}

// loadWord is what to load for segment k and, of its row, number l.
func (p *plan) loadWord(c *config, k, l int) int64 {
	word := p.line(c, k)
	if p.rows > 0 {
		word |= c.number(c.row[k], l) << p.lineWidth()
	}
	if p.window != nil {
		word |= int64(c.prescale-p.window.first) << p.prescaleAt()
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
		switch name {
		case prescaleName:
			data = g.Shr(data, g.p.prescaleAt())
		case rowsName:
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
	if p.rows > 0 {
		s += fmt.Sprintf("; bits %d..%d number of the row that the segment had before, where the low %s of w are those of this x",
			p.lineWidth(), p.prescaleAt()-1, ir.Plural(p.grid.low, "bit"))
	}
	if p.window != nil && p.window.first < p.window.last {
		s += fmt.Sprintf("; bits %d..%d %s", p.prescaleAt(), p.loadWidth()-1, p.prescaleDoc())
	}
	return s
}

// offers is what to load for a channel: for each segment that inputs reach, one of
// them and the word. Where the words say how the window is shifted, the first is
// offered twice, because the first time it is written where the shift before puts it. The
// numbers of rows follow: until all words of segments are there, they are written to the
// rows that there were before.
func (p *plan) offers(u *ir.Unit, f *pwl.Function, cfg *config, channel int) []datapath.Word {
	var words []datapath.Word
	seen := f.View.Seen(u.Input)
	offer := func(w, word int64) (datapath.Word, bool) {
		x, _ := f.View.Inputs(w, u.Input)
		return datapath.Word{
			Addr: uint64(channel)<<p.input.Width | uint64(x)&(1<<p.input.Width-1),
			Data: uint64(word),
		}, seen.Contains(w)
	}
	for k := range p.segments {
		w := max(p.start(k), seen.Min())
		if w > p.start(k)+1<<p.grid.low-1 {
			continue
		}
		if word, reached := offer(w, p.loadWord(cfg, k, int(w&(1<<p.grid.low-1)))); reached {
			words = append(words, word)
		}
	}
	if p.loadWidth() > p.prescaleAt() {
		words = append(words[:1:1], words...)
	}
	if p.rows > 0 {
		words = append(words, p.rowWords(cfg, offer)...)
	}
	return words
}

package lower

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/datapath"
)

// Segments of a decomposed table share rows: the word of a segment says which one, and
// the low bits of w which of its numbers is added to the bias.

const rowsName = "rows"

// rowNumber is the width of what says which row.
func (p *plan) rowNumber() int {
	if p.rows == 0 {
		return 0
	}
	return addressWidth(p.rows)
}

// rowStores are all rows in one memory.
func (p *plan) rowStores() []store {
	if p.rows == 0 {
		return nil
	}
	s := store{name: rowsName}
	for r := range p.rows {
		for l := range 1 << p.grid.low {
			s.fields = append(s.fields, field{
				name: fmt.Sprintf("row%d_%d", r, l), doc: fmt.Sprintf("number k of row i: added in segments of that row where the low %s of w are k", ir.Plural(p.grid.low, "bit")),
				typ: p.row, of: func(c *config) int64 { return c.number(r, l) },
			})
		}
	}
	return []store{s}
}

// number is that in a row, 0 in those that the configuration does not have.
func (c *config) number(row, at int) int64 {
	if row >= len(c.rows) {
		return 0
	}
	return c.rows[row][at]
}

// plusRow adds to sum what the low bits choose in the row that a word names.
func (g *generator) plusRow(sum, word, low ref) ref {
	p := g.p
	row := g.Named(g.Cast(g.Shr(word, p.bias.Width), unsigned(p.rowNumber())), "row")
	at := g.join(g.channel, g.above(row, low))
	g.loadedHere(rowsName, at)
	number := g.Named(g.Read(g.memory[rowsName], at), "number")
	g.readCut(&sum, &number)
	return g.Named(g.Add(p.sum, sum, g.Cast(number, p.sum)), "sum")
}

// rowWords are what to load into rows through the input: for each number that inputs
// reach, one of them. The words of their segments must be loaded.
func (p *plan) rowWords(c *config, offer func(w, word int64) (datapath.Word, bool)) []datapath.Word {
	var words []datapath.Word
	size := 1 << p.grid.low
	done := make([]bool, p.rows*size)
	for k := range p.segments {
		for l := range size {
			at := c.row[k]*size + l
			if done[at] {
				continue
			}
			if word, ok := offer(p.start(k)+int64(l), p.loadWord(c, k, l)); ok {
				words, done[at] = append(words, word), true
			}
		}
	}
	return words
}

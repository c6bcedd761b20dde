package passes

import (
	"fmt"

	"grauc/ir"
	"grauc/ir/pwl"
)

// What is weighed of tables.
const (
	widestTable = 11 // bits of the window: a table of 8-bit outputs is a block memory then
	sharedOf    = 3  // windows
	mostShared  = 16 // rows
)

// tabled is a layer as tables of windows in which its function changes, wherever the
// error stays within most: direct, of the coarsest window that does and of the widest, and
// of segments of 4, 8 and 16 codes with the fewest rows that do.
func tabled(l *pwl.Layer, most int64) []*pwl.Layer {
	if !grids(l) {
		return nil
	}
	low, high := changing(l)
	var all []*pwl.Layer
	met := 0
	for width := max(l.Output.Width+coarsest, 1); width <= widestTable; width++ {
		w, ok := windowAround(low, high, width, l.Input.Integer)
		if !ok || met >= sharedOf && width < widestTable {
			continue
		}
		direct := asTable(l, w, 1<<width, 0, most)
		if direct == nil {
			continue
		}
		if met++; met == 1 || width == widestTable {
			all = append(all, direct)
		}
		if met <= sharedOf {
			all = append(all, shared(l, w, most)...)
		}
	}
	return all
}

// shared is a layer as tables of a window with rows.
func shared(l *pwl.Layer, w ir.Window, most int64) []*pwl.Layer {
	var all []*pwl.Layer
	for low := 2; low <= min(4, w.Bits-1); low++ {
		for rows := 2; rows <= mostShared; rows *= 2 {
			if other := asTable(l, w, 1<<(w.Bits-low), rows, most); other != nil {
				all = append(all, other)
				break
			}
		}
	}
	return all
}

// asTable is a layer as a table, or nil if its error is above most.
func asTable(l *pwl.Layer, w ir.Window, segments, rows int, most int64) *pwl.Layer {
	shape := l.Shape.TableShape(l.Input.Integer, l.Output.Integer, w, segments, rows)
	return refitted(l, shape, most, ir.Table)
}

// tableForm is a table in words.
func tableForm(s *ir.Shape) string {
	said := fmt.Sprintf("table of %d words", s.Segments)
	if s.Rows > 0 {
		said = fmt.Sprintf("table of %d segments and %d rows", s.Segments, s.Rows)
	}
	return said + windowForm(s.Window)
}

// windowForm is a window in words, or nothing for the whole input.
func windowForm(w ir.Window) string {
	if w.Bits == 0 {
		return ""
	}
	return fmt.Sprintf(", window %d", w.Bits)
}

// asTables are tables of a window in the place of a unit: direct, and of segments of 8
// and of 16 codes that share rows, which are larger the more rows they have.
func asTables(u *ir.Unit, w ir.Window) [][]*ir.Unit {
	table := func(segments, rows int) *ir.Unit {
		other := *u
		other.Implement, other.Shape = ir.Table, u.TableShape(u.Input, u.Output, w, segments, rows)
		return &other
	}
	var all [][]*ir.Unit
	if w.Bits <= ir.MaxTableWidth {
		all = append(all, []*ir.Unit{table(1<<w.Bits, 0)})
	}
	for low := 3; low <= 4 && low < min(w.Bits, widestTable); low++ {
		var sharing []*ir.Unit
		for rows := 4; rows <= mostShared; rows *= 2 {
			sharing = append(sharing, table(1<<(w.Bits-low), rows))
		}
		all = append(all, sharing)
	}
	return all
}

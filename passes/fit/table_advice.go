package fit

import (
	"fmt"

	"grauc/ir"
)

// leastShared is the least maximum error that is found for a table with rows.
func (f *fitter) leastShared(shape ir.Shape, in ir.Integer) int64 {
	spans := f.equal(0)
	bound := f.leastTolerance(func() bool { return f.allHold(spans) })
	j := &job{golden: f.golden, shape: shape, datapath: in}
	_, least := j.sharing(f).leastTolerance(bound, -1)
	return least
}

func describeTable(s ir.Shape) string {
	if s.Rows == 0 {
		return fmt.Sprintf("a table of %d words", s.Segments)
	}
	return fmt.Sprintf("a table of %s and %s of numbers of %s", ir.Plural(s.Segments, "segment"), ir.Plural(s.Rows, "row"), ir.Plural(s.RowBits, "bit"))
}

// mostOf is the widest window of a table.
func mostOf(s *ir.Shape) int {
	if s.Rows > 0 {
		return ir.MaxRowsWidth
	}
	return ir.MaxTableWidth
}

// tableChanges are larger tables: with a window of one and two bits more below it, with
// more segments, and with more rows.
func tableChanges(s ir.Shape, in ir.Integer) []Change {
	var list []Change
	for more := 1; more <= 2; more++ {
		wide := s
		wide.Window.Bits += more
		wide.Window.MinShift -= more
		wide.Window.MaxShift -= more
		if s.Window.Bits == 0 || wide.Window.Bits > min(in.Width, mostOf(&s)) || wide.Window.MinShift < 0 || s.Window.MinShift < s.Window.MaxShift {
			break
		}
		if s.Rows == 0 {
			wide.Segments <<= more
		}
		list = append(list, Change{fmt.Sprintf("window = %d", wide.Window.Bits), wide})
	}
	if s.Rows == 0 {
		return list
	}
	if s.LowBits(in) > 1 {
		finer := s
		finer.Segments *= 2
		list = append(list, Change{fmt.Sprintf("segments = %d", finer.Segments), finer})
	}
	for more := s.Rows * 2; more <= min(4*s.Rows, ir.MaxRows); more *= 2 {
		rows := s
		rows.Rows = more
		list = append(list, Change{fmt.Sprintf("rows = %d", more), rows})
	}
	return list
}

package certify

import (
	"fmt"
	"strconv"
	"strings"

	"grauc/ir"
	"grauc/ir/pwl"
)

// rowless is a shape without rows that holds all functions of another: with a segment for
// each code where there were rows.
func rowless(s *ir.Shape, in ir.Integer) *ir.Shape {
	if s.Rows == 0 {
		return s
	}
	all := *s
	all.Segments, all.Rows, all.RowBits = int(s.Window.Codes(in).Count()), 0, 0
	return &all
}

// rowsOf prints rows, one a line.
func rowsOf(f *pwl.Function) []string {
	var lines []string
	for _, row := range f.Rows {
		words := make([]string, len(row))
		for i, v := range row {
			words[i] = strconv.FormatInt(v, 10)
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}

// readRows reads what rowsOf printed and holds it against the shape.
func (r *Certificate) readRows(l *ir.Layer, in ir.Integer) ([][]int64, error) {
	if len(r.Rows) != l.Shape.Rows {
		return nil, fault("rows", "%d of them where the shape has %d", len(r.Rows), l.Shape.Rows)
	}
	var rows [][]int64
	for _, line := range r.Rows {
		var row []int64
		for _, word := range strings.Split(line, " ") {
			v, err := strconv.ParseUint(word, 10, l.Shape.RowBits)
			if err != nil || fmt.Sprint(v) != word {
				return nil, fault("rows", "%q is no number of %d bits", word, l.Shape.RowBits)
			}
			row = append(row, int64(v))
		}
		if len(row) != 1<<l.Shape.LowBits(in) {
			return nil, fault("rows", "%d numbers where a segment has %d codes", len(row), 1<<l.Shape.LowBits(in))
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// spelled is a table with rows as one with a segment for each code.
func spelled(f *pwl.Function) *pwl.Function {
	if f.Rows == nil {
		return f
	}
	all := &pwl.Function{Input: f.Input, Output: f.Output, View: f.View}
	last := see(f.View, f.Input.Max())
	for i, s := range f.Segments {
		end := last
		if i+1 < len(f.Segments) {
			end = f.Segments[i+1].Start - 1
		}
		row := f.Rows[s.Row]
		for w := s.Start; w <= end; w++ {
			all.Segments = append(all.Segments, pwl.Segment{Start: w, Bias: s.Bias + row[int(w)&(len(row)-1)]})
		}
	}
	return all
}

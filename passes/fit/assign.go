package fit

import (
	"cmp"
	"math"
	"slices"
)

// assignment is a search for rows that segments share, depth first: the segment that
// fewest rows can take is next, and the row that loses least takes it.
type assignment struct {
	*sharing
	budget  int64
	free    *differences // of a row that no segment is in
	freedom []int64      // of each segment in a row of its own
	classes []*differences
	takes   [][]bool // by row, which segments without a row can join
	row     []int    // of each segment, -1: none yet
}

// search finds rows, or gives up.
func (s *sharing) search(budget int64) *table {
	a := &assignment{sharing: s, budget: budget, free: newDifferences(s.size(), s.span)}
	for _, k := range s.segments {
		least, most, ok := a.free.reach(s.bounds(k))
		if !ok {
			return nil
		}
		a.freedom = append(a.freedom, a.free.with(least, most).room())
		a.row = append(a.row, -1)
	}
	if !a.assign() {
		return nil
	}
	return a.table()
}

// next is the segment without a row that fewest rows can take, or -1.
func (a *assignment) next() int {
	best, fewest := -1, math.MaxInt
	for i := range a.segments {
		if a.row[i] >= 0 {
			continue
		}
		n := 0
		for _, takes := range a.takes {
			if takes[i] {
				n++
			}
		}
		if n < fewest || n == fewest && a.freedom[i] < a.freedom[best] {
			best, fewest = i, n
		}
	}
	return best
}

// choice is a row that a segment may take, and what differences that leaves.
type choice struct {
	row  int
	with *differences
	lost int64
}

// choices are the rows that a segment may take, in the order to try them: a row of its
// own last.
func (a *assignment) choices(i int) []choice {
	var list []choice
	lo, hi := a.bounds(a.segments[i])
	for c, class := range a.classes {
		if a.takes[c][i] {
			least, most, _ := class.reach(lo, hi)
			with := class.with(least, most)
			list = append(list, choice{c, with, class.room() - with.room()})
		}
	}
	slices.SortStableFunc(list, func(x, y choice) int { return cmp.Compare(x.lost, y.lost) })
	if len(a.classes) < a.rows {
		least, most, _ := a.free.reach(lo, hi)
		list = append(list, choice{row: len(a.classes), with: a.free.with(least, most)})
	}
	return list
}

// assign gives rows to all segments that have none.
func (a *assignment) assign() bool {
	i := a.next()
	if i < 0 {
		return true
	}
	for _, c := range a.choices(i) {
		if a.budget < 0 {
			return false
		}
		undo := a.put(i, c)
		if a.assign() {
			return true
		}
		undo()
	}
	return false
}

// put gives a segment a row.
func (a *assignment) put(i int, c choice) (undo func()) {
	a.row[i] = c.row
	if c.row == len(a.classes) {
		a.classes, a.takes = append(a.classes, c.with), append(a.takes, a.taking(c.with))
		return func() {
			a.row[i] = -1
			a.classes, a.takes = a.classes[:c.row], a.takes[:c.row]
		}
	}
	class, takes := a.classes[c.row], a.takes[c.row]
	a.classes[c.row], a.takes[c.row] = c.with, a.taking(c.with)
	return func() {
		a.row[i] = -1
		a.classes[c.row], a.takes[c.row] = class, takes
	}
}

// taking is which segments without a row can join one.
func (a *assignment) taking(d *differences) []bool {
	takes := make([]bool, len(a.segments))
	for i, k := range a.segments {
		if a.row[i] < 0 {
			_, _, takes[i] = d.reach(a.bounds(k))
			a.budget -= int64(2 * len(d.at))
		}
	}
	return takes
}

// table is the rows found, and some bias for each segment.
func (a *assignment) table() *table {
	t := &table{row: make([]int, len(a.most)), bias: make([]int64, len(a.most))}
	for _, class := range a.classes {
		t.rows = append(t.rows, class.some())
	}
	for len(t.rows) < a.sharing.rows {
		t.rows = append(t.rows, make([]int64, a.size()))
	}
	for i, k := range a.segments {
		for _, same := range append(a.alike[k], k) {
			t.row[same] = a.row[i]
			t.bias[same], _ = a.biases(t, same)
		}
	}
	return t
}

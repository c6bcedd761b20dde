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
	budget += 4 * int64(len(s.lo)) * int64(len(s.lo)) // what it takes without going back
	a := &assignment{sharing: s, budget: budget, free: newDifferences(s.size(), s.span)}
	defer func() { s.work += budget - a.budget }()
	for _, k := range s.segments {
		least, most, ok := a.free.reach(s.bounds(k))
		a.spend(4)
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

// spend takes from the budget what it takes to look at all differences so many times.
func (a *assignment) spend(times int) { a.budget -= int64(times * len(a.free.at)) }

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

// choice is a row that a segment may take, and how much of its differences that takes.
type choice struct {
	row  int
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
			list = append(list, choice{c, class.room() - class.with(least, most).room()})
			a.spend(4)
		}
	}
	slices.SortStableFunc(list, func(x, y choice) int { return cmp.Compare(x.lost, y.lost) })
	if len(a.classes) < a.rows {
		list = append(list, choice{row: len(a.classes)})
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
		undo := a.put(i, c.row)
		if a.assign() {
			return true
		}
		undo()
	}
	return false
}

// put gives a segment a row.
func (a *assignment) put(i, row int) (undo func()) {
	class, takes := a.free, []bool(nil)
	if row == len(a.classes) {
		a.classes, a.takes = append(a.classes, nil), append(a.takes, nil)
	} else {
		class, takes = a.classes[row], a.takes[row]
	}
	a.row[i] = row
	least, most, _ := class.reach(a.bounds(a.segments[i]))
	a.classes[row] = class.with(least, most)
	a.takes[row] = a.taking(a.classes[row])
	return func() {
		a.row[i] = -1
		a.classes[row], a.takes[row] = class, takes
		if class == a.free {
			a.classes, a.takes = a.classes[:row], a.takes[:row]
		}
	}
}

// taking is which segments without a row can join one.
func (a *assignment) taking(d *differences) []bool {
	takes := make([]bool, len(a.segments))
	for i, k := range a.segments {
		if a.row[i] < 0 {
			_, _, takes[i] = d.reach(a.bounds(k))
			a.spend(2)
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

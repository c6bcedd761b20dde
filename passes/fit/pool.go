package fit

import (
	"math/bits"
	"slices"
)

// candidate is a line with the stretch of inputs on which it holds.
type candidate struct {
	line
	start, end int64
	first      int     // cell that it starts with
	losses     []int64 // of the first 0, 1, ... cells of its own, nil if not known
}

// pool is lines to choose the pieces of a fit from. Pieces may break at the starts
// of runs, where lines begin or cease to hold, and at cuts.
type pool struct {
	*fitter
	*objective
	lines  []candidate
	cuts   []int64
	starts []int64 // of the cells
	coarse []int64 // starts of the cells of the cover before
	runs   []int   // that hold the cells
	links  []link  // room for those of cover
	losses []int64 // room for those of the lines
	spare  []int64 // room for those of the next prepare
	edges  []int64 // room for starts of cells within runs
	order  []int64 // room for runs by length
}

func newPool(f *fitter, o *objective) *pool {
	p := &f.pool
	p.fitter, p.objective = f, o
	p.lines, p.cuts, p.starts = p.lines[:0], p.cuts[:0], p.starts[:0]
	return p
}

// add takes the lines in that promise most on a span, and tells whether any is new.
func (p *pool) add(s span) bool {
	added := false
	for _, r := range p.foremost(p.objective, s) {
		added = p.addLine(r.line, s) || added
	}
	return added
}

// addLine takes a line in that holds on a span.
func (p *pool) addLine(l line, s span) bool {
	for i := range p.lines {
		if c := &p.lines[i]; c.slope == l.slope && c.bias == l.bias && c.start <= s.start && s.end <= c.end {
			return false
		}
	}
	c := candidate{line: l, start: p.holdsFrom(l, s.start), end: p.holdsTo(l, s.end)}
	p.lines = append(p.lines, c)
	return true
}

// addPlateaus takes constants in that are exact on the longest runs.
func (p *pool) addPlateaus(n int) {
	flat := &p.slopes[slices.IndexFunc(p.slopes, func(s slope) bool { return s.count == 0 })]
	width := bits.Len(uint(len(p.start)))
	p.order = p.order[:0]
	for i, start := range p.start {
		p.order = append(p.order, (start-p.end[i])<<width|int64(i))
	}
	slices.Sort(p.order)
	for _, key := range p.order[:min(n, len(p.order))] {
		i := int(key & (1<<width - 1))
		p.addLine(line{flat, p.golden.Runs[i].Value << p.guard}, span{p.start[i], p.end[i], i})
	}
}

// addShifted takes lines in beside that of a piece, where they hold longest.
func (p *pool) addShifted(q piece) bool {
	added := false
	for _, by := range []int64{-1, 1} {
		l := line{q.slope, q.bias + by<<p.guard}
		if s := p.longestHold(l, q.span); s.start <= s.end {
			added = p.addLine(l, s) || added
		}
	}
	return added
}

// longestHold is the longest stretch of whole runs within a span on which a line
// holds, empty if there is none.
func (p *pool) longestHold(l line, s span) span {
	best := span{start: 0, end: -1}
	now := best
	for i := s.run; i < len(p.start) && p.end[i] <= s.end; i++ {
		switch {
		case !p.holds(l, i, p.start[i], p.end[i]):
			now = span{start: 0, end: -1}
			continue
		case now.start > now.end:
			now = span{start: p.start[i], run: i}
		}
		if now.end = p.end[i]; now.end-now.start > best.end-best.start {
			best = now
		}
	}
	return best
}

// holds reports whether a line keeps to the tolerance on a part of a run.
func (f *fitter) holds(l line, run int, lo, hi int64) bool {
	least, greatest := f.narrow(l.slope, run, lo, hi, l.bias, l.bias)
	return least <= greatest
}

// holdsTo is the last input up to which a line holds that does at x.
func (f *fitter) holdsTo(l line, x int64) int64 {
	for run := f.runOf(x); run < len(f.end); run++ {
		lo, last := max(x, f.start[run]), f.end[run]
		if end := l.sum.LastWithin(lo, last, f.low[run]-l.bias, f.high[run]-l.bias); end < last {
			return end
		}
	}
	return f.last()
}

// holdsFrom is the first input from which on a line holds that does at x.
func (f *fitter) holdsFrom(l line, x int64) int64 {
	for run := f.runOf(x); run >= 0; run-- {
		first, hi := f.start[run], min(x, f.end[run])
		if start := l.sum.FirstWithin(first, hi, f.low[run]-l.bias, f.high[run]-l.bias); start > first {
			return start
		}
	}
	return f.first()
}

// prepare cuts the inputs into cells and finds what each line loses on each.
func (p *pool) prepare() {
	p.cut()
	total := 0
	for i := range p.lines {
		total += p.cellsOf(&p.lines[i]) + 1
	}
	p.losses, p.spare = p.spare, p.losses
	room := sized(p.losses, total)[:0]
	for i := range p.lines {
		room = p.measure(&p.lines[i], room)
	}
	p.losses = room
}

// cut finds the cells.
func (p *pool) cut() {
	p.edges = append(p.edges[:0], p.cuts...)
	for i := range p.lines {
		p.edges = append(p.edges, p.lines[i].start)
		if end := p.lines[i].end; end < p.last() {
			p.edges = append(p.edges, end+1)
		}
	}
	slices.Sort(p.edges)
	p.coarse, p.starts, p.runs = p.starts, p.coarse[:0], p.runs[:0]
	next := 0
	for run, x := range p.start {
		p.starts, p.runs = append(p.starts, x), append(p.runs, run)
		for ; next < len(p.edges) && p.edges[next] <= p.end[run]; next++ {
			if p.edges[next] > p.starts[len(p.starts)-1] {
				p.starts, p.runs = append(p.starts, p.edges[next]), append(p.runs, run)
			}
		}
	}
}

// cellsOf is how many cells a line holds on.
func (p *pool) cellsOf(l *candidate) int {
	first, _ := slices.BinarySearch(p.starts, l.start)
	after, _ := slices.BinarySearch(p.starts, l.end+1)
	return after - first
}

// measure finds what a line loses on its cells. Those that are as they were before
// are not looked at again. The losses are appended to room.
func (p *pool) measure(l *candidate, room []int64) []int64 {
	before, old := l.losses, l.first
	l.first, _ = slices.BinarySearch(p.starts, l.start)
	from := len(room)
	room = append(room, 0)
	total, known := int64(0), 0
	for c := l.first; c < len(p.starts) && p.starts[c] <= l.end; c++ {
		start, last := p.starts[c], p.cellEnd(c)
		for known+1 < len(before) && p.coarse[old+known] < start {
			known++
		}
		if known+1 < len(before) && p.coarse[old+known] == start && endOf(p.coarse, old+known, p.last()) == last {
			total += before[known+1] - before[known]
		} else {
			total += p.lossIn(p.objective, l.line, p.runs[c], start, last)
		}
		room = append(room, total)
	}
	l.losses = room[from:]
	return room
}

func (p *pool) cellEnd(c int) int64 { return endOf(p.starts, c, p.last()) }

// endOf is the end of a stretch, given the starts of all.
func endOf(starts []int64, i int, last int64) int64 {
	if i+1 < len(starts) {
		return starts[i+1] - 1
	}
	return last
}

// link is the last piece of a cover of the first few cells.
type link struct {
	cost       int64
	line, from int32
}

// cover is the pieces, up to limit, that lose least. The lines must have a cover.
func (p *pool) cover(limit int) []piece {
	p.prepare()
	n := len(p.starts)
	p.links = sized(p.links, (limit+1)*(n+1))
	for i := range p.links {
		p.links[i].cost = infinite
	}
	p.links[0].cost = 0
	layers := slices.Collect(slices.Chunk(p.links, n+1))
	for k := 1; k <= limit; k++ {
		for i := range p.lines {
			p.lines[i].follow(int32(i), layers[k-1], layers[k])
		}
	}
	best := 1
	for k := range layers {
		if layers[k][n].cost < layers[best][n].cost {
			best = k
		}
	}
	pieces := make([]piece, best)
	for c := n; best > 0; best-- {
		l := &layers[best][c]
		s := span{p.starts[l.from], p.cellEnd(c - 1), p.runs[l.from]}
		pieces[best-1] = piece{s, p.lines[l.line].line, p.lossOn(p.objective, p.lines[l.line].line, s)}
		c = int(l.from)
	}
	return pieces
}

// follow extends covers by one piece on the line, which is number i.
func (l *candidate) follow(i int32, from, to []link) {
	from, to = from[l.first:][:len(l.losses)], to[l.first:][:len(l.losses)]
	entry, at := infinite, int32(0)
	for j, loss := range l.losses {
		if cost := entry + loss; cost < to[j].cost {
			to[j] = link{cost, i, at}
		}
		if cost := from[j].cost - loss; cost < entry {
			entry, at = cost, int32(l.first+j)
		}
	}
}

package fit

import "math"

// steep reports whether a slope is steeper than the function by more than half, or
// changes much oftener than one that is not.
func (t *tied) steep(sl *slope) bool {
	return !t.thorough && (math.Abs(sl.sum.Rise()) > math.Ldexp(1.5, -int(t.grid)) || sl.sum.Grain()+2 < t.grid)
}

// lifetime is on how many inputs a steep line holds at most while it is between the
// clamps: in the time it takes to leave any stretch of the golden function behind.
func (t *tied) lifetime() int64 {
	least := math.Inf(1)
	for i := range t.slopes {
		if t.steep(&t.slopes[i]) {
			least = min(least, math.Abs(t.rises[i]))
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	all := t.last() - t.first() + 1
	flat := math.Ldexp(float64(2*t.tolerance+2), t.guard) / max(least, 1/float64(all)) // where golden is level
	for life := int64(min(flat, float64(all))) + 1; life < all; life += life/4 + 1 {
		most := float64((t.variation(life) + 2*t.tolerance + 2) << t.guard)
		if least*float64(life) > most+float64(t.floors) {
			return life
		}
	}
	return all
}

// variation is how much golden rises and falls at most within so many inputs.
func (t *tied) variation(inputs int64) (most int64) {
	change := func(run int) int64 {
		d := t.golden.Runs[run].Value - t.golden.Runs[run-1].Value
		return max(d, -d)
	}
	now, from := int64(0), 1
	for run := 1; run < len(t.start); run++ {
		now += change(run)
		for ; t.start[run]-t.start[from] >= inputs; from++ {
			now -= change(from)
		}
		most = max(most, now)
	}
	return most
}

// loosen adds what stands for the steep lines of each stretch that such may hold on.
func (t *tied) loosen() {
	if t.life == 0 {
		return
	}
	out := t.golden.Output
	for i := range t.stretches {
		s := &t.stretches[i]
		if t.between(s.start, s.end) > t.life {
			continue
		}
		lo, hi := t.walled(s.start, -1), t.walled(s.end, 1)
		under, over := t.zone(*s, t.low, -unbounded), t.zone(*s, t.high, unbounded)
		if under == nil && over == nil || !t.clamped(under, out.Min(), lo, hi) || !t.clamped(over, out.Max(), lo, hi) {
			t.loose(lo, hi)
		}
	}
}

// clamped adds what stands for the lines that are clamped to an output in a zone and steep
// at its ends, which are no farther away than they hold there. It tells whether that is all
// there may be from lo to hi.
func (t *tied) clamped(z *zone, output, lo, hi int64) bool {
	if z == nil {
		return true
	}
	if lo < z.start-t.life || hi > z.end+t.life {
		return false
	}
	from := t.find(lo)
	sums := make([]int64, 1, len(t.patches)-from+1)
	for i := from; i < len(t.patches) && t.patches[i].lo <= hi; i++ {
		p, loss := &t.patches[i], int64(0)
		if z.start < p.lo && p.lo < z.end {
			loss = p.at(output - p.golden)
		}
		sums = append(sums, sums[len(sums)-1]+loss)
	}
	l := tiedLine{first: from, after: from + len(sums) - 1}
	l.enter = len(t.losses)
	for i, j := 0, 0; i < len(sums); i++ {
		for ; j+1 < len(sums) && t.at(from+j) < t.at(from+i)+t.life; j++ {
		}
		t.losses = append(t.losses, sums[j])
	}
	l.leave = len(t.losses)
	for i, j := 0, 0; i < len(sums); i++ {
		for ; j < i && t.at(from+j+1) <= t.at(from+i)-t.life; j++ {
		}
		t.losses = append(t.losses, sums[j])
	}
	t.lines = append(t.lines, l)
	return true
}

// at is where a patch begins, or the inputs end.
func (t *tied) at(patch int) int64 {
	if patch == len(t.patches) {
		return t.last() + 1
	}
	return t.patches[patch].lo
}

// between is the longest part of lo..hi where both bounds keep lines off the clamps.
func (t *tied) between(lo, hi int64) (longest int64) {
	now := int64(0)
	for run := t.runOf(lo); run < len(t.start) && t.start[run] <= hi; run++ {
		if t.low[run] == -unbounded || t.high[run] == unbounded {
			now = 0
			continue
		}
		now += min(hi, t.end[run]) - max(lo, t.start[run]) + 1
		longest = max(longest, now)
	}
	return longest
}

// walled is how far from x a steep line may hold, forwards or backwards.
func (t *tied) walled(x, step int64) int64 {
	run := t.runOf(x)
	between := int64(0)
	for {
		edge, beyond := t.end[run], run+1
		if step < 0 {
			edge, beyond = t.start[run], run-1
		}
		if t.low[run] == -unbounded || t.high[run] == unbounded {
			between = 0
		} else if between += (edge-x)*step + 1; between > t.life {
			return edge - step*(between-t.life)
		}
		if beyond < 0 || beyond == len(t.start) {
			return edge
		}
		run, x = beyond, edge+step
	}
}

// loose adds what holds from lo to hi and loses nothing.
func (t *tied) loose(lo, hi int64) {
	l := tiedLine{first: t.find(lo), after: t.find(hi) + 1}
	l.enter, l.leave = len(t.losses), len(t.losses)
	for range l.after - l.first + 1 {
		t.losses = append(t.losses, 0)
	}
	t.lines = append(t.lines, l)
}

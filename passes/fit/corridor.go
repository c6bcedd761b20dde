package fit

// corridor is where the segments of all fits of a number of them that keep to the
// tolerance start: number k at one of least[k]..most[k]. Number 0 starts with the inputs,
// and one more than there are, after them.
type corridor struct{ least, most []int64 }

// corridor is as wide as the tolerance allows: what the first segments reach at most,
// and what the last ones do from the other end. The tolerance must be within reach.
func (f *fitter) corridor(segments int) corridor {
	c := corridor{make([]int64, segments+1), make([]int64, segments+1)}
	for k := range c.least {
		c.least[k], c.most[k] = f.first(), f.last()+1
	}
	c.most[0], c.least[segments] = f.first(), f.last()+1
	spans, _ := f.cover(segments)
	for k, s := range spans[1:] {
		c.most[k+1] = s.start
	}
	spans, _ = f.reflect().cover(segments)
	for k, s := range spans[:len(spans)-1] {
		c.least[segments-1-k] = ^s.end
	}
	return c
}

// core is what segment number k holds in all fits, empty if there is nothing.
func (c *corridor) core(k int) (start, end int64) { return c.most[k], c.least[k+1] - 1 }

// reflect is the fitter with inputs ^x for x and outputs upside down, for the tolerance
// that is set. A floor of ^x is ^ of the floor, so that slopes stay as they are but for
// a constant: what a slope holds on is the same, from the other end.
func (f *fitter) reflect() *fitter {
	if f.mirror == nil {
		f.mirror = new(fitter)
	}
	n := len(f.start)
	m := f.mirror
	m.golden, m.guard, m.family, m.likely, m.hopeless = f.golden, f.guard, f.family, 0, f.hopeless
	m.covered.limit = 0
	m.start, m.end, m.low, m.high = sized(m.start, n), sized(m.end, n), sized(m.low, n), sized(m.high, n)
	for i := range n {
		j := n - 1 - i
		m.start[i], m.end[i] = ^f.end[j], ^f.start[j]
		m.low[i], m.high[i] = -f.high[j], -f.low[j]
	}
	return m
}

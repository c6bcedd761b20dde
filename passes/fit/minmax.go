package fit

// leastError is the least tolerance with which limit spans cover the inputs, and
// leaves it set. A constant in the middle of the output codes bounds it.
func (f *fitter) leastError(limit int) int64 {
	works := func(tolerance int64) bool {
		f.tolerate(tolerance)
		_, ok := f.cover(limit)
		return ok
	}
	fails, good := int64(-1), int64(0)
	for !works(good) {
		fails, good = good, 2*good+1
	}
	for good-fails > 1 {
		if mid := fails + (good-fails)/2; works(mid) {
			good = mid
		} else {
			fails = mid
		}
	}
	f.tolerate(good)
	return good
}

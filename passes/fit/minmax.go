package fit

// leastError is the least tolerance with which limit spans cover the inputs, and
// leaves it set.
func (f *fitter) leastError(limit int) int64 {
	return f.leastTolerance(func() bool {
		_, ok := f.cover(limit)
		return ok
	})
}

// leastTolerance is the least one with which something works, and leaves it set. A
// constant in the middle of the output codes bounds it.
func (f *fitter) leastTolerance(works func() bool) int64 {
	fails, good := int64(-1), int64(0)
	for f.tolerate(good); !works(); f.tolerate(good) {
		fails, good = good, 2*good+1
	}
	for good-fails > 1 {
		mid := fails + (good-fails)/2
		if f.tolerate(mid); works() {
			good = mid
		} else {
			fails = mid
		}
	}
	f.tolerate(good)
	return good
}

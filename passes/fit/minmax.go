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
// constant in the middle of the output codes bounds it. The search begins with what the
// function before took: those of one layer are much alike.
func (f *fitter) leastTolerance(works func() bool) int64 {
	try := func(tolerance int64) bool {
		f.tolerate(tolerance)
		return works()
	}
	fails, good := int64(-1), f.guess
	if try(good) {
		for stride := int64(1); good > 0; stride *= 2 {
			next := max(0, good-stride)
			if !try(next) {
				fails = next
				break
			}
			good = next
		}
	} else {
		fails, good = good, good+1
		for stride := int64(2); !try(good); stride *= 2 {
			fails, good = good, good+stride
		}
	}
	for good-fails > 1 {
		if mid := fails + (good-fails)/2; try(mid) {
			good = mid
		} else {
			fails = mid
		}
	}
	f.tolerate(good)
	f.guess = good
	return good
}

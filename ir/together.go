package ir

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// Together calls do for 0 to n-1 on all cores, and returns when all calls have. A
// panic of one of them goes on in the caller: on a goroutine of its own it would
// end the process before anybody could report it.
func Together(n int, do func(i int)) {
	var next atomic.Int64
	var all sync.WaitGroup
	var first atomic.Pointer[string]
	for range min(runtime.GOMAXPROCS(0), n) {
		all.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					text := fmt.Sprintf("%v\n\n%s", v, debug.Stack())
					first.CompareAndSwap(nil, &text)
				}
			}()
			for i := next.Add(1) - 1; i < int64(n) && first.Load() == nil; i = next.Add(1) - 1 {
				do(int(i))
			}
		})
	}
	all.Wait()
	if text := first.Load(); text != nil {
		panic(*text)
	}
}

// Counted is Together that tells, after each call, how many calls there have been
// and will be. The calls of tell, which may be nil, do not overlap.
func Counted(n int, tell func(done, total int), do func(i int)) {
	if tell == nil {
		Together(n, do)
		return
	}
	var mutex sync.Mutex
	done := 0
	Together(n, func(i int) {
		do(i)
		mutex.Lock()
		defer mutex.Unlock()
		done++
		tell(done, n)
	})
}

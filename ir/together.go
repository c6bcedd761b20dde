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

// Progress is how far work has come. There is no total if it is not counted.
type Progress struct {
	Done, Total int
	Stage       string // of the first that is not done, where it says so
}

// Counted is Together that tells how many calls are done, at first and after each of them, and what stage
// the first that is not done is at whenever that changes: do says it by at, which is nil
// where nobody is told. The calls of tell, which may be nil, do not overlap.
func Counted(n int, tell func(Progress), do func(i int, at func(stage string))) {
	if tell == nil {
		Together(n, func(i int) { do(i, nil) })
		return
	}
	var mutex sync.Mutex
	stages, over := make([]string, n), make([]bool, n)
	first, done := 0, 0
	tell(Progress{Total: n})
	Together(n, func(i int) {
		do(i, func(stage string) {
			mutex.Lock()
			defer mutex.Unlock()
			if stages[i] = stage; i == first {
				tell(Progress{done, n, stage})
			}
		})
		mutex.Lock()
		defer mutex.Unlock()
		done++
		for over[i] = true; first < n && over[first]; {
			first++
		}
		p := Progress{Done: done, Total: n}
		if first < n {
			p.Stage = stages[first]
		}
		tell(p)
	})
}

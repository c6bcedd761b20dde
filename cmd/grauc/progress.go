package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"grauc/compile"
	"grauc/passes"
)

const (
	progressDelay = time.Second
	progressEvery = 200 * time.Millisecond
	eraseLine     = "\r\x1b[K"
)

// showProgress tells a person at a terminal, after a second, what goes on. The
// result ends it and leaves the line empty.
func showProgress(cmd *cobra.Command, d *compile.Driver) (stop func()) {
	w := cmd.ErrOrStderr()
	if !isTerminal(w) {
		return func() {}
	}
	var (
		mu    sync.Mutex
		last  = "reading"
		shown bool
		done  = make(chan struct{})
		ended sync.WaitGroup
		begin = time.Now()
	)
	d.Passes.Progress = func(pass string, p *passes.Program) {
		mu.Lock()
		defer mu.Unlock()
		last = fmt.Sprintf("%s, after pass %s", p.Spec.Name, pass)
	}
	d.Passes.Share = func(pass string, done, total int) {
		mu.Lock()
		defer mu.Unlock()
		last = fmt.Sprintf("pass %s, %d of %d functions", pass, done, total)
	}
	show := func() {
		mu.Lock()
		defer mu.Unlock()
		shown = true
		fmt.Fprintf(w, "%sgrauc: %s, %.0f s", eraseLine, last, time.Since(begin).Seconds())
	}
	ended.Go(func() {
		wait := time.NewTimer(progressDelay)
		defer wait.Stop()
		for {
			select {
			case <-done:
				return
			case <-wait.C:
				show()
				wait.Reset(progressEvery)
			}
		}
	})
	return func() {
		close(done)
		ended.Wait()
		if shown {
			fmt.Fprint(w, eraseLine)
		}
	}
}

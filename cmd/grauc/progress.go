package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"grauc/compile"
	"grauc/ir"
)

const (
	progressDelay = time.Second
	progressEvery = 200 * time.Millisecond
	eraseLine     = "\r\x1b[K"
)

// progress is what goes on, as drawn on a terminal. The libraries for it bring in
// net/http or compile expressions when the process starts, and builds are to start in
// milliseconds.
type progress struct {
	mu    sync.Mutex
	begin time.Time
	what  string
	ir.Progress
	drawn bool
}

// showProgress draws for a person at a terminal, after a second, what goes on. The
// result ends it and leaves the line empty.
func showProgress(cmd *cobra.Command, d *compile.Driver) (stop func()) {
	w := cmd.ErrOrStderr()
	if !isTerminal(w) {
		return func() {}
	}
	p := &progress{begin: time.Now()}
	d.Tell = p.tell
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		p.drawUntil(end, w.(*os.File))
		close(ended)
	}()
	return func() {
		close(end)
		<-ended
		if p.drawn {
			fmt.Fprint(w, eraseLine)
		}
	}
}

func (p *progress) tell(what string, now ir.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.what, p.Progress = what, now
}

func (p *progress) drawUntil(end <-chan struct{}, terminal *os.File) {
	wait := time.NewTimer(progressDelay)
	defer wait.Stop()
	for {
		select {
		case <-end:
			return
		case <-wait.C:
			p.draw(terminal, columns(terminal))
			wait.Reset(progressEvery)
		}
	}
}

// columns is the width of a terminal, 80 where it does not tell.
func columns(terminal *os.File) int {
	if width, _, err := term.GetSize(int(terminal.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

func (p *progress) draw(w io.Writer, columns int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn = true
	fmt.Fprint(w, eraseLine, p.line(columns-1, time.Since(p.begin)))
}

// line is at most so wide, so that the terminal does not break it. There is a bar where
// several functions are counted: a single one only tells its stage.
func (p *progress) line(width int, took time.Duration) string {
	line := "grauc: " + p.what
	if p.Total > 0 {
		line += fmt.Sprintf(" %d of %d", p.Done, p.Total)
	}
	if p.Stage != "" {
		line += " (" + p.Stage + ")"
	}
	line += fmt.Sprintf(", %.0f s", took.Seconds())
	if room := min(width-len(line)-len("  []"), 40); p.Total > 1 && room >= 10 {
		line += " " + bar(p.Done, p.Total, room)
	}
	return shorten(line, max(width, 4))
}

// bar is a bar of some width, full as far as work is done.
func bar(done, total, width int) string {
	full := min(done*width/total, width)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "]"
}

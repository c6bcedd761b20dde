package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"grauc/bench/synth"
)

// measured is what the tools make of a module as it is emitted for a part: its area, or how
// fast it is.
type measured struct {
	Key   string
	Area  synth.Area
	Cells int     `json:",omitempty"` // logic cells of ice40; 0: more than the part has
	MHz   float64 `json:",omitempty"` // 0: not placed
	Fault string  `json:",omitempty"` // why the area is not known
}

// known keeps what was measured in a file of a line each, so that a run of hours that was
// stopped, or what a change left as it was, is not measured again.
type known struct {
	mu  sync.Mutex
	by  map[string]measured
	out *os.File // nil: nothing is kept
}

func openKnown(path string) (*known, error) {
	k := &known{by: map[string]measured{}}
	if path == "" {
		return k, nil
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return nil, err
	}
	k.out = f
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m measured
		if json.Unmarshal(lines.Bytes(), &m) == nil { // a line that was cut off is measured again
			k.by[m.Key] = m
		}
	}
	return k, lines.Err()
}

func (k *known) find(key string) (measured, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	m, ok := k.by[key]
	return m, ok
}

func (k *known) keep(m measured) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.by[m.Key] = m
	if k.out == nil {
		return nil
	}
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	_, err = k.out.Write(append(line, '\n'))
	return err
}

// keyOf is for a module, whatever its comments say, and all else that a measurement depends
// on.
func keyOf(verilog []byte, what ...any) string {
	h := sha256.New()
	fmt.Fprintln(h, append(what, synth.Patience)...)
	for l := range bytes.Lines(verilog) {
		if !bytes.HasPrefix(bytes.TrimSpace(l), []byte("//")) {
			h.Write(l)
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12])
}

// fault is an error in a line, without what a tool printed.
func fault(err error) string {
	if errors.Is(err, synth.ErrPatience) {
		return fmt.Sprintf("takes Yosys more than %v", synth.Patience)
	}
	text, _, _ := strings.Cut(err.Error(), "\n")
	return text
}

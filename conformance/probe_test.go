package conformance

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A probe is a compiled program around the emitted code of a file. It reads spans,
// four 64-bit integers each, and answers with a 32-bit output for every code. It
// computes each output twice, by the function for one code and by the one for
// many, and ends with status 3 where they differ.

// ask feeds spans to a probe and compares what it answers.
func ask(t *testing.T, p *program, spans []span, name string, args ...string) {
	t.Helper()
	var in bytes.Buffer
	for _, s := range spans {
		binary.Write(&in, binary.LittleEndian, [4]int64{s.layer, s.channel, s.first, s.count})
	}
	cmd := exec.Command(name, args...)
	cmd.Stdin = &in
	var errors bytes.Buffer
	cmd.Stderr = &errors
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	wrong := compare(t, p, spans, bufio.NewReaderSize(out, 1<<16))
	io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, tail(errors.String()))
	}
	if wrong > 0 {
		t.Errorf("%s: %d outputs differ", name, wrong)
	}
}

// compare counts the differences and reports the first few.
func compare(t *testing.T, p *program, spans []span, answers io.Reader) (wrong int) {
	t.Helper()
	var answer [4]byte
	inputs(spans, func(s span, x int64) {
		if wrong < 0 {
			return
		}
		if _, err := io.ReadFull(answers, answer[:]); err != nil {
			t.Errorf("no answer for %s[%d](%d): %v", p.PWL.Layers[s.layer].Name, s.channel, x, err)
			wrong = -1
			return
		}
		got, want := int64(int32(binary.LittleEndian.Uint32(answer[:]))), want(p.PWL, s, x)
		if got == want {
			return
		}
		if wrong++; wrong <= 5 {
			t.Errorf("%s[%d](%d) = %d, want %d", p.PWL.Layers[s.layer].Name, s.channel, x, got, want)
		}
	})
	return wrong
}

func allSpans(p *program) []span {
	var all []span
	for i, l := range p.PWL.Layers {
		all = append(all, spans(i, l)...)
	}
	return all
}

// function is a layer as the emitted code declares it.
type function struct {
	name, x, y string
	channels   bool
}

var (
	prototypeC = regexp.MustCompile(`(?m)^(u?int\d+_t) (\w+)\((u?int\d+_t) x(, size_t channel)?\);`)
	functionGo = regexp.MustCompile(`(?m)^func (\w+)\(x (u?int\d+)(, channel int)?\) (u?int\d+) \{`)
)

// prototypes are the functions that a C header declares, in the order of layers.
func prototypes(t *testing.T, p *program) []function {
	var fs []function
	for _, m := range prototypeC.FindAllStringSubmatch(readFile(t, p.path("c", p.name+".h")), -1) {
		fs = append(fs, function{name: m[2], x: m[3], y: m[1], channels: m[4] != ""})
	}
	return checked(t, p, fs)
}

func checked(t *testing.T, p *program, fs []function) []function {
	t.Helper()
	if len(fs) != len(p.PWL.Layers) {
		t.Fatalf("%s: %d functions are declared for %d layers", p.name, len(fs), len(p.PWL.Layers))
	}
	for i, l := range p.PWL.Layers {
		if fs[i].channels != (l.Layer.Channels > 0) {
			t.Errorf("%s: %s: channels = %v", p.name, fs[i].name, fs[i].channels)
		}
	}
	return fs
}

// probeC is the probe of a file in C.
func probeC(p *program, fs []function) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#include \"%s.h\"\n%s", p.name, probeHead)
	for i, f := range fs {
		argument := ""
		if f.channels {
			argument = ", (size_t)channel"
		}
		fmt.Fprintf(&b, `
static void serve_%d(int64_t channel, int64_t first, int64_t count)
{
	static %s x[CHUNK];
	static %s y[CHUNK];
	static int32_t out[CHUNK];
	(void)channel;
	while (count > 0) {
		int64_t n = count < CHUNK ? count : CHUNK;
		for (int64_t i = 0; i < n; i++)
			x[i] = (%s)(first + i);
		%s_n(x, y, (size_t)n%s);
		for (int64_t i = 0; i < n; i++) {
			out[i] = (int32_t)y[i];
			if (%s(x[i]%s) != y[i])
				exit(3);
		}
		if (fwrite(out, sizeof out[0], (size_t)n, stdout) != (size_t)n)
			exit(4);
		first += n;
		count -= n;
	}
}
`, i, f.x, f.y, f.x, f.name, argument, f.name, argument)
	}
	b.WriteString("\nint main(void)\n{\n\tint64_t s[4];\n\twhile (fread(s, sizeof s, 1, stdin) == 1)\n\t\tswitch (s[0]) {\n")
	for i := range fs {
		fmt.Fprintf(&b, "\t\tcase %d: serve_%d(s[1], s[2], s[3]); break;\n", i, i)
	}
	b.WriteString("\t\tdefault: return 5;\n\t\t}\n\treturn fflush(stdout) == 0 ? 0 : 4;\n}\n")
	return b.String()
}

const probeHead = `#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHUNK = 4099 };
`

// probeGo is the probe of a file in Go.
func probeGo(p *program, importPath string, fs []function) string {
	var b strings.Builder
	fmt.Fprintf(&b, `package main

import (
	"bufio"
	"encoding/binary"
	"os"

	emitted %q
)

var out = bufio.NewWriterSize(os.Stdout, 1<<16)

func answer[Y ~int8 | ~int16 | ~int32 | ~uint8 | ~uint16 | ~uint32](one, many Y) {
	if one != many {
		os.Exit(3)
	}
	var word [4]byte
	binary.LittleEndian.PutUint32(word[:], uint32(int32(one)))
	out.Write(word[:])
}

func main() {
	in := bufio.NewReader(os.Stdin)
	var s struct{ Layer, Channel, First, Count int64 }
	for binary.Read(in, binary.LittleEndian, &s) == nil {
		switch s.Layer {
`, importPath)
	for i, f := range fs {
		argument := ""
		if f.channels {
			argument = ", int(s.Channel)"
		}
		fmt.Fprintf(&b, `		case %d:
			xs, ys := make([]%s, s.Count), make([]%s, s.Count)
			for i := range xs {
				xs[i] = %s(s.First + int64(i))
			}
			emitted.%sN(ys, xs%s)
			for i, x := range xs {
				answer(emitted.%s(x%s), ys[i])
			}
`, i, f.x, f.y, f.x, f.name, argument, f.name, argument)
	}
	b.WriteString("\t\tdefault:\n\t\t\tos.Exit(5)\n\t\t}\n\t}\n\tif out.Flush() != nil {\n\t\tos.Exit(4)\n\t}\n}\n")
	return b.String()
}
